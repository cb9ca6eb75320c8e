from datetime import UTC, date, datetime

import pytest

from huying.clocks.workdays import LOCAL, after_workdays, is_workday


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 9, 28), True),  # a Sunday, made up for the long holiday
        (date(2025, 10, 1), False),
        (date(2025, 10, 8), False),
        (date(2025, 10, 11), True),  # a Saturday, made up
        (date(2025, 10, 12), False),
        (date(2022, 1, 8), False),
        (date(2090, 5, 1), True),  # not announced yet: a Monday is a working day
        (date(2090, 5, 6), False),
    ],
)
def test_offices_work_as_the_state_council_says(day: date, *, works: bool) -> None:
    assert is_workday(day) is works


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2025-09-30T15:00", 1, "2025-10-09T15:00"),
        ("2025-10-09T09:00", 3, "2025-10-13T09:00"),  # over a Saturday that is made up
        ("2025-10-04T09:00", 1, "2025-10-09T09:00"),
        ("2022-11-08T23:59", 5, "2022-11-15T23:59"),
    ],
)
def test_working_days_are_counted_in_local_time(start: str, days: int, end: str) -> None:
    begun = datetime.fromisoformat(start).replace(tzinfo=LOCAL).astimezone(UTC)

    ended = after_workdays(begun, days)

    assert ended.tzinfo == UTC
    assert ended.astimezone(LOCAL).isoformat(timespec="minutes")[:16] == end
