"""A stage in memory: the same stories, with the clock moved instead of slept through."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import time_machine
from django.test import Client

from huying.channels.actions import keep
from huying.channels.registry import CHANNELS, accounts
from huying.config.jobs_table import JOBS
from huying.config.stories.players import Citizen, Officer
from huying.config.stories.stage import Stage
from huying.testing.wechat import FakeWechat, Sent
from huying.testing.wechat_wire import shown, signed

STOPS = 4  # on the way to the story's next line
LOOKS = 3  # what the worker has not done after so many rounds, it will not do


class DjangoBrowser:
    """A browser that reaches the doors without a network."""

    def __init__(self) -> None:
        self.client = Client()

    def get(self, path: str) -> tuple[int, str]:
        answer = self.client.get(path, follow=True)
        return answer.status_code, answer.content.decode()

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
        answer = self.client.post(path, dict(fields), follow=True)
        return answer.status_code, answer.content.decode()


class WechatInMemory:
    """Signed, encrypted callbacks through the channel's own door, and what the fake server got."""

    def __init__(self, server: FakeWechat, now: Callable[[], datetime]) -> None:
        self.server, self.now = server, now

    def push(self, account: str, openid: str, text: str) -> str:
        known = self.server.accounts[account]
        said = {"MsgType": "text", "Content": text}
        body = self.server.body(account, openid, said)
        self.server.open_window(account, openid)
        query, sealed = signed(known, body, str(int(self.now().timestamp())), encrypted=True)
        ours = accounts().find("wechat", account)
        receive = CHANNELS["wechat"].receive
        assert ours
        assert receive
        delivery = receive(ours, query, sealed)
        inbound = keep(
            "wechat",
            account,
            sealed,
            external_id=delivery.external_id,
            meta=delivery.meta,
            at=self.now(),
        )
        reply = shown(known, delivery.answer(inbound.receipt, self.now()).body)
        if reply:
            self.server.sent[openid].append(Sent(account, reply, self.server.now(), passive=True))
        return reply

    def sent(self, openid: str) -> list[str]:
        return [each.text for each in self.server.sent[openid]]


class MovedStage(Stage):
    """`wait` moves the clock, in a few stops, with a worker's round at each."""

    def __init__(
        self, begins: datetime, wechat: FakeWechat, traveller: time_machine.Traveller
    ) -> None:
        super().__init__(begins, say=lambda line: None)
        self.wechat, self.traveller = wechat, traveller
        self.now = begins.astimezone(UTC)

    def citizen(self, account: str, openid: str) -> Citizen:
        door = WechatInMemory(self.wechat, lambda: self.now)
        return Citizen(door, DjangoBrowser(), account, openid)

    def new_officer(self, user: str) -> Officer:
        return Officer(DjangoBrowser(), user, "huying-demo")

    def wait(self, minute: float) -> None:
        until = self.begins.astimezone(UTC) + timedelta(minutes=minute)
        self.work()
        stop = max((until - self.now) / STOPS, timedelta(minutes=1))
        while self.now < until:
            self.now = min(self.now + stop, until)
            self.traveller.move_to(self.now)
            self.work()

    def took_s(self) -> float:
        return (datetime.now(UTC) - self.now).total_seconds()

    def look_again(self) -> Iterator[None]:
        for _ in range(LOOKS):
            self.work()
            yield

    def work(self) -> None:
        """One round of a worker."""
        for job in JOBS:
            if job.name != "report.audit":
                job.run()
