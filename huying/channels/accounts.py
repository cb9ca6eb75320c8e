"""The accounts that we listen on and speak for: one file, `channels.toml`, that an operator writes.

A file and not a table, because the ear must check signatures while the database is away.
"""

import logging
import re
import threading
import time
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from huying.channels.wechat.crypto import key_of

FILE = "channels.toml"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")  # it is part of an address
LOOK_AGAIN_S = 1.0  # an edit is in force after this long, without a restart

log = logging.getLogger(__name__)

Key = tuple[str, str]


class AccountsUnusable(Exception):
    """`channels.toml` is missing or wrong. Says which entry and which field, never a value."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account of a channel. Secrets stay out of its repr, and so out of every log."""

    channel: str
    name: str
    desk: str = ""  # code of the unit that stays accountable for what comes in here
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    previous_aes_key: str = field(default="", repr=False)  # until no message with it is under way
    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    api: str = "https://api.weixin.qq.com"
    public_url: str = ""  # where the status page is found, for links in what we send
    plain: bool = False  # whether unencrypted callbacks are believed
    reply: bool = True  # whether the receipt is told at once
    window_hours: int = 48  # how long after their latest word a person may be written to
    window_messages: int = 5  # and how often; WeChat counted 20 until 2021

    @property
    def aes_keys(self) -> tuple[bytes, ...]:
        """Keys that may open a callback, the current one first."""
        return tuple(key_of(key) for key in (self.aes_key, self.previous_aes_key) if key)


def load(path: Path, *, channels: Collection[str] | None = None) -> dict[Key, Account]:
    """The accounts in the file, by channel and name.

    Raises `AccountsUnusable`, also for a channel that is not one of `channels`.
    """
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as broken:
        raise AccountsUnusable(f"{path}: {broken}") from broken
    accounts: dict[Key, Account] = {}
    entries = held.get("account", [])
    if set(held) - {"account"} or not isinstance(entries, list):
        raise AccountsUnusable(f"{path}: only [[account]] entries are understood")
    for number, entry in enumerate(entries, 1):
        where = f"{path}: [[account]] {number}"
        account = _account(entry, where)
        if channels is not None and account.channel not in channels:
            raise AccountsUnusable(f"{where}: channel must be one of {', '.join(sorted(channels))}")
        if (account.channel, account.name) in accounts:
            raise AccountsUnusable(f"{where}: {account.channel}/{account.name} is there twice")
        accounts[account.channel, account.name] = account
    return accounts


def _account(entry: Any, where: str) -> Account:
    if not isinstance(entry, dict):
        raise AccountsUnusable(f"{where}: not a table")
    types = {known.name: type(known.default) for known in fields(Account)}
    types |= {"channel": str, "name": str}
    for name, value in entry.items():
        if name not in types:
            raise AccountsUnusable(f"{where}: {name} is not a field")
        if type(value) is not types[name]:
            raise AccountsUnusable(f"{where}: {name} must be {types[name].__name__}")
    if missing := {"channel", "name"} - set(entry):
        raise AccountsUnusable(f"{where}: {missing.pop()} is missing")
    account = Account(**entry)
    if complaint := _complaint(account):
        raise AccountsUnusable(f"{where}: {complaint}")
    return account


def _complaint(account: Account) -> str | None:
    for name in ("channel", "name"):
        if not NAME.fullmatch(getattr(account, name)):
            return f"{name} may only have small letters, digits and -"
    for name in ("aes_key", "previous_aes_key"):
        try:
            key_of(getattr(account, name) or "A" * 43)
        except ValueError:
            return f"{name} must be the 43 characters of an EncodingAESKey"
    for name in ("api", "public_url"):
        url = getattr(account, name)
        if url and urlsplit(url).scheme not in {"http", "https"}:
            return f"{name} must begin with http:// or https://"
    if account.window_hours < 1 or account.window_messages < 1:
        return "window_hours and window_messages must be 1 or more"
    return _wechat_complaint(account) if account.channel == "wechat" else None


def _wechat_complaint(account: Account) -> str | None:
    for name in ("token", "app_id"):
        if not getattr(account, name):
            return f"{name} is missing"
    if not account.aes_key and not account.plain:
        return "either give aes_key, or say plain = true"
    return None


class AccountFile:
    """The accounts in `channels.toml`, read again when it changes.

    A mistake in an edit must not make us deaf: the accounts that were good before stay.
    """

    def __init__(self, path: Path, *, channels: Collection[str] | None = None) -> None:
        self.path = path
        self._channels = channels
        self._accounts: Mapping[Key, Account] = {}
        self._stamp: tuple[int, int, int] | None = None
        self._looked_at = float("-inf")
        self._lock = threading.Lock()

    def find(self, channel: str, name: str) -> Account | None:
        """The account, or None. Raises `AccountsUnusable` if the file was never in order."""
        return self.all().get((channel, name))

    def all(self) -> Mapping[Key, Account]:
        """Every account. Raises `AccountsUnusable` if the file was never in order."""
        if time.monotonic() - self._looked_at > LOOK_AGAIN_S:
            with self._lock:
                self._look()
        return self._accounts

    def _look(self) -> None:
        try:
            state = self.path.stat()
            stamp = (state.st_mtime_ns, state.st_size, state.st_ino)
            if stamp != self._stamp:
                self._accounts = load(self.path, channels=self._channels)
                self._stamp = stamp
        except (OSError, AccountsUnusable) as failure:
            if self._stamp is None:
                raise AccountsUnusable(str(failure)) from failure
            log.error("%s; the accounts read before stay in force", failure)
        self._looked_at = time.monotonic()
