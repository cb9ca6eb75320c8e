"""The public figures, twice: from the columns and from the timelines."""

import csv
import json
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from huying.cases.actions import record
from huying.cases.facts import Merged
from huying.cases.models import Case
from huying.report.export import as_csv, as_json
from huying.report.queries import figures
from huying.report.recompute import differences, recompute
from huying.report.rules import Counts, Figures, Times
from huying.report.tests.cast import AT, a_case, closed, confirmed, disputed, replied, settled

DAY = date(2022, 1, 9)
LATER = AT + timedelta(days=20)

pytestmark = pytest.mark.django_db


def counted(since: date = DAY, until: date = DAY) -> Figures:
    """The figures, after making sure that the timelines say the same."""
    found = figures(since=since, until=until, at=LATER)
    again = recompute(since=since, until=until, at=LATER)
    assert differences(found, again.figures) == []
    assert again.drifts == []
    return found


def a_day() -> None:
    for minutes in (10, 20, 30, 60, 120, 600):
        closed(a_case(), minutes=minutes)
    closed(a_case(urgency="low", channel="web"), minutes=60)
    replied(a_case(urgency="low"), after=timedelta(minutes=6))
    a_case(nature="consult")


def test_the_four_numbers_of_the_account_are_counted() -> None:
    a_day()

    found = counted()

    assert found.total == Counts(received=9, processed=8, closed=7, urgent_closed=6)
    assert found.total.closing_rate == 77.8
    assert found.by_channel["web"] == Counts(1, 1, 1, 0)
    assert found.by_nature["consult"] == Counts(1, 0, 0, 0)
    assert found.days() == {DAY: found.total}


def test_reply_and_solution_are_told_in_minutes() -> None:
    a_day()

    found = counted()

    # 6 min to the first reply and an hour to the solution, as in the account (WJ-10).
    assert found.first_reply[""] == Times(8, 5 * 60 + 60, 60 * 60)
    assert found.settled[""].median_s == 60 * 60
    assert found.settled["web"].count == 1


def test_what_was_reopened_is_not_closed() -> None:
    case = closed(a_case(), minutes=60)
    again = settled(replied(a_case(), after=timedelta(minutes=1)), after=timedelta(hours=1))
    disputed(again, after=timedelta(hours=2))

    assert counted().total.closed == 1
    settled(again, after=timedelta(hours=3))
    confirmed(again, after=timedelta(hours=4))
    assert counted().total.closed == 2
    assert case.state == "closed"


def test_drills_and_merged_cases_are_left_out() -> None:
    kept = a_case()
    closed(a_case(drill=True), minutes=5)
    part = a_case()
    merged = Merged(into=kept.pk, into_reference=kept.reference)
    record(part, merged, by="officer:1", at=AT + timedelta(hours=1))

    found = counted()

    assert found.total.received == 1
    assert found.merged == 1


def test_a_day_is_one_of_the_city_and_not_of_greenwich() -> None:
    a_case(at=AT.replace(hour=15, minute=59))  # 23:59 in the city
    a_case(at=AT.replace(hour=16))  # midnight

    assert counted().total.received == 1
    assert counted(until=date(2022, 1, 10)).days()[date(2022, 1, 10)].received == 1


def test_promises_are_kept_or_broken_never_both() -> None:
    closed(a_case(), minutes=5)  # answered after half a minute
    closed(a_case(), minutes=60 * 24 * 3)  # answered after seven hours
    a_case()  # nobody came

    found = counted()

    looks = found.promises["first_look"]
    assert (looks.kept, looks.broken) == (1, 2)
    assert (found.promises["settle"].kept, found.promises["settle"].broken) == (1, 2)
    assert looks.rate == 33.3


def test_a_column_that_lies_is_found_out() -> None:
    case = closed(a_case(), minutes=60)
    Case.objects.filter(pk=case.pk).update(state="open", closed_at=None)

    found = figures(since=DAY, until=DAY, at=LATER)
    again = recompute(since=DAY, until=DAY, at=LATER)

    assert "total.closed: columns say 0, timelines say 1" in differences(found, again.figures)
    assert any(case.reference in line and "state" in line for line in again.drifts)


def test_the_export_can_be_read_back() -> None:
    a_day()

    rows = list(csv.DictReader(StringIO(as_csv(counted()))))

    values = {(row["table"], row["name"], row["measure"]): row["value"] for row in rows}
    assert values["total", "", "received"] == "9"
    assert values["total", "", "closing_rate"] == "77.8"
    assert values["channel", "web", "received"] == "<5"
    assert values["channel", "wechat", "received"] == "·"


def test_the_json_tells_numbers_as_they_are() -> None:
    a_day()

    told = json.loads(json.dumps(as_json(counted())))

    assert (told["received"], told["closed"], told["closing_rate"]) == (9, 7, 77.8)
    assert told["first_reply"]["all"]["median_min"] == 6.0


def test_the_page_shows_the_figures_and_how_they_are_counted(client: Client) -> None:
    a_day()

    with time_machine.travel(LATER):
        text = client.get("/numbers/?since=2022-01-09&until=2022-01-09").content.decode()

    assert "77.8 %" in text
    assert "办结 ÷ 收到（不是 ÷ 处理）" in text
    assert "&lt;5" in text
    assert "<script" not in text


@pytest.mark.parametrize(
    "question",
    ["", "?since=tomorrow", "?since=2999-01-01", "?since=0001-01-01", "?until=1900-01-01"],
)
def test_a_senseless_period_is_no_fault(client: Client, question: str) -> None:
    assert client.get(f"/numbers/{question}").status_code == 200


def test_the_file_opens_in_a_spreadsheet(client: Client) -> None:
    answer = client.get("/numbers/numbers.csv?since=2022-01-01&until=2022-01-31")

    assert answer.content.startswith(b"\xef\xbb\xbftable,day")
    assert "huying-2022-01-01-2022-01-31.csv" in answer["Content-Disposition"]


def test_the_command_says_that_the_timelines_say_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    a_day()

    call_command("numbers", "--since=2022-01-09", "--until=2022-01-09", "--recompute")

    assert "the timelines say the same" in capsys.readouterr().out


def test_the_command_ends_badly_when_they_do_not() -> None:
    Case.objects.filter(pk=closed(a_case(), minutes=5).pk).update(nature="praise")

    with pytest.raises(SystemExit) as ending:
        call_command("numbers", "--since=2022-01-09", "--until=2022-01-09", "--recompute", "--json")

    assert ending.value.code == 1
