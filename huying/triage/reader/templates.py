"""Reads the forms that people copy and fill: 【姓名】…【联系方式】… and the like, exactly."""

import re
from collections.abc import Iterator, Mapping

from huying.triage.reader.result import Detail
from huying.triage.reader.text import Text

READER = "templates 1"

_FIELD = re.compile(r"[【\[]([\u4e00-\u9fff、,，/ ]{2,14})[】\]]\s?[:：]?")
_KEYS: Mapping[str, str] = {
    "姓名": "person_name",
    "年龄": "age",
    "患病时间": "ill_since",
    "发病时间": "ill_since",
    "联系人": "writer_name",
    "其他紧急联系人": "writer_name",
    "紧急联系人": "writer_name",
    "家属": "writer_name",
    "所在城市": "city",
    "所在区域": "district",
    "具体描述": "story",
    "病情描述": "story",
    "需求": "need",
}
_PERSONAL = frozenset(("person_name", "writer_name"))
_KEPT = frozenset(("person_name", "writer_name", "age", "ill_since", "city"))
_NAME = re.compile(r"[\u4e00-\u9fff·某●*×x]{2,6}|[a-z][a-z .]{1,30}")
_AGE = re.compile(r"\d{1,3}")

VALUE_MAX = 80  # characters; a longer value is a story


def template_details(text: Text) -> list[Detail]:
    """Give the filled fields of a form; an empty field gives nothing."""
    if "【" not in text.clean and "[" not in text.clean:
        return []
    return [detail for field in _fields(text) if (detail := _read(field, text)) is not None]


def _fields(text: Text) -> Iterator[tuple[str, int, int]]:
    marks = list(_FIELD.finditer(text.clean))
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(text.clean)
        key = _KEYS.get(mark[1].replace(" ", "").replace("，", "、").replace(",", "、"))
        if key is not None:
            yield key, mark.end(), end


def _read(field: tuple[str, int, int], text: Text) -> Detail | None:
    key, start, end = field
    if key not in _KEPT:
        return None
    newline = text.clean.find("\n", start, end)
    end = newline if newline > start else end
    start += len(text.clean[start:end]) - len(text.clean[start:end].lstrip())
    value = text.clean[start : min(end, start + VALUE_MAX)].strip(" \n,，。;；")
    if key in ("person_name", "writer_name"):
        value = found[0] if (found := _NAME.match(value)) else ""
    if key == "age":
        value = found[0] if (found := _AGE.match(value)) else ""
    if not value:
        return None
    span = text.span(start, start + len(value))
    words = text.words(start, start + len(value))
    return Detail(key, words if key != "age" else value, words, *span, READER, key in _PERSONAL)
