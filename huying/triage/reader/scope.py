"""Whether a word is meant: here and now, or denied, past, supposed, told of others, or a joke."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from huying.triage.reader.text import Text

_FILLED = (
    "(?:出现|发生|任何|什么|明显|见|再|有|过|太|怎么|伴有|伴|发现|感到|觉得|大碍|很|特别|得"
    "|到|感染"
    "|had|have|having|been|any|a|an|the|really|in|feeling|is|was|are|yet|more|longer|sign of"
    "|signs of| )*"
)
_DENIED_BEFORE = re.compile(
    "(?:没有|没|无|未|不是|并非|否认|排除|不用|不需要|不再|不会|不|别|有没有|是否|是不是|有无"
    "|假装"
    "|\\bnot?|\\bnever|\\bwithout|n't|\\bdenies)" + _FILLED + "$"
)
# "不得不", "没法", "无法", "不能" and "再不" deny nothing of what follows them.
_NOT_DENIED = re.compile("(?:不得不|没人管|没办法|无法|没法|没地方|没床位|没医院)$")
_ENDED_AFTER = re.compile(
    "^(?:的)?(?:症状|情况|问题)?(?:都|也|就|已经|已|全|现在)?(?:没有了|没了|好了|好转|消失|缓解"
    "|退了|退下|痊愈|止住|得救|解决|是假的|是谣言|吗$|吗[?？])"
)
_NOW_WELL = re.compile(
    "(?:现在|目前|今天|已经|早就|早)(?:都|也|已经|已)?(?:没事|好了|好多了|痊愈|康复|解决|恢复|平安)"
)
_MET = re.compile(
    "(?<![没未待能求有])(?:获救|被救出|被救起)|救出最后|已获救|已经获救|已得救|已脱险|已救出|已经救出|都救出|都出来了|全部转移"
    "|脱离(?:了)?(?:生命)?危险"
    "|均已|都已收治|已被收治|已解决|已经解决|有惊无险|\\brescued|\\bis safe now|\\bare safe now"
)
_STILL = re.compile("还有|仍有|还剩|仍被|还被|其余|其他人|剩下|但|\\bstill|\\bbut")
_PAST = re.compile(
    "上个月|上个星期|上周|上星期|去年|前年|大前年|以前|从前(?!天)|曾经|曾|当年|小时候|那年|年前|个月前"
    "|过去|历史上|岁时|岁那年|那时候|那会儿|(?:19\\d\\d|20[01]\\d)年|\\blast (?:year|month|week)"
    "|\\bused to|\\b(?:years?|months?|weeks?) ago|\\bback in|\\bwhen i was"
)
_SINCE = re.compile(
    "开始|起|以来|至今|到现在|一直|后来|现在|目前|今天|今早|刚|此刻|仍|还在|\\bnow|\\bsince"
)
_SUPPOSED = re.compile(
    "如果|要是|万一|假如|假设|假使|若是|倘若|一旦|若|会不会|怕|担心|预防|防止|避免|以防|以免|小心"
    "|提防|谨防|警惕|当心|什么是|怎么判断|如何判断|有没有可能|可能会|容易|导致|引起|引发|造成"
    "|\\bif\\b|\\bin case|\\bwhat if|\\bmight|\\bprevent"
    "|\\bavoid|\\bworr(?:y|ied) about|\\bafraid of"
)
_THREAT = re.compile("再不|再等|再拖|不及时|还不|得不到|来不及|随时|马上就|快要|拖下去|下去")

_CONTACT = re.compile(r"1[3-9]\d{9}|●{3}|姓名】|联系方式")

SENTENCE_MAX = 400  # a "sentence" longer than this is a page without stops
CLAUSES_BACK = 24  # characters that a condition may stand before what it governs


@dataclass(frozen=True)
class Mood:
    """What the whole message sounds like: where it tells news or stories, where it laughs."""

    told: tuple[int, ...]
    joke: tuple[int, ...]
    news: bool = False  # all of it is told: two words of the newsroom, and no number to call
    met: dict[int, bool] = field(default_factory=dict)  # by sentence: whether it says so

    @classmethod
    def of(
        cls, clean: str, hits: Mapping[str, list[int]], scope_of: Mapping[str, tuple[str, ...]]
    ) -> "Mood":
        """Gather the words that set the mood."""
        found: dict[str, list[int]] = {"told": [], "joke": [], "news": []}
        for word, places in hits.items():
            for scope in scope_of.get(word, ()):
                found.setdefault(scope, []).extend(places)
        news = len(found["news"]) > 1 and not _CONTACT.search(clean)
        return cls(tuple(sorted(found["told"])), tuple(sorted(found["joke"])), news)


def scope_at(text: Text, start: int, end: int, mood: Mood) -> str | None:
    """Give the scope that puts the words out of force, or None if they are meant here and now."""
    first, after = text.sentence(start)
    lead = text.clean[max(first, start - CLAUSES_BACK) : start]
    if is_denied(text, start, end):
        return "denied"
    sentence = text.clean[first : min(after, first + SENTENCE_MAX)]
    if first not in mood.met:
        mood.met[first] = _is_met(sentence)
    if mood.met[first] or _is_past(lead, text.clean[end : min(after, end + SENTENCE_MAX)]):
        return "past"
    if _SUPPOSED.search(lead) and not _THREAT.search(sentence):
        return "supposed"
    if _is_near(mood.joke, first, after, len(text.clean)):
        return "joke"
    if mood.news or _is_near(mood.told, first, after, len(text.clean)):
        return "told"
    return None


def is_denied(text: Text, start: int, end: int) -> bool:
    """Tell whether the words are denied in their own clause: 没有出血, 出血止住了."""
    clause_start, clause_end = text.clause(start)
    before, rest = text.clean[clause_start:start], text.clean[end:clause_end]
    if _ENDED_AFTER.match(rest):
        return True
    return _DENIED_BEFORE.search(before[-16:]) is not None and not _NOT_DENIED.search(before[-8:])


def _is_past(lead: str, rest: str) -> bool:
    if _NOW_WELL.search(rest):
        return True
    markers = list(_PAST.finditer(lead))
    if not markers:
        return False
    return _SINCE.search(lead, markers[-1].end()) is None


def _is_met(sentence: str) -> bool:
    return _MET.search(sentence) is not None and _STILL.search(sentence) is None


def _is_near(places: tuple[int, ...], first: int, after: int, length: int) -> bool:
    # In a short message one laugh colours all of it; in a long one only its own sentence.
    return bool(places) and (length <= 60 or any(first <= place < after for place in places))
