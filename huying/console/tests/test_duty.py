from datetime import UTC, datetime, time

import pytest

from huying.console.queries.duty import proof, watches
from huying.console.tests.cast import client, officer, units
from huying.places.models import Area
from huying.units.models import Duty, Shift
from huying.units.rights import Role

pytestmark = pytest.mark.django_db

AT = datetime(2022, 11, 8, 2, 0, tzinfo=UTC)
AREAS = {"44": "广东省", "4403": "深圳市", "440304": "福田区", "440304005": "沙头街道"}


def the_list() -> Area:
    units()
    path = ""
    for level, (code, name) in enumerate(AREAS.items(), start=1):
        path = f"{path}/{name}".strip("/")
        Area.objects.create(code=code, name=name, short=name, level=level, path=path)
    Duty.objects.create(area_id="440304", category="*", unit_id="futian")
    Duty.objects.create(area_id="440304", category="health", unit_id="desk")
    Shift.objects.create(
        unit_id="desk", officer=officer("Ada"), weekdays=[2], begins=time(8), ends=time(20)
    )
    return Area.objects.get(pk="440304005")


def test_the_proof_shows_every_line_that_was_asked_down_to_the_one_that_decides() -> None:
    found = proof(the_list(), "chronic", AT)

    assert found.unit is not None
    assert found.unit.code == "desk"
    assert [(one.area, one.category, bool(one.unit)) for one in found.asked] == [
        ("沙头街道", "chronic", False),
        ("沙头街道", "health", False),
        ("沙头街道", "*", False),
        ("福田区", "chronic", False),
        ("福田区", "health", True),
    ]
    assert found.watch is not None
    assert [one.name for one in found.watch.on_duty] == ["Ada"]


def test_a_hole_in_the_list_is_said_to_be_one() -> None:
    the_list()
    found = proof(Area.objects.get(pk="4403"), "chronic", AT)
    assert found.unit is None
    page = client("Ada").get("/console/duty", {"area": "4403", "category": "chronic"})
    assert page.status_code == 200
    assert "这是一个漏洞" in page.content.decode()


def test_a_place_that_nobody_knows_is_a_mistake_in_the_form() -> None:
    desk = client("Ada")
    assert desk.get("/console/duty", {"area": "火星", "category": "chronic"}).status_code == 422
    assert desk.get("/console/duty", {"area": "4403", "category": "x"}).status_code == 422


def test_units_where_nobody_is_are_seen() -> None:
    the_list()
    empty = {watch.unit.code for watch in watches(AT) if watch.is_empty}
    assert "desk" not in empty
    assert "futian" in empty
    assert [watch.unit.code for watch in watches(AT, named="检测")] == ["lab"]


def test_a_company_reads_the_duty_list_too() -> None:
    assert client("Lin", "lab", Role.UNIT_OFFICER).get("/console/duty").status_code == 200
