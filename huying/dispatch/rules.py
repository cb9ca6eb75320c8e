"""The life of a task, and the numbers that keep a case from being passed around."""

from datetime import timedelta
from enum import StrEnum

RETURNS_MAX = 2  # after so many returns an arbiter decides, and nobody may return it again
HOPS_MAX = 8  # no case is passed on more often than this without the arbiter


class TaskState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DONE = "done"
    RETURNED = "returned"
    EXPIRED = "expired"
    HANDED_ON = "handed_on"  # the unit that it was handed on to has accepted


NEXT: dict[TaskState, frozenset[TaskState]] = {
    TaskState.OFFERED: frozenset(
        {TaskState.ACCEPTED, TaskState.RETURNED, TaskState.EXPIRED, TaskState.DONE}
    ),
    TaskState.ACCEPTED: frozenset({TaskState.DONE, TaskState.RETURNED, TaskState.HANDED_ON}),
    TaskState.DONE: frozenset(),
    TaskState.RETURNED: frozenset(),
    TaskState.EXPIRED: frozenset(),
    TaskState.HANDED_ON: frozenset(),
}
LIVE = frozenset({TaskState.OFFERED, TaskState.ACCEPTED})


class Ground(StrEnum):
    """Why a unit may give a task back (退单). Each needs the proper owner beside it."""

    AREA = "area"  # 属地不符
    DUTY = "duty"  # 职责不符
    UNCLEAR = "unclear"  # 权属不清
    INCOMPLETE = "incomplete"  # 信息不全


class Sort(StrEnum):
    """What kind of help a task is, so that outcomes can be counted."""

    HANDLE = ""  # see to it, whatever it takes
    VEHICLE = "vehicle"
    BED = "bed"
    VISIT = "visit"
    GOODS = "goods"
    RELIEF = "relief"  # temporary relief applied for
    TEST = "test"
    MEDICINE = "medicine"
    PASS = "pass"
    COUNSEL = "counsel"


class TaskRefused(Exception):
    """This task cannot do that now, or lacks what it needs for it."""


class NotYours(TaskRefused):
    """The officer belongs to another unit than the task."""


# How long an offer stands before it moves on. Twice the promise of acceptance (product.md):
# the ladder has had its turn by then, and the person should not wait for a unit that sleeps.
EXPIRES_WITHIN: dict[str, timedelta] = {
    "critical": timedelta(minutes=20),
    "high": timedelta(minutes=60),
    "dated": timedelta(hours=48),
    "medium": timedelta(hours=48),
    "low": timedelta(hours=48),
}


def may_become(state: str, to: TaskState) -> bool:
    return to in NEXT[TaskState(state)]
