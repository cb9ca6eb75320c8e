import signal
from collections.abc import Iterator

import pytest

from tests.faults.installation import Installation


@pytest.fixture(scope="session")
def everybodys() -> Iterator[Installation]:
    """One installation for all fault tests, since its first start takes longest."""
    made = Installation()
    try:
        made.start()
        yield made
    finally:
        made.end()


@pytest.fixture
def installation(everybodys: Installation) -> Iterator[Installation]:
    """A real installation that runs and has nothing left to do."""
    yield everybodys
    everybodys.signal_house(signal.SIGCONT)


@pytest.fixture
def own_installation() -> Iterator[Installation]:
    """One for a test that counts everything from nothing."""
    made = Installation()
    try:
        made.start()
        yield made
    finally:
        made.end()
