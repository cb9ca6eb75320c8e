"""WeChat's HTTP API: one call, its error codes, and the token that opens it."""

import atexit
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction

from huying.channels.accounts import Account
from huying.channels.keyed import seal, unseal
from huying.channels.models import AccessToken
from huying.channels.sending import TokenRefused, Undeliverable

CALL_WITHIN_S = 5.0
CONNECTIONS_MAX = 16  # at once to one platform; below what any of its limits counts
# A token is exchanged this long before it ends: WeChat gives a new one from then on, and
# lets the old one live as long beside it.
EXCHANGED_BEFORE = timedelta(minutes=5)
FORCED_APART = timedelta(minutes=75)  # WeChat forces 20 times a day and no more
RETRY_AFTER_S = 30

TOKEN_REFUSED = frozenset({40001, 40014, 42001})
# developers.weixin.qq.com, 全局返回码. Seconds until the same call may work; None: never.
RETRY: Mapping[int, int | None] = {
    -1: 10,  # the system is busy
    45009: 3600,  # today's quota is used up
    45011: 60,  # too often this minute
    40003: None,  # no such openid
    40007: None,  # no such media, or no more
    43004: None,  # they do not follow us
    45002: None,  # too long
    45015: None,  # more than 48 hours since their latest word
    45047: None,  # five messages since their latest word
    48001: None,  # this account may not use this call
    50002: None,  # the account is suspended
}
CLOSES_WINDOW = frozenset({45015, 45047})

# It would write every address into the log, and with it the token.
logging.getLogger("httpx").setLevel(logging.WARNING)


def call(account: Account, path: str, *, token: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST `body` and give back WeChat's answer.

    Raises `TokenRefused`, or `Undeliverable` for everything else that WeChat or the way to it
    did not like. May be called from any thread; uses no database.
    """
    url = f"{account.api}{path}"
    try:
        # The token goes in the address, as WeChat wants it: keep it out of what is logged.
        answer = client().post(url, params={"access_token": token} if token else None, json=body)
    except httpx.ConnectError:
        raise _away("not reached") from None
    except httpx.HTTPError as failure:
        raise _away(type(failure).__name__, is_uncertain=True) from None
    return checked(answer)


def checked(answer: httpx.Response) -> dict[str, Any]:
    """The JSON of WeChat's answer, if it says yes. Raises as `call` does."""
    if answer.status_code != 200:
        raise _away(f"HTTP {answer.status_code}")
    try:
        values = dict(answer.json())
        code = int(values.get("errcode", 0))
    except (ValueError, TypeError):
        raise _away("not JSON", is_uncertain=True) from None
    if code in TOKEN_REFUSED:
        raise TokenRefused(str(code))
    if code:
        failure = Undeliverable(
            code, str(values.get("errmsg", ""))[:200], retry_after_s=RETRY.get(code, RETRY_AFTER_S)
        )
        failure.closes_window = code in CLOSES_WINDOW
        raise failure
    return values


def _away(reason: str, *, is_uncertain: bool = False) -> Undeliverable:
    failure = Undeliverable(0, reason, retry_after_s=RETRY_AFTER_S)
    failure.is_uncertain = is_uncertain
    return failure


@transaction.atomic
def access_token(account: Account, *, refused: str = "", at: datetime) -> str:
    """The token of `account`, shared by all our processes; fetched when there is none or it ends.

    `refused` is a token that WeChat did not take: if it is still ours, another is forced, at
    most every 75 minutes. Raises `Undeliverable`.
    """
    AccessToken.objects.bulk_create(
        [AccessToken(channel=account.channel, account=account.name, sealed="")],
        ignore_conflicts=True,
    )
    # Whoever comes second waits here, and then finds the token that the first one fetched.
    held = AccessToken.objects.select_for_update().get(
        channel=account.channel, account=account.name
    )
    token = unseal(settings.RECEIPT_KEY, held.sealed)
    is_refused = bool(refused) and token == refused
    if token and not is_refused and held.expires_at and held.expires_at - EXCHANGED_BEFORE > at:
        return token
    if is_refused:
        if held.forced_at and held.forced_at + FORCED_APART > at:
            raise Undeliverable(40001, "the token was refused again", retry_after_s=RETRY_AFTER_S)
        held.forced_at = at
    answer = _fetched(account, is_forced=is_refused)
    token = str(answer["access_token"])
    held.sealed = seal(settings.RECEIPT_KEY, token)
    held.fetched_at = at
    held.expires_at = at + timedelta(seconds=int(answer["expires_in"]))
    held.save()
    return token


def _fetched(account: Account, *, is_forced: bool) -> dict[str, Any]:
    body = {
        "grant_type": "client_credential",
        "appid": account.app_id,
        "secret": account.app_secret,
        "force_refresh": is_forced,
    }
    try:
        answer = call(account, "/cgi-bin/stable_token", token="", body=body)
    except TokenRefused as refusal:
        # 40001 is also what WeChat says to a wrong app_secret.
        raise Undeliverable(40001, "app_secret refused", retry_after_s=3600) from refusal
    if not isinstance(answer.get("access_token"), str) or "expires_in" not in answer:
        raise _away("no token in the answer")
    return answer


@cache
def client() -> httpx.Client:
    """One client for all threads, so that connections are used again."""
    limits = httpx.Limits(max_connections=CONNECTIONS_MAX)
    made = httpx.Client(timeout=CALL_WITHIN_S, limits=limits, headers={"user-agent": "huying"})
    atexit.register(made.close)
    return made
