import pytest

from huying.channels.message import Unreadable
from huying.channels.wechat.crypto import is_signed, key_of, seal, signature, unseal

# developers.weixin.qq.com, 接入概述 and 消息加解密说明.
OFFICIAL_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
OFFICIAL_ID = "wx5823bf96d3bd56c7"
OFFICIAL_MESSAGE = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3Qczc"
    "dCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLj"
    "vd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMn"
    "vw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k"
    "22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2Yoy"
    "yH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)
OFFICIAL_ECHO = (
    "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
)


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ("f464b24fc39322e44b38aa78f5edd27bd1441696", ("AAAAA", "1714036504", "1514711492")),
        ("899cf89e464efb63f54ddac96b0a0a235f53aa78", ("AAAAA", "1714037059", "486452656")),
        (
            "477715d11cdb4164915debcba66cb864d751f3e6",
            ("QDG6eK", "1409659813", "1372623149", OFFICIAL_MESSAGE),
        ),
        (
            "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
            ("QDG6eK", "1409659589", "263014780", OFFICIAL_ECHO),
        ),
    ],
)
def test_official_signatures_are_right(given: str, parts: tuple[str, ...]) -> None:
    assert signature(*parts) == given
    assert is_signed(given, *parts)
    assert not is_signed(given[:-1] + "0", *parts)


def test_a_signature_that_is_no_ascii_is_wrong_and_nothing_worse() -> None:
    assert not is_signed("签名", "AAAAA", "1", "2")


def test_official_envelopes_open() -> None:
    key = key_of(OFFICIAL_KEY)

    message = unseal(OFFICIAL_MESSAGE, key=key, app_id=OFFICIAL_ID)
    echo = unseal(OFFICIAL_ECHO, key=key, app_id=OFFICIAL_ID)

    assert b"<Content><![CDATA[hello]]></Content>" in message
    assert b"<MsgId>4561255354251345929</MsgId>" in message
    assert echo == b"1616140317555161061"


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 31, 32, 33, 5000])
def test_what_was_sealed_opens_again(length: int) -> None:
    key = key_of(OFFICIAL_KEY)
    message = b"x" * length

    sealed = seal(message, key=key, app_id="wx1", salt=b"0123456789abcdef")

    assert unseal(sealed, key=key, app_id="wx1") == message


def test_an_envelope_for_another_account_stays_closed() -> None:
    with pytest.raises(Unreadable):
        unseal(OFFICIAL_MESSAGE, key=key_of(OFFICIAL_KEY), app_id="wx0000000000000000")


@pytest.mark.parametrize(
    "sealed",
    ["", "not base64!", "AAAA", OFFICIAL_MESSAGE[:-24], "A" * 64, OFFICIAL_MESSAGE[24:]],
)
def test_a_broken_envelope_is_unreadable(sealed: str) -> None:
    with pytest.raises(Unreadable):
        unseal(sealed, key=key_of(OFFICIAL_KEY), app_id=OFFICIAL_ID)


@pytest.mark.parametrize("key", ["", "short", "!" * 43, "A" * 44])
def test_what_is_no_aes_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        key_of(key)
