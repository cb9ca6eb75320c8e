"""The only ways to open or change a case: write down what happened."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext

from huying.cases import reactions
from huying.cases.bulk import insert, take_ids, update
from huying.cases.facts import COLUMNS, Fact, Merged, Revealed, Unmerged, settle
from huying.cases.lifecycle import Move, State, may
from huying.cases.models import Case, Entry
from huying.cases.reactions import Line
from huying.cases.rules import reference
from huying.persons.models import Particular
from huying.persons.seal import unseal

SAVED = [*COLUMNS, "lines"]
FEED_BYTES_MAX = 7500  # PostgreSQL refuses a notification of 8000 bytes or more


@transaction.atomic
def open_cases(openings: Sequence[tuple[Fact, str, datetime]]) -> list[Case]:
    """Start a new file for each (fact, by, at), with that fact as its first line."""
    cases = []
    for number, (fact, _, at) in zip(take_ids(Case, len(openings)), openings, strict=True):
        assert fact.move, "a case opens with a move"
        case = Case(pk=number, reference=reference(number), opened_at=at)
        cases.append(case)
    lines = [Line(case, fact, by, at) for case, (fact, by, at) in zip(cases, openings, strict=True)]
    for line in lines:
        settle(line.case, line.fact, line.at)
        line.case.lines = 1
    insert(cases)
    _write(lines, [1] * len(lines))
    return cases


def open_case(fact: Fact, *, by: str, at: datetime) -> Case:
    """Start a new file with `fact` as its first line."""
    return open_cases([(fact, by, at)])[0]


@transaction.atomic
def record_all(lines: Sequence[Line]) -> None:
    """Write each line's fact in its case's timeline, in this order, and move the cases.

    Raises `lifecycle.MoveRefused`, having written nothing, if a case cannot make its move.
    """
    if not lines:
        return
    hold([line.case for line in lines])
    # Two lines of one case may come with a copy of it each: one of them is counted on.
    changed: dict[int, Case] = {}
    before = {line.case.pk: _columns(line.case) for line in lines}
    numbers = []
    for line in lines:
        case = changed.setdefault(line.case.pk, line.case)
        settle(case, line.fact, line.at)
        case.lines += 1
        numbers.append(case.lines)
    for line in lines:
        _bring_up_to_date(line.case, changed[line.case.pk])
    moved = {
        name
        for case in changed.values()
        for name, value in zip(SAVED, before[case.pk], strict=True)
        if getattr(case, name) != value
    }
    update(list(changed.values()), sorted(moved))
    _write(lines, numbers)


def record(case: Case, fact: Fact, *, by: str, at: datetime) -> None:
    """Write `fact` in the case's timeline, and move the case if the fact is a move.

    Raises `lifecycle.MoveRefused`, having written nothing, if the case cannot make that move.
    """
    before = _columns(case)
    try:
        record_all([Line(case, fact, by, at)])
    except Exception:
        # The database has forgotten it, also when a reaction refused; so must what we hold of it.
        for name, value in zip(SAVED, before, strict=True):
            setattr(case, name, value)
        raise


@transaction.atomic
def reveal(case: Case, particular: Particular, purpose: str, *, by: str, at: datetime) -> str:
    """Show one personal field of the case's person in clear, and write down who saw it and why.

    Raises `ValueError` if the purpose is empty or the field is somebody else's.
    """
    if not purpose.strip():
        raise ValueError(gettext("请写明用途，会写进记录。"))
    if particular.person_id != case.person_id:
        raise ValueError(gettext("这一项不属于本工单的诉求人。"))
    record(case, Revealed(field=particular.kind, purpose=purpose.strip()), by=by, at=at)
    return unseal(bytes(particular.sealed))


@transaction.atomic
def merge(case: Case, into: Case, *, why: str, by: str, at: datetime) -> None:
    """Let a case go on in another of the same person.

    Raises `ValueError` without a reason, or if they are not two open cases of one person;
    `MoveRefused` if the case has ended; whatever a reaction raises while somebody is at work.
    """
    why = _reason(why)
    if case.pk == into.pk:
        raise ValueError(gettext("不能并入自己。"))
    hold([case, into])
    # Nobody's message is ever joined to a stranger's case.
    if case.person_id is None or case.person_id != into.person_id:
        raise ValueError(gettext("那是另一位诉求人的工单，不能并案。"))
    # Where nobody works any more a need would be buried.
    if not may(State(into.state), Move.MERGE):
        raise ValueError(gettext("工单%s已经不在办理，不能再并入。") % into.reference)
    fact = Merged(into=into.pk, into_reference=into.reference, why=why)
    record(case, fact, by=by, at=at)


def unmerge(case: Case, *, why: str, by: str, at: datetime) -> None:
    """It was a need of its own after all, and is open again.

    Raises `ValueError` without a reason, `MoveRefused` if the case is not merged.
    """
    record(case, Unmerged(why=_reason(why)), by=by, at=at)


def _reason(why: str) -> str:
    if not why.strip():
        raise ValueError(gettext("请写明理由。"))
    return why.strip()


def hold(cases: Collection[Case]) -> None:
    """Lock these cases until the transaction ends, and bring their columns up to date."""
    # Two officers may click in the same second. The lock makes them take turns, and the second
    # is judged by the state that the first one left. Always in the order of id, and the case
    # always before anything that belongs to it: no deadlocks.
    locked = {
        row.pk: row
        for row in Case.objects.select_for_update(no_key=True)
        .filter(pk__in={case.pk for case in cases})
        .order_by("pk")
    }
    for case in cases:
        _bring_up_to_date(case, locked[case.pk])


def _bring_up_to_date(case: Case, latest: Case) -> None:
    for name in SAVED:
        setattr(case, name, getattr(latest, name))


def _columns(case: Case) -> list[object]:
    return [getattr(case, name) for name in SAVED]


def _write(lines: Sequence[Line], numbers: Sequence[int]) -> None:
    entries = [
        Entry(
            case_id=line.case.pk,
            number=number,
            kind=line.fact.kind,
            data=line.fact.to_json(),
            recorded_by=line.by,
            happened_at=line.at,
        )
        for line, number in zip(lines, numbers, strict=True)
    ]
    insert(entries)
    _tell_feed(entries, lines)
    reactions.run(lines)


def _tell_feed(entries: Sequence[Entry], lines: Sequence[Line]) -> None:
    # PostgreSQL sends these when, and only if, the transaction commits.
    rows = [
        [entry.pk, line.case.reference, line.fact.kind]
        for entry, line in zip(entries, lines, strict=True)
    ]
    per_note = 90  # about 80 bytes a row
    with connection.cursor() as cursor:
        for start in range(0, len(rows), per_note):
            payload = json.dumps(rows[start : start + per_note], separators=(",", ":"))
            assert len(payload) < FEED_BYTES_MAX, payload[:80]
            cursor.execute("SELECT pg_notify('huying_feed', %s)", [payload])
