"""A stage over HTTP: a server that runs, its fake WeChat, and a clock that runs faster."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import httpx

from huying.config.stories.players import Citizen, Officer, Stumbled
from huying.config.stories.stage import Stage

LOOK_EVERY_S = 0.1
PATIENCE_S = 10.0  # for what should take the program a second, on a machine that is busy
TIMEOUT_S = 15.0


class HttpBrowser:
    """A browser on one site."""

    def __init__(self, server: str) -> None:
        self.client = httpx.Client(
            base_url=server, timeout=TIMEOUT_S, follow_redirects=True, trust_env=False
        )

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path)

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
        token = self.client.cookies.get("csrftoken") or ""
        headers = {"X-CSRFToken": token, "Referer": str(self.client.base_url)}
        return self._ask("POST", path, data=dict(fields), headers=headers)

    def _ask(self, method: str, path: str, **sent: Any) -> tuple[int, str]:
        try:
            answer = self.client.request(method, path, **sent)
        except httpx.HTTPError as why:
            raise Stumbled(f"{path}: {why!r}") from why
        return answer.status_code, answer.text


class HttpWechat:
    """The fake WeChat that runs beside the server."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=TIMEOUT_S, trust_env=False)

    def push(self, account: str, openid: str, text: str) -> str:
        said = {"account": account, "openid": openid, "text": text}
        answer = self._ask("POST", "/_push", json=said)
        if answer.get("status") != httpx.codes.OK:
            raise Stumbled(f"the callback was answered with status {answer.get('status')}")
        return str(answer["reply"])

    def sent(self, openid: str) -> list[str]:
        return [str(each["text"]) for each in self._ask("GET", f"/_sent/{openid}")["sent"]]

    def _ask(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        answering = self.client.base_url
        try:
            answer: dict[str, Any] = self.client.request(method, path, **sent).json()
        except (httpx.HTTPError, ValueError) as why:
            told = f"{type(why).__name__}: {why}"
            raise Stumbled(f"no answer from the fake WeChat at {answering}: {told}") from why
        return answer


class LiveStage(Stage):
    """`speed`: how many minutes of the story pass in one real minute."""

    def __init__(
        self,
        *,
        server: str,
        wechat: str,
        password: str,
        speed: float,
        begins: datetime,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(begins, say)
        self.server, self.wechat, self.password, self.speed = server, wechat, password, speed
        self._started = self._waited = time.monotonic()
        # People of an earlier run are known here, so each run has people of its own.
        self._run = f"{int(time.time()):x}"

    def citizen(self, account: str, openid: str) -> Citizen:
        own = openid + self._run
        return Citizen(HttpWechat(self.wechat), HttpBrowser(self.server), account, own)

    def new_officer(self, user: str) -> Officer:
        return Officer(HttpBrowser(self.server), user, self.password)

    def wait(self, minute: float) -> None:
        if not self.steps:
            self._started = time.monotonic() - minute * 60 / self.speed
        ahead = self._started + minute * 60 / self.speed - time.monotonic()
        time.sleep(max(0.0, ahead))
        self._waited = time.monotonic()

    def took_s(self) -> float:
        return time.monotonic() - self._waited

    def look_again(self) -> Iterator[None]:
        patience = time.monotonic() + PATIENCE_S
        while time.monotonic() < patience:
            yield
            time.sleep(LOOK_EVERY_S)
