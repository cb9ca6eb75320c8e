"""Whatever comes is read, in time that grows with its length alone."""

import base64
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huying.triage.reader.phones import phones
from huying.triage.reader.read import Reader
from huying.triage.reader.result import Lane, Nature
from huying.triage.reader.text import readable

AT = datetime(2022, 4, 2, 3, tzinfo=UTC)
# Far above what one takes; a pattern that runs away takes minutes.
SECONDS_MAX = 3.0

PIECES = [
    "救命",
    "被困",
    "1",
    "9",
    "0",
    "三",
    "天",
    "周",
    "+",
    "孕",
    "没有",
    "如果",
    "【姓名】",
    "\n",
    " ",
    "\u200b",
    "\u202e",
    "�",
    "<br/>",
    "<",
    "&nbsp;",
    "，",
    "。",
    "-",
    "(",
    "电话",
    "转",
    "#",
    "岁",
    "个",
    "月",
    "年",
    "还有",
    "只剩",
    "药",
    "透析",
    "医院",
    "a",
    "help",
    "😂",
    "市",
    "区",
    "路",
]


def took(text: str) -> float:
    began = time.perf_counter()
    Reader.shipped().read(text, at=AT)
    return time.perf_counter() - began


@given(st.text(alphabet=st.characters(), max_size=400))
@settings(max_examples=150, deadline=3000)
def test_any_text_is_read(text: str) -> None:
    reading = Reader.shipped().read(text, at=AT)

    assert 0 <= reading.plea <= 1
    for reason in reading.reasons:
        assert 0 <= reason.start <= reason.end <= len(text)


@given(st.lists(st.sampled_from(PIECES), max_size=300).map("".join))
@settings(max_examples=150, deadline=3000)
def test_any_shuffle_of_telling_pieces_is_read(text: str) -> None:
    for detail in Reader.shipped().read(text, at=AT).details:
        assert 0 <= detail.start <= detail.end <= len(text)


@pytest.mark.parametrize(
    "piece",
    [
        "求",
        "被困",
        "1",
        "19900001234 ",
        "1 ",
        "一",
        "孕",
        "没",
        "如果",
        "【",
        "【姓名】",
        "<",
        "<br/>",
        "\u200b",
        "�",
        "还有3天",
        "0371-",
        "电话",
        "(((",
        "医院",
        "第一人民",
        "a",
        "a ",
        "\n",
        "#",
        "#a",
        "//@某",
        "1.",
        "透析",
        "三天没",
        "rh",
        "市区县",
        "号楼",
        "+86",
        "哈",
        "周周",
        "年",
        "只剩",
    ],
)
def test_a_hundred_thousand_characters_are_read_in_bounded_time(piece: str) -> None:
    text = (piece * (100_000 // len(piece) + 1))[:100_000]

    assert took(text) < SECONDS_MAX


def test_encoded_bytes_and_markup_are_read() -> None:
    for text in (
        base64.b64encode(bytes(range(256)) * 200).decode(),
        "<html><body>" + "<p>求助</p>" * 5000 + "</body></html>",
        "data:image/png;base64," + "A" * 50_000,
        "\x00\x01\x02" * 1000,
    ):
        assert took(text) < SECONDS_MAX


def test_half_a_surrogate_harms_neither_words_nor_spans() -> None:
    reading = Reader.shipped().read("\ud83d我妈昏迷\ude00了，快来", at=AT)

    reason = next(one for one in reading.reasons if one.rule == "consciousness.lost")
    assert reason.words.encode()


def test_marks_of_direction_hide_no_number() -> None:
    assert phones(readable("\u202e1990\u202c000\u20661234"))[0].value == "19900001234"


def test_markup_is_read_through() -> None:
    reading = Reader.shipped().read("我妈<b>昏</b>迷了<br/>快来，求救", at=AT)

    assert "consciousness.lost" in {reason.rule for reason in reading.reasons}


@pytest.mark.parametrize(
    "text", ["도와주세요 물이 차오르고 있어요", "助けてください、水が上がっています"]
)
def test_another_language_goes_to_a_human(text: str) -> None:
    reading = Reader.shipped().read(text, at=AT)

    assert reading.language == "other"
    assert reading.lane is Lane.UNSURE


@pytest.mark.parametrize("text", ["", " ", "。。。", "1", "😂😂"])
def test_hardly_anything_is_noise_and_no_plea(text: str) -> None:
    assert Reader.shipped().read(text, at=AT).nature is not Nature.PLEA
