"""A city's worth of cases for the figures, told by their facts alone."""

from datetime import UTC, datetime, timedelta
from itertools import count

from huying.cases.actions import open_case, record
from huying.cases.models import Case
from huying.channels.models import Inbound
from huying.dispatch.facts import Settled
from huying.intake.facts import Opened
from huying.intake.models import Filing
from huying.notices.facts import Confirmed, Disputed, Replied
from huying.persons.models import Person
from huying.triage.facts import Assessed
from huying.units.models import Unit

AT = datetime(2022, 1, 9, 2, 0, tzinfo=UTC)  # ten in the morning of the ninth, in Zhengzhou
_numbers = count(1)


def desk() -> Unit:
    return Unit.objects.get_or_create(
        code="desk",
        defaults={"name": "郑在办受理席", "short": "受理席", "kind": "desk", "is_desk": True},
    )[0]


def a_case(
    *,
    channel: str = "wechat",
    at: datetime = AT,
    urgency: str = "high",
    nature: str = "plea",
    drill: bool = False,
) -> Case:
    """Somebody wrote, and the machine has read it."""
    desk()
    inbound = an_inbound(channel=channel, at=at)
    person = Person.objects.create(known_since=at)
    fact = Opened(
        channel=channel,
        account="zhengzhou",
        desk="desk",
        person=person.pk,
        inbound=inbound.pk,
        receipt=inbound.receipt,
        form="text",
        words="家里没有药了",
        receipt_given=True,
        drill=drill,
    )
    case = open_case(fact, by="person", at=at)
    Filing.objects.create(inbound=inbound, case=case, outcome="opened", filed_at=at)
    record(case, _assessed(urgency, nature), by="machine:triage", at=at)
    return case


def an_inbound(*, channel: str = "wechat", at: datetime = AT, read: bool = True) -> Inbound:
    number = next(_numbers)
    return Inbound.objects.create(
        channel=channel,
        account="zhengzhou",
        external_id=str(number),
        receipt=f"R{number}",
        body=b"",
        received_at=at,
        read_at=at if read else None,
    )


def replied(case: Case, *, after: timedelta) -> Case:
    record(case, Replied(text="已联系医院"), by="officer:1", at=case.opened_at + after)
    return case


def settled(case: Case, *, after: timedelta) -> Case:
    fact = Settled(task=0, unit="desk", unit_name="受理席", cause="缺药", result="已送到")
    record(case, fact, by="officer:1", at=case.opened_at + after)
    return case


def confirmed(case: Case, *, after: timedelta) -> Case:
    record(case, Confirmed(), by="person", at=case.opened_at + after)
    return case


def disputed(case: Case, *, after: timedelta) -> Case:
    record(case, Disputed(), by="person", at=case.opened_at + after)
    return case


def closed(case: Case, *, minutes: int) -> Case:
    """Answered after a tenth of the time, settled, and confirmed at the end of it."""
    whole = timedelta(minutes=minutes)
    replied(case, after=whole / 10)
    settled(case, after=whole - timedelta(seconds=30))
    return confirmed(case, after=whole)


def _assessed(urgency: str, nature: str) -> Assessed:
    return Assessed(
        nature=nature,
        plea=0.9,
        urgency=urgency,
        category="medicine",
        lane="act",
        confidence=0.9,
        groups=[],
        area=None,
        need_by=None,
        done=False,
        missing=[],
        reasons=[],
        details=[],
        version="test",
    )
