"""Reads the files beside this one, and puts what they say where it belongs."""

import csv
import tomllib
from collections.abc import Iterator
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from huying.units.actions import (
    ContactRow,
    DutyRow,
    OfficerRow,
    ShiftRow,
    UnitRow,
    put_contact_points,
    put_duties,
    put_officers,
    put_shifts,
    put_units,
)
from huying.units.rights import Role

FOLDER = Path(__file__).parent
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)

# The log-ins that the demo prints, and what each one is there to show.
LOGINS = {
    "zhiban": "desk of the health commission",
    "kefu2": "desk of civil affairs",
    "zuzhang": "leads the desk",
    "juzhang": "director, top of the ladder",
    "qu": "district Futian",
    "jiedao": "street office Shatou",
    "zhuren": "head of that street office",
    "yisheng": "hospital in Longhua",
    "huayan": "testing laboratory, a company",
    "zhiyuan": "volunteers",
    "zhongcai": "arbiter, after two returns",
    "guancha": "observer, sees masked data",
    "shenji": "auditor",
    "guanli": "administrator of units and rosters",
    "zz-desk-12": "desk in Zhengzhou",
    "zz-health-1": "health commission of Zhengzhou",
    "zz-central-hospital-1": "hospital in Zhengzhou",
    "dengfeng-1": "county-level city Dengfeng",
}


def usernames() -> set[str]:
    """Everybody in the demo."""
    return {row["username"] for row in _rows("officers.csv")}


@transaction.atomic
def put(*, password: str) -> None:
    """Put units, officers, rosters and duties. Their areas must be there. Twice is once."""
    put_units(list(units()))
    put_contact_points(list(contact_points()))
    # One salt for all: the password is printed anyway, and 400 times 0.3 s is two minutes.
    put_officers(officers(), password=make_password(password))
    put_shifts(list(shifts()))
    put_duties(list(duties()))


def units() -> Iterator[UnitRow]:
    for row in _rows("units.csv"):
        yield UnitRow(
            code=row["code"],
            name=row["name"],
            short=row["short"],
            kind=row["kind"],
            parent=row["parent"] or None,
            capabilities=_words(row["capabilities"]),
            is_desk=row["is_desk"] == "yes",
            outside=row["outside"] == "yes",
            phone=row["phone"],
        )


def contact_points() -> Iterator[ContactRow]:
    """Everybody has the console and a telephone."""
    for unit in units():
        yield ContactRow(unit=unit.code, kind="console")
        yield ContactRow(unit=unit.code, kind="phone", value=unit.phone)


def officers() -> list[OfficerRow]:
    return [
        OfficerRow(
            username=row["username"],
            unit=row["unit"],
            role=Role(row["role"]),
            name=row["name"],
            phone=row["phone"],
            languages=_words(row["languages"]),
        )
        for row in _rows("officers.csv")
    ]


def shifts() -> Iterator[ShiftRow]:
    """What the named roster says, for each officer who has one."""
    rosters = _rosters()
    for row in _rows("officers.csv"):
        for begins, ends, standby in rosters[row["roster"]] if row["roster"] else ():
            yield ShiftRow(
                username=row["username"],
                unit=row["unit"],
                weekdays=EVERY_DAY,
                begins=begins,
                ends=ends,
                standby=standby,
            )


def duties() -> Iterator[DutyRow]:
    for row in _rows("duties.csv"):
        yield DutyRow(area=row["area"], category=row["category"], unit=row["unit"])


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _rosters() -> dict[str, list[tuple[time, time, bool]]]:
    read: dict[str, list[dict[str, Any]]] = tomllib.loads(
        (FOLDER / "rosters.toml").read_text(encoding="utf-8")
    )
    return {
        name: [(turn["begins"], turn["ends"], turn.get("standby", False)) for turn in turns]
        for name, turns in read.items()
    }


def _words(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()
