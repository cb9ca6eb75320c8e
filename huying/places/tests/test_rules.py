import pytest

from huying.places.rules import Level, level_of, line_of, parent_of, path_of, short_names, shown


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("44", Level.PROVINCE, None),
        ("4403", Level.CITY, "44"),
        ("440304", Level.DISTRICT, "4403"),
        ("440304005", Level.STREET, "440304"),
        ("440304005026", Level.COMMUNITY, "440304005"),
    ],
)
def test_a_code_tells_its_level_and_parent(code: str, level: Level, parent: str | None) -> None:
    assert level_of(code) is level
    assert parent_of(code) == parent


@pytest.mark.parametrize("code", ["", "4", "440", "4403045", "4403040050269"])
def test_another_length_is_no_code(code: str) -> None:
    with pytest.raises(ValueError, match="no area code"):
        level_of(code)


def test_the_line_of_a_code_goes_up_to_the_province() -> None:
    assert line_of("440304005026") == ["440304005026", "440304005", "440304", "4403", "44"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("上沙社区居委会", "上沙社区"),
        ("大塘龙社区居民委员会", "大塘龙社区"),
        ("黄麻布社区居委", "黄麻布社区"),
        ("某某村村委会", "某某村"),
        ("某某村民委员会", "某某村"),
        ("某某庄村委会", "某某庄村"),
        ("小梅沙居委会", "小梅沙居委会"),
        ("前海合作区虚拟社区", "前海合作区虚拟社区"),
    ],
)
def test_a_community_is_shown_as_people_say_it(name: str, said: str) -> None:
    assert shown(name, Level.COMMUNITY) == said


@pytest.mark.parametrize(
    ("name", "level", "names"),
    [
        ("福田区", Level.DISTRICT, {"福田"}),
        ("广西壮族自治区", Level.PROVINCE, {"广西", "广西壮族"}),
        ("内蒙古自治区", Level.PROVINCE, {"内蒙古"}),
        ("恩施土家族苗族自治州", Level.CITY, {"恩施", "恩施土家族苗族"}),
        ("管城回族区", Level.DISTRICT, {"管城", "管城回族"}),
        ("浚县", Level.DISTRICT, {"浚县"}),
        ("民治街道", Level.STREET, {"民治"}),
        ("某某镇", Level.STREET, {"某某"}),
        ("坂田社区坂田围居委会", Level.COMMUNITY, {"坂田", "坂田围"}),
        ("梅林一村社区居委会", Level.COMMUNITY, {"梅林一村", "梅林一"}),
    ],
)
def test_an_area_goes_by_its_bare_names(name: str, level: Level, names: set[str]) -> None:
    assert short_names(name, level) == names


def test_a_path_leaves_out_levels_that_nobody_says() -> None:
    assert path_of(["北京市", "市辖区", "朝阳区"]) == "北京市/朝阳区"
    assert path_of(["广东省", "东莞市", "东莞市", "东城街道"]) == "广东省/东莞市/东城街道"
