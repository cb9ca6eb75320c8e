"""Every public fact can be told to the person, in both languages."""

import dataclasses
import re
import typing
from datetime import datetime

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from huying.cases.facts import Fact, all_facts
from huying.citizen.rules import WRITTEN_FOR_THEM, said
from huying.citizen.tests.cast import Town, page
from huying.citizen.words import NEXT_STEP, NOT_SHOWN, NOTICES, REFUSALS
from huying.clocks.rules import Promise
from huying.notices.facts import Replied

CHINESE = re.compile(r"[\u3400-\u9fff]")
PUBLIC = [fact for fact in all_facts() if fact.public and not fact.kind.startswith("test.")]


def example(kind: type[Fact]) -> Fact:
    """A fact of this kind with something in every field."""
    types = typing.get_type_hints(kind)
    values = {field.name: _value(types[field.name]) for field in dataclasses.fields(kind)}
    return kind(**values)


def _value(wanted: object) -> object:
    if wanted in (str, str | None):
        return "2022-01-08T03:00:00+00:00"
    if wanted in (int, int | None):
        return 3
    if wanted is bool:
        return True
    return {} if "dict" in str(wanted) else []


def told(fact: Fact) -> str:
    fields = said(fact)
    if "next_by" in fields:
        fields["next_by"] = datetime.fromisoformat(fields["next_by"])
    name = fact.kind.replace(".", "_")
    return render_to_string(f"citizen/timeline/{name}.html", {"said": fields})


@pytest.mark.parametrize("kind", PUBLIC, ids=[fact.kind for fact in PUBLIC])
def test_a_public_fact_is_told_in_both_languages(kind: type[Fact]) -> None:
    fact = example(kind)

    with translation.override("zh-hans"):
        chinese = told(fact)
    with translation.override("en"):
        english = told(fact)

    assert CHINESE.search(chinese)
    assert not CHINESE.search(english)


@pytest.mark.parametrize("kind", PUBLIC, ids=[fact.kind for fact in PUBLIC])
def test_of_personal_fields_only_those_written_for_them_are_told(kind: type[Fact]) -> None:
    shown = set(said(example(kind)))

    assert not shown & (kind.personal - WRITTEN_FOR_THEM.get(kind, frozenset()))


def test_numbers_in_our_own_words_are_hidden() -> None:
    assert said(Replied(text="请打19900001234"))["text"] == "请打199******34"


def test_every_promise_has_its_words() -> None:
    assert set(NEXT_STEP) | NOT_SHOWN == set(Promise)


def test_no_page_speaks_chinese_to_who_asked_for_english(town: Town) -> None:
    receipt = town.writes(words="help")
    for address in ("/", "/find", "/find?code=ABCD", f"/s/{receipt}"):
        text = page(town.client.get(address, HTTP_ACCEPT_LANGUAGE="en"))
        assert set(CHINESE.findall(text)) <= set("中文"), address


def test_every_chosen_word_is_translated() -> None:
    with translation.override("en"):
        words = [str(word) for each in (NEXT_STEP, NOTICES, REFUSALS) for word in each.values()]

    assert not [word for word in words if CHINESE.search(word)]


def test_chinese_is_the_first_language(client: Client) -> None:
    assert "需要帮助？" in page(client.get("/", HTTP_ACCEPT_LANGUAGE="fr"))
