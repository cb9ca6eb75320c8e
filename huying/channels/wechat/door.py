"""What the ear asks of WeChat: is it they, what is it known by, what to say at once."""

from collections.abc import Mapping
from functools import partial

from huying.channels.accounts import Account
from huying.channels.message import Answer, Delivery
from huying.channels.wechat import envelope, reply
from huying.channels.wechat.parse import external_id


def greet(account: Account, query: Mapping[str, str]) -> Answer:
    """The echo that WeChat wants before it accepts our address. Raises `Forged`."""
    envelope.check(account, query)
    return Answer(body=query.get("echostr", "").encode())


def receive(account: Account, query: Mapping[str, str], body: bytes) -> Delivery:
    """One callback, as far as it must be understood to be kept. Raises `Forged`, `Unreadable`."""
    opened = envelope.receive(account, query, body)
    return Delivery(
        external_id=external_id(opened.fields),
        meta=envelope.kept(query),
        answer=partial(reply.answer, account, opened),
    )
