"""Who plays in the tests of this door: a desk, a street below a district, a company, a stranger."""

from datetime import UTC, datetime, timedelta
from itertools import count

from django.contrib.auth import get_user_model
from django.test import Client

from huying.cases.actions import open_case, record
from huying.cases.models import Case
from huying.dispatch.actions import offer
from huying.dispatch.models import Task
from huying.intake.facts import Opened
from huying.persons.actions import Said, Sender, keep, know
from huying.persons.rules import Kind
from huying.triage.facts import Assessed
from huying.units.models import Officer, Unit
from huying.units.rights import Role

PASSWORD = "a-password-for-tests"
PHONE = "19900001234"
WORDS = f"我妈透析停了三天，喘不上气，电话{PHONE}"
_number = count(1)

UNITS = {
    "desk": ("卫健受理席", "desk", None, False),
    "futian": ("福田区", "district", None, False),
    "shatou": ("沙头街道", "street", "futian", False),
    "lab": ("甲检测公司", "laboratory", None, True),
}


def units() -> None:
    for code, (name, kind, parent, outside) in UNITS.items():
        Unit.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "short": name,
                "kind": kind,
                "parent_id": parent,
                "outside": outside,
                "is_desk": kind == "desk",
            },
        )


def officer(name: str, unit: str = "desk", role: Role = Role.DESK) -> Officer:
    units()
    model = get_user_model()
    user = model.objects.filter(username=name).first() or model.objects.create_user(
        name, password=PASSWORD
    )
    found, _ = Officer.objects.get_or_create(
        user=user, defaults={"unit_id": unit, "role": role, "name": name}
    )
    return found


def client(name: str, unit: str = "desk", role: Role = Role.DESK) -> Client:
    """A browser in which that officer is logged in."""
    browser = Client()
    browser.force_login(officer(name, unit, role).user)
    return browser


def a_case(
    words: str = WORDS, *, urgency: str = "critical", ago_m: int = 3, sender: str = "oNoor"
) -> Case:
    """Somebody wrote `ago_m` minutes ago, and the machine read it as that urgent."""
    units()
    at = datetime.now(UTC) - timedelta(minutes=ago_m)
    said_by = Sender("wechat", "health", sender)
    person = know([said_by], at=at)[said_by]
    keep([Said(person.pk, Kind.PHONE, PHONE, "person")], at=at)
    number = next(_number)
    fact = Opened(
        channel="wechat",
        account="health",
        desk="desk",
        person=person.pk,
        inbound=number,
        receipt=f"RECEIPT{number:05}",
        form="text",
        words=words,
        receipt_given=True,
    )
    case = open_case(fact, by="person", at=at)
    if urgency:
        record(case, assessed(urgency), by="machine:triage", at=at)
    return case


def assessed(urgency: str) -> Assessed:
    return Assessed(
        nature="plea",
        plea=0.99,
        urgency=urgency,
        category="chronic",
        lane="act",
        confidence=0.97,
        groups=["dialysis"],
        area=None,
        need_by=None,
        done=False,
        missing=["place"],
        reasons=[{"rule": "dialysis.overdue", "words": "透析停了三天", "says": "透析中断三天以上"}],
        details=[],
        version="test",
    )


def a_task(case: Case, unit: str = "shatou", *, lead: bool = True) -> Task:
    """An offer to `unit` that waits for its answer."""
    return offer(case, unit, lead=lead, by="officer:1", at=datetime.now(UTC))
