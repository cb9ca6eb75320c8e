import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.persons.rules import MASKED_MAX, Kind, hide, mask, mask_text, tidy


@pytest.mark.parametrize(
    ("kind", "value", "tidied"),
    [
        (Kind.PHONE, " 199 0000-1234 ", "19900001234"),
        (Kind.PHONE, "１９９００００１２３４", "19900001234"),
        (Kind.PHONE, "+86 199 0000 1234", "19900001234"),
        (Kind.PHONE, "0086-19900001234", "19900001234"),
        (Kind.PHONE, "（0755）8888 1234", "075588881234"),
        (Kind.ID_NUMBER, "44030419900101123x", "44030419900101123X"),
        (Kind.ID_NUMBER, "440304 19900101 1234", "440304199001011234"),
        (Kind.NAME, " 林晓 ", "林晓"),
        (Kind.ADDRESS, "上沙村３栋", "上沙村3栋"),
    ],
)
def test_a_field_is_written_the_same_way_each_time(kind: Kind, value: str, tidied: str) -> None:
    assert tidy(kind, value) == tidied


@pytest.mark.parametrize(
    ("kind", "value", "seen"),
    [
        (Kind.PHONE, "19900001234", "199******34"),
        (Kind.PHONE, "110", "***"),
        (Kind.ID_NUMBER, "44030419900101123X", "440*************3X"),
        (Kind.NAME, "林晓", "林*"),
        (Kind.NAME, "林", "林*"),
        (Kind.NAME, "欧阳晓明", "欧***"),
        (Kind.ADDRESS, "沙头街道上沙村3栋402", "沙头街道上沙村*栋*"),
        (Kind.ADDRESS, "上沙村十二栋四零二", "上沙村*栋*"),
    ],
)
def test_little_of_a_field_is_seen(kind: Kind, value: str, seen: str) -> None:
    assert mask(kind, value) == seen


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_masked_fits_its_column(kind: Kind) -> None:
    assert len(mask(kind, "林1" * 500)) <= MASKED_MAX


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("电话19900001234", "电话199******34"),
        ("电话１９９００００１２３４急", "电话１９９******３４急"),
        ("+8619900001234", "+86*********34"),
        ("+86 199 0000 1234", "+86************34"),
        ("199-0000-1234", "199********34"),
        ("199 － 0000 － 1234", "199************34"),
        ("微信abc19900001234", "微信abc199******34"),
        ("wx19900001234abc", "wx199******34abc"),
        ("身份证44030419900101123X。", "身份证440*************3X。"),
        ("1990000123419900005678", "199*****************78"),
        ("0755-88881234", "075********34"),
        ("幺九九零零零零幺二三四", "幺九九******三四"),
        ("一九九 零零零零 一二三四", "一九九********三四"),
        ("2022-01-08 19900001234", "2022-01-08 199******34"),
    ],
)
def test_a_number_is_hidden_however_it_is_written(said: str, shown: str) -> None:
    assert mask_text(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "2022-01-08 10:57",
        "2022/1/8 10:57:30",
        "2022.12.31至2023.01.02",
        "出生1990-01-01，39周+4",
        "39周+4",
        "12小时没出结果，3栋301，6岁",
        "二〇二二年十一月八日",
        "发烧39.5度，体重3000克",
        "12345",
        "120 110 119"[:7],
    ],
)
def test_a_day_or_a_small_number_is_not_hidden(said: str) -> None:
    assert mask_text(said) == said


@given(st.text(st.sampled_from("0123456789 -－+Xx周号零一九年/:.abc１９\n"), max_size=60))
def test_the_length_stays_so_that_spans_still_fit(said: str) -> None:
    shown = mask_text(said)

    assert len(shown) == len(said)
    assert all(one in {other, "*"} for one, other in zip(shown, said, strict=True))


@given(
    st.text(st.sampled_from("家里断粮电话微信wx：, 。"), max_size=8),
    st.integers(0, 9999),
    st.text(st.sampled_from("急谢谢abc。 \n"), max_size=8),
)
def test_no_phone_is_ever_seen(before: str, number: int, after: str) -> None:
    phone = f"1990000{number:04d}"

    assert phone not in mask_text(before + phone + after)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("我叫欧阳虚构，住上沙村12栋503", "我叫欧***，住上沙村**栋***"),
        ("【姓名】欧阳虚构", "【姓名】欧***"),
        ("上沙村１２栋５０３，39周+4", "上沙村**栋***，39周+4"),
        ("别处12栋", "别处12栋"),
        ("", ""),
    ],
)
def test_a_known_name_or_house_is_hidden_where_somebody_wrote_it(said: str, shown: str) -> None:
    known = [(Kind.NAME, "欧阳虚构"), (Kind.ADDRESS, "上沙村12栋503"), (Kind.NAME, "我")]

    assert hide(said, known) == shown


@given(
    st.text(st.sampled_from("上沙村12栋３㎏⑫甲乙 \n"), max_size=40),
    st.text(st.sampled_from("上沙村12栋甲乙*"), max_size=8),
)
def test_hiding_what_is_known_keeps_the_length(said: str, value: str) -> None:
    for kind in (Kind.NAME, Kind.ADDRESS):
        assert len(hide(said, [(kind, value)])) == len(said)
