import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from huying.config import postgres


@pytest.fixture
def home() -> Iterator[Path]:
    """A home of its own for one test."""
    yield from _a_home()


@pytest.fixture(scope="module")
def shared() -> Iterator[Path]:
    """A home for all tests of a module that don't mind what was there before."""
    yield from _a_home()


def _a_home() -> Iterator[Path]:
    # Short, and open enough for the user that PostgreSQL runs as.
    folder = Path(tempfile.mkdtemp(prefix="hy-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    postgres.remove(folder)
    shutil.rmtree(folder)
