"""ZZ-06 … ZZ-14: ten hours from a message to a bed; the people and their words are invented."""

from huying.config.stories.players import Citizen
from huying.config.stories.stage import Stage

PLEA = (
    "我是孕39周+4的孕妇，熊猫血A型，还有3天就到预产期，现在在登封市的一家医院，他们说没有血源不敢收。"
    "家里只有六十多岁的妈妈和六岁半的侄女，求帮忙联系市里的大医院，急急急！"
)


def play(stage: Stage) -> None:
    """One mother, the desk, the health commission, a county's car and a hospital's bed."""
    mother = stage.citizen("zhengzhou", "oStoryZhengzhouMother")
    case = _until_the_commission_has_it(stage, mother)
    _until_car_and_bed_are_asked_for(stage, mother, case)
    _until_she_is_in_bed(stage, mother, case)


def _until_the_commission_has_it(stage: Stage, mother: Citizen) -> str:
    desk, health = stage.officer("zz-desk-12"), stage.officer("zz-health-1")
    case = ""

    with stage.step(0, "孕妇在平台留言"):
        mother.writes(PLEA)
        case = stage.find(desk, mother)
        stage.expect("weeks are read", lambda: "39+4" in desk.case(case))
        stage.expect("the rare blood is read", lambda: "熊猫血" in desk.case(case))

    with stage.step(4, "系统已按职责清单交给市卫健委，值班员签收"):
        stage.expect("the commission is offered it", lambda: case in health.get("/console/inbox"))
        health.does_task(case, "accept")

    with stage.step(20, "工作人员标识为“急”"):
        desk.does(
            case,
            "correct",
            why="39周+4、熊猫血、三天后预产期，当地不收",
            nature="plea",
            urgency="critical",
            lane="act",
        )
        stage.expect("it is flagged", lambda: "特急" in desk.case(case))

    with stage.step(30, "工作人员致电告知：已反馈至相关部门"):
        desk.does(
            case,
            "call",
            reached="yes",
            by_way_of="phone",
            words="已告知：市卫健委已接手，正在联系有血源的医院",
        )
        stage.expect("the call is on the record", lambda: "正在联系有血源的医院" in desk.case(case))

    return case


def _until_car_and_bed_are_asked_for(stage: Stage, mother: Citizen, case: str) -> None:
    desk, health = stage.officer("zz-desk-12"), stage.officer("zz-health-1")

    with stage.step(300, "指挥部：已协调好医院，安排车和床位"):
        health.does_task(
            case,
            "progress",
            text="已协调市里有产科和血源的中心医院，正在安排车辆和床位，19时前发车。",
        )
        desk.does(
            case,
            "offer",
            unit="dengfeng",
            part="joint",
            sort="vehicle",
            asked="派车：登封某院到郑州中心医院，孕妇、母亲、六岁侄女共3人，注意防护",
        )
        desk.does(
            case,
            "offer",
            unit="zz-central-hospital",
            part="joint",
            sort="bed",
            asked="留产科床位，走绿色通道，备A型Rh阴性血，指定值班医生接",
        )
        stage.expect("she reads what comes next", lambda: "19时前发车" in mother.received())


def _until_she_is_in_bed(stage: Stage, mother: Citizen, case: str) -> None:
    desk, health = stage.officer("zz-desk-12"), stage.officer("zz-health-1")
    hospital, county = stage.officer("zz-central-hospital-1"), stage.officer("dengfeng-1")

    with stage.step(310, "登封和医院分别签收"):
        county.does_task(case, "accept")
        hospital.does_task(case, "accept")

    with stage.step(360, "19时，母女三人上车"):
        county.does_task(
            case, "finish", result="19时从登封发车，孕妇、母亲、侄女3人同车，已做防护。"
        )
        stage.expect_refusal(
            "no end while the bed is open",
            lambda: health.does_task(case, "settle", cause="缺血源", result="已安排"),
        )

    with stage.step(540, "医院：值班医生接到人，绿色通道入院"):
        hospital.does_task(
            case, "finish", result="妇产科值班医生已接到人，绿色通道办理住院，血源已备。"
        )

    with stage.step(570, "市卫健委办结，征询本人"):
        health.does_task(
            case,
            "settle",
            cause="原医院没有产科血源，不能保证安全。",
            result="已住进有产科和血源的医院，由值班医生负责。",
        )
        stage.expect("she reads the result", lambda: "血源的医院" in mother.received())

    with stage.step(600, "孕妇在自己的页面上确认：解决了"):
        mother.says_solved("从反映到住上院不到十二个小时，谢谢")
        stage.expect("closed on her word", lambda: "已办结" in mother.page())
        stage.expect("her own judgement is kept", lambda: "不到十二个小时" in desk.case(case))
