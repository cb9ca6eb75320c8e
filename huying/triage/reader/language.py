"""Which language a message is in, as far as the desk needs to know."""

import re

_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[a-z]")
_OTHER = re.compile(
    "[\u00c0-\u024f\u0370-\u052f\u0530-\u058f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u0f00-\u0fff"
    "\u1000-\u109f\u1780-\u17ff\u1800-\u18af\u1e00-\u1eff\u3041-\u30ff\u1100-\u11ff\uac00-\ud7af]"
)
_ENGLISH = re.compile(
    r"\b(?:the|is|are|my|we|you|to|in|and|of|help|need|please|not|can|have|for|with|on|it|i|so|no"
    r"|that|this|what|how|where|when|has|was|at|from|me|our|his|her|they|there)\b"
)

SAMPLE_MAX = 2_000  # characters; enough to tell any language


def language_of(clean: str) -> str:
    """Give zh, en, other or none (no letters at all) for a readable text."""
    sample = clean[:SAMPLE_MAX]
    han, latin = len(_HAN.findall(sample)), len(_LATIN.findall(sample))
    other = len(_OTHER.findall(sample))
    if han + latin + other == 0:
        return "none"
    # Japanese mixes kana into Han; two Latin letters carry about as much as one Han sign.
    if other * 3 > han + latin / 3:
        return "other"
    if han * 4 >= latin:
        return "zh"
    return "en" if _ENGLISH.search(sample) or latin < 12 else "other"
