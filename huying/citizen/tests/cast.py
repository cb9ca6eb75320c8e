"""Who plays in the tests of this door: Noor writes, Ada is the desk, Rita works at the street."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from django.contrib.auth import get_user_model
from django.test import Client

from huying.cases.models import Case
from huying.dispatch.actions import accept, offer, settle
from huying.dispatch.models import Task
from huying.intake.actions import read_next
from huying.intake.queries import case_of_receipt
from huying.places.models import Area, Load
from huying.triage.actions import assess_next, look
from huying.units.models import Officer, Unit
from huying.units.rights import Role

AT = datetime(2022, 11, 8, 2, 0, tzinfo=UTC)  # ten in the morning, in Shenzhen
AREAS = {
    "44": "广东省",
    "4403": "深圳市",
    "440304": "福田区",
    "440304005": "沙头街道",
    "440304005026": "上沙社区",
}
ACCOUNTS = '[[account]]\nchannel = "web"\nname = "site"\ndesk = "desk"\n'
FORM = {"token": "a-token-of-the-page", "words": "我老婆怀孕39周，一直在流血，医院不收"}


@dataclass
class Town:
    """A desk, a street, and what Noor's browser does."""

    client: Client
    at: datetime = AT
    _officers: dict[str, Officer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, (code, name) in enumerate(AREAS.items(), 1):
            Area.objects.create(
                code=code,
                name=name,
                short=name,
                level=number,
                parent_id=list(AREAS)[number - 2] if number > 1 else None,
                path="/".join(list(AREAS.values())[:number]),
            )
        Load.objects.create(prefix="44", loaded_at=AT, fresh=5, changed=0, retired=0, unchanged=0)
        Unit.objects.create(
            code="desk", name="市卫健委受理席", short="受理席", kind="desk", is_desk=True
        )
        Unit.objects.create(code="street", name="沙头街道办事处", short="沙头街道", kind="street")

    def officer(self, name: str) -> Officer:
        unit, role = {
            "Ada": ("desk", Role.DESK),
            "Lena": ("desk", Role.DESK_LEADER),
            "Rita": ("street", Role.UNIT_OFFICER),
        }[name]
        if name not in self._officers:
            user = get_user_model().objects.create(username=name.lower())
            self._officers[name] = Officer.objects.create(
                user=user, unit_id=unit, role=role, name=f"王{name}"
            )
        return self._officers[name]

    def passes(self, **span: float) -> datetime:
        self.at += timedelta(**span)
        return self.at

    def writes(self, **form: Any) -> str:
        """Noor sends the form; the receipt that she is shown."""
        answer = self.client.post("/", {**FORM, **form})
        assert answer.status_code == 302, page(answer)
        return str(answer["Location"]).removeprefix("/s/").split("?")[0]

    def works(self) -> None:
        """The worker reads and ranks all that is there."""
        while read_next(at=self.at):
            pass
        while assess_next(at=self.at):
            pass

    def case(self, receipt: str) -> Case:
        case = case_of_receipt(receipt)
        assert case is not None
        return case

    def accepted(self, case: Case) -> Task:
        """Ada looks and hands it to the street, and Rita accepts."""
        look(case, officer=self.officer("Ada"), at=self.at)
        task = offer(case, "street", lead=True, by="officer:1", at=self.at, asked="上门看望")
        accept(task, officer=self.officer("Rita"), at=self.passes(minutes=5))
        return task

    def settled(self, case: Case) -> Task:
        task = self.accepted(case)
        settle(
            task,
            cause="班车停运",
            result="已派车送到医院",
            root="",
            officer=self.officer("Rita"),
            at=self.passes(hours=1),
        )
        return task


class Answered(Protocol):
    """What a test's browser got back."""

    @property
    def content(self) -> bytes: ...


def page(answer: Answered) -> str:
    return answer.content.decode()
