"""What officers read in Chinese they can read in English."""

import gettext
import re
from pathlib import Path

import pytest
from django.test import Client

ROOM = Path(__file__).parent.parent
CATALOGUE = ROOM / "locale" / "en" / "LC_MESSAGES" / "django.mo"
IN_TEMPLATE = re.compile(r"""{%\s*translate\s+(["'])(.+?)\1""")
IN_CODE = re.compile(r"""(?:\b_|\bgettext)\(\s*"((?:[^"\\]|\\.)+)"\s*\)""")


def msgids() -> list[str]:
    found = []
    for path in ROOM.rglob("*.html"):
        found += [match[1] for match in IN_TEMPLATE.findall(path.read_text(encoding="utf-8"))]
    for path in ROOM.rglob("*.py"):
        if "tests" not in path.parts:
            found += IN_CODE.findall(path.read_text(encoding="utf-8"))
    return sorted(set(found))


def test_every_sentence_has_its_english() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert len(msgids()) > 200
    assert [chinese for chinese in msgids() if catalogue.gettext(chinese) == chinese] == []


@pytest.mark.django_db
def test_a_page_is_in_the_language_that_was_chosen() -> None:
    browser = Client()
    assert "工作人员登录" in browser.get("/console/login").content.decode()
    answer = browser.post("/console/language", {"language": "en", "next": "/console/login"})
    assert answer["Location"] == "/console/login"
    assert "Officers' log-in" in browser.get("/console/login").content.decode().replace(
        "&#x27;", "'"
    )
