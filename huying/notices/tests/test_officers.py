from datetime import time

import pytest

from huying.cases.actions import record
from huying.cases.models import Case
from huying.clocks.facts import Climbed, Warned
from huying.dispatch.facts import Contested, Offered
from huying.dispatch.models import Task
from huying.notices.actions import mark_seen
from huying.notices.facts import Undelivered
from huying.notices.models import Notice
from huying.notices.queries import bell
from huying.notices.tests.cast import AT, a_case, assessed, minutes, officer, to_officers
from huying.units.models import Officer, Shift
from huying.units.rights import Role

pytestmark = pytest.mark.django_db


def on_duty(somebody: Officer) -> Officer:
    Shift.objects.create(
        unit=somebody.unit,
        officer=somebody,
        weekdays=[1, 2, 3, 4, 5, 6, 7],
        begins=time(0),
        ends=time(0),
    )
    return somebody


def offered(case: Case, *, informed: tuple[str, ...] = ()) -> None:
    fact = Offered(task=7, unit="street", unit_name="沙头街道", lead=True, informed=list(informed))
    record(case, fact, by="machine:dispatch", at=AT)


def test_an_offer_is_told_to_who_is_on_duty() -> None:
    on_duty(officer("Rita", "street", Role.UNIT_OFFICER))
    officer("Hugo", "street", Role.UNIT_HEAD)
    case = a_case()
    assessed(case, urgency="critical")

    offered(case)

    assert to_officers(case) == [("Rita", "offer")]
    text = Notice.objects.get(officer__isnull=False).text
    assert text.startswith(f"[特急] 新交办 {case.reference}：透析放化疗等长期治疗。")


def test_where_nobody_is_on_duty_the_heads_hear_of_the_offer() -> None:
    officer("Rita", "street", Role.UNIT_OFFICER)
    officer("Hugo", "street", Role.UNIT_HEAD)
    case = a_case()

    offered(case)

    assert to_officers(case) == [("Hugo", "offer")]


def test_the_heads_of_units_passed_over_are_informed() -> None:
    on_duty(officer("Rita", "street", Role.UNIT_OFFICER))
    officer("Ines", "desk", Role.UNIT_HEAD)
    case = a_case()

    offered(case, informed=("desk",))

    assert to_officers(case) == [("Rita", "offer"), ("Ines", "informed")]


def test_a_warning_goes_to_the_unit_of_the_task_or_to_the_desk() -> None:
    on_duty(officer("Rita", "street", Role.UNIT_OFFICER))
    on_duty(officer("Ada"))
    case = a_case()
    task = Task.objects.create(
        case=case, unit_id="street", lead=True, offered_at=AT, offered_by="machine"
    )
    for number in (0, task.pk):
        warned = Warned(promise="answer", task=number, share=50, due_at=minutes(30).isoformat())
        record(case, warned, by="clock", at=minutes(15))

    assert to_officers(case) == [("Ada", "warned"), ("Rita", "warned")]
    assert "“单位答复”时限已用 50%，10:30到期" in bell(officer("Rita"))[0].text


def test_each_step_of_the_ladder_reaches_who_stands_on_it() -> None:
    rita, dan = officer("Rita", "street", Role.UNIT_OFFICER), officer("Dan", role=Role.DIRECTOR)
    case = a_case()
    for rung, somebody in enumerate((rita, dan, dan)):
        climbed = Climbed(promise="accept", task=7, rung=rung, who="duty", officers=[somebody.pk])
        record(case, climbed, by="clock", at=minutes(10 * rung))

    assert to_officers(case) == [("Rita", "climbed"), ("Dan", "climbed"), ("Dan", "climbed")]


def test_an_arbiter_hears_of_a_case_that_two_units_returned() -> None:
    officer("Abel", role=Role.ARBITER)
    case = a_case()

    record(case, Contested(units=["street", "desk"]), by="officer:1", at=AT)

    assert to_officers(case) == [("Abel", "contested")]
    assert "沙头街道、受理席" in bell(officer("Abel"))[0].text


def test_the_desk_hears_that_a_word_did_not_reach_the_person() -> None:
    on_duty(officer("Ada"))
    case = a_case()

    lost = Undelivered(about="result", channel="wechat", why="45015 too long")
    record(case, lost, by="machine:notices", at=AT)

    assert to_officers(case) == [("Ada", "undelivered")]
    assert "给诉求人的结果没有送达" in bell(officer("Ada"))[0].text


def test_a_bell_rings_for_what_was_not_seen_newest_first() -> None:
    ada, omar = on_duty(officer("Ada")), on_duty(officer("Omar"))
    case = a_case()
    for share in (50, 80):
        warned = Warned(promise="settle", task=0, share=share, due_at=minutes(99).isoformat())
        record(case, warned, by="clock", at=minutes(share))
    newest, oldest = bell(ada)

    assert "80%" in newest.text
    assert mark_seen(ada, at=minutes(90), notices=[newest.pk]) == 1
    assert bell(ada) == [oldest]
    assert mark_seen(ada, at=minutes(90)) == 1
    assert bell(ada) == []
    assert len(bell(omar)) == 2
    assert len(bell(omar, limit=1)) == 1
