"""Puts units, officers, rosters and duties as they should be: many at once, and twice is once.

For the demo city, for an import, and for the pages where an administrator keeps them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.contrib.auth import get_user_model
from django.db import transaction

from huying.units.models import ContactPoint, Duty, Officer, Shift, Unit
from huying.units.rights import Role

BATCH_ROWS = 2000  # PostgreSQL takes 65 535 parameters in one statement; the widest row has nine


@dataclass(frozen=True, kw_only=True)
class UnitRow:
    code: str
    name: str
    short: str
    kind: str
    parent: str | None = None
    capabilities: tuple[str, ...] = ()
    is_desk: bool = False
    outside: bool = False
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class OfficerRow:
    username: str
    unit: str
    role: Role
    name: str
    phone: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ContactRow:
    unit: str
    kind: str
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class ShiftRow:
    username: str
    unit: str
    weekdays: tuple[int, ...]
    begins: time
    ends: time
    standby: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class DutyRow:
    area: str
    category: str
    unit: str
    zone: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@transaction.atomic
def put_units(rows: Sequence[UnitRow]) -> None:
    """Create or change units. Parents may come in any order, in `rows` or before."""
    Unit.objects.bulk_create(
        [
            Unit(
                code=row.code,
                name=row.name,
                short=row.short,
                kind=row.kind,
                parent_id=row.parent,
                capabilities=list(row.capabilities),
                is_desk=row.is_desk,
                outside=row.outside,
                phone=row.phone,
            )
            for row in rows
        ],
        batch_size=BATCH_ROWS,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            *("name", "short", "kind", "parent", "capabilities", "is_desk", "outside", "phone")
        ],
    )


@transaction.atomic
def put_officers(rows: Sequence[OfficerRow], *, password: str) -> None:
    """Create or change officers and their log-ins, all with the one encoded `password`.

    `password` is what `make_password` gives: hashing it once a row would take a third of a second
    each.
    """
    users = get_user_model()
    users.objects.bulk_create(
        [users(username=row.username, password=password, is_active=True) for row in rows],
        batch_size=BATCH_ROWS,
        update_conflicts=True,
        unique_fields=["username"],
        update_fields=["password", "is_active"],
    )
    user_ids = _user_ids({row.username for row in rows})
    Officer.objects.bulk_create(
        [
            Officer(
                user_id=user_ids[row.username],
                unit_id=row.unit,
                role=row.role,
                name=row.name,
                phone=row.phone,
                languages=list(row.languages),
            )
            for row in rows
        ],
        batch_size=BATCH_ROWS,
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["unit", "role", "name", "phone", "languages"],
    )


@transaction.atomic
def put_contact_points(rows: Sequence[ContactRow]) -> None:
    """Add contact points. What is known of one already, tested or dead, stays."""
    ContactPoint.objects.bulk_create(
        [ContactPoint(unit_id=row.unit, kind=row.kind, value=row.value) for row in rows],
        batch_size=BATCH_ROWS,
        ignore_conflicts=True,
    )


@transaction.atomic
def put_shifts(rows: Sequence[ShiftRow]) -> None:
    """Make the rosters of the units in `rows` exactly so: what isn't in `rows` goes.

    A roster is put as a whole because half of an old one beside a new one is a wrong one.
    """
    officer_ids = _officer_ids({row.username for row in rows})
    wanted = {_as_columns(row, officer_ids[row.username]) for row in rows}
    kept = set()
    stale = []
    for shift in Shift.objects.select_for_update().filter(unit__in={row.unit for row in rows}):
        columns = _columns_of(shift)
        if columns in wanted and columns not in kept:
            kept.add(columns)
        else:
            stale.append(shift.pk)
    Shift.objects.filter(pk__in=stale).delete()
    Shift.objects.bulk_create(
        [_shift(columns) for columns in sorted(wanted - kept, key=str)], batch_size=BATCH_ROWS
    )


@transaction.atomic
def put_duties(rows: Sequence[DutyRow]) -> None:
    """Create or change lines of the duty list; area, category, zone and since say which line."""
    Duty.objects.bulk_create(
        [
            Duty(
                area_id=row.area,
                category=row.category,
                unit_id=row.unit,
                zone_id=row.zone,
                since=row.since,
                until=row.until,
            )
            for row in rows
        ],
        batch_size=BATCH_ROWS,
        update_conflicts=True,
        unique_fields=["area", "category", "zone", "since"],
        update_fields=["unit", "until"],
    )


_Columns = tuple[str, int, tuple[int, ...], time, time, bool, date | None, date | None]


def _as_columns(row: ShiftRow, officer_id: int) -> _Columns:
    days = tuple(sorted(row.weekdays))
    return (
        *(row.unit, officer_id, days, row.begins, row.ends),
        *(row.standby, row.since, row.until),
    )


def _columns_of(shift: Shift) -> _Columns:
    days = tuple(sorted(shift.weekdays))
    return (
        *(shift.unit_id, shift.officer_id, days, shift.begins, shift.ends),
        *(shift.standby, shift.since, shift.until),
    )


def _shift(columns: _Columns) -> Shift:
    unit, officer, weekdays, begins, ends, standby, since, until = columns
    return Shift(
        unit_id=unit,
        officer_id=officer,
        weekdays=list(weekdays),
        begins=begins,
        ends=ends,
        standby=standby,
        since=since,
        until=until,
    )


def _user_ids(usernames: Collection[str]) -> dict[str, int]:
    users = get_user_model().objects.filter(username__in=usernames)
    return dict(users.values_list("username", "pk"))


def _officer_ids(usernames: Collection[str]) -> dict[str, int]:
    officers = Officer.objects.filter(user__username__in=usernames)
    return dict(officers.values_list("user__username", "pk"))
