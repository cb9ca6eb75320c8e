"""How an address goes on below the named areas: estates, roads, houses, flats."""

import re
from itertools import pairwise

TAIL_MAX = 60  # characters; the longest true tail seen was about 40

_FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_HALF = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F))
_TRADITIONAL = (
    "區龍華莊鎮鄉縣灣圍東門廣觀瀾羅馬陽鹽寶橫崗頭園嶺蓮號棟樓單處辦會員濱長興銀萬麗豐榮澤學醫國漢蘇黃貴雲慶遼寧濟鄭滬瓊內臺衛輝"
    "劉陳張趙楊吳鄧馮蔣關蕭鐵鋼橋場車電錦鳳麥魯齊歐島嶼溝澗潤滿漁濕實驗師縱橫進遠連邊達違運還這鄰邨裡裏後幾個們來對與從現處點"
    "業廠機構層戶間廳廟倉庫總務醬貝貢財貨質資賓飯館舊藝節蘭萊葉藍薩蘆岡剛劃動勞勢協衝術補裝製複見規視親話誌請護變讓豬貓質鐘鎖錄闊隊陰際隨險難雙離霧靈靜響頂順領題顧顯風飛養餘駐駕驗體魚鳥麼齡"
)
_SIMPLE = (
    "区龙华庄镇乡县湾围东门广观澜罗马阳盐宝横岗头园岭莲号栋楼单处办会员滨长兴银万丽丰荣泽学医国汉苏黄贵云庆辽宁济郑沪琼内台卫辉"
    "刘陈张赵杨吴邓冯蒋关萧铁钢桥场车电锦凤麦鲁齐欧岛屿沟涧润满渔湿实验师纵横进远连边达违运还这邻村里里后几个们来对与从现处点"
    "业厂机构层户间厅庙仓库总务酱贝贡财货质资宾饭馆旧艺节兰莱叶蓝萨芦冈刚划动劳势协冲术补装制复见规视亲话志请护变让猪猫质钟锁录阔队阴际随险难双离雾灵静响顶顺领题顾显风飞养余驻驾验体鱼鸟么龄"
)
_SPACES = "\t\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff" + "".join(
    chr(code)
    for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))  # writing direction
)
# What stands for punctuation must not turn into the half-width sign that ends nothing.
_SAME = str.maketrans(_FULL + _TRADITIONAL + _SPACES, _HALF + _SIMPLE + " " * len(_SPACES))

_LETTER = r"[\u4e00-\u9fffA-Za-z0-9●·]"
# None of these stands in the name of a place, so a name ends before it.
_VERBS = (
    "的了被没已我他她它你们是有请需急缺这那很不在住吗吧呢啊为要让给把将能可想怎谁啥因但且并只就"
    "都也还又再从往找叫说死病痛疼患咳哪走去到"
)
BREAK = re.compile(
    rf"[^\u4e00-\u9fffA-Za-z0-9●·#\-~()《》&/、, ]|[{_VERBS}]"
    r"|目前|现在|现有|求助|求救|救援|救命|告急|停水|停电|断水|断电|失联|居民|村民|群众|老人|孩子|联系|电话|紧急"
    r"|今天|昨天|医护|出现|发生|水位|暴雨|互助|洪水|泄洪|台风|地震|疫情|肺炎|核酸|加油|志愿|由于|附近或|以及|整个|全[村镇区市县楼院]"
)
PLACE_WORDS = (
    "小区|花园|家园|公寓|大厦|大楼|广场|中心|社区|新村|村|庄|屯|寨|镇|乡|街道|大道|公路|国道|省道|高速|路|大街|街|胡同|巷|弄|桥|隧道|涵洞|立交|高架"
    "|地铁站|火车站|高铁站|汽车站|加油站|收费站|服务区|站|港|码头|机场|转盘|人民医院|中心医院|医院|卫生院|卫生所|卫生室|诊所|院区|病区|隔离点|方舱"
    "|学校|小学|中学|高中|初中|大学|学院|幼儿园|校区|宾馆|酒店|旅馆|招待所|民宿|超市|市场|商场|商城|商店|工业园|工业区|产业园|科技园|园区|开发区|生活区|工厂"
    "|厂|公司|仓库|敬老院|养老院|福利院|疗养院|孤儿院|派出所|消防队|监狱|水库|大堤|大坝|河堤|公园|景区|家属院|家属楼|宿舍|大院|工地|城中村|安置区|棚户区"
    "|苑|府|城|园|里|坊|湾|轩|阁|居|庭|墅|郡|邸|座|国际|华府|名都|尚品|世家|半岛|新城|名城|新苑|佳苑|嘉苑|雅苑|豪庭|公馆|御景|院|所|店|楼|环"
)
_NUMBER = r"(?:附?第?[0-9A-Za-z●]{1,6}|[一二三四五六七八九十百]{1,4}|[甲乙丙丁东南西北前后])"
_UNITS = (
    "号楼|号院|号|栋|幢|座|单元|门|室|楼|层|房|户|期|区|组|排|弄|巷|街坊|街|村|床|梯|队|段|#|们"
)
# Right after the name of an area these need no name of their own: 新乡站, 福田医院.
_OWN = "|".join(word for word in PLACE_WORDS.split("|") if len(word) > 1 or word == "站")
_PIECE = re.compile(
    rf"(?:{_NUMBER}(?:{_UNITS})"
    rf"|[0-9]{{1,4}}(?:[-~][0-9A-Za-z]{{1,4}}){{1,3}}|(?<=[栋座元号楼村苑区园城厦寓])[0-9]{{2,5}}(?![0-9])"
    rf"|{_LETTER}{{1,12}}?(?:{PLACE_WORDS})+"
    rf"|(?:{_OWN}|政府)"
    r"|(?:附近|旁边|对面|门口|路口|交叉口|交叉路口|交汇处|十字路口|[东南西北]侧|[东南西北]门|[东南西北]头))"
)
_COUNTED = re.compile(rf"{_NUMBER}(?:{_UNITS})|[0-9]{{1,4}}(?:-[0-9]{{1,4}}){{1,3}}")


def same_signs(text: str) -> str:
    """The text with full-width, traditional and blank signs made plain; as long as before."""
    return text.translate(_SAME)


def joined(text: str) -> tuple[str, list[int] | None]:
    """The text without the blanks of s p a c e d writing, and where its characters stood.

    The positions are None when nothing was taken out.
    """
    spaced = list(
        re.finditer(r"(?:(?<=[ ,。:])|^)[\u4e00-\u9fff](?: [\u4e00-\u9fff]){2,}(?= |$|[,。])", text)
    )
    if not spaced:
        return text, None
    gone = {at for match in spaced for at in range(*match.span()) if text[at] == " "}
    kept = [at for at in range(len(text)) if at not in gone]
    return "".join(text[at] for at in kept), kept


def tail_end(text: str, start: int, stop: int | None = None) -> int:
    """Where the address that reaches `start` ends, looking no further than `stop`.

    Takes estates, roads, buildings and numbers; gives `start` back if none follows.
    """
    window = text[start : min(start + TAIL_MAX, len(text) if stop is None else stop)]
    broken = BREAK.search(window)
    body = window[: broken.start()] if broken else window
    end = at = 0
    while at < len(body):
        piece = _PIECE.match(body, at)
        if piece:
            end = at = piece.end()
        elif body[at] in " -·/~()《》&" and at == end:
            at += 1
        elif body[at] in ",、" and at == end:
            # After a comma only a number goes on with the address: 北站社区,12栋.
            if not _COUNTED.match(body, at + 1):
                break
            at += 1
        else:
            break
        if at > end + 1:
            break
    if body[end : end + 1] in (")", "》"):
        end += 1
    return start + end


def left_over(text: str, spans: list[tuple[int, int]], end: int) -> str:
    """What of an address is not in `spans`, the parts that name areas."""
    between = [text[left[1] : right[0]] for left, right in pairwise([*spans, (end, end)])]
    return "".join(part.strip(" ,、:-/·>()的") for part in between)
