from datetime import UTC, datetime, timedelta

import pytest

from huying.clocks.ladder import BREAK, TOP_REPEATS, first_step, next_step, step_now

AT = datetime(2022, 11, 8, 2, 0, tzinfo=UTC)
HOUR, RUNG = timedelta(hours=1), timedelta(minutes=5)


def after(minutes: float) -> datetime:
    return AT + timedelta(minutes=minutes)


@pytest.mark.parametrize(("minutes", "step", "at"), [(0, 0, 30), (31, 1, 48), (49, BREAK, 60)])
def test_a_clock_begins_with_the_warning_that_is_still_ahead(
    minutes: float, step: int, at: float
) -> None:
    following = first_step(AT, AT + HOUR, now=after(minutes))

    assert (following.step, following.at) == (step, after(at))


def test_a_short_promise_is_not_warned_of() -> None:
    assert first_step(AT, after(1), now=AT).step == BREAK


@pytest.mark.parametrize(
    ("minutes", "step"), [(30.1, 0), (49, 1), (60, 1), (60.1, BREAK), (600, BREAK)]
)
def test_after_a_standstill_only_what_is_true_is_said(minutes: float, step: int) -> None:
    assert step_now(0, AT, AT + HOUR, now=after(minutes)) == step


def test_a_rung_is_not_taken_back() -> None:
    assert step_now(BREAK + 2, AT, AT + HOUR, now=after(600)) == BREAK + 2


def test_rungs_follow_each_other_and_the_top_repeats() -> None:
    at, step, seen = after(60), BREAK, []
    for _ in range(5):
        following = next_step(step, AT, AT + HOUR, rung=RUNG, rungs=3, now=at)
        assert following.at
        seen.append((following.at - at) / RUNG)
        step, at = following.step, following.at

    assert seen == [1, 1, TOP_REPEATS, TOP_REPEATS, TOP_REPEATS]


def test_where_nobody_is_on_the_ladder_it_shouts_on() -> None:
    following = next_step(BREAK, AT, AT + HOUR, rung=RUNG, rungs=0, now=after(60))

    assert following.at == after(60) + RUNG * TOP_REPEATS
