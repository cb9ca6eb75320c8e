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
