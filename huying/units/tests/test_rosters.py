from datetime import UTC, date, datetime, time

import pytest

from huying.units.rules import LOCAL, Away, Turn, merge, on_duty, presence, subtract

ADA, OMAR, RITA = 1, 2, 3
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
DAY = Turn(ADA, EVERY_DAY, time(8), time(20))
NIGHT = Turn(OMAR, EVERY_DAY, time(20), time(8))
FRIDAY_NIGHT = Turn(OMAR, [5], time(22), time(6))
ROUND_THE_CLOCK = Turn(RITA, EVERY_DAY, time(0), time(0), standby=True)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """In January 2026; the fifth is a Monday."""
    return datetime(2026, 1, day, hour, minute, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("turn", "at", "is_there"),
    [
        (DAY, local(5, 8), True),  # from the first minute
        (DAY, local(5, 7, 59), False),
        (DAY, local(5, 19, 59), True),
        (DAY, local(5, 20), False),  # whose end is the next one's beginning
        (NIGHT, local(5, 20), True),
        (NIGHT, local(6, 3), True),
        (NIGHT, local(6, 8), False),
        (FRIDAY_NIGHT, local(9, 23), True),
        (FRIDAY_NIGHT, local(10, 5, 59), True),  # Saturday morning is still Friday's night
        (FRIDAY_NIGHT, local(10, 23), False),
        (FRIDAY_NIGHT, local(9, 5), False),  # and Friday morning was Thursday's
        (Turn(ADA, [1], time(9), time(9)), local(6, 8, 59), True),  # a whole day
        (Turn(ADA, [1], time(9), time(9)), local(6, 9), False),
        (Turn(ADA, EVERY_DAY, time(8), time(20), since=date(2026, 1, 6)), local(5, 9), False),
        (Turn(ADA, EVERY_DAY, time(8), time(20), since=date(2026, 1, 5)), local(5, 9), True),
        # The last night of a roster is worked to its end.
        (Turn(ADA, EVERY_DAY, time(20), time(8), until=date(2026, 1, 5)), local(6, 7), True),
        (Turn(ADA, EVERY_DAY, time(20), time(8), until=date(2026, 1, 5)), local(6, 21), False),
    ],
)
def test_a_shift_is_worked_from_its_first_minute_until_its_end(
    turn: Turn, at: datetime, is_there: bool
) -> None:
    duty, _ = on_duty([turn], [], at)

    assert bool(duty) is is_there


def test_a_roster_in_local_time_is_asked_in_utc() -> None:
    duty, _ = on_duty([NIGHT], [], datetime(2026, 1, 5, 19, 0, tzinfo=UTC))  # 3 a.m. there

    assert duty == [OMAR]


def test_who_is_absent_is_not_on_duty_and_the_standby_is() -> None:
    leave = Away(ADA, local(5, 10), local(5, 12))

    assert on_duty([DAY, ROUND_THE_CLOCK], [leave], local(5, 9, 59)) == ([ADA], [RITA])
    assert on_duty([DAY, ROUND_THE_CLOCK], [leave], local(5, 10)) == ([], [RITA])
    assert on_duty([DAY, ROUND_THE_CLOCK], [leave], local(5, 12)) == ([ADA], [RITA])


def test_who_is_on_duty_does_not_stand_by_for_themselves() -> None:
    also_standby = Turn(ADA, EVERY_DAY, time(0), time(0), standby=True)

    assert on_duty([DAY, also_standby], [], local(5, 9)) == ([ADA], [])
    assert on_duty([DAY, also_standby], [], local(5, 21)) == ([], [ADA])


def test_day_and_night_leave_no_gap() -> None:
    start, end = local(5, 0), local(12, 0)

    assert presence([DAY, NIGHT], [], start, end) == [(start, end)]


def test_an_absence_leaves_a_gap_unless_somebody_else_is_there() -> None:
    start, end = local(5, 0), local(6, 0)
    leave = [Away(ADA, local(5, 10), local(5, 11))]

    there = presence([DAY, NIGHT], leave, start, end)
    with_standby = presence([DAY, NIGHT, ROUND_THE_CLOCK], leave, start, end)

    assert subtract([(start, end)], there) == [(local(5, 10), local(5, 11))]
    assert with_standby == [(start, end)]


def test_spans_that_touch_become_one() -> None:
    early, noon, late = local(5, 8), local(5, 12), local(5, 20)

    assert merge([(noon, late), (early, noon)]) == [(early, late)]
    assert subtract([(early, late)], [(early, noon)]) == [(noon, late)]
    assert subtract([(early, noon)], [(early, late)]) == []
