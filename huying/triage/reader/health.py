"""Reads what matters for health: weeks of pregnancy, symptoms, medicines and what is left."""

import re
from collections.abc import Iterable, Iterator

from huying.triage.reader.numbers import number
from huying.triage.reader.result import Detail
from huying.triage.reader.scope import is_denied
from huying.triage.reader.text import Text

READER = "health 1"

_SMALL = "一二三四五六七八九十两"
_WEEKS = re.compile(
    rf"(?:(?P<lead>怀?孕|妊娠|孕期|孕周)[^。!?\n,，]{{0,6}}?)?(?P<n>(?<!\d)\d{{1,2}}"
    rf"|[{_SMALL}]{{1,3}})\s?(?:多|来)?(?P<unit>周|weeks?|w)"
    rf"\s?(?:\+|加|零|又|多)?\s?(?P<d>\d(?!\d)|[一二三四五六])?\s?(?P<day>天|days?)?"
    rf"|(?P<n2>\d{{2}})\s?\+\s?(?P<d2>[0-6])(?!\d)(?P<unit2>\s?(?:周|w))?"
)
_MONTHS = re.compile(
    rf"(?:怀?孕|妊娠|身孕|有喜|大肚子"
    rf"|pregnant)[^。!?\n,，]{{0,8}}?(?P<n>(?<!\d)\d{{1,2}}(?!\d)"
    rf"|[{_SMALL}]{{1,2}})\s?(?:个)?(?P<more>多|来)?(?:个)?(?P<half>半)?(?:月|months?)"
    rf"|(?P<m>(?<!\d)\d{{1,2}}|[{_SMALL}]{{1,2}})\s?个?(?P<more2>多)?个?月(?:的)?(?:身孕|孕妇|孕)"
    r"|(?P<e>\d|seven|eight|nine) months pregnant"
)
_PREGNANCY = re.compile("孕|妊娠|产妇|待产|预产|胎|破水|见红|pregnan|due date|in labou?r")
# Who says only "39周了，一直在流血" is pregnant too; so many weeks of nothing else bleed.
_LATE_SIGNS = re.compile("出血|流血|肚子|腹痛|破水|破了|宫缩|要生|快生|产检|产科|胎")
_LATE = 20  # weeks
_SYMPTOMS = re.compile(
    "呼吸困难|喘不[上过]气|胸闷|气短|胸痛|胸口[疼痛]|心慌|昏迷|晕倒|抽搐|意识(?:不清|模糊)"
    "|高烧|低烧|发烧|发热|咳嗽|咳血|咯血|吐血|便血|尿血"
    "|大出血|流血|出血|见红|破水|羊水破|宫缩|腹痛|肚子[疼痛]|头[疼痛]|头晕|呕吐|上吐下泻|腹泻"
    "|拉肚子|乏力|无力|浮肿|水肿|中暑|骨折|过敏"
    "|嗓子[疼痛]|咽痛|尿不出|吃不下|无法进食|脱水|瘫痪|剧痛|疼痛"
    "|bleeding|fever|chest pain|cough|vomiting|contractions|dizzy|seizure|headache|rash"
    "|diarrhea|diarrhoea"
)
_HOSPITAL = re.compile(
    "(?:[\u4e00-\u9fff0-9]{2,14}?(?:医院|卫生院|妇幼保健院|妇幼|中心医院|方舱|急救中心"
    "|卫生服务中心|诊所|院区))"
)
_HOSPITAL_LEAD = re.compile(
    ".*(?:送到?|去了?|在|到|往|于|从|被|由|至|和|与|找|向|进|转|是|跑|联系|建档|住院|住进|问"
    "|让|给|请|等|对|就诊|打过|附近的?|一家|医生|当地|很多|各|每个|所有"
    "|没有|报告|证明|结果|单子|手续|介绍信|不让|哪个|哪家|什么|那个|这个|一个|说|看|打|了|的|因为|但|来|收治|离|拉|我|他|她)"
)
_NOT_A_NAME = re.compile("^(?:[大小多各几两三每个]*(?:医院|诊所|方舱)|.{0,1}(?:医院|诊所))$")
_MEDICINES = re.compile(
    "胰岛素|降压药|降糖药|退烧药|感冒药|靶向药|抗排异药|抗癫痫药|优甲乐|华法林|阿司匹林"
    "|布洛芬|对乙酰氨基酚|连花清瘟|硝酸甘油|速效救心丸|止痛药|吗啡"
    "|抗抑郁药|精神类?药物?|激素药?|氧气瓶?|制氧机|呼吸机|沙丁胺醇|二甲双胍|环孢素|他克莫司"
    "|格列卫|易瑞沙|安眠药|白蛋白|丙球|人血白蛋白|莲花清瘟"
    "|奥司他韦|阿比多尔|拉米夫定|透析液|造口袋|尿袋|胃管|奶粉"
    "|insulin|inhaler|warfarin|ibuprofen|metformin|oxygen|tacrolimus|levothyroxine"
    "|antidepressants?|blood pressure (?:pills|medicine|medication)"
)
_LEFT = re.compile(
    rf"(?:药|胰岛素|奶粉|氧气|优甲乐|华法林|insulin|medicine|medication|pills|tablets"
    rf"|inhaler)[^。!?\n]{{0,14}}?"
    rf"(?:只剩|仅剩|还剩|剩下?|只够|还够|够吃?|还能撑|撑|还有|只有|for|left"
    rf"|enough for)[^。!?\n\d一二三四五六七八九十两]{{0,6}}(?P<n>\d{{1,3}}"
    rf"|[{_SMALL}]{{1,2}})\s?(?:天|日|days?)"
    rf"|(?:只剩|还剩|仅剩|剩|只够|还有|only)\s?(?P<m>\d{{1,3}}|[{_SMALL}]{{1,2}}|one|two"
    rf"|three|four|five)\s?(?:天|日|days?)(?:的量|量)?(?: of)?[^。!?\n]{{0,10}}(?:药|胰岛素"
    rf"|奶粉|insulin|medicine|medication|pills)"
)
_BLOOD = re.compile(
    r"(?:血型[是为:： ]{0,2})?(?:rh[ -]?(?:阴性|阳性|\+|-)?[ ,，]?(?:ab|a|b|o)型血?"
    r"|(?<![a-z])(?:ab|a|b|o)型(?:rh[ -]?(?:阴性|阳性|-|\+)|血)|熊猫血|rh阴性(?:血)?"
    r"|rh[ -]negative|(?:ab|a|b|o)[ -]negative)"
)
_WAITING = re.compile(
    rf"(?:等了?|等待了?|已经等了?|困了|被困了?|滞留了?|waiting (?:for )?|stuck (?:for )?"
    rf"|trapped (?:for )?)(?:已经|已|快|将近|超过|差不多|整整|over|almost| ){{0,2}}"
    rf"(?P<n>\d{{1,3}}|[{_SMALL}]{{1,3}})\s?(?:多)?个?(?:多)?(?P<unit>小时|钟头|天|hours?|days?)"
)
_TEXT_ONLY = re.compile(
    "听障|聋哑|聋人|失聪|听不见|听力(?:障碍|残疾|不好)|耳聋|耳朵(?:听不|聋|不好)|不方便(?:接"
    "|打|说)?(?:听)?电话|不便接电话|不能接电话|无法接(?:听)?电话"
    "|别打电话|不要打电话|请勿(?:来电|打电话)|勿(?:来电|打电话)|发短信|短信联系|加微信联系"
    "|微信联系|文字联系|打字|用文字|不能说话|没法说话|不会说话"
    "|嗓子(?:哑|说不出)|聋|deaf|hard of hearing|text only|text me|can'?t (?:talk|call|hear)"
    "|cannot (?:talk|hear)|don'?t call|do not call|please text|no calls"
)

EACH_MAX = 10  # of one kind; who lists more is copying a textbook


def health_details(text: Text) -> list[Detail]:
    """Give what a message tells about bodies, medicines and how the person can be reached."""
    details = [
        *_weeks(text),
        *_each("symptom", _SYMPTOMS.finditer(text.clean), text),
        *_hospitals(text),
        *_each("medicine", _MEDICINES.finditer(text.clean), text),
        *_each("blood_type", _BLOOD.finditer(text.clean), text),
        *_amounts(text),
    ]
    if wish := _TEXT_ONLY.search(text.clean):
        details.append(_detail("contact_preference", "text_only", text, wish.span()))
    return details


def _weeks(text: Text) -> Iterator[Detail]:
    is_told = _PREGNANCY.search(text.clean) is not None
    if not is_told and not _LATE_SIGNS.search(text.clean):
        return
    for match in _WEEKS.finditer(text.clean):
        weeks = number(match["n"] or match["n2"] or "")
        days = number(match["d"] or match["d2"] or "0") or 0
        near = text.clean[max(0, match.start() - 24) : match.end() + 8]
        sign = _PREGNANCY if is_told else _LATE_SIGNS
        if weeks is None or not (4 if is_told else _LATE) <= weeks <= 43 or not sign.search(near):
            continue
        # 孕32周3天 and 39周+4 hold days; 孕30周2次 doesn't.
        is_days = days and days <= 6 and (match["day"] or match["d2"] or "+" in match[0])
        value = f"{weeks:.0f}+{days:.0f}" if is_days else f"{weeks:.0f}"
        yield _detail("weeks", value, text, match.span())
        return
    if match_months := _MONTHS.search(text.clean):
        yield from _months(match_months, text)


def _months(match: re.Match[str], text: Text) -> Iterator[Detail]:
    months = number(match["n"] or match["m"] or match["e"] or "")
    if months is None or not 1 <= months <= 10:
        return
    # A month of pregnancy is four weeks to the person who counts in months; "eight and more" is
    # read as the middle of the ninth.
    more = 0.5 if match["more"] or match["more2"] or match["half"] else 0.0
    yield _detail("weeks", f"{round((months + more) * 30.4 / 7):.0f}", text, match.span())


def _hospitals(text: Text) -> Iterator[Detail]:
    seen: set[str] = set()
    for match in _HOSPITAL.finditer(text.clean):
        lead = _HOSPITAL_LEAD.match(match[0][:-2])
        start = match.start() + (lead.end() if lead else 0)
        name = text.clean[start : match.end()]
        if _NOT_A_NAME.match(name) or len(name) < 4 or name in seen or len(seen) >= EACH_MAX:
            continue
        seen.add(name)
        yield _detail("hospital", name, text, (start, match.end()))


def _amounts(text: Text) -> Iterator[Detail]:
    if left := _LEFT.search(text.clean):
        days = number(left["n"] or left["m"] or "")
        if days is not None:
            yield _detail("medicine_left_days", f"{days:.0f}", text, left.span())
    if waited := _WAITING.search(text.clean):
        value = number(waited["n"])
        if value is not None:
            hours = value * (24 if waited["unit"][0] in "天d" else 1)
            yield _detail("hours_waiting", f"{hours:.0f}", text, waited.span())


def _each(key: str, matches: Iterable[re.Match[str]], text: Text) -> Iterator[Detail]:
    seen: set[str] = set()
    for match in matches:
        if match[0] not in seen and len(seen) < EACH_MAX and not is_denied(text, *match.span()):
            seen.add(match[0])
            yield _detail(key, match[0], text, match.span())


def _detail(key: str, value: str, text: Text, span: tuple[int, int]) -> Detail:
    return Detail(key, value, text.words(*span), *text.span(*span), READER)
