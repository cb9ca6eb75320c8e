from dataclasses import dataclass
from datetime import datetime

from huying.cases.facts import Fact, Shapely
from huying.cases.lifecycle import Move


@dataclass(frozen=True, kw_only=True)
class Told(Fact, kind="notices.told", public=True, personal={"text"}):
    """A word of ours reached the person's channel."""

    about: str  # see rules.About
    channel: str  # "page": it stands on their status page and was not sent
    text: str


@dataclass(frozen=True, kw_only=True)
class Undelivered(Fact, kind="notices.undelivered"):
    """A word of ours could not be delivered, and why: somebody must reach the person otherwise."""

    about: str
    channel: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Replied(Fact, kind="notices.replied", move=Move.LOOK, public=True, personal={"text"}):
    """An officer answered the person."""

    text: str

    def apply(self, case: Shapely, at: datetime) -> None:
        case.replied_at = case.replied_at or at


@dataclass(frozen=True, kw_only=True)
class Asked(Fact, kind="notices.asked", public=True, personal={"text"}):
    """The person was asked for one thing that is missing."""

    key: str  # which detail; "" for a free question
    text: str
    waiting: bool = False  # work stands still until they answer, so the settle clock pauses


@dataclass(frozen=True, kw_only=True)
class Called(Fact, kind="notices.called", move=Move.LOOK, public=True, personal={"words"}):
    """An officer called or visited, and writes down how it went."""

    reached: bool
    by_way_of: str  # phone, sms, visit
    words: str = ""

    def apply(self, case: Shapely, at: datetime) -> None:
        if self.reached:
            case.replied_at = case.replied_at or at


@dataclass(frozen=True, kw_only=True)
class Confirmed(Fact, kind="notices.confirmed", move=Move.CONFIRM, public=True, personal={"words"}):
    """The person says: it is solved."""

    words: str = ""
    satisfied: str = ""  # yes, mostly, no
    heard_by: int | None = None  # the officer who heard them say it, if not in writing


@dataclass(frozen=True, kw_only=True)
class Disputed(Fact, kind="notices.disputed", move=Move.DISPUTE, public=True, personal={"words"}):
    """The person, or somebody for them, says of the answer: it is not solved."""

    words: str = ""
    heard_by: int | None = None
    said_by: str = "person"  # see rules.Voice
    by_way_of: str = ""


@dataclass(frozen=True, kw_only=True)
class ClosedUnheard(Fact, kind="notices.closedunheard", move=Move.CLOSE_UNHEARD, public=True):
    """Two officers closed it after real attempts to reach the person; their word reopens it."""

    officers: list[int]
    attempts: int
    why: str


@dataclass(frozen=True, kw_only=True)
class Reopened(Fact, kind="notices.reopened", move=Move.REOPEN, public=True, personal={"words"}):
    """It is not solved after the end, or was declined wrongly: the case is open again."""

    words: str = ""
    heard_by: int | None = None  # the officer who reopened it
    said_by: str = "person"  # who says so: see rules.Voice
    by_way_of: str = ""  # phone, visit, in_person, hotline; "": we looked again
