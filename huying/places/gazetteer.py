"""From words to areas: which places a text names, and how sure that is.

Each character is looked up once, and a name is joined with the deeper one that follows it, so the
work grows with the text only. A name that is also an ordinary word counts only with its suffix or
right after the area it lies in.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, cached_property

from huying.places.address import joined, left_over, same_signs, tail_end
from huying.places.names import Form, Names, Token, inside
from huying.places.package import shipped_rows
from huying.places.rules import Level

MENTIONS_MAX = 30  # of one message; who lists more is not telling where they are

_GAP = re.compile(r"[ ,、/·\-—>→:()|的]{0,3}")
_BEFORE_PLACE = re.compile("[在住到去来回往从于址位家经过离出是至抵]$")
_AT_HOME = re.compile("(?:住|家在|位于|地址|坐标|定位|小区|地点|位置|现址)(?:在|是|为)?[: ]*$")
_AFTER_PLACE = re.compile("附近|这边|那边|一带|这里|居民|人民医院|全境|各地|本地")
# Before a name these end something else; any other Chinese character may make it a longer name.
_EDGE = set(
    "在住于到达至去来回往由自从经过离的是叫属和与及跟同或们我他她你您家咱前今天日时点分请问求助给为向把将"
    "被让对因省市区县州旗镇乡道路街号院楼栋址位处置标内外里旁边了着吗吧呢啊知系据说得现有这那该个条座"
    "救注帮援缺查报封用打关闭进听么各全整某其户人员救看等找快有没比让令派送急需扩散转发核实"
)
_AFTER_NAME = re.compile(
    "[^\u4e00-\u9fff]|$|[的了有这那里内被没已封和与及跟在是到去要需求缺人停断走过出开坐打回来吗呢吧]|附近|周边|旁|对面|东|西|南|北|路|街"
)
_OTHER_KIND = re.compile(
    "街道|街办|镇|乡|社区|村(?!民)|路|居委"
)  # 铜官街道 is not the district 铜官
_NATURE = frozenset("山河湖江海沟湾岭寺庙渠川原坡")  # 太行 may be a street, 太行山 is none
_SIGNS = " ,.。!?~、"
_CHINESE = re.compile("[\u4e00-\u9fff]")


class Certainty(StrEnum):
    EXACT = "exact"  # named with its suffix or its surroundings, and only one such area
    LIKELY = "likely"  # a bare name, or one of several that the surroundings decide
    AMBIGUOUS = "ambiguous"  # several areas bear this name
    CONFLICT = "conflict"  # the words name areas of which none lies in the other


SURE = frozenset({Certainty.EXACT, Certainty.LIKELY})


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An area that some words of a text may mean."""

    code: str
    path: str  # 广东省/深圳市/福田区/沙头街道/上沙社区
    level: Level
    start: int  # of the whole address in the text, house and flat included
    end: int
    words: str  # text[start:end]
    rest: str  # what the area does not say: 沙头大厦2栋301
    certainty: Certainty


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mention:
    """One address of the text: its names, and the areas that fit all of them."""

    tokens: tuple[Token, ...]
    codes: tuple[str, ...]
    end: int
    certainty: Certainty


class Gazetteer:
    """The areas of the country, of a city or of whatever was loaded, to be found in texts."""

    def __init__(self, names: Names) -> None:
        self._names = names

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[str, str]]) -> "Gazetteer":
        """The gazetteer of (code, official name) rows, in any order, of whatever levels."""
        return cls(Names(rows))

    @staticmethod
    def shipped() -> "Gazetteer":
        """What comes with the program: the country down to districts, Shenzhen whole."""
        return _shipped()

    def __len__(self) -> int:
        return len(self._names.official)

    def __contains__(self, code: str) -> bool:
        return code in self._names.official

    def path(self, code: str) -> str:
        """The names from the province down to this area, with slashes between."""
        return self._names.path(code)

    def find(self, text: str, near: str | None = None, limit: int = 5) -> list[Candidate]:
        """The areas that `text` names, in the order of the words.

        A name that several areas bear gives up to `limit` candidates with the same words. `near`,
        an area's code, decides between those inside it and others, and never inside itself.
        """
        return self.search(text).find(near, limit)

    def search(self, text: str) -> "Search":
        """`text`, looked through once for whatever is asked of it then."""
        return Search(self, self._names, text)

    def mentions(self, text: str) -> Iterator[_Mention]:
        """The addresses in a text of plain signs."""
        lengths = self._names.lengths
        at = count = 0
        last = len(text) - 1
        while at < last and count < MENTIONS_MAX:
            if text[at : at + 2] not in lengths:
                at += 1
                continue
            tokens = self._names.tokens(text, at)
            if tokens and not tokens[0].codes:
                at = tokens[0].end
                continue
            mention = next(filter(None, (self._grow(text, token) for token in tokens)), None)
            if mention:
                count += 1
                yield mention
            at = mention.end if mention else at + 1

    def _grow(self, text: str, first: Token) -> _Mention | None:
        """The address that starts with this name, or None if it is no place here."""
        tokens, codes = [first], first.codes
        while following := self._following(text, tokens[-1], codes):
            token, fitting = following
            tokens.append(token)
            if not fitting:
                if len(tokens) == 2 and not self._stands_alone(text, first):
                    return None
                return _Mention(
                    tokens=tuple(tokens),
                    codes=(*self._names.highest(codes), *token.codes),
                    end=tail_end(text, token.end),
                    certainty=Certainty.CONFLICT,
                )
            codes = fitting
        if len(tokens) == 1:
            if not self._stands_alone(text, first):
                return None
            if first.form is Form.BARE:
                # 武昌 is the district, whatever village far away is called so too.
                length = min(map(len, codes))
                codes = tuple(code for code in codes if len(code) == length)
        elif self._only_words(tokens, codes):
            return None
        return _Mention(
            tokens=tuple(tokens),
            codes=self._names.highest(codes),
            end=tail_end(text, tokens[-1].end),
            certainty=self._certainty(text, tokens),
        )

    def _following(
        self, text: str, latest: Token, codes: tuple[str, ...]
    ) -> tuple[Token, tuple[str, ...]] | None:
        """The next name of the same address, with its areas that lie in `codes`: maybe none."""
        end = latest.end
        gap = _GAP.match(text, end)
        at = gap.end() if gap else end
        tokens = [token for token in self._names.tokens(text, at) if token.codes]
        for token in tokens:
            fitting = inside(token.codes, codes)
            if fitting and (token.form is not Form.BARE or self._linked(token, fitting, codes)):
                return token, fitting
        if at == end and tokens and tokens[0].form is Form.FULL and _deeper(tokens[0].codes, codes):
            return tokens[0], ()
        ordinary = latest.form is Form.BARE and latest.stem in self._names.ordinary
        return None if ordinary else self._further_on(text, end, codes)

    def _further_on(
        self, text: str, end: int, codes: tuple[str, ...]
    ) -> tuple[Token, tuple[str, ...]] | None:
        # 福田区滨河大道上沙社区: a road may stand between the district and its community.
        for at in range(end + 2, tail_end(text, end) - 2):
            if text[at : at + 2] in self._names.lengths and text[at - 1] in _EDGE:
                for token in self._names.tokens(text, at):
                    fitting = inside(token.codes, codes)
                    if fitting and token.form is Form.FULL:
                        return token, fitting
        return None

    def _linked(self, token: Token, fitting: tuple[str, ...], around: tuple[str, ...]) -> bool:
        """Whether a bare name is the area's, standing right after an area around it."""
        ordinary = token.stem in self._names.ordinary
        for code in fitting:
            outer = [one for one in around if code.startswith(one)]
            steps = min(self._names.steps(code, one) for one in outer)
            if steps <= (1 if ordinary else 2):
                return True
        return False

    def _only_words(self, tokens: list[Token], codes: tuple[str, ...]) -> bool:
        # 安平安平 may be a street and its community, and is a wish.
        vague = tokens[0].stem in self._names.ordinary and min(map(len, codes)) > 6
        return vague and all(token.form is Form.BARE for token in tokens)

    def _stands_alone(self, text: str, token: Token) -> bool:
        """Whether this name is a place without others around it."""
        level = min(self._names.level[code] for code in token.codes)
        clear = _clear(text, token.start)
        if token.form is Form.FULL:
            # 浚县 and 沙河乡 may be the end of a longer name, 福田区 hardly.
            return clear or (token.end - token.start > 2 and level <= Level.DISTRICT)
        if token.stem in self._names.ordinary:
            return False
        if token.form is Form.VARIANT:
            return clear and level is not Level.DISTRICT
        return level <= Level.CITY or (clear and self._bare_is_place(text, token, level))

    def _bare_is_place(self, text: str, token: Token, level: Level) -> bool:
        if _OTHER_KIND.match(text, token.end):
            return False
        if level is Level.DISTRICT and sum(len(code) == 6 for code in token.codes) == 1:
            return True
        return _told_as_place(text, token, level)

    def _certainty(self, text: str, tokens: list[Token]) -> Certainty:
        first = tokens[0]
        if len(tokens) > 1:
            return Certainty.EXACT
        level = min(self._names.level[code] for code in first.codes)
        sure = level <= Level.DISTRICT or _clear(text, first.start)
        return Certainty.EXACT if first.form is Form.FULL and sure else Certainty.LIKELY


class Search:
    """One text and the addresses in it, each found once."""

    def __init__(self, gazetteer: Gazetteer, names: Names, text: str) -> None:
        self.text = text
        self._gazetteer = gazetteer
        self._names = names

    @cached_property
    def plain(self) -> str:
        """The text in plain signs, as long as it is."""
        return same_signs(self.text)

    @cached_property
    def _mentions(self) -> tuple[_Mention, ...]:
        return tuple(self._gazetteer.mentions(self.plain))

    def spans(self) -> list[tuple[int, int, Level]]:
        """Where each address that names an area stands, and how deep that area is."""
        deepest = self._names.level
        return [
            (mention.tokens[0].start, mention.end, max(deepest[code] for code in mention.codes))
            for mention in self._mentions
        ]

    def find(self, near: str | None = None, limit: int = 5) -> list[Candidate]:
        """As `Gazetteer.find`."""
        plain, positions = joined(self.plain)
        spaced = positions is not None
        mentions = list(self._gazetteer.mentions(plain)) if spaced else self._mentions
        found: dict[tuple[str, str], Candidate] = {}
        for mention in mentions:
            settled = _settle(mention, mentions, near)
            spans = [(token.start, token.end) for token in mention.tokens]
            rest = left_over(plain, spans, mention.end)
            start, end = _in_original(spans[0][0], mention.end, positions)
            for code in settled.codes[:limit]:
                candidate = Candidate(
                    code=code,
                    path=self._names.path(code),
                    level=self._names.level[code],
                    start=start,
                    end=end,
                    words=self.text[start:end],
                    rest=rest,
                    certainty=settled.certainty,
                )
                found.setdefault((code, rest), candidate)
        return list(found.values())


def exact(candidates: list[Candidate]) -> Candidate | None:
    """The one area that all of `candidates` speak of, most exact first; None if they differ."""
    if not candidates:
        return None
    deepest = max(candidates, key=lambda one: (len(one.code), len(one.rest)))
    agree = all(deepest.code.startswith(one.code) for one in candidates)
    return deepest if agree and deepest.certainty in SURE else None


def _settle(mention: _Mention, mentions: Sequence[_Mention], near: str | None) -> _Mention:
    """The mention with what `near` and the other places of the message say about it."""
    if mention.certainty is Certainty.CONFLICT:
        return mention
    others = [code for one in mentions if one is not mention for code in _sure_codes(one)]
    # Nearest first: the district named elsewhere in the message, then its city.
    named = {code[:length] for code in others for length in (6, 4) if length <= len(code)}
    codes = mention.codes
    for area in [*([near] if near else []), *sorted(named, key=len, reverse=True)]:
        codes = tuple(code for code in codes if code.startswith(area)) or codes
    if len(codes) > 1:
        return replace(mention, codes=codes, certainty=Certainty.AMBIGUOUS)
    if len(mention.codes) > 1:
        return replace(mention, codes=codes, certainty=Certainty.LIKELY)
    if _elsewhere(mention, others, near):
        return replace(mention, certainty=Certainty.CONFLICT)
    return mention


def _elsewhere(mention: _Mention, others: list[str], near: str | None) -> bool:
    """Whether a lone street or community lies in none of the cities that the message names.

    Then it is more likely one of the same name there, which nobody has loaded.
    """
    code = mention.codes[0]
    cities = {other[:4] for other in others if len(other) >= 4}
    if near and code.startswith(near[:4]):
        return False
    if near and len(near) >= 4:
        cities.add(near[:4])
    lone = len(mention.tokens) == 1 and len(code) > 6
    return lone and bool(cities) and code[:4] not in cities


def _sure_codes(mention: _Mention) -> tuple[str, ...]:
    """What other mentions may lean on: one area, and not a street or community standing alone."""
    if len(mention.codes) != 1 or mention.certainty is Certainty.CONFLICT:
        return ()
    alone = len(mention.tokens) == 1 and len(mention.codes[0]) > 6
    return () if alone else mention.codes


def _told_as_place(text: str, token: Token, level: Level) -> bool:
    """Whether a bare name of a street or community is said as where somebody is."""
    if text.strip(_SIGNS) == token.stem:
        return True  # all that is said: an answer to "where are you?"
    if text[token.end : token.end + 1] in _NATURE or not _AFTER_NAME.match(text, token.end):
        return level <= Level.STREET and bool(_AFTER_PLACE.match(text, token.end))
    cue = _AT_HOME if level is Level.COMMUNITY else _BEFORE_PLACE
    after = level <= Level.STREET and _AFTER_PLACE.match(text, token.end)
    return bool(after or cue.search(text, max(0, token.start - 6), token.start))


def _deeper(codes: tuple[str, ...], around: tuple[str, ...]) -> bool:
    return min(map(len, codes)) > min(map(len, around))


def _clear(text: str, start: int) -> bool:
    """Whether a name can start here: nothing before it that would make it a longer name."""
    return start == 0 or text[start - 1] in _EDGE or not _CHINESE.match(text, start - 1)


def _in_original(start: int, end: int, positions: list[int] | None) -> tuple[int, int]:
    return (start, end) if positions is None else (positions[start], positions[end - 1] + 1)


@cache
def _shipped() -> Gazetteer:
    return Gazetteer.from_rows(shipped_rows())
