"""What goes out, against a WeChat that refuses what the real one refuses."""

import json
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from huying.channels import actions, queries
from huying.channels.accounts import FILE, load
from huying.channels.models import AccessToken, Attachment, SendingWindow
from huying.channels.sending import Post, Sent, Undeliverable
from huying.channels.tests.accounts import HEALTH, fixture, write
from huying.testing.wechat import FakeWechat, accounts_in

pytestmark = pytest.mark.django_db

AT = datetime(2022, 4, 15, 1, 30, tzinfo=UTC)
OPENID = "oTest-linmei-0000000000000001"


class Clock:
    """The time of WeChat and ours, moved by the tests."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> float:
        return self.at.timestamp()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wechat(home: Path, clock: Clock) -> Iterator[FakeWechat]:
    with FakeWechat(accounts_in(home / FILE), now=clock) as fake:
        (account,) = (each for each in load(home / FILE).values() if each.channel == "wechat")
        write(home / FILE, type(account)(**{**vars(account), "api": fake.url}))
        yield fake


def written_to_us(wechat: FakeWechat, clock: Clock, *names: str) -> None:
    """Linmei writes: WeChat opens its window, and we read what the ear kept."""
    wechat.opened("health", OPENID)
    for name in names or ("text.xml",):
        inbound = actions.keep(
            "wechat",
            "health",
            fixture(name),
            external_id=f"{name}-{clock.at}",
            meta={},
            at=clock.at,
        )
        actions.mark_read([(inbound, queries.message_of(inbound))], at=clock.at)


def say(text: str, clock: Clock, openid: str = OPENID) -> Sent:
    return actions.send("wechat", "health", openid, text, at=clock.at)


def heard(wechat: FakeWechat) -> list[str]:
    with urllib.request.urlopen(f"{wechat.url}/_sent/{OPENID}") as answer:
        return [each["text"] for each in json.load(answer)["sent"]]


def test_what_is_said_arrives(wechat: FakeWechat, clock: Clock) -> None:
    written_to_us(wechat, clock)

    assert say("车已出发，约二十分钟到。", clock) == Sent(1)

    assert heard(wechat) == ["车已出发，约二十分钟到。"]
    assert queries.sends_left("wechat", "health", OPENID, at=clock.at) == 4


def test_a_long_text_goes_in_parts_and_each_part_counts(wechat: FakeWechat, clock: Clock) -> None:
    written_to_us(wechat, clock)

    assert say("长" * 1500, clock) == Sent(3)

    assert "".join(heard(wechat)) == "长" * 1500
    assert queries.sends_left("wechat", "health", OPENID, at=clock.at) == 2


def test_after_five_it_is_over_until_they_write_again(wechat: FakeWechat, clock: Clock) -> None:
    written_to_us(wechat, clock)
    for number in range(5):
        say(f"{number}", clock)
    calls = wechat.calls

    with pytest.raises(Undeliverable) as failure:
        say("5", clock)

    assert (failure.value.code, failure.value.permanent) == (45047, True)
    assert wechat.calls == calls  # we knew; WeChat was not asked
    clock.at += timedelta(hours=1)
    written_to_us(wechat, clock)
    assert say("6", clock) == Sent(1)


def test_after_48_hours_it_is_over(wechat: FakeWechat, clock: Clock) -> None:
    written_to_us(wechat, clock)
    clock.at += timedelta(hours=48)

    with pytest.raises(Undeliverable) as failure:
        say("太晚", clock)

    assert (failure.value.code, failure.value.permanent) == (45015, True)
    assert queries.sends_left("wechat", "health", OPENID, at=clock.at) == 0


@pytest.mark.parametrize("code", [45015, 45047])
def test_when_wechat_counts_otherwise_its_word_holds(
    wechat: FakeWechat, clock: Clock, code: int
) -> None:
    written_to_us(wechat, clock)
    if code == 45015:
        wechat.forget(OPENID)
    else:
        wechat.use_up("health", OPENID)

    with pytest.raises(Undeliverable) as failure:
        say("不行", clock)

    assert (failure.value.code, failure.value.permanent) == (code, True)
    assert queries.sends_left("wechat", "health", OPENID, at=clock.at) == 0


def test_of_somebody_we_know_nothing_about_wechat_decides(wechat: FakeWechat, clock: Clock) -> None:
    with pytest.raises(Undeliverable, match="45015"):
        say("您好", clock)

    wechat.opened("health", OPENID)
    assert say("您好", clock) == Sent(1)
    assert not SendingWindow.objects.exists()


def test_a_refusal_gives_the_place_back(wechat: FakeWechat, clock: Clock) -> None:
    written_to_us(wechat, clock)
    wechat.daily_quota = 0

    with pytest.raises(Undeliverable) as failure:
        say("配额", clock)

    assert (failure.value.code, failure.value.retry_after_s) == (45009, 3600)
    assert queries.sends_left("wechat", "health", OPENID, at=clock.at) == 5


def test_a_token_that_another_program_exchanged_is_exchanged_once(
    wechat: FakeWechat, clock: Clock
) -> None:
    written_to_us(wechat, clock)
    say("一", clock)
    wechat.forget_tokens()

    assert say("二", clock) == Sent(1)

    wechat.forget_tokens()
    with pytest.raises(Undeliverable) as failure:
        say("三", clock)
    assert (failure.value.code, failure.value.permanent) == (40001, False)


def test_a_token_is_fetched_once_and_exchanged_before_it_ends(
    wechat: FakeWechat, clock: Clock
) -> None:
    written_to_us(wechat, clock)
    for number in range(3):
        say(f"{number}", clock)
    assert wechat.calls == 4
    (first,) = AccessToken.objects.all()

    clock.at += timedelta(minutes=116)
    say("3", clock)

    assert wechat.calls == 6
    (second,) = AccessToken.objects.all()
    assert second.sealed != first.sealed
    assert "access_token" not in second.sealed


def test_many_are_told_at_once_and_each_outcome_is_theirs(wechat: FakeWechat, clock: Clock) -> None:
    written_to_us(wechat, clock)
    posts = [
        Post(channel="wechat", account="health", recipient=recipient, text=text)
        for recipient, text in [(OPENID, "一"), ("oStranger", "?"), (OPENID, "二")]
    ]
    posts.append(Post(channel="web", account="site", recipient="x", text="?"))

    outcomes = actions.send_all(posts, at=clock.at)

    assert outcomes[0] == outcomes[2] == Sent(1)
    assert [getattr(outcome, "code", None) for outcome in outcomes] == [None, 45015, None, 0]
    assert heard(wechat) == ["一", "二"]


def test_a_wechat_that_is_not_there_is_tried_again(home: Path, clock: Clock) -> None:
    with pytest.raises(Undeliverable) as failure:
        say("有人吗", clock)

    assert not failure.value.permanent
    assert HEALTH.app_secret not in str(failure.value)


def test_a_wrong_secret_is_told(wechat: FakeWechat, clock: Clock) -> None:
    wechat.accounts["health"].secret = "changed in the console"

    with pytest.raises(Undeliverable, match="appsecret"):
        say("有人吗", clock)


def test_pictures_are_fetched_and_what_is_gone_is_given_up(
    wechat: FakeWechat, clock: Clock
) -> None:
    wechat.media["mediaid-image-0001"] = "image/jpeg", b"\xff\xd8\xff picture"
    written_to_us(wechat, clock, "image.xml", "voice.xml")

    assert actions.fetch_media(at=clock.at) == 1

    picture, voice = Attachment.objects.order_by("id")
    assert bytes(picture.content or b"") == b"\xff\xd8\xff picture"
    assert (picture.size, picture.media_type) == (11, "image/jpeg")
    assert voice.content is None
    assert "40007" in (voice.fault or "")
    for _ in range(6):
        clock.at += timedelta(days=1)
        actions.fetch_media(at=clock.at)
    voice.refresh_from_db()
    assert voice.next_try_at is None
    assert actions.fetch_media(at=clock.at) == 0
