"""Where a message says that somebody is: the most exact words, whether we know the area or not.

Every expression that looks like a place is weighed by how exact it is and by what is said around
it: a field of a filled-in form, where somebody lies or waits now, where they live, who is in need.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from huying.places import cues
from huying.places.address import tail_end
from huying.places.gazetteer import SURE, Candidate, Certainty, Gazetteer, Search, exact

TEXT_MAX = 5_000  # characters that are looked at; who needs help has said where by then
PARTS_MAX = 3  # further parts of an address after a comma or blank: 汉阳区,某某家园,33栋
DISTRICT = 3.0  # below it, how deep an area is depends on what is loaded, not on what is said

# How much it weighs. Found by hand on half a dozen kinds of messages; only their order matters.
_SHELTERED, _IN_CARE, _AT_HOME = 11.0, 9.0, 4.5
_NEEDING, _IN_PLACE, _FROM = 1.2, 1.0, -1.0
_TOPIC, _POSTED_FROM = -2.0, -3.0
_LATER = 1 / 150  # a character later in the message


@dataclass(frozen=True, kw_only=True, slots=True)
class Located:
    """The place of the need in a message."""

    start: int
    end: int
    words: str  # text[start:end]
    area: Candidate | None  # the one area it lies in, as exact as the whole message lets us say
    candidates: tuple[Candidate, ...]  # all areas that these words may mean


class _Expression(NamedTuple):
    """An expression that looks like a place, and how much speaks for the need being there."""

    weight: float
    start: int
    end: int


def literal_place(text: str, gazetteer: Gazetteer | None = None) -> tuple[int, int] | None:
    """Where in `text` the most exact place of the need is written, or None if none is.

    `gazetteer` helps with names that carry no suffix; without one the shipped is used.
    """
    return _literal((gazetteer or Gazetteer.shipped()).search(text[:TEXT_MAX]))


def _literal(search: Search) -> tuple[int, int] | None:
    found = _expressions(search)
    best = max(found, key=lambda one: (one.weight, -one.start), default=None)
    return (best.start, best.end) if best else None


def locate(
    text: str, gazetteer: Gazetteer | None = None, near: str | None = None
) -> Located | None:
    """The place of the need, with its area when the message leaves only one.

    Words without a known area lie in the city or district that the message agrees on.
    """
    known = gazetteer or Gazetteer.shipped()
    search = known.search(text[:TEXT_MAX])
    span = _literal(search)
    if span is None:
        return None
    start, end = span
    everywhere = search.find(near)
    context = exact([one for one in everywhere if len(one.code) <= 6 and one.certainty in SURE])
    # The words alone, so that an area named twice in the message is found here too.
    here = tuple(
        replace(one, start=one.start + start, end=one.end + start)
        for one in known.find(text[start:end], context.code if context else near)
    )
    doubtful = all(one.certainty is Certainty.CONFLICT for one in here)
    area = context if doubtful else exact(list(here))
    return Located(start=start, end=end, words=text[start:end], area=area, candidates=here)


def _expressions(search: Search) -> Iterator[_Expression]:
    text = search.plain
    named = [
        (start, _onward(text, end), min(float(level), DISTRICT))
        for start, end, level in search.spans()
    ]
    for worth, start, stop in _fields(text):
        inside = [one for one in named if start <= one[0] < stop]
        end = max([stop, *(one[1] for one in inside)])
        level = max((one[2] for one in inside), default=0.0)
        yield _Expression(worth + _exactness(text[start:end], level), start, end)
    for start, end, level in named:
        yield _Expression(_weight(text, start, end, level), start, end)
    covered = iter([*named, (len(text), len(text), 0.0)])
    around = next(covered)
    for start, end in _unlisted(text):
        while around[1] <= start:
            around = next(covered)
        if end <= around[0] and not cues.VAGUE.fullmatch(text, start, end):
            yield _Expression(_weight(text, start, end, 0.0), start, end)


def _fields(text: str) -> Iterator[tuple[float, int, int]]:
    """The filled-in fields that say where, each with its worth."""
    for worth, label in cues.LABELS:
        for match in label.finditer(text):
            value = cues.VALUE.match(text, match.end())
            if value and not cues.NOTHING.match(value.group().strip(" ,:")):
                yield worth, *_trimmed(text, value.start(), value.end())


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The value without blanks, and without what is said after the address."""
    while start < end - 1 and text[start] in " ,:":
        start += 1
    parted = cues.PARTED.search(text, start + 2, end)
    if parted:
        end = min(max(parted.start(), _onward(text, parted.start())), end)
    while end > start + 1 and text[end - 1] in " ,:":
        end -= 1
    return start, end


def _onward(text: str, end: int) -> int:
    """The end of an address with the parts that follow after a comma or blank."""
    for _ in range(PARTS_MAX):
        if text[end : end + 1] not in (" ", ",", "、"):
            break
        start = end + 1
        further = tail_end(text, start)
        if further - start < 3 or cues.VAGUE.fullmatch(text, start, further):
            break
        end = further
    return end


def _unlisted(text: str) -> Iterator[tuple[int, int]]:
    """Expressions that end like a place: from a break of the sentence to their last place word."""
    at = 0
    while at < len(text):
        broken = cues.RUN_END.search(text, at)
        stop = broken.start() if broken else len(text)
        if stop - at >= 3:
            lead = cues.LEAD.match(text, at, stop)
            start = lead.end() if lead else at
            end = tail_end(text, start)
            if end - start >= 3:
                yield start, _onward(text, end)
        at = max(at + 1, broken.end() if broken else stop)


def _weight(text: str, start: int, end: int, level: float) -> float:
    """How much speaks for an expression in running text."""
    weight = _exactness(text[start:end], level) - start * _LATER
    weight += _before(text, start, end)
    if cues.NEED_AFTER.match(text, end):
        weight += _NEEDING
    if text.count("#", 0, start) % 2 or cues.TOPIC_AFTER.match(text, end):
        weight += _TOPIC
    if end >= len(text.rstrip()) - 1 and text[start - 1 : start] == " ":
        weight += _POSTED_FROM  # some channels add it at the end
    return weight


def _before(text: str, start: int, end: int) -> float:
    """What the words before an expression say of it."""
    before = text[max(0, start - 14) : start]
    if _stays(text, start, end, before):
        return _SHELTERED if cues.SHELTER.search(text, start, end) else _IN_CARE
    if cues.AT_HOME.search(before):
        return _AT_HOME
    if cues.IN_PLACE.search(before):
        return _IN_PLACE
    return _FROM if cues.FROM.search(before) else 0.0


def _stays(text: str, start: int, end: int, before: str) -> bool:
    """Whether somebody is said to be kept in this hospital, hotel or station now."""
    if cues.VISITED.match(text, end):
        return False
    brought = bool(cues.BROUGHT.search(before) or cues.STAYS.search(before))
    if cues.SHELTER.search(text[start:end]):
        return brought
    kept = cues.AT.search(before) and cues.KEPT.match(text, end)
    return bool(cues.CARE.search(text[start:end]) and (brought or kept))


def _exactness(words: str, level: float) -> float:
    exact_by = level * 0.8 if level else 0.5 * bool(cues.TOWNS.search(words))
    exact_by += 2.0 * bool(cues.HOMES.search(words)) + 0.8 * bool(cues.ROADS.search(words))
    return exact_by + 2.0 * bool(cues.NUMBERED.search(words)) + min(len(words), 20) * 0.03
