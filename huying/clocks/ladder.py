"""What happens to a running clock, and when: two warnings, the break, then rung after rung."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WARN_SHARES = (50, 80)  # per cent of the time that is gone
BREAK = len(WARN_SHARES)  # the step at which it breaks; the steps after it are rungs
WARN_SPAN_MIN = timedelta(minutes=5)  # shorter promises break before a warning could be read
TOP_REPEATS = 4  # above the highest rung it is told again, each time after four rungs' wait


@dataclass(frozen=True)
class Next:
    """The next step of a clock and its time; `at` None: nothing more happens by itself."""

    step: int
    at: datetime | None


def _step_at(step: int, started_at: datetime, due_at: datetime, rung: timedelta) -> datetime:
    if step < BREAK:
        return started_at + (due_at - started_at) * WARN_SHARES[step] / 100
    return due_at + rung * (step - BREAK)


def first_step(started_at: datetime, due_at: datetime, *, now: datetime) -> Next:
    """Where a clock that is (again) running stands: warnings that are past are not made up for."""
    step = BREAK if due_at - started_at < WARN_SPAN_MIN else 0
    while step < BREAK and _step_at(step, started_at, due_at, timedelta()) < now:
        step += 1
    return Next(step, _step_at(step, started_at, due_at, timedelta()))


def step_now(step: int, started_at: datetime, due_at: datetime, *, now: datetime) -> int:
    """The step to take now: after a standstill not each that was missed, only what is true."""
    if step < BREAK and now > due_at:
        return BREAK
    while step < BREAK - 1 and _step_at(step + 1, started_at, due_at, timedelta()) < now:
        step += 1
    return step


def next_step(
    step: int,
    started_at: datetime,
    due_at: datetime,
    *,
    rung: timedelta,
    rungs: int,
    now: datetime,
) -> Next:
    """What follows after `step` was taken `now`. `rungs` is how many this ladder has."""
    following = step + 1
    at = _step_at(following, started_at, due_at, rung)
    if following <= BREAK:
        return Next(following, at)
    # After a standstill too each rung gets its time before the next is troubled.
    is_top = following - BREAK >= max(rungs, 1)
    return Next(following, now + rung * TOP_REPEATS if is_top else max(at, now + rung))
