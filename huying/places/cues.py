"""The words around a place that tell what it is: a field, a home, a sickbed, a topic."""

import re

from huying.places.address import BREAK


def _any(words: str) -> str:
    return f"(?:{'|'.join(words.split())})"


# How much a field of a form is worth; what is said elsewhere must be clearly more exact to win.
_FIELDS = (
    (
        11.0,  # where somebody is now
        "隔离点地址 现在位置 目前位置 现所在地 目前所在地 现在地址 被困位置 被困地点 被困地址"
        " 被救助位置",
    ),
    (
        5.0,
        "求助位置 求助地点 求助地址 受灾位置 受灾地点 受困地点 救援地址 救援地点 救援位置"
        " 具体位置 具体地址"
        " 具体地点 详细地址 详细位置 所在位置 所在地址 所在地点 位置 坐标 定位 地点",
    ),
    (
        4.5,
        "所在小区、社区 所在小区 所在社区 小区、社区 小区 社区 居住地址 家庭住址 家庭地址 现住址"
        " 现居住地 居住地"
        " 住址 地址",
    ),
    (0.0, "所在城市 所在地区 所在区域 城市 地区"),
)


def _label(names: str) -> re.Pattern[str]:
    some = _any(names)
    return re.compile(
        rf"(?:【[^】\n]{{0,6}}?{some}[^】\n]{{0,8}}】|【{some}(?=[^】\n]{{2,30}}【)|{some}是?:)[\s:]{{0,4}}"
    )


LABELS = [(worth, _label(names)) for worth, names in _FIELDS]
VALUE = re.compile(r"(?:(?![一-龥]{2,4}:)[^【】\n<>。!?;#@\[\]]){2,60}")
NOTHING = re.compile("无|暂无|不详|未知|同上|保密|[0-9●]{4}")

# Where somebody lies, waits or is shut in now is where help must go, whatever their home is.
_ON = "[^,。!?;【】]"  # the sentence goes on
CARE = re.compile("医院|院区|急诊|病房|福利院|养老院|疗养院|医$")
SHELTER = re.compile("酒店|宾馆|旅馆|招待所|隔离点|方舱|安置点|车站|高铁|机场|店$")
STAYS = re.compile(
    f"(?:目前|现在?|至今|如今|一直|仍然?|还|正|人){_ON}{{0,3}}(?:(?<!现)在|于)(?:{_ON}{{0,10}}的)?$"
)
BROUGHT = re.compile(
    ""
    "(?:住进|住[在到]|入住|收治?[在入到]|收留在|安排[在到至]:?|转[到至入]|送[到至往]|带[到往]|隔离[在于到]"
    f"|滞留在?|困在)了?(?:{_ON}{{0,10}}[的和])?$"
)
AT = re.compile("[在于]$")
KEPT = re.compile(
    rf"{_ON}{{0,5}}(?:[0-9]+床|"
    + _any("住院 隔离 重症 ICU icu 病房 急诊室 病床 抢救 留观 留置 走廊 大厅 被困 滞留")
    + ")"
)
VISITED = re.compile(
    f"{_ON}{{0,5}}"
    + _any(
        "做 检查 打针 看病 就诊 就医 化疗 透析 拍 开药 排队 确诊 查 出院 挂号 门诊 取药 拿药 看诊"
        " 进行 或其他"
        " 咨询 看看 复查"
    )
)
AT_HOME = re.compile(
    "(?:家住的?|家在|住在|住址|居住[在于]?|现居|坐标|位于|地址|位置)[是为]?[:在]?$"
)
IN_PLACE = re.compile(
    "(?:[在住于回困是去]|"
    + _any("到达 赶到 送到 来到 请问 帮帮 救救 帮忙 关注 关注一下 支援 老家 需要 需 求助")
    + ")[,:! ]?$"
)
FROM = re.compile("(?:来自|去往|前往|驰援|从|自)$")
NEED_AFTER = re.compile(
    "[,:!‼️❗~ ]{0,3}"
    + _any(
        "急需 急缺 告急 求助 求救 求援 救命 需要 请求 被困 被淹 受困 受灾 停水 停电 断水 断电"
        " 没水 没电 缺 有人 有一"
        " 有孕 有老 水位 进水 淹 失联 决口 决堤 漫堤 溃 塌 倒灌 内涝 积水 已经 确诊 住院 疑似"
        " 发烧 人手不足"
        " 严重不足 医护"
    )
)
TOPIC_AFTER = re.compile(
    "[的市]?(?:特大)?(?:人$|"
    + _any(
        "暴雨 洪水 洪灾 台风 地震 疫情 互助 救援 加油 抗洪 防汛 日记 肺炎 求助# 超话 的微博 微博"
        " 的车 方向 蓝天 消防"
        " 志愿 本地 市民 话"
    )
    + ")"
)

# How exact an expression is.
HOMES = re.compile(
    "城$|"
    + _any(
        "小区 花园 家园 公寓 社区 新村 村 庄 医院 学校 小学 中学 大学 学院 宾馆 酒店 旅馆 街坊"
        " 家属院 苑 号院 栋 单元"
        " 国际 车站 养老院 宿舍 广场 水库 公园 派出所 大厦"
    )
)
ROADS = re.compile("路|街|大道|巷|高速|桥|隧道|转盘|交叉口|路口")
NUMBERED = re.compile(
    "[0-9●一二三四五六七八九十]+(?:号|栋|幢|座|单元|楼|室|排|组|街坊|门|弄|期|-[0-9])"
)
TOWNS = re.compile("[县镇乡区市]")

# What stands before a name in its part of the sentence.
LEAD = re.compile(
    r"(?:[0-9.:~\-]{1,8}(?:月|日|点|分|时|岁|年|号(?!楼|院))|[、和与及跟:\-/&~]|"
    + _any(
        "今日 昨日 昨晚 早上 晚上 下午 上午 凌晨 我家 家里 爸爸? 妈妈? 父母 父亲 母亲 爷爷 奶奶"
        " 外公 外婆 朋友 同学"
        " 亲戚 家人 一家 全家 真实 核实 紧急 急 求 转发? 扩散 地址 位置 坐标 定位 家住 住 于 困"
        " 驻扎 出发地 目的地"
        " 帮转 寻求 支援 帮忙 大家 关注一下 关注 多 谢谢 老家 通知 投稿"
    )
    + ")+"
)
# 附近的小区, 定点医院: a kind of place, and no place. Possessive (*+), so that it stays linear.
VAGUE = re.compile(
    _any(
        "自然 多个 整个 附近 隔壁 小县 受灾 安置 市里 原来 正规 隔离 方仓 农村 地区 当地 部分"
        " 周边 周围 老城 高层"
        " 地下 楼层 救护 物资 定点 方舱 火神山 雷神山 [一二三四五六七八九十](?=楼)"
        " [全多河县家各沿每本小大几某同原堵守问去到由从向往个些该哪此以所无其医]"
    )
    + "*+"
    + _any(
        "社区 小区 村庄 街道 车站 学校 酒店 宾馆 公司 中心 市场 河堤 水库 隔离点 卫生院 高速 诊所"
        " 养老院 超市"
        " 急诊 病区 仓库 公寓 政府 门口 路口 附近 对面 旁边 医院"
        " [村镇乡楼栋路院街区站厂里队组所店台城庭府座园期户房层室门桥堤坊居]"
    )
    + "+"
)
# Where one part of a sentence ends and a name may begin.
RUN_END = re.compile(
    rf"{BREAK.pattern}|[ ,:#@/、先送等想而仅哪进得各多]|转[入到院]|[入出住]院|"
    + _any(
        "排队 看看 如果 原来 尽快 希望 应该 通过 安排 入住 收入 检查 前往 可以 所知 一个 需要"
        " 请求 通知 经过 寻求"
        " 位于 定点"
    )
)
PARTED = re.compile("[, ]")
