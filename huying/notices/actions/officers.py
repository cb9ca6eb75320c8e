"""Reactions that tell officers. What they are told stands in their console at once."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from huying.cases.models import Case
from huying.cases.reactions import Line
from huying.clocks.facts import Climbed, Warned
from huying.clocks.rules import PROMISE_NAMES
from huying.dispatch.facts import Contested, Offered
from huying.dispatch.models import Task
from huying.notices.facts import Undelivered
from huying.notices.models import Notice
from huying.notices.rules import About, moment
from huying.notices.texts import URGENCY_NAMES, about_name, say
from huying.units.categories import CATEGORIES
from huying.units.models import Officer, Unit
from huying.units.queries import Roster, roster
from huying.units.rights import Role


@dataclass(frozen=True, kw_only=True)
class Memo:
    """One word to some officers, and what causes it."""

    line: Line
    officers: Collection[int]
    about: About
    cause: str
    values: dict[str, str]


def offer_to_officers(lines: Sequence[Line]) -> None:
    """On Offered: tell who is on duty at the unit, and the heads of the units passed over."""
    offers = [(line, line.fact) for line in lines if isinstance(line.fact, Offered)]
    codes = {code for _, fact in offers for code in (fact.unit, *fact.informed)}
    book = roster(codes, max(line.at for line in lines))
    memos = []
    for line, fact in offers:
        values = {"what": _what(line.case), "unit": fact.unit_name}
        cause = f"task:{fact.task}"
        present = _present(book, fact.unit)
        memos.append(
            Memo(line=line, officers=present, about=About.OFFER, cause=cause, values=values)
        )
        above = {officer.pk for code in fact.informed for officer in book.heads(code)}
        memos.append(
            Memo(
                line=line,
                officers=above - set(present),
                about=About.INFORMED,
                cause=cause,
                values=values,
            )
        )
    _leave(memos)


def warn_officers(lines: Sequence[Line]) -> None:
    """On Warned, Climbed, Contested, Undelivered: tell whoever can act."""
    together: dict[type, list[Line]] = {}
    for line in lines:
        together.setdefault(type(line.fact), []).append(line)
    for kind, its_lines in together.items():
        _leave(_MEMOS[kind](its_lines))


def _warned(lines: Sequence[Line]) -> list[Memo]:
    facts = [(line, line.fact) for line in lines if isinstance(line.fact, Warned)]
    units = _holders(fact.task for _, fact in facts)
    holders = [units.get(fact.task, line.case.desk_id) for line, fact in facts]
    book = roster(holders, max(line.at for line in lines))
    return [
        Memo(
            line=line,
            officers=_present(book, holder),
            about=About.WARNED,
            cause=_clock_cause(fact.promise, fact.task, fact.due_at, fact.share),
            values={
                "promise": _promise(fact.promise),
                "share": str(fact.share),
                "by": moment(datetime.fromisoformat(fact.due_at), now=line.at),
            },
        )
        for (line, fact), holder in zip(facts, holders, strict=True)
    ]


def _climbed(lines: Sequence[Line]) -> list[Memo]:
    return [
        Memo(
            line=line,
            officers=fact.officers,
            about=About.CLIMBED,
            # The top of the ladder is told again and again: each time is another word.
            cause=_clock_cause(fact.promise, fact.task, line.at.isoformat(), fact.rung),
            values={"promise": _promise(fact.promise), "rung": str(fact.rung + 1)},
        )
        for line in lines
        if isinstance(fact := line.fact, Climbed)
    ]


def _contested(lines: Sequence[Line]) -> list[Memo]:
    arbiters = Officer.objects.filter(role=Role.ARBITER, user__is_active=True)
    officers = list(arbiters.values_list("pk", flat=True))
    facts = [(line, line.fact) for line in lines if isinstance(line.fact, Contested)]
    codes = {code for _, fact in facts for code in fact.units}
    names = dict(Unit.objects.filter(pk__in=codes).values_list("pk", "short"))
    return [
        Memo(
            line=line,
            officers=officers,
            about=About.CONTESTED,
            cause=f"contested@{line.at.isoformat()}",
            values={"units": "、".join(names.get(code, code) for code in fact.units)},
        )
        for line, fact in facts
    ]


def _undelivered(lines: Sequence[Line]) -> list[Memo]:
    book = roster({line.case.desk_id for line in lines}, max(line.at for line in lines))
    return [
        Memo(
            line=line,
            officers=_present(book, line.case.desk_id),
            about=About.UNDELIVERED,
            cause=f"undelivered:{fact.about}@{line.at.isoformat()}",
            values={"about": about_name(fact.about), "why": fact.why},
        )
        for line in lines
        if isinstance(fact := line.fact, Undelivered)
    ]


_MEMOS: dict[type, Callable[[Sequence[Line]], list[Memo]]] = {
    Warned: _warned,
    Climbed: _climbed,
    Contested: _contested,
    Undelivered: _undelivered,
}


def mark_seen(officer: Officer, *, at: datetime, notices: Collection[int] = ()) -> int:
    """The officer has seen these notices, or all of theirs. Gives how many were new to them."""
    unseen = Notice.objects.filter(officer=officer, seen_at=None, queued_at__lte=at)
    return (unseen.filter(pk__in=notices) if notices else unseen).update(seen_at=at)


def _leave(memos: Iterable[Memo]) -> None:
    Notice.objects.bulk_create(
        [
            Notice(
                case=memo.line.case,
                about=memo.about,
                cause=memo.cause,
                officer_id=officer,
                text=_text(memo),
                queued_at=memo.line.at,
                sent_at=memo.line.at,  # it stands in the console with this commit
            )
            for memo in memos
            for officer in memo.officers
        ],
        ignore_conflicts=True,
    )


def _text(memo: Memo) -> str:
    case = memo.line.case
    values = {"urgency": URGENCY_NAMES.get(case.urgency, case.urgency), "case": case.reference}
    return say(memo.about, {**values, **memo.values})


def _present(book: Roster, unit_code: str) -> list[int]:
    # Where nobody is on duty and nobody stands by, the heads must know: an offer that
    # nobody hears of is not one.
    there = book.on_duty(unit_code) or book.standby(unit_code) or book.heads(unit_code)
    return [officer.pk for officer in there]


def _holders(tasks: Iterable[int]) -> dict[int, str]:
    return dict(Task.objects.filter(pk__in={*tasks} - {0}).values_list("pk", "unit_id"))


def _what(case: Case) -> str:
    category = CATEGORIES.get(case.category)
    return category.zh if category else "待研判"


def _promise(code: str) -> str:
    return PROMISE_NAMES.get(code, (code, code))[0]


def _clock_cause(promise: str, task: int, when: str, step: int) -> str:
    return f"{promise}:{task}:{step}@{when}"
