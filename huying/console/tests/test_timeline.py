"""Every kind of fact reads to officers as something, and shows no number in clear."""

from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any

import pytest
from django.template.loader import get_template
from django.utils import translation

from huying.cases.facts import Fact, all_facts
from huying.console.queries.case_page import Line
from huying.console.tests.cast import PHONE

FACTS = [fact for fact in all_facts() if not fact.kind.startswith("test.")]
AT = datetime(2022, 11, 8, 2, 0, tzinfo=UTC)
SAID = f"打{PHONE}找我"
CODE = "CASE"  # a unit or a case, wherever a fact names one
FREE = {"why", "purpose", "what"}  # what officers type freely, though it is no personal field


class Page:
    units = {CODE: "甲检测公司"}
    officers = {7: "Ada"}


def example(fact: type[Fact]) -> Fact:
    """A fact with a phone in each of its texts."""
    free = fact.personal | FREE
    return fact(
        **{
            one.name: _value(str(one.type), SAID if one.name in free else CODE)
            for one in fields(fact)
            if _is_asked(one)
        }
    )


def _is_asked(one: Any) -> bool:
    return (one.default is MISSING and one.default_factory is MISSING) or "str" in str(one.type)


def _value(type_name: str, text: str) -> object:
    row = {"rule": "x", "says": SAID, "words": SAID, "key": "phone", "value": SAID}
    values = {"list[dict": [row], "list[str]": [CODE], "list[int]": [7], "dict": {}, "bool": True}
    if type_name in {"str", "str | None"} or "'str'" in type_name:
        return text
    return next((value for name, value in values.items() if name in type_name), 7)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.kind)
def test_a_fact_reads_as_something_and_shows_no_number(fact: type[Fact], language: str) -> None:
    line = Line(1, fact.kind, "", example(fact), "Ada", AT)
    template = get_template(f"console/timeline/{fact.kind.replace('.', '_')}.html")
    with translation.override(language):
        text = template.render({"fact": line.fact, "line": line, "page": Page, "now": AT})
    assert "<b" in text
    assert PHONE not in text


def test_a_line_of_a_newer_version_stays_visible() -> None:
    line = Line(1, "rounds.called", "", None, "Ada", AT)
    text = get_template("console/timeline/unknown.html").render({"line": line, "fact": None})
    assert "rounds.called" in text
