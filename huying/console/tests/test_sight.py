import pytest

from huying.console.sight import Sight, permits, sight
from huying.console.tests.cast import PHONE, a_case, a_task, client, officer
from huying.dispatch.actions import give_back
from huying.units.rights import Right, Role

pytestmark = pytest.mark.django_db


def test_a_desk_and_those_above_see_every_case() -> None:
    case = a_case()
    for role in (Role.DESK, Role.DESK_LEADER, Role.DIRECTOR, Role.ARBITER, Role.OBSERVER):
        assert sight(officer(f"a {role}", role=role), case) == Sight.WHOLE


def test_a_unit_sees_what_it_or_one_below_it_was_asked() -> None:
    street = officer("Rita", "shatou", Role.UNIT_OFFICER)
    district = officer("Sem", "futian", Role.UNIT_HEAD)
    case = a_case()
    assert sight(street, case) == sight(district, case) == Sight.NONE

    a_task(case, "shatou")
    assert sight(street, case) == sight(district, case) == Sight.WHOLE


def test_a_district_does_not_see_through_its_street_into_others() -> None:
    case = a_case()
    a_task(case, "futian")
    assert sight(officer("Rita", "shatou", Role.UNIT_OFFICER), case) == Sight.NONE


def test_a_company_sees_its_own_part_and_no_longer_than_it_has_one() -> None:
    company = officer("Lin", "lab", Role.UNIT_OFFICER)
    case = a_case()
    task = a_task(case, "lab", lead=False)
    assert sight(company, case) == Sight.OWN

    task.refresh_from_db()
    give_back(task, ground="duty", proper="shatou", officer=company, at=task.offered_at)
    assert sight(company, case) == Sight.NONE


def test_a_page_that_may_not_be_seen_is_403_and_so_is_every_deed_on_it() -> None:
    case = a_case()
    street = client("Rita", "shatou", Role.UNIT_OFFICER)
    assert street.get(f"/console/{case.reference}").status_code == 403
    assert street.post(f"/console/{case.reference}/reply", {"text": "好"}).status_code == 403
    assert street.get("/console/ZZZZZZ").status_code == 404


def test_a_company_reads_masked_words_and_its_own_lines_only() -> None:
    case = a_case()
    a_task(case, "shatou")
    task = a_task(case, "lab", lead=False)
    company = client("Lin", "lab", Role.UNIT_OFFICER)

    page = company.get(f"/console/{case.reference}").content.decode()
    assert "透析停了三天" in page
    assert PHONE not in page
    assert f"/task/{task.pk}/accept" in page
    lines = page.split('<ol class="timeline">')[1].split("</ol>")[0]
    assert "甲检测公司" in lines
    assert "沙头街道" not in lines

    # It does its part; it reveals nothing, tells the person nothing and asks no other unit.
    for deed in ("reveal", "reply", "offer", f"task/{task.pk}/hand-on"):
        assert company.post(f"/console/{case.reference}/{deed}").status_code == 403


def test_an_observer_reads_and_touches_nothing() -> None:
    case = a_case()
    observer = client("Max", role=Role.OBSERVER)
    page = observer.get(f"/console/{case.reference}").content.decode()
    assert "透析停了三天" in page
    assert "deed-" not in page
    for deed in ("look", "reply", "reveal", "offer", "correct", "remark"):
        assert observer.post(f"/console/{case.reference}/{deed}").status_code == 403
    assert not permits(officer("Max"), Right.REVEAL, Sight.WHOLE)


def test_a_right_without_sight_is_none() -> None:
    assert not permits(officer("Ada"), Right.REPLY, Sight.NONE)
