"""How areas are numbered and named, and what a zone can be."""

import re
from enum import IntEnum, StrEnum
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
DEMO_CITY = "4403"  # Shenzhen


class Level(IntEnum):
    PROVINCE = 1
    CITY = 2
    DISTRICT = 3
    STREET = 4
    COMMUNITY = 5


class ZoneKind(StrEnum):
    SEALED = "sealed"  # 封控区: nobody leaves the home
    CONTROLLED = "controlled"  # 管控区: nobody leaves the area
    WATCHED = "watched"  # 防范区
    FLOODED = "flooded"
    EVACUATED = "evacuated"
    OUTAGE = "outage"  # no water, power, gas or network
    OTHER = "other"


# Lengths of a code of the National Bureau of Statistics; each begins with its parent's.
LEVEL_BY_LENGTH = {
    2: Level.PROVINCE,
    4: Level.CITY,
    6: Level.DISTRICT,
    9: Level.STREET,
    12: Level.COMMUNITY,
}
_PARENT_LENGTH = {4: 2, 6: 4, 9: 6, 12: 9}

# Levels that exist in the numbering only; nobody says them.
HIDDEN = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}

# Longest first: the first that fits is the one that is meant.
SUFFIXES: dict[Level, tuple[str, ...]] = {
    Level.PROVINCE: ("自治区", "省", "市"),
    Level.CITY: ("自治州", "地区", "市", "州", "盟"),
    Level.DISTRICT: ("自治县", "自治旗", "新区", "林区", "特区", "区", "县", "市", "旗"),
    Level.STREET: ("街道办事处", "街道办", "街道", "办事处", "街办", "镇", "乡"),
    Level.COMMUNITY: (
        "社区居民委员会", "社区居委会", "社区工作站", "社区居委", "社区",
        "居民委员会", "居委会", "居委", "村民委员会", "村委会", "村委", "大队", "村",
    ),
}  # fmt: skip

_TITLE = re.compile("(?:居民委员会|居民居委会|居委会|居委|村民委员会|村委会)$")
_PEOPLES = re.compile(
    "(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土"
    "|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|鄂温克|保安|裕固|独龙|鄂伦春|各)族|蒙古$|维吾尔$"
)
_TYPES = {  # what a long official name is called in its own city, and nowhere else
    "高新技术产业开发区": "高新区",
    "高新技术开发区": "高新区",
    "经济技术开发区": "经开区",
    "经济开发区": "经开区",
    "城乡一体化示范区": "示范区",
    "航空港经济综合实验区": "航空港区",
}


def level_of(code: str) -> Level:
    """The level that a code's length stands for. Raises ValueError for no such length."""
    try:
        return LEVEL_BY_LENGTH[len(code)]
    except KeyError:
        raise ValueError(f"{code!r} is no area code: 2, 4, 6, 9 or 12 digits") from None


def parent_of(code: str) -> str | None:
    """The code of the area around this one, or None for a province."""
    length = _PARENT_LENGTH.get(len(code))
    return code[:length] if length else None


def line_of(code: str) -> list[str]:
    """The code and those around it, most specific first."""
    return [code[:length] for length in (12, 9, 6, 4, 2) if length <= len(code)]


def shown(name: str, level: Level) -> str:
    """The name as people say and read it: 上沙社区居委会 → 上沙社区, 黄村村委会 → 黄村."""
    if level is not Level.COMMUNITY:
        return name
    bare = _TITLE.sub("", name)
    if bare == name or bare.endswith(("社区", "村")):
        return bare
    if "村" in name[len(bare) :]:
        return bare + "村"
    return name  # 小梅沙居委会: without its title it would be a beach


def short_names(name: str, level: Level) -> set[str]:
    """The bare names (two characters and more) that an area goes by: 福田区 → 福田."""
    if level is Level.COMMUNITY:
        return _community_names(_TITLE.sub("", name))
    for kind, said in _TYPES.items():
        if name.endswith(kind):
            return {said, name, name.replace(kind, said)}
    for suffix in SUFFIXES[level]:
        if name.endswith(suffix):
            stem = name.removesuffix(suffix)
            plain = _PEOPLES.split(stem)[0] if _PEOPLES.search(stem) else stem
            return {word for word in (plain, stem) if len(word) >= 2} or {name}
    return {name}


def _community_names(bare: str) -> set[str]:
    # 坂田社区坂田围居委会: people say 坂田围, or 坂田社区 and mean one of several.
    names = {part for part in bare.split("社区") if part}
    names |= {part.removesuffix("村") for part in names}
    return {name for name in names if len(name) >= 2} or {bare}


def path_of(names: list[str]) -> str:
    """One line from the province down: 广东省/深圳市. Hidden and doubled levels are left out."""
    said: list[str] = []
    for name in names:
        if name not in HIDDEN and name not in said[-1:]:
            said.append(name)
    return "/".join(said)


@cache
def words_of(file: str) -> frozenset[str]:
    """The words of one of our own lists in `data/`."""
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
