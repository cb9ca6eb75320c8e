"""The ear against a real database: what is answered, and what is kept when it is."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.conf import settings

from huying.channels import ear, patience
from huying.channels.accounts import FILE
from huying.channels.keyed import receipt
from huying.channels.models import Inbound
from huying.channels.queries import message_of
from huying.channels.tests.accounts import HEALTH, fixture, write
from huying.channels.tests.asgi import QUERY, Heard, call, signed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]

PATH = "/in/wechat/health"
SIGNED = signed(HEALTH.token)

Given = TypeVar("Given")


def run(story: Coroutine[Any, Any, Given]) -> Given:
    """Play a story in an event loop of its own, as a web process would."""

    async def whole() -> Given:
        try:
            return await story
        finally:
            await ear.close()

    return asyncio.run(whole())


def post(*chunks: bytes, path: str = PATH, query: dict[str, str] = SIGNED) -> Heard:
    return run(call(path, query, *chunks))


def test_a_message_is_kept_byte_for_byte_and_its_receipt_told() -> None:
    body = fixture("text.xml")

    heard = post(body)

    kept = Inbound.objects.get()
    assert heard.status == 200
    assert bytes(kept.body) == body
    assert (kept.channel, kept.account) == ("wechat", "health")
    assert kept.receipt == receipt(
        settings.RECEIPT_KEY, "wechat", "health", message_of(kept).external_id
    )
    told = heard.body.decode()
    assert kept.receipt in told
    assert f"http://127.0.0.1:8000/s/{kept.receipt}" in told
    for number in ("120", "110", "119", "12110"):
        assert number in told
    assert len(heard.body) < 2048


def test_a_body_may_come_in_pieces() -> None:
    body = fixture("voice.xml")

    assert post(body[:100], body[100:]).status == 200

    assert bytes(Inbound.objects.get().body) == body


@pytest.mark.parametrize("name", ["subscribe.xml", "scan.xml", "new-kind.xml"])
def test_what_nobody_said_is_kept_and_answered_with_success(name: str) -> None:
    heard = post(fixture(name))

    assert (heard.status, heard.body) == (200, b"success")
    assert Inbound.objects.count() == 1


def test_an_account_may_be_silent(home: Path) -> None:
    path = home / FILE
    path.write_text(path.read_text().replace("reply = true", "reply = false"))

    heard = post(fixture("text.xml"))

    assert (heard.status, heard.body) == (200, b"success")


def test_the_same_message_a_hundred_times_is_one_and_has_one_receipt() -> None:
    async def story() -> list[Heard]:
        first = [call(PATH, SIGNED, fixture("text.xml")) for _ in range(50)]
        then = [call(PATH, SIGNED, fixture("text.xml")) for _ in range(50)]
        return [*await asyncio.gather(*first), *await asyncio.gather(*then)]

    answers = run(story())

    (kept,) = Inbound.objects.all()
    assert [heard.status for heard in answers] == [200] * 100
    assert all(kept.receipt in heard.body.decode() for heard in answers)


def test_many_at_once_share_few_commits_and_keep_their_own_receipts() -> None:
    bodies = [fixture("text.xml").replace(b">2300", b">%d" % n) for n in range(1000, 1200)]

    async def story() -> list[Heard]:
        return await asyncio.gather(*(call(PATH, SIGNED, body) for body in bodies))

    answers = run(story())

    kept = {bytes(row.body): row.receipt for row in Inbound.objects.all()}
    assert len(kept) == 200
    for body, heard in zip(bodies, answers, strict=True):
        assert kept[body] in heard.body.decode()


def test_a_receipt_that_is_taken_is_never_told_to_somebody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        ear, "receipt", lambda *_, turn: f"SAME-{turn}"
    )  # as if two codes were the same by chance, once in ten million years
    post(fixture("text.xml"))

    heard = post(fixture("image.xml"))
    again = post(fixture("image.xml"))

    assert {row.receipt for row in Inbound.objects.all()} == {"SAME-0", "SAME-1"}
    assert b"SAME-1" in heard.body
    assert b"SAME-1" in again.body


@pytest.mark.parametrize(
    "query",
    [
        {},
        QUERY,
        {**SIGNED, "signature": "0" * 40},
        {**SIGNED, "signature": "签名"},
        {**SIGNED, "nonce": "8"},
        {**SIGNED, "encrypt_type": "aes"},
        {**SIGNED, "msg_signature": "\0"},
        {**SIGNED, "msg_signature": "x" * 200},
    ],
)
def test_a_forged_message_is_refused_and_counted(query: dict[str, str]) -> None:
    heard = post(fixture("text.xml"), query=query)

    assert heard.status == 403
    assert ear.COUNTS == {"forged": 1}
    assert not Inbound.objects.exists()


@pytest.mark.parametrize("name", ["bomb.xml", "outside.xml", "truncated.xml", "without-id.xml"])
def test_what_is_broken_is_refused_and_leaves_nothing(name: str) -> None:
    heard = post(fixture(name))

    assert heard.status == 400
    assert not Inbound.objects.exists()


@pytest.mark.parametrize("path", ["/in/wechat/nobody", "/in/fax/health", "/in/wechat", "/in/a/b/c"])
def test_who_we_do_not_know_is_not_found(path: str) -> None:
    assert post(fixture("text.xml"), path=path).status == 404


def test_the_form_has_no_door_here() -> None:
    assert post(b"{}", path="/in/web/site").status == 405


def test_too_much_is_refused_before_it_is_read() -> None:
    async def told() -> Heard:
        length = [(b"content-length", b"1048577")]
        return await call(PATH, SIGNED, b"x", headers=length)

    async def untold() -> Heard:
        return await call(PATH, SIGNED, *[b"x" * 65536] * 17)

    assert run(told()).status == 413
    assert run(untold()).status == 413
    assert not Inbound.objects.exists()


def test_the_largest_body_is_still_taken() -> None:
    body = fixture("text.xml")

    heard = post(body.replace(b"</xml>", b"<Padding>%s</Padding></xml>" % (b"x" * 1_000_000)))

    assert heard.status == 200


def test_who_hangs_up_half_way_leaves_nothing() -> None:
    assert post().status == 0
    assert not Inbound.objects.exists()


def test_wechat_may_check_our_address() -> None:
    query = {**SIGNED, "echostr": "4375120948345356249"}

    heard = run(call(PATH, query, method="GET"))
    forged = run(call(PATH, {**query, "signature": "0"}, method="GET"))

    assert (heard.status, heard.body) == (200, b"4375120948345356249")
    assert forged.status == 403


def test_other_methods_are_refused() -> None:
    assert run(call(PATH, SIGNED, method="DELETE")).status == 405


def test_without_accounts_the_sender_is_told_to_try_again(home: Path) -> None:
    (home / FILE).unlink()

    assert post(fixture("text.xml")).status == 503


def test_where_plain_is_not_allowed_it_is_forged(home: Path) -> None:
    path = home / FILE
    write(path, HEALTH)
    path.write_text(path.read_text().replace("plain = true", "plain = false"))

    assert post(fixture("text.xml")).status == 403


def test_who_sends_too_slowly_is_sent_away_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(ear, "BODY_WITHIN_S", 0.05)

    async def story() -> tuple[Heard, Heard]:
        slow = asyncio.create_task(call(PATH, SIGNED, fixture("text.xml"), stall=asyncio.Event()))
        quick = await call(PATH, SIGNED, fixture("image.xml"))
        return await slow, quick

    slow, quick = run(story())

    assert (slow.status, quick.status) == (408, 200)
    assert Inbound.objects.count() == 1
