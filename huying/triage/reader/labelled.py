"""Messages whose reading is known, one JSON object a line: what we train on and measure with."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huying.triage.reader.result import Nature, Urgency
from huying.triage.reader.rulebook import CATEGORIES

OWN = Path(__file__).parent.parent / "tests" / "cases"
OWN_SOURCE = "own"  # messages written for this house; they are trained on, never measured with


class BadLabel(Exception):
    """A labelled line can't be used; the message names the file, the line and the field."""


@dataclass(frozen=True)
class Labelled:
    """A message and what a careful reader made of it."""

    id: str
    text: str
    source: str
    cluster: str  # near-duplicates share one and never stand on both sides of a split
    nature: Nature
    urgency: Urgency
    category: str
    groups: tuple[str, ...] = ()
    done: bool = False
    place: str = ""


def load_labelled(path: Path, source: str | None = None) -> list[Labelled]:
    """Load a file, or all files of a folder. Raises `BadLabel`."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    return [message for file in files for message in _lines(file, source)]


def _lines(file: Path, source: str | None) -> Iterator[Labelled]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _read(line, f"{file.name}:{number}", source)


def _read(line: str, name: str, source: str | None) -> Labelled:
    try:
        row = json.loads(line)
    except ValueError as trouble:
        raise BadLabel(f"{name}: {trouble}") from trouble
    return labelled(row, source, name)


def labelled(row: Mapping[str, Any], source: str | None, name: str = "?") -> Labelled:
    """One line of a labelled file. Raises `BadLabel`, naming the line and the field."""
    try:
        urgency = row.get("urgency", "none")
        category = row.get("category", "other")
        if category not in CATEGORIES:
            raise ValueError(f"field 'category': {category!r}")
        return Labelled(
            id=str(row.get("id", name)),
            text=row["text"],
            source=source or row.get("source", "unknown"),
            cluster=str(row.get("cluster", name)),
            nature=Nature(row["nature"]),
            urgency=Urgency.LOW if urgency == "none" else Urgency(urgency),
            category=category,
            groups=tuple(row.get("groups", ())),
            done=bool(row.get("done", False)),
            place=row.get("place", ""),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise BadLabel(f"{name}: {trouble}") from trouble
