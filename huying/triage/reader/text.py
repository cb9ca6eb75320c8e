"""A message made readable: one form of every sign, without the invisible ones, cut into sentences.

What is found in the readable text is told in positions of the text as it came.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

# Longer than any plea in months of messages; what is longer is read at its head and its tail, so
# that a paste of a whole website costs no more than this.
HEAD_MAX = 16_000
TAIL_MAX = 4_000

_TRADITIONAL = (
    "醫医難难請请幫帮緊紧無无沒没藥药電电話话誰谁這这個个們们來来親亲媽妈爺爷奶奶孫孙兒儿"
    "發发燒烧熱热嘔呕傷伤斷断暈晕臟脏療疗診诊產产婦妇嬰婴歲岁圍围淹淹水水樓楼區区縣县鎮镇"
    "鄉乡號号單单層层車车門门開开關关飯饭糧粮餓饿錢钱銀银學学業业務务員员長长會会國国東东"
    "過过還还進进遠远運运邊边對对應应該该讓让說说問问題题嗎吗麼么為为從从後后時时間间點点"
    "現现實实體体頭头腦脑臉脸氣气聲声聽听殘残疾疾貧贫窮穷獨独居居護护屬属給给結结絕绝繼继"
    "續续縮缩線线紅红約约級级糾纠純纯細细終终組组統统網网維维總总練练報报場场壞坏塊块"
    "壓压執执擔担據据擁拥換换損损搶抢撥拨擇择舉举舊旧雙双雜杂離离雖虽滅灭滿满災灾爛烂爐炉"
    "爭争狀状獲获環环產产當当療疗癌癌癥症癱瘫盡尽監监盤盘睜睁礙碍禮礼穩稳競竞筆笔節节範范"
    "築筑籲吁衛卫補补裝装裡里覺觉觀观親亲計计記记許许證证譜谱議议變变讓让貝贝負负財财貨货"
    "費费貼贴賣卖質质賴赖趕赶跡迹轉转輕轻輛辆輪轮輸输辦办農农達达遲迟適适選选遺遗郵邮釋释"
    "鐘钟鑰钥陽阳陰阴陳陈隊队階阶際际險险隨随隱隐靈灵靜静頂顶項项順顺預预領领頻频顧顾顯显"
    "風风飛飞飲饮養养餘余館馆駕驾驗验驚惊髒脏鬆松鬧闹魚鱼麗丽麻麻齊齐齒齿龍龙係系喺在冇没"
    "咗了唔不嘅的佢他哋们乜什嚟来睇看"
)
_FOLDED = {ord(a): b for a, b in zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)}
_FOLDED |= {code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF5F)}
_FOLDED |= {code: chr(code - 0xFEE0 + 32) for code in range(0xFF21, 0xFF3B)}
_FOLDED |= {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
_FOLDED |= {ord(sign): str(value) for value, sign in enumerate("⓪①②③④⑤⑥⑦⑧⑨")}
_FOLDED |= {ord("\u3000"): " ", ord("\u00a0"): " ", ord("’"): "'", ord("\r"): "\n", ord("\t"): " "}

# Invisible or broken: control and format characters, bidi marks, halves of a surrogate, and tags.
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f"
    "\ufeff\ufff9-\ufffb\u20e3\ud800-\udfff]"
    "|</?[a-zA-Z][^<>]{0,200}>|&(?:nbsp|amp|lt|gt|quot);"
)
_BREAKS = re.compile(r"<(?:br|/?p|/?div|/?li|/tr)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[。!?！？;；\n…【】‼❗]|\.(?=\s|$)")
# A blank parts clauses where it stands for a comma, as it does between Chinese signs.
_CLAUSE_END = re.compile(
    r"[。!?！？;；\n…【】‼❗,，、:：~～()（）]|(?<=[\u3400-\u9fff])\s|\s(?=[\u3400-\u9fff])"
)


@dataclass(frozen=True)
class Text:
    """A message as it came and as it can be read, and the way from one to the other."""

    raw: str
    clean: str
    offsets: tuple[int, ...] | None  # where each readable character stands in `raw`; None: same

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of `raw` that the readable span was read from."""
        if self.offsets is None or start >= end:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1

    def words(self, start: int, end: int) -> str:
        """Give the words as the person wrote them, without halves of a surrogate."""
        first, after = self.span(start, end)
        return self.raw[first:after].encode("utf-8", "ignore").decode()

    def sentence(self, at: int) -> tuple[int, int]:
        """Give the span of the sentence around a position."""
        return _around(self._sentence_ends, at, len(self.clean))

    def clause(self, at: int) -> tuple[int, int]:
        """Give the span of the part between two commas around a position."""
        return _around(self._clause_ends, at, len(self.clean))

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [found.end() for found in _SENTENCE_END.finditer(self.clean)]

    @cached_property
    def _clause_ends(self) -> list[int]:
        return [found.end() for found in _CLAUSE_END.finditer(self.clean)]


def _around(ends: list[int], at: int, length: int) -> tuple[int, int]:
    index = bisect_right(ends, at)
    return (ends[index - 1] if index else 0), (ends[index] if index < len(ends) else length)


def folded(words: str) -> str:
    """Give words in the form in which they stand in readable text: simplified, lower case."""
    return words.translate(_FOLDED)


def readable(raw: str) -> Text:
    """Make a message readable. Never fails, whatever the text holds; time grows with its length."""
    if len(raw) <= HEAD_MAX + TAIL_MAX and _ODD.search(raw) is None:
        return Text(raw, raw.translate(_FOLDED), None)
    parts: list[str] = []
    offsets: list[int] = []
    for start, end in _kept(raw):
        parts.append(raw[start:end].translate(_FOLDED))
        offsets.extend(range(start, end))
        if _BREAKS.match(raw, end):
            parts.append("\n")
            offsets.append(end)
    return Text(raw, "".join(parts), tuple(offsets))


def _kept(raw: str) -> list[tuple[int, int]]:
    """Give the spans between odd characters; of a very long text those at its head and its tail."""
    pieces = [(0, len(raw))]
    if len(raw) > HEAD_MAX + TAIL_MAX:
        pieces = [(0, HEAD_MAX), (len(raw) - TAIL_MAX, len(raw))]
    kept: list[tuple[int, int]] = []
    for start, end in pieces:
        at = start
        for odd in _ODD.finditer(raw, start, end):
            kept.append((at, odd.start()))
            at = odd.end()
        kept.append((at, end))
    return kept
