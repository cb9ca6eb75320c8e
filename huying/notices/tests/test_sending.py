from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as installed
from pytest_django.fixtures import Settings

from huying.cases.models import Case
from huying.channels.keyed import recipient_hash
from huying.channels.models import SendingWindow
from huying.channels.storage import conninfo
from huying.notices.actions import reply, send_next
from huying.notices.actions.sending import _claim
from huying.notices.models import Notice
from huying.notices.queries import told_of, undelivered
from huying.notices.rules import ATTEMPTS_MAX, LEASE
from huying.notices.tests.cast import (
    AT,
    NOOR,
    a_case,
    accepted,
    answered,
    assessed,
    data,
    minutes,
    officer,
    settled,
    write_accounts,
    wrote,
)
from huying.persons.models import Account
from huying.testing import wechat_wire
from huying.testing.wechat import Answer, FakeWechat

pytestmark = pytest.mark.django_db


class Clock:
    """What time it is for the fake WeChat."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> float:
        return self.at.timestamp()


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Cutting(FakeWechat):
    """Ends every connection to our database as soon as it was told to say something."""

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        given = super().answer(method, path, query, body)
        if path == "/cgi-bin/message/custom/send":
            with psycopg.connect(conninfo(), autocommit=True) as way:
                way.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        return given


@pytest.fixture
def wechat(
    clock: Clock, tmp_path: Path, settings: Settings, request: pytest.FixtureRequest
) -> Iterator[FakeWechat]:
    settings.HUYING_HOME = tmp_path
    theirs = wechat_wire.Account(
        name="health",
        app_id="wx0000000000000001",
        secret="not-a-secret",
        token="health-token",
        aes_key="",
        callback="http://127.0.0.1:9/in/wechat/health",
    )
    sort = getattr(request, "param", FakeWechat)
    with sort([theirs], now=clock) as server:
        write_accounts(tmp_path / "channels.toml", api=server.url)
        yield server


def says(wechat: FakeWechat, at: datetime, openid: str = NOOR) -> None:
    """Somebody wrote to the account, so that WeChat lets us write to them for 48 hours."""
    with wechat._lock:
        wechat._windows["health", openid] = [at.timestamp()]


def received(wechat: FakeWechat) -> list[str]:
    return [sent.text for sent in wechat.sent[NOOR]]


def state(case: Case) -> list[tuple[str, int, bool, bool]]:
    return [
        (one.about, one.attempts, one.sent_at is not None, one.failed_at is not None)
        for one in told_of(case)
    ]


def test_what_is_queued_is_said_once_and_written_down(wechat: FakeWechat) -> None:
    says(wechat, AT)
    case = a_case(given=False)

    assert send_next(at=AT) == 1
    assert send_next(at=minutes(99)) == 0

    (text,) = received(wechat)
    assert text.startswith("您的来信已收到")
    assert data(case, "told") == [{"about": "receipt", "channel": "wechat", "text": text}]
    assert state(case) == [("receipt", 1, True, False)]


def test_words_of_one_case_go_as_one_message_since_each_costs_one_of_five(
    wechat: FakeWechat,
) -> None:
    says(wechat, AT)
    case = a_case(given=False)
    assessed(case, "phone")

    assert send_next(at=AT) == 2

    (text,) = received(wechat)
    assert "回执号" in text
    assert "请把联系电话私信发给我们" in text
    assert [told["about"] for told in data(case, "told")] == ["receipt", "question"]


def test_words_of_two_cases_stay_apart(wechat: FakeWechat) -> None:
    says(wechat, AT)
    answered(a_case())
    answered(a_case())

    send_next(at=AT)

    assert [text.count("解决了请回复1") for text in received(wechat)] == [1, 1]


def test_a_platform_that_is_away_is_asked_again_later_and_not_a_thousand_times(
    wechat: FakeWechat,
) -> None:
    says(wechat, AT)
    for _ in range(20):
        a_case(given=False)
    wechat.daily_quota = 0  # WeChat takes nothing more today

    assert send_next(at=AT) == 16
    assert send_next(at=minutes(1)) == 0

    waiting = Notice.objects.filter(sent_at=None, failed_at=None)
    assert waiting.count() == 20
    assert waiting.filter(attempts=0).count() == 4
    assert all(one.next_at and one.next_at >= minutes(60) for one in waiting)


def test_one_person_who_cannot_be_reached_holds_up_nobody(wechat: FakeWechat) -> None:
    says(wechat, AT)
    gone, here = a_case(given=False, openid="oMax"), a_case(given=False)

    send_next(at=AT)

    assert state(gone) == [("receipt", 1, False, True)]
    assert state(here) == [("receipt", 1, True, False)]


def test_a_window_that_is_closed_is_written_down_for_the_desk(
    wechat: FakeWechat, clock: Clock
) -> None:
    says(wechat, AT)
    case = a_case()
    clock.at = AT + timedelta(hours=49)
    answered(case, at=clock.at)

    send_next(at=clock.at)

    lost = [fact["about"] for fact in data(case, "undelivered")]
    assert lost == ["progress", "result"]
    assert [one.error[:5] for one in undelivered(case)] == ["45015", "45015"]
    assert data(case, "told")[1:] == []


def test_what_could_not_be_said_is_said_once_the_person_writes_again(
    wechat: FakeWechat, clock: Clock
) -> None:
    case = a_case()
    answered(case)
    send_next(at=AT)
    assert received(wechat) == []

    clock.at = minutes(30)
    says(wechat, clock.at)
    wrote(case, "怎么样了", at=clock.at)
    send_next(at=clock.at)

    (text,) = received(wechat)
    assert text.startswith("您的事有结果了")
    assert [one.about for one in undelivered(case)] == ["progress"]


def test_what_is_out_of_date_is_not_said_again(wechat: FakeWechat, clock: Clock) -> None:
    disputed, solved = a_case(), a_case()
    for case in (disputed, solved):
        answered(case)
    send_next(at=AT)
    settled(disputed, at=minutes(5), task=8)
    send_next(at=minutes(5))

    clock.at = minutes(30)
    says(wechat, clock.at)
    wrote(disputed, "怎么样了", at=clock.at)
    wrote(solved, "解决了", at=clock.at)
    send_next(at=clock.at)

    assert len(received(wechat)) == 1
    assert [one.about for one in undelivered(disputed)] == ["progress", "result"]
    assert [one.about for one in undelivered(solved)] == ["progress", "result"]


def test_progress_does_not_use_up_the_messages_that_the_result_needs(wechat: FakeWechat) -> None:
    says(wechat, AT)
    case = a_case()
    window = a_window(case, sent=3)

    accepted(case)
    send_next(at=AT)
    assert received(wechat) == []
    assert data(case, "told")[-1]["channel"] == "page"

    settled(case, at=minutes(1))
    send_next(at=minutes(1))
    assert len(received(wechat)) == 1
    window.refresh_from_db()
    assert window.sent == 4


def a_window(case: Case, *, sent: int) -> SendingWindow:
    """As if so many messages had been said since Noor's latest word."""
    key = recipient_hash(installed.RECEIPT_KEY, "wechat", "health", NOOR)
    return SendingWindow.objects.create(
        channel="wechat", account="health", recipient_hash=key, opened_at=case.opened_at, sent=sent
    )


def test_a_worker_that_died_is_forgotten_after_its_lease(wechat: FakeWechat) -> None:
    says(wechat, AT)
    case = a_case(given=False)
    _claim(AT, 10)  # and then nothing: killed

    assert send_next(at=AT + timedelta(minutes=1)) == 0
    assert send_next(at=AT + LEASE) == 1
    assert len(received(wechat)) == 1
    assert state(case) == [("receipt", 2, True, False)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wechat", [Cutting], indirect=True)
def test_who_was_told_is_not_told_again_when_the_database_ended_in_that_moment(
    wechat: FakeWechat,
) -> None:
    says(wechat, AT)
    case = a_case(given=False)

    assert send_next(at=AT) == 1

    assert state(case) == [("receipt", 1, True, False)]
    assert send_next(at=AT + LEASE) == 0
    assert len(received(wechat)) == 1


def test_a_notice_that_kills_its_worker_each_time_is_given_up(wechat: FakeWechat) -> None:
    case = a_case(given=False)
    Notice.objects.update(attempts=ATTEMPTS_MAX)

    send_next(at=AT)

    assert [fact["why"] for fact in data(case, "undelivered")] == ["0 gave up"]


def test_a_person_whose_address_cannot_be_opened_holds_up_nobody(wechat: FakeWechat) -> None:
    says(wechat, AT)
    broken, sound = a_case(given=False, openid="oMax"), a_case(given=False)
    Account.objects.filter(person=broken.person_id).update(sender_sealed=b"nobody's")

    send_next(at=AT)

    assert state(broken) == [("receipt", 1, False, True)]
    assert state(sound) == [("receipt", 1, True, False)]


def test_a_reply_of_an_officer_goes_out(wechat: FakeWechat) -> None:
    says(wechat, AT)
    case = a_case()
    reply(case, "已派车，今天14:00到楼下。", officer=officer("Ada"), at=AT)

    send_next(at=AT)

    assert received(wechat)[0].startswith("受理席答复：已派车")
