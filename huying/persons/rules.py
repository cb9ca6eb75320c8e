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
# to reach or to name somebody by, so it is hidden; a short one (39周+4, 12 hours, 2栋301) is not.
_NUMBERS = re.compile(r"(?<![\dA-Za-z])\+?\d(?:[ \-]?\d){6,19}[Xx]?(?![\dA-Za-z])")
_SEEN_START, _SEEN_END = 3, 2


def tidy(kind: Kind, value: str) -> str:
    """`value` in the one form it is stored and looked up in."""
    text = unicodedata.normalize("NFKC", value).strip()
    if kind == Kind.PHONE:
        digits = re.sub(r"[^\d]", "", text)
        return digits.removeprefix("86") if len(digits) == 13 else digits
    if kind == Kind.ID_NUMBER:
        return re.sub(r"\s", "", text).upper()
    return text


def mask(kind: Kind, value: str) -> str:
    """What anybody may see: 199****1234, 4403**********12, 林** , 沙头街道****."""
    value = tidy(kind, value)
    if kind == Kind.NAME:
        return value[:1] + "*" * max(len(value) - 1, 1)
    if kind == Kind.ADDRESS:
        return re.sub(r"\d+", "*", value)[:78]
    return _mask_digits(value)


def mask_text(text: str) -> str:
    """`text` with every phone and identity number in it hidden; same length, so spans still fit."""
    return _NUMBERS.sub(lambda found: _mask_digits(found.group()), text)


def _mask_digits(digits: str) -> str:
    hidden = len(digits) - _SEEN_START - _SEEN_END
    if hidden < 3:
        return "*" * len(digits)
    return digits[:_SEEN_START] + "*" * hidden + digits[-_SEEN_END:]
