from dataclasses import dataclass, field

from huying.cases.facts import Fact
from huying.cases.lifecycle import Move


@dataclass(frozen=True, kw_only=True)
class Offered(Fact, kind="dispatch.offered", public=True, personal={"asked"}):
    """A unit was asked to act; until it accepts, whoever held the case before holds it still."""

    task: int
    unit: str
    unit_name: str
    lead: bool
    sort: str = ""  # what kind of help: vehicle, bed, visit, goods … (see rules.Sort)
    asked: str = ""  # what this unit is asked to do
    hop: int = 1  # the how-manieth unit this is
    previous: int | None = None  # the task that is handed on, if one is
    informed: list[str] = field(default_factory=list)  # units passed over, told of it
    final: bool = False  # an arbiter decided: nobody may return it again


@dataclass(frozen=True, kw_only=True)
class Accepted(Fact, kind="dispatch.accepted", move=Move.LOOK, public=True):
    """An officer of the unit said: ours."""

    task: int
    unit: str
    unit_name: str
    officer: int
    lead: bool
    previous: int | None = None


@dataclass(frozen=True, kw_only=True)
class Returned(Fact, kind="dispatch.returned", move=Move.LOOK, personal={"note"}):
    """The unit says that it is another's, why, and whose."""

    task: int
    unit: str
    ground: str  # see rules.Ground
    proper: str  # the unit that should have it
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Expired(Fact, kind="dispatch.expired"):
    """Nobody at the unit accepted in time."""

    task: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class Contested(Fact, kind="dispatch.contested"):
    """Two units have returned it, so an arbiter must decide whose it is."""

    units: list[str]


@dataclass(frozen=True, kw_only=True)
class Progressed(Fact, kind="dispatch.progressed", public=True, personal={"text"}):
    """The unit says what it has done and what comes next; the person reads it."""

    task: int
    unit: str
    unit_name: str
    text: str
    next_by: str | None = None  # ISO time of the next step


@dataclass(frozen=True, kw_only=True)
class Finished(Fact, kind="dispatch.finished", public=True, personal={"result"}):
    """A joint unit did its part."""

    task: int
    unit: str
    unit_name: str
    result: str


@dataclass(frozen=True, kw_only=True)
class Settled(
    Fact, kind="dispatch.settled", move=Move.ANSWER, public=True, personal={"cause", "result"}
):
    """The lead says that it is settled: the cause, and what was done."""

    task: int
    unit: str
    unit_name: str
    cause: str
    result: str
    root: str = ""  # what should be mended so that it does not happen again


@dataclass(frozen=True, kw_only=True)
class Declined(Fact, kind="dispatch.declined", move=Move.DECLINE, public=True):
    """Not ours, with the ground and where to go instead."""

    ground: str
    where_to_go: str
    second: int | None = None  # the second officer, without whom no plea is declined


@dataclass(frozen=True, kw_only=True)
class ActedFirst(Fact, kind="dispatch.actedfirst", move=Move.LOOK):
    """An officer acted on their own authority and owes the report."""

    officer: int
    what: str
    report_by: str  # ISO time
