"""Who plays in the tests of this room, and how a case comes to be told of."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model

from huying.cases.actions import open_case, record
from huying.cases.facts import Fact, Merged, Unmerged
from huying.cases.models import Case, Entry
from huying.cases.reactions import Reaction
from huying.channels.accounts import Account, AccountFile
from huying.clocks.facts import Climbed, Warned
from huying.dispatch.facts import (
    Accepted,
    Contested,
    Declined,
    Finished,
    Offered,
    Progressed,
    Settled,
)
from huying.intake.facts import Opened, Wrote
from huying.notices import actions
from huying.notices.facts import Disputed, Reopened, Undelivered
from huying.notices.models import Notice
from huying.persons.actions import Sender, know
from huying.triage.facts import Assessed, Recurred
from huying.units.models import Officer, Unit
from huying.units.rights import Role

AT = datetime(2022, 11, 8, 2, 0, tzinfo=UTC)  # ten in the morning, in Shenzhen
NOOR = "oNoor"  # her openid
_inbounds = count(1)

# What config/wiring.py says of this room, and nothing of the others.
WHEN: Mapping[type[Fact], list[Reaction]] = {
    Opened: [actions.tell_receipt],
    Wrote: [actions.tell_receipt, actions.hear, actions.try_again],
    Assessed: [actions.tell_emergency, actions.ask_missing],
    Offered: [actions.offer_to_officers],
    Accepted: [actions.tell_progress],
    Progressed: [actions.tell_progress],
    Finished: [actions.tell_progress],
    Settled: [actions.tell_result],
    Declined: [actions.tell_declined],
    Merged: [actions.tell_merged],
    Unmerged: [actions.tell_merged],
    Disputed: [actions.tell_reopened],
    Reopened: [actions.tell_reopened],
    Recurred: [actions.tell_reopened],
    Warned: [actions.warn_officers],
    Climbed: [actions.warn_officers],
    Contested: [actions.warn_officers],
    Undelivered: [actions.warn_officers],
}


def units() -> None:
    Unit.objects.get_or_create(
        code="desk", defaults={"name": "受理席", "short": "受理席", "kind": "desk", "is_desk": True}
    )
    Unit.objects.get_or_create(
        code="street",
        defaults={"name": "沙头街道办事处", "short": "沙头街道", "kind": "street"},
    )


def officer(name: str, unit: str = "desk", role: Role = Role.DESK) -> Officer:
    units()
    user, _ = get_user_model().objects.get_or_create(username=name)
    found, _ = Officer.objects.get_or_create(
        user=user, defaults={"unit_id": unit, "role": role, "name": name}
    )
    return found


def a_case(
    words: str = "我妈透析停了三天",
    *,
    channel: str = "wechat",
    openid: str = NOOR,
    given: bool = True,
    at: datetime = AT,
) -> Case:
    """Noor wrote for the first time; `given`: WeChat showed her the receipt at once."""
    units()
    account = "health" if channel == "wechat" else "site"
    sender = Sender(channel, account, openid)
    person = know([sender], at=at)[sender]
    fact = Opened(
        channel=channel,
        account=account,
        desk="desk",
        person=person.pk,
        inbound=next(_inbounds),
        receipt="ABCDEFGH2345",
        form="text",
        words=words,
        receipt_given=given,
    )
    return open_case(fact, by="person", at=at)


def wrote(case: Case, words: str, *, at: datetime, given: bool = True) -> None:
    fact = Wrote(
        channel=case.channel,
        account=case.account,
        inbound=next(_inbounds),
        receipt="WXYZ23456789",
        form="text",
        words=words,
        receipt_given=given,
    )
    record(case, fact, by="person", at=at)


def assessed(case: Case, *missing: str, at: datetime = AT, **changes: Any) -> None:
    values: dict[str, Any] = {
        "nature": "plea",
        "plea": 0.9,
        "urgency": "high",
        "category": "chronic",
        "lane": "act",
        "confidence": 0.9,
        "groups": [],
        "area": None,
        "need_by": None,
        "done": False,
        "missing": list(missing),
        "reasons": [],
        "details": [],
        "version": "test",
        **changes,
    }
    record(case, Assessed(**values), by="machine:triage", at=at)


def accepted(case: Case, *, at: datetime = AT, lead: bool = True) -> None:
    fact = Accepted(task=7, unit="street", unit_name="沙头街道", officer=1, lead=lead)
    record(case, fact, by="officer:1", at=at)


def settled(case: Case, *, at: datetime = AT, task: int = 7) -> None:
    fact = Settled(
        task=task,
        unit="street",
        unit_name="沙头街道",
        cause="封控后班车停运",
        result="已派车送到透析中心",
    )
    record(case, fact, by="officer:1", at=at)


def answered(case: Case, *, at: datetime = AT) -> None:
    accepted(case, at=at)
    settled(case, at=at)


def texts(case: Case, about: str = "") -> list[str]:
    """What was queued for the person."""
    rows = Notice.objects.filter(case=case, account__isnull=False).order_by("pk")
    return [row.text for row in rows if about in {"", row.about}]


def to_officers(case: Case) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(case=case, officer__isnull=False).select_related("officer")
    return [(row.officer.name, row.about) for row in rows.order_by("pk") if row.officer]


def kinds(case: Case) -> list[str]:
    """The timeline, without the room's name."""
    return [
        kind.split(".")[1]
        for kind in Entry.objects.filter(case=case)
        .order_by("number")
        .values_list("kind", flat=True)
    ]


def data(case: Case, kind: str) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(case=case, kind=f"notices.{kind}").order_by("number")
    return [row.data for row in rows]


def minutes(number: float) -> datetime:
    return AT + timedelta(minutes=number)


def write_accounts(path: Path, *, api: str) -> Account:
    """`channels.toml` with one WeChat account, as an operator would write it."""
    path.write_text(
        "[[account]]\n"
        'channel = "wechat"\nname = "health"\ndesk = "desk"\ntoken = "health-token"\n'
        'app_id = "wx0000000000000001"\napp_secret = "not-a-secret"\nplain = true\n'
        f'api = "{api}"\npublic_url = "http://127.0.0.1:8000"\n',
        encoding="utf-8",
    )
    account = AccountFile(path).find("wechat", "health")
    assert account
    return account
