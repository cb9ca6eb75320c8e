"""Reads where the need is: the words as the person wrote them, and the area they lie in."""

import re

from huying.places.gazetteer import Gazetteer
from huying.places.spans import locate
from huying.triage.reader.result import Detail
from huying.triage.reader.text import Text

READER = "place 1"
# "没有核酸报告医院不收" names no hospital called 报告: the paper ends where the hospital begins.
_PAPER = re.compile("(?:核酸|检测|阴性|抗原){0,2}(?:报告|证明|结果)(?=医院)")


def place_details(text: Text, gazetteer: Gazetteer, near: str | None) -> list[Detail]:
    """Give `place`, and `area` (a code) with `area_path` where the words leave only one."""
    parted = _PAPER.sub(lambda paper: "，" * len(paper[0]), text.clean)
    located = locate(parted, gazetteer, near)
    if located is None:
        return []
    span = text.span(located.start, located.end)
    words = text.words(located.start, located.end)
    found = [Detail("place", words, words, *span, READER, personal=True)]
    if located.area is not None:
        found.append(Detail("area", located.area.code, words, *span, READER))
        found.append(Detail("area_path", located.area.path, words, *span, READER))
    return found
