"""How a case ends, or doesn't: on the person's word, or after real attempts to reach them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from huying.cases.actions import hold, record, record_all
from huying.cases.facts import Fact
from huying.cases.lifecycle import MoveRefused, State
from huying.cases.models import Case, Entry
from huying.cases.reactions import Line
from huying.dispatch.facts import Settled
from huying.intake.facts import Typed, Wrote
from huying.notices.facts import (
    Called,
    ClosedUnheard,
    Confirmed,
    Disputed,
    Reopened,
    Told,
    Undelivered,
)
from huying.notices.rules import (
    About,
    Attempt,
    TooEarly,
    Verdict,
    Voice,
    heard,
    what_is_missing,
)
from huying.units.models import Officer

PERSON = "person"
# Words that ask for an answer, or deserve one. A receipt is not an attempt to reach anybody.
ANSWERABLE = frozenset({About.RESULT, About.QUESTION, About.REPLY})


def hear(lines: Sequence[Line]) -> None:
    """On Wrote: a clear answer to "solved?" counts at once; all else is read by an officer."""
    said: dict[int, set[Verdict]] = {}
    latest: dict[int, Line] = {}
    for line in lines:
        assert isinstance(line.fact, Wrote)
        verdict = heard(line.fact.words)
        if verdict != Verdict.UNCLEAR:
            said.setdefault(line.case.pk, set()).add(verdict)
            latest[line.case.pk] = line
    facts = []
    for case_id, verdicts in said.items():
        line = latest[case_id]
        # Yes and no in one breath is not an answer.
        fact = _heard(line, verdicts.pop()) if len(verdicts) == 1 else None
        if fact:
            facts.append(Line(line.case, fact, PERSON, line.at))
    record_all(facts)


def _heard(line: Line, verdict: Verdict) -> Fact | None:
    assert isinstance(line.fact, Wrote)
    words = line.fact.words
    if line.case.state == State.ANSWERED:
        return Confirmed(words=words) if verdict == Verdict.YES else Disputed(words=words)
    # "Not solved" after the end is their word too; a "1" that comes late changes nothing.
    if line.case.state == State.CLOSED and verdict == Verdict.NO:
        return Reopened(words=words)
    return None


def confirm(
    case: Case, *, words: str, satisfied: str, officer: Officer | None, at: datetime
) -> None:
    """The person says that it is solved: the case closes. `officer`: who heard them say so.

    Raises `ValueError` if an officer gives no words of theirs, `MoveRefused` if it has ended.
    """
    by, heard_by = _speaker(words, officer)
    fact = Confirmed(words=words.strip(), satisfied=satisfied, heard_by=heard_by)
    record(case, fact, by=by, at=at)


@transaction.atomic
def dispute(case: Case, *, words: str, officer: Officer | None, at: datetime) -> None:
    """The person says that it is not solved: it goes on, also when the case was closed already.

    Raises `ValueError` if an officer gives no words of theirs, `MoveRefused` if nothing was
    answered yet.
    """
    by, heard_by = _speaker(words, officer)
    hold([case])  # whether it was closed meanwhile decides what is written
    kind = Reopened if case.state in {State.CLOSED, State.DECLINED} else Disputed
    record(case, kind(words=words.strip(), heard_by=heard_by), by=by, at=at)


@transaction.atomic
def reopen(
    case: Case, *, said_by: str, by_way_of: str, words: str, officer: Officer, at: datetime
) -> None:
    """An officer opens a case again that was answered, closed or declined.

    `said_by`: a `rules.Voice`; `by_way_of`: how they were heard, "" if nobody needed to be.
    Raises `ValueError` without words or for a voice that we don't know, `MoveRefused` from any
    other state.
    """
    if said_by not in set(Voice):
        raise ValueError(gettext("请选谁说的。"))
    if not words.strip():
        raise ValueError(gettext("请写明为什么要重新办理。"))
    hold([case])
    # What is only answered has its promises still: they stay due when they were.
    kind = Disputed if case.state == State.ANSWERED else Reopened
    fact = kind(words=words.strip(), heard_by=officer.pk, said_by=said_by, by_way_of=by_way_of)
    record(case, fact, by=f"officer:{officer.pk}", at=at)


def _speaker(words: str, officer: Officer | None) -> tuple[str, int | None]:
    if officer is None:
        return PERSON, None
    if not words.strip():
        raise ValueError(gettext("请写下对方的原话。"))
    return f"officer:{officer.pk}", officer.pk


@transaction.atomic
def close_unheard(case: Case, *, first: Officer, second: Officer, why: str, at: datetime) -> None:
    """Two officers close an answered case whose person cannot be reached.

    Raises `rules.TooEarly`, saying what must still be tried since the person's latest word and
    the latest answer; `ValueError` if the officers are one, or give no reason; `MoveRefused`
    unless the case is answered and undisputed.
    """
    if first.pk == second.pk:
        raise ValueError(gettext("须由两名不同的工作人员办理。"))
    if not why.strip():
        raise ValueError(gettext("请写明理由。"))
    hold([case])
    if case.state != State.ANSWERED:
        raise MoveRefused(f"cannot close_unheard a case that is {case.state}")
    attempts = unanswered(case)
    if missing := what_is_missing(attempts):
        raise TooEarly(f"还不能办结：{missing}。")
    fact = ClosedUnheard(
        officers=[first.pk, second.pk], attempts=len(set(attempts)), why=why.strip()
    )
    record(case, fact, by=f"officer:{first.pk}", at=at)


def unanswered(case: Case) -> list[Attempt]:
    """The attempts to reach the person since they last said something and since the answer."""
    attempts: list[Attempt] = []
    kinds = [fact.kind for fact in (Settled, Wrote, Typed, Called, Told, Undelivered)]
    for entry in Entry.objects.filter(case=case, kind__in=kinds).order_by("number"):
        attempt = _attempt(entry.fact, entry.happened_at)
        if attempt:
            attempts.append(attempt)
        elif not isinstance(entry.fact, Told | Undelivered):
            attempts = []  # they were heard, or there is something new to tell them
    return attempts


def _attempt(fact: Fact, at: datetime) -> Attempt | None:
    if isinstance(fact, Called) and not fact.reached:
        return Attempt(fact.by_way_of, at)
    if isinstance(fact, Told | Undelivered) and fact.about in ANSWERABLE:
        return Attempt(fact.channel, at)
    return None
