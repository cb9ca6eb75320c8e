"""The way of one message through the reader: text, rules, details, model, one reading."""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from huying.places.gazetteer import Gazetteer
from huying.triage.reader.details import read_details
from huying.triage.reader.judge import Judgement, judge
from huying.triage.reader.language import language_of
from huying.triage.reader.marks import Mark, Span, find_marks, meet
from huying.triage.reader.missing import missing
from huying.triage.reader.model import BadModel, Model, load_model
from huying.triage.reader.place import place_details
from huying.triage.reader.result import URGENCIES, Detail, Lane, Nature, Reading, Reason
from huying.triage.reader.rulebook import Rulebook, load
from huying.triage.reader.text import Text, readable

log = logging.getLogger(__name__)

# Nobody drives to where these come from, once they are laid aside.
PLACELESS = (Nature.CHATTER, Nature.PRAISE, Nature.INFO, Nature.OFFER)
REASONS_MAX = 8  # an officer reads a few; the strongest come first


class Reader:
    """Reads messages with one rulebook, and with a gazetteer and a model where there are any."""

    def __init__(
        self, rulebook: Rulebook, gazetteer: Gazetteer | None = None, model: Model | None = None
    ) -> None:
        self.rulebook = rulebook
        self.gazetteer = gazetteer
        self.model = model

    @property
    def degraded(self) -> bool:
        """Whether rules alone are reading, since no model could be loaded."""
        return self.model is None

    @staticmethod
    def shipped() -> "Reader":
        """Give the reader that comes with the program, loaded once in a process.

        Reads by rules alone, and says so in `degraded`, if the model can't be loaded.
        """
        return _shipped()

    def read(
        self, text: str, *, at: datetime, channel: str = "", near: str | None = None
    ) -> Reading:
        """Read one message that came `at` (aware). Never fails, whatever the text holds.

        `near` is the code of an area that decides between places of one name.
        """
        prepared = readable(text)
        marks = find_marks(prepared, self.rulebook)
        language = language_of(prepared.clean)
        verdict = self.model.verdict(prepared, marks) if self.model is not None else None
        judgement = judge(marks, language, verdict)
        details = read_details(prepared, at)
        if self.gazetteer is not None and not _is_noise(judgement):
            details += place_details(prepared, self.gazetteer, near)
        return Reading(
            nature=judgement.nature,
            plea=round(judgement.plea, 4),
            urgency=judgement.urgency,
            category=judgement.category,
            groups=judgement.groups,
            done=judgement.done,
            confidence=round(judgement.confidence, 4),
            lane=judgement.lane,
            details=tuple(details),
            missing=missing(self.rulebook, marks, judgement, details),
            reasons=reasons(prepared, marks, judgement, self.model),
            need_by=need_by(details),
            language=language,
            rulebook=self.rulebook.version,
            model=self.model.version if self.model is not None else None,
        )


def _is_noise(judgement: Judgement) -> bool:
    # Noise is a hundred times the pleas, and a third of the work is to find where it is.
    return judgement.lane is Lane.ASIDE and judgement.nature in PLACELESS


@cache
def _shipped() -> Reader:
    try:
        model: Model | None = load_model()
    except BadModel as trouble:
        log.warning("triage reads by rules alone: %s", trouble)
        model = None
    return Reader(load(), Gazetteer.shipped(), model)


def reasons(
    text: Text, marks: Sequence[Mark], judgement: Judgement, model: Model | None
) -> tuple[Reason, ...]:
    """Give the marks that the judgement rests on, the most pressing first; no words twice."""
    telling = [mark for mark in marks if mark.scope is None and _is_telling(mark, judgement)]
    telling.sort(key=lambda mark: (-_pressure(mark), mark.start, -mark.end))
    told: list[Reason] = []
    seen: list[Span] = []
    for mark in telling:
        # Two rules that see the same danger in the same words are one reason to an officer.
        if any(meet((mark.start, mark.end), span) for span in seen):
            continue
        for span in ((mark.start, mark.end), *mark.beside):
            if not any(meet(span, other) for other in seen):
                told.append(_reason(text, mark, span))
                seen.append(span)
    told = told[:REASONS_MAX]
    if model is not None:
        told.append(Reason("model", "", 0, 0, f"模型判断求助可能性 {judgement.plea:.0%}"))
    return tuple(told)


def _reason(text: Text, mark: Mark, span: tuple[int, int]) -> Reason:
    start, end = text.span(*span)
    return Reason(mark.rule.id, text.words(*span), start, end, mark.rule.says)


def _is_telling(mark: Mark, judgement: Judgement) -> bool:
    rule = mark.rule
    return rule.kind in ("flag", "done") or rule.nature is judgement.nature


def _pressure(mark: Mark) -> float:
    urgency = mark.rule.urgency
    return 10.0 * URGENCIES.index(urgency) if urgency is not None else mark.rule.weight


def need_by(details: Sequence[Detail]) -> datetime | None:
    """Give the earliest moment by which something is needed."""
    moments = [detail.value for detail in details if detail.key == "need_by"]
    return min(map(datetime.fromisoformat, moments), default=None)
