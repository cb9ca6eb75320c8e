"""What a text names: a table of sentences of our own, and the traps."""

import pytest

from huying.places.gazetteer import Certainty, Gazetteer, exact

FUTIAN = "广东省/深圳市/福田区"
SHANGSHA = f"{FUTIAN}/沙头街道/上沙社区"
LONGHUA = "广东省/深圳市/龙华区"
MINZHI = f"{LONGHUA}/民治街道"
BEIZHAN = f"{MINZHI}/北站社区"
NANSHAN = "广东省/深圳市/南山区"
GUANGMING = "广东省/深圳市/光明区"
GUSHU = "广东省/深圳市/宝安区/西乡街道/固戍社区"

ONE_PLACE = [
    # text, path, rest
    ("上沙社区", SHANGSHA, ""),
    ("上沙社区居委会", SHANGSHA, ""),
    ("上沙社区居民委员会的人说不归他们管", SHANGSHA, ""),
    ("上沙社区工作站没人接电话", SHANGSHA, ""),
    ("上沙居委会", SHANGSHA, ""),
    ("福田上沙村", SHANGSHA, ""),
    ("福田上沙", SHANGSHA, ""),
    ("福田区上沙村", SHANGSHA, ""),
    ("深圳上沙社区", SHANGSHA, ""),
    ("沙头街道上沙社区", SHANGSHA, ""),
    ("沙头上沙", SHANGSHA, ""),
    ("广东省深圳市福田区沙头街道上沙社区", SHANGSHA, ""),
    ("广东深圳福田沙头上沙", SHANGSHA, ""),
    ("广东省 深圳市 福田区 沙头街道 上沙社区", SHANGSHA, ""),
    ("深圳市/福田区/沙头街道/上沙社区", SHANGSHA, ""),
    ("深圳市，福田区，上沙社区", SHANGSHA, ""),
    ("深圳市（福田区）上沙社区", SHANGSHA, ""),
    ("深圳的福田区的上沙社区", SHANGSHA, ""),
    ("上 沙 社 区 封了三天", SHANGSHA, ""),
    ("我妹妹住上沙，怀孕三十二周", SHANGSHA, ""),
    ("她正处于上沙社区的管控区内", SHANGSHA, ""),
    ("福田区沙头街道上沙社区沙头大厦2栋301，孕妇一人", SHANGSHA, "沙头大厦2栋301"),
    ("福田区沙头街道上沙社区沙头大厦２栋３０１", SHANGSHA, "沙头大厦2栋301"),
    ("福田区上沙社区东村8巷12号502房", SHANGSHA, "东村8巷12号502房"),
    ("福田区滨河大道上沙社区", SHANGSHA, "滨河大道"),
    ("深圳市龙华区民治街道北站社区", BEIZHAN, ""),
    ("我住在龙华民治北站社区，12栋", BEIZHAN, "12栋"),
    ("龙华民治北站社区 12栋3单元", BEIZHAN, "12栋3单元"),
    ("龍華區民治街道北站社區", BEIZHAN, ""),
    ("民治街道办不批出入证", MINZHI, ""),
    ("民治街道办事处", MINZHI, ""),
    ("民治街办", MINZHI, ""),
    ("龙华民治", MINZHI, ""),
    ("我在民治，想买药", MINZHI, ""),
    ("民治", MINZHI, ""),
    ("民治附近哪里能做透析", MINZHI, "附近"),
    ("从民治走路过去要一小时", MINZHI, ""),
    ("深圳民治", MINZHI, ""),
    ("深圳市龙华新区民治街道", MINZHI, ""),
    ("福田", FUTIAN, ""),
    ("福田区", FUTIAN, ""),
    ("深圳福田", FUTIAN, ""),
    ("福田街道", f"{FUTIAN}/福田街道", ""),
    ("福田社区", f"{FUTIAN}/福田街道/福田社区", ""),
    ("福田区福田街道福田社区", f"{FUTIAN}/福田街道/福田社区", ""),
    ("福田区深南大道3号", FUTIAN, "深南大道3号"),
    ("福田区的居民", FUTIAN, ""),
    ("深圳光明", GUANGMING, ""),
    ("光明区", GUANGMING, ""),
    ("光明新区", GUANGMING, ""),
    ("住在光明区，药快吃完了", GUANGMING, ""),
    ("深圳宝安西乡固戍", GUSHU, ""),
    ("西乡街道固戍社区三围路5号", GUSHU, "三围路5号"),
    ("家住固戍，老人发烧", GUSHU, ""),
    ("地址：固戍", GUSHU, ""),
    ("大鹏新区南澳街道", "广东省/深圳市/龙岗区/南澳街道", ""),
    ("盐田区沙头角街道", "广东省/深圳市/盐田区/沙头角街道", ""),
    ("沙头角街道中英街社区", "广东省/深圳市/盐田区/沙头角街道/中英街居委会", ""),
    ("大梅沙社区", "广东省/深圳市/盐田区/梅沙街道/大梅沙居委会", ""),
    ("新安湖社区", "广东省/深圳市/宝安区/新安街道/新安湖社区", ""),
    ("黄麻布社区", "广东省/深圳市/宝安区/航城街道/黄麻布社区", ""),
    ("坂田街道星光居委会", "广东省/深圳市/龙岗区/坂田街道/南坑社区星光居委会", ""),
    ("深圳市民中心", "广东省/深圳市", "市民中心"),
    ("深圳北站", "广东省/深圳市", "北站"),
    ("我爸在深圳，我在国外", "广东省/深圳市", ""),
    ("请深圳的同志帮帮忙", "广东省/深圳市", ""),
    ("新乡市牧野区某某路12号院", "河南省/新乡市/牧野区", "某某路12号院"),
    ("新乡牧野区某某村", "河南省/新乡市/牧野区", "某某村"),
    ("辉县", "河南省/新乡市/辉县市", ""),
    ("卫辉市某某镇某某村", "河南省/新乡市/卫辉市", "某某镇某某村"),
    ("浚县", "河南省/鹤壁市/浚县", ""),
    ("鹤壁市浚县", "河南省/鹤壁市/浚县", ""),
    ("在浚县，水到腰了", "河南省/鹤壁市/浚县", ""),
    ("郑州高新区", "河南省/郑州市/郑州高新技术产业开发区", ""),
    ("郑州市管城区", "河南省/郑州市/管城回族区", ""),
    ("管城回族区某某街18号", "河南省/郑州市/管城回族区", "某某街18号"),
    ("济源市", "河南省/济源市", ""),
    ("北京市朝阳区", "北京市/朝阳区", ""),
    ("北京朝阳", "北京市/朝阳区", ""),
    ("长春市朝阳区", "吉林省/长春市/朝阳区", ""),
    ("吉林省吉林市", "吉林省/吉林市", ""),
    ("内蒙古自治区呼和浩特市", "内蒙古自治区/呼和浩特市", ""),
    ("内蒙古", "内蒙古自治区", ""),
    ("恩施州利川", "湖北省/恩施土家族苗族自治州/利川市", ""),
    ("东莞市", "广东省/东莞市", ""),
    ("武汉市江岸区某某街道某某社区3栋", "湖北省/武汉市/江岸区", "某某街道某某社区3栋"),
    ("武汉江岸", "湖北省/武汉市/江岸区", ""),
    ("河南暴雨，大家小心", "河南省", ""),
    ("海南", "海南省", ""),
    ("上海南站", "上海市", "南站"),
    ("湖南省长沙市岳麓区", "湖南省/长沙市/岳麓区", ""),
    ("去武汉的路还通吗", "湖北省/武汉市", ""),
    ("平安区", "青海省/海东市/平安区", ""),
]

NO_PLACE = [
    "",
    "今天心情光明",
    "前途一片光明",
    "光明正大",
    "和平年代",
    "世界和平",
    "我们要和平",
    "幸福的一天",
    "幸福来得太突然",
    "中心思想是什么",
    "新城控股跌停了",
    "一路平安",
    "平安喜乐",
    "平安银行的卡",
    "比如我家的狗",
    "互助互爱",
    "通道堵了",
    "解放思想",
    "胜利在望",
    "友好交流",
    "公安来了",
    "合作愉快",
    "东方卫视直播",
    "东方红，太阳升",
    "阳光真好",
    "彩虹出来了",
    "明月几时有",
    "凤凰花开",
    "长城不是一天建成的",
    "老村长说的",
    "向西走两百米",
    "四海为家",
    "五一去哪玩",
    "钟南山院士说要戴口罩",
    "寿比南山",
    "北京时间八点",
    "北京东路12号",
    "南京路上好八连",
    "中山路堵车",
    "中山装",
    "沙县小吃真便宜",
    "兰州拉面",
    "重庆火锅",
    "三明治和咖啡",
    "河南话真好听",
    "新华社记者",
    "人民日报",
    "水库水位多少",
    "海关通关时间",
    "红星照耀",
    "翻身做主人",
    "无为而治",
    "无极限",
    "日照时间变短",
    "长安十二时辰",
    "鼓楼敲钟了",
    "振兴中华",
    "民主生活会",
    "劳动最光荣",
    "哈哈哈哈哈哈",
    "🙏🙏🙏",
    "help me please",
    "电话发我",
    "什么时候解封",
    "这个社区怎么没人管",
    "我们村没电了",
    "全区核酸",
    "各街道都通知了",
    "小区门口",
    "火车站附近",
    "我们坚如磐石",
    "拆迁安置什么时候谈",
    "每层楼都安装了灯",
    "在市中心上班",
    "小区绿化没人管",
    "岳临高速堵死了",
    "安平安平安平",
    "太行山上下雨了",
]


@pytest.mark.parametrize(("text", "path", "rest"), ONE_PLACE)
def test_an_address_names_its_most_exact_area(
    gazetteer: Gazetteer, text: str, path: str, rest: str
) -> None:
    found = gazetteer.find(text)

    assert [(one.path, one.rest) for one in found] == [(path, rest)]
    assert exact(found) is found[0]


@pytest.mark.parametrize("text", NO_PLACE)
def test_an_ordinary_word_is_no_place(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.find(text) == []


@pytest.mark.parametrize(
    ("text", "districts"),
    [
        ("和平社区", {"罗湖区", "宝安区", "坪山区"}),
        ("田心社区", {"罗湖区", "宝安区", "坪山区", "盐田区"}),
        ("深圳海滨社区", {"福田区", "南山区", "宝安区"}),
        ("下沙村的老人", {"福田区", "龙岗区"}),
        ("朝阳区", {"北京市", "长春市"}),
        ("南山区", {"深圳市", "鹤岗市"}),
        ("鼓楼区", {"南京市", "徐州市", "福州市", "开封市"}),
    ],
)
def test_a_name_that_several_areas_bear_gives_them_all(
    gazetteer: Gazetteer, text: str, districts: set[str]
) -> None:
    found = gazetteer.find(text)

    assert {part for one in found for part in one.path.split("/")} >= districts
    assert {one.certainty for one in found} == {Certainty.AMBIGUOUS}
    assert {one.start for one in found} == {found[0].start}
    assert exact(found) is None


@pytest.mark.parametrize(
    ("text", "near", "path"),
    [
        ("南山区", "4403", NANSHAN),
        ("南山", "44", NANSHAN),
        ("和平社区", "440306", "广东省/深圳市/宝安区/福海街道/和平社区"),
        ("朝阳区", "11", "北京市/朝阳区"),
        ("朝阳区", "2201", "吉林省/长春市/朝阳区"),
    ],
)
def test_near_decides_between_one_inside_and_others(
    gazetteer: Gazetteer, text: str, near: str, path: str
) -> None:
    found = gazetteer.find(text, near)

    assert [one.path for one in found] == [path]
    assert found[0].certainty is Certainty.LIKELY


def test_near_does_not_hide_what_is_ambiguous_inside_it(gazetteer: Gazetteer) -> None:
    found = gazetteer.find("和平社区", "4403")

    assert len(found) == 3
    assert {one.certainty for one in found} == {Certainty.AMBIGUOUS}


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("家住南山、工作在福田", [NANSHAN, FUTIAN]),
        ("我在福田，想去光明区", [FUTIAN, GUANGMING]),
        ("上沙社区封了，我现在龙华民治北站社区", [SHANGSHA, BEIZHAN]),
        ("老家新乡市，人在深圳市", ["河南省/新乡市", "广东省/深圳市"]),
        ("从武汉到郑州的车", ["湖北省/武汉市", "河南省/郑州市"]),
        ("新乡市和卫辉市都缺水", ["河南省/新乡市", "河南省/新乡市/卫辉市"]),
        ("武汉、北京、上海", ["湖北省/武汉市", "北京市", "上海市"]),
    ],
)
def test_several_places_come_in_the_order_of_the_words(
    gazetteer: Gazetteer, text: str, paths: list[str]
) -> None:
    found = gazetteer.find(text)

    assert [one.path for one in found] == paths
    assert [one.start for one in found] == sorted(one.start for one in found)


def test_what_else_the_message_names_decides_between_equals(gazetteer: Gazetteer) -> None:
    found = gazetteer.find("我在开封出差，鼓楼区怎么走")

    assert [one.path for one in found] == ["河南省/开封市", "河南省/开封市/鼓楼区"]
    assert exact(found) is found[1]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("南山区上沙社区", {NANSHAN, SHANGSHA, "黑龙江省/鹤岗市/南山区"}),
        ("龙华区沙头街道", {LONGHUA, "海南省/海口市/龙华区", f"{FUTIAN}/沙头街道"}),
        ("广州市福田区", {"广东省/广州市", FUTIAN}),
    ],
)
def test_areas_of_which_none_lies_in_the_other_are_said_to_conflict(
    gazetteer: Gazetteer, text: str, paths: set[str]
) -> None:
    found = gazetteer.find(text)

    assert {one.path for one in found} == paths
    assert {one.certainty for one in found} == {Certainty.CONFLICT}
    assert exact(found) is None


def test_a_community_of_a_city_that_the_message_does_not_name_is_doubtful(
    gazetteer: Gazetteer,
) -> None:
    found = gazetteer.find("武汉【所在小区】上沙社区")

    assert [one.certainty for one in found] == [Certainty.LIKELY, Certainty.CONFLICT]
    assert exact(found) is None
    # Unless the account's own city holds it.
    assert gazetteer.find("从武汉回来，住上沙社区", "4403")[1].certainty is Certainty.EXACT


def test_a_community_far_from_the_account_s_city_is_doubtful(gazetteer: Gazetteer) -> None:
    assert gazetteer.find("上沙社区", "4403")[0].certainty is Certainty.EXACT
    assert gazetteer.find("上沙社区", "4101")[0].certainty is Certainty.CONFLICT


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我住在龙华民治北站社区，12栋，求药", "龙华民治北站社区，12栋"),
        ("急！福田区上沙社区沙头大厦2栋301有孕妇", "福田区上沙社区沙头大厦2栋301"),
        ("上 沙 社 区 封了", "上 沙 社 区"),
        ("龍華區民治街道12號", "龍華區民治街道12號"),
    ],
)
def test_the_span_covers_the_whole_address_as_written(
    gazetteer: Gazetteer, text: str, words: str
) -> None:
    found = gazetteer.find(text)

    assert found[0].words == words == text[found[0].start : found[0].end]
