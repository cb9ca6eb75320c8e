"""Cases that the machine has ranked, as a test wants them ranked."""

from datetime import datetime

from huying.cases.actions import record
from huying.cases.models import Case
from huying.cases.tests.people import STREET
from huying.intake.tests.people import a_case
from huying.triage.facts import Assessed
from huying.triage.models import Assessment


def an_assessed(
    *,
    at: datetime,
    number: int = 1,
    nature: str = "plea",
    urgency: str = "high",
    lane: str = "act",
    area: str | None = STREET,
    category: str = "supplies",
) -> Case:
    """A case that was read and ranked like this."""
    case = a_case(at=at, number=number)
    Assessment.objects.filter(case=case).update(wanted_at=None)
    rank(case, at=at, nature=nature, urgency=urgency, lane=lane, area=area, category=category)
    return case


def rank(
    case: Case,
    *,
    at: datetime,
    nature: str = "plea",
    urgency: str = "high",
    lane: str = "act",
    area: str | None = STREET,
    category: str = "supplies",
    need_by: datetime | None = None,
) -> None:
    """The machine's verdict, as if it had read this."""
    fact = Assessed(
        nature=nature,
        plea=0.9,
        urgency=urgency,
        category=category,
        lane=lane,
        confidence=0.9,
        groups=[],
        area=area,
        need_by=need_by.isoformat() if need_by else None,
        done=False,
        missing=[],
        reasons=[],
        details=[],
        version="test",
    )
    record(case, fact, by="machine:triage", at=at)
