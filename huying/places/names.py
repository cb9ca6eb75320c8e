"""The names that areas go by, and which of them a text holds at a given character."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from huying.places.rules import (
    HIDDEN,
    SUFFIXES,
    Level,
    level_of,
    line_of,
    parent_of,
    path_of,
    short_names,
    shown,
    words_of,
)

WORD_MAX = 16  # characters of a name that is looked up; the few longer ones are never written out

# What the statistics don't know but everybody says.
_ALSO_CALLED = {
    "大鹏新区": "440307",
    "光明新区": "440311",
    "坪山新区": "440310",
    "龙华新区": "440309",
}

_FIRST_OF_SUFFIX = {suffix[0] for suffixes in SUFFIXES.values() for suffix in suffixes}
# 市民 is not the suffix 市, 区域 not 区; 深圳市民中心 stands in 深圳.
_NOT_SUFFIX = {
    "市": "民场值面井",
    "区": "域间别块",
    "省": "会得去钱心事",
    "镇": "静定痛压",
    "旗": "下舰帜",
    "乡": "亲下愁",
    "盟": "友",
}
# Some communities bear no name but their kind.
_KINDS = {"社区", "小区", "居委", "居委会", "居民", "街道", "村委会", "机关", "家属"}
# 北京东路 is a road, in whatever city.
_NOT_BARE = re.compile(
    "[东南西北中一二三四五六七八九十]{0,2}(?:路|大道|大街|街(?!道|办)|巷|胡同|高架)|牌|人寿|号线"
)


class Form(StrEnum):
    FULL = "full"  # as the statistics write it, or nearly
    VARIANT = "variant"  # another suffix of the same level: 上沙村
    BARE = "bare"


_BEST_FIRST = (Form.FULL, Form.VARIANT, Form.BARE)


class Token(NamedTuple):
    """A name at one place of the text, and the areas that bear it (none: it is no area)."""

    start: int
    end: int
    stem: str
    codes: tuple[str, ...]
    form: Form


class Names:
    """All names of a set of areas, found by the first two characters. Never changed once made."""

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        self.official = dict(rows)
        self.level = {code: level_of(code) for code in self.official}
        self.ordinary = words_of("ordinary.txt")
        stems: dict[str, list[str]] = defaultdict(list)
        for code in self.official:
            for stem in self._short(code):
                stems[stem].append(code)
        for stem, code in _ALSO_CALLED.items():
            if code in self.official:
                stems[stem].append(code)
        self._stems = {
            stem: tuple(codes)
            for stem, codes in stems.items()
            if 2 <= len(stem) <= WORD_MAX and stem not in _KINDS
        }
        self._stems |= dict.fromkeys(words_of("not_places.txt") - stems.keys(), ())
        lengths: dict[str, set[int]] = defaultdict(set)
        for stem in self._stems:
            lengths[stem[:2]].add(len(stem))
        self.lengths = {two: tuple(sorted(some, reverse=True)) for two, some in lengths.items()}

    def _short(self, code: str) -> set[str]:
        """The bare names of an area, also without the name of the one around it."""
        name, level = self.official[code], self.level[code]
        if name in HIDDEN:
            return set()
        around = self.official.get(parent_of(code) or "", "")
        # 济源市沁园街道 is called 沁园 within 济源.
        own = name.removeprefix(around) if around else name
        return short_names(name, level) | (short_names(own, level) if len(own) > 2 else set())

    def path(self, code: str) -> str:
        """The names from the province down to this area, with slashes between."""
        known = [one for one in reversed(line_of(code)) if one in self.official]
        return path_of([shown(self.official[one], self.level[one]) for one in known])

    def steps(self, code: str, around: str) -> int:
        """How many levels that people name lie between an area and one around it."""
        return self.path(code).count("/") - self.path(around).count("/")

    def highest(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Without those that lie in another of them: 福田 is the district, not its street."""
        given = set(codes)
        kept = tuple(
            sorted(code for code in given if not any(one in given for one in line_of(code)[1:]))
        )
        # 海南 is the province, whatever prefecture in the far west is called so too.
        return tuple(code for code in kept if len(code) == 2) or kept

    def tokens(self, text: str, at: int) -> list[Token]:
        """The names that start here: the most official first, longer before shorter."""
        found: list[Token] = []
        phrase: Token | None = None
        for length in self.lengths.get(text[at : at + 2], ()):
            stem = text[at : at + length]
            codes = self._stems.get(stem)
            if codes is None or len(stem) < length:
                continue
            if not codes:
                phrase = phrase or Token(at, at + length, stem, (), Form.FULL)
                continue
            found += self._suffixed(text, at, stem, codes)
            if stem[-1] not in "路街道" and not _NOT_BARE.match(text, at + length):
                found.append(Token(at, at + length, stem, codes, self._bare_form(stem, codes)))
        # 新华社 is no place, and in 新华社区 not said.
        if phrase and not any(token.end > phrase.end for token in found):
            return [phrase]
        return sorted(found, key=lambda token: (_BEST_FIRST.index(token.form), -token.end))

    def _bare_form(self, stem: str, codes: tuple[str, ...]) -> Form:
        # 浚县 has no shorter name than its official one; 高新区 names one in every city.
        whole = stem in _ALSO_CALLED or any(self.official[code] == stem for code in codes)
        return Form.FULL if whole and stem not in self.ordinary else Form.BARE

    def _suffixed(self, text: str, at: int, stem: str, codes: tuple[str, ...]) -> Iterator[Token]:
        end = at + len(stem)
        if text[end : end + 1] not in _FIRST_OF_SUFFIX:
            return
        for level, suffixes in SUFFIXES.items():
            fitting = [code for code in codes if self.level[code] is level]
            suffix = next((one for one in suffixes if text.startswith(one, end)), "")
            if not (fitting and suffix):
                continue
            after = end + len(suffix)
            if after < len(text) and text[after] in _NOT_SUFFIX.get(suffix, ""):
                continue
            full = [code for code in fitting if _fits(self.official[code], suffix, level)]
            form = Form.FULL if full else Form.VARIANT
            yield Token(at, after, stem, tuple(full or fitting), form)


def inside(codes: tuple[str, ...], around: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `codes` that lie in one of `around`."""
    # A set keeps this linear where a name is borne by hundreds of villages.
    outer = set(around)
    return tuple(code for code in codes if any(one in outer for one in line_of(code)[1:]))


def _fits(name: str, suffix: str, level: Level) -> bool:
    """Whether an area of this official name is written with this suffix."""
    if level is Level.COMMUNITY:
        village = "村" in suffix or suffix == "大队"
        return name.endswith(("村民委员会", "村委会", "村")) == village
    if level is Level.STREET and suffix not in ("镇", "乡"):
        return name.endswith("街道")
    return name.endswith(suffix)
