from datetime import UTC, datetime

import pytest

from huying.channels.accounts import Account
from huying.channels.message import Kind, Media, Unreadable
from huying.channels.web.form import (
    FILE_BYTES_MAX,
    FormRefused,
    Upload,
    body_of,
    checked,
    sniffed,
)
from huying.channels.web.parse import parse

AT = datetime(2022, 4, 15, 1, tzinfo=UTC)
TOKEN = "0123456789abcdef"
SITE = Account(channel="web", name="site")
JPEG = b"\xff\xd8\xff\xe0 picture"


def test_a_form_is_read_as_it_was_filled_in() -> None:
    fields = checked({"text": " 家里没有药了 ", "phone": "19900001234", "by": "", "place": "上沙"})
    files = sniffed([Upload(name="C:\\照片\\药盒.png", content=JPEG)])

    message = parse(body_of(TOKEN, fields, files, at=AT), {}, SITE)

    assert message.text == "家里没有药了"
    assert message.fields == {"phone": "19900001234", "place": "上沙"}
    assert (message.kind, message.sent_at) == (Kind.FORM, AT)
    assert (message.external_id, message.sender) == (TOKEN, TOKEN)
    assert message.media == (Media(kind="image", media_type="image/jpeg", name="药盒.png"),)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (JPEG, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7", "application/pdf"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"#!AMR\n", "audio/amr"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
    ],
)
def test_a_file_is_what_its_first_bytes_say(content: bytes, media_type: str) -> None:
    assert sniffed([Upload(name="x.exe", content=content)])[0].media_type == media_type


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([Upload(name="a.jpg", content=b"<script>")], "wrong_type"),
        ([Upload(name="a.svg", content=b"<svg>")], "wrong_type"),
        ([Upload(name="a.jpg", content=b"")], "wrong_type"),
        ([Upload(name="a.jpg", content=JPEG + b"x" * FILE_BYTES_MAX)], "too_large"),
        ([Upload(name="a.jpg", content=JPEG)] * 6, "too_many"),
    ],
)
def test_files_that_are_not_taken_say_why(files: list[Upload], reason: str) -> None:
    with pytest.raises(FormRefused) as refusal:
        sniffed(files)

    assert (refusal.value.field, refusal.value.reason) == ("files", reason)


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"text": "长" * 5001}, "text", "too_long"),
        ({"phone": "1" * 201}, "phone", "too_long"),
        ({"no such field!": "x"}, "fields", "unknown"),
        ({f"a{chr(97 + n)}": "x" for n in range(21)}, "fields", "too_many"),
    ],
)
def test_fields_that_are_not_taken_say_why(fields: dict[str, str], field: str, reason: str) -> None:
    with pytest.raises(FormRefused) as refusal:
        checked(fields)

    assert (refusal.value.field, refusal.value.reason) == (field, reason)


@pytest.mark.parametrize("token", ["", "short", "x" * 65, "../../../../etc/passwd"])
def test_a_token_that_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(FormRefused):
        body_of(token, {}, [], at=AT)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"fields": 3}', b"\xff", b"null"])
def test_what_is_no_form_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body, {}, SITE)
