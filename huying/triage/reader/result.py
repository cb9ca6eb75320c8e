"""What a reading of one message says, in plain values that any room, command or test can hold."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Nature(StrEnum):
    PLEA = "plea"  # somebody needs help that we or our partners could give
    CONSULT = "consult"  # asks about a policy, a procedure, a status
    COMPLAINT = "complaint"  # an authority is to act on a wrong
    SUGGESTION = "suggestion"  # something could be better
    PRAISE = "praise"  # thanks
    INFO = "info"  # news, notices, rumours, lists
    OFFER = "offer"  # offers help
    CHATTER = "chatter"  # all the rest


class Urgency(StrEnum):
    CRITICAL = "critical"  # life at risk now or within about two hours
    HIGH = "high"  # serious harm likely within a day
    DATED = "dated"  # to be met by a known date
    MEDIUM = "medium"  # a real need without pressure of time
    LOW = "low"  # no need of a person: questions, thanks, talk


URGENCIES = (Urgency.LOW, Urgency.MEDIUM, Urgency.DATED, Urgency.HIGH, Urgency.CRITICAL)


class Lane(StrEnum):
    ACT = "act"  # goes on by itself to who can act
    UNSURE = "unsure"  # a human looks first, and soon
    ASIDE = "aside"  # very likely no plea; sampled by humans


def more_urgent(one: Urgency, other: Urgency) -> Urgency:
    """Give the more urgent of the two: what is known may be raised, never lowered."""
    return max(one, other, key=URGENCIES.index)


@dataclass(frozen=True)
class Reason:
    """Why the reading says so, with the words of the message that it rests on."""

    rule: str  # id of the rule, or "model"
    words: str
    start: int  # span in the text as it came, in characters
    end: int
    says: str  # one short Chinese phrase for the officer


@dataclass(frozen=True)
class Detail:
    """One thing that the message tells, and who read it from which words.

    `value` is text: digits for phones, ages, counts and days, ISO 8601 for times, `39+4` for weeks.
    """

    key: str
    value: str
    words: str
    start: int
    end: int
    reader: str  # id of the rule, or name and version of the reader
    personal: bool = False


@dataclass(frozen=True)
class Reading:
    """All that one message says to the desk, as far as a machine can tell."""

    nature: Nature
    plea: float  # probability that this is a plea, 0…1
    urgency: Urgency
    category: str
    groups: tuple[str, ...]
    done: bool  # says that the need is met, out of date or false; evidence only, closes nothing
    confidence: float
    lane: Lane
    details: tuple[Detail, ...]
    missing: tuple[str, ...]  # keys of details to ask for, the most important first
    reasons: tuple[Reason, ...]
    need_by: datetime | None  # aware, UTC
    language: str  # zh, en, other, none
    rulebook: str  # version
    model: str | None  # version; None: read by rules alone
