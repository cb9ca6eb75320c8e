"""A message becomes a case, or part of one: once, whoever reads it, and keeping nobody waiting."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from huying.cases.actions import record
from huying.cases.facts import Fact, Merged
from huying.cases.lifecycle import Move
from huying.cases.models import Case
from huying.cases.tests.people import officer, town
from huying.channels.models import Inbound
from huying.intake.actions import LINKED_WITHIN, read_next, write_down
from huying.intake.models import Filing
from huying.intake.queries import case_of_receipt, receipt_of
from huying.intake.rules import WORDS_MAX, Outcome, words
from huying.intake.tests.people import fills_in, follows, kept, listen, writes
from huying.testing.threads import at_once
from huying.testing.time import Time


@dataclass(frozen=True, kw_only=True)
class Ended(Fact, kind="test.ended", move=Move.CONFIRM):
    """The person says so; the real one belongs to a later room."""


@dataclass(frozen=True, kw_only=True)
class SentAway(Fact, kind="test.sentaway", move=Move.DECLINE):
    """Not ours; the real one belongs to a later room."""


def outcomes() -> list[str]:
    return list(Filing.objects.order_by("inbound_id").values_list("outcome", flat=True))


def said(case: Case) -> list[str]:
    kinds = ["intake.opened", "intake.wrote", "intake.typed"]
    lines = case.timeline.filter(kind__in=kinds).order_by("number")
    return [data["words"] for data in lines.values_list("data", flat=True)]


def test_a_message_opens_a_case_and_the_desk_is_accountable(time: Time) -> None:
    writes("家里断粮两天了", at=time.now)

    assert read_next(at=time.passes(seconds=1)) == 1

    case = Case.objects.get()
    assert (case.desk_id, case.state, case.opened_at) == ("desk", "new", time.passes(seconds=-1))
    assert said(case) == ["家里断粮两天了"]
    assert outcomes() == [Outcome.OPENED]


def test_reading_twice_changes_nothing(time: Time) -> None:
    writes("家里断粮两天了", at=time.now)
    writes("家里断粮两天了", at=time.now)  # platforms deliver twice

    assert read_next(at=time.now) == 1
    assert read_next(at=time.now) == 0
    assert Case.objects.count() == 1


def test_two_messages_of_one_person_in_one_batch_are_one_case(time: Time) -> None:
    writes("家里断粮了", at=time.now, number=1)
    writes("孩子才两岁", at=time.passes(seconds=5), number=2)
    writes("另外一个人", at=time.now, number=3, sender="mia")

    read_next(at=time.now)

    assert outcomes() == [Outcome.OPENED, Outcome.JOINED, Outcome.OPENED]
    assert said(Case.objects.earliest("pk")) == ["家里断粮了", "孩子才两岁"]


def test_the_next_message_joins_the_open_case(time: Time) -> None:
    writes("家里断粮了", at=time.now)
    read_next(at=time.now)
    writes("有人吗", at=time.passes(hours=1), number=2)
    read_next(at=time.now)

    assert outcomes() == [Outcome.OPENED, Outcome.JOINED]


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_case_of_one_persons_messages(
    tmp_path: Path, settings: Settings
) -> None:
    settings.HUYING_HOME = tmp_path
    listen(tmp_path)
    town()
    time = Time()
    senders = ["noor", "mia", "noor", "mia", "zoe", "noor", "mia", "zoe"]
    for number, sender in enumerate([*senders, *reversed(senders)], 1):
        writes(f"第{number}条", at=time.now, number=number, sender=sender)

    def reads() -> None:
        while read_next(at=time.now, limit=2):
            pass

    at_once(reads, reads, reads)
    reads()

    assert Case.objects.count() == 3
    assert Filing.objects.count() == 16
    for case in Case.objects.all():
        numbers = list(case.timeline.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))


def test_what_cannot_be_read_stays_and_keeps_nobody_waiting(time: Time) -> None:
    kept("<xml>half", "broken", at=time.now)
    writes("家里断粮了", at=time.now)

    assert read_next(at=time.now) == 2

    broken = Inbound.objects.get(external_id="broken")
    assert broken.read_at is None
    assert broken.unreadable
    assert Case.objects.count() == 1
    assert read_next(at=time.now) == 0
    assert read_next(at=time.passes(minutes=2)) == 1  # tried again later


def test_a_parser_that_fails_is_as_if_it_could_not_read(
    time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(inbound: Inbound) -> None:
        raise RuntimeError("家里断粮了")

    writes("家里断粮了", at=time.now)
    monkeypatch.setattr("huying.intake.actions.message_of", fails)

    assert read_next(at=time.now) == 1

    assert Inbound.objects.get().unreadable == "our parser failed: RuntimeError"


def test_who_only_follows_the_account_says_nothing(time: Time) -> None:
    follows(at=time.now)

    read_next(at=time.now)

    assert outcomes() == [Outcome.SILENT]
    assert Case.objects.count() == 0


def test_words_after_the_end_are_kept_with_the_case(time: Time) -> None:
    writes("家里断粮了", at=time.now)
    read_next(at=time.now)
    record(Case.objects.get(), Ended(), by="person", at=time.now)
    writes("谢谢", at=time.passes(days=1), number=2)
    read_next(at=time.now)

    assert outcomes() == [Outcome.OPENED, Outcome.LINKED]


@pytest.mark.parametrize("end", [Ended(), SentAway()], ids=["closed", "declined"])
def test_words_long_after_the_end_are_a_new_case(time: Time, end: Fact) -> None:
    writes("家里断粮了", at=time.now)
    read_next(at=time.now)
    record(Case.objects.get(), end, by="person", at=time.now)

    time.now += LINKED_WITHIN
    writes("暖气坏了", at=time.now, number=2)
    read_next(at=time.now)

    assert outcomes() == [Outcome.OPENED, Outcome.OPENED]


def two_cases_of_noor(time: Time) -> tuple[Case, Case]:
    cases = []
    for number in (1, 2):
        writes("家里断粮了", at=time.now, number=number)
        read_next(at=time.now)
        cases.append(Case.objects.latest("pk"))
        record(cases[-1], Ended(), by="person", at=time.now)
        time.now += LINKED_WITHIN
    return cases[0], cases[1]


def test_words_follow_a_case_that_was_merged(time: Time) -> None:
    first, second = two_cases_of_noor(time)
    Case.objects.filter(pk=second.pk).update(state="merged", merged_into=first, closed_at=None)
    Case.objects.filter(pk=first.pk).update(state="open", closed_at=None)

    writes("有人吗", at=time.now, number=3)
    read_next(at=time.now)

    assert Filing.objects.latest("inbound_id").case == first


def test_a_ring_of_merged_cases_hangs_nobody(time: Time) -> None:
    first, second = two_cases_of_noor(time)
    Case.objects.filter(pk=second.pk).update(state="merged", merged_into=first, closed_at=None)
    Case.objects.filter(pk=first.pk).update(state="merged", merged_into=second, closed_at=None)

    writes("有人吗", at=time.now, number=3)
    read_next(at=time.now)

    assert Filing.objects.latest("inbound_id").case_id


def test_nobodys_words_go_to_a_strangers_case(time: Time) -> None:
    for number, sender in ((1, "noor"), (2, "mia")):
        writes("家里断粮了", at=time.now, number=number, sender=sender)
        read_next(at=time.now)
    noors, mias = Case.objects.order_by("pk")
    merged = Merged(into=mias.pk, into_reference=mias.reference)
    record(noors, merged, by="officer:1", at=time.now)

    writes("我家门牌是", at=time.passes(minutes=1), number=3)
    read_next(at=time.now)

    assert said(mias) == ["家里断粮了"]
    assert outcomes()[-1] == Outcome.OPENED


def test_a_form_from_the_persons_own_page_joins_its_case(time: Time) -> None:
    receipt = fills_in("家里断粮了", at=time.now).receipt
    read_next(at=time.now)
    fills_in("电话打不通", at=time.passes(minutes=1), number=2, receipt=receipt)
    fills_in("请发短信", at=time.now, number=3, receipt=receipt)

    read_next(at=time.now)

    case = case_of_receipt(receipt)
    assert case is not None
    assert said(case)[1:] == ["电话打不通", "请发短信"]
    assert receipt_of(case) == receipt


def test_a_form_and_a_message_of_one_case_in_one_batch(time: Time) -> None:
    receipt = writes("家里断粮了", at=time.now).receipt
    read_next(at=time.now)
    fills_in("补充", at=time.passes(minutes=1), number=2, receipt=receipt)
    writes("有人吗", at=time.now, number=2)

    read_next(at=time.now)

    assert outcomes() == [Outcome.OPENED, Outcome.JOINED, Outcome.JOINED]
    numbers = Case.objects.get().timeline.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, len(numbers) + 1))


def test_what_adds_to_an_unread_message_of_the_same_batch_joins_its_case(time: Time) -> None:
    receipt = writes("家里断粮了", at=time.now).receipt
    second = fills_in("电话打不通", at=time.passes(seconds=1), number=2, receipt=receipt)
    fills_in("请发短信", at=time.passes(seconds=1), number=3, receipt=second.receipt)

    # Each round reads what the one before it has made a case for.
    assert [read_next(at=time.now) for _ in range(4)] == [1, 1, 1, 0]

    assert outcomes() == [Outcome.OPENED, Outcome.JOINED, Outcome.JOINED]
    assert said(Case.objects.get()) == ["家里断粮了", "电话打不通", "请发短信"]


@pytest.mark.django_db(transaction=True)
def test_what_adds_to_a_message_that_another_worker_reads_waits_for_it(
    tmp_path: Path, settings: Settings
) -> None:
    settings.HUYING_HOME = tmp_path
    listen(tmp_path)
    town()
    time = Time()
    first = writes("家里断粮了", at=time.now)
    fills_in("电话打不通", at=time.passes(seconds=1), number=2, receipt=first.receipt)

    with transaction.atomic():
        # Another worker has it in hand, and no batch of ours holds them both.
        list(Inbound.objects.select_for_update().filter(pk=first.pk))
        other: list[int] = []
        at_once(lambda: other.append(read_next(at=time.now)))
    assert other == [0]

    assert [read_next(at=time.now, limit=1) for _ in range(2)] == [1, 1]
    assert outcomes() == [Outcome.OPENED, Outcome.JOINED]


def test_nobody_waits_for_a_message_that_cannot_be_read(time: Time) -> None:
    first = kept("<xml>", "msg-1", at=time.now)
    fills_in("电话打不通", at=time.passes(seconds=1), number=2, receipt=first.receipt)

    assert read_next(at=time.now) == 2

    assert said(Case.objects.get()) == ["电话打不通"]


def test_nobody_waits_for_a_message_that_came_later(time: Time) -> None:
    fills_in("家里断粮了", at=time.now)
    second = fills_in("电话打不通", at=time.now, number=2)
    Inbound.objects.filter(pk=second.pk).update(receipt="LATER")
    fills_in("请发短信", at=time.now, number=3, receipt="LATER")
    Inbound.objects.filter(pk=second.pk).update(id=second.pk + 10)

    assert read_next(at=time.now) == 3


def test_a_receipt_that_nobody_gave_out_opens_a_case(time: Time) -> None:
    fills_in("家里断粮了", at=time.now, receipt="nobody's")

    read_next(at=time.now)

    assert outcomes() == [Outcome.OPENED]


@pytest.mark.parametrize("text", ["😭😭", "？", "11"])
def test_whoever_says_little_is_heard_too(time: Time, text: str) -> None:
    writes(text, at=time.now)

    read_next(at=time.now)

    assert said(Case.objects.get()) == [text]


def test_an_empty_form_is_a_case(time: Time) -> None:
    fills_in("", at=time.now, phone="19900001234")

    read_next(at=time.now)

    assert said(Case.objects.get()) == ["【联系方式】19900001234"]


def test_an_account_without_a_desk_falls_to_the_first_desk(time: Time) -> None:
    fills_in("家里断粮了", at=time.now, account="lost")

    read_next(at=time.now)

    assert Case.objects.get().desk_id == "desk"


def test_an_officer_writes_down_what_was_said(time: Time) -> None:
    fills_in("家里断粮了", at=time.now)
    read_next(at=time.now)
    case = Case.objects.get()

    with pytest.raises(ValueError, match="原话"):
        write_down(case, "  ", channel="phone", officer=officer("ada"), at=time.now)
    write_down(case, "孩子发烧了", channel="phone", officer=officer("ada"), at=time.now)

    assert said(case)[-1] == "孩子发烧了"


@pytest.mark.parametrize(
    ("kind", "text", "fields", "place", "says"),
    [
        ("text", " 救命 ", {}, "", "救命"),
        ("image", "", {}, "", "[图片]"),
        ("voice", "我在上沙", {}, "", "我在上沙"),
        ("location", "", {}, "上沙村", "【位置】上沙村"),
        ("form", "断粮", {"name": "林晓", "unknown": "x"}, "", "断粮\n【姓名】林晓"),
        ("text", "\ud83d\x00", {}, "", "?"),
        ("other", "", {}, "", ""),
    ],
)
def test_every_message_says_something(
    kind: str, text: str, fields: dict[str, str], place: str, says: str
) -> None:
    assert words(kind, text, fields, place) == says


def test_words_have_an_end() -> None:
    assert len(words("text", "救" * 30_000, {})) == WORDS_MAX


def test_a_batch_is_read_in_the_order_of_arrival(time: Time) -> None:
    for number in range(1, 4):
        writes("求助", at=time.now, number=number, sender=f"person-{number}")

    assert read_next(at=time.now, limit=2) == 2

    left: list[datetime] = list(
        Inbound.objects.filter(read_at=None).values_list("received_at", flat=True)
    )
    assert len(left) == 1
    assert left[0] + timedelta() == time.now
