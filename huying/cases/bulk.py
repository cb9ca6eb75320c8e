"""Many rows at once, where ten thousand pleas come in one night and the mapper is too slow.

Only for rows that nobody else can be writing: new ones, or those of cases that are held.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model


def insert(rows: Sequence[Model]) -> None:
    """Insert new rows of one model by COPY, and give them their ids where they have none.

    Five to ten times as fast as `bulk_create`, which quotes every value in Python.
    """
    if not rows:
        return
    _number([row for row in rows if row.pk is None])
    meta = rows[0]._meta
    columns = ", ".join(f'"{field.column}"' for field in meta.concrete_fields)
    copying = f'COPY "{meta.db_table}" ({columns}) FROM STDIN'
    with connection.cursor() as cursor, cursor.cursor.copy(copying) as copy:
        for row in rows:
            copy.write_row([_value(field, row) for field in meta.concrete_fields])
            row._state.adding = False


def update(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write these attributes of existing rows of one model, in one statement."""
    if not rows or not names:
        return
    meta = rows[0]._meta
    fields = {field.attname: field for field in meta.concrete_fields}
    kept = [meta.pk, *(fields[name] for name in names)]
    values = [[_value(field, row) for row in rows] for field in kept]
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in kept)
    columns = ", ".join(f'"{field.column}"' for field in kept)
    changes = ", ".join(f'"{field.column}" = fresh."{field.column}"' for field in kept[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{meta.db_table}" AS old SET {changes}'
            f" FROM unnest({arrays}) AS fresh ({columns})"
            f' WHERE old."{meta.pk.column}" = fresh."{meta.pk.column}"',
            values,
        )


def take_ids(model: type[Model], count: int) -> list[int]:
    """The next `count` ids of a model's table, taken beforehand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def _number(rows: Sequence[Model]) -> None:
    if rows:
        for row, number in zip(rows, take_ids(type(rows[0]), len(rows)), strict=True):
            row.pk = number


def _value(field: "Field[Any, Any]", row: Model) -> Any:
    value = getattr(row, field.attname)
    if isinstance(field, JSONField) and value is not None:
        return json.dumps(value, ensure_ascii=False)
    return value
