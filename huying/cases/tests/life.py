"""Facts for the tests of this room alone; the real ones belong to later rooms."""

from dataclasses import dataclass
from datetime import datetime

from huying.cases.actions import open_case
from huying.cases.facts import Fact, Shapely
from huying.cases.lifecycle import Move
from huying.cases.models import Case
from huying.cases.tests.people import a_person, town


@dataclass(frozen=True, kw_only=True)
class Heard(Fact, kind="test.heard", move=Move.OPEN, public=True, personal={"words"}):
    person: int | None = None
    desk: str = "desk"
    words: str = ""

    def apply(self, case: Shapely, at: datetime) -> None:
        case.desk_id, case.person_id, case.channel = self.desk, self.person, "web"


@dataclass(frozen=True, kw_only=True)
class Noted(Fact, kind="test.noted"):
    text: str = ""


MOVED: dict[Move, type[Fact]] = {}
for _move in Move:
    MOVED[_move] = type(
        f"Moved{_move}", (Fact,), {"__annotations__": {}}, kind=f"test.moved_{_move}", move=_move
    )


def a_case(*, at: datetime, words: str = "家里断粮了") -> Case:
    """A case of Noor's, held by the desk."""
    town()
    person = a_person(at=at)
    return open_case(Heard(person=person.pk, words=words), by="person", at=at)
