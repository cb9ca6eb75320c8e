"""What becomes of a message: words for the case, and which case."""

from collections.abc import Mapping
from enum import StrEnum


class Outcome(StrEnum):
    """What was decided about a message, so that received = stored = decided."""

    OPENED = "opened"  # a case of its own
    JOINED = "joined"  # part of a case that is live
    LINKED = "linked"  # written after the end of a case; triage says whether it opens again
    SILENT = "silent"  # nobody said anything: somebody followed the account, or pressed a menu


# What a message without text says to whoever reads the case.
WORDLESS = {
    "image": "[图片]",
    "voice": "[语音]",
    "video": "[视频]",
    "location": "[位置]",
    "link": "[链接]",
}
WORDS_MAX = 20_000  # characters that go into a timeline; all bytes stay with the message

# Fields of a form are told in the templates that people themselves use (【联系方式】…), so that
# they are read by the same reader, and an officer sees them as the person's own words.
FIELD_LABELS = {
    "name": "姓名",
    "for_whom": "求助对象",
    "proxy": "代诉人",
    "phone": "联系方式",
    "place": "居住地址",
    "contact": "联系方式偏好",
}


def words(kind: str, text: str, fields: Mapping[str, str], place: str = "") -> str:
    """What the person says, in words, never empty for a message that somebody sent."""
    parts = [text.strip()]
    if place:
        parts.append(f"【位置】{place}")
    parts += [
        f"【{label}】{fields[name]}" for name, label in FIELD_LABELS.items() if fields.get(name)
    ]
    said = "\n".join(part for part in parts if part)
    # A surrogate without its other half cannot be stored; nor can NUL.
    said = said.encode("utf-8", "replace").decode().replace("\x00", "")
    return (said or WORDLESS.get(kind, ""))[:WORDS_MAX]


def added_to(*, is_live: bool) -> Outcome:
    """What a message is that goes to a case there was, live or ended."""
    return Outcome.JOINED if is_live else Outcome.LINKED
