"""What may be sent with our own form, and how it is written down. Knows no HTTP and no database."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath

FILES_MAX = 5
FILE_BYTES_MAX = 5 * 1024 * 1024  # a telephone's photo; a recording of five minutes
TEXT_CHARACTERS_MAX = 5000  # ten times the longest plea that we have seen
FIELD_CHARACTERS_MAX = 200
FIELDS_MAX = 20
NAME_CHARACTERS_MAX = 100
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
FIELD = re.compile(r"[a-z][a-z_]{0,29}")

# What a file is, by its first bytes and never by its name: name and type come from the sender.
SIGNS: Sequence[tuple[int, bytes, str, str]] = (
    (0, b"\xff\xd8\xff", "image", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image", "image/png"),
    (0, b"GIF8", "image", "image/gif"),
    (8, b"WEBP", "image", "image/webp"),
    (4, b"ftyphei", "image", "image/heic"),
    (4, b"ftypmif1", "image", "image/heic"),
    (0, b"%PDF-", "file", "application/pdf"),
    (0, b"ID3", "voice", "audio/mpeg"),
    (0, b"\xff\xfb", "voice", "audio/mpeg"),
    (0, b"\xff\xf3", "voice", "audio/mpeg"),
    (0, b"OggS", "voice", "audio/ogg"),
    (8, b"WAVE", "voice", "audio/wav"),
    (0, b"#!AMR", "voice", "audio/amr"),
    (4, b"ftypM4A", "voice", "audio/mp4"),
    (0, b"\x1aE\xdf\xa3", "voice", "audio/webm"),
)


class FormRefused(Exception):
    """What is wrong with a form. `field` says where, `reason` is a word that pages translate."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as the sender named it, and its bytes."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Sniffed:
    """A file that we take."""

    name: str
    kind: str
    media_type: str
    content: bytes = field(repr=False)


def sniffed(files: Sequence[Upload]) -> list[Sniffed]:
    """The files with their true types. Raises `FormRefused`: too_many, too_large, wrong_type."""
    if len(files) > FILES_MAX:
        raise FormRefused("files", "too_many")
    return [_sniff(file) for file in files]


def checked(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields without space around them and without empty ones.

    Raises `FormRefused`: too_long, too_many, unknown.
    """
    if len(fields) > FIELDS_MAX:
        raise FormRefused("fields", "too_many")
    kept = {}
    for name, value in fields.items():
        if not FIELD.fullmatch(name):
            raise FormRefused("fields", "unknown")
        text = value.replace("\0", "").encode("utf-8", "replace").decode().strip()
        if len(text) > (TEXT_CHARACTERS_MAX if name == "text" else FIELD_CHARACTERS_MAX):
            raise FormRefused(name, "too_long")
        if text:
            kept[name] = text
    return kept


def body_of(
    token: str, fields: Mapping[str, str], files: Sequence[Sniffed], *, at: datetime
) -> bytes:
    """The form as it is kept: always the same bytes for the same form."""
    if not TOKEN.fullmatch(token):
        raise FormRefused("token", "unknown")
    form = {
        "token": token,
        "sent_at": at.isoformat(),
        "fields": dict(fields),
        "files": [
            {"name": file.name, "kind": file.kind, "type": file.media_type} for file in files
        ],
    }
    return json.dumps(form, ensure_ascii=False, sort_keys=True).encode()


def _sniff(file: Upload) -> Sniffed:
    if len(file.content) > FILE_BYTES_MAX:
        raise FormRefused("files", "too_large")
    for offset, sign, kind, media_type in SIGNS:
        if file.content[offset : offset + len(sign)] == sign:
            return Sniffed(
                name=_plain_name(file.name), kind=kind, media_type=media_type, content=file.content
            )
    raise FormRefused("files", "wrong_type")


def _plain_name(name: str) -> str:
    last = PurePath(name.replace("\\", "/")).name
    printable = "".join(letter for letter in last if letter.isprintable())
    return printable[:NAME_CHARACTERS_MAX] or "file"
