"""All areas at once, and texts that nobody would write: found, bounded, within the text."""

import csv
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.places.gazetteer import Candidate, Gazetteer
from huying.places.rules import DATA


def test_every_shipped_area_is_found_by_its_own_full_address(gazetteer: Gazetteer) -> None:
    lost = []
    for file in ("upper.csv", "4403.csv"):
        with (DATA / file).open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                path = gazetteer.path(row["code"])
                found = gazetteer.find(path.replace("/", "")) if path else []
                if path and not any(one.path == path for one in found):
                    lost.append(path)

    assert lost == []


def test_a_common_name_gives_no_more_than_the_limit(gazetteer: Gazetteer) -> None:
    assert len(gazetteer.find("和平社区", limit=2)) == 2


@given(
    st.text(
        alphabet="上沙福田区社深圳市龙华街道 ,，路号村栋12龍\u200b\ud800\U0001f64f", max_size=80
    )
)
def test_any_text_is_read_and_every_span_lies_in_it(text: str) -> None:
    found: list[Candidate] = Gazetteer.shipped().find(text)

    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        assert one.words == text[one.start : one.end]


@pytest.mark.parametrize(
    "unit", ["上沙社区", "福田", "深圳市", "福田区大", "上 沙 ", "a", "和平", "南山区上沙社区"]
)
def test_a_text_of_100_000_characters_is_read_in_bounded_time(
    gazetteer: Gazetteer, unit: str
) -> None:
    text = unit * (100_000 // len(unit))
    began = time.perf_counter()

    gazetteer.find(text)

    # A hundred times what it takes: this catches a square, not a slow machine.
    assert time.perf_counter() - began < 10


def test_a_whole_province_of_names_is_still_found_by() -> None:
    chance = random.Random(7)
    signs = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗东西南北大小上下前后新老"
    streets = [f"4101{district}{street:03d}" for district in range(10, 60) for street in range(20)]
    rows = [("41", "河南省"), ("4101", "郑州市"), *((code[:6], "某某区") for code in streets[::20])]
    rows += [(code, f"{code[4:6]}号镇") for code in streets]
    rows += [
        (f"{street}{number:03d}", "".join(chance.choices(signs, k=3)) + "村委会")
        for street in streets
        for number in range(100)
    ]
    gazetteer = Gazetteer.from_rows(rows)

    found = gazetteer.find(f"郑州市{rows[-1][1]}3号")

    assert rows[-1][0] in {one.code for one in found}
    assert {one.rest for one in found} == {"3号"}
