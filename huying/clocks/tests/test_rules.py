"""What becomes of a promise: only what the timeline says, and a broken one stays broken."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.clocks.effects import EFFECTS, timers
from huying.clocks.rules import PROMISE_NAMES, Key, Promise, Timer, due
from huying.clocks.tests.story import (
    AT,
    SPANS,
    UNDERTOOK,
    Told,
    accepted,
    after,
    asked,
    assessed,
    minutes,
    offered,
    running,
    settled,
    the,
    told,
)

DAY = 24 * 60


def test_from_the_first_word_a_receipt_a_look_and_an_end_are_promised() -> None:
    assert running(after()) == ["first_look", "receipt", "settle"]


@pytest.mark.parametrize(
    ("urgency", "lane", "look", "end"),
    [
        ("critical", "act", 5, 120),
        ("high", "act", 10, DAY),
        ("dated", "act", 120, 7 * DAY),  # five working days from a Tuesday
        ("medium", "unsure", 120, 7 * DAY),
        ("low", "act", DAY, DAY),
        ("low", "aside", 3 * DAY, 14 * DAY),
    ],
)
def test_each_urgency_has_its_spans(urgency: str, lane: str, look: float, end: float) -> None:
    found = after(assessed(1, urgency=urgency, lane=lane))

    assert minutes(the(found, "first_look")) == look
    assert minutes(the(found, "settle")) == end


def test_the_clocks_of_a_unit_start_at_the_offer() -> None:
    found = after(assessed(), offered(10), accepted(20))

    assert minutes(the(found, "accept", 7)) == 40
    assert the(found, "accept", 7).kept_at == AT + timedelta(minutes=20)
    assert minutes(the(found, "answer", 7)) == 40


def test_due_now_is_not_late() -> None:
    on_time = after(assessed(), told("triage.looked", 10))
    late = after(assessed(), told("triage.looked", 10.1))

    assert the(on_time, "first_look").kept_at
    assert the(late, "first_look").kept_at is None
    assert the(late, "first_look").broken_at == AT + timedelta(minutes=10)
    assert the(late, "first_look").ended_at == AT + timedelta(minutes=10.1)


def test_what_waits_for_the_person_is_left_out_of_the_units_time() -> None:
    found = after(assessed(), offered(0), asked(10), told("intake.wrote", 70))

    assert minutes(the(found, "settle")) == DAY + 60
    assert minutes(the(found, "answer", 7)) == 30 + 60
    assert minutes(the(found, "first_look")) == 10  # the desk's own duties are not paused
    assert minutes(the(found, "accept", 7)) == 30
    assert the(found, "ask_again").broken_at  # half an hour was promised, and they took an hour


def test_two_breaks_are_added_up() -> None:
    found = after(
        assessed(),
        asked(10),
        told("intake.wrote", 20),
        asked(100),
        asked(110),
        told("notices.called", 130, reached=True),
    )

    assert minutes(the(found, "settle")) == DAY + 10 + 30


def test_a_call_that_nobody_answers_ends_no_break() -> None:
    found = after(assessed(), asked(10), told("notices.called", 20, reached=False))

    assert the(found, "settle").paused_at == AT + timedelta(minutes=10)


def test_a_question_that_work_need_not_wait_for_pauses_nothing() -> None:
    assert the(after(assessed(), asked(10, waiting=False)), "settle").paused_at is None


def test_what_they_wrote_before_we_asked_is_no_answer() -> None:
    found = after(assessed(), asked(10), told("intake.wrote", 9))

    assert the(found, "settle").paused_at == AT + timedelta(minutes=10)
    assert the(found, "settle").breaks == timedelta()


def test_a_broken_promise_is_not_paused() -> None:
    found = after(assessed(), asked(DAY + 1), told("intake.wrote", DAY + 100))

    assert the(found, "settle").broken_at == AT + timedelta(days=1)
    assert minutes(the(found, "settle")) == DAY


def test_another_urgency_counts_from_where_it_always_did() -> None:
    found = after(assessed(urgency="medium"), offered(60), assessed(90, urgency="high"))

    assert minutes(the(found, "settle")) == DAY
    assert minutes(the(found, "accept", 7)) == 90


def test_a_milder_urgency_mends_nothing_that_is_broken() -> None:
    found = after(assessed(urgency="critical"), assessed(180, urgency="low"))

    assert the(found, "settle").broken_at == AT + timedelta(hours=2)


def test_breaks_outlive_another_urgency() -> None:
    found = after(assessed(), asked(10), told("intake.wrote", 20), assessed(30, urgency="critical"))

    assert minutes(the(found, "settle")) == 120 + 10


def test_an_officer_who_takes_it_from_aside_starts_its_clocks() -> None:
    found = after(assessed(urgency="medium", lane="aside"), told("triage.corrected", 5, lane="act"))

    assert minutes(the(found, "settle")) == 7 * DAY


def test_a_date_is_met_with_a_margin_or_by_hurrying() -> None:
    far, near = AT + timedelta(days=2), AT + timedelta(hours=2)

    assert (
        minutes(the(after(assessed(urgency="dated", need_by=far.isoformat())), "settle"))
        == 2 * DAY - 120
    )
    assert minutes(the(after(assessed(urgency="dated", need_by=near.isoformat())), "settle")) == 60


def test_a_date_that_was_past_already_is_no_date_to_meet() -> None:
    past = (AT - timedelta(days=3)).isoformat()

    assert minutes(the(after(assessed(urgency="dated", need_by=past)), "settle")) == 7 * DAY


def test_settling_asks_the_person_and_they_end_it() -> None:
    found = after(assessed(), offered(0), accepted(5), settled(60))

    assert the(found, "settle").kept_at == AT + timedelta(hours=1)
    assert running(found) == ["call_back", "receipt"]
    found = after(assessed(), offered(0), accepted(5), settled(60), told("notices.confirmed", 90))
    assert the(found, "call_back").kept_at == AT + timedelta(minutes=90)
    assert running(found) == []


def test_a_dispute_opens_the_promise_again_due_when_it_always_was() -> None:
    story = [assessed(), offered(0), accepted(5), settled(60), told("notices.disputed", 90)]

    found = after(*story)

    assert the(found, "settle").kept_at is None
    assert minutes(the(found, "settle")) == DAY
    assert the(found, "call_back").kept_at
    again = after(*story, offered(91, 8), accepted(92, 8), settled(100, 8))
    assert the(again, "settle").kept_at == AT + timedelta(minutes=100)
    assert the(again, "call_back", number=2).ended_at is None


def test_a_dispute_after_the_urgency_rose_counts_by_the_new_one() -> None:
    found = after(
        assessed(),
        offered(0),
        accepted(5),
        settled(60),
        assessed(70, urgency="critical"),
        told("notices.disputed", 90),
    )

    assert minutes(the(found, "settle")) == 120


@pytest.mark.parametrize("kind", ["triage.recurred", "notices.reopened", "cases.unmerged"])
def test_a_reopening_promises_anew_under_its_own_number(kind: str) -> None:
    found = after(assessed(), told("notices.confirmed", 30), told(kind, 60))

    assert minutes(the(found, "first_look", number=2)) == 70
    assert minutes(the(found, "settle", number=2)) == 60 + DAY
    assert the(found, "settle").ended_at == AT + timedelta(minutes=30)


def test_a_reopening_leaves_no_call_back_behind() -> None:
    found = after(assessed(), offered(0), accepted(5), settled(60), told("triage.recurred", 70))

    assert the(found, "call_back").kept_at == AT + timedelta(minutes=70)


def test_units_that_were_still_at_it_owe_their_part_again() -> None:
    found = after(
        assessed(),
        offered(0),
        accepted(5),
        offered(6, 8, lead=False),
        told("notices.confirmed", 10),
        told("notices.reopened", 60),
    )

    assert the(found, "answer", 7, 2).ended_at is None
    assert the(found, "accept", 8, 2).ended_at is None
    assert (Promise.ACCEPT, 7, 2) not in found


def test_the_desks_own_part_ends_with_a_merge() -> None:
    unmerged = (told("cases.merged", 10), told("cases.unmerged", 60))
    found = after(assessed(), offered(0), accepted(5), *unmerged)

    assert (Promise.ANSWER, 7, 2) not in found


def test_a_second_question_mends_no_broken_first() -> None:
    found = after(assessed(), asked(0), asked(60), told("intake.wrote", 70))

    assert the(found, "ask_again").broken_at
    assert the(found, "ask_again", number=2).kept_at


def test_whoever_acts_first_twice_owes_two_reports() -> None:
    def acted(at: float) -> Told:
        by = AT + timedelta(minutes=at + 120)
        return told("dispatch.actedfirst", at, report_by=by.isoformat())

    found = after(assessed(), acted(0), acted(60), assessed(70, urgency="low"))

    assert minutes(the(found, "report")) == 120
    assert minutes(the(found, "report", number=2)) == 180


def test_what_is_contested_is_decided_in_time() -> None:
    found = after(assessed(), told("dispatch.contested", 10), offered(20))

    assert the(found, "arbitrate").kept_at == AT + timedelta(minutes=20)


def test_a_return_ends_the_units_promises_without_keeping_them() -> None:
    found = after(assessed(), offered(0), told("dispatch.returned", 5, task=7))

    assert the(found, "accept", 7).ended_at
    assert the(found, "accept", 7).kept_at is None


def test_who_is_handed_on_from_is_free_when_the_next_accepts() -> None:
    found = after(assessed(), offered(0), accepted(1), offered(2, 8), accepted(3, 8, previous=7))

    assert the(found, "answer", 7).ended_at
    assert the(found, "answer", 8).ended_at is None


def test_what_the_sweep_found_broken_stays_so() -> None:
    broke = told("clocks.broke", 11, promise="first_look", task=0, opening=1)
    backdated = told("triage.looked", 9)

    found = after(assessed(), broke, backdated)

    assert the(found, "first_look").broken_at == AT + timedelta(minutes=10)
    assert the(found, "first_look").kept_at is None


def test_a_break_of_another_opening_is_not_this_ones() -> None:
    broke = told("clocks.broke", 90, promise="first_look", task=0, opening=2)

    found = after(
        assessed(),
        told("triage.looked", 1),
        told("notices.confirmed", 2),
        told("notices.reopened", 60),
        broke,
    )

    assert the(found, "first_look").kept_at
    assert the(found, "first_look", number=2).broken_at


def test_every_promise_has_its_names() -> None:
    assert set(PROMISE_NAMES) == set(Promise)


# A story of anything in any order, as nobody would live it.
TASKS = st.integers(7, 9)
LINES = st.one_of(
    st.builds(
        lambda u, lane: ("triage.assessed", {"urgency": u, "lane": lane, "need_by": None}),
        st.sampled_from(["critical", "high", "dated", "medium", "low"]),
        st.sampled_from(["act", "aside"]),
    ),
    st.builds(lambda lane: ("triage.corrected", {"lane": lane}), st.sampled_from(["act", "aside"])),
    st.builds(
        lambda t, lead: ("dispatch.offered", {"task": t, "lead": lead}), TASKS, st.booleans()
    ),
    st.builds(lambda t: ("dispatch.accepted", {"task": t, "previous": None}), TASKS),
    *(
        st.builds(lambda t, kind=kind: (kind, {"task": t}), TASKS)
        for kind in (
            "dispatch.returned",
            "dispatch.expired",
            "dispatch.progressed",
            "dispatch.settled",
        )
    ),
    st.builds(lambda w: ("notices.asked", {"waiting": w}), st.booleans()),
    st.builds(lambda r: ("notices.called", {"reached": r}), st.booleans()),
    st.builds(
        lambda p, t: ("clocks.broke", {"promise": p, "task": t}),
        st.sampled_from(sorted(Promise)),
        st.sampled_from([0, 7, 8]),
    ),
    st.sampled_from(
        [
            (kind, {})
            for kind in (
                "intake.wrote",
                "triage.looked",
                "dispatch.contested",
                "notices.confirmed",
                "notices.disputed",
                "notices.reopened",
                "triage.recurred",
                "dispatch.declined",
            )
        ]
    ),
)
STORIES = st.lists(st.tuples(LINES, st.integers(-30, 3000)), max_size=14)


def lived(story: list[tuple[tuple[str, dict[str, object]], int]]) -> list[Told]:
    at, lines = AT, [UNDERTOOK]
    for (kind, data), span in story:
        at += timedelta(minutes=span)  # now and then a line comes late, and tells of before
        lines.append((kind, data, at))
    return lines


@given(STORIES)
def test_no_line_mends_a_broken_promise(
    story: list[tuple[tuple[str, dict[str, object]], int]],
) -> None:
    lines = lived(story)
    before: dict[Key, Timer] = {}
    for length in range(1, len(lines) + 1):
        found = timers(lines[:length])
        for key, timer in before.items():
            assert key in found
            assert timer.broken_at is None or found[key].broken_at == timer.broken_at
        before = found


@given(STORIES)
def test_a_promise_is_kept_or_broken_and_never_both(
    story: list[tuple[tuple[str, dict[str, object]], int]],
) -> None:
    for timer in timers(lived(story)).values():
        assert timer.kept_at is None or timer.broken_at is None
        assert timer.kept_at is None or timer.ended_at is not None
        assert timer.breaks >= timedelta()


@given(
    st.sampled_from(sorted(SPANS)),
    st.sampled_from(sorted(set(Promise) - {Promise.REPORT})),
    st.datetimes(datetime(2022, 1, 1), datetime(2022, 12, 31)),  # noqa: DTZ001  hypothesis wants so
    st.none() | st.integers(-5000, 50_000),
)
def test_nothing_is_due_before_it_begins(
    urgency: str, promise: str, start: datetime, need: int | None
) -> None:
    start = start.replace(tzinfo=UTC)
    need_by = start + timedelta(minutes=need) if need is not None else None

    at = due(SPANS[urgency], promise, start, need_by)

    assert at is not None
    assert at > start


def test_a_kind_that_touches_no_promise_is_passed_over() -> None:
    assert "places.moved" not in EFFECTS
    assert after(told("places.moved", 5)) == after()
