"""Turns translations from the text that people edit (.po) into what gettext reads (.mo).

In Python, since a machine that only runs Huying has no `msgfmt`. The .mo files are committed:
then a clone speaks English without a step that somebody could forget.
"""

import ast
import re
import struct
from collections.abc import Iterator

MAGIC = 0x950412DE
HEADER_BYTES = 28
LINE = re.compile(r'(msgid|msgid_plural|msgstr(?:\[\d+\])?)?\s*("(?:[^"\\]|\\.)*")$')


class BadCatalogue(Exception):
    """A line of a .po file that is neither a comment nor a message."""


def compiled(po: str) -> bytes:
    """The .mo of a .po. What has no translation, or an unsure one (fuzzy), is left out.

    Raises `BadCatalogue`, naming the line.
    """
    messages: dict[bytes, bytes] = {}
    for entry in _entries(po):
        forms = [text for name, text in entry.items() if name.startswith("msgstr")]
        if not all(forms):
            continue
        names = [entry["msgid"], *([entry["msgid_plural"]] if "msgid_plural" in entry else [])]
        messages["\0".join(names).encode()] = "\0".join(forms).encode()
    return _packed(dict(sorted(messages.items())))


def _entries(po: str) -> Iterator[dict[str, str]]:
    for block in re.split(r"\n\s*\n", po):
        entry: dict[str, str] = {}
        current = ""
        lines = [line.strip() for line in block.splitlines()]
        for line in lines:
            if not line or line.startswith("#"):
                continue
            found = LINE.match(line)
            if not found or not (found[1] or current):
                raise BadCatalogue(f"not a line of a catalogue: {line}")
            current = found[1] or current
            # The escapes of gettext are those of Python.
            entry[current] = entry.get(current, "") + ast.literal_eval(found[2])
        if "msgid" in entry and not any("fuzzy" in line for line in lines if line[:2] == "#,"):
            yield entry


def _packed(messages: dict[bytes, bytes]) -> bytes:
    count = len(messages)
    table_bytes = 8 * count
    position = HEADER_BYTES + 2 * table_bytes
    tables: list[bytes] = []
    for texts in (messages.keys(), messages.values()):
        for text in texts:
            tables.append(struct.pack("<II", len(text), position))
            position += len(text) + 1
    header = struct.pack(
        "<7I", MAGIC, 0, count, HEADER_BYTES, HEADER_BYTES + table_bytes, 0, position
    )
    ended = [text + b"\0" for part in (messages.keys(), messages.values()) for text in part]
    return header + b"".join(tables) + b"".join(ended)
