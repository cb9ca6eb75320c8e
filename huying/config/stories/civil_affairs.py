"""SZ-01 … SZ-12: a deaf man with three needs, a family without food; 30 minutes and 24 hours."""

from huying.config.stories.players import Citizen
from huying.config.stories.stage import Stage

DEAF_MAN = (
    "我是听障人士，还有腰间盘突出，干不了活。因为疫情几个月没有收入，房租交不上，房东让我明天搬走，"
    "请帮我安排一个临时住的地方。我住在罗湖区桂园街道老围社区，请发文字给我。"
)
FAMILY = (
    "家里米和菜都吃完了，两个孩子一天没吃饭，小区封控买不到菜，求送点吃的。"
    "南山区粤海街道蔚蓝海岸社区3栋。"
)


def play(stage: Stage) -> None:
    """Two who write to one account: a man who cannot hear, and a family that has not eaten."""
    man, family = (stage.citizen("civil", f"oStoryCivil{who}") for who in ("Man", "Family"))
    case = _until_luohu_has_it(stage, man)
    other = _until_the_street_has_it(stage, family, case)
    _until_both_say_solved(stage, (man, case), (family, other))


def _until_luohu_has_it(stage: Stage, man: Citizen) -> str:
    desk, luohu = stage.officer("kefu2"), stage.officer("luohu-civil-1")
    case = ""

    with stage.step(0, "听障人士在民政局公众号留言"):
        man.writes(DEAF_MAN)
        case = stage.find(desk, man)
        stage.expect("he is never asked to phone", lambda: "电话" not in man.received())

    with stage.step(5, "值班员阅看：三件难事，只能用文字"):
        desk.does(case, "look")
        desk.does(
            case,
            "correct",
            why="听障、腰疾、断收入，明天无处住",
            nature="plea",
            urgency="high",
            category="shelter",
            lane="act",
            area="440303001011",
        )
        stage.expect("text only is on the page", lambda: "文字" in desk.case(case))
        stage.expect_refusal(
            "nobody may ask a deaf man to phone",
            lambda: desk.does(case, "reply", text="请您打电话到办公室说明情况。"),
        )

    with stage.step(12, "30分钟内先回复：已转罗湖民政，今天上门"):
        desk.does(
            case,
            "reply",
            text="您的三件事（住处、房租、腰病）都已记下，罗湖区民政今天上门，上门前发消息给您。",
        )
        stage.expect("he reads it", lambda: "今天上门" in man.received())

    with stage.step(20, "罗湖民政签收"):
        stage.expect("Luohu is offered it", lambda: case in luohu.get("/console/inbox"))
        luohu.does_task(case, "accept")

    with stage.step(28, "罗湖民政：下午上门，需要什么请用文字说"):
        luohu.does_task(case, "progress", text="我们下午两点上门，带手写板，不用说话。")

    return case


def _until_the_street_has_it(stage: Stage, family: Citizen, case: str) -> str:
    desk, street = stage.officer("kefu2"), stage.officer("street-440305007-1")
    other = ""

    with stage.step(40, "一户人家断粮，同一个公众号留言"):
        family.writes(FAMILY)
        other = stage.find(desk, family)
        stage.expect("it is a case of its own", lambda: other != case)
        stage.expect(
            "it is ranked as urgent",
            lambda: "特急" in desk.case(other) or "紧急" in desk.case(other),
        )
        desk.does(
            other, "correct", why="两个孩子一天没吃饭，今天必须送到", nature="plea", lane="act"
        )
        stage.expect("the street is offered it", lambda: other in street.get("/console/inbox"))
        street.does_task(other, "accept")

    return other


def _until_both_say_solved(
    stage: Stage, first: tuple[Citizen, str], second: tuple[Citizen, str]
) -> None:
    (man, case), (family, other) = first, second
    luohu, street = stage.officer("luohu-civil-1"), stage.officer("street-440305007-1")

    with stage.step(190, "临时救助已申请，住处已安排"):
        luohu.does_task(case, "progress", text="已上门了解情况，现场申请了临时救助。")
        luohu.does_task(
            case,
            "settle",
            cause="疫情期间失去收入，房租到期。",
            result="临时救助已申请，今晚起住进救助站单间，腰病由社区医生随访。",
        )
        stage.expect("he reads all three", lambda: "腰病由社区医生随访" in man.received())

    with stage.step(220, "米面送到，留下街道直接联系方式"):
        street.does_task(other, "progress", text="米、面、饺子和牛奶已送到门口。")
        street.does_task(
            other,
            "settle",
            cause="小区封控，家中存粮吃完。",
            result="已送一周的米面菜奶；再有困难可直接找粤海街道办事处，或在这里留言。",
        )
        stage.expect(
            "they know whom to ask next time", lambda: "粤海街道办事处" in family.received()
        )

    with stage.step(230, "听障人士回复：解决了"):
        man.writes("解决了")
        stage.expect("closed on his word", lambda: "已办结" in man.page())

    with stage.step(400, "那户人家回复“1”，办结；全程没有请听障人士打过电话"):
        family.writes("1")
        stage.expect("closed on theirs", lambda: "已办结" in family.page())
        stage.expect("he was never asked to phone", lambda: "打电话" not in man.received())
