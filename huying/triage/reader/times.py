"""Reads moments as people say them (明天下午, 还有3天) against the moment of the message."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from huying.triage.reader.numbers import number
from huying.triage.reader.result import Detail
from huying.triage.reader.text import Text

READER = "times 1"
LOCAL = ZoneInfo("Asia/Shanghai")

_DAYS = {
    **dict.fromkeys(("今天", "今日", "今晚", "今早", "今夜", "今晨", "当晚"), 0),
    **dict.fromkeys(("today", "tonight", "this morning"), 0),
    **dict.fromkeys(("明天", "明日", "明早", "明晚", "听日", "tomorrow"), 1),
    **dict.fromkeys(("后天", "后日"), 2),
    **dict.fromkeys(("昨天", "昨日", "昨晚", "昨夜", "yesterday", "last night"), -1),
    **dict.fromkeys(("前天", "前晚"), -2),
    "大后天": 3,
    "大前天": -3,
}
_WEEKDAYS = {sign: at for at, sign in enumerate("一二三四五六日")} | {"天": 6, "末": 5}
_WEEKDAYS |= {
    name: at
    for at, name in enumerate(
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    )
}
# Until when a part of the day lasts, and from when.
_PARTS = {
    **dict.fromkeys(("凌晨", "半夜"), (0, 6)),
    **dict.fromkeys(("清晨", "晨"), (5, 8)),
    **dict.fromkeys(("早上", "早晨", "早"), (6, 9)),
    **dict.fromkeys(("上午",), (8, 12)),
    **dict.fromkeys(("中午", "noon"), (11, 13)),
    **dict.fromkeys(("下午", "afternoon"), (12, 18)),
    **dict.fromkeys(("傍晚",), (17, 19)),
    **dict.fromkeys(("晚上", "晚", "夜", "evening", "night"), (18, 24)),
    **dict.fromkeys(("夜里", "深夜"), (20, 24)),
    "morning": (6, 12),
}
_SMALL = "一二三四五六七八九十两"
_PART = (
    "(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜|深夜"
    "|morning|afternoon|evening|noon|night)"
)
_CLOCK = (
    rf"(?P<hour>\d{{1,2}}|[{_SMALL}]{{1,3}})(?:点钟?|时(?!间|候)|:(?=\d\d))"
    rf"(?P<minute>半|\d{{1,2}}(?=分|\D|$))?分?"
)
_DAY = re.compile(
    rf"(?:(?P<day>{'|'.join(sorted(_DAYS, key=len, reverse=True))})"
    rf"|(?P<next>下下|下|这|本|next |this )?个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末])"
    rf"|(?P<which>next |this |on |by )(?P<english>monday|tuesday|wednesday|thursday|friday"
    rf"|saturday|sunday)"
    rf"|(?:(?P<year>20\d\d)[年\-/.])?(?P<month>1[0-2]|0?[1-9])(?:月|[\-/](?=\d{{1,2}}(?:\D"
    rf"|$)))(?P<date>[12]\d|3[01]|0?[1-9])[日号]?"
    rf"|(?P<only>[12]\d|3[01]|[1-9])[号日](?!楼|院|线|门|栋|店|病|床|车|厅|口|常|子|用|出))"
    rf"(?:[^\S\n]|的|,)?{_PART}?[^\S\n]?(?:{_CLOCK})?"
)
_HOURS = re.compile(
    rf"(?P<n>\d{{1,3}}|[{_SMALL}半]{{1,3}}|one|two|three|four|five|six)\s?(?:多)?(?:个)?"
    r"(?P<unit>小时|钟头|天|日|周|星期|hours?|days?|weeks?)(?P<after>之?[内后]|以内|left|$)?"
)
_BEFORE = re.compile(r"\s?(?:之前|以前|前(?!面|往|台|后|去|来)|为止|截止)")
_COUNTDOWN = re.compile(
    "(?:还有|还剩|只剩|仅剩|剩下?|只够|够|还能撑|能撑|撑不过|within|in|only|for|距)[^。!?\n]{0,8}$"
)
_NEEDED = re.compile(
    "要|需|必须|得|预约|约了|约好|安排|手术|化疗|放疗|透析|产检|复查|复诊|到期|截止|开庭|考试"
    "|出发|航班|飞机|火车"
    "|够|剩|还有|断|换药|打针|撑|赶|预产期|前|need|must|appointment|surgery|flight|exam|due"
    "|left|by|run out"
)
_DUE = re.compile(r"(?:预产期|due date)(?:就?在|是|为|:|】|大概|约| |is|on){0,3}\s?$")
_DIALYSIS = re.compile("透析|血透|dialysis")
_DIALYSED = re.compile(
    r"(?:最后一次|上次|上一次|最近一次|last)[^。!?\n]{0,10}(?:透析|血透|dialysis)?|做(?:的|了"
    r"|过|完)?(?:一次)?(?:透析|血透)|透析是"
)
_DIALYSIS_GAP = re.compile(
    rf"(?P<n>\d{{1,2}}|[{_SMALL}]{{1,2}})\s?(?:多)?天(?:了)?(?:都|已经|已)?(?:没有?|未|无法"
    rf"|没法|没能|不能|做不了)[^。!?\n]{{0,6}}(?:透析|血透|透)"
    rf"|(?:透析|血透)[^。!?\n]{{0,10}}(?:停了?|断了?|中断|没做|延误|拖了?"
    rf"|耽误了?)\s?(?P<m>\d{{1,2}}|[{_SMALL}]{{1,2}})\s?天"
    r"|(?P<e>\d{1,2}|two|three|four|five) days (?:without|since)[^.!?\n]{0,20}dialysis"
)

MOMENTS_MAX = 20


@dataclass(frozen=True)
class Moment:
    """A stretch of time that some words name, in UTC."""

    start: int
    end: int
    from_at: datetime
    until_at: datetime


def time_details(text: Text, at: datetime) -> list[Detail]:
    """Give need_by, due_on and last_dialysis_at, resolved against `at`. Values are ISO 8601."""
    found: dict[str, Detail] = {}
    for moment in moments(text, at):
        key = _meaning(text, moment, at)
        if key is None:
            continue
        value = moment.until_at.isoformat()
        if key in ("due_on", "last_dialysis_at"):
            value = moment.from_at.astimezone(LOCAL).date().isoformat()
        detail = _detail(key, value, text, moment.start, moment.end)
        known = found.get(key)
        if known is None or (key == "need_by" and value < known.value):
            found[key] = detail
    if "last_dialysis_at" not in found and (gap := _DIALYSIS_GAP.search(text.clean)):
        days = number(gap["n"] or gap["m"] or gap["e"] or "")
        if days:
            on = (at.astimezone(LOCAL) - timedelta(days=days)).date()
            found["last_dialysis_at"] = _detail(
                "last_dialysis_at", on.isoformat(), text, *gap.span()
            )
    return list(found.values())


def moments(text: Text, at: datetime) -> Iterator[Moment]:
    """Give the moments that a text names, at most `MOMENTS_MAX`."""
    count = 0
    for match in _DAY.finditer(text.clean):
        moment = _named(match, text.clean, at)
        if moment is not None:
            count += 1
            yield moment
        if count >= MOMENTS_MAX:
            return
    for match in _HOURS.finditer(text.clean):
        moment = _counted(match, text.clean, at)
        if moment is not None:
            count += 1
            yield moment
        if count >= MOMENTS_MAX:
            return


def _meaning(text: Text, moment: Moment, at: datetime) -> str | None:
    first, after = text.sentence(moment.start)
    before = text.clean[max(first, moment.start - 16) : moment.start]
    sentence = text.clean[max(first, moment.start - 40) : min(after, moment.end + 40)]
    if _DUE.search(before):
        return "due_on"
    if moment.until_at <= at or moment.from_at.date() < at.date():
        is_dialysed = _DIALYSIS.search(sentence) and _DIALYSED.search(sentence)
        return "last_dialysis_at" if is_dialysed else None
    return "need_by" if _NEEDED.search(sentence) else None


def _named(match: re.Match[str], clean: str, at: datetime) -> Moment | None:
    today = at.astimezone(LOCAL).date()
    day = _day(match, today)
    if day is None:
        return None
    first, last = _PARTS.get(match["part"] or _hidden_part(match["day"] or ""), (0, 24))
    if match["hour"]:
        hour = number(match["hour"])
        if hour is None or hour > 24:
            return None
        shifted = hour + 12 if first >= 12 and hour < 12 else hour
        minute = 30 if match["minute"] == "半" else int(match["minute"] or 0)
        if minute > 59:
            return None
        begins = _local(day) + timedelta(hours=shifted, minutes=minute)
        return Moment(*match.span(), begins.astimezone(UTC), begins.astimezone(UTC))
    begins, ends = _local(day) + timedelta(hours=first), _local(day) + timedelta(hours=last)
    if _BEFORE.match(clean, match.end()):
        # "Before Wednesday" may or may not hold Wednesday; the safer reading is the earlier one.
        ends = begins
    return Moment(*match.span(), begins.astimezone(UTC), ends.astimezone(UTC))


def _hidden_part(word: str) -> str:
    if word in ("tonight", "last night"):
        return "night"
    return word[-1:] if word[-1:] in "早晚夜晨" else ""


def _day(match: re.Match[str], today: date) -> date | None:
    if match["day"]:
        return today + timedelta(days=_DAYS[match["day"]])
    if match["weekday"] or match["english"]:
        wanted = _WEEKDAYS[match["weekday"] or match["english"]]
        weeks = {"下下": 2, "下": 1, "next ": 1}.get(match["next"] or match["which"] or "", 0)
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
        day = monday + timedelta(days=wanted)
        return day + timedelta(weeks=1) if day < today and not weeks else day
    try:
        if match["only"]:
            day = today.replace(day=int(match["only"]))
            return day if day >= today - timedelta(days=15) else _next_month(day)
        year = int(match["year"] or today.year)
        day = date(year, int(match["month"]), int(match["date"]))
    except ValueError:
        return None
    if not match["year"] and (today - day).days > 180:
        return day.replace(year=year + 1) if (day.month, day.day) != (2, 29) else None
    return day


def _next_month(day: date) -> date | None:
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    try:
        return first.replace(day=day.day)
    except ValueError:
        return None


def _counted(match: re.Match[str], clean: str, at: datetime) -> Moment | None:
    value = number(match["n"])
    is_ahead = match["after"] not in (None, "") or _COUNTDOWN.search(
        clean[max(0, match.start() - 16) : match.start()]
    )
    if value is None or not is_ahead:
        return None
    unit = match["unit"]
    hours = 1 if unit[0] in "小钟h" else 24 if unit[0] in "天日d" else 168
    until = at + timedelta(hours=value * hours)
    return Moment(*match.span(), until, until)


def _local(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)


def _detail(key: str, value: str, text: Text, start: int, end: int) -> Detail:
    return Detail(key, value, text.words(start, end), *text.span(start, end), READER)
