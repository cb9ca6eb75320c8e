"""How a person's words are shown with what was read from them, and how long is left."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Reason:
    """Why a case is as urgent as it is, with the words it rests on and where they stood."""

    rule: str
    words: str
    says: str = ""
    start: int = -1
    end: int = -1


@dataclass(frozen=True)
class Piece:
    """A stretch of the person's words; `says` is what was read from it, empty for the rest."""

    text: str
    says: tuple[str, ...] = ()


def reasons_of(rows: object) -> list[Reason]:
    """Reasons as they were stored. What does not look like one is left out, never fatal."""
    if not isinstance(rows, list):
        return []
    return [_reason(row) for row in rows if isinstance(row, dict)]


def _reason(row: dict[str, object]) -> Reason:
    start, end = row.get("start"), row.get("end")
    return Reason(
        rule=str(row.get("rule") or "model"),
        words=str(row.get("words") or ""),
        says=str(row.get("says") or ""),
        start=start if isinstance(start, int) else -1,
        end=end if isinstance(end, int) else -1,
    )


def marked(words: str, shown: str, reasons: Iterable[Reason]) -> list[Piece]:
    """`shown` (the masked form of `words`, as long as it) cut where reasons begin and end."""
    assert len(words) == len(shown), "masking keeps the length, or spans would not fit"
    spans = [
        (span, reason.says or reason.rule) for reason in reasons if (span := _span(words, reason))
    ]
    cuts = sorted({0, len(words), *(at for span, _ in spans for at in span)})
    pieces: list[Piece] = []
    for start, end in pairwise(cuts):
        says = tuple(dict.fromkeys(what for (first, last), what in spans if first <= start < last))
        pieces.append(Piece(shown[start:end], says))
    return pieces


def _span(words: str, reason: Reason) -> tuple[int, int] | None:
    # A case may hold several messages, and an officer may have corrected the text since: a span
    # counts only where it still says what it said, else the words are looked for.
    if not reason.words:
        return None
    if 0 <= reason.start < reason.end and words[reason.start : reason.end] == reason.words:
        return reason.start, reason.end
    found = words.find(reason.words)
    return (found, found + len(reason.words)) if found >= 0 else None


def shortened(text: str, most: int) -> str:
    """One line of at most `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
