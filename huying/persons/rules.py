"""How personal fields are written the same way each time, and what may be seen of them."""

import re
import unicodedata
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
        masked = re.sub(rf"\d+|[{_CHINESE}十百]{{2,}}", "*", value)
    else:
        masked = _mask_digits(value)
    return masked[:MASKED_MAX]


def mask_text(text: str) -> str:
    """`text` with every phone and identity number in it hidden; same length, so spans still fit."""
    return _NUMBERS.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    return found.group() if found["day"] else _mask_digits(found.group())


def _mask_digits(digits: str) -> str:
    hidden = len(digits) - _SEEN_START - _SEEN_END
    if hidden < 3:
        return "*" * len(digits)
    return digits[:_SEEN_START] + "*" * hidden + digits[-_SEEN_END:]
