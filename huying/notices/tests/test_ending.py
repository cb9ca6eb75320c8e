import pytest

from huying.cases.lifecycle import MoveRefused
from huying.cases.models import Case
from huying.notices.actions import call, close_unheard, confirm, dispute, reopen
from huying.notices.rules import TooEarly
from huying.notices.tests.cast import (
    a_case,
    answered,
    data,
    kinds,
    minutes,
    officer,
    settled,
    texts,
    wrote,
)

pytestmark = pytest.mark.django_db


def an_answered_case(channel: str = "wechat") -> Case:
    case = a_case(channel=channel)
    answered(case)
    return case


def missed(case: Case, by_way_of: str, number: float) -> None:
    ada = officer("Ada")
    call(case, reached=False, by_way_of=by_way_of, words="", officer=ada, at=minutes(number))


def close(case: Case, number: float) -> None:
    pair = {"first": officer("Ada"), "second": officer("Omar")}
    close_unheard(case, **pair, why="多次联系不上", at=minutes(number))


def test_a_clear_yes_closes_the_case_on_the_persons_word() -> None:
    case = an_answered_case()

    wrote(case, "解决了，谢谢！", at=minutes(9))

    assert case.state == "closed"
    assert data(case, "confirmed")[0]["words"] == "解决了，谢谢！"
    assert case.timeline.get(kind="notices.confirmed").recorded_by == "person"


def test_a_clear_no_opens_it_again_and_tells_the_person_so() -> None:
    case = an_answered_case()

    wrote(case, "2", at=minutes(9))

    assert case.state == "open"
    assert texts(case, "state")[0].startswith("很抱歉还没有解决")


def goes_on(case: Case, said_by: str = "proxy", words: str = "还没通水") -> None:
    ada = officer("Ada")
    reopen(case, said_by=said_by, by_way_of="phone", words=words, officer=ada, at=minutes(9))


def test_an_officer_opens_again_what_has_ended_and_says_who_says_so() -> None:
    case = an_answered_case()
    confirm(case, words="解决了", satisfied="yes", officer=officer("Ada"), at=minutes(8))

    for said_by, words in (("person", " "), ("neighbour", "还没通水")):
        with pytest.raises(ValueError, match="请"):
            goes_on(case, said_by, words)
    goes_on(case)

    assert case.state == "open"
    heard = {"heard_by": officer("Ada").pk, "said_by": "proxy", "by_way_of": "phone"}
    assert data(case, "reopened")[0] == {"words": "还没通水", **heard}
    assert "重新办理" in texts(case, "state")[0]
    with pytest.raises(MoveRefused):
        goes_on(case)


def test_promises_of_what_was_only_answered_stay_due_when_they_were() -> None:
    case = an_answered_case()

    goes_on(case, "officer", "现场看过，还在漏水")

    assert case.state == "open"
    assert data(case, "disputed")[0]["said_by"] == "officer"


def test_thanks_alone_close_nothing() -> None:
    case = an_answered_case()

    wrote(case, "好的，收到，谢谢", at=minutes(9))

    assert case.state == "answered"


def test_a_one_before_there_is_an_answer_means_nothing() -> None:
    case = a_case()

    wrote(case, "1", at=minutes(9))

    assert case.state == "new"


def test_not_solved_after_the_end_opens_it_again() -> None:
    case = an_answered_case()
    wrote(case, "1", at=minutes(9))

    wrote(case, "还没解决，车没有来", at=minutes(50))

    assert case.state == "open"
    assert "reopened" in kinds(case)
    assert len(texts(case, "state")) == 1


def test_an_officer_writes_down_the_word_that_they_heard() -> None:
    case, ada = an_answered_case(), officer("Ada")

    with pytest.raises(ValueError, match="原话"):
        confirm(case, words=" ", satisfied="yes", officer=ada, at=minutes(5))
    confirm(case, words="好了，谢谢", satisfied="yes", officer=ada, at=minutes(5))

    assert case.state == "closed"
    assert data(case, "confirmed") == [
        {"words": "好了，谢谢", "satisfied": "yes", "heard_by": ada.pk}
    ]


def test_the_person_may_dispute_on_their_page_also_after_the_end() -> None:
    case = an_answered_case()

    dispute(case, words="没有人来过", officer=None, at=minutes(5))
    assert case.state == "open"

    settled(case, at=minutes(30))
    confirm(case, words="", satisfied="", officer=None, at=minutes(31))
    dispute(case, words="又停了", officer=None, at=minutes(60))
    assert case.state == "open"
    assert kinds(case).count("disputed") == kinds(case).count("reopened") == 1


def test_nothing_is_disputed_before_it_is_answered() -> None:
    case = a_case()

    with pytest.raises(MoveRefused):
        dispute(case, words="没解决", officer=None, at=minutes(1))

    assert case.lines == case.timeline.count()


def test_two_officers_close_it_after_three_attempts_on_two_ways() -> None:
    case = an_answered_case()
    missed(case, "phone", 60)
    missed(case, "phone", 120)
    with pytest.raises(TooEarly, match="还要联系 1 次，要换一种方式"):
        close(case, 121)

    missed(case, "visit", 180)
    close(case, 181)

    assert case.state == "closed"
    assert data(case, "closedunheard")[0]["attempts"] == 3


def test_a_result_on_their_page_that_nobody_answers_is_an_attempt() -> None:
    case = an_answered_case(channel="web")
    missed(case, "phone", 60)
    missed(case, "phone", 120)

    close(case, 121)

    assert case.state == "closed"


@pytest.mark.parametrize("words", ["我再看看", "2"])
def test_attempts_count_from_the_persons_latest_word(words: str) -> None:
    case = an_answered_case(channel="web")
    missed(case, "phone", 60)
    missed(case, "phone", 120)

    wrote(case, words, at=minutes(130))

    with pytest.raises((TooEarly, MoveRefused)):
        close(case, 131)


def test_a_new_answer_must_be_told_before_the_case_is_closed() -> None:
    case = an_answered_case(channel="web")
    missed(case, "phone", 60)
    missed(case, "visit", 120)

    settled(case, at=minutes(130), task=8)

    with pytest.raises(TooEarly):
        close(case, 131)


def test_one_officer_alone_closes_nothing_unheard() -> None:
    case, ada = an_answered_case(), officer("Ada")

    with pytest.raises(ValueError, match="两名"):
        close_unheard(case, first=ada, second=ada, why="联系不上", at=minutes(1))


def test_an_open_case_is_not_closed_unheard() -> None:
    case = a_case()
    for by_way_of, number in (("phone", 1), ("visit", 2), ("sms", 3)):
        missed(case, by_way_of, number)

    with pytest.raises(MoveRefused):
        close(case, 4)
