"""What a message tells, each with its words."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from huying.triage.reader.details import read_details
from huying.triage.reader.identity import is_identity_number
from huying.triage.reader.phones import phones
from huying.triage.reader.read import Reader
from huying.triage.reader.result import Detail
from huying.triage.reader.text import readable

FORMS = Path(__file__).parent / "phone_forms.jsonl"
# A Saturday, 11:00 in Shanghai.
AT = datetime(2022, 4, 2, 3, tzinfo=UTC)


def details(text: str) -> list[Detail]:
    return read_details(readable(text), AT)


def value(text: str, key: str) -> str | None:
    return next((detail.value for detail in details(text) if detail.key == key), None)


def test_three_hundred_forms_of_telephone_numbers_are_read() -> None:
    rows = [json.loads(line) for line in FORMS.read_text(encoding="utf-8").splitlines()]
    right = extra = left_out = 0
    for row in rows:
        wanted = set(row["phones"])
        read = {detail.value for detail in phones(readable(row["text"]))}
        right += len(read & wanted)
        extra += len(read - wanted)
        left_out += len(wanted - read)

    assert len(rows) == 300
    assert right / (right + extra) >= 0.995
    assert right / (right + left_out) >= 0.995


def test_a_number_keeps_the_span_that_it_was_written_in() -> None:
    text = "打1\u200b99 0000\u200d 1234找我"

    found = phones(readable(text))[0]

    assert found.value == "19900001234"
    assert text[found.start : found.end] == "1\u200b99 0000\u200d 1234"
    assert found.personal


def test_identity_numbers_are_checked_by_their_last_sign() -> None:
    # The first is the example of the standard itself, GB 11643-1999.
    assert is_identity_number("11010519491231002X")
    assert not is_identity_number("110105194912310021")
    assert not is_identity_number("11010519491331002X")
    assert value("身份证110105 19491231 002x", "id_number") == "11010519491231002X"
    assert value("订单110105194912310021", "id_number") is None


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("我怀孕39周+4，破水了", "39+4"),
        ("孕39+4", "39+4"),
        ("孕32周", "32"),
        ("妊娠三十八周", "38"),
        ("孕32周3天", "32+3"),
        ("怀孕8个多月了", "37"),
        ("怀孕七个月", "30"),
        ("8个月的身孕", "35"),
        ("she is pregnant, 38 weeks", "38"),
        ("my wife is 39 weeks pregnant", "39"),
        ("隔离两周了", None),
    ],
)
def test_weeks_of_pregnancy(text: str, weeks: str | None) -> None:
    assert value(text, "weeks") == weeks


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("明天下午要做化疗", "2022-04-03T18:00"),
        ("药还有3天，需要买", "2022-04-05T11:00"),
        ("下周三要手术", "2022-04-07T00:00"),
        ("必须在4月10号前办好", "2022-04-10T00:00"),
        ("明早8点半的手术", "2022-04-03T08:30"),
        ("今晚要用药", "2022-04-03T00:00"),
        ("24小时内必须用上", "2022-04-03T11:00"),
        ("my surgery is tomorrow morning", "2022-04-03T12:00"),
    ],
)
def test_need_by_is_resolved_against_the_time_of_the_message(text: str, local: str) -> None:
    reading = Reader.shipped().read(text, at=AT)

    assert reading.need_by is not None
    # Shanghai is eight hours ahead and has no summer time.
    assert (reading.need_by.timestamp() + 8 * 3600) == datetime.fromisoformat(local).replace(
        tzinfo=UTC
    ).timestamp()


def test_past_times_are_no_deadline() -> None:
    assert value("昨天要做的检查没做成", "need_by") is None
    assert value("1月22日开始发烧", "need_by") is None


def test_the_last_dialysis_and_the_due_date_are_days() -> None:
    assert value("尿毒症，四天没有透析了", "last_dialysis_at") == "2022-03-29"
    assert value("上次透析是3月30日，现在没地方做", "last_dialysis_at") == "2022-03-30"
    assert value("预产期是4月20日", "due_on") == "2022-04-20"


def test_the_person_in_need_is_told_apart_from_the_writer() -> None:
    text = "我叫李平，患者叫王秀兰，78岁，联系人：李平，电话19900001234"

    assert value(text, "person_name") == "王秀兰"
    assert value(text, "writer_name") == "李平"
    assert value(text, "age") == "78"


def test_the_form_of_the_help_topic_is_read_exactly() -> None:
    text = (
        "求助人信息【姓名】王某【年龄】66岁【所在城市】武汉【所在小区、社区】光谷小区3栋"
        "【患病时间】2月3日【联系方式】19900001234【其他紧急联系人】王小某 19900002345"
        "【病情描述】发烧十天"
    )

    assert value(text, "person_name") == "王某"
    assert value(text, "age") == "66"
    assert value(text, "city") == "武汉"
    assert value(text, "ill_since") == "2月3日"
    assert value(text, "writer_name") == "王小某"
    found = [detail.value for detail in details(text) if detail.key == "phone"]
    assert found == ["19900001234", "19900002345"]


def test_the_form_of_a_district_is_read_exactly() -> None:
    text = "【居住地址】临江路40号502【联系方式】一九九零零零零一三一三【具体描述】独居老人腹泻三天"

    reading = Reader.shipped().read(text, at=AT)

    read = {detail.key: detail.value for detail in reading.details}
    assert read["phone"] == "19900001313"
    assert read["place"] == "临江路40号502"


def test_an_empty_field_gives_nothing() -> None:
    assert value("【姓名】【年龄】【联系方式】", "person_name") is None
    assert value("【姓名】【年龄】【联系方式】", "age") is None


@pytest.mark.parametrize(
    ("text", "key", "wanted"),
    [
        ("我是聋人，请发短信", "contact_preference", "text_only"),
        ("不方便接电话", "contact_preference", "text_only"),
        ("please text me, I am deaf", "contact_preference", "text_only"),
        ("降压药只剩三天", "medicine_left_days", "3"),
        ("胰岛素还够2天", "medicine_left_days", "2"),
        ("我们五口人被困", "people", "5"),
        ("三百多名村民被困", "people", "300"),
        ("已经等了12个小时", "hours_waiting", "12"),
        ("两岁的孩子发烧", "age", "2"),
        ("八个月大的宝宝", "age", "0.67"),
        ("急需rh阴性b型血", "blood_type", "rh阴性b型血"),
        ("送到市第一人民医院不收", "hospital", "市第一人民医院"),
    ],
)
def test_other_details(text: str, key: str, wanted: str) -> None:
    assert value(text, key) == wanted


def test_a_symptom_that_is_denied_is_none() -> None:
    assert value("没有发烧，就是咳嗽", "symptom") == "咳嗽"


def test_every_detail_names_its_reader_and_its_words() -> None:
    text = "我妈78岁，孕妇39周，明天下午要透析，药还有3天，电话１９９ 0000 1234"

    for detail in Reader.shipped().read(text, at=AT).details:
        assert detail.reader
        assert text[detail.start : detail.end] == detail.words


def test_who_can_not_telephone_is_never_asked_for_a_number() -> None:
    reading = Reader.shipped().read("我是聋人，家里断粮三天了，求助，请发短信", at=AT)

    assert "phone" not in reading.missing


def test_what_is_missing_comes_in_the_order_to_ask() -> None:
    reading = Reader.shipped().read("我爸透析病人，小区封了没法透析，求助", at=AT)

    assert reading.missing[:3] == ("phone", "place", "last_dialysis_at")
