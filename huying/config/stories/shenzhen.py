"""WJ-01 … WJ-10: the times are those of the account; the people and their words are invented."""

from huying.config.stories.players import Citizen
from huying.config.stories.stage import Stage

PLEA = (
    "我老婆怀孕8周，今天早上开始出血、肚子痛。昨晚在龙华中心医院做的核酸，等了12个小时还没有结果，"
    "没有报告就住不了院，怎么办？我们住在龙华区民治街道北站社区。"
)
PHONE = "19900007357"
# Invented: the area code belongs to nowhere, the check digits are right (GB 11643-1999).
ID_NUMBERS = ("440399199203050026", "440399199001150010")


def play(stage: Stage) -> None:
    """One family, one hospital, one laboratory, and the desk that keeps it."""
    family = stage.citizen("health", "oStoryShenzhenFamily")
    case = _until_the_hospital_calls(stage, family)
    _until_they_say_solved(stage, family, case)


def _until_the_hospital_calls(stage: Stage, family: Citizen) -> str:
    desk, hospital = stage.officer("zhiban"), stage.officer("yisheng")
    case = ""

    with stage.step(0, "家属在卫健委公众号留言求助"):
        reply = family.writes(PLEA)
        stage.expect("the receipt comes in the same breath", lambda: family.receipt != "")
        stage.expect("the receipt points to 120", lambda: "120" in reply)
        stage.expect(
            "the person has a page",
            lambda: "receipt" in family.page() or family.receipt in family.page(),
        )
        case = stage.find(desk, family)
        stage.expect("it lights up as critical", lambda: "特急" in desk.case(case))
        stage.expect("its reasons show the words", lambda: "出血" in desk.case(case))

    with stage.step(1, "系统私下请家属留电话"):
        stage.expect("asked for a phone, privately", lambda: "电话" in family.received())

    with stage.step(6, "家属把电话发来，值班员阅看"):
        family.writes(f"电话 {PHONE}，林先生")
        desk.does(case, "look")
        stage.expect("it joined the same case", lambda: desk.finds(family.receipt) == case)
        stage.expect(
            "the phone is kept",
            lambda: "199****" in desk.case(case).replace("199******", "199****"),
        )
        stage.expect("nobody sees it in clear", lambda: PHONE not in desk.case(case))

    with stage.step(13, "龙华的医院收到交办并签收"):
        stage.expect(
            "the hospital is offered the case", lambda: case in hospital.get("/console/inbox")
        )
        hospital.does_task(case, "accept")
        stage.expect("the family is told who has it", lambda: "医院" in family.received())

    with stage.step(20, "医院与家属电话联系，问清采样经过"):
        hospital.does(
            case,
            "call",
            reached="yes",
            by_way_of="phone",
            words="昨晚十点在医院采样，请提供姓名和身份证号",
        )

    return case


def _until_they_say_solved(stage: Stage, family: Citizen, case: str) -> None:
    desk, hospital, lab = (stage.officer(user) for user in ("zhiban", "yisheng", "huayan"))

    with stage.step(23, "家属发来两个身份证号，医院未查到结果，继续查"):
        family.writes(f"身份证号 {ID_NUMBERS[0]} 和 {ID_NUMBERS[1]}")
        hospital.does_task(
            case,
            "progress",
            text="按两个证件号暂未查到结果，正在核对采样点和采样管，一小时内再告诉您。",
        )
        stage.expect("not found is not the end", lambda: "采样点" in family.received())
        stage.expect(
            "no identity number in clear", lambda: ID_NUMBERS[0] not in hospital.case(case)
        )

    with stage.step(70, "家属补充：采样点在大门进来左边"):
        family.writes("采样点是大门进来左边，往中医科去的那条路")
        stage.expect("it is in the same case", lambda: "中医科" in hospital.case(case))

    with stage.step(75, "请第三方检测机构协办"):
        desk.does(
            case,
            "offer",
            unit="sz-lab",
            part="joint",
            sort="test",
            asked="急：孕妇出血等待入院，请查该采样点昨晚的结果",
        )
        lab.does_task(case, "accept")
        stage.expect("the laboratory sees how urgent it is", lambda: "特急" in lab.case(case))

    with stage.step(89, "检测机构：结果已出，人手不足未审核，马上审核"):
        stage.expect_refusal(
            "the hospital cannot settle over an open joint task",
            lambda: hospital.does_task(case, "settle", cause="等报告", result="已处理"),
        )
        lab.does_task(case, "finish", result="结果已出，因人手不足未审核，已审核上传，阴性。")

    with stage.step(91, "报告上传，医院办结并征询家属"):
        hospital.does_task(
            case,
            "settle",
            cause="检测结果已出，但检测机构人手不足，一直未审核上传。",
            result="报告已上传，产科已留床，到院即可办理住院。",
            root="检测机构夜间审核无人值守",
        )
        stage.expect("the family reads cause and result", lambda: "产科已留床" in family.received())
        stage.expect(
            "and is asked whether it is solved",
            lambda: "1" in family.received().splitlines()[-1] or "解决" in family.received(),
        )

    with stage.step(127, "家属：好的，已收到。感谢。值班员据此办结"):
        family.writes("好的，已收到。感谢")
        stage.expect("the words are in the case", lambda: "已收到" in desk.case(case))
        stage.expect("an unclear word closes nothing", lambda: "已办结" not in family.page())
        desk.does(case, "confirm", words="好的，已收到。感谢", satisfied="yes")
        stage.expect("closed on their word", lambda: "已办结" in family.page())

    with stage.step(724, "当事人再次留言道谢，归入原工单"):
        family.writes("谢谢你们，母子平安")
        stage.expect("it is linked to the old case", lambda: "母子平安" in desk.case(case))
        stage.expect("thanks open nothing", lambda: "已办结" in family.page())
