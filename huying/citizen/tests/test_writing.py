"""Somebody writes to us."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from huying.channels.models import Attachment, Inbound
from huying.channels.web.form import FILES_MAX, TEXT_CHARACTERS_MAX
from huying.citizen import views
from huying.citizen.tests.cast import Town, page
from huying.persons.models import Particular, Person

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 100


def test_the_first_page_names_the_emergency_numbers_before_the_form(client: Client) -> None:
    text = page(client.get("/"))

    assert text.index('href="tel:120"') < text.index("<form")
    assert "12110" in text
    assert "<script" not in text


def test_words_alone_are_enough_and_lead_to_a_page_of_their_own(town: Town) -> None:
    answer = town.client.post("/", {"words": "家里断药了", "token": ""})

    assert answer.status_code == 302
    text = page(town.client.get(answer["Location"]))
    assert "已收到，正在阅读" in text
    receipt = Inbound.objects.get().receipt
    assert f"{receipt[:4]} {receipt[4:8]} {receipt[8:]}" in text


def test_what_was_filled_in_is_kept_as_it_was_typed(town: Town) -> None:
    town.writes(
        for_whom="other", name="陈阿婆", proxy="邻居", phone="199 0000 1234", place="上沙社区"
    )

    fields = json.loads(bytes(Inbound.objects.get().body))["fields"]
    assert fields["phone"] == "199 0000 1234"
    assert (fields["name"], fields["proxy"], fields["place"]) == ("陈阿婆", "邻居", "上沙社区")
    assert "代为求助" in fields["for_whom"]


def test_who_cannot_phone_is_known_as_such(town: Town) -> None:
    town.writes(no_calls="yes", phone="19900001234")
    town.works()

    assert Person.objects.get().text_only
    assert Particular.objects.get(kind="phone").masked.startswith("199")


def test_a_form_that_is_sent_twice_gives_one_message(town: Town) -> None:
    first, second = town.writes(), town.writes()

    assert first == second
    assert Inbound.objects.count() == 1


def test_a_form_that_was_corrected_and_sent_again_is_not_swallowed(town: Town) -> None:
    first = town.writes(phone="19900001234")

    second = town.writes(phone="19900001235")

    assert first != second
    assert Inbound.objects.count() == 2


def test_an_empty_form_is_asked_for_words_and_loses_nothing(town: Town) -> None:
    answer = town.client.post("/", {"words": "  ", "place": "上沙社区"})

    assert answer.status_code == 422
    assert 'role="alert"' in page(answer)
    assert "上沙社区" in page(answer)
    assert not Inbound.objects.exists()


def test_a_picture_alone_is_enough(town: Town) -> None:
    files = [SimpleUploadedFile("a.jpg", JPEG), SimpleUploadedFile("b.jpg", JPEG + b"1")]

    town.writes(words="", files=files)

    assert Attachment.objects.count() == 2


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"words": "长" * (TEXT_CHARACTERS_MAX + 1)}, "写得太长"),
        ({"words": "看", "files": [SimpleUploadedFile("a.exe", b"MZ00")]}, "打不开"),
        (
            {
                "words": "看",
                "files": [
                    SimpleUploadedFile(f"{number}.jpg", JPEG) for number in range(FILES_MAX + 1)
                ],
            },
            "附件太多",
        ),
    ],
    ids=["wordy", "unknown", "many"],
)
def test_too_much_is_refused_with_a_reason_and_the_words_stay(
    town: Town, form: dict[str, object], why: str
) -> None:
    answer = town.client.post("/", form)

    assert answer.status_code == 422
    assert why in page(answer)
    assert str(form["words"])[:20] in page(answer)
    assert not Inbound.objects.exists()


def test_the_words_of_a_browser_are_counted_as_the_browser_counts(town: Town) -> None:
    lines = "\r\n".join(["字" * 99] * 50)  # 4999 as the page counts, 5048 as they are sent

    town.writes(words=lines)

    assert Inbound.objects.count() == 1


def test_a_film_is_refused_before_it_is_read(town: Town) -> None:
    answer = town.client.post("/", {"words": "看"}, CONTENT_LENGTH=str(views.BODY_BYTES_MAX + 1))

    assert answer.status_code == 413
    assert not Inbound.objects.exists()


def test_without_cookies_it_works_all_the_same(town: Town) -> None:
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/", {"words": "断药了", "token": ""})

    assert answer.status_code == 302


def test_while_the_database_is_away_the_message_is_kept_and_the_code_is_shown(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def journal(account: str, **form: object) -> Inbound:
        return Inbound(receipt="ABCDEFGHJKMN")

    monkeypatch.setattr(views, "keep_form", journal)

    answer = town.client.post("/", {"words": "断药了"})

    assert answer.status_code == 200
    assert "ABCD EFGH JKMN" in page(answer)


@pytest.mark.parametrize("failure", [OperationalError("away"), OSError("full")])
def test_what_could_be_kept_nowhere_is_never_acknowledged(
    town: Town, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def refuse(account: str, **form: object) -> Inbound:
        raise failure

    monkeypatch.setattr(views, "keep_form", refuse)

    answer = town.client.post("/", {"words": "断药了"})

    assert answer.status_code == 503
    assert "断药了" in page(answer)
    assert "还没有发出去" in page(answer)
