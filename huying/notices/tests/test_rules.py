from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.notices.rules import (
    BACK_OFF_MAX,
    Asking,
    AsksToPhone,
    Attempt,
    BrushOff,
    asks_to_phone,
    back_off,
    brush_off,
    check_reply,
    heard,
    moment,
    next_question,
    receipt_is_due,
    what_is_missing,
)
from huying.notices.tests.cast import AT, minutes


@pytest.mark.parametrize(
    ("heard_at", "is_due"),
    [
        ([0], True),
        ([-5, 0], False),
        ([-5, -3, 0], False),
        ([-24 * 60, 0], True),
        ([-25 * 60, -10, 0], False),
        ([0, 0], False),  # two in one breath
        ([0, 7], True),  # read out of order: what came later doesn't count
    ],
)
def test_only_the_first_word_and_one_after_a_day_get_a_receipt(
    heard_at: list[float], is_due: bool
) -> None:
    assert receipt_is_due([minutes(number) for number in heard_at], AT) is is_due


@pytest.mark.parametrize(
    ("missing", "asking", "key"),
    [
        (["phone", "place"], Asking(), "phone"),
        (["phone", "place"], Asking(text_only=True), "place"),
        (["phone", "place"], Asking(has_phone=True), "place"),
        (["phone", "place"], Asking(asked=["phone"], by_machine=1), "place"),
        (["phone", "place"], Asking(asked=["phone"], by_machine=1, is_answered=False), ""),
        (["age"], Asking(asked=["phone", "place", "weeks"], by_machine=3), ""),
        (["age"], Asking(asked=["phone", "place", "weeks"], by_machine=2), "age"),
        (["phone"], Asking(asked=["phone"]), ""),
        ([], Asking(), ""),
    ],
)
def test_one_thing_is_asked_at_a_time_and_never_the_same_again(
    missing: list[str], asking: Asking, key: str
) -> None:
    assert next_question(missing, asking) == key


YES = """
1
 1
1。
１
已解决
解决了
解决了，谢谢！
好的，已经解决了，非常感谢你们
问题都解决了
1，解决了
办好了
都处理好了🙏
是的，解决了
Solved, thank you!
"""
NO = """
2
2！
没
没有
还没有
没解决
没有解决
仍未解决
根本没解决
问题还没有完全解决
还没解决，我妈还在医院门口等着
not solved
It is not yet resolved
"""
UNCLEAR = """
好的，收到，谢谢
好的，已收到。感谢
谢谢
解决
解决了吗
解决了吗？
解决了一半
基本解决
什么时候能解决
请尽快解决
没有问题了
没解决的问题终于解决了
药解决了，车还没有解决
如果解决了我会回复1
1 2
12
13
1点钟来的
2栋301
yes
👍
"""


@pytest.mark.parametrize("words", YES.strip().splitlines())
def test_a_clear_yes_is_heard(words: str) -> None:
    assert heard(words) == "yes"


@pytest.mark.parametrize("words", NO.strip().splitlines())
def test_a_clear_no_is_heard(words: str) -> None:
    assert heard(words) == "no"


@pytest.mark.parametrize("words", ["", *UNCLEAR.strip().splitlines()])
def test_what_may_mean_something_else_is_left_to_a_human(words: str) -> None:
    assert heard(words) == "unclear"


@pytest.mark.parametrize(
    "text",
    [
        "请联系某某部门，我们这边不负责这个",
        "请联系社区居委会。",
        "您好，请您拨打12345热线咨询",
        "请直接到街道办事处反映",
        "不归我们管",
        "这个不属于我局职责范围，请找卫健委",
        "我们不负责",
        "正在走程序",
        "您的事正在处理中，请耐心等待",
        "在走流程，等通知",
        "请耐心等候。",
        "",
        "   ",
        "It is not our job.",
    ],
)
def test_a_reply_that_only_sends_away_or_puts_off_is_refused(text: str) -> None:
    assert brush_off(text)
    with pytest.raises(BrushOff):
        check_reply(text, text_only=False)


@pytest.mark.parametrize(
    "text",
    [
        "已联系罗湖区民政局，工作人员今天15:00前上门了解情况。",
        "这件事由民政局负责，已转给民政局，明天中午前答复您。",
        "不归我们管，但我们已经转给南山区卫健局，30分钟内会联系您。",
        "正在走程序，今天18点前给您结果。",
        "正在协调床位，半小时后再告诉您进展，预计2小时内安排好。",
        "米面今天已送到，以后有困难也可以直接联系街道办事处求助。",
        "报告已上传，请刷新健康码查看。",
        "已经将问题反馈至相关部门，下午3点前给您回音。",
        "您可以凭48小时核酸证明就诊。",
        "您家不在封控范围内，可以出门就医。",
        "您不属于密接，不用隔离。",
    ],
)
def test_a_reply_that_says_who_does_what_by_when_is_fine(text: str) -> None:
    assert brush_off(text) == ""


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("请拨打街道电话，今天就能办", True),
        ("您可以打电话给社区", True),
        ("有事请致电我们", True),
        ("今天会派车，请保持手机畅通并接听电话", True),
        ("Please call us back today", True),
        ("您不用打电话，工作人员下午上门", False),
        ("我们已联系社区，今天下午上门", False),
        ("请把地址发给我们", False),
    ],
)
def test_nobody_deaf_is_asked_to_phone(text: str, asks: bool) -> None:
    assert asks_to_phone(text) is asks
    if asks:
        with pytest.raises(AsksToPhone):
            check_reply(f"已安排，今天办好。{text}", text_only=True)
        check_reply(f"已安排，今天办好。{text}", text_only=False)


@given(st.integers(min_value=1, max_value=10_000))
def test_waiting_doubles_up_to_half_an_hour(attempts: int) -> None:
    assert back_off(1) == timedelta(seconds=30)
    assert back_off(attempts) <= back_off(attempts + 1) <= BACK_OFF_MAX


@pytest.mark.parametrize(
    ("attempts", "missing"),
    [
        ([], "还要联系 3 次，要换一种方式或换一天联系"),
        ([("phone", 0), ("phone", 5), ("phone", 9)], "要换一种方式或换一天联系"),
        ([("phone", 0), ("wechat", 5)], "还要联系 1 次"),
        ([("phone", 0), ("phone", 0), ("wechat", 5)], "还要联系 1 次"),
        ([("phone", 0), ("phone", 5), ("wechat", 9)], ""),
        ([("phone", 0), ("phone", 5), ("phone", 14 * 60)], ""),  # past midnight in Shenzhen
    ],
)
def test_a_case_closes_unheard_only_after_three_attempts_on_two_ways_or_days(
    attempts: list[tuple[str, float]], missing: str
) -> None:
    tried = [Attempt(way, minutes(number)) for way, number in attempts]

    assert what_is_missing(tried) == missing


def test_a_time_is_said_as_people_say_it() -> None:
    assert moment(minutes(30), now=AT) == "10:30"
    assert moment(minutes(24 * 60), now=AT) == "11月9日 10:00"
