"""Who holds a case while it is handed over: every verb, every refusal."""

from datetime import datetime

import pytest

from huying.cases.lifecycle import MoveRefused, State
from huying.cases.tests.people import officer
from huying.dispatch import rules
from huying.dispatch.actions import (
    accept,
    act_first,
    decline,
    expire_next,
    finish,
    progress,
    settle,
    take,
)
from huying.dispatch.models import Task
from huying.dispatch.rules import NotYours, TaskRefused, TaskState
from huying.dispatch.tests.deeds import asked, is_over, kinds, returned, settled, tasks
from huying.testing.time import Time
from huying.triage.tests.people import an_assessed


def test_an_offer_is_accepted_by_an_officer_of_the_unit(time: Time) -> None:
    case = an_assessed(at=time.now)
    task = asked(case, "street", at=time.now)

    accept(task, officer=officer("rita"), at=time.passes(minutes=5))

    task.refresh_from_db()
    case.refresh_from_db()
    assert (task.state, task.officer, task.expires_at) == ("accepted", officer("rita"), None)
    assert (case.state, case.desk_id) == (State.OPEN, "desk")
    assert "dispatch.accepted" in kinds(case)


def test_whoever_stands_above_a_unit_may_accept_for_it(time: Time) -> None:
    task = asked(an_assessed(at=time.now), "street", at=time.now)

    accept(task, officer=officer("omar"), at=time.now)

    assert task.state == TaskState.ACCEPTED


def test_a_stranger_accepts_nothing(time: Time) -> None:
    case = an_assessed(at=time.now)
    task = asked(case, "street", at=time.now)
    before = kinds(case)

    with pytest.raises(NotYours, match="区医院"):
        accept(task, officer=officer("noah"), at=time.now)
    with pytest.raises(NotYours, match="区医院"):
        returned(task, "noah", "water", at=time.now)

    assert kinds(case) == before


def test_the_same_offer_is_accepted_once(time: Time) -> None:
    task = asked(an_assessed(at=time.now), "street", at=time.now)
    accept(task, officer=officer("rita"), at=time.now)

    with pytest.raises(TaskRefused):
        accept(task, officer=officer("sem"), at=time.now)


def test_an_unknown_unit_is_not_asked(time: Time) -> None:
    with pytest.raises(TaskRefused, match="nowhere"):
        asked(an_assessed(at=time.now), "nowhere", at=time.now)


def test_one_lead_is_asked_at_a_time(time: Time) -> None:
    case = an_assessed(at=time.now)
    asked(case, "street", at=time.now)

    with pytest.raises(TaskRefused, match="街道"):
        asked(case, "water", at=time.now)


def test_a_unit_that_leads_is_not_asked_to_lead(time: Time) -> None:
    case = an_assessed(at=time.now)
    accept(asked(case, "street", at=time.now), officer=officer("rita"), at=time.now)

    with pytest.raises(TaskRefused, match="街道已经是"):
        asked(case, "street", at=time.now)


def test_nobody_is_asked_in_a_case_that_is_over(time: Time) -> None:
    case = an_assessed(at=time.now)
    is_over(case, at=time.now)

    with pytest.raises(TaskRefused, match="已经办结，要先重新打开"):
        asked(case, "street", at=time.now)


def test_a_new_lead_takes_over_when_it_accepts_and_not_before(time: Time) -> None:
    case = an_assessed(at=time.now)
    first = asked(case, "street", at=time.now)
    accept(first, officer=officer("rita"), at=time.now)
    second = asked(case, "water", at=time.now)

    first.refresh_from_db()
    assert first.state == TaskState.ACCEPTED

    accept(second, officer=officer("wim"), at=time.now)
    first.refresh_from_db()
    assert first.state == TaskState.HANDED_ON


def test_units_passed_over_are_told(time: Time) -> None:
    case = an_assessed(at=time.now)
    asked(case, "street", at=time.now)

    line = case.timeline.get(kind="dispatch.offered")
    assert line.data["informed"] == ["district"]


def test_progress_is_told_by_who_has_accepted(time: Time) -> None:
    case = an_assessed(at=time.now)
    task = asked(case, "street", at=time.now)

    with pytest.raises(TaskRefused, match="还没有签收"):
        progress(task, "在路上", officer=officer("rita"), at=time.now)
    accept(task, officer=officer("rita"), at=time.now)
    with pytest.raises(TaskRefused, match="下一步"):
        progress(task, "  ", officer=officer("rita"), at=time.now)
    progress(task, "在路上", officer=officer("rita"), next_by=time.now, at=time.now)

    assert "dispatch.progressed" in kinds(case)


def test_the_lead_answers_for_the_whole(time: Time) -> None:
    case = an_assessed(at=time.now)
    lead = asked(case, "street", at=time.now)
    accept(lead, officer=officer("rita"), at=time.now)
    joint = asked(case, "hospital", at=time.now, lead=False)
    accept(joint, officer=officer("noah"), at=time.now)

    with pytest.raises(TaskRefused, match="区医院"):
        settled(lead, "rita", at=time.now)
    with pytest.raises(TaskRefused, match="只有主办"):
        settled(joint, "noah", at=time.now)
    with pytest.raises(TaskRefused, match="您是主办"):
        finish(lead, "做完", officer=officer("rita"), at=time.now)
    finish(joint, "已送医", officer=officer("noah"), at=time.now)
    settled(lead, "rita", at=time.now)

    case.refresh_from_db()
    assert case.state == State.ANSWERED


@pytest.mark.parametrize(("cause", "result"), [("", "已送达"), ("断供", " ")])
def test_settling_says_the_cause_and_the_result(time: Time, cause: str, result: str) -> None:
    task = asked(an_assessed(at=time.now), "street", at=time.now)
    accept(task, officer=officer("rita"), at=time.now)

    with pytest.raises(TaskRefused, match="请写明"):
        settle(task, cause=cause, result=result, officer=officer("rita"), at=time.now)

    task.refresh_from_db()
    assert task.state == TaskState.ACCEPTED


def test_what_is_only_offered_is_not_settled(time: Time) -> None:
    task = asked(an_assessed(at=time.now), "street", at=time.now)

    with pytest.raises(TaskRefused, match="还没有签收"):
        settled(task, "rita", at=time.now)


def test_a_joint_task_outlives_the_case(time: Time) -> None:
    case = an_assessed(at=time.now)
    joint = asked(case, "hospital", at=time.now, lead=False)
    accept(joint, officer=officer("noah"), at=time.now)

    is_over(case, at=time.now)

    assert tasks(case) == [("hospital", "accepted")]
    finish(joint, "已送医", officer=officer("noah"), at=time.now)
    assert tasks(case) == [("hospital", "done")]


def test_an_offer_can_be_laid_down_where_the_need_is_over(time: Time) -> None:
    case = an_assessed(at=time.now)
    task = asked(case, "desk", at=time.now)
    is_over(case, at=time.now)

    with pytest.raises(MoveRefused):
        accept(task, officer=officer("ada"), at=time.now)
    settled(task, "ada", at=time.now)

    assert tasks(case) == [("desk", "done")]
    assert "dispatch.finished" in kinds(case)


def test_joint_parts_of_two_units_do_not_use_up_each_others_returns(time: Time) -> None:
    case = an_assessed(at=time.now)
    for unit, name in (("hospital", "noah"), ("street", "rita")):
        returned(asked(case, unit, at=time.now, lead=False), name, "water", at=time.now)

    assert tasks(case).count(("water", "offered")) == 2


def test_a_part_that_nobody_wants_comes_to_the_desk(time: Time) -> None:
    case = an_assessed(at=time.now)
    asked(case, "hospital", at=time.now, lead=False)
    for name, proper in (("noah", "water"), ("wim", "street"), ("rita", "hospital")):
        pending = Task.objects.get(case=case, state=TaskState.OFFERED)
        returned(pending, name, proper, at=time.now)

    assert tasks(case)[-1] == ("desk", "offered")
    assert "dispatch.contested" not in kinds(case)


def test_a_silent_unit_is_followed_by_the_one_above_and_then_by_the_desk(time: Time) -> None:
    case = an_assessed(at=time.now)
    task = asked(case, "street", at=time.now)
    within = rules.EXPIRES_WITHIN["high"]

    assert expire_next(at=task.offered_at + within) == 0  # due now is not late
    for _ in range(4):
        expire_next(at=time.passes(seconds=within.total_seconds() + 1))

    assert tasks(case) == [("street", "expired"), ("district", "expired"), ("desk", "offered")]


def test_a_unit_that_another_named_is_followed_by_the_one_above_it_too(time: Time) -> None:
    case = an_assessed(at=time.now)
    returned(asked(case, "water", at=time.now), "wim", "street", at=time.now)

    expire_next(at=time.passes(hours=2))

    assert tasks(case)[-1] == ("district", "offered")


def test_an_offer_that_runs_out_after_the_end_troubles_nobody_else(time: Time) -> None:
    case = an_assessed(at=time.now)
    asked(case, "street", at=time.now)
    is_over(case, at=time.now)

    expire_next(at=time.passes(hours=2))

    assert tasks(case) == [("street", "expired")]


def test_two_parts_of_one_case_run_out_together(time: Time) -> None:
    case = an_assessed(at=time.now)
    asked(case, "street", at=time.now)
    asked(case, "hospital", at=time.now, lead=False)

    assert expire_next(at=time.passes(hours=2)) == 2

    assert tasks(case)[2:] == [("district", "offered"), ("district", "offered")]


def test_a_plea_is_declined_by_two_officers(time: Time) -> None:
    case = an_assessed(at=time.now)

    def declined(second: str | None, ground: str = "不属本市") -> None:
        decline(
            case,
            ground=ground,
            where_to_go="拨打 12345",
            officer=officer("ada"),
            second=officer(second) if second else None,
            at=time.now,
        )

    for second in (None, "ada"):
        with pytest.raises(TaskRefused, match="两名"):
            declined(second)
    with pytest.raises(TaskRefused, match="理由"):
        declined("olga", ground="")
    asked(case, "street", at=time.now)
    with pytest.raises(TaskRefused, match="街道"):
        declined("olga")
    Task.objects.update(state=TaskState.EXPIRED)
    declined("olga")

    case.refresh_from_db()
    assert case.state == State.DECLINED


def test_the_desks_own_part_ends_when_it_declines(time: Time) -> None:
    case = an_assessed(at=time.now, nature="consult")
    take(case, officer=officer("ada"), at=time.now)

    decline(
        case,
        ground="非本市",
        where_to_go="拨打 12345",
        officer=officer("ada"),
        second=None,
        at=time.now,
    )

    assert tasks(case) == [("desk", "done")]


def test_the_desk_takes_what_it_was_asked_for(time: Time) -> None:
    case = an_assessed(at=time.now)
    asked(case, "desk", at=time.now)

    take(case, officer=officer("ada"), at=time.now)

    assert tasks(case) == [("desk", "accepted")]
    with pytest.raises(NotYours):
        take(an_assessed(at=time.now, number=2), officer=officer("rita"), at=time.now)


def test_who_acts_first_says_what_they_did(time: Time) -> None:
    case = an_assessed(at=time.now)

    with pytest.raises(TaskRefused):
        act_first(case, "", officer=officer("rita"), at=time.now)
    act_first(case, "已送去两天的菜", officer=officer("rita"), at=time.now)

    line = case.timeline.get(kind="dispatch.actedfirst")
    assert datetime.fromisoformat(line.data["report_by"]) == time.passes(hours=2)
