"""What the machine's reading and the officers' judgements come to, when they differ."""

from enum import StrEnum


class Urgency(StrEnum):
    CRITICAL = "critical"  # 特急: life or serious injury at risk now
    HIGH = "high"  # 紧急: serious harm likely within a day
    DATED = "dated"  # 限期: must be met by a known date
    MEDIUM = "medium"  # 一般: real need, no clear time pressure
    LOW = "low"  # 普通: questions, suggestions, praise


RANK: dict[str, int] = {urgency.value: number for number, urgency in enumerate(Urgency, start=1)}
RANK[""] = 0


def more_urgent(one: str, other: str) -> str:
    """The more urgent of the two; "" is not known yet and so is less than anything."""
    return min(filter(None, (one, other)), key=RANK.__getitem__, default="")


def urgency_after(said: str, *, stands: str, read_now: str, read_new: str) -> str:
    """The urgency after a reading, when an officer said `said` ("" if none did).

    `stands`: what the machine has come to before; `read_now`: what all words come to; `read_new`:
    what those come to that were not read before ("" if there are none). A machine never lowers.
    A human's judgement beats the machine's, except that new words of the person may raise it.
    """
    if not said:
        # What is danger by itself is danger, also among words that sound mild together.
        return more_urgent(stands, more_urgent(read_now, read_new))
    worse = read_now if not stands or RANK[read_now] < RANK[stands] else ""
    return more_urgent(said, more_urgent(worse, read_new))
