"""What the model sees of a message: hashed pairs of its signs, and what the rules found.

Names of places, of events and of persons are taken out first: the next flood has other ones.
"""

import re
from collections.abc import Mapping, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from huying.triage.reader.judge import categories_by_rules, flagged_urgency, weights_by_rules
from huying.triage.reader.marks import Mark
from huying.triage.reader.result import URGENCIES, Nature
from huying.triage.reader.rulebook import CATEGORIES, SCOPES
from huying.triage.reader.text import Text

VERSION = "2"  # of this file: a model knows which features it was trained on
HASH_BITS = 17  # of one view
VIEWS = 2  # the words without names and numbers, and the words as they came
PLACES = VIEWS << HASH_BITS  # hashes of all views, side by side
WORDING_MAX = 1_500  # characters; the need is told by then, and the time stays bounded

_LEFT_OUT = re.compile(
    r"https?://\S{0,200}|//@[^:\s]{0,30}:|@[^\s@,。]{1,20}|#[^#\n]{1,40}#|\[/?cp\]|o?网页链接|展开全文c?"
    r"|\S{1,12}的微博视频"
)
_TOPICS = re.compile(
    "新型冠状病毒|新冠病毒|新冠肺炎|新冠|冠状病毒|新型肺炎|疫情|肺炎患者求助|肺炎|奥密克戎|covid(?:-?19)?"
    "|暴雨互助|暴雨|洪水|洪涝|水灾|洪灾|台风|地震|抗洪|抗疫|防汛|防疫|灾区|灾情|高温|寒潮|互助"
)
_PLACES = re.compile(
    "[\u4e00-\u9fff●]{2,3}?(?:省|市|县|镇|乡|街道|大道|社区)|[\u4e00-\u9fff●]{2,3}?(?:区|路|村)(?![区域人民])"
    "|武汉|湖北|河南|郑州|新乡|卫辉|鹤壁|浚县|安阳|焦作|上海|北京|深圳|广州|全国|中国"
)
_NUMBERS = re.compile(r"\d+(?:[.:,/\-]\d+)*")
_MASKED = re.compile("●+|某{1,3}|x{2,}")
_SPACES = re.compile(r"\s+")
_QUESTION = re.compile("[?？]|吗|呢")
_SHOUT = re.compile("[!！‼❗]")
_FIRST_PERSON = re.compile(r"我|俺|咱|额|本人|家里|\bmy\b|\bi\b|\bwe\b|\bour\b")
_HASHTAG = re.compile("#[^#\n]{1,40}#")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|●{3}")
_LATIN = re.compile("[a-z]")
_TIMES = np.uint32(2_654_435_761)


def wording(text: Text) -> str:
    """Give the wording of a message without what only this place, day and event would say."""
    plain = _LEFT_OUT.sub(" ", text.clean[:WORDING_MAX])
    plain = _TOPICS.sub("灾", plain)
    plain = _PLACES.sub("地", plain)
    plain = _NUMBERS.sub("0", plain)
    plain = _MASKED.sub("某", plain)
    return _SPACES.sub(" ", plain).strip()


def views(text: Text) -> tuple[NDArray[np.uint32], ...]:
    """Give the pieces of each view: what this event alone would say left out, and left in."""
    return (
        pieces(wording(text)),
        pieces(text.clean[:WORDING_MAX]) + np.uint32(1 << HASH_BITS),
    )


def pieces(words: str) -> NDArray[np.uint32]:
    """Give the distinct hashes of all single characters and pairs of them.

    Runs of three were measured and are no better.
    """
    codes = np.frombuffer(f" {words} ".encode("utf-32-le", "replace"), dtype=np.uint32)
    pairs = codes[:-1] * _TIMES + codes[1:]
    runs = np.concatenate((codes, pairs)) * _TIMES
    hashes = np.sort((runs ^ (runs >> np.uint32(15))) * _TIMES >> np.uint32(32 - HASH_BITS))
    # As `np.unique` would, in a third of the time on so few.
    distinct: NDArray[np.uint32] = hashes[np.append(True, hashes[1:] != hashes[:-1])]
    return distinct


def signs(text: Text, marks: Sequence[Mark], columns: Mapping[str, int]) -> NDArray[np.float32]:
    """Give what the rules found as numbers, in the order of `columns`."""
    values = np.zeros(len(columns), dtype=np.float32)
    for name, value in _named(text, marks):
        column = columns.get(name)
        if column is not None:
            values[column] += value
    return values


def columns_for(rule_ids: Sequence[str]) -> dict[str, int]:
    """Give the columns of `signs` for a rulebook with these rules."""
    names = [
        *(f"rule:{rule}" for rule in rule_ids),
        *(f"scope:{scope}" for scope in SCOPES),
        *(f"nature:{nature}" for nature in Nature),
        *(f"category:{category}" for category in sorted(CATEGORIES)),
        *(f"flagged:{urgency}" for urgency in URGENCIES),
        "flags",
        "length",
        "question",
        "shout",
        "first_person",
        "hashtags",
        "phone",
        "english",
        "short",
    ]
    return {name: column for column, name in enumerate(names)}


def _named(text: Text, marks: Sequence[Mark]) -> list[tuple[str, float]]:
    clean = text.clean[:WORDING_MAX]
    in_force = [mark for mark in marks if mark.scope is None]
    named = [(f"rule:{mark.rule.id}", 1.0) for mark in in_force]
    named += [(f"scope:{mark.scope}", 0.5) for mark in marks if mark.rule.kind == "flag"]
    named += [
        (f"nature:{nature}", value / 3) for nature, value in weights_by_rules(in_force).items()
    ]
    named += [
        (f"category:{category}", value / 2)
        for category, value in categories_by_rules(in_force).items()
    ]
    named.append((f"flagged:{flagged_urgency(in_force)}", 1.0))
    flags = sum(mark.rule.kind == "flag" for mark in in_force)
    return [
        *named,
        ("flags", min(flags, 6) / 3),
        ("length", log(1 + len(clean)) / 6),
        ("question", min(len(_QUESTION.findall(clean)), 4) / 4),
        ("shout", min(len(_SHOUT.findall(clean)), 6) / 6),
        ("first_person", min(len(_FIRST_PERSON.findall(clean)), 5) / 5),
        ("hashtags", min(len(_HASHTAG.findall(clean)), 4) / 4),
        ("phone", 1.0 if _PHONE.search(clean) else 0.0),
        ("english", 1.0 if len(_LATIN.findall(clean, 0, 200)) * 2 > len(clean[:200]) else 0.0),
        ("short", 1.0 if len(clean) < 20 else 0.0),
    ]
