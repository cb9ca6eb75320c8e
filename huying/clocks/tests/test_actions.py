"""The sweep on a real database: in time, once, and step by step."""

from datetime import timedelta
from itertools import pairwise

import pytest
from pytest_django.fixtures import Settings

from huying.cases.actions import record
from huying.cases.lifecycle import State
from huying.cases.models import Case, Entry
from huying.cases.tests.people import officer, town
from huying.clocks.actions import sweep, take
from huying.clocks.effects import timers
from huying.clocks.models import Clock
from huying.clocks.queries import broken, kept_and_broken, next_due, owed
from huying.dispatch.actions import accept, offer
from huying.intake.tests.people import listen
from huying.testing.threads import at_once
from huying.testing.time import Time
from huying.triage.actions import look
from huying.triage.tests.people import an_assessed, rank


def told(case: Case, kind: str) -> list[dict[str, object]]:
    lines = case.timeline.filter(kind=f"clocks.{kind}").order_by("number")
    return list(lines.values_list("data", flat=True))


def clock(case: Case, promise: str) -> Clock:
    return Clock.objects.select_related("case").get(case=case, promise=promise)


def is_true(case: Case) -> None:
    """The rows are what the timeline comes to."""
    story = Entry.objects.filter(case=case).order_by("number")
    found = timers(story.values_list("kind", "data", "happened_at"))
    rows = {(row.promise, row.task, row.opening): row for row in Clock.objects.filter(case=case)}
    assert rows.keys() == {(str(key[0]), *key[1:]) for key in found}
    for key, timer in found.items():
        row = rows[str(key[0]), key[1], key[2]]
        due_at = None if timer.paused_at else timer.due_at
        assert (row.started_at, row.due_at, row.kept_at, row.broken_at, row.ended_at) == (
            timer.started_at,
            due_at,
            timer.kept_at,
            timer.broken_at,
            timer.ended_at,
        ), key


def test_a_warning_at_half_and_at_four_fifths_then_the_break(time: Time) -> None:
    case = an_assessed(at=time.now)  # high: a first look in ten minutes

    for minutes in (5, 8, 10):
        assert sweep(at=case.opened_at + timedelta(minutes=minutes)) == 0  # not yet: due now
        sweep(at=case.opened_at + timedelta(minutes=minutes, seconds=1))

    assert [line["share"] for line in told(case, "warned")] == [50, 80]
    assert [line["promise"] for line in told(case, "broke")] == ["first_look"]
    assert clock(case, "first_look").broken_at == case.opened_at + timedelta(minutes=10)
    is_true(case)


def test_who_looks_in_time_keeps_it(time: Time) -> None:
    case = an_assessed(at=time.now)

    look(case, officer=officer("ada"), at=time.passes(minutes=10))

    assert clock(case, "first_look").kept_at == time.now
    assert sweep(at=time.passes(minutes=1)) == 0
    is_true(case)


def test_a_look_that_comes_late_says_that_it_broke(time: Time) -> None:
    case = an_assessed(at=time.now)

    look(case, officer=officer("ada"), at=time.passes(minutes=11))

    assert len(told(case, "broke")) == 1
    assert owed(case)[0].promise != "first_look"
    is_true(case)


def test_after_a_standstill_it_breaks_without_a_warning(time: Time) -> None:
    case = an_assessed(at=time.now)

    sweep(at=time.passes(hours=5))

    assert told(case, "warned") == []
    assert [line["rung"] for line in told(case, "climbed")] == [0]


def test_the_ladder_is_climbed_rung_by_rung_each_with_its_time(time: Time) -> None:
    case = an_assessed(at=time.now)
    time.passes(hours=5)  # the worker was down, and still each rung gets its five minutes
    for _ in range(40):
        sweep(at=time.passes(seconds=30))

    lines = case.timeline.filter(kind="clocks.climbed").order_by("number")
    assert [line.data["who"] for line in lines] == ["on_duty", "desk_leader", "director"]
    assert [line.data["rung"] for line in lines] == [0, 1, 2]
    at = [line.happened_at for line in lines]
    assert all(later - sooner >= timedelta(minutes=5) for sooner, later in pairwise(at))


def test_above_the_top_the_top_is_told_again(time: Time) -> None:
    case = an_assessed(at=time.now)
    for _ in range(120):
        sweep(at=time.passes(minutes=1))

    who = [line["who"] for line in told(case, "climbed")]
    assert who[:3] == ["on_duty", "desk_leader", "director"]
    assert set(who[3:]) == {"director"}
    assert 3 <= len(who[3:]) <= 6


def test_taking_it_rests_the_ladder_for_half_of_the_promise(time: Time) -> None:
    case = an_assessed(at=time.now)
    sweep(at=time.passes(minutes=11))

    take(clock(case, "first_look"), officer=officer("lena"), at=time.now)

    for _ in range(5):
        sweep(at=time.passes(minutes=1))
    assert len(told(case, "climbed")) == 1
    sweep(at=time.passes(seconds=1))
    assert len(told(case, "climbed")) == 2
    assert told(case, "took")[0]["officer"] == officer("lena").pk


def test_taking_a_warned_promise_does_not_hide_its_break(time: Time) -> None:
    case = an_assessed(at=time.now)
    sweep(at=time.passes(minutes=6))

    take(clock(case, "first_look"), officer=officer("lena"), at=time.now)
    sweep(at=time.passes(minutes=4, seconds=1))

    assert len(told(case, "broke")) == 1


def test_the_promise_of_a_unit_climbs_the_units_ladder(time: Time) -> None:
    case = an_assessed(at=time.now)
    task = offer(case, "street", lead=True, by="officer:1", at=time.now)
    look(case, officer=officer("ada"), at=time.now)
    for _ in range(40):
        sweep(at=time.passes(minutes=1))

    climbed = [line for line in told(case, "climbed") if line["promise"] == "accept"]
    assert [line["who"] for line in climbed][:2] == ["on_duty", "head"]
    assert {line["task"] for line in climbed} == {task.pk}
    is_true(case)


def test_what_is_no_longer_owed_is_not_swept(time: Time) -> None:
    case = an_assessed(at=time.now)
    task = offer(case, "street", lead=True, by="officer:1", at=time.now)
    accept(task, officer=officer("rita"), at=time.passes(minutes=1))

    assert clock(case, "accept").kept_at == time.now
    assert next_due([case.pk])[case.pk].promise in {"receipt", "answer"}
    is_true(case)


def test_a_raise_brings_the_end_nearer(time: Time) -> None:
    case = an_assessed(at=time.now, urgency="medium")

    rank(case, at=time.passes(hours=3), urgency="critical")

    # Two hours were promised to a critical case, and three are gone.
    sweep(at=time.passes(seconds=1))
    assert clock(case, "settle").broken_at == case.opened_at + timedelta(hours=2)
    assert broken([case.pk])[case.pk]
    is_true(case)


def test_figures_count_each_promise_once(time: Time) -> None:
    case = an_assessed(at=time.now)
    look(case, officer=officer("ada"), at=time.passes(minutes=5))

    figures = kept_and_broken(case.opened_at, case.opened_at + timedelta(hours=1))

    assert figures["first_look"] == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_take_each_step_once(tmp_path: object, settings: Settings) -> None:
    town()
    settings.HUYING_HOME = tmp_path
    listen(settings.HUYING_HOME)
    time = Time()
    cases = [an_assessed(at=time.now, number=number) for number in range(1, 9)]
    at = time.passes(hours=1)

    def sweeps() -> None:
        while sweep(at=at, limit=3):
            pass

    def looks() -> None:
        # Somebody holds these cases, and wants their clocks, in the same moment.
        for case in reversed(cases):
            look(case, officer=officer("ada"), at=at)

    at_once(sweeps, sweeps, looks)

    while sweep(at=at):
        pass
    for case in cases:
        case.refresh_from_db()
        assert case.state == State.OPEN
        broke = [(line["promise"], line["task"]) for line in told(case, "broke")]
        assert len(broke) == len(set(broke))
        assert ("first_look", 0) in broke
        is_true(case)


def test_a_refused_move_leaves_the_clocks_alone(time: Time) -> None:
    case = an_assessed(at=time.now)
    before = list(Clock.objects.values())
    fact = type(case.timeline.get(number=1).fact)

    with pytest.raises(Exception, match="cannot open"):
        record(case, fact(**case.timeline.get(number=1).data), by="person", at=time.now)

    assert list(Clock.objects.values()) == before
