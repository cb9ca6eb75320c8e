"""Every rule by its own examples, and what is meant against what is only said."""

from datetime import UTC, datetime

import pytest

from huying.triage.reader.marks import find_marks
from huying.triage.reader.read import Reader
from huying.triage.reader.result import Lane, Urgency
from huying.triage.reader.rulebook import Rule, load
from huying.triage.reader.text import readable

BOOK = load()
AT = datetime(2022, 4, 2, 3, tzinfo=UTC)
FLAGS = BOOK.of("flag")
GROUPS_OF = {rule.id: rule.groups for rule in BOOK.rules}


def in_force(text: str) -> set[str]:
    return {mark.rule.id for mark in find_marks(readable(text), BOOK) if mark.scope is None}


@pytest.mark.parametrize("rule", FLAGS, ids=lambda rule: rule.id)
def test_a_flag_holds_on_its_examples_and_not_on_the_others(rule: Rule) -> None:
    assert rule.yes
    assert rule.no
    for text in rule.yes:
        assert rule.id in in_force(text), text
    for text in rule.no:
        assert rule.id not in in_force(text), text


@pytest.mark.parametrize("rule", FLAGS, ids=lambda rule: rule.id)
def test_a_flag_says_where_it_comes_from_and_who_approved_it(rule: Rule) -> None:
    assert rule.source
    assert rule.approval
    assert rule.version
    assert rule.says


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("孕妇没有出血", "pregnancy.now"),
        ("上个月胸痛现在好了", "heart.acute"),
        ("如果呼吸困难怎么办", "breathing.cannot"),
        ("笑死我了救命，笑到抽搐哈哈", "consciousness.lost"),
        ("据报道，一名女子昏迷，记者了解到她已送医", "consciousness.lost"),
        ("电影里他大出血那段好看", "bleeding.heavy"),
        ("no bleeding, no contractions, I am pregnant and fine", "pregnancy.now"),
        ("last year he had a heart attack", "heart.acute"),
    ],
)
def test_danger_that_is_denied_past_supposed_told_or_a_joke_raises_no_flag(
    text: str, flag: str
) -> None:
    assert flag not in in_force(text)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("没人管，孕妇现在出血了", "pregnancy.now"),
        ("去年开始透析，现在四天没有透析了", "dialysis.overdue"),
        ("如果再不来人老人就有生命危险了", "dying"),
        ("没有哮喘史，今天突然喘不上气", "breathing.cannot"),
        ("血氧只有８５", "breathing.oxygen_low"),
        ("我媽突然昏迷，叫不醒", "consciousness.lost"),
    ],
)
def test_danger_that_is_meant_is_found_beside_such_words(text: str, flag: str) -> None:
    assert flag in in_force(text)


def test_numbers_decide_where_a_rule_has_a_threshold() -> None:
    assert "breathing.oxygen_low" not in in_force("血氧95")
    assert "dialysis.overdue" not in in_force("两天没有透析")
    assert "dialysis.overdue" in in_force("三天没有透析")
    assert "pregnancy.term" not in in_force("孕20周，医院不收")
    assert "pregnancy.term" in in_force("孕38周，医院不收")


@pytest.mark.parametrize("rule", FLAGS, ids=lambda rule: rule.id)
def test_the_model_never_lowers_what_a_flag_demands(rule: Rule) -> None:
    assert rule.urgency is not None
    for text in rule.yes:
        reading = Reader.shipped().read(text, at=AT)
        order = [Urgency.LOW, Urgency.MEDIUM, Urgency.DATED, Urgency.HIGH, Urgency.CRITICAL]
        assert order.index(reading.urgency) >= order.index(rule.urgency), text
        if rule.urgency in (Urgency.CRITICAL, Urgency.HIGH):
            assert reading.lane is not Lane.ASIDE, text


def test_reasons_point_at_the_words_as_they_were_written() -> None:
    text = "\u202e救命！我妈突然昏\u200b迷，叫不醒"

    reading = Reader.shipped().read(text, at=AT)

    reason = next(one for one in reading.reasons if one.rule == "consciousness.lost")
    assert text[reason.start : reason.end] == "昏\u200b迷"
    assert reason.words == "昏\u200b迷"
    assert reason.says == "意识不清"


def test_a_mixed_need_keeps_its_most_urgent_part() -> None:
    reading = Reader.shipped().read("家里没米了，而且我爸现在胸口痛出冷汗，求帮忙", at=AT)

    assert reading.urgency is Urgency.CRITICAL


def test_reasons_mark_the_condition_and_the_danger() -> None:
    reading = Reader.shipped().read("我老婆怀孕39周出血，没有核酸报告医院不让住院", at=AT)

    marked = {one.words for one in reading.reasons if one.rule == "pregnancy.now"}
    assert marked == {"怀孕", "出血"}
    assert "infected" not in reading.groups
    assert not {"核酸报告医院", "报告医院"} & {detail.value for detail in reading.details}


def test_words_that_only_ask_are_no_reason_beside_a_danger() -> None:
    mark = next(
        one
        for one in find_marks(readable("水位还在往上走，求助，快来"), BOOK)
        if one.rule.id == "water.rising"
    )

    assert mark.beside == ()


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("我妈39周了，一直在流血", Urgency.CRITICAL),
        ("三十八周了，今天见红，医院不收", Urgency.CRITICAL),
        ("家里停水，老人没水喝", Urgency.HIGH),
        ("小区停水第二天，老人孩子没有水喝", Urgency.HIGH),
    ],
)
def test_late_pregnancy_and_thirst_press_as_the_guideline_says(text: str, urgency: Urgency) -> None:
    assert Reader.shipped().read(text, at=AT).urgency is urgency


@pytest.mark.parametrize("text", ["孕妇出血，医院不收，没做核酸", "没有核酸结果，医院不收我爸"])
def test_a_test_that_was_asked_for_infects_nobody(text: str) -> None:
    assert "infected" not in Reader.shipped().read(text, at=AT).groups


def test_an_ascertained_infection_is_read() -> None:
    assert "infected" in Reader.shipped().read("父亲核酸阳性，医院没有床位", at=AT).groups


@pytest.mark.parametrize(
    ("text", "is_infant"),
    [
        ("我爸今年71岁，喘不上气，求救", False),
        ("二十一岁的女儿昏迷了，求救", False),
        ("拖欠三个月的工资，老人没饭吃，求助", False),
        ("孩子1岁，发烧抽搐，求救", True),
        ("五个月的宝宝没有奶粉了，求助", True),
    ],
)
def test_an_age_makes_an_infant_only_where_it_is_one(text: str, *, is_infant: bool) -> None:
    groups = {group for rule in in_force(text) for group in GROUPS_OF[rule]}
    assert ("infant" in groups) is is_infant
