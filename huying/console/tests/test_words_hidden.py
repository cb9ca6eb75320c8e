"""What somebody wrote is shown without who and where they are, to whoever looks."""

from datetime import UTC, datetime

import pytest

from huying.console.tests.cast import a_case, client
from huying.dispatch.actions import offer
from huying.persons.actions import Said, keep
from huying.persons.rules import Kind
from huying.units.rights import Role

pytestmark = pytest.mark.django_db

NAME, PLACE = "欧阳虚构", "福田区上沙村12栋503"
WORDS = f"我叫{NAME}，家里断粮了，住{PLACE}"


@pytest.mark.parametrize(
    ("unit", "role"),
    [
        ("desk", Role.DESK),
        ("desk", Role.OBSERVER),
        ("desk", Role.AUDITOR),
        ("shatou", Role.UNIT_OFFICER),
        ("lab", Role.UNIT_OFFICER),  # a company
    ],
)
def test_name_and_house_are_hidden_on_every_page(unit: str, role: Role) -> None:
    at = datetime.now(UTC)
    case = a_case(WORDS)
    assert case.person_id
    keep(
        [
            Said(case.person_id, Kind.NAME, NAME, "person"),
            Said(case.person_id, Kind.ADDRESS, PLACE, "person"),
        ],
        at=at,
    )
    for asked in ("shatou", "lab"):
        offer(case, asked, lead=asked == "shatou", by="officer:1", at=at)
    browser = client("looker", unit, role)

    pages = ["/console/", "/console/inbox", f"/console/search?q={case.reference}"]
    for page in [*pages, f"/console/{case.reference}"]:
        text = browser.get(page).content.decode()
        assert NAME not in text, page
        assert "12栋" not in text, page
    assert "我叫欧***，家里断粮了，住福田区上沙村**栋***" in text


@pytest.mark.parametrize("page", ["", "inbox", "bell", "search?q=A", "unread", "duty"])
def test_no_browser_keeps_a_page_for_whoever_comes_next(page: str) -> None:
    assert "no-store" in client("Ada").get(f"/console/{page}")["Cache-Control"]
