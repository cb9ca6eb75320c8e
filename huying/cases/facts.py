"""What can be written in a timeline: one class for each kind of fact.

A fact is something that happened, so its name is in the past tense. Each room keeps its
own in its `facts.py`; here is what they have in common, and the few that any room may need.
A case's row is its timeline applied line by line to a `Shape`, nothing else.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar, Protocol, Self

from huying.cases.lifecycle import Move, State, after

_kinds: dict[str, type["Fact"]] = {}


class Shapely(Protocol):
    """The columns of a case that facts may set: a `Shape` in a replay, a `Case` in the database."""

    state: str
    desk_id: str
    person_id: int | None
    channel: str
    account: str
    nature: str
    urgency: str
    rank: int
    category: str
    lane: str
    area_id: str | None
    need_by: datetime | None
    looked_at: datetime | None
    replied_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    merged_into_id: int | None
    drill: bool


@dataclass
class Shape:
    """A case's columns in memory: what a replay fills (see `Shapely`)."""

    state: str = ""
    desk_id: str = ""
    person_id: int | None = None
    channel: str = ""
    account: str = ""
    nature: str = ""
    urgency: str = ""
    rank: int = 0  # 1 is the most urgent; 0: not read yet, so it stands on top
    category: str = ""
    lane: str = ""
    area_id: str | None = None
    need_by: datetime | None = None
    looked_at: datetime | None = None  # first look by a human since it is open
    replied_at: datetime | None = None  # first word from a human to the person
    answered_at: datetime | None = None  # latest time the lead said it is settled
    closed_at: datetime | None = None
    merged_into_id: int | None = None
    drill: bool = False


COLUMNS = tuple(field_.name for field_ in fields(Shape))


@dataclass(frozen=True, kw_only=True)
class Fact:
    kind: ClassVar[str]  # what it is called in the database, for ever
    move: ClassVar[Move | None]  # the move that it records, if it is one
    public: ClassVar[bool]  # may the person read it?
    personal: ClassVar[frozenset[str]]  # fields to blank when privacy asks

    def __init_subclass__(
        cls,
        *,
        kind: str,
        move: Move | None = None,
        public: bool = False,
        personal: Collection[str] = (),
    ) -> None:
        if kind in _kinds:
            raise TypeError(f"two facts are called {kind}")
        cls.kind, cls.move, cls.public, cls.personal = kind, move, public, frozenset(personal)
        _kinds[kind] = cls

    def apply(self, case: Shapely, at: datetime) -> None:
        """Set the columns of `case` that this fact changes, besides its state."""

    def to_json(self) -> dict[str, Any]:
        # Not `asdict`: fields hold what JSON can hold already, and a deep copy of each is slow.
        return {field_.name: getattr(self, field_.name) for field_ in fields(self)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        # A timeline outlives its code: a field that was dropped since is ignored, not fatal.
        known = {field_.name for field_ in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})


def settle(case: Shapely, fact: Fact, at: datetime) -> None:
    """Apply `fact` to `case`: its move and its columns. Raises `MoveRefused`, changing nothing."""
    if fact.move:
        state = after(State(case.state) if case.state else None, fact.move)
        case.state = state
        # Reopened is not closed: a figure that counts closed cases must not count this one.
        if state != State.CLOSED:
            case.closed_at = None
        elif case.closed_at is None:
            case.closed_at = at
        if state == State.ANSWERED and fact.move == Move.ANSWER:
            case.answered_at = at
        if fact.move in {Move.REOPEN, Move.UNMERGE}:
            case.looked_at = None  # open again, and nobody has read why
        if fact.move == Move.LOOK and case.looked_at is None:
            case.looked_at = at
    fact.apply(case, at)


def replay(timeline: Iterable[tuple[Fact, datetime]]) -> Shape:
    """The shape that a whole timeline leads to."""
    shape = Shape()
    for fact, at in timeline:
        settle(shape, fact, at)
    return shape


def fact_class(kind: str) -> type[Fact]:
    return _kinds[kind]


def all_facts() -> list[type[Fact]]:
    return list(_kinds.values())


@dataclass(frozen=True, kw_only=True)
class Revealed(Fact, kind="cases.revealed"):
    """An officer saw a personal field in clear, and said what for."""

    field: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class Remarked(Fact, kind="cases.remarked", personal={"text"}):
    """An officer left an internal note; the person never reads it."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Merged(Fact, kind="cases.merged", move=Move.MERGE, public=True):
    """Two officers' eyes found this to be part of another case of the same person."""

    into: int
    into_reference: str
    why: str = ""

    def apply(self, case: Shapely, at: datetime) -> None:
        case.merged_into_id = self.into


@dataclass(frozen=True, kw_only=True)
class Unmerged(Fact, kind="cases.unmerged", move=Move.UNMERGE, public=True):
    """It was a need of its own after all."""

    why: str = field(default="")

    def apply(self, case: Shapely, at: datetime) -> None:
        case.merged_into_id = None
