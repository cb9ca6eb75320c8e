"""Pictures and recordings, which WeChat keeps for three days."""

from datetime import timedelta

import httpx

from huying.channels.accounts import Account
from huying.channels.sending import Undeliverable
from huying.channels.wechat import api

KEPT_FOR = timedelta(days=3)
MEDIA_BYTES_MAX = 20 * 1024 * 1024  # WeChat's own limit for a film is 10 MB
PATH = "/cgi-bin/media/get"


def fetch(account: Account, token: str, media_id: str) -> tuple[str, bytes]:
    """Type and bytes of what `media_id` names. Raises `TokenRefused`, `Undeliverable`.

    Uses no database.
    """
    params = {"access_token": token, "media_id": media_id}
    try:
        with api.client().stream("GET", f"{account.api}{PATH}", params=params) as answer:
            content = _limited(answer)
    except httpx.HTTPError as failure:
        raise Undeliverable(0, type(failure).__name__, retry_after_s=60) from None
    media_type = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if answer.status_code != 200 or media_type in {"application/json", "text/plain"}:
        api.checked(httpx.Response(answer.status_code, content=content))
        raise Undeliverable(0, "no media in the answer", retry_after_s=None)
    return media_type, content


def _limited(answer: httpx.Response) -> bytes:
    chunks, size = [], 0
    for chunk in answer.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > MEDIA_BYTES_MAX:
            raise Undeliverable(0, "too large", retry_after_s=None)
    return b"".join(chunks)
