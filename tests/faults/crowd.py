"""People who write to us through WeChat, which tries three times and then forgets what they said.

Whether a message was acknowledged is all that they and WeChat know; the books must agree.
"""

import http.client
import itertools
import json
import random
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode, urlsplit

from huying.testing.wechat import accounts_in
from huying.testing.wechat_wire import Account, shown, signed, xml

ANSWER_WITHIN_S = 5.0
TRIES = 3
REPEATED_SHARE = 0.1  # of what was acknowledged is delivered once more, as platforms do
CODE = re.compile(r"/s/([A-Z0-9]{12})")
# All invented. Each person says theirs within a second, so that their messages race.
STORIES: Sequence[Sequence[str]] = (
    ("我妈妈发烧39度，家里退烧药吃完了", "我们住在福田区沙头街道上沙社区", "电话 19900001201"),
    ("孩子两天没有奶粉了，小区出不去", "南山区粤海街道蔚蓝海岸社区3栋"),
    ("父亲每周三次透析，明天的车还没有着落", "罗湖区桂园街道老围社区", "19900001202"),
    ("孕38周，刚才见红，肚子一阵一阵疼，叫不到车", "龙华区民治街道"),
    ("独居老人，三天没吃上热饭，请问能送餐吗",),
    ("楼上漏水一周了，物业不管",),
    ("😀",),
    ("谢谢你们，辛苦了",),
    ("我是听障人士，不能打电话，需要去医院复查", "请发文字给我"),
    ("胸口很闷，喘不上气，一个人在家", "福田区福保街道明月社区2栋", "19900001203"),
)
ACCOUNTS = ("health", "civil")


@dataclass(frozen=True)
class Letter:
    """One message of one person, as WeChat holds it."""

    external_id: str
    openid: str
    account: str
    text: str
    encrypted: bool


@dataclass
class Told:
    """What came of it."""

    letter: Letter
    acknowledged: bool = False
    tries: int = 0
    receipts: list[str] = field(default_factory=list)  # what the writer was shown
    began_at: float = 0.0  # of the try that was answered, on the steady clock
    ended_at: float = 0.0
    refused: list[int] = field(default_factory=list)  # 0: no answer


def letters(seed: int, first: int) -> Iterator[Letter]:
    """People without end; those of one person follow each other."""
    chosen = random.Random(seed)
    numbers = itertools.count(first)
    for person in itertools.count(1):
        account = chosen.choice(ACCOUNTS)
        for text in chosen.choice(STORIES):
            yield Letter(
                external_id=str(next(numbers)),
                openid=f"oFault{seed}x{person}",
                account=account,
                text=text,
                encrypted=chosen.random() < 2 / 3,
            )


class Crowd:
    """Writes from several threads at a steady rate while the block lasts."""

    def __init__(self, home: Path, *, seed: int, rate: float, threads: int = 4) -> None:
        known = accounts_in(home / "channels.toml")
        self.accounts: dict[str, Account] = {account.name: account for account in known}
        self.wechat = _wechat_of(home)
        self.told: list[Told] = []
        self._rate, self._threads = rate, threads
        # WeChat's numbers have 19 digits and only ever grow.
        self._letters = letters(seed, time.time_ns())
        self._chosen = random.Random(seed)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._running: list[threading.Thread] = []
        self._failures: list[BaseException] = []

    def __enter__(self) -> "Crowd":
        began = time.monotonic()
        for number in range(self._threads):
            thread = threading.Thread(target=self._write, args=(number, began), daemon=True)
            self._running.append(thread)
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        for thread in self._running:
            thread.join(ANSWER_WITHIN_S * TRIES + 5)
        if failure is None:
            assert not self._failures, self._failures

    @property
    def acknowledged(self) -> list[Told]:
        """The messages that we said we keep."""
        with self._lock:
            return [each for each in self.told if each.acknowledged]

    def first_after(self, moment: float) -> float | None:
        """Seconds from `moment` to the first acknowledgement of a try that began after it."""
        answered = [each.ended_at for each in self.acknowledged if each.began_at >= moment]
        return min(answered) - moment if answered else None

    def silence_after(self, moment: float) -> float:
        """The longest time from `moment` on, in seconds, in which nothing was acknowledged."""
        ends = sorted(each.ended_at for each in self.acknowledged if each.ended_at > moment)
        return max(b - a for a, b in itertools.pairwise([moment, *ends, time.monotonic()]))

    def write(self, count: int) -> list[Told]:
        """Write so many messages one after the other, in the thread of whoever calls."""
        return [self._send(self._next()) for _ in range(count)]

    def _write(self, number: int, began: float) -> None:
        try:
            for turn in itertools.count():
                due = began + (turn * self._threads + number) / self._rate
                if self._stopping.wait(max(0.0, due - time.monotonic())):
                    return
                told = self._send(self._next())
                if told.acknowledged and self._chosen.random() < REPEATED_SHARE:
                    self._send(told.letter)
        except BaseException as failure:
            self._failures.append(failure)

    def _next(self) -> Letter:
        with self._lock:
            return next(self._letters)

    def _send(self, letter: Letter) -> Told:
        self._opened(letter)
        told = Told(letter)
        for _ in range(TRIES):
            told.tries += 1
            told.began_at = time.monotonic()
            status, answer = self._try(letter)
            told.ended_at = time.monotonic()
            if status == 200:
                told.acknowledged = True
                told.receipts += CODE.findall(shown(self.accounts[letter.account], answer))
                break
            told.refused.append(status)
        with self._lock:
            self.told.append(told)
        return told

    def _try(self, letter: Letter) -> tuple[int, bytes]:
        """One callback: its status and body; status 0 if there was no answer in time."""
        account = self.accounts[letter.account]
        body = xml(
            {
                "ToUserName": account.original_id,
                "FromUserName": letter.openid,
                "CreateTime": int(letter.external_id) // 10**9,
                "MsgType": "text",
                "Content": letter.text,
                "MsgId": int(letter.external_id),
            }
        )
        query, content = signed(account, body, str(int(time.time())), encrypted=letter.encrypted)
        target = urlsplit(account.callback)
        try:
            with _way(target.netloc) as way:
                way.request("POST", f"{target.path}?{urlencode(query)}", content)
                answer = way.getresponse()
                return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""

    def _opened(self, letter: Letter) -> None:
        """Let the fake WeChat know that they wrote, so that it lets us write to them."""
        said = json.dumps({"account": letter.account, "openid": letter.openid})
        with _way(self.wechat) as way:
            way.request("POST", "/_opened", said)
            way.getresponse().read()

    def received(self, openid: str) -> list[str]:
        """What reached this person besides the answers to their own messages."""
        with _way(self.wechat) as way:
            way.request("GET", f"/_sent/{openid}")
            sent = json.loads(way.getresponse().read())["sent"]
        return [str(each["text"]) for each in sent if not each["passive"]]


@contextmanager
def _way(place: str) -> Iterator[http.client.HTTPConnection]:
    way = http.client.HTTPConnection(place, timeout=ANSWER_WITHIN_S)
    try:
        yield way
    finally:
        way.close()


def _wechat_of(home: Path) -> str:
    found = re.search(r'^api = "http://([^"]+)"', (home / "channels.toml").read_text(), re.M)
    assert found
    return found[1]
