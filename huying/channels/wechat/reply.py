"""What WeChat shows the writer at once: the passive reply, in the body of our answer."""

import json
import secrets
from datetime import datetime

from huying.channels.accounts import Account
from huying.channels.message import Answer
from huying.channels.wechat import crypto
from huying.channels.wechat.envelope import Envelope

TEXT_BYTES_MAX = 2048  # a longer passive text is not shown
SUCCESS = Answer(body=b"success")  # "heard, nothing to say"; anything else is shown as a fault
SAID_BY_A_PERSON = frozenset(
    {"text", "image", "voice", "video", "shortvideo", "location", "link"},
)

Reply = dict[str, str | int]

# 12110 is the text number of the police, the same in the whole country: nobody deaf is asked
# to phone.
RECEIVED = """\
您的来信已收到，会有人逐条阅读。
回执号：{receipt}
办理进展：{link}
如有生命危险，请立即拨打 120（急救）、110（报警）或 119（消防）；不便通话请发短信至 12110。"""


def answer(account: Account, envelope: Envelope, receipt: str, at: datetime) -> Answer:
    """The receipt as a passive reply, shaped and encrypted as the callback was.

    Events and accounts that are set to be silent get "success".
    """
    fields = envelope.fields
    if not account.reply or fields.get("MsgType", "").strip() not in SAID_BY_A_PERSON:
        return SUCCESS
    text = RECEIVED.format(receipt=receipt, link=f"{account.public_url}/s/{receipt}")
    if len(text.encode()) > TEXT_BYTES_MAX:
        return SUCCESS  # only an absurd public_url makes it so long; silence beats an error shown
    reply: Reply = {
        "ToUserName": fields.get("FromUserName", "").strip(),
        "FromUserName": fields.get("ToUserName", "").strip(),
        "CreateTime": int(at.timestamp()),
        "MsgType": "text",
        "Content": text,
    }
    if envelope.key:
        reply = _sealed(account, envelope, reply, at)
    return _written(reply, is_json=envelope.is_json)


def _sealed(account: Account, envelope: Envelope, reply: Reply, at: datetime) -> Reply:
    assert envelope.key
    sealed = crypto.seal(
        _written(reply, is_json=envelope.is_json).body,
        key=envelope.key,
        app_id=account.app_id,
        salt=secrets.token_bytes(crypto.SALT_BYTES),
    )
    timestamp, nonce = str(int(at.timestamp())), str(secrets.randbelow(10**10))
    return {
        "Encrypt": sealed,
        "MsgSignature": crypto.signature(account.token, timestamp, nonce, sealed),
        "TimeStamp": int(timestamp),
        "Nonce": nonce,
    }


def _written(reply: Reply, *, is_json: bool) -> Answer:
    if is_json:
        body = json.dumps(reply, ensure_ascii=False).encode()
        return Answer(body=body, media_type="application/json; charset=utf-8")
    lines = "".join(f"<{name}>{_xml(value)}</{name}>" for name, value in reply.items())
    return Answer(body=f"<xml>{lines}</xml>".encode(), media_type="application/xml; charset=utf-8")


def _xml(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    # The end mark of CDATA inside a name would let a sender write our XML.
    return f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"
