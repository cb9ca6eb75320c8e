from dataclasses import dataclass
from typing import Any

from huying.cases.facts import Fact


@dataclass(frozen=True, kw_only=True)
class Undertook(Fact, kind="clocks.undertook", public=True):
    """The promises that this case opened under; later changes of policy do not reach it."""

    policy: str
    spans: dict[str, dict[str, Any]]  # urgency → promise → seconds, or {"working_days": n}


@dataclass(frozen=True, kw_only=True)
class Warned(Fact, kind="clocks.warned"):
    """Part of a promise's time is gone and it is not kept yet."""

    promise: str
    task: int
    share: int  # per cent of the time that is gone
    due_at: str


@dataclass(frozen=True, kw_only=True)
class Broke(Fact, kind="clocks.broke"):
    """A promise was not kept in time."""

    promise: str
    task: int
    due_at: str
    opening: int = 0  # the how-manieth; 0: it was not written down which


@dataclass(frozen=True, kw_only=True)
class Climbed(Fact, kind="clocks.climbed"):
    """A broken promise was told to the next people on the ladder."""

    promise: str
    task: int
    rung: int
    who: str  # on_duty, standby, head, parent, desk_leader, director
    officers: list[int]


@dataclass(frozen=True, kw_only=True)
class Took(Fact, kind="clocks.took"):
    """Somebody on the ladder said: I see to it."""

    promise: str
    task: int
    officer: int
