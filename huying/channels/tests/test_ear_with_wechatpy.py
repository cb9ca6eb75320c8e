"""An independent WeChat, the package wechatpy, and our ear understand each other."""

import json
from xml.etree import ElementTree

import pytest
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto

from huying.channels.models import Inbound
from huying.channels.queries import message_of
from huying.channels.tests.accounts import HEALTH, KEY, PREVIOUS_KEY, fixture
from huying.channels.tests.asgi import Heard
from huying.channels.tests.test_ear import post
from huying.channels.wechat.crypto import key_of, seal, signature

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]


def sent(key: str, name: str = "text.xml", *, app_id: str = HEALTH.app_id) -> Heard:
    """Post a fixture as wechatpy encrypts it."""
    crypto = WeChatCrypto(HEALTH.token, key, app_id)
    sealed = crypto.encrypt_message(fixture(name).decode(), "nonce1", "1650000000")
    fields = {child.tag: child.text or "" for child in ElementTree.fromstring(sealed)}
    query = {
        "signature": signature(HEALTH.token, "1650000000", "nonce1"),
        "timestamp": "1650000000",
        "nonce": "nonce1",
        "encrypt_type": "aes",
        "msg_signature": fields["MsgSignature"],
    }
    return post(sealed.encode(), query=query)


@pytest.mark.parametrize("key", [KEY, PREVIOUS_KEY])
def test_what_it_encrypts_we_keep_and_our_answer_it_reads(key: str) -> None:
    heard = sent(key)

    kept = Inbound.objects.get()
    assert heard.status == 200
    assert message_of(kept).text == "母亲今天要做透析，小区封着出不去，能派车吗？😢"
    assert "透析".encode() not in bytes(kept.body)
    # The answer is closed with the key that opened the question, or WeChat could not read it.
    crypto = WeChatCrypto(HEALTH.token, key, HEALTH.app_id)
    fields = {child.tag: child.text or "" for child in ElementTree.fromstring(heard.body)}
    answer = crypto.decrypt_message(
        heard.body.decode(), fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"]
    )
    reply = {child.tag: child.text or "" for child in ElementTree.fromstring(answer)}
    assert kept.receipt in reply["Content"]
    assert reply["ToUserName"] == "oTest-linmei-0000000000000001"
    assert reply["FromUserName"] == "gh_4f1e0c77aa10"


def test_a_message_for_another_account_is_refused() -> None:
    assert sent(KEY, app_id="wx9999999999999999").status == 400
    assert not Inbound.objects.exists()


def test_a_message_with_a_key_that_we_never_had_is_refused() -> None:
    assert sent("A" * 43).status == 400
    assert not Inbound.objects.exists()


@pytest.mark.parametrize(
    "name", ["text.xml", "image.xml", "voice.xml", "video.xml", "location.xml", "link.xml"]
)
def test_it_reads_the_same_in_a_message_as_we_do(name: str) -> None:
    theirs = parse_message(fixture(name))
    post(fixture(name))

    ours = message_of(Inbound.objects.get())

    assert ours.external_id == str(theirs.id)
    assert ours.sender == theirs.source
    assert ours.kind == theirs.type
    assert ours.sent_at is not None
    assert ours.sent_at.timestamp() == 1650000000


def test_an_answer_to_json_is_json() -> None:
    key = key_of(KEY)
    sealed = seal(fixture("text.json"), key=key, app_id=HEALTH.app_id, salt=b"0" * 16)
    query = {
        "timestamp": "1650000000",
        "nonce": "1",
        "encrypt_type": "aes",
        "msg_signature": signature(HEALTH.token, "1650000000", "1", sealed),
    }

    heard = post(json.dumps({"ToUserName": "gh", "Encrypt": sealed}).encode(), query=query)

    assert heard.status == 200
    answer = json.loads(heard.body)
    crypto = WeChatCrypto(HEALTH.token, KEY, HEALTH.app_id)
    reply = json.loads(
        crypto.decrypt_message(
            answer, answer["MsgSignature"], str(answer["TimeStamp"]), answer["Nonce"]
        )
    )
    assert Inbound.objects.get().receipt in reply["Content"]
