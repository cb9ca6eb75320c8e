"""What the person reads on their own page, from the first second to the end."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client

from huying.cases.actions import record
from huying.cases.facts import Merged, Remarked
from huying.cases.lifecycle import State
from huying.citizen import views
from huying.citizen.tests.cast import Town, page
from huying.clocks.actions import sweep
from huying.clocks.models import Clock
from huying.dispatch.actions import progress
from huying.intake.models import Filing
from huying.notices.actions import ask, reply
from huying.persons.models import Particular


def see(town: Town, receipt: str) -> str:
    answer = town.client.get(f"/s/{receipt}")
    assert answer.status_code == 200
    return page(answer)


def section(text: str, name: str) -> str:
    """The part of the page under this heading."""
    return text.split(f'<section aria-labelledby="{name}">')[1].split("</section>", maxsplit=1)[0]


def test_it_says_who_holds_it_and_what_comes_next_by_when(town: Town) -> None:
    receipt = town.writes()
    town.works()
    case = town.case(receipt)

    text = see(town, receipt)

    assert "市卫健委受理席" in text
    assert "值班人员看您的来信" in text
    due = Clock.objects.get(case=case, promise="first_look").due_at
    assert due is not None
    assert (due + timedelta(hours=8)).strftime("%H:%M") in text
    assert "处理中" not in text


def test_once_a_unit_has_accepted_it_is_named_and_no_officer_is(town: Town) -> None:
    receipt = town.writes()
    town.works()
    town.accepted(town.case(receipt))

    text = see(town, receipt)

    assert "沙头街道办事处正在负责" in text
    assert "市卫健委受理席从头到尾跟到底" in text
    assert "王Ada" not in text
    assert "王Rita" not in text


def test_a_late_promise_is_admitted(town: Town) -> None:
    receipt = town.writes()
    town.works()
    sweep(at=town.passes(minutes=20))

    text = see(town, receipt)

    assert "已经迟了" in text
    assert 'class="late"' in text


def test_nothing_personal_and_nothing_internal_is_shown(town: Town) -> None:
    receipt = town.writes(
        words="我老婆怀孕39周，一直在流血，电话19900001234", name="林桂芳", place="上沙社区2栋301"
    )
    town.works()
    case = town.case(receipt)
    task = town.accepted(case)
    progress(
        task, "车在路上，司机19900005678", next_by=None, officer=town.officer("Rita"), at=town.at
    )
    record(case, Remarked(text="家属情绪激动"), by="officer:1", at=town.at)

    text = see(town, receipt)

    assert Particular.objects.exists()
    for secret in (
        "19900001234",
        "19900005678",
        "流血",
        "林桂芳",
        "2栋301",
        "家属情绪",
        "上门看望",
    ):
        assert secret not in text
    assert "199******78" in text  # our own words are read, with the number in them hidden


def test_it_is_kept_by_no_cache_and_found_by_no_search_engine(town: Town) -> None:
    answer = town.client.get(f"/s/{town.writes()}")

    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "no-referrer"


def test_a_question_of_ours_is_shown_until_they_write(town: Town) -> None:
    receipt = town.writes(phone="19900001234")
    town.works()
    case = town.case(receipt)
    ask(
        case, key="", text="您住在哪个小区？", waiting=True, officer=town.officer("Ada"), at=town.at
    )
    assert "您住在哪个小区？" in section(see(town, receipt), "more")

    town.client.post(f"/s/{receipt}/more", {"words": "上沙社区", "token": "more-token-0000000"})
    town.passes(minutes=1)
    town.works()

    assert "您住在哪个小区？" not in section(see(town, receipt), "more")


def test_writing_more_stays_in_the_same_case(town: Town) -> None:
    receipt = town.writes()
    town.works()

    for words in ("血更多了", "救护车还没来"):
        answer = town.client.post(f"/s/{receipt}/more", {"words": words, "token": "t" * 20})
        assert answer["Location"] == f"/s/{receipt}?said=more"
    town.passes(minutes=1)
    town.works()

    case = town.case(receipt)
    assert Filing.objects.filter(case=case).count() == 3
    assert Filing.objects.count() == 3
    assert "不用再说一遍" in page(town.client.get(f"/s/{receipt}?said=more"))


def test_writing_more_before_anybody_read_the_first_words_stays_together_too(town: Town) -> None:
    receipt = town.writes()
    town.client.post(f"/s/{receipt}/more", {"words": "血更多了", "token": "t" * 20})

    town.works()

    assert Filing.objects.filter(case=town.case(receipt)).count() == 2


def test_the_person_says_solved_and_it_closes(town: Town) -> None:
    receipt = town.writes()
    town.works()
    town.settled(town.case(receipt))
    assert "真的解决了吗" in see(town, receipt)
    assert "已派车送到医院" in see(town, receipt)

    answer = town.client.post(f"/s/{receipt}/confirm", {"satisfied": "yes", "words": "谢谢"})

    assert answer["Location"] == f"/s/{receipt}?said=confirmed"
    assert town.case(receipt).state == State.CLOSED
    assert "您说解决了" in see(town, receipt)


def test_the_person_says_not_solved_and_it_goes_on(town: Town) -> None:
    receipt = town.writes()
    town.works()
    town.settled(town.case(receipt))

    town.client.post(f"/s/{receipt}/dispute", {"words": "车没有来"})

    assert town.case(receipt).state == State.OPEN
    assert "没有解决。继续办理" in see(town, receipt)


def test_who_finds_it_unsolved_after_the_end_opens_it_again(town: Town) -> None:
    receipt = town.writes()
    town.works()
    town.settled(town.case(receipt))
    town.client.post(f"/s/{receipt}/confirm", {})
    assert "其实没有解决" in see(town, receipt)

    town.client.post(f"/s/{receipt}/dispute", {"words": "又停运了"})

    assert town.case(receipt).state == State.OPEN


def test_a_button_pressed_twice_says_how_it_stands(town: Town) -> None:
    receipt = town.writes()
    town.works()
    town.settled(town.case(receipt))
    town.client.post(f"/s/{receipt}/confirm", {})

    answer = town.client.post(f"/s/{receipt}/confirm", {})

    assert answer["Location"] == f"/s/{receipt}?said=late"


def test_a_merged_letter_follows_the_case_that_took_it_over(town: Town) -> None:
    first, second = town.writes(), town.writes(token="another-token-of-the-page", words="断药了")
    town.works()
    kept, merged = town.case(first), town.case(second)
    record(merged, Merged(into=kept.pk, into_reference=kept.reference), by="officer:1", at=town.at)
    town.settled(kept)

    text = see(town, second)

    assert "已派车送到医院" in text
    town.client.post(f"/s/{second}/confirm", {})
    assert town.case(first).state == State.CLOSED


def test_an_answer_is_read_on_the_page(town: Town) -> None:
    receipt = town.writes()
    town.works()
    words = "已经联系好医院，救护车十分钟后到您楼下。"
    reply(town.case(receipt), words, officer=town.officer("Ada"), at=town.at)

    assert words in see(town, receipt)


def test_words_that_would_be_markup_stay_words(town: Town) -> None:
    receipt = town.writes()
    town.works()
    reply(town.case(receipt), "<b>已经</b>安排好车辆", officer=town.officer("Ada"), at=town.at)

    assert "&lt;b&gt;已经" in see(town, receipt)


@pytest.mark.parametrize("typed", ["small", "spaced", "dashed"])
def test_a_code_is_understood_however_it_is_typed(town: Town, typed: str) -> None:
    receipt = town.writes()
    code = {
        "small": receipt.lower(),
        "spaced": f" {receipt[:4]} {receipt[4:]} ",
        "dashed": f"{receipt[:6]}-{receipt[6:]}",
    }[typed]

    answer = town.client.get("/find", {"code": code})

    assert answer["Location"] == f"/s/{receipt}"


@pytest.mark.parametrize("address", ["/s/ABCDEFGHJKMN", "/s/---", "/s/%00", "/find?code=ABCD"])
def test_an_unknown_code_is_answered_with_help(town: Town, address: str) -> None:
    answer = town.client.get(address)

    assert answer.status_code == 404
    assert "没有找到这个回执码" in page(answer)


@pytest.mark.parametrize("verb", ["more", "confirm", "dispute"])
def test_an_unknown_code_can_do_nothing(town: Town, verb: str) -> None:
    assert town.client.post(f"/s/ABCDEFGHJKMN/{verb}", {"words": "看"}).status_code == 404
    assert not Filing.objects.exists()


def test_while_the_database_is_away_the_page_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(receipt: str) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(views, "page_of", away)

    answer = client.get("/s/ABCDEFGHJKMN")

    assert answer.status_code == 503
    assert "一封不少" in page(answer)


def test_large_print_stays_chosen(client: Client) -> None:
    answer = client.get("/display", {"print": "large", "next": "/find"})

    assert answer["Location"] == "/find"
    assert 'class="large"' in page(client.get("/find"))


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:0", ""])
def test_nobody_is_sent_elsewhere(client: Client, target: str) -> None:
    assert client.get("/display", {"next": target})["Location"] == "/"


@pytest.mark.parametrize("address", ["/", "/find", "/find?code=ABCD"])
def test_pages_stay_small(town: Town, address: str) -> None:
    assert len(town.client.get(address).content) < 12_000  # bytes; a second on a bad line
