"""A WeChat of our own: a real server with WeChat's limits and errors, and people who write.

It is written apart from the room `channels` and shares no line with it, so that a
misunderstanding there does not meet its twin here. Limits and codes are those of
developers.weixin.qq.com (客服消息, 获取稳定版接口调用凭据, 消息加解密说明).
"""

import argparse
import base64
import http.client
import json
import secrets
import threading
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from huying.testing.wechat_wire import TEXT_BYTES_MAX, Account, Fields, shown, signed, xml

ANSWER_WITHIN_S = 5.0
TRIES = 3
WINDOW_S = 48 * 3600
WINDOW_MESSAGES = 5
TOKEN_S = 7200
TOKEN_OVERLAP_S = 300
FORCED_A_DAY = 20
FORCED_APART_S = 30
Answer = tuple[int, str, bytes]  # status, type, body


class Refusal(Exception):
    """What WeChat answers instead: errcode and errmsg."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


@dataclass
class Pushed:
    """What came of one callback: the last HTTP status (0: none), and what the writer saw."""

    status: int
    reply: str
    tries: int


@dataclass
class Sent:
    """What somebody received. `passive`: in the answer to their own message."""

    account: str
    text: str
    at: float
    passive: bool


@dataclass
class Held:
    """What WeChat knows of one account's tokens."""

    tokens: dict[str, float] = field(default_factory=dict)  # token → when it ends
    current: str = ""
    forced_at: list[float] = field(default_factory=list)


def accounts_in(path: Path) -> list[Account]:
    """The accounts that a `channels.toml` describes, seen from the other side."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["account"]
    return [
        Account(
            name=entry["name"],
            app_id=entry["app_id"],
            secret=entry["app_secret"],
            token=entry["token"],
            aes_key=entry.get("aes_key", ""),
            callback=f"{entry['public_url']}/in/wechat/{entry['name']}",
        )
        for entry in entries
        if entry["channel"] == "wechat"
    ]


class FakeWechat:
    """The server and its people. `now` gives seconds since 1970 and may be any clock."""

    def __init__(
        self, accounts: list[Account], *, now: Callable[[], float] = time.time, port: int = 0
    ) -> None:
        self.accounts = {account.name: account for account in accounts}
        self.now = now
        self.sent: dict[str, list[Sent]] = defaultdict(list)
        self.media: dict[str, tuple[str, bytes]] = {}
        self.daily_quota = 500_000
        self.calls = 0
        self._held: dict[str, Held] = defaultdict(Held)
        self._windows: dict[tuple[str, str], list[float]] = {}  # opened at, one more per message
        self._message_id = int(time.time() * 1000) * 10_000
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    @property
    def url(self) -> str:
        """Where it listens: the `api` of an account."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "FakeWechat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        """Serve until the process ends."""
        self._server.serve_forever(poll_interval=0.05)

    # What people do.

    def push(
        self,
        account: str,
        openid: str,
        text: str | None = None,
        *,
        message_id: int | None = None,
        encrypted: bool = True,
        **fields: str | float,
    ) -> Pushed:
        """Somebody writes: one callback, tried as WeChat tries it.

        Anything else than text is said with WeChat's own fields (`MsgType="image"`, …).
        """
        fields = {"MsgType": "text", "Content": text, **fields} if text is not None else fields
        body = self.body(account, openid, fields, message_id=message_id)
        if fields.get("MsgType") != "event":
            self.opened(account, openid)
        pushed = self.post(account, body, encrypted=encrypted)
        if pushed.reply:
            self.sent[openid].append(Sent(account, pushed.reply, self.now(), passive=True))
        return pushed

    def open_window(self, account: str, openid: str) -> None:
        """They wrote: the account may write to them for a while."""
        with self._lock:
            self._windows[account, openid] = [self.now()]

    def body(
        self, account: str, openid: str, fields: Fields, *, message_id: int | None = None
    ) -> bytes:
        """The XML of one callback, before it is encrypted."""
        with self._lock:
            self._message_id += 1
            number = message_id or self._message_id
        head: dict[str, str | int | float] = {
            "ToUserName": self.accounts[account].original_id,
            "FromUserName": openid,
            "CreateTime": int(self.now()),
        }
        tail: dict[str, str | int | float] = (
            {} if fields.get("MsgType") == "event" else {"MsgId": number}
        )
        return xml({**head, **fields, **tail})

    def post(self, account: str, body: bytes, *, encrypted: bool) -> Pushed:
        """Post `body` signed to the account's callback: 5 s, then again, three times in all."""
        known = self.accounts[account]
        target = urlsplit(known.callback)
        status, answer = 0, b""
        for number in range(1, TRIES + 1):
            query, content = signed(known, body, str(int(self.now())), encrypted=encrypted)
            path = f"{target.path}?{urlencode(query)}"
            try:
                way = http.client.HTTPConnection(target.netloc, timeout=ANSWER_WITHIN_S)
                way.request("POST", path, content, {"content-type": "text/xml"})
                response = way.getresponse()
                status, answer = response.status, response.read()
            except (OSError, http.client.HTTPException):
                status = 0
            finally:
                way.close()
            if status == 200:
                return Pushed(status, shown(known, answer), number)
        return Pushed(status, "", TRIES)

    # What the server answers.

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """One call of the API, or of what stories ask (`/_…`)."""
        with self._lock:
            self.calls += 1
        try:
            if (method, path) == ("GET", "/cgi-bin/media/get"):
                self._account_of(query.get("access_token", ""))
                return self._media(query.get("media_id", ""))
            return _json(self._called(method, path, query, body))
        except Refusal as refusal:
            return _json({"errcode": refusal.code, "errmsg": refusal.message})
        except (ValueError, KeyError, TypeError):
            return _json({"errcode": 47001, "errmsg": "data format error"})

    def _called(
        self, method: str, path: str, query: Mapping[str, str], body: bytes
    ) -> dict[str, Any]:
        if method == "GET" and path.startswith("/_sent/"):
            return {"sent": [asdict(each) for each in self.sent.get(path[len("/_sent/") :], [])]}
        given = json.loads(body or b"{}")
        if path == "/_push":
            return asdict(self.push(given.pop("account"), given.pop("openid"), **given))
        if path == "/_opened":
            self.opened(given["account"], given["openid"])
            return {}
        if path == "/_media":
            return {"media_id": self.hold(given["type"], base64.b64decode(given["content"]))}
        if path == "/cgi-bin/stable_token":
            return self._token(given)
        if path == "/cgi-bin/message/custom/send":
            return self._custom_send(self._account_of(query.get("access_token", "")), given)
        raise Refusal(40066, "invalid url")

    def hold(self, media_type: str, content: bytes) -> str:
        """Keep a picture or a recording; the MediaId that a message may carry."""
        media_id = secrets.token_urlsafe(32)
        self.media[media_id] = media_type, content
        return media_id

    def opened(self, account: str, openid: str) -> None:
        """They wrote: five messages within 48 hours from now."""
        with self._lock:
            self._windows[account, openid] = [self.now()]

    def use_up(self, account: str, openid: str) -> None:
        """As if another program had said five things to them."""
        with self._lock:
            self._windows[account, openid] += [self.now()] * WINDOW_MESSAGES

    def forget(self, openid: str) -> None:
        """As if they had never written, or follow the account no more."""
        with self._lock:
            for key in [key for key in self._windows if key[1] == openid]:
                del self._windows[key]

    def forget_tokens(self) -> None:
        """As if another program had forced new tokens: those given out are refused from now on."""
        with self._lock:
            self._held.clear()

    def _token(self, given: Mapping[str, Any]) -> dict[str, Any]:
        found = [each for each in self.accounts.values() if each.app_id == given["appid"]]
        if not found:
            raise Refusal(40013, "invalid appid")
        if not secrets.compare_digest(found[0].secret, str(given["secret"])):
            raise Refusal(40125, "invalid appsecret")
        if given["grant_type"] != "client_credential":
            raise Refusal(40002, "invalid grant_type")
        with self._lock:
            held, now = self._held[found[0].name], self.now()
            if given.get("force_refresh"):
                held.forced_at = [at for at in held.forced_at if at > now - 86400]
                if len(held.forced_at) >= FORCED_A_DAY or now - FORCED_APART_S < max(
                    held.forced_at, default=0
                ):
                    raise Refusal(45009, "reach max api daily quota limit")
                held.forced_at.append(now)
                held.tokens.clear()
                held.current = ""
            if held.tokens.get(held.current, 0) - TOKEN_OVERLAP_S <= now:
                held.current = secrets.token_urlsafe(96)
                held.tokens[held.current] = now + TOKEN_S
            return {
                "access_token": held.current,
                "expires_in": int(held.tokens[held.current] - now),
            }

    def _account_of(self, token: str) -> Account:
        for name, held in self._held.items():
            ends = held.tokens.get(token)
            if ends and ends > self.now():
                return self.accounts[name]
            if ends:
                raise Refusal(42001, "access_token expired")
        raise Refusal(40001, "invalid credential, access_token is invalid or not latest")

    def _custom_send(self, account: Account, given: Mapping[str, Any]) -> dict[str, Any]:
        openid, text = str(given["touser"]), str(given["text"]["content"])
        with self._lock:
            self.daily_quota -= 1
            if self.daily_quota < 0:
                raise Refusal(45009, "reach max api daily quota limit")
            if len(text.encode()) > TEXT_BYTES_MAX:
                raise Refusal(45002, "content size out of limit")
            window = self._windows.get((account.name, openid), [])
            if not window or self.now() - window[0] >= WINDOW_S:
                raise Refusal(45015, "response out of time limit or subscription is canceled")
            if len(window) > WINDOW_MESSAGES:
                raise Refusal(45047, "out of response count limit")
            window.append(self.now())
            self.sent[openid].append(Sent(account.name, text, self.now(), passive=False))
        return {"errcode": 0, "errmsg": "ok"}

    def _media(self, media_id: str) -> Answer:
        if media_id not in self.media:
            raise Refusal(40007, "invalid media_id")
        media_type, content = self.media[media_id]
        return 200, media_type, content


def _json(values: Mapping[str, Any]) -> Answer:
    return 200, "application/json; encoding=utf-8", json.dumps(values, ensure_ascii=False).encode()


def _handler(wechat: FakeWechat) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("content-length", 0))))

        def _answer(self, body: bytes) -> None:
            target = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(target.query).items()}
            status, media_type, content = wechat.answer(self.command, target.path, query, body)
            self.send_response(status)
            self.send_header("content-type", media_type)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: what people write does not belong in a log."""

    return Handler


def main() -> None:
    """Serve the accounts of a `channels.toml` until the process ends."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--port", type=int, default=0)
    chosen = parser.parse_args()
    FakeWechat(accounts_in(chosen.file), port=chosen.port).serve()


if __name__ == "__main__":
    main()
