from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from huying.cases.tests.people import town
from huying.intake.tests.people import listen
from huying.testing.time import Time


@pytest.fixture
def time(db: None, tmp_path: Path, settings: Settings) -> Time:
    """Ten in the morning, in a town that listens."""
    settings.HUYING_HOME = tmp_path
    listen(tmp_path)
    town()
    return Time()
