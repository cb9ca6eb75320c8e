"""The reader at work on a whole case: all that its person has said so far, and the latest of it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from huying.persons.rules import mask_text
from huying.places.gazetteer import Gazetteer
from huying.places.queries import gazetteer
from huying.triage.reader.read import Reader
from huying.triage.reader.result import Detail, Lane, Nature, Reading
from huying.triage.rules import RANK, Urgency

WORDS_MAX = 8000  # characters of a case that are read together; the latest ones count most
UNREAD = {"rule": "unread", "words": "", "says": "机器未能读懂，请人工阅读", "start": 0, "end": 0}
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
    latest_is_need: bool
    latest_is_danger: bool

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
def _over(areas: Gazetteer) -> Reader:
    shipped = Reader.shipped()
    return Reader(shipped.rulebook, areas, shipped.model)


def reader() -> Reader:
    """The reader over the areas that are loaded now."""
    return _over(gazetteer())


def judge(reader: Reader, said: Sequence[Said], channel: str = "") -> Verdict:
    """Read all that a case's person said. Never raises: what can't be read goes to a human."""
    try:
        return _judge(reader, said, channel)
    except Exception:
        # One message that breaks the reader must not stop the reading of all others, and it must
        # not vanish either. The words themselves never go into a log.
        log.exception("the reader failed on message %s", said[-1].inbound if said else None)
        return _unread()


def _judge(reader: Reader, said: Sequence[Said], channel: str) -> Verdict:
    read = reader.read
    whole = "\n".join(one.words for one in said)[-WORDS_MAX:]
    # Times are meant from when each was written: "tomorrow" of yesterday's message is today.
    each = [read(one.words[-WORDS_MAX:], at=one.at, channel=channel) for one in said]
    joined = each[0] if len(each) == 1 else read(whole, at=said[0].at, channel=channel)
    details = _union(each)
    known = {detail.key for detail in details}
    areas = [detail.value for detail in details if detail.key == "area"]
    latest = each[-1]
    return Verdict(
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
        missing=[key for key in joined.missing if key not in known],
        reasons=[
            {
                "rule": reason.rule,
                "words": mask_text(reason.words),
                "says": reason.says,
                "start": reason.start,
                "end": reason.end,
            }
            for reason in joined.reasons
        ],
        details=details,
        version=f"{joined.rulebook}+{joined.model or 'rules'}",
        language=joined.language,
        latest_is_need=latest.nature in NEEDS and latest.lane != Lane.ASIDE and not latest.done,
        latest_is_danger=RANK[latest.urgency] <= RANK[Urgency.HIGH] and not latest.done,
    )


def _union(readings: Sequence[Reading]) -> list[Detail]:
    found: dict[tuple[str, str], Detail] = {}
    for reading in readings:
        for detail in reading.details:
            found.setdefault((detail.key, detail.value), detail)
    return list(found.values())


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
        latest_is_need=True,
        latest_is_danger=False,
    )
