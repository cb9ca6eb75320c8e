"""Numbers as people write them: 39, 三十九, 三天半, two."""

import re
from collections.abc import Mapping

_DIGITS: Mapping[str, int] = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "俩": 2, "仨": 3, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6,
    "柒": 7, "捌": 8, "玖": 9, "幺": 1, "廿": 20,
}  # fmt: skip
_PLACES: Mapping[str, int] = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "万": 10_000}
_ENGLISH: Mapping[str, int] = {
    word: value
    for value, word in enumerate(
        (
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        )
    )
}
_PLAIN = re.compile(r"\d+(?:\.\d+)?$")


def number(words: str) -> float | None:
    """Give the value of a number in digits, Chinese signs or an English word, else None."""
    words = words.strip()
    if _PLAIN.match(words):
        return float(words[:12])
    if words in _ENGLISH:
        return float(_ENGLISH[words])
    if words.endswith("半") and len(words) > 1:
        whole = number(words[:-1])
        return None if whole is None else whole + 0.5
    if words == "半":
        return 0.5
    return _chinese(words)


def _chinese(words: str) -> float | None:
    if not words or len(words) > 8:
        return None
    total, digit, begun, place = 0, 0, False, 1
    for sign in words:
        if sign in _DIGITS:
            digit = digit * 10 + _DIGITS[sign] if begun else _DIGITS[sign]
            begun = True
        elif sign in _PLACES:
            place = _PLACES[sign]
            total += (digit or 1) * place
            digit, begun = 0, False
        else:
            return None
    if place >= 100 and begun and words[-2] in _PLACES:
        digit *= place // 10  # 一百六 is 160; 一百零六 is 106
    return float(total + digit)
