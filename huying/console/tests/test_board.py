from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huying.cases.models import Case
from huying.clocks.models import Clock
from huying.console.queries import board as boards
from huying.console.queries.board import board
from huying.console.tests.cast import a_case, a_task, client, officer
from huying.dispatch.models import Placing
from huying.notices.models import Notice
from huying.triage.actions import look
from huying.units.rights import Role

pytestmark = pytest.mark.django_db


def seen(browser: Client, **asked: str) -> str:
    answer = browser.get("/console/", asked, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def order(officer_name: str = "Ada", after: str = "") -> list[str]:
    rows = board(officer(officer_name), tab="all", mine=False, after=after).rows
    return [row.case.reference for row in rows]


def test_the_most_urgent_stands_first_then_who_waits_longest_and_unread_on_top() -> None:
    low = a_case(urgency="low", ago_m=90)
    young = a_case(urgency="critical", ago_m=1)
    old = a_case(urgency="critical", ago_m=30)
    unread = a_case(urgency="", ago_m=1)
    assert order() == [case.reference for case in (unread, old, young, low)]


def test_pages_follow_each_other_without_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "PAGE_CASES_MAX", 2)
    all_cases = [
        a_case(urgency=urgency, ago_m=minutes)
        for urgency in ("high", "low")
        for minutes in (9, 8, 8)
    ]
    found: list[str] = []
    after = ""
    for _ in range(4):
        page = board(officer("Ada"), tab="all", mine=False, after=after)
        found += [row.case.reference for row in page.rows]
        after = page.after
        if not after:
            break
    assert len(found) == len(set(found))
    assert set(found) == {case.reference for case in all_cases}


@pytest.mark.parametrize("after", ["x", "1_yesterday_3", "1_2022-11-08T02:00:00+00:00_", "__", "'"])
def test_a_key_that_makes_no_sense_gives_the_first_page(after: str) -> None:
    case = a_case()
    assert order(after=after) == [case.reference]


def test_each_tab_shows_its_own_and_says_how_many() -> None:
    asked = a_case()
    contested = a_case()
    Placing.objects.update_or_create(case=contested, defaults={"contested_at": asked.opened_at})
    Case.objects.filter(pk=asked.pk).update(lane="unsure")

    found = {
        tab: [row.case.pk for row in board(officer("Ada"), tab=tab, mine=False, after="").rows]
        for tab in boards.TABS
    }
    assert found["unsure"] == [asked.pk]
    assert found["act"] == found["contested"] == [contested.pk]
    counts = {
        tab.code: tab.count for tab in board(officer("Ada"), tab="all", mine=False, after="").tabs
    }
    assert counts == {"all": 2, "act": 1, "unsure": 1, "aside": 0, "answered": 0, "contested": 1}


def test_counts_stop_where_nobody_needs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "COUNT_MAX", 1)
    a_case()
    a_case()
    first = board(officer("Ada"), tab="all", mine=False, after="").tabs[0]
    assert (first.count, first.capped) == (1, True)
    assert "1+" in seen(client("Ada"))


def test_a_critical_case_alarms_until_somebody_has_looked() -> None:
    case = a_case()
    desk = client("Ada")
    assert 'data-alarms="1"' in seen(desk)
    assert "还没有人看" in seen(desk)

    look(case, officer=officer("Ada"), at=case.opened_at + timedelta(minutes=1))
    assert 'data-alarms="0"' in seen(desk)


def test_a_row_says_who_holds_it_and_who_is_asked_and_what_is_late() -> None:
    case = a_case()
    a_task(case, "shatou")
    Clock.objects.filter(case=case, promise="first_look").update(broken_at=case.opened_at)
    page = seen(client("Ada"))
    assert "卫健受理席" in page
    assert "待沙头街道签收" in page
    assert '<span class="broken">人工首阅' in page
    assert "透析中断" in page or "我妈透析停了三天" in page


def test_only_my_units_is_what_it_holds_or_is_asked() -> None:
    mine, other = a_case(), a_case()
    a_task(mine, "shatou")
    rows = board(officer("Rita", "shatou", Role.UNIT_OFFICER), tab="all", mine=True, after="").rows
    assert [row.case.pk for row in rows] == [mine.pk]
    desk = board(officer("Ada"), tab="all", mine=True, after="").rows
    assert {row.case.pk for row in desk} == {mine.pk, other.pk}


def test_a_board_of_many_asks_the_database_no_more_than_one_of_few() -> None:
    ada = officer("Ada")

    def questions() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            board(ada, tab="all", mine=False, after="")
        return len(asked)

    a_task(a_case(), "shatou")
    questions()  # the first one also learns the officer's unit
    few = questions()
    for _ in range(9):
        a_task(a_case(), "shatou")
    assert questions() == few


def test_the_bell_rings_until_it_is_seen() -> None:
    case = a_case()
    Notice.objects.create(
        case=case,
        about="offer",
        cause="task:1",
        officer=officer("Ada"),
        text="有新的交办件",
        queued_at=case.opened_at,
    )
    desk = client("Ada")
    assert 'data-unseen="1"' in seen(desk)
    assert "有新的交办件" in desk.get("/console/bell").content.decode()
    assert desk.post("/console/bell")["Location"] == "/console/bell"
    assert 'data-unseen="0"' in seen(desk)
