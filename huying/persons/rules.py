"""How personal fields are written the same way each time, and what may be seen of them."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum


class Kind(StrEnum):
    PHONE = "phone"
    ID_NUMBER = "id_number"
    NAME = "name"
    ADDRESS = "address"


# Digits that people put apart: "199 0000-1234". Anything of seven digits or more may be a number
# to reach or to name somebody by, so it is hidden, also in Chinese digits (幺九九…) and whatever it
# is glued to (微信abc199…). A short one (39周+4, 2栋301) is not, nor is a day written out.
_APART = r"[ \-\t\u00a0\u3000－–—·]{0,3}"
_CHINESE = "零〇○一二三四五六七八九幺两"
_NUMBERS = re.compile(
    r"(?P<day>(?<!\d)(?:19|20)\d\d([-/.])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01])(?!\d)"
    r"(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?)"
    rf"|\+?\d(?:{_APART}\d){{6,}}[Xx]?"
    rf"|[{_CHINESE}](?:{_APART}[{_CHINESE}]){{6,}}"
)
_SEEN_START, _SEEN_END = 3, 2
MASKED_MAX = 78  # characters; a column holds a few more
_HOUSE = re.compile(rf"\d+|[{_CHINESE}十百]{{2,}}")  # of an address: which building, which door
KNOWN_CHARACTERS_MIN = 2  # one character stands in too many words to be somebody's name


def tidy(kind: Kind, value: str) -> str:
    """`value` in the one form it is stored and looked up in."""
    text = unicodedata.normalize("NFKC", value).strip()
    if kind == Kind.PHONE:
        digits = re.sub(r"\D", "", text).removeprefix("00")
        return digits.removeprefix("86") if len(digits) == 13 else digits
    if kind == Kind.ID_NUMBER:
        return re.sub(r"\s", "", text).upper()
    return text


def mask(kind: Kind, value: str) -> str:
    """What anybody may see: 199****1234, 4403**********12, 林** , 沙头街道****."""
    value = tidy(kind, value)
    if kind == Kind.NAME:
        masked = value[:1] + "*" * max(len(value) - 1, 1)
    elif kind == Kind.ADDRESS:
        masked = _HOUSE.sub("*", value)
    else:
        masked = _mask_digits(value)
    return masked[:MASKED_MAX]


def mask_text(text: str) -> str:
    """`text` with every phone and identity number in it hidden; same length, so spans still fit."""
    return _NUMBERS.sub(_hidden, text)


def hide(text: str, known: Iterable[tuple[Kind, str]]) -> str:
    """`text` as `mask_text` shows it, and without the names and houses in `known`; same length."""
    # As `tidy` writes it: "１２栋" on a telephone's keyboard is 12栋 in the cupboard.
    plain = "".join(_narrow(letter) for letter in text)
    for kind, value in sorted(known, key=lambda one: len(one[1]), reverse=True):
        if len(value) < KNOWN_CHARACTERS_MIN:
            continue
        veiled = _veiled(kind, value)
        for found in re.finditer(re.escape(value), plain):
            start, end = found.span()
            text = text[:start] + veiled + text[end:]
    return mask_text(text)


def _narrow(letter: str) -> str:
    narrow = unicodedata.normalize("NFKC", letter)
    return narrow if len(narrow) == 1 else letter


def _veiled(kind: Kind, value: str) -> str:
    if kind == Kind.NAME:
        return value[:1] + "*" * (len(value) - 1)
    return _HOUSE.sub(lambda house: "*" * len(house.group()), value)


def _hidden(found: re.Match[str]) -> str:
    return found.group() if found["day"] else _mask_digits(found.group())


def _mask_digits(digits: str) -> str:
    hidden = len(digits) - _SEEN_START - _SEEN_END
    if hidden < 3:
        return "*" * len(digits)
    return digits[:_SEEN_START] + "*" * hidden + digits[-_SEEN_END:]
