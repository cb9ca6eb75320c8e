from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from huying.channels.accounts import FILE
from huying.citizen.tests.cast import ACCOUNTS, AT, Town


@pytest.fixture
def town(db: None, tmp_path: Path, settings: Settings, client: Client) -> Iterator[Town]:
    """The town at ten in the morning; the doors' clock stands still a second later."""
    settings.HUYING_HOME = tmp_path
    (tmp_path / FILE).write_text(ACCOUNTS, encoding="utf-8")
    with time_machine.travel(AT, tick=False):
        yield Town(client, at=AT + timedelta(seconds=1))
