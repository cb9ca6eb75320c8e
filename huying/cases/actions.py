"""The only ways to open or change a case: write down what happened."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext

from huying.cases import reactions
from huying.cases.facts import COLUMNS, Fact, Revealed, settle
from huying.cases.models import Case
from huying.cases.reactions import Line
from huying.cases.rules import reference
from huying.persons.models import Particular
from huying.persons.seal import unseal

SAVED = [*COLUMNS, "lines"]
COPY = "COPY cases_entry (id, case_id, number, kind, data, recorded_by, happened_at) FROM STDIN"
FEED_BYTES_MAX = 7500  # PostgreSQL refuses a notification of 8000 bytes or more


@transaction.atomic
def open_cases(openings: Sequence[tuple[Fact, str, datetime]]) -> list[Case]:
    """Start a new file for each (fact, by, at), with that fact as its first line."""
    cases = []
    for number, (fact, _, at) in zip(_sequence("cases_case", len(openings)), openings, strict=True):
        assert fact.move, "a case opens with a move"
        case = Case(pk=number, reference=reference(number), opened_at=at)
        cases.append(case)
    lines = [Line(case, fact, by, at) for case, (fact, by, at) in zip(cases, openings, strict=True)]
    for line in lines:
        settle(line.case, line.fact, line.at)
        line.case.lines = 1
    Case.objects.bulk_create(cases)
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
    numbers = []
    for line in lines:
        case = changed.setdefault(line.case.pk, line.case)
        settle(case, line.fact, line.at)
        case.lines += 1
        numbers.append(case.lines)
    for line in lines:
        _bring_up_to_date(line.case, changed[line.case.pk])
    Case.objects.bulk_create(
        changed.values(), update_conflicts=True, update_fields=SAVED, unique_fields=["id"]
    )
    _write(lines, numbers)


def record(case: Case, fact: Fact, *, by: str, at: datetime) -> None:
    """Write `fact` in the case's timeline, and move the case if the fact is a move.

    Raises `lifecycle.MoveRefused`, having written nothing, if the case cannot make that move.
    """
    before = [getattr(case, name) for name in SAVED]
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


def _write(lines: Sequence[Line], numbers: Sequence[int]) -> None:
    # By COPY: the mapper takes ten times as long to quote the JSON of a batch.
    entries = _sequence("cases_entry", len(lines))
    with connection.cursor() as cursor, cursor.cursor.copy(COPY) as copy:
        for entry, line, number in zip(entries, lines, numbers, strict=True):
            data = json.dumps(line.fact.to_json(), ensure_ascii=False)
            copy.write_row((entry, line.case.pk, number, line.fact.kind, data, line.by, line.at))
    _tell_feed(entries, lines)
    reactions.run(lines)


def _tell_feed(entries: Sequence[int], lines: Sequence[Line]) -> None:
    # PostgreSQL sends these when, and only if, the transaction commits.
    rows = [
        [entry, line.case.reference, line.fact.kind]
        for entry, line in zip(entries, lines, strict=True)
    ]
    per_note = 90  # about 80 bytes a row
    with connection.cursor() as cursor:
        for start in range(0, len(rows), per_note):
            payload = json.dumps(rows[start : start + per_note], separators=(",", ":"))
            assert len(payload) < FEED_BYTES_MAX, payload[:80]
            cursor.execute("SELECT pg_notify('huying_feed', %s)", [payload])


def _sequence(table: str, count: int) -> list[int]:
    """The next `count` ids of a table, taken beforehand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return [row[0] for row in cursor.fetchall()]
