import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huying.cases.actions import open_cases, record
from huying.cases.facts import Merged
from huying.clocks.models import Clock
from huying.dispatch.facts import Declined, Finished, Progressed
from huying.intake.facts import Opened
from huying.notices.models import Notice
from huying.notices.queries import told_of
from huying.notices.tests.cast import (
    AT,
    a_case,
    accepted,
    answered,
    data,
    kinds,
    minutes,
    texts,
    units,
    wrote,
)
from huying.persons.actions import Sender, know
from huying.triage.facts import Recurred

pytestmark = pytest.mark.django_db


def test_a_receipt_that_the_channel_gave_is_written_down_and_costs_no_message() -> None:
    case = a_case(given=True)

    assert kinds(case) == ["opened", "told"]
    assert data(case, "told")[0]["about"] == "receipt"
    assert "ABCDEFGH2345" in data(case, "told")[0]["text"]
    assert texts(case) == []


def test_a_receipt_that_nobody_gave_is_queued_with_the_way_to_the_page_and_to_an_ambulance() -> (
    None
):
    case = a_case(given=False)

    (text,) = texts(case, "receipt")
    assert "回执号：ABCDEFGH2345" in text
    assert "/s/ABCDEFGH2345" in text
    assert "120（急救）" in text
    assert kinds(case) == ["opened"]


def test_lines_of_a_chat_get_no_receipt_but_a_word_after_a_day_does() -> None:
    case = a_case(given=False)

    wrote(case, "在沙头街道", at=minutes(3), given=False)
    wrote(case, "有人吗", at=minutes(9), given=False)
    assert len(texts(case, "receipt")) == 1

    wrote(case, "还有一件事", at=minutes(9 + 24 * 60), given=False)
    assert len(texts(case, "receipt")) == 2


def test_whoever_wrote_on_our_page_is_told_there_at_once() -> None:
    case = a_case(channel="web", given=False)

    assert kinds(case) == ["opened", "told"]
    assert data(case, "told")[0]["channel"] == "page"
    (notice,) = told_of(case)
    assert (notice.sent_at, notice.next_at) == (AT, None)


def test_a_person_who_began_in_english_is_told_in_english() -> None:
    case = a_case("My father needs dialysis, please help", given=False)

    accepted(case)

    assert texts(case)[0].startswith("We have your message")
    assert texts(case)[1].startswith("沙头街道 has taken your case")


def test_somebody_took_it_and_says_by_when_the_next_word_comes() -> None:
    case = a_case()
    for promise, due in (("accept", 5), ("answer", 30), ("settle", 24 * 60)):
        Clock.objects.create(case=case, promise=promise, task=7, started_at=AT, due_at=minutes(due))

    accepted(case, at=minutes(1))

    (text,) = texts(case, "progress")
    assert text.startswith("您的事已由沙头街道接手，10:30前给您答复。")


def test_a_joint_unit_is_told_of_when_it_has_done_something() -> None:
    case = a_case()
    accepted(case)

    accepted(case, lead=False, at=minutes(1))
    assert len(texts(case, "progress")) == 1

    done = Finished(task=8, unit="street", unit_name="急救中心", result="救护车已到楼下")
    record(case, done, by="officer:1", at=minutes(2))
    assert texts(case, "progress")[1].startswith("急救中心：救护车已到楼下")


def test_progress_is_told_with_its_next_step_each_time() -> None:
    case = a_case()
    accepted(case)
    for number in (5, 9):
        step = Progressed(
            task=7,
            unit="street",
            unit_name="沙头街道",
            text="已联系透析中心",
            next_by=minutes(number + 60).isoformat(),
        )
        record(case, step, by="officer:1", at=minutes(number))

    assert [text.splitlines()[1] for text in texts(case, "progress")[1:]] == [
        "下一步在11:05前告诉您。",
        "下一步在11:09前告诉您。",
    ]


def test_the_result_says_cause_unit_and_result_and_asks_whether_it_is_so() -> None:
    case = a_case()

    answered(case)

    (text,) = texts(case, "result")
    for part in (
        "沙头街道",
        "封控后班车停运",
        "已派车送到透析中心",
        "解决了请回复1，没解决请回复2",
    ):
        assert part in text


def test_whoever_is_declined_is_told_where_to_go_and_that_they_may_object() -> None:
    case = a_case()

    fact = Declined(ground="属于法院受理范围", where_to_go="可在区法院一楼立案窗口办理", second=2)
    record(case, fact, by="officer:1", at=AT)

    (text,) = texts(case, "state")
    assert "可在区法院一楼立案窗口办理" in text
    assert "直接回复我们" in text


def test_a_person_is_told_that_two_letters_go_on_as_one_and_that_it_is_open_again() -> None:
    first, second = a_case(), a_case()
    answered(first)

    merged = Merged(into=first.pk, into_reference=first.reference)
    record(second, merged, by="officer:1", at=minutes(1))
    assert first.reference in texts(second, "state")[0]

    record(first, Recurred(inbound=9), by="machine:triage", at=minutes(2))
    assert texts(first, "state")[0].startswith("收到。您的事已重新办理")


def storm(people: int, first: int) -> int:
    """So many people write at once. Gives how many queries their receipts cost."""
    senders = [Sender("wechat", "health", f"o{first + n}") for n in range(people)]
    known = know(senders, at=AT)
    openings = [
        Opened(
            channel="wechat",
            account="health",
            desk="desk",
            person=known[sender].pk,
            inbound=first + n,
            receipt=f"R{first + n}",
            form="text",
            words="断粮两天",
        )
        for n, sender in enumerate(senders)
    ]
    with CaptureQueriesContext(connection) as queries:
        open_cases([(opening, "person", AT) for opening in openings])
    return len(queries)


def test_eighty_receipts_cost_as_many_queries_as_two() -> None:
    units()

    assert storm(80, 200) == storm(2, 100)
    assert Notice.objects.count() == 82
