"""`triage < in.jsonl`: read messages, one JSON object a line, and say what each is."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from huying.triage.reader.read import Reader
from huying.triage.reader.result import Nature, Reading, Reason, Urgency

# Of these a message may hold several; all others are one value.
MANY = frozenset(("age", "people", "symptom", "hospital", "medicine", "blood_type"))
APART = frozenset(("phone", "place", "area", "area_path"))  # fields of their own


class Unreadable(Exception):
    """A line is no message; the text says why."""


class Command(BaseCommand):
    """Needs no database. One line out for each line in, in the same order."""

    help = __doc__ or ""
    requires_system_checks = []

    def handle(self, *_args: object, **_options: object) -> None:
        """Read stdin to its end. A bad line gives an error line, and the rest goes on."""
        reader = Reader.shipped()
        out = sys.stdout.buffer
        for answer in answers(sys.stdin.buffer, reader, at=datetime.now(UTC)):
            out.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            out.flush()


def answers(lines: Iterable[bytes], reader: Reader, *, at: datetime) -> Iterator[Mapping[str, Any]]:
    """Give one answer a line; `at` is when a message came that doesn't say so itself."""
    for number, line in enumerate(lines, start=1):
        name: object = number
        try:
            row = _row(line)
            name = row.get("id", number)
            yield _answer(row, name, reader, at)
        except Unreadable as trouble:
            yield {"id": name, "error": str(trouble)}


def _row(line: bytes) -> Mapping[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as trouble:
        raise Unreadable(f"not JSON: {str(trouble)[:120]}") from trouble
    if not isinstance(row, dict):
        raise Unreadable("not a JSON object")
    return row


def _answer(
    row: Mapping[str, Any], name: object, reader: Reader, at: datetime
) -> Mapping[str, Any]:
    text = row.get("text")
    if not isinstance(text, str):
        raise Unreadable("field 'text' is missing or is no text")
    reading = reader.read(
        text, at=_sent_at(row.get("sent_at"), at), channel=str(row.get("channel") or "")
    )
    return {"id": name, **shown(reading)}


def _sent_at(value: object, at: datetime) -> datetime:
    if value is None:
        return at
    try:
        sent_at = datetime.fromisoformat(str(value))
    except ValueError as trouble:
        raise Unreadable(f"field 'sent_at' is no time: {str(value)[:40]!r}") from trouble
    aware = sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)
    # The first and the last years of the calendar leave no room to reckon in.
    return aware if 1970 <= aware.year <= 2200 else at


def shown(reading: Reading) -> dict[str, Any]:
    """Give a reading in the words of the labelling guideline."""
    first = {detail.key: detail.value for detail in reversed(reading.details)}
    return {
        "nature": str(reading.nature),
        "plea": reading.plea,
        "urgency": _urgency(reading),
        "category": reading.category,
        "groups": list(reading.groups),
        "done": reading.done,
        "lane": str(reading.lane),
        "confidence": reading.confidence,
        "place": first.get("place", ""),
        "area": first.get("area_path", ""),
        "phones": [detail.value for detail in reading.details if detail.key == "phone"],
        "details": _details(reading, first),
        "missing": list(reading.missing),
        "reasons": [_reason(reason, reading.model) for reason in reading.reasons],
        "language": reading.language,
        "rulebook": reading.rulebook,
        "model": reading.model,
    }


def _urgency(reading: Reading) -> str:
    if reading.urgency is Urgency.LOW and reading.nature is not Nature.PLEA:
        return "none"
    return str(reading.urgency)


def _details(reading: Reading, first: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {key: value for key, value in first.items() if key not in APART}
    for key in MANY & values.keys():
        values[key] = [detail.value for detail in reading.details if detail.key == key]
    if "area" in first:
        values["area_code"] = first["area"]
    return values


def _reason(reason: Reason, model: str | None) -> dict[str, str | None]:
    kind, name = ("model", model) if reason.rule == "model" else ("rule", reason.rule)
    return {kind: name, "words": reason.words, "says": reason.says}
