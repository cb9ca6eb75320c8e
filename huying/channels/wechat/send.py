"""Customer-service messages: what an officer or the program says to somebody who wrote to us."""

from huying.channels.accounts import Account
from huying.channels.wechat import api

TEXT_BYTES_MAX = 2048  # of one message; longer ones go in parts
PATH = "/cgi-bin/message/custom/send"


def say(account: Account, token: str, recipient: str, text: str) -> None:
    """Send one text. Raises `TokenRefused`, `Undeliverable`. Uses no database."""
    body = {"touser": recipient, "msgtype": "text", "text": {"content": text}}
    api.call(account, PATH, token=token, body=body)
