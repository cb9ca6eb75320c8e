from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from huying.cases.facts import Fact, Shapely
from huying.cases.lifecycle import Move
from huying.triage.rules import RANK


@dataclass(frozen=True, kw_only=True)
class Assessed(Fact, kind="triage.assessed", personal={"reasons", "details"}):
    """The machine read the person's words and says what they are, how urgent, and why."""

    nature: str
    plea: float  # 0…1
    urgency: str
    category: str
    lane: str  # act, unsure, aside
    confidence: float
    groups: list[str]
    area: str | None
    need_by: str | None  # ISO time
    done: bool  # the words say that it is solved: evidence, not an end
    missing: list[str]  # what to ask, in this order
    reasons: list[dict[str, Any]]  # {"rule", "words", "says", "start", "end"}
    details: list[dict[str, Any]]  # {"key", "value" (masked if personal), "words", "reader"}
    version: str  # of rules and model
    language: str = "zh"

    def apply(self, case: Shapely, at: datetime) -> None:
        case.nature, case.urgency, case.category = self.nature, self.urgency, self.category
        case.rank, case.lane = RANK[self.urgency], self.lane
        case.area_id = self.area
        case.need_by = datetime.fromisoformat(self.need_by) if self.need_by else None


@dataclass(frozen=True, kw_only=True)
class Looked(Fact, kind="triage.looked", move=Move.LOOK, public=True):
    """An officer read the case."""


@dataclass(frozen=True, kw_only=True)
class Corrected(Fact, kind="triage.corrected", move=Move.LOOK, personal={"details"}):
    """An officer judged otherwise than the machine, or added what they know; a human's beats it."""

    why: str
    nature: str = ""
    urgency: str = ""
    category: str = ""
    lane: str = ""
    area: str = ""
    need_by: str = ""  # ISO time
    details: list[dict[str, Any]] = field(default_factory=list)

    def apply(self, case: Shapely, at: datetime) -> None:
        case.nature = self.nature or case.nature
        case.urgency = self.urgency or case.urgency
        case.rank = RANK[case.urgency] if case.urgency else 0
        case.category = self.category or case.category
        case.lane = self.lane or case.lane
        case.area_id = self.area or case.area_id
        if self.need_by:
            case.need_by = datetime.fromisoformat(self.need_by)


@dataclass(frozen=True, kw_only=True)
class Recurred(Fact, kind="triage.recurred", move=Move.REOPEN, public=True):
    """After the end the person wrote again, and it reads as a need: the case is open again."""

    inbound: int
