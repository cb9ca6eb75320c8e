from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from huying.channels import ear
from huying.channels.accounts import FILE
from huying.channels.tests.accounts import HEALTH, SITE, write


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """An installation with the accounts of the tests, and nothing counted yet."""
    settings.HUYING_HOME = tmp_path
    write(tmp_path / FILE, HEALTH, SITE)
    ear.COUNTS.clear()
    yield tmp_path
    ear.COUNTS.clear()
