import pytest
from django.http import HttpResponse
from django.test import Client

from huying.cases.facts import Fact, Revealed
from huying.cases.models import Case
from huying.console.deeds import CASE_DEEDS, TASK_DEEDS
from huying.console.tests.cast import PASSWORD, PHONE, a_case, a_task, client, officer
from huying.dispatch.models import Placing, Task
from huying.dispatch.rules import LIVE
from huying.persons.models import Particular, Person
from huying.triage.models import Detail
from huying.units.rights import Role

pytestmark = pytest.mark.django_db


def press(browser: Client, case: Case, deed: str, /, **said: object) -> HttpResponse:
    answer = browser.post(f"/console/{case.reference}/{deed}", said)
    assert isinstance(answer, HttpResponse)
    case.refresh_from_db()
    return answer


def latest(case: Case) -> Fact:
    return case.timeline.order_by("-number")[0].fact


def kinds(case: Case) -> list[str]:
    return list(case.timeline.order_by("number").values_list("kind", flat=True))


@pytest.fixture
def desk() -> Client:
    return client("Ada")


@pytest.fixture
def street() -> Client:
    return client("Rita", "shatou", Role.UNIT_OFFICER)


def test_a_look_is_written_down_once(desk: Client) -> None:
    case = a_case()
    address = f"/console/{case.reference}/look"
    assert address in desk.get(f"/console/{case.reference}").content.decode()
    assert press(desk, case, "look").status_code == 302
    assert case.state == "open"
    assert case.looked_at
    assert address not in desk.get(f"/console/{case.reference}").content.decode()


def test_an_answer_a_question_a_call_and_the_words_are_written_down(desk: Client) -> None:
    case = a_case()
    said = [
        ("reply", {"text": "救护车已出发"}, "notices.replied"),
        ("ask", {"key": "place", "text": "您在哪条街？", "waiting": "on"}, "notices.asked"),
        ("call", {"by_way_of": "phone", "reached": "no", "words": ""}, "notices.called"),
        ("write-down", {"words": "还在家里", "channel": "phone"}, "intake.typed"),
        ("remark", {"text": "家属情绪激动"}, "cases.remarked"),
        ("act-first", {"what": "先叫了120"}, "dispatch.actedfirst"),
    ]
    for deed, form, kind in said:
        assert press(desk, case, deed, **form).status_code == 302, deed
        assert kind in kinds(case)


def test_a_form_that_lacks_something_comes_back_with_422_and_what_was_typed(desk: Client) -> None:
    case = a_case()
    answer = press(desk, case, "correct", urgency="high")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert '<option value="high" selected>' in page
    assert "这个字段是必填项" in page
    assert case.urgency == "critical"


def test_a_correction_is_the_officers(desk: Client) -> None:
    case = a_case()
    form = {"why": "家属来电", "urgency": "high", "detail_key": "age", "detail_value": "72"}
    assert press(desk, case, "correct", **form).status_code == 302
    assert case.urgency == "high"
    detail = Detail.objects.get(case=case, key="age")
    assert detail.value == "72"
    assert detail.reader.startswith("officer:")


@pytest.mark.parametrize("area", ["999999999999", "火星街道"])
def test_an_area_that_nobody_knows_is_never_guessed(desk: Client, area: str) -> None:
    case = a_case()
    assert press(desk, case, "correct", why="更正", area=area).status_code == 422


def test_a_field_is_shown_in_clear_once_for_a_purpose(desk: Client) -> None:
    case = a_case()
    particular = Particular.objects.get(person=case.person_id)
    assert press(desk, case, "reveal", particular=particular.pk).status_code == 422

    answer = press(desk, case, "reveal", particular=particular.pk, purpose="打电话派车")
    assert PHONE in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert latest(case) == Revealed(field="phone", purpose="打电话派车")
    assert PHONE not in desk.get(f"/console/{case.reference}").content.decode()


def test_a_field_of_a_stranger_is_not_shown(desk: Client) -> None:
    case, other = a_case(), a_case(sender="oMax")
    strangers = Particular.objects.get(person=other.person_id)
    answer = press(desk, case, "reveal", particular=strangers.pk, purpose="看看")
    assert answer.status_code == 422
    assert PHONE not in answer.content.decode()


def test_a_plea_goes_the_whole_way(desk: Client, street: Client) -> None:
    case = a_case()
    form = {"unit": "shatou", "part": "lead", "sort": "bed", "asked": "请联系透析床位"}
    assert press(desk, case, "offer", **form).status_code == 302
    task = Task.objects.get(case=case)

    # The street takes it from its inbox, on a phone.
    inbox = street.get("/console/inbox").content.decode()
    assert f"/console/{case.reference}/task/{task.pk}/accept" in inbox
    assert press(street, case, f"task/{task.pk}/accept", back="inbox")["Location"] == (
        "/console/inbox"
    )
    # A second click is too late for a first one: it is told so, and nothing is written.
    lines = case.lines
    assert press(street, case, f"task/{task.pk}/accept").status_code == 409
    assert case.lines == lines

    assert press(street, case, f"task/{task.pk}/progress", text="已联系医院").status_code == 302
    settled = {"cause": "原医院停诊", "result": "已安排北大医院透析"}
    assert press(street, case, f"task/{task.pk}/settle", **settled).status_code == 302
    assert case.state == "answered"
    assert press(desk, case, "confirm", words="谢谢，解决了", satisfied="yes").status_code == 302
    assert case.state == "closed"

    # A move that comes too late says why on the page.
    answer = press(desk, case, "confirm", words="谢谢", satisfied="yes")
    assert answer.status_code == 409
    assert "已办结" in answer.content.decode()


def test_a_return_needs_its_ground_and_the_proper_owner(desk: Client, street: Client) -> None:
    case = a_case()
    task = a_task(case, "shatou")
    back = f"task/{task.pk}/give-back"
    assert press(street, case, back, ground="duty").status_code == 422
    assert press(street, case, back, proper="futian").status_code == 422
    assert press(street, case, back, ground="duty", proper="futian").status_code == 302
    assert "dispatch.returned" in kinds(case)


def test_another_units_task_cannot_be_taken(desk: Client) -> None:
    case = a_case()
    task = a_task(case, "shatou")
    assert press(desk, case, f"task/{task.pk}/accept").status_code == 409
    task.refresh_from_db()
    assert task.state == "offered"


def test_a_task_of_another_case_is_not_found(desk: Client) -> None:
    case, other = a_case(), a_case(sender="oMax")
    task = a_task(other, "desk")
    assert press(desk, case, f"task/{task.pk}/accept").status_code == 404


def test_the_desk_takes_a_case_itself_and_settles_it(desk: Client) -> None:
    case = a_case()
    assert press(desk, case, "take").status_code == 302
    task = Task.objects.get(case=case)
    said = {"cause": "咨询", "result": "已电话答复"}
    assert press(desk, case, f"task/{task.pk}/settle", **said).status_code == 302


def test_who_disputes_is_heard(desk: Client) -> None:
    case = a_case()
    press(desk, case, "take")
    task = Task.objects.get(case=case)
    press(desk, case, f"task/{task.pk}/settle", cause="无", result="已处理")
    assert press(desk, case, "dispute", words="没解决，还在等").status_code == 302
    assert case.state == "open"


def test_a_plea_is_declined_by_two_officers_who_both_sign(desk: Client) -> None:
    case = a_case()
    leader = officer("Lea", role=Role.DESK_LEADER)
    ground = {"ground": "属省级事项", "where_to_go": "省卫健委热线"}
    assert press(desk, case, "decline", **ground).status_code == 409
    wrong = {**ground, "second": leader.pk, "second_password": "guess"}
    assert press(desk, case, "decline", **wrong).status_code == 422
    # Who may not approve is not among those to choose from.
    colleague = officer("Omar")
    same = {**ground, "second": colleague.pk, "second_password": PASSWORD}
    assert press(desk, case, "decline", **same).status_code == 422

    right = {**ground, "second": leader.pk, "second_password": PASSWORD}
    assert press(desk, case, "decline", **right).status_code == 302
    assert case.state == "declined"


def test_what_was_declined_or_closed_is_opened_again_for_a_reason(desk: Client) -> None:
    case = a_case()
    leader = officer("Lea", role=Role.DESK_LEADER)
    ground = {"ground": "属省级事项", "where_to_go": "省卫健委热线"}
    assert press(desk, case, "reopen", said_by="officer", words="x").status_code == 409
    press(desk, case, "decline", **ground, second=leader.pk, second_password=PASSWORD)
    assert "/reopen" in desk.get(f"/console/{case.reference}").content.decode()

    assert press(desk, case, "reopen", said_by="officer").status_code == 422
    again = press(desk, case, "reopen", said_by="officer", words="复核：属于本市")
    assert again.status_code == 302
    assert case.state == "open"
    # Whoever led it is asked again, at last the desk.
    assert Task.objects.get(case=case).unit_id == "desk"

    press(desk, case, "confirm", words="好了", satisfied="yes")
    said = {"said_by": "person", "by_way_of": "phone", "words": "又停了"}
    assert press(desk, case, "reopen", **said).status_code == 302
    assert case.state == "open"


def test_nobody_is_closed_unheard_before_they_were_looked_for(desk: Client) -> None:
    case = a_case()
    press(desk, case, "take")
    task = Task.objects.get(case=case)
    press(desk, case, f"task/{task.pk}/settle", cause="无", result="已处理")
    colleague = officer("Omar")
    form = {"why": "三次未接", "second": colleague.pk, "second_password": PASSWORD}
    answer = press(desk, case, "close-unheard", **form)
    assert answer.status_code == 409
    assert case.state == "answered"


def test_only_cases_of_one_person_are_merged(desk: Client) -> None:
    case, same, other = a_case(), a_case(), a_case(sender="oMax")
    answer = press(desk, case, "merge", into=other.reference, why="同一楼")
    assert answer.status_code == 409
    assert "另一位诉求人" in answer.content.decode()
    assert press(desk, case, "merge", into="NONE", why="同一件事").status_code == 422
    assert press(desk, case, "merge", into=same.reference, why="同一件事").status_code == 302
    assert case.state == "merged"
    assert press(desk, case, "unmerge", why="是两件事").status_code == 302
    assert case.state == "open"


def test_no_unit_is_left_at_work_in_a_case_that_is_merged(desk: Client, street: Client) -> None:
    case, same = a_case(), a_case()
    task = a_task(case, "shatou", lead=False)
    assert press(desk, case, "take").status_code == 302

    answer = press(desk, case, "merge", into=same.reference, why="同一件事")
    assert answer.status_code == 409
    assert "还有单位在办或等待签收：沙头街道" in answer.content.decode()
    assert case.state == "open"

    press(street, case, f"task/{task.pk}/accept")
    press(street, case, f"task/{task.pk}/finish", result="已送菜")
    assert press(desk, case, "merge", into=same.reference, why="同一件事").status_code == 302
    assert not Task.objects.filter(case=case, state__in=LIVE).exists()


def test_an_arbiter_decides_what_is_contested_and_nothing_else(desk: Client) -> None:
    case = a_case()
    arbiter = client("Ann", role=Role.ARBITER)
    form = {"unit": "shatou", "why": "属地清楚"}
    assert press(arbiter, case, "arbitrate", **form).status_code == 409
    Placing.objects.update_or_create(case=case, defaults={"contested_at": case.opened_at})
    assert "/arbitrate" in arbiter.get(f"/console/{case.reference}").content.decode()
    assert press(arbiter, case, "arbitrate", **form).status_code == 302
    assert Task.objects.get(case=case).final


def test_nobody_deaf_is_phoned(desk: Client) -> None:
    case = a_case()
    Person.objects.filter(cases=case).update(text_only=True)
    page = desk.get(f"/console/{case.reference}").content.decode()
    assert "请不要打电话" in page
    form = {"by_way_of": "phone", "reached": "yes", "words": "好"}
    assert press(desk, case, "call", **form).status_code == 422


def test_the_duty_list_suggests_whom_to_ask(desk: Client) -> None:
    page = desk.get(f"/console/{a_case().reference}").content.decode()
    assert '<option value="shatou">沙头街道</option>' in page


def test_every_deed_answers_get_with_405_and_an_unknown_one_with_404(desk: Client) -> None:
    case = a_case()
    for deed in CASE_DEEDS:
        assert desk.get(f"/console/{case.reference}/{deed.name}").status_code == 405
    assert press(desk, case, "erase").status_code == 404


def test_names_of_deeds_are_one_each() -> None:
    for table in (CASE_DEEDS, TASK_DEEDS):
        names = [deed.name for deed in table]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("year", ["0001", "1900", "9999"])
def test_a_time_out_of_all_time_is_not_taken(desk: Client, year: str) -> None:
    case = a_case()

    answer = press(desk, case, "correct", why="手误", need_by=f"{year}-01-01T00:00")

    assert answer.status_code == 422
    assert case.need_by is None
    asked = {"area": "", "category": "medical", "when": f"{year}-12-31T23:59"}
    assert desk.get("/console/duty", asked).status_code == 422


@pytest.mark.parametrize("address", ["/console/search?q=%00", "/console/duty?unit=%00"])
def test_what_no_name_can_hold_finds_nothing(desk: Client, address: str) -> None:
    assert desk.get(address).status_code == 200
    assert desk.post("/console/search", {"q": "\0"}).status_code == 200
