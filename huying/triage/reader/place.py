"""Reads where the need is: the words as the person wrote them, and the area they lie in."""

import re
from collections.abc import Sequence
from typing import Protocol

from huying.triage.reader.result import Detail
from huying.triage.reader.text import Text

READER = "place 1"


class Candidate(Protocol):
    """An area that some words may mean, as `huying.places` gives it."""

    @property
    def code(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Gazetteer(Protocol):
    """What the reader asks of the places room."""

    def find(self, text: str, near: str | None = None) -> Sequence[Candidate]: ...


_LABELLED = re.compile(
    r"(?:地址|坐标|位置|定位|地点|住址|住在|家住|位于|现在在|人在|被困在|困在|我在|我们在"
    r"|家在|住)(?:是|为|在|】|:|:|👉|📍| ){0,3}"
    r"([\u4e00-\u9fff0-9a-z●·#\-()（）号]{3,40})"
)
_STOP = re.compile(
    r"[,，。!?！？;；\n]|现在|目前|已经|急需|求助|需要|有[一二三四五六七八九十\d老孕小]|联系"
    r"|电话|姓名|没有|被困|断[水电]|的|里面|封"
)


def place_details(
    text: Text, form: Sequence[Detail], gazetteer: Gazetteer | None, near: str | None
) -> list[Detail]:
    """Give `place`, and `area` with `area_path` where the gazetteer knows the words."""
    candidates = gazetteer.find(text.clean, near) if gazetteer is not None else ()
    found = _place(text, form, candidates)
    area = max(
        candidates, key=lambda one: (len(one.code.rstrip("0")), one.end - one.start), default=None
    )
    if area is None:
        return found
    span, words = text.span(area.start, area.end), text.words(area.start, area.end)
    return [
        *found,
        Detail("area", area.code, words, *span, READER),
        Detail("area_path", area.path, words, *span, READER),
    ]


def _place(text: Text, form: Sequence[Detail], candidates: Sequence[Candidate]) -> list[Detail]:
    said = {detail.key: detail for detail in form}
    known = said.get("place_now") or said.get("place")
    if known is not None:
        return [] if known.key == "place" else [_detail(text, known.words, known.start, known.end)]
    spans = [match.span(1) for match in _LABELLED.finditer(text.clean)]
    spans = [(start, start + _length(text.clean[start:end])) for start, end in spans]
    spans += [(one.start, one.end) for one in candidates]
    start, end = max(spans, key=lambda span: span[1] - span[0], default=(0, 0))
    if end - start < 2:
        return []
    return [_detail(text, text.words(start, end), *text.span(start, end))]


def _length(words: str) -> int:
    stop = _STOP.search(words)
    return stop.start() if stop else len(words)


def _detail(text: Text, words: str, start: int, end: int) -> Detail:
    return Detail("place", words, words, start, end, READER, personal=True)
