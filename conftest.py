"""What every test gets: a database that runs, long proofs only when asked, no outside world."""

import os
import socket
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

from huying.config import postgres

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also the proofs that take minutes")


def pytest_sessionstart(session: pytest.Session) -> None:
    if "DATABASE_URL" not in os.environ and not session.config.option.collectonly:
        # Only bin/test has a home of its own; another one may hold what must not be lost.
        postgres.start(settings.HUYING_HOME, durable=settings.HUYING_HOME.name != "test")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="a long proof: bin/test --long"))


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """What the page of an earlier test was asked for in English must not speak in this one."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _no_outside_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that talks to the network is one that fails now and then."""
    connect = socket.socket.connect

    def only_at_home(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            raise AssertionError(f"a test wanted to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_at_home)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests with transactions of their own empty all tables afterwards, the timeline's too."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_entry DISABLE TRIGGER entries_are_not_emptied")
