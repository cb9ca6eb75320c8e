"""The reader at work on a whole case: all that its person has said so far, and the latest of it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, reduce

from huying.persons.rules import mask_text
from huying.places.gazetteer import Gazetteer
from huying.places.queries import gazetteer
from huying.triage import rulebooks
from huying.triage.bare import Bare, bare
from huying.triage.reader.read import Reader
from huying.triage.reader.result import Detail, Lane, Nature, Reading, Reason
from huying.triage.rules import RANK, Urgency, more_urgent

WORDS_MAX = 8000  # characters of a case that are read together; the latest ones count most
UNREAD = {"rule": "unread", "words": "", "says": "机器未能读懂，请人工阅读", "start": 0, "end": 0}
CRY = {"rule": "bare.cry", "words": "", "says": "只有呼救，没有内容", "start": 0, "end": 0}
NEEDS = {Nature.PLEA, Nature.COMPLAINT, Nature.CONSULT}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Said:
    """One message of the person in the case, and when."""

    words: str
    at: datetime
    inbound: int = 0


@dataclass(frozen=True)
class Verdict:
    """What all the words of a case come to."""

    nature: str
    plea: float
    urgency: str
    category: str
    lane: str
    confidence: float
    groups: Sequence[str]
    area: str | None
    need_by: datetime | None
    done: bool
    missing: Sequence[str]
    reasons: Sequence[Mapping[str, object]]
    details: Sequence[Detail]
    version: str
    language: str
    # Of the words that were not read before: how urgent, and whether they begin the need anew.
    new_urgency: str
    new_is_need: bool

    @property
    def new_is_danger(self) -> bool:
        return bool(self.new_urgency) and RANK[self.new_urgency] <= RANK[Urgency.HIGH]

    @property
    def shown(self) -> list[dict[str, str]]:
        """The details as a timeline may hold them: nothing personal in clear."""
        return [
            {
                "key": detail.key,
                "value": "" if detail.personal else detail.value,
                "words": "" if detail.personal else mask_text(detail.words),
                "reader": detail.reader,
            }
            for detail in self.details
        ]


@lru_cache(maxsize=2)
def _over(areas: Gazetteer, version: str) -> Reader:
    return Reader(rulebooks.in_force(), areas, Reader.shipped().model)


def reader() -> Reader:
    """The reader with the rulebook that is in force and the areas that are loaded now."""
    return _over(gazetteer(), rulebooks.in_force().version)


def judge(reader: Reader, said: Sequence[Said], channel: str = "", *, known: int = 0) -> Verdict:
    """Read all that a case's person said, of which `known` messages were read before.

    Never raises: what can't be read goes to a human.
    """
    try:
        return _judge(reader, said, channel, known)
    except Exception:
        # One message that breaks the reader must not stop the reading of all others, and it must
        # not vanish either. The words themselves never go into a log.
        log.exception("the reader failed on message %s", said[-1].inbound if said else None)
        return _unread()


def _judge(reader: Reader, said: Sequence[Said], channel: str, known: int) -> Verdict:
    read = reader.read
    whole = "\n".join(one.words for one in said)[-WORDS_MAX:]
    # Times are meant from when each was written: "tomorrow" of yesterday's message is today.
    each = [read(one.words[-WORDS_MAX:], at=one.at, channel=channel) for one in said]
    joined = each[0] if len(each) == 1 else read(whole, at=said[0].at, channel=channel)
    details = _union(each)
    keys = {detail.key for detail in details}
    areas = [detail.value for detail in details if detail.key == "area"]
    latest = each[-1]
    new = [one for one in each[known:] if not one.done]
    verdict = Verdict(
        nature=joined.nature,
        plea=joined.plea,
        urgency=joined.urgency,
        category=joined.category,
        lane=joined.lane,
        confidence=joined.confidence,
        groups=joined.groups,
        area=areas[-1] if areas else None,
        need_by=next((one.need_by for one in reversed(each) if one.need_by), None),
        done=latest.done,
        missing=[key for key in joined.missing if key not in keys],
        reasons=[
            {
                "rule": reason.rule,
                "words": "" if _touches(joined, reason) else mask_text(reason.words),
                "says": reason.says,
                "start": reason.start,
                "end": reason.end,
            }
            for reason in joined.reasons
        ],
        details=details,
        version=f"{joined.rulebook}+{joined.model or 'rules'}",
        language=joined.language,
        new_urgency=reduce(more_urgent, (str(one.urgency) for one in new), ""),
        new_is_need=any(one.nature in NEEDS and one.lane != Lane.ASIDE for one in new),
    )
    return _in_sight(verdict, whole)


def _in_sight(verdict: Verdict, whole: str) -> Verdict:
    """Whoever sent a sign or a cry and nothing else is seen by a human, and asked what it is."""
    kind = bare(whole)
    if kind is None:
        return verdict
    seen = replace(verdict, lane=Lane.UNSURE, language="none")
    if kind is Bare.WORDLESS:
        return seen
    # Nobody knows how bad it is, so it is not left for two hours.
    urgency = more_urgent(verdict.urgency, Urgency.HIGH)
    reasons = [{**CRY, "words": whole.strip(), "end": len(whole)}, *verdict.reasons]
    return replace(seen, nature=Nature.PLEA, urgency=urgency, reasons=reasons)


def _union(readings: Sequence[Reading]) -> list[Detail]:
    found: dict[tuple[str, str], Detail] = {}
    for reading in readings:
        for read in reading.details:
            # The words of an area are those of the address, which is nobody's business.
            bare = not read.personal and _touches(reading, read)
            detail = replace(read, words="") if bare else read
            # Said again it counts from now: of most things the latest that was said is true.
            found.pop((detail.key, detail.value), None)
            found[detail.key, detail.value] = detail
    return list(found.values())


def _touches(reading: Reading, one: Detail | Reason) -> bool:
    """Whether the words it rests on are in part those of something personal."""
    return any(
        other.personal and other.start < one.end and one.start < other.end
        for other in reading.details
    )


def _unread() -> Verdict:
    return Verdict(
        nature=Nature.PLEA,
        plea=0.5,
        urgency=Urgency.HIGH,
        category="other",
        lane=Lane.UNSURE,
        confidence=0.0,
        groups=(),
        area=None,
        need_by=None,
        done=False,
        missing=(),
        reasons=[UNREAD],
        details=(),
        version="none",
        language="none",
        new_urgency="",
        new_is_need=True,
    )
