"""Loading areas, opening and closing zones."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from huying.places.models import Load, Zone, ZoneArea
from huying.places.package import Row, rows_of, shipped_rows
from huying.places.rules import (
    DEMO_CITY,
    ZoneKind,
    level_of,
    line_of,
    parent_of,
    path_of,
    shown,
)

# What comes with the program: all districts, and one city whole.
_DEMO_SCOPE = rf"^(\d{{1,6}}|{DEMO_CITY}\d*)$"

_INCOMING = """
    CREATE TEMPORARY TABLE incoming_area
        (code text PRIMARY KEY, name text, short text, level smallint, parent_id text, path text)"""
_CHANGE = """
    UPDATE places_area AS old
    SET name = new.name, short = new.short, level = new.level, parent_id = new.parent_id,
        path = new.path, retired_at = NULL
    FROM incoming_area AS new
    WHERE old.code = new.code AND old.code ~ %s
        AND ((old.name, old.short, old.level, old.path) IS DISTINCT FROM
             (new.name, new.short, new.level, new.path) OR old.retired_at IS NOT NULL)"""
_ADD = """
    INSERT INTO places_area (code, name, short, level, parent_id, path)
    SELECT code, name, short, level, parent_id, path FROM incoming_area
    WHERE NOT EXISTS (SELECT FROM places_area AS old WHERE old.code = incoming_area.code)"""
_RETIRE = """
    UPDATE places_area AS old SET retired_at = %s
    WHERE old.code ~ %s AND old.retired_at IS NULL
        AND NOT EXISTS (SELECT FROM incoming_area AS new WHERE new.code = old.code)"""


def load(prefix: str, folder: Path, at: datetime) -> Load:
    """Bring the areas of `prefix`, and those around it, to what the unpacked package says.

    Names are brought up to date, areas that are gone are retired and never deleted. Raises
    `package.NotLoadable`, having changed nothing.
    """
    return _merge(prefix, f"^{prefix}", rows_of(folder, prefix), at)


def load_demo(at: datetime) -> Load:
    """Load what comes with the program: the country down to districts, Shenzhen whole."""
    return _merge("", _DEMO_SCOPE, shipped_rows(), at)


@transaction.atomic
def open_zone(
    name: str,
    kind: ZoneKind,
    codes: Iterable[str],
    *,
    starts_at: datetime,
    ends_at: datetime | None = None,
) -> Zone:
    """Open a zone over these areas and all that lies in them. Raises IntegrityError for no area."""
    zone = Zone.objects.create(name=name, kind=kind, starts_at=starts_at, ends_at=ends_at)
    ZoneArea.objects.bulk_create(ZoneArea(zone=zone, area_id=code) for code in sorted(set(codes)))
    return zone


@transaction.atomic
def close_zone(zone: Zone, *, at: datetime) -> None:
    """End a zone at `at`, or at its start if that is later. An earlier end stays."""
    zone.refresh_from_db(from_queryset=Zone.objects.select_for_update())
    end = max(at, zone.starts_at)
    if zone.ends_at is None or end < zone.ends_at:
        zone.ends_at = end
        zone.save(update_fields=["ends_at"])


@transaction.atomic
def _merge(prefix: str, scope: str, rows: Sequence[Row], at: datetime) -> Load:
    with connection.cursor() as cursor:
        # Two loads at once would retire each other's areas; the second waits for the first.
        cursor.execute("LOCK TABLE places_area IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(_INCOMING)
        with cursor.cursor.copy("COPY incoming_area FROM STDIN") as copy:
            for line in _lines(rows):
                copy.write_row(line)
        cursor.execute(_CHANGE, [scope])
        changed = cursor.rowcount
        cursor.execute(_ADD)
        fresh = cursor.rowcount
        cursor.execute(_RETIRE, [at, scope])
        retired = cursor.rowcount
        cursor.execute("DROP TABLE incoming_area")
    return Load.objects.create(
        prefix=prefix,
        loaded_at=at,
        fresh=fresh,
        changed=changed,
        retired=retired,
        unchanged=len(rows) - fresh - changed,
    )


def _lines(rows: Sequence[Row]) -> Iterable[tuple[str, str, str, int, str | None, str]]:
    """The rows as columns of `Area`, with the path from the province down."""
    short = {code: shown(name, level_of(code)) for code, name in rows}
    for code, name in rows:
        # A hidden level has no path of its own: 北京市/东城区.
        around = [short[one] for one in reversed(line_of(code)) if one in short]
        yield code, name, short[code], level_of(code), parent_of(code), path_of(around)
