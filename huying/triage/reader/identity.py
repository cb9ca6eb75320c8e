"""Reads resident identity numbers and checks them by their last sign (GB 11643-1999)."""

import re
from collections.abc import Iterator
from datetime import date

from huying.triage.reader.result import Detail
from huying.triage.reader.text import Text

READER = "identity 1"

_NUMBER = re.compile(r"(?<!\d)([1-9]\d{5}[ \-]?(?:19|20)\d{6}[ \-]?\d{3}[\dx])(?![\da-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SIGNS = "10X98765432"


def identity_numbers(text: Text) -> Iterator[Detail]:
    """Give the identity numbers whose birth date and check sign are right."""
    for match in _NUMBER.finditer(text.clean):
        plain = match[1].replace(" ", "").replace("-", "").upper()
        if is_identity_number(plain):
            span = text.span(*match.span(1))
            yield Detail(
                "id_number", plain, text.words(*match.span(1)), *span, READER, personal=True
            )


def is_identity_number(plain: str) -> bool:
    """Tell whether 18 signs make a resident identity number: a birth date and the check sign."""
    try:
        date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(sign) for weight, sign in zip(_WEIGHTS, plain[:17], strict=True))
    return _SIGNS[total % 11] == plain[17]
