from typing import Any

import pytest

from huying.cases.actions import record
from huying.cases.models import Case
from huying.intake.facts import Typed
from huying.notices.facts import Called
from huying.notices.models import Notice
from huying.notices.tests.cast import AT, a_case, assessed, data, kinds, minutes, texts, wrote
from huying.persons.actions import Said, keep, prefer_text
from huying.persons.rules import Kind

pytestmark = pytest.mark.django_db


def keys(case: Case) -> list[str]:
    return [asked["key"] for asked in data(case, "asked")]


def test_the_first_thing_that_is_missing_is_asked_privately_and_written_down() -> None:
    case = a_case()

    assessed(case, "phone", "place")

    assert keys(case) == ["phone"]
    (text,) = texts(case, "question")
    assert text.startswith("请把联系电话私信发给我们（不会公开）")


def test_the_next_is_asked_when_the_answer_was_read() -> None:
    case = a_case()
    assessed(case, "phone", "place")

    assessed(case, "phone", "place", at=minutes(1))
    assert keys(case) == ["phone"]

    wrote(case, "电话稍后给", at=minutes(2))
    assessed(case, "phone", "place", at=minutes(2))
    assert keys(case) == ["phone", "place"]


@pytest.mark.parametrize(
    "answer",
    [
        Typed(channel="phone", words="在上沙"),
        Called(reached=True, by_way_of="phone", words="在上沙"),
    ],
)
def test_an_answer_by_telephone_is_an_answer(answer: Typed | Called) -> None:
    case = a_case()
    assessed(case, "place", "weeks")

    record(case, answer, by="officer:1", at=minutes(3))
    assessed(case, "weeks", at=minutes(3))

    assert keys(case) == ["place", "weeks"]


def test_a_machine_asks_three_times_and_no_more() -> None:
    case = a_case()
    missing = ["phone", "place", "weeks", "age", "hospital"]

    for number in range(6):
        assessed(case, *missing, at=minutes(number))
        wrote(case, "嗯", at=minutes(number + 0.5))

    assert keys(case) == ["phone", "place", "weeks"]


def test_somebody_deaf_is_never_asked_for_a_phone() -> None:
    case = a_case("我是听障人士，付不起房租")
    assert case.person_id
    prefer_text([case.person_id])

    assessed(case, "phone", "place")

    assert keys(case) == ["place"]


def test_what_the_person_gave_once_is_not_asked_again_in_another_case() -> None:
    case = a_case()
    assert case.person_id
    keep([Said(case.person_id, Kind.PHONE, "19900001234", "person")], at=minutes(0))

    assessed(case, "phone", "place")

    assert keys(case) == ["place"]


@pytest.mark.parametrize(
    "changes",
    [
        {"lane": "aside", "nature": "chatter"},
        {"nature": "consult"},
        {"done": True},
        {"missing": []},
        {"missing": ["something that only an officer can put in words"]},
    ],
)
def test_nobody_is_asked_without_need(changes: dict[str, Any]) -> None:
    case = a_case()

    assessed(case, **{"missing": ["phone"], **changes})

    assert "asked" not in kinds(case)
    assert texts(case) == []


def test_a_message_that_says_nothing_is_asked_what_it_means() -> None:
    case = a_case("🙏🙏")

    assessed(case, "phone", nature="chatter", lane="unsure", language="none")

    assert keys(case) == ["need"]


def test_danger_is_answered_with_whom_to_call_if_no_receipt_said_so() -> None:
    given, queued = a_case(), a_case(given=False)
    lost = a_case(given=False)
    Notice.objects.filter(case=lost).update(failed_at=AT, next_at=None)

    for case in (given, queued, lost):
        assessed(case, urgency="critical")
        assessed(case, urgency="critical", at=minutes(1))

    assert texts(given, "emergency") == texts(queued, "emergency") == []
    (text,) = texts(lost, "emergency")
    assert "120" in text
