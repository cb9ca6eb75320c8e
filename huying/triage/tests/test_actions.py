"""The machine reads, officers judge otherwise, and nothing personal is left lying about."""

import json
from dataclasses import dataclass, replace

import pytest
from django.db.models import Model

from huying.cases.actions import record
from huying.cases.facts import Fact
from huying.cases.lifecycle import Move, State
from huying.cases.models import Case, Entry
from huying.cases.tests.people import STREET, officer
from huying.intake.actions import read_next, write_down
from huying.intake.tests.people import a_case, writes
from huying.testing.threads import at_once
from huying.testing.time import Time
from huying.triage import machine
from huying.triage.actions import assess_next, correct, look
from huying.triage.facts import Assessed
from huying.triage.models import Assessment, Detail

DANGER = "我老婆怀孕39周+4，一直在流血，医院不收，救救我们"
PHONE, OTHER_PHONE = "19900001234", "19900005534"  # they look the same behind their masks


@dataclass(frozen=True, kw_only=True)
class Over(Fact, kind="test.over", move=Move.CONFIRM):
    """The person says so; the real one belongs to a later room."""


def read(case: Case, time: Time) -> Case:
    while assess_next(at=time.passes(seconds=1)):
        pass
    case.refresh_from_db()
    return case


def says(case: Case, text: str, time: Time) -> Case:
    """The person writes again, and it is read."""
    write_down(case, text, channel="phone", officer=officer("ada"), at=time.passes(minutes=1))
    return read(case, time)


def kinds(case: Case) -> list[str]:
    return list(case.timeline.order_by("number").values_list("kind", flat=True))


def known(case: Case, key: str) -> list[str]:
    rows = Detail.objects.filter(case=case, key=key, replaced_at=None)
    return list(rows.order_by("pk").values_list("value", flat=True))


def judged(case: Case, time: Time, **said: str) -> Case:
    correct(case, why="我问过了", officer=officer("ada"), at=time.passes(minutes=1), **said)  # type: ignore[arg-type]  # only texts are said here
    return case


def test_new_words_are_read_once(time: Time) -> None:
    case = a_case(DANGER, at=time.now)

    assert assess_next(at=time.passes(seconds=1)) == 1
    assert assess_next(at=time.now) == 0

    case.refresh_from_db()
    assert (case.nature, case.urgency, case.rank) == ("plea", "critical", 1)
    assert Assessment.objects.get(case=case).reasons


def test_a_machine_never_lowers_what_it_said(time: Time) -> None:
    case = read(a_case(DANGER, at=time.now), time)

    for text in ("谢谢", "请问几点开门", "1", "建议多开几个窗口"):
        assert says(case, text, time).urgency == "critical"


def test_an_officers_word_stands_against_the_next_reading(time: Time) -> None:
    case = read(a_case(DANGER, at=time.now), time)
    judged(case, time, urgency="medium", nature="consult", lane="act", area=STREET)

    says(case, "好的，谢谢", time)

    assert (case.urgency, case.nature, case.area_id) == ("medium", "consult", STREET)


def test_new_danger_raises_what_an_officer_lowered_and_then_stays(time: Time) -> None:
    case = read(a_case("家里的菜快吃完了", at=time.now), time)
    judged(case, time, urgency="low")

    assert says(case, DANGER, time).urgency == "critical"
    assert says(case, "谢谢", time).urgency == "critical"
    assert says(case, "1", time).urgency == "critical"
    # Until an officer says otherwise once more.
    judged(case, time, urgency="medium")
    assert says(case, "谢谢", time).urgency == "medium"


def test_the_same_danger_said_again_is_danger_again(time: Time) -> None:
    case = read(a_case(DANGER, at=time.now), time)
    judged(case, time, urgency="low")

    assert says(case, "又大出血了，人昏过去了，快救命", time).urgency == "critical"


def test_whoever_is_in_danger_is_not_put_aside(time: Time) -> None:
    case = read(a_case("你好", at=time.now), time)
    judged(case, time, lane="aside")

    assert says(case, DANGER, time).lane == "unsure"


@pytest.mark.parametrize(
    "said",
    [
        {"urgency": "soon"},
        {"nature": "help"},
        {"lane": "left"},
        {"category": "cats"},
        {"area": "nowhere"},
    ],
)
def test_a_word_that_we_do_not_have_is_refused(time: Time, said: dict[str, str]) -> None:
    case = read(a_case(at=time.now), time)
    before = kinds(case)

    with pytest.raises(ValueError, match="没有"):
        judged(case, time, **said)

    assert kinds(case) == before


def test_a_correction_needs_its_reason(time: Time) -> None:
    case = a_case(at=time.now)

    with pytest.raises(ValueError, match="依据"):
        correct(case, why=" ", urgency="low", officer=officer("ada"), at=time.now)


def test_of_what_one_has_only_one_the_latest_counts(time: Time) -> None:
    case = read(a_case("我怀孕38周，没有医院收", at=time.now), time)
    assert known(case, "weeks") == ["38"]

    says(case, "说错了，是怀孕39周", time)
    assert known(case, "weeks") == ["39"]
    says(case, "谢谢", time)
    assert known(case, "weeks") == ["39"]

    assert Detail.objects.filter(case=case, key="weeks").count() == 2


def test_an_officers_detail_beats_the_machines(time: Time) -> None:
    case = read(a_case("我怀孕38周，没有医院收", at=time.now), time)
    correct(case, why="问过", known={"weeks": "40"}, officer=officer("ada"), at=time.now)

    says(case, "怀孕38周了", time)

    assert known(case, "weeks") == ["40"]


def test_two_phones_that_look_alike_are_two(time: Time) -> None:
    case = read(a_case(f"没菜了，电话{PHONE}", at=time.now), time)

    says(case, f"换电话了，{OTHER_PHONE}", time)

    assert known(case, "phone") == ["199******34", "199******34"]


def test_who_cannot_hear_is_not_phoned(time: Time) -> None:
    case = read(a_case("我是听障人士，只能打字，家里没有吃的了", at=time.now), time)

    assert case.person
    assert case.person.text_only


def test_nothing_but_the_persons_own_words_shows_a_number(time: Time) -> None:
    text = f"我叫林晓明，沙头街道上沙村3栋402，电话{PHONE}，身份证44030419900101123X，没菜了"
    case = read(a_case(text, at=time.now), time)
    says(case, f"再说一次，{PHONE}", time)
    correct(
        case,
        why=f"打{PHONE}问过",
        known={"phone": PHONE, "id_number": "44030419900101123X", "person_name": "林晓明"},
        officer=officer("ada"),
        at=time.now,
    )

    for entry in Entry.objects.filter(case=case):
        data = {name: value for name, value in entry.data.items() if name != "words"}
        shown = json.dumps(data, ensure_ascii=False)
        for secret in (PHONE, "44030419900101123X", "林晓明", "栋402"):
            assert secret not in shown, entry
        if not entry.kind.startswith("intake."):
            assert PHONE not in json.dumps(entry.data), entry
    rows: list[Model] = [*Detail.objects.all(), *Assessment.objects.all()]
    for row in rows:
        for value in vars(row).values():
            assert PHONE not in str(value), row
            assert "林晓明" not in str(value), row
            assert "栋402" not in str(value), row
    assert all(row.particular for row in Detail.objects.filter(key="phone"))


def test_after_the_end_a_need_opens_the_case_again(time: Time) -> None:
    case = read(a_case("家里断粮了", at=time.now), time)
    record(case, Over(), by="person", at=time.now)

    # The last word alone is thanks; the one before it isn't.
    write_down(case, DANGER, channel="phone", officer=officer("ada"), at=time.passes(minutes=1))
    says(case, "谢谢", time)

    assert case.state == State.OPEN
    assert "triage.recurred" in kinds(case)
    assert case.looked_at is None


def test_thanks_after_the_end_opens_nothing(time: Time) -> None:
    case = read(a_case("家里断粮了", at=time.now), time)
    record(case, Over(), by="person", at=time.now)

    says(case, "谢谢你们，已经收到了", time)

    assert case.state == State.CLOSED


def test_what_the_reader_fails_on_goes_to_a_human(
    time: Time, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case = a_case(DANGER, at=time.now)

    def fails(*args: object) -> None:
        raise RuntimeError("no model")

    monkeypatch.setattr(machine, "_judge", fails)
    read(case, time)

    assert (case.lane, case.urgency) == ("unsure", "high")
    assert DANGER not in caplog.text


def test_an_area_that_is_not_loaded_breaks_nothing(time: Time) -> None:
    case = read(a_case("浙江省杭州市西湖区的家里断粮了", at=time.now), time)

    assert case.area_id is None
    assert case.nature == "plea"


def test_a_look_is_written_once_and_not_after_the_end(time: Time) -> None:
    case = a_case(at=time.now)
    look(case, officer=officer("ada"), at=time.passes(minutes=1))
    look(case, officer=officer("olga"), at=time.passes(minutes=1))
    assert kinds(case).count("triage.looked") == 1

    other = a_case(at=time.now, number=2)
    record(other, Over(), by="person", at=time.now)
    look(other, officer=officer("ada"), at=time.now)
    assert "triage.looked" not in kinds(other)


@pytest.mark.django_db(transaction=True)
def test_readers_and_writers_at_once_wait_for_nobody_for_ever(time: Time) -> None:
    for number in range(1, 7):
        writes("家里断粮了", at=time.now, number=number, sender=f"person-{number}")
    read_next(at=time.now)
    for number in range(7, 31):
        text = f"还没有人来，我是听障，只能打字，电话1990000{number:04d}"
        writes(text, at=time.now, number=number, sender=f"person-{number % 6 + 1}")
    at = time.passes(minutes=1)

    def reads() -> None:
        while read_next(at=at, limit=3):
            pass

    def ranks() -> None:
        for _ in range(12):
            assess_next(at=at, limit=3)

    at_once(reads, reads, ranks, ranks)

    ranks()
    assert Case.objects.count() == 6
    assert not Assessment.objects.filter(wanted_at__isnull=False).exists()
    for case in Case.objects.all():
        latest = case.timeline.filter(kind=Assessed.kind).latest("number")
        assert latest.number > case.timeline.filter(kind="intake.wrote").latest("number").number


def test_danger_by_itself_stays_among_words_that_are_mild_together(
    time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = read(a_case("家里的菜快吃完了", at=time.now), time)
    judged(case, time, urgency="medium")
    judge = machine._judge

    def mildly(*args: object) -> machine.Verdict:
        return replace(judge(*args), urgency="low", new_urgency=new)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(machine, "_judge", mildly)
    new = "critical"
    assert says(case, "一", time).urgency == "critical"
    new = "low"
    assert says(case, "二", time).urgency == "critical"
