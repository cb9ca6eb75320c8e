"""Reads who is meant: names of the person in need and of the writer, ages, how many they are."""

import re
from collections.abc import Iterator

from huying.triage.reader.numbers import number
from huying.triage.reader.result import Detail
from huying.triage.reader.text import Text

READER = "people 1"

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔"
    "向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕"
    "单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦"
    "褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明"
)
_NAME = rf"[{_SURNAMES}](?:某{{1,2}}|[\u4e00-\u9fff]{{1,2}})"
_TITLE = "先生|女士|小姐|阿姨|叔叔|大爷|奶奶|爷爷|师傅|老师|书记|主任|医生|护士|同学|队长|经理"
_PERSON = re.compile(
    rf"(?:姓名|患者姓名|病人姓名|被困人|当事人|求助人姓名|老人姓名|走失人)(?:】|:|:|是|为"
    rf"| ){{1,2}}\s*({_NAME})"
    rf"|(?:患者|病人|老人|孕妇|产妇)(?:叫|名叫|名字叫|是)\s?({_NAME})"
    rf"|(?:我妈|我爸|妈妈|爸爸|母亲|父亲|奶奶|爷爷|外婆|外公|妻子|丈夫|老公|老婆|儿子|女儿"
    rf"|弟弟|妹妹|哥哥|姐姐)"
    rf"(?:叫|名叫|名字叫)\s?({_NAME})"
)
_WRITER = re.compile(
    rf"(?:联系人|紧急联系人|求助人|联络人|代发人|发布人|联系家属|家属)(?:】|:|是|为"
    rf"| ){{1,2}}\s*({_NAME}|[{_SURNAMES}](?:{_TITLE}))"
    rf"|(?:我叫|我是|本人叫|我的名字叫|鄙人|本人)\s?({_NAME})(?=[,，。;；、 \d(（!！]|$|今年"
    rf"|住|家住)"
)
_SELF = re.compile("本人|自己|患者本人|我叫|我是")
_NOT_NAMES = re.compile(
    "^(?:高烧|高龄|高血|高考|高速|高新|方便|方舱|成都|成人|成年|安全|安置|和平|明天|明日|明显"
    "|时间|时候|关于|关系|应该|应急|白天|万分|单位"
    "|单元|全家|全村|全身|何时|任何|于是|向各|严重|易感|许多|曾经|何人|包括|连续|车站|车子"
    "|房子|文明|明白|江边|游客|白领"
    "|左右|管理|边上|路人|路上|金额|石头|林场|龙头|应当|左边|司机|农民|师傅|党员|党委|卫生"
    "|时常|简单|古城|项目|华人|米饭"
    "|武汉|郑州|深圳|北京|上海|河南|湖北|湖南|江苏|江西|广州|广东|山东|山西|安阳|安徽|新乡"
    "|石家|重庆|福建|云南|贵州|孟津|甘肃|黄陂|汉阳|洪山"
    "|学生|志愿|家属|居民|村民|业主|社区|物业|一名|一个|孕妇|患者)"
)
_AGE = re.compile(
    r"(?P<n>(?<!\d)\d{1,3}|[一二三四五六七八九十百两]{1,4})(?:多|来|几)?\s?(?:周岁"
    r"|岁)(?!月)(?P<half>半)?"
    r"|年龄(?:】|:|:| |是|为){1,2}\s*(?P<a>\d{1,3})(?!\d)"
    r"|(?P<e>\d{1,3})[ -]?(?:years?[ -]old|yrs? old|yo\b|y/o)"
    r"|(?P<m>\d{1,2}|[一二三四五六七八九十两]{1,2})\s?个(?:多)?月(?:大|的(?:宝宝|婴儿|孩子|娃"
    r"|小孩)|宝宝|婴儿)"
)
_AGE_PAST = re.compile("工作|时候|那年|以上|以下|以内|以前|退休|工龄")
_PEOPLE = re.compile(
    r"(?P<n>(?<![\d.:])\d{1,6}|[一二三四五六七八九十百千两俩仨]{1,5})\s?(?:多|余|来|几)?\s?"
    r"(?:(?:口|名|位|户|个)(?:人(?!月)|老人|村民|群众|孩子|小孩|居民|学生|病人|大人|儿童|工人"
    r"|员工|人家|孕妇|婴儿|灾民)?"
    r"|(?:口|人)(?!民|工|次|生|均|物|间|类|员|家里))"
    r"|(?P<e>\d{1,5}|two|three|four|five|six|seven|eight|nine|ten) (?:people|persons|of us"
    r"|residents|families)"
)
_COUNTED = re.compile("人|名|位|户|口|people|persons|of us|residents|families|老人|孩子")
_PEOPLE_AROUND = re.compile(
    "困|家|村|有|共|约|大概|大约|总|全|滞留|还剩|楼|stuck|trapped|we|with|近"
)

AGES_MAX = 8
PEOPLE_MAX = 4


def people_details(text: Text) -> list[Detail]:
    """Give names (who needs help apart from who writes), ages and how many people there are."""
    return [*_names(text), *_ages(text), *_counts(text)]


def _names(text: Text) -> Iterator[Detail]:
    needy: set[str] = set()
    for key, form in (("person_name", _PERSON), ("writer_name", _WRITER)):
        for match in form.finditer(text.clean):
            group = next(at for at in range(1, form.groups + 1) if match[at])
            name = _trimmed(match[group])
            if _NOT_NAMES.match(name) or name in needy:
                continue
            needy.add(name)
            start = match.start(group)
            yield _detail(key, name, text, (start, start + len(name)), personal=True)
            break


def _trimmed(name: str) -> str:
    # 张三今年, 李四在: the second sign after a surname may begin the next word.
    return (
        name[:-1]
        if len(name) == 3 and name[-1] in "在今家电手住是有的于现目和与年女男说请求联"
        else name
    )


def _ages(text: Text) -> Iterator[Detail]:
    for count, match in enumerate(_AGE.finditer(text.clean)):
        if count >= AGES_MAX:
            return
        if _AGE_PAST.match(text.clean, match.end()):
            continue
        months = match["m"]
        value = number(months or match["n"] or match["a"] or match["e"] or "")
        if value is None or value > 120:
            continue
        years = value / 12 if months else value
        shown = f"{years:.2f}" if months else f"{years:.0f}"
        yield _detail("age", shown, text, match.span())


def _counts(text: Text) -> Iterator[Detail]:
    seen = 0
    for match in _PEOPLE.finditer(text.clean):
        value = number(match["n"] or match["e"] or "")
        around = text.clean[max(0, match.start() - 8) : match.end() + 8]
        if value is None or value < 1 or not _COUNTED.search(match[0]):
            continue
        if not _PEOPLE_AROUND.search(around):
            continue
        seen += 1
        if seen > PEOPLE_MAX:
            return
        yield _detail("people", f"{value:.0f}", text, match.span())


def _detail(
    key: str, value: str, text: Text, span: tuple[int, int], *, personal: bool = False
) -> Detail:
    return Detail(key, value, text.words(*span), *text.span(*span), READER, personal)
