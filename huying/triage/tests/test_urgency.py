"""What the machine says and what officers say, when they differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.triage.rules import RANK, Urgency, more_urgent, urgency_after

WORDS = st.sampled_from([urgency.value for urgency in Urgency])


@pytest.mark.parametrize(
    ("said", "stands", "now", "new", "after"),
    [
        ("", "", "medium", "medium", "medium"),  # the first reading
        ("", "critical", "low", "low", "critical"),  # a machine never lowers
        ("", "medium", "critical", "critical", "critical"),
        ("", "medium", "medium", "high", "high"),  # mild together, danger by itself
        ("low", "critical", "critical", "", "low"),  # an officer may, and nothing new was said
        ("low", "critical", "critical", "low", "low"),
        ("low", "critical", "critical", "critical", "critical"),  # said again, it counts again
        ("medium", "low", "critical", "low", "critical"),  # only together the words are danger
        ("critical", "low", "low", "low", "critical"),
    ],
)
def test_an_officers_word_stands_until_new_danger(
    said: str, stands: str, now: str, new: str, after: str
) -> None:
    assert urgency_after(said, stands=stands, read_now=now, read_new=new) == after


@given(WORDS, WORDS, WORDS)
def test_a_machine_never_lowers(stands: str, now: str, new: str) -> None:
    after = urgency_after("", stands=stands, read_now=now, read_new=new)

    assert RANK[after] <= RANK[stands]


@given(WORDS, WORDS, WORDS, WORDS)
def test_nor_what_an_officer_said(said: str, stands: str, now: str, new: str) -> None:
    after = urgency_after(said, stands=stands, read_now=now, read_new=new)

    assert RANK[after] <= RANK[said]


def test_what_is_not_known_is_less_than_anything() -> None:
    assert more_urgent("", "low") == more_urgent("low", "") == "low"
    assert more_urgent("", "") == ""
