from functools import partial

import pytest

from huying.cases.lifecycle import MoveRefused
from huying.notices.actions import ask, call, confirm, reply
from huying.notices.models import Notice
from huying.notices.rules import AsksToPhone, BrushOff, ReplyRefused
from huying.notices.tests.cast import a_case, answered, data, kinds, minutes, officer, texts
from huying.persons.actions import prefer_text

pytestmark = pytest.mark.django_db
GOOD = "已联系透析中心，今天14:00派车接您。"


def test_a_reply_reaches_the_person_with_the_name_of_who_answers() -> None:
    case = a_case()

    reply(case, GOOD, officer=officer("Ada"), at=minutes(4))

    assert texts(case, "reply")[0].startswith(f"受理席答复：{GOOD}\n进展：http")
    assert case.state == "open"
    assert case.replied_at == minutes(4)


def test_a_brush_off_is_refused_and_nothing_is_written() -> None:
    case = a_case()

    with pytest.raises(BrushOff, match="转办"):
        reply(case, "请联系某某部门，我们这边不负责这个", officer=officer("Ada"), at=minutes(4))

    assert kinds(case) == ["opened", "told"]
    assert not Notice.objects.exists()


def test_a_person_who_can_only_write_is_not_asked_to_phone() -> None:
    case, ada = a_case(), officer("Ada")
    assert case.person_id
    prefer_text([case.person_id])
    asking = partial(ask, case, waiting=False, officer=ada, at=minutes(4))

    with pytest.raises(AsksToPhone):
        reply(case, f"{GOOD}请保持电话畅通并接听电话", officer=ada, at=minutes(4))
    with pytest.raises(AsksToPhone):
        asking(key="phone", text="请留个号码")
    with pytest.raises(AsksToPhone):
        asking(key="place", text="请打电话告诉我们地址")

    assert texts(case) == []


def test_an_officer_asks_in_our_words_or_in_their_own() -> None:
    case, ada = a_case(), officer("Ada")

    ask(case, key="weeks", text="", waiting=True, officer=ada, at=minutes(4))
    ask(case, key="", text="门禁密码是多少？", waiting=False, officer=ada, at=minutes(5))
    with pytest.raises(ReplyRefused):
        ask(case, key="", text=" ", waiting=False, officer=ada, at=minutes(6))

    assert [asked["waiting"] for asked in data(case, "asked")] == [True, False]
    assert texts(case, "question")[0].startswith("请问现在怀孕多少周？")
    assert texts(case, "question")[1].startswith("门禁密码是多少？")


def test_a_call_that_reached_the_person_is_a_first_word_to_them() -> None:
    case, ada = a_case(), officer("Ada")

    call(case, reached=False, by_way_of="phone", words="", officer=ada, at=minutes(2))
    assert (case.state, case.replied_at) == ("open", None)

    call(case, reached=True, by_way_of="phone", words="已告知进展", officer=ada, at=minutes(3))
    assert case.replied_at == minutes(3)


def test_nothing_is_said_in_a_case_that_has_ended() -> None:
    case, ada = a_case(), officer("Ada")
    answered(case)
    confirm(case, words="", satisfied="", officer=None, at=minutes(1))

    with pytest.raises(MoveRefused):
        reply(case, GOOD, officer=ada, at=minutes(2))
    with pytest.raises(MoveRefused):
        ask(case, key="weeks", text="", waiting=False, officer=ada, at=minutes(2))
