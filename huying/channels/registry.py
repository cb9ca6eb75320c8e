"""Every channel by name. To add one, copy a channel's folder and add its line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings

from huying.channels.accounts import FILE, Account, AccountFile
from huying.channels.message import Answer, Delivery, Message
from huying.channels.web.parse import parse as parse_web
from huying.channels.wechat import api, door, media, send
from huying.channels.wechat.parse import parse as parse_wechat

Query = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Voice:
    """How a channel speaks, and fetches what it holds for us.

    `token` may use the database; `say` and `fetch` run in threads of their own and may not.
    """

    token: Callable[[Account, str, datetime], str]  # the second is one that was just refused
    say: Callable[[Account, str, str, str], None]  # account, token, recipient, text
    fetch: Callable[[Account, str, str], tuple[str, bytes]]  # account, token, media id
    text_bytes_max: int


@dataclass(frozen=True, kw_only=True)
class Channel:
    """What a channel can do. What it can't is None."""

    parse: Callable[[bytes, Mapping[str, str], Account], Message]
    greet: Callable[[Account, Query], Answer] | None = None  # the platform checks our address
    receive: Callable[[Account, Query, bytes], Delivery] | None = None  # the ear hears it
    voice: Voice | None = None


CHANNELS: Mapping[str, Channel] = {
    "wechat": Channel(
        parse=parse_wechat,
        greet=door.greet,
        receive=door.receive,
        voice=Voice(
            token=lambda account, refused, at: api.access_token(account, refused=refused, at=at),
            say=send.say,
            fetch=media.fetch,
            text_bytes_max=send.TEXT_BYTES_MAX,
        ),
    ),
    "web": Channel(parse=parse_web),
}


def accounts() -> AccountFile:
    """The accounts of this installation."""
    return _file(settings.HUYING_HOME)


@cache
def _file(home: Path) -> AccountFile:
    return AccountFile(home / FILE, channels=CHANNELS)
