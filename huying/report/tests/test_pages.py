"""The drawing, and English for who asks for it."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from huying.report.chart import LABELS_MAX, chart, shown
from huying.report.rules import Counts

CHINESE = re.compile(r"[\u3400-\u9fff]")
DAYS = {date(2022, 1, 1) + timedelta(days=n): Counts(received=n, closed=n // 2) for n in range(300)}


def test_a_bar_is_as_high_as_its_day_was_busy() -> None:
    drawn = chart(DAYS)

    assert drawn.top == 500
    heights = [bar.received_height for bar in drawn.bars]
    assert heights == sorted(heights)
    assert drawn.bars[200].closed_height == pytest.approx(drawn.bars[200].received_height / 2)
    assert sum(bar.is_named for bar in drawn.bars) <= LABELS_MAX + 1


def test_a_small_day_cannot_be_read_off_the_drawing() -> None:
    assert len({bar.received_height for bar in chart(DAYS).bars[1:5]}) == 1
    assert [shown(number) for number in (0, 1, 4, 5)] == ["0", "<5", "<5", "5"]


def test_no_days_are_no_fault() -> None:
    assert chart({}).bars == []


@pytest.mark.django_db
def test_english_is_spoken_to_who_asks_for_it(client: Client) -> None:
    text = client.get("/numbers/", HTTP_ACCEPT_LANGUAGE="en").content.decode()

    assert "Closing rate" in text
    assert set(CHINESE.findall(text)) <= set("中文")
