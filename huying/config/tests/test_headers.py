"""Headers that every page of ours carries, whichever door it is of."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from huying.config.headers import POLICY

PAGES = ["/", "/find", "/s/NOBODY", "/numbers/", "/console/login", "/healthz", "/nowhere"]
TEMPLATES = sorted(Path(settings.BASE, "huying").glob("*/templates/**/*.html"))
# What the policy forbids: a script or style in the page itself, and what only works with one.
INLINE = re.compile(r"<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=|javascript:|hx-on", re.I)


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_every_answer_says_where_scripts_may_come_from(path: str) -> None:
    answer = Client().get(path)

    assert answer["Content-Security-Policy"] == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_no_other_site_is_told_the_address_and_of_a_receipt_nobody_is() -> None:
    assert Client().get("/console/login")["Referrer-Policy"] == "same-origin"
    assert Client().get("/s/NOBODY")["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_page_holds_what_the_policy_forbids(path: Path) -> None:
    assert INLINE.search(path.read_text(encoding="utf-8")) is None
