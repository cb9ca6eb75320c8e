from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.channels.message import Kind, Location, Media, Message, Unreadable
from huying.channels.tests.accounts import FIXTURES, HEALTH, fixture
from huying.channels.wechat.parse import parse

BROKEN = [
    "bomb.xml",
    "outside.xml",
    "document-type.xml",
    "truncated.xml",
    "without-id.xml",
    "without-sender.xml",
    "another-root.xml",
]
WHOLE = sorted(path.name for path in FIXTURES.iterdir() if path.name not in BROKEN)


def read(name: str) -> Message:
    return parse(fixture(name), {}, HEALTH)


@pytest.mark.parametrize("name", WHOLE)
def test_every_delivery_names_sender_time_and_id(name: str) -> None:
    message = read(name)

    assert message.sender == "oTest-linmei-0000000000000001"
    assert message.sent_at == datetime(2022, 4, 15, 5, 20, tzinfo=UTC)
    assert message.external_id


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("text.xml", Kind.TEXT, "母亲今天要做透析，小区封着出不去，能派车吗？😢"),
        ("text.json", Kind.TEXT, "家里两天没有菜了"),
        ("empty.xml", Kind.TEXT, ""),
        ("voice.xml", Kind.VOICE, "我爸胸口痛，在上沙村。"),
        ("voice-not-understood.xml", Kind.VOICE, ""),
        ("image.xml", Kind.IMAGE, ""),
        ("shortvideo.xml", Kind.VIDEO, ""),
        ("location.xml", Kind.LOCATION, "深圳市福田区沙头街道上沙社区"),
        ("link.xml", Kind.LINK, "求助帖\n老人缺药\nhttps://example.com/post/1"),
        ("new-kind.xml", Kind.OTHER, "?"),
        ("click.xml", Kind.EVENT, ""),
    ],
)
def test_what_was_said_is_read(name: str, kind: Kind, text: str) -> None:
    message = read(name)

    assert (message.kind, message.text) == (kind, text)


@pytest.mark.parametrize(
    ("name", "media"),
    [
        (
            "image.xml",
            Media(kind="image", media_id="mediaid-image-0001", media_type="image/jpeg"),
        ),
        ("voice.xml", Media(kind="voice", media_id="mediaid-voice-0001", media_type="audio/amr")),
        ("video.xml", Media(kind="video", media_id="mediaid-video-0001", media_type="video/mp4")),
    ],
)
def test_media_can_be_fetched_by_its_id(name: str, media: Media) -> None:
    assert read(name).media == (media,)


@pytest.mark.parametrize("name", ["location.xml", "reported-location.xml"])
def test_a_place_is_read_north_and_east(name: str) -> None:
    place = read(name).location

    label = "深圳市福田区沙头街道上沙社区" if name == "location.xml" else ""
    assert place == Location(latitude=22.5294, longitude=114.0298, label=label)


def test_a_place_that_is_not_on_earth_is_left_out() -> None:
    body = fixture("location.xml").replace(b"114.029800", b"1e999")

    message = parse(body, {}, HEALTH)

    assert message.location is None
    assert message.text == "深圳市福田区沙头街道上沙社区"


def test_an_event_is_known_by_sender_second_and_name() -> None:
    assert read("subscribe.xml").external_id == (
        "oTest-linmei-0000000000000001+1650000000+subscribe"
    )
    assert read("scan.xml").event == "SCAN"
    assert read("scan.xml").fields == {"key": "12"}


def test_a_number_beyond_64_bits_stays_exact() -> None:
    assert read("text.json").external_id == "23456789012345678901"


@pytest.mark.parametrize("name", BROKEN)
def test_broken_or_tricky_deliveries_are_unreadable(name: str) -> None:
    with pytest.raises(Unreadable):
        read(name)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"MsgId": ' + b"9" * 6000 + b"}",
        b"<a>" * 100_000,
        b'<?xml version="1.0" encoding="utf-7"?><xml></xml>',
        b'<?xml version="1.0" encoding="no-such"?><xml></xml>',
        "<!DOCTYPE xml []><xml></xml>".encode("utf-16"),
    ],
    ids=range(10),
)
def test_hostile_bytes_are_unreadable_and_nothing_worse(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body, {}, HEALTH)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_unreadable(body: bytes) -> None:
    with suppress(Unreadable):
        assert parse(body, {}, HEALTH).external_id


def test_half_a_surrogate_and_a_zero_byte_do_not_reach_the_database() -> None:
    body = rb'{"FromUserName": "o1", "MsgType": "text", "MsgId": 1, "Content": "a\ud83d b\u0000c"}'

    text = parse(body, {}, HEALTH).text

    assert text == "a? bc"
