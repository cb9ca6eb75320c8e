"""Reads telephone numbers in every form that people write them in."""

import re
from collections.abc import Iterator

from huying.triage.reader.result import Detail
from huying.triage.reader.text import Text

READER = "phones 1"

# Signs that stand for one digit each, so that positions stay.
_SIGNS = {
    ord(sign): str(value)
    for digits in ("零一二三四五六七八九", "〇壹贰叁肆伍陆柒捌玖")
    for value, sign in enumerate(digits)
} | {ord("幺"): "1", ord("两"): "2"}

_GAP = r"[ \-.·—–_*・]{0,2}"
_MOBILE = re.compile(r"(?<!\d)(?:\(?\+?(?:00)?86\)?[ \-]{0,2})?(1[3-9]\d{9})(?!\d)")
# In groups: 199 0000 1234, 199-0000-1234, 1-9-9-0… A group may not follow another number.
_MOBILE_IN_GROUPS = re.compile(
    r"(?<!\d)(?<!\d[ \-])(?:\(?\+?(?:00)?86\)?[ \-]{0,2})?(1"
    + _GAP
    + r"[3-9](?:"
    + _GAP
    + r"\d){9})(?!\d)"
    r"(?![ \-]\d{4}(?!\d))"
)
_LOOKALIKE = re.compile(r"(?<![0-9a-z])[1li][3-9][0-9oil]{9}(?![0-9a-z])")
_EXTENSION = r"(?:\s?(?:转|分机(?:号)?|ext\.?|extension|#)\s?[:：]?\s?(\d{1,6})|-(\d{1,5}))?(?!\d)"
_NO_CARD = r"(?! \d{3,4}(?!\d))"  # 6222 0219 9000 0123 456 goes on in groups
_LANDLINE = re.compile(
    r"(?<!\d)(?<!\d[\-.])(?:\(?\+?86\)?[ \-]?)?[(\[（]?(0\d{2,3})[)\]）]?"
    r"[ \-—–]{0,3}(\d{3,4}[ \-]?\d{4})" + _EXTENSION + _NO_CARD
)
_SERVICE_LINE = re.compile(r"(?<!\d)([48]00[ \-]?\d{3,4}[ \-]?\d{3,4})(?!\d)")
_LOCAL = re.compile(
    r"(?:电话|座机|固话|固定电话|宅电|tel|telephone|phone|landline)(?:号码?|是|为|[:：. ]){0,4}"
    r"([2-9]\d{2,3}[ \-]?\d{4})" + _EXTENSION
)
_ABROAD = re.compile(r"(?<![\d+])\+(?!86)\d{1,3}[ \-]?\d{2,5}(?:[ \-]?\d{2,5}){1,3}(?!\d)")
_ENOUGH = re.compile(r"(?:\d\D*){4}")  # even a number half in letters has four digits
_NOT_DIGIT = re.compile(r"\D")

PHONES_MAX = 20  # a list of numbers longer than this is a directory, not a plea


def phones(text: Text) -> list[Detail]:
    """Give the telephone numbers of a message, each once, in the order of the text.

    The value is digits; an extension follows after a hyphen.
    """
    view = text.clean.translate(_SIGNS)
    if _ENOUGH.search(view) is None:
        return []
    found: dict[str, Detail] = {}
    taken: list[tuple[int, int]] = []
    for start, end, value in _numbers(view):
        if any(start < after and first < end for first, after in taken):
            continue
        taken.append((start, end))
        if value not in found and len(found) < PHONES_MAX:
            span = text.span(start, end)
            found[value] = Detail("phone", value, text.words(start, end), *span, READER, True)
    return sorted(found.values(), key=lambda detail: detail.start)


def _numbers(view: str) -> Iterator[tuple[int, int, str]]:
    yield from _mobiles(view)
    for match in _LANDLINE.finditer(view):
        yield *match.span(), _with_extension(match[1] + match[2], match[3] or match[4])
    for match in _LOCAL.finditer(view):
        start = match.start(1)
        yield start, match.end(), _with_extension(match[1], match[2] or match[3])
    for form in (_SERVICE_LINE, _ABROAD):
        for match in form.finditer(view):
            yield *match.span(), _NOT_DIGIT.sub("", match[0])


def _mobiles(view: str) -> Iterator[tuple[int, int, str]]:
    for form in (_MOBILE, _MOBILE_IN_GROUPS):
        for match in form.finditer(view):
            yield *match.span(), _NOT_DIGIT.sub("", match[1])
    for match in _LOOKALIKE.finditer(view):
        if sum(sign.isdigit() for sign in match[0]) >= 4:
            yield *match.span(), match[0].translate({ord("o"): "0", ord("l"): "1", ord("i"): "1"})


def _with_extension(digits: str, extension: str | None) -> str:
    plain = _NOT_DIGIT.sub("", digits)
    return f"{plain}-{extension}" if extension else plain
