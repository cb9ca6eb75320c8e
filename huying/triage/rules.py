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


def urgency_after(said: str, *, read_before: str, read_now: str) -> str:
    """The urgency that stands, when an officer said `said` ("" if none did).

    A human's judgement beats the machine's, except that new words of the person may raise it:
    then, and only then, the machine's new reading counts.
    """
    if not said:
        return min(read_before or read_now, read_now, key=lambda urgency: RANK[urgency])
    worse = not read_before or RANK[read_now] < RANK[read_before]
    return read_now if worse and RANK[read_now] < RANK[said] else said
