"""What a person does in the tests from here on: write, on our own page or on WeChat."""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from huying.cases.models import Case
from huying.channels.accounts import FILE
from huying.channels.actions import keep, keep_form
from huying.channels.models import Inbound
from huying.intake.actions import read_next
from huying.intake.queries import case_of_receipt

ACCOUNTS = """
[[account]]
channel = "web"
name = "site"
desk = "desk"

[[account]]
channel = "web"
name = "lost"
desk = "nowhere"

[[account]]
channel = "wechat"
name = "health"
desk = "desk"
token = "health-token"
app_id = "wx0000000000000001"
plain = true
"""
WECHAT = (
    "<xml><ToUserName>us</ToUserName><FromUserName>{sender}</FromUserName>"
    "<CreateTime>{seconds}</CreateTime><MsgType>text</MsgType>"
    "<Content><![CDATA[{text}]]></Content><MsgId>{number}</MsgId></xml>"
)
FOLLOWED = (
    "<xml><ToUserName>us</ToUserName><FromUserName>{sender}</FromUserName>"
    "<CreateTime>{seconds}</CreateTime><MsgType>event</MsgType><Event>subscribe</Event></xml>"
)


def listen(home: Path) -> None:
    """Listen on the accounts above; `home` is this test's installation."""
    settings.HUYING_HOME = home
    (home / FILE).write_text(ACCOUNTS, encoding="utf-8")


def fills_in(text: str, *, at: datetime, number: int = 1, **fields: str) -> Inbound:
    """Somebody sends our own form."""
    token = f"token-of-form-{number:08d}"
    account = fields.pop("account", "site")
    return keep_form(account, token=token, fields={"text": text, **fields}, at=at)


def writes(text: str, *, at: datetime, sender: str = "noor", number: int = 1) -> Inbound:
    """Somebody writes on WeChat."""
    body = WECHAT.format(sender=sender, text=text, number=number, seconds=int(at.timestamp()))
    return kept(body, f"msg-{number}", at=at)


def follows(*, at: datetime, sender: str = "noor") -> Inbound:
    """Somebody follows the account, and says nothing."""
    body = FOLLOWED.format(sender=sender, seconds=int(at.timestamp()))
    return kept(body, f"event-{sender}", at=at)


def kept(body: str, external_id: str, *, at: datetime) -> Inbound:
    return keep("wechat", "health", body.encode(), external_id=external_id, meta={}, at=at)


def a_case(text: str = "家里断粮两天了", *, at: datetime, number: int = 1) -> Case:
    """A case that came in by our own form and was read."""
    receipt = fills_in(text, at=at, number=number).receipt
    read_next(at=at)
    case = case_of_receipt(receipt)
    assert case is not None
    return case
