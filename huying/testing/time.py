"""The clock of a test: it moves only when the test says so."""

from datetime import UTC, datetime, timedelta

# Tuesday, ten in the morning in Shenzhen: a working day with working days around it.
TUESDAY_MORNING = datetime(2022, 11, 8, 2, 0, tzinfo=UTC)


class Time:
    """A clock that moves only when a test says so."""

    def __init__(self, now: datetime = TUESDAY_MORNING) -> None:
        self.now = now

    def passes(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now
