import pytest

from huying.cases import reactions
from huying.notices.tests.cast import WHEN


@pytest.fixture(autouse=True)
def _this_room_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "_installed", WHEN)
