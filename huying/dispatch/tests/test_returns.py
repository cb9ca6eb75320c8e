"""What is returned or handed on, and who decides when units contest it."""

import pytest

from huying.cases.tests.people import officer
from huying.dispatch.actions import (
    accept,
    arbitrate,
    give_back,
    hand_on,
    take,
)
from huying.dispatch.models import Placing, Task
from huying.dispatch.rules import TaskRefused, TaskState
from huying.dispatch.tests.deeds import a_contested, asked, is_over, returned, settled, tasks
from huying.testing.time import Time
from huying.triage.tests.people import an_assessed


@pytest.mark.parametrize(
    ("ground", "proper"), [("", "water"), ("because", "water"), ("duty", ""), ("duty", "street")]
)
def test_a_return_names_its_ground_and_the_proper_owner(
    time: Time, ground: str, proper: str
) -> None:
    task = asked(an_assessed(at=time.now), "street", at=time.now)

    with pytest.raises(TaskRefused):
        give_back(task, ground=ground, proper=proper, officer=officer("rita"), at=time.now)

    task.refresh_from_db()
    assert task.state == TaskState.OFFERED


def test_what_is_returned_goes_to_the_proper_owner_at_once(time: Time) -> None:
    case = an_assessed(at=time.now)

    returned(asked(case, "street", at=time.now), "rita", "water", at=time.now)

    assert tasks(case) == [("street", "returned"), ("water", "offered")]


def test_after_two_returns_the_arbiter_is_asked(time: Time) -> None:
    case = a_contested(time)

    assert tasks(case) == [("street", "returned"), ("water", "returned")]
    assert case.timeline.get(kind="dispatch.contested").data["units"] == ["street", "water"]
    with pytest.raises(TaskRefused, match="裁定人"):
        asked(case, "hospital", at=time.now)


def test_what_the_arbiter_decides_cannot_be_returned(time: Time) -> None:
    case = a_contested(time)

    task = arbitrate(case, "street", why="属地", officer=officer("iris"), at=time.now)

    with pytest.raises(TaskRefused, match="裁定人"):
        returned(task, "rita", "water", at=time.now)
    accept(task, officer=officer("rita"), at=time.now)
    with pytest.raises(TaskRefused, match="裁定人"):
        returned(task, "rita", "water", at=time.now)
    with pytest.raises(TaskRefused, match="没有单位"):
        arbitrate(case, "water", why="属地", officer=officer("iris"), at=time.now)


def test_the_arbiter_says_why(time: Time) -> None:
    case = a_contested(time)

    with pytest.raises(TaskRefused):
        arbitrate(case, "street", why=" ", officer=officer("iris"), at=time.now)

    assert Placing.objects.get(case=case).contested_at is not None


def test_the_arbiter_may_leave_it_with_whoever_has_it(time: Time) -> None:
    case = an_assessed(at=time.now)
    first = asked(case, "district", at=time.now)
    accept(first, officer=officer("omar"), at=time.now)
    hand_on(first, "street", asked="", officer=officer("omar"), at=time.now)
    for name, proper in (("rita", "water"), ("wim", "street")):
        pending = Task.objects.get(case=case, state=TaskState.OFFERED)
        returned(pending, name, proper, at=time.now)

    task = arbitrate(case, "district", why="首接", officer=officer("iris"), at=time.now)
    accept(task, officer=officer("omar"), at=time.now)

    assert ("district", "accepted") in tasks(case)
    assert ("district", "handed_on") in tasks(case)


def test_the_desk_may_take_what_others_contest(time: Time) -> None:
    case = a_contested(time)

    task = take(case, officer=officer("ada"), at=time.now)

    assert task.state == TaskState.ACCEPTED
    assert Placing.objects.get(case=case).contested_at is None


def test_who_hands_on_holds_it_until_the_next_accepts(time: Time) -> None:
    case = an_assessed(at=time.now)
    first = asked(case, "district", at=time.now)
    accept(first, officer=officer("omar"), at=time.now)

    second = hand_on(first, "street", asked="送药", officer=officer("omar"), at=time.now)

    assert tasks(case) == [("district", "accepted"), ("street", "offered")]
    with pytest.raises(TaskRefused, match="还没有答复"):
        hand_on(first, "water", asked="", officer=officer("omar"), at=time.now)
    with pytest.raises(TaskRefused, match="还没有答复"):
        settled(first, "omar", at=time.now)
    accept(second, officer=officer("rita"), at=time.now)
    assert tasks(case) == [("district", "handed_on"), ("street", "accepted")]


def test_a_hand_on_that_is_refused_leaves_it_with_the_first(time: Time) -> None:
    case = an_assessed(at=time.now)
    first = asked(case, "district", at=time.now)
    accept(first, officer=officer("omar"), at=time.now)
    second = hand_on(first, "street", asked="", officer=officer("omar"), at=time.now)

    returned(second, "rita", "district", at=time.now)

    # The proper owner is who holds it: nobody needs to be asked.
    assert tasks(case) == [("district", "accepted"), ("street", "returned")]


def test_whoever_gives_back_while_another_is_asked_asks_nobody_else(time: Time) -> None:
    case = an_assessed(at=time.now)
    first = asked(case, "district", at=time.now)
    accept(first, officer=officer("omar"), at=time.now)
    hand_on(first, "street", asked="", officer=officer("omar"), at=time.now)

    returned(first, "omar", "water", at=time.now)

    assert tasks(case) == [("district", "returned"), ("street", "offered")]


def test_nothing_is_handed_on_where_the_need_is_over(time: Time) -> None:
    case = an_assessed(at=time.now)
    first = asked(case, "district", at=time.now)
    accept(first, officer=officer("omar"), at=time.now)
    is_over(case, at=time.now)

    with pytest.raises(TaskRefused, match="已经办结，不用再转办"):
        hand_on(first, "street", asked="", officer=officer("omar"), at=time.now)
