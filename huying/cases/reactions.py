"""What else happens when a fact is recorded. The list itself is in `config/wiring.py`.

A reaction takes all the lines of one kind that were recorded together, since ten thousand pleas
may come in one night: what it reads and writes it reads and writes for all of them at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from huying.cases.facts import Fact
from huying.cases.models import Case


@dataclass(frozen=True)
class Line:
    """One fact about to be, or just, written in one case's timeline."""

    case: Case
    fact: Fact
    by: str  # "officer:7", "person", "machine:triage", "clock"
    at: datetime


Reaction = Callable[[Sequence[Line]], None]

_installed: Mapping[type[Fact], Sequence[Reaction]] = {}


def install(when: Mapping[type[Fact], Sequence[Reaction]]) -> None:
    global _installed
    _installed = when


def run(lines: Sequence[Line]) -> None:
    # Inside the transaction that records the facts: a promise is never lost between two commits.
    together: dict[type[Fact], list[Line]] = {}
    for line in lines:
        together.setdefault(type(line.fact), []).append(line)
    for kind, its_lines in together.items():
        for reaction in _installed.get(kind, ()):
            reaction(its_lines)
