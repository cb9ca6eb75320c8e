"""Messages that hold no matter: nothing but signs, or nothing but a cry. Somebody sent them."""

import re
import unicodedata
from enum import StrEnum

WORDS_MAX = 200  # characters; a longer text says something

# WeChat's own signs: [流泪], /::(, /:8-)
_SIGNS = re.compile(r"\[[^\[\]]{1,8}\]|/:[^\s\w]{0,3}\w{0,2}[^\s\w]{0,2}")
_SOS = "\N{SQUARED SOS}"
_CRIES = re.compile(
    r"(?:救命|救救我们?|救我们?|救人|求救|求助|帮帮我们?|帮我|有人吗|sos|help|helpme|pleasehelp)"
    r"(?:啊|呀|吧|了|救命|求救|求助)*"
)


class Bare(StrEnum):
    WORDLESS = "wordless"  # empty, a smile, a picture without a word
    CRY = "cry"  # 救命, SOS, and nothing else


def bare(words: str) -> Bare | None:
    """What a text without matter is; None for one that says something."""
    if len(words) > WORDS_MAX:
        return None
    left = "".join(sign for sign in _SIGNS.sub("", words) if _is_letter(sign)).lower()
    if not left:
        return Bare.CRY if _SOS in words else Bare.WORDLESS
    return Bare.CRY if _CRIES.fullmatch(left) else None


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LN"
