import pytest
from django.test import Client

from huying.console.tests.cast import PASSWORD, PHONE, a_case, a_task, client, officer
from huying.units.rights import Role

pytestmark = pytest.mark.django_db

PAGES = ("", "inbox", "bell", "unread", "machine", "rights", "duty", "search")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_a_desk_and_in_english(page: str) -> None:
    desk = client("Ada")
    case = a_case()
    a_task(case, "desk")

    assert desk.get(f"/console/{page}").status_code == 200
    desk.cookies["django_language"] = "en"
    assert desk.get(f"/console/{page}").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_who_is_not_logged_in_is_sent_to_log_in(page: str) -> None:
    answer = Client().get(f"/console/{page}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/console/login")


def test_an_officer_logs_in_and_out() -> None:
    officer("Ada")
    browser = Client()
    for _ in range(20):
        wrong = browser.post("/console/login", {"username": "Ada", "password": "no"})
        assert wrong.status_code == 200
    # Twenty mistakes from one address lock nobody out: a whole desk sits behind one address.
    right = browser.post("/console/login", {"username": "Ada", "password": PASSWORD})
    assert right["Location"] == "/console/"
    assert browser.get("/console/").status_code == 200
    browser.post("/console/logout")
    assert browser.get("/console/").status_code == 302


@pytest.mark.parametrize("role", [Role.UNIT_OFFICER, Role.UNIT_HEAD])
def test_who_acts_for_a_unit_finds_the_inbox_behind_the_log_in(role: Role) -> None:
    officer("Bo", role=role)
    answer = Client().post("/console/login", {"username": "Bo", "password": PASSWORD})
    assert answer["Location"] == "/console/inbox"


def test_an_administrator_sees_no_case() -> None:
    keeper = client("Kim", role=Role.ADMINISTRATOR)
    case = a_case()

    assert keeper.get("/console/")["Location"] == "/console/duty"
    assert keeper.get(f"/console/{case.reference}").status_code == 403
    assert keeper.get("/console/search").status_code == 403
    assert keeper.get("/console/duty").status_code == 200


def test_no_page_shows_a_number_in_clear() -> None:
    desk = client("Ada")
    case = a_case()
    a_task(case, "desk")
    for page in ("", "inbox", case.reference):
        text = desk.get(f"/console/{page}").content.decode()
        assert case.reference in text
        assert PHONE not in text, page


@pytest.mark.parametrize("wanted", [PHONE, "199 0000 1234", "+86 19900001234", "its reference"])
def test_a_case_is_found_by_what_can_be_said_on_the_phone(wanted: str) -> None:
    case = a_case()
    said = case.reference.lower() if wanted == "its reference" else wanted

    found = client("Ada").post("/console/search", {"q": said})
    assert f"/console/{case.reference}" in found.content.decode()
    # A phone in an address would be logged, so it is not even looked for there.
    assert wanted == "its reference" or case.reference not in (
        client("Ada").get("/console/search", {"q": said}).content.decode()
    )
    # A company finds nothing that it was not asked about.
    found = client("Lin", "lab", Role.UNIT_OFFICER).post("/console/search", {"q": said})
    assert f"/console/{case.reference}" not in found.content.decode()


def test_looks_are_kept_and_lead_nowhere_else() -> None:
    browser = Client()
    answer = browser.post("/console/looks", {"theme": "dark", "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    assert browser.cookies["theme"].value == "dark"
    assert "theme" not in Client().post("/console/looks", {"theme": "pink"}).cookies
