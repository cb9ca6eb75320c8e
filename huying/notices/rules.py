"""When somebody is told or asked, what their answer means, and what may not be said to them."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from huying.units.rules import LOCAL


class About(StrEnum):
    """What a word of ours is about."""

    RECEIPT = "receipt"
    EMERGENCY = "emergency"
    QUESTION = "question"
    PROGRESS = "progress"
    REPLY = "reply"
    RESULT = "result"
    STATE = "state"  # reopened, merged, declined
    OFFER = "offer"  # from here on to officers
    INFORMED = "informed"
    WARNED = "warned"
    CLIMBED = "climbed"
    CONTESTED = "contested"
    UNDELIVERED = "undelivered"


class Voice(StrEnum):
    """Who says that a case which has ended must go on."""

    PERSON = "person"
    PROXY = "proxy"  # family, neighbour, whoever speaks for them
    OFFICER = "officer"  # one of us looked again, and found that we were wrong


PAGE = "page"
# Whoever wrote on our own page reads the answers there: posted is told.
PAGE_CHANNELS = frozenset({"web"})

# WeChat lets us say five things after each word of theirs. Chat lines must not use that up.
RECEIPT_AGAIN_AFTER = timedelta(days=1)
QUESTIONS_MAX = 3  # by the machine; whoever is still not understood then is called by a human
# The last two of the five are for a question and for the result: progress then only stands on
# the status page.
SENDS_KEPT = 2
SPARABLE = frozenset({About.PROGRESS})
# What is worth saying after all once the person writes again and so opens the window.
WORTH_REPEATING = frozenset({About.QUESTION, About.REPLY, About.RESULT, About.STATE})

# Two rounds of eight calls: when a platform hangs, the worker looks at its clocks again after ten
# seconds; when a worker dies between saying and writing it down, so many are said twice.
SEND_LIMIT = 16
# A worker that died with it is forgotten after this; longer than saying (20 s) and writing down.
LEASE = timedelta(minutes=2)
WRITE_DOWN_TRIES = 120
WRITE_DOWN_APART_S = 0.5
BACK_OFF_FIRST = timedelta(seconds=30)
BACK_OFF_MAX = timedelta(minutes=30)
ATTEMPTS_MAX = 12  # 30 s, 1 min … 30 min: about three hours; then an officer must find a way

ATTEMPTS_BEFORE_CLOSING = 3
WAYS_BEFORE_CLOSING = 2  # or as many days


class ReplyRefused(ValueError):
    """This may not be said to the person; the message says why and what to do instead."""


class BrushOff(ReplyRefused):
    """It only sends the person elsewhere, or says that something is under way and no more."""


class AsksToPhone(ReplyRefused):
    """It asks somebody to phone who cannot."""


class TooEarly(Exception):
    """Not enough was tried to reach the person; the message says what is missing."""


def receipt_is_due(heard_at: Sequence[datetime], at: datetime) -> bool:
    """Whether the word of `at` gets a receipt. `heard_at`: all of the person's, this one too."""
    others = list(heard_at)
    if at in others:
        others.remove(at)
    earlier = [moment for moment in others if moment <= at]
    return not earlier or at - max(earlier) >= RECEIPT_AGAIN_AFTER


def back_off(attempts: int) -> timedelta:
    """How long to wait after the `attempts`th failure."""
    doublings = min(max(attempts, 1) - 1, 10)  # or a large number would not fit a timedelta
    return min(BACK_OFF_FIRST * (1 << doublings), BACK_OFF_MAX)


@dataclass(frozen=True)
class Asking:
    """What is known of a person when we think of a question for them."""

    asked: Collection[str] = ()  # keys, by anybody
    by_machine: int = 0  # how many of them
    is_answered: bool = True  # whether they wrote since the latest question
    text_only: bool = False
    has_phone: bool = False


def next_question(missing: Sequence[str], asking: Asking) -> str:
    """The one detail to ask for now; "" for none. One at a time, and never the same again."""
    if asking.by_machine >= QUESTIONS_MAX or not asking.is_answered:
        return ""
    never = set(asking.asked)
    if asking.text_only or asking.has_phone:
        never.add("phone")
    return next((key for key in missing if key not in never), "")


def moment(at: datetime, *, now: datetime) -> str:
    """A due time as people say it: 15:30, 11月25日 09:00."""
    local = at.astimezone(LOCAL)
    if local.date() == now.astimezone(LOCAL).date():
        return f"{local:%H:%M}"
    return f"{local.month}月{local.day}日 {local:%H:%M}"


class Verdict(StrEnum):
    YES = "yes"  # solved
    NO = "no"  # not solved
    UNCLEAR = "unclear"  # a human reads it


_PART = re.compile(r"[^\w]+")
_POLITE = re.compile(
    r"(好|好的|嗯+|是|是的|对|(非常|十分|太|很)?(谢+|感谢|多谢)(你们?|您|大家)?(了|啊)?|(你们|您)?辛苦了?|"
    r"你好|您好|thanks?|thank|you|ok|yes|no)"
)
_SOLVED = re.compile(
    r"(1|一|(问题|事情)?(都|全|全都|全部)?(已|已经)(都|全|全都)?(解决|处理好|办好|搞定)了?|"
    r"(问题|事情)?(都|全|全都|全部)?(解决|处理好|办好|搞定)(好)?了(啊|呀|哈)?|solved|resolved)"
)
_UNSOLVED = re.compile(
    r"(2|二|(问题|事情)?(可是|但是|但)?(根本|仍然?|依然|到现在)?(都|也)?"
    r"(还没有?|没有?|未|并未|没能)(完全|彻底|真正)?(得到|给)?(解决|处理好?|办好|搞定)(呢|啊|呀)?|"
    r"还没有?|没有|没|unsolved|unresolved)"
)
_UNSOLVED_ENGLISH = re.compile(r"\bnot (yet )?(re)?solved\b")


def heard(words: str) -> Verdict:
    """What somebody answers to "solved?". Only what cannot mean anything else counts.

    A wrong yes would close a case over a person's head, so every part of the answer must say
    yes. A wrong no only keeps it open.
    """
    plain = unicodedata.normalize("NFKC", words).casefold().strip()
    if _UNSOLVED_ENGLISH.search(plain):
        return Verdict.NO
    if "?" in plain:
        return Verdict.UNCLEAR
    parts = [part for part in _PART.split(plain) if part and not _POLITE.fullmatch(part)]
    yes = [part for part in parts if _SOLVED.fullmatch(part)]
    no = [part for part in parts if _UNSOLVED.fullmatch(part)]
    if no and not yes:
        return Verdict.NO
    if yes and len(yes) == len(parts):
        return Verdict.YES
    return Verdict.UNCLEAR


_ELSEWHERE = re.compile(
    r"请(您|你)?(自行|直接|另行|到|去|尽快)*(联系|咨询|找|询问|拨打|致电|打|向|前往|去|到)"
    r"[^，。；！？\n]{0,24}(部门|单位|局|委|办|街道|社区|居委|村委|医院|物业|热线|电话|窗口|12345|反映|咨询|办理)"
)
_NOT_OURS = re.compile(
    r"(不归|不由)[^，。；！？\n]{0,8}(我们|我局|我委|我院|单位|这边|管|负责|处理)"
    r"|(不属于?|不在|不是)[^，。；！？\n]{0,8}(职责|职权|管辖|负责|受理范围|业务范围|服务范围)"
    r"|(我们|我局|我委|我院|我单位|这边|我)(这边|这里)?也?(不负责|不管|管不了|没办法|无能为力)"
    r"|not our (job|responsibility|business)"
)
_UNDER_WAY = re.compile(
    r"走(着)?(程序|流程)|(正在|在)(积极|抓紧)?(处理|办理|研究|协调|核实)(之?中)?|"
    r"(请|望)(您|你)?(耐心|安心)?(等待|等候|等通知)|in process|please wait"
)
# What makes it more than that: somebody did something for them, or a next step has a time.
_DONE = re.compile(
    r"(已经?|刚刚?)(为您|帮您|替您|给您|把|将|向|由|请)?[^，。；！？\n]{0,16}"
    r"(联系|转|交|反馈|安排|派|登记|预约|申请|通知|送|协调好|办好|解决|核实|出发|上报|上传)"
)
_NEXT = re.compile(
    r"\d{1,2}\s*[:：点时]|分钟|小时|今天|今日|今晚|今早|明天|明早|明日|后天|上午|中午|下午|晚上|\d+\s*[日号]|工作日|"
    r"(会|将|马上|稍后|随后)[^，。；！？\n]{0,16}(您|你|上门|到达|送到)|tomorrow|today|\d\s*(am|pm|hour|minute)"
)


def brush_off(text: str) -> str:
    """Why this may not be the answer to somebody in need; "" if it may.

    Who cannot help hands over (CR-24); who is still at it says what comes next and when (CR-26).
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    if not plain.strip():
        return "答复不能为空。"
    has_done, has_next = bool(_DONE.search(plain)), bool(_NEXT.search(plain))
    if _NOT_OURS.search(plain) and not has_done:
        return "不能只说“不归我们管”：请转办给应承办的单位，再告诉对方已转给谁、何时有答复。"
    if _ELSEWHERE.search(plain) and not (has_done or has_next):
        return "不能只让对方去找别的部门：请由我们转办，再告诉对方已转给谁、何时有答复。"
    if _UNDER_WAY.search(plain) and not has_next:
        return "不能只说“正在处理”：请写明下一步做什么、什么时候有消息。"
    return ""


_TO_PHONE = re.compile(
    r"(?:请|您|你|可以?|麻烦|直接|随时|或)(?P<between>[^，。；！？\n]{0,14}?)"
    r"(?:拨打|致电|来电|打电话|打个电话|打一下电话|打[^，。；！？\n]{0,8}电话|回电|回个?电话|电话联系|电话咨询|接听|接电话)"
    r"|(?:拨打|致电)[^，。；！？\n]{0,10}\d{3}"
    r"|\b(?:call|phone|ring) (?:us|me|back|\+?\d)"
)
_NO_NEED = re.compile(r"不用|无需|不必|不要|不需|别|不会")


def asks_to_phone(text: str) -> bool:
    """Whether the text asks its reader to phone, or to answer the phone."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return any(
        not _NO_NEED.search(found.group("between") or "") for found in _TO_PHONE.finditer(plain)
    )


def check_reply(text: str, *, text_only: bool) -> None:
    """Raises `BrushOff` or `AsksToPhone` if this may not be said to the person."""
    if trouble := brush_off(text):
        raise BrushOff(trouble)
    check_phone(text, text_only=text_only)


def check_phone(text: str, *, text_only: bool) -> None:
    """Raises `AsksToPhone` if the person can only write and the text asks them to phone."""
    if text_only and asks_to_phone(text):
        raise AsksToPhone(
            "对方不便通话（如听障），请不要让对方打电话或接电话，请用文字沟通或上门。"
        )


@dataclass(frozen=True)
class Attempt:
    """One attempt to reach the person that nobody answered."""

    way: str  # the channel, or phone, sms, visit
    at: datetime

    @property
    def day(self) -> date:
        return self.at.astimezone(LOCAL).date()


def what_is_missing(attempts: Sequence[Attempt]) -> str:
    """What must still be tried before a case may be closed unheard; "" if enough was."""
    tried = set(attempts)  # two notices in one message are one attempt
    lacking = []
    if len(tried) < ATTEMPTS_BEFORE_CLOSING:
        lacking.append(f"还要联系 {ATTEMPTS_BEFORE_CLOSING - len(tried)} 次")
    ways, days = {one.way for one in tried}, {one.day for one in tried}
    if len(ways) < WAYS_BEFORE_CLOSING and len(days) < WAYS_BEFORE_CLOSING:
        lacking.append("要换一种方式或换一天联系")
    return "，".join(lacking)
