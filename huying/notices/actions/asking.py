"""Reactions to a reading: ask for what is missing, and warn whoever is in danger."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from huying.cases.actions import record_all
from huying.cases.lifecycle import LIVE
from huying.cases.models import Case, Entry
from huying.cases.reactions import Line
from huying.intake.facts import Opened, Typed, Wrote
from huying.notices.actions.queueing import BY, Word, queue
from huying.notices.facts import Asked, Called, Told, Undelivered
from huying.notices.models import Notice
from huying.notices.queries import Hearer, hearers
from huying.notices.rules import About, Asking, next_question
from huying.notices.texts import question, say
from huying.persons.queries import have_phone
from huying.triage.facts import Assessed
from huying.triage.rules import Urgency

LANES = frozenset({"act", "unsure"})
NEED = "need"  # the question to somebody whose message says nothing: empty, a smile, a dot


def ask_missing(lines: Sequence[Line]) -> None:
    """On Assessed: ask for the first detail that is missing, privately, and write down that we did.

    One at a time: the next is asked when the answer was read and something is missing still.
    """
    wanting = {line.case.pk: line for line in lines if _wants_asking(line)}
    if not wanting:
        return
    cases = [line.case for line in wanting.values()]
    known, talks = hearers(cases), _talks(wanting)
    phones = have_phone({case.person_id for case in cases if case.person_id})
    words, asked = [], []
    for line in wanting.values():
        hearer = known[line.case.pk]
        has_phone = line.case.person_id in phones
        key = next_question(_missing(line), talks[line.case.pk].asking(hearer, has_phone))
        if key and hearer.account:
            text = question(key, language=hearer.language)
            asked.append(Line(line.case, Asked(key=key, text=text), BY, line.at))
            words.append(_word(line, hearer, text))
    record_all(asked)
    queue(words)


def _wants_asking(line: Line) -> bool:
    fact = line.fact
    assert isinstance(fact, Assessed)
    if line.case.state not in LIVE or fact.lane not in LANES or fact.done:
        return False
    return fact.nature == "plea" or fact.lane == "unsure"


def _missing(line: Line) -> list[str]:
    fact = line.fact
    assert isinstance(fact, Assessed)
    first = [NEED] if fact.language == "none" else []
    # A detail that we have no sentence for is asked for by a human, who sees it on the case.
    return [key for key in (*first, *fact.missing) if question(key)]


@dataclass
class _Talk:
    asked: list[str] = field(default_factory=list)
    by_machine: int = 0
    is_answered: bool = True

    def asking(self, hearer: Hearer, has_phone: bool) -> Asking:
        return Asking(
            asked=self.asked,
            by_machine=self.by_machine,
            is_answered=self.is_answered,
            text_only=hearer.text_only,
            has_phone=has_phone,
        )


def _talks(case_ids: Collection[int]) -> dict[int, _Talk]:
    """What was asked in each case, and whether the person has written since."""
    talks = {case_id: _Talk() for case_id in case_ids}
    kinds = [Asked.kind, Opened.kind, Wrote.kind, Typed.kind, Called.kind]
    for case_id, kind, key, reached, by in (
        Entry.objects.filter(case_id__in=case_ids, kind__in=kinds)
        .order_by("case_id", "number")
        .values_list("case_id", "kind", "data__key", "data__reached", "recorded_by")
    ):
        talk = talks[case_id]
        if kind == Asked.kind:
            talk.asked.append(key)
            talk.by_machine += by == BY
            talk.is_answered = False
        elif kind != Called.kind or reached:
            talk.is_answered = True
    return talks


def _word(line: Line, hearer: Hearer, text: str) -> Word:
    return Word(
        case=line.case,
        about=About.QUESTION,
        cause=f"question@{line.at.isoformat()}",
        text=say("question", {"question": text}, language=hearer.language),
        hearer=hearer,
        at=line.at,
    )


def tell_emergency(lines: Sequence[Line]) -> None:
    """On Assessed: 120, 110 and 119 to whoever is in danger and got no receipt that said so."""
    critical: dict[int, Case] = {}
    at = {}
    for line in lines:
        assert isinstance(line.fact, Assessed)
        if line.fact.urgency == Urgency.CRITICAL and line.case.state in LIVE:
            critical[line.case.pk], at[line.case.pk] = line.case, line.at
    warned = _warned(critical) if critical else set()
    unwarned = [case for pk, case in critical.items() if pk not in warned]
    if not unwarned:
        return
    known = hearers(unwarned)
    queue(
        [
            Word(
                case=case,
                about=About.EMERGENCY,
                cause="emergency",  # once in the life of a case
                text=say("emergency", {}, language=known[case.pk].language),
                hearer=known[case.pk],
                at=at[case.pk],
            )
            for case in unwarned
        ]
    )


def _warned(case_ids: Collection[int]) -> set[int]:
    """The cases whose person was sent a receipt, or is about to be: every receipt says it."""
    lines = Entry.objects.filter(case_id__in=case_ids)
    said = lines.filter(kind=Told.kind, data__about__in=[About.RECEIPT, About.EMERGENCY])
    # What could not be sent once is not queued again with every reading: a human must act.
    tried = lines.filter(kind=Undelivered.kind, data__about=About.EMERGENCY)
    queued = Notice.objects.filter(case_id__in=case_ids, failed_at=None)
    queued = queued.filter(about__in=[About.RECEIPT, About.EMERGENCY])
    return {pk for rows in (said, tried, queued) for pk in rows.values_list("case_id", flat=True)}
