"""The machine's part: the unit for a case that was read, once, and not a unit that said no."""

from datetime import datetime, timedelta

import pytest
from django.utils.translation import override

from huying.cases.models import Case
from huying.cases.tests.people import STREET, officer
from huying.dispatch.actions import accept, expire_next, give_back, offer, offer_again, offer_next
from huying.dispatch.models import Placing, Task
from huying.dispatch.refusals import CANNOT, IS, check, say
from huying.dispatch.rules import LIVE, NEXT, TaskRefused, TaskState
from huying.testing.time import Time
from huying.triage.tests.people import an_assessed, rank


def tasks(case: Case) -> list[tuple[str, str]]:
    return list(Task.objects.filter(case=case).order_by("pk").values_list("unit_id", "state"))


def test_a_plea_goes_to_the_unit_on_the_duty_list_once(time: Time) -> None:
    case = an_assessed(at=time.now)

    assert offer_next(at=time.now) == 1
    assert offer_next(at=time.now) == 0
    rank(case, at=time.now, urgency="critical")
    offer_next(at=time.now)

    assert tasks(case) == [("street", "offered")]


def test_what_has_become_more_urgent_waits_less(time: Time) -> None:
    case = an_assessed(at=time.now, urgency="medium")
    offer_next(at=time.now)
    at = Task.objects.get(case=case).expires_at

    rank(case, at=time.passes(minutes=1), urgency="critical")
    offer_next(at=time.now)

    sooner = Task.objects.get(case=case).expires_at
    assert at
    assert sooner
    assert sooner < at


@pytest.mark.parametrize(
    ("nature", "lane"), [("consult", "act"), ("plea", "unsure"), ("plea", "aside")]
)
def test_only_a_sure_plea_goes_by_itself(time: Time, nature: str, lane: str) -> None:
    case = an_assessed(at=time.now, nature=nature, lane=lane, urgency="medium")

    assert offer_next(at=time.now) == 0
    assert tasks(case) == []


def test_the_desk_is_asked_where_nobody_is_named_and_moves_on_when_the_area_is_known(
    time: Time,
) -> None:
    case = an_assessed(at=time.now, area=None)
    offer_next(at=time.now)
    assert tasks(case) == [("desk", "offered")]
    assert Task.objects.get(case=case).expires_at is None

    rank(case, at=time.passes(minutes=1), area=STREET)
    offer_next(at=time.now)

    assert tasks(case) == [("desk", "expired"), ("street", "offered")]


def test_a_person_at_the_desk_is_not_overruled(time: Time) -> None:
    case = an_assessed(at=time.now, area=None)
    Placing.objects.update(wanted_at=None)
    offer(case, "desk", lead=True, by="officer:1", at=time.now)

    rank(case, at=time.now, area=STREET)
    offer_next(at=time.now)

    assert tasks(case) == [("desk", "offered")]


def test_a_unit_that_slept_is_not_woken_by_new_words(time: Time) -> None:
    case = an_assessed(at=time.now)
    offer_next(at=time.now)
    for _ in range(2):
        expire_next(at=time.passes(hours=2))
    assert tasks(case)[-1] == ("desk", "offered")

    rank(case, at=time.now, urgency="critical")
    offer_next(at=time.now)

    assert tasks(case)[-1] == ("desk", "offered")


def test_what_is_contested_waits_for_the_arbiter(time: Time) -> None:
    case = an_assessed(at=time.now)
    offer_next(at=time.now)
    for name, proper in (("rita", "district"), ("omar", "street")):
        pending = Task.objects.get(case=case, state=TaskState.OFFERED)
        give_back(pending, ground="area", proper=proper, officer=officer(name), at=time.now)

    rank(case, at=time.now, urgency="critical")
    offer_next(at=time.now)

    assert tasks(case) == [("street", "returned"), ("district", "returned")]


def test_whoever_has_accepted_keeps_it(time: Time) -> None:
    case = an_assessed(at=time.now)
    accept(
        offer(case, "district", lead=True, by="x", at=time.now),
        officer=officer("omar"),
        at=time.now,
    )

    rank(case, at=time.now, urgency="critical")
    offer_next(at=time.now)
    offer_again([])

    assert tasks(case) == [("district", "accepted")]


LAST = [TaskState.DONE, TaskState.RETURNED, TaskState.EXPIRED, TaskState.HANDED_ON]


@pytest.mark.parametrize("state", LAST)
def test_nothing_follows_an_end(state: TaskState) -> None:
    assert state not in LIVE
    for to in TaskState:
        with pytest.raises(TaskRefused, match=str(IS[state])):
            check(state, to)


def test_every_state_has_its_line() -> None:
    assert set(NEXT) == set(IS) == set(CANNOT) == set(TaskState)
    assert {state for state in TaskState if NEXT[state]} == LIVE


def test_a_refusal_is_read_in_the_officers_language() -> None:
    with pytest.raises(TaskRefused, match="这件交办已经退回，不能签收。"):
        check(TaskState.RETURNED, TaskState.ACCEPTED)
    with override("en"), pytest.raises(TaskRefused, match="has been returned; it cannot be acc"):
        check(TaskState.RETURNED, TaskState.ACCEPTED)


def test_what_is_said_is_not_empty() -> None:
    assert say("  做完 ", "请写明结果。") == "做完"
    with pytest.raises(TaskRefused, match="请写明原因。"):
        say("\n", "请写明原因。")


def test_an_offer_of_a_batch_costs_no_query_for_each(
    time: Time, django_assert_max_num_queries: object
) -> None:
    for number in range(1, 4):
        an_assessed(at=time.now, number=number)
    assert callable(django_assert_max_num_queries)
    with django_assert_max_num_queries(60):
        assert offer_next(at=time.now + timedelta(seconds=1)) == 3


def test_the_order_is_that_of_waiting(time: Time) -> None:
    first = an_assessed(at=time.now)
    second = an_assessed(at=time.passes(minutes=1), number=2)

    assert offer_next(at=time.now, limit=1) == 1

    asked: list[tuple[int, datetime]] = list(Task.objects.values_list("case_id", "offered_at"))
    assert [case_id for case_id, _ in asked] == [first.pk]
    assert second.pk != first.pk
