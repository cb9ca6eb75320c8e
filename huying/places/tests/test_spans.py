"""Where a message says that somebody is. All sentences are our own."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.places.spans import literal_place, locate

PLACES = [
    # A named area, with what follows it.
    ("我住在龙华民治北站社区，12栋，妈妈发烧三天了", "龙华民治北站社区，12栋"),
    ("福田区上沙社区沙头大厦2栋301有孕妇，羊水破了", "福田区上沙社区沙头大厦2栋301"),
    ("新乡市牧野区某某路12号院进水了，四楼还有老人", "新乡市牧野区某某路12号院"),
    ("急！卫辉市某某镇李家寨村全村被困", "卫辉市某某镇李家寨村"),
    # A place that no list holds.
    ("救命，柳荫小区3栋地下车库有人被困", "柳荫小区3栋"),
    ("我妈现在在仁和医院急诊走廊，没有床位", "仁和医院"),
    ("我们被困在望江宾馆，外面全是水", "望江宾馆"),
    ("向阳路与幸福街交叉口有人触电", "向阳路与幸福街交叉口"),
    ("北马庄村停水停电三天", "北马庄村"),
    # Fields of a form are read as they stand.
    (
        "【姓名】周某【所在城市】某市【所在小区、社区】青石巷梧桐苑7栋【患病时间】2月1日",
        "青石巷梧桐苑7栋",
    ),
    (
        "【居住地址】滨河路兰亭花园12-3-502【联系方式】19900000001【具体描述】断药",
        "滨河路兰亭花园12-3-502",
    ),
    ("位置：临河镇小王庄村东头\n人数：6人\n情况：水已到胸口", "临河镇小王庄村东头"),
    ("地址:学府街9号院2单元 联系人:小周 19900000002", "学府街9号院2单元"),
    ("【现住址】保密【被困位置】东关大桥南头加油站", "东关大桥南头加油站"),
    # Where somebody is now comes before the home.
    ("【所在小区】梧桐苑7栋【病情描述】昨天被社区安排在如意酒店隔离，药没带出来", "如意酒店"),
    ("家住梧桐苑7栋，目前老人在第三人民医院住院，急需转院", "第三人民医院"),
    # A visit is not a stay.
    ("【所在小区】梧桐苑7栋【病情描述】昨天到第三人民医院检查，双肺感染", "梧桐苑7栋"),
    # A topic is not a place, when there is one.
    ("#某地暴雨互助# 清溪镇老街村三百人没有水喝", "清溪镇老街村"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), PLACES)
def test_the_most_exact_place_of_the_need_is_found(text: str, words: str) -> None:
    span = literal_place(text)

    assert span is not None
    assert text[slice(*span)] == words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🙏🙏🙏",
        "今天心情光明",
        "笑死我了救命",
        "电话发我",
        "没人管了吗",
        "谢谢你们，辛苦了！",
        "什么时候能解封啊",
    ],
)
def test_a_message_without_a_place_has_none(text: str) -> None:
    assert literal_place(text) is None


@pytest.mark.parametrize(
    ("text", "words", "path"),
    [
        (
            "我住在龙华民治北站社区，12栋",
            "龙华民治北站社区，12栋",
            "广东省/深圳市/龙华区/民治街道/北站社区",
        ),
        ("武汉【所在小区、社区】梧桐苑7栋【患病时间】2月", "梧桐苑7栋", "湖北省/武汉市"),
        ("新乡市牧野区某某路12号院进水", "新乡市牧野区某某路12号院", "河南省/新乡市/牧野区"),
        ("柳荫小区3栋有人被困", "柳荫小区3栋", None),
        ("和平社区2栋有人晕倒", "和平社区2栋", None),
    ],
)
def test_the_place_is_given_with_the_one_area_it_lies_in(
    text: str, words: str, path: str | None
) -> None:
    located = locate(text)

    assert located is not None
    assert located.words == words
    assert (located.area and located.area.path) == path


def test_an_ambiguous_place_keeps_all_its_areas_for_the_officer() -> None:
    located = locate("和平社区2栋有人晕倒", near="4403")

    assert located is not None
    assert located.area is None
    assert len(located.candidates) == 3


@given(
    st.text(
        alphabet="上沙福田区在住医院路号栋12 ,，。【】:#小县多村的地址城\u200b\ud800\U0001f64f",
        max_size=120,
    )
)
def test_any_text_is_read_and_the_span_lies_in_it(text: str) -> None:
    span = literal_place(text)

    assert span is None or 0 <= span[0] < span[1] <= len(text)


@pytest.mark.parametrize(
    "unit",
    ["小县", "【地址】", "在医院", "爸爸", "12-", "上沙社区,", "附近的", "东南西北路", "#", "a"],
)
def test_a_text_of_100_000_characters_is_read_in_bounded_time(unit: str) -> None:
    began = time.perf_counter()

    literal_place(unit * (100_000 // len(unit)))

    # Far above what it takes: this catches a square, not a slow machine.
    assert time.perf_counter() - began < 5
