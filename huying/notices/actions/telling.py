"""Reactions: the receipt, word at every step, the result, and what became of a case."""

from collections.abc import Collection, Sequence
from datetime import datetime

from huying.cases.actions import record_all
from huying.cases.facts import Merged, Unmerged
from huying.cases.models import Case, Entry
from huying.cases.reactions import Line
from huying.clocks.models import Clock
from huying.clocks.rules import Promise
from huying.dispatch.facts import Accepted, Declined, Finished, Progressed, Settled
from huying.intake.facts import Opened, Wrote
from huying.notices.actions.queueing import BY, Word, queue
from huying.notices.facts import Disputed, Told
from huying.notices.queries import Hearer, hearers
from huying.notices.rules import About, moment, receipt_is_due
from huying.notices.texts import say

# What the person waits for once a unit has taken it.
NEXT_WORDS = (Promise.ANSWER, Promise.SETTLE)


def tell_receipt(lines: Sequence[Line]) -> None:
    """On Opened, Wrote: the receipt, unless the channel gave it already, or it is one long talk."""
    due = _receipts_due(lines)
    given = [line for line in due if _was_given(line)]
    record_all([Line(line.case, _given(line), BY, line.at) for line in given])
    others = [line for line in due if not _was_given(line)]
    known = _hearers(others)
    queue([_receipt(line, known[line.case.pk]) for line in others])


def _receipts_due(lines: Sequence[Line]) -> list[Line]:
    again = {line.case.pk for line in lines if isinstance(line.fact, Wrote)}
    heard_at: dict[int, list[datetime]] = {}
    if again:
        for case_id, at in Entry.objects.filter(
            case_id__in=again, kind__in=[Opened.kind, Wrote.kind]
        ).values_list("case_id", "happened_at"):
            heard_at.setdefault(case_id, []).append(at)
    return [
        line
        for line in lines
        if isinstance(line.fact, Opened) or receipt_is_due(heard_at.get(line.case.pk, []), line.at)
    ]


def _was_given(line: Line) -> bool:
    assert isinstance(line.fact, Opened | Wrote)
    return line.fact.receipt_given


def _given(line: Line) -> Told:
    assert isinstance(line.fact, Opened | Wrote)
    text = say("receipt_given", {"receipt": line.fact.receipt})
    return Told(about=About.RECEIPT, channel=line.fact.channel, text=text)


def _receipt(line: Line, hearer: Hearer) -> Word:
    assert isinstance(line.fact, Opened | Wrote)
    values = {"receipt": line.fact.receipt, "link": hearer.link}
    return _word(line, hearer, About.RECEIPT, f"inbound:{line.fact.inbound}", "receipt", values)


def tell_progress(lines: Sequence[Line]) -> None:
    """On Accepted, Progressed, Finished: who took it, what was done, and when the next word comes.

    A joint unit that accepts is not told of: what it then did is.
    """
    worth = [line for line in lines if not isinstance(line.fact, Accepted) or line.fact.lead]
    known = _hearers(worth)
    due = _next_words({line.case.pk for line in worth if isinstance(line.fact, Accepted)})
    queue([_progress(line, known[line.case.pk], due.get(line.case.pk, [])) for line in worth])


def _progress(line: Line, hearer: Hearer, due: Sequence[datetime]) -> Word:
    fact = line.fact
    assert isinstance(fact, Accepted | Progressed | Finished)
    values = {"unit": fact.unit_name, "link": hearer.link}
    by: datetime | None = None
    if isinstance(fact, Accepted):
        name = "accepted"
        by = next((moment for moment in due if moment > line.at), None)
    elif isinstance(fact, Progressed):
        name = "progressed"
        values["text"] = fact.text
        by = datetime.fromisoformat(fact.next_by) if fact.next_by else None
    else:
        name = "finished"
        values["text"] = fact.result
    if by is not None:
        values["by"] = moment(by, now=line.at)
    elif name != "finished":
        name = f"{name}_undated"
    return _word(line, hearer, About.PROGRESS, f"task:{fact.task}", name, values)


def _next_words(case_ids: Collection[int]) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = {}
    if case_ids:
        clocks = Clock.objects.filter(
            case_id__in=case_ids, ended_at=None, due_at__isnull=False, promise__in=NEXT_WORDS
        )
        for case_id, due_at in clocks.order_by("due_at").values_list("case_id", "due_at"):
            assert due_at is not None
            found.setdefault(case_id, []).append(due_at)
    return found


def tell_result(lines: Sequence[Line]) -> None:
    """On Settled: cause, unit and result, and in the same message the question whether it is so."""
    known = _hearers(lines)
    words = []
    for line in lines:
        assert isinstance(line.fact, Settled)
        hearer = known[line.case.pk]
        values = {
            "unit": line.fact.unit_name,
            "cause": line.fact.cause,
            "result": line.fact.result,
            "link": hearer.link,
        }
        words.append(_word(line, hearer, About.RESULT, f"task:{line.fact.task}", "result", values))
    queue(words)


def tell_reopened(lines: Sequence[Line]) -> None:
    """On Disputed, Reopened, Recurred: it goes on, and nobody has to tell their story twice."""
    known = _hearers(lines)
    queue(
        [
            _word(
                line,
                known[line.case.pk],
                About.STATE,
                "state",
                "disputed" if isinstance(line.fact, Disputed) else "reopened",
                {"link": known[line.case.pk].link},
            )
            for line in lines
        ]
    )


def tell_merged(lines: Sequence[Line]) -> None:
    """On Merged, Unmerged: which case it goes on in. Whoever wrote still gets their answers."""
    known = _hearers(lines)
    words = []
    for line in lines:
        assert isinstance(line.fact, Merged | Unmerged)
        values = {"link": known[line.case.pk].link}
        name = "unmerged"
        if isinstance(line.fact, Merged):
            name, values["reference"] = "merged", line.fact.into_reference
        words.append(_word(line, known[line.case.pk], About.STATE, "state", name, values))
    queue(words)


def tell_declined(lines: Sequence[Line]) -> None:
    """On Declined: why, and where to go instead; never "not ours" alone."""
    known = _hearers(lines)
    words = []
    for line in lines:
        assert isinstance(line.fact, Declined)
        hearer = known[line.case.pk]
        values = {
            "ground": line.fact.ground,
            "where": line.fact.where_to_go,
            "link": hearer.link,
        }
        words.append(_word(line, hearer, About.STATE, "state", "declined", values))
    queue(words)


def _hearers(lines: Sequence[Line]) -> dict[int, Hearer]:
    cases: dict[int, Case] = {line.case.pk: line.case for line in lines}
    return hearers(list(cases.values())) if cases else {}


def _word(
    line: Line, hearer: Hearer, about: About, cause: str, name: str, values: dict[str, str]
) -> Word:
    return Word(
        case=line.case,
        about=about,
        # The same cause at another time is another word: a unit reports more than once.
        cause=f"{cause}@{line.at.isoformat()}",
        text=say(name, values, language=hearer.language),
        hearer=hearer,
        at=line.at,
    )
