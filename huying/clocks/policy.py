"""Policies: how long each urgency may wait for each promise. Read from TOML, frozen into a case."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from huying.clocks.rules import Promise, Spans

FOLDER = Path(__file__).parent / "policies"
URGENCIES = {"unread", "critical", "high", "dated", "medium", "low", "aside"}
SPAN_KEYS = {"working_days", "before_need"}
# Every urgency makes all of these, or a case could wait without a clock.
MADE = set(Promise) - {Promise.REPORT}
RUNG = "rung"  # how long each step of the ladder waits for somebody to take it


class BadPolicy(Exception):
    """A policy file says something that no clock can keep."""


@dataclass(frozen=True)
class Policy:
    version: str
    desks: frozenset[str]
    spans: Spans


def read(path: Path) -> Policy:
    """The policy in `path`. Raises `BadPolicy`, naming the file, the urgency and the promise."""
    try:
        data = tomllib.loads(path.read_text())
        spans: Spans = data["spans"]
        policy = Policy(str(data["version"]), frozenset(data["desks"]), spans)
    except (ValueError, KeyError, TypeError) as why:
        raise BadPolicy(f"{path.name}: {why!r}; it needs version, desks and [spans.*]") from why
    if not isinstance(data["desks"], list):
        raise BadPolicy(f"{path.name}: desks is a list of codes, not {data['desks']!r}")
    if not isinstance(spans, dict) or set(spans) != URGENCIES:
        raise BadPolicy(f"{path.name}: [spans.*] must be exactly {', '.join(sorted(URGENCIES))}")
    for urgency, promises in spans.items():
        where = f"{path.name}: spans.{urgency}"
        if not isinstance(promises, dict):
            raise BadPolicy(f"{where}: {promises!r} is not a table of promises")
        if missing := sorted(MADE - set(promises)):
            raise BadPolicy(f"{where} promises nothing for {', '.join(missing)}")
        for promise, span in promises.items():
            _check(f"{where}.{promise}", promise, span)
    return policy


def _check(where: str, promise: str, span: Any) -> None:
    if promise != RUNG and promise not in MADE:
        raise BadPolicy(f"{where}: no such promise; there are {', '.join(sorted(MADE))}")
    if isinstance(span, dict) and promise != RUNG:
        if not span or not set(span) <= SPAN_KEYS:
            raise BadPolicy(f"{where}: a span is seconds, or working_days and before_need")
        for name, number in span.items():
            _check_number(f"{where}.{name}", number)
    else:
        _check_number(where, span)


def _check_number(where: str, number: Any) -> None:
    if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
        raise BadPolicy(f"{where}: {number!r} is not a whole number above 0")


@lru_cache(maxsize=4)
def policies(folder: Path = FOLDER) -> tuple[Policy, ...]:
    """All policies of a folder; `default.toml` comes last. Raises `BadPolicy`."""
    files = sorted(folder.glob("*.toml"), key=lambda path: path.stem == "default")
    return tuple(read(path) for path in files)


def policy_for(desk: str) -> Policy:
    """What a case that this desk receives is promised."""
    return next(
        (policy for policy in policies() if desk in policy.desks or not policy.desks),
        policies()[-1],
    )
