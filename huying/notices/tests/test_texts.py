from string import Formatter

import pytest

from huying.notices.texts import (
    EN,
    QUESTIONS_EN,
    QUESTIONS_ZH,
    TEXT_BYTES_MAX,
    ZH,
    language_of,
    question,
    say,
)
from huying.triage.reader.rulebook import load

LONG = "长" * 3000


def values(name: str, value: str) -> dict[str, str]:
    return {field: value for _, field, _, _ in Formatter().parse(ZH[name]) if field}


@pytest.mark.parametrize("name", sorted(ZH))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sentence_fits_in_one_message(name: str, language: str) -> None:
    short = values(name, "x")
    for field in short or {"": ""}:
        text = say(name, {**short, field: LONG}, language=language)

        assert len(text.encode()) <= TEXT_BYTES_MAX


def test_a_long_result_keeps_the_question_and_the_link() -> None:
    given = {"unit": "街道", "cause": "停运", "result": LONG, "link": "https://x/s/ABC"}

    text = say("result", given)

    assert "…\n解决了请回复1，没解决请回复2。" in text
    assert text.endswith("https://x/s/ABC")


@pytest.mark.parametrize("name", sorted(EN))
def test_both_languages_say_the_same_things(name: str) -> None:
    said = {field for _, field, _, _ in Formatter().parse(EN[name]) if field}

    assert said == set(values(name, ""))


@pytest.mark.parametrize("name", ["receipt", "emergency", "receipt_given"])
@pytest.mark.parametrize("number", ["120", "110", "119", "12110"])
def test_every_receipt_names_whom_to_call_when_life_is_in_danger(name: str, number: str) -> None:
    assert number in ZH[name]
    assert number in EN[name]


def test_every_detail_that_the_rulebook_asks_for_has_a_sentence() -> None:
    asked = {question.key for question in load().questions}

    assert asked <= set(QUESTIONS_ZH)
    assert set(QUESTIONS_ZH) == set(QUESTIONS_EN)


def test_a_phone_is_asked_for_privately() -> None:
    assert "私信" in question("phone")
    assert "不会公开" in question("phone")
    assert question("nothing that we know") == ""


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("My dad can't breathe, please help", "en"),
        ("help 我爸喘不上气 please come quickly", "zh"),
        ("我爸喘不上气", "zh"),
        ("", "zh"),
        ("🙏🙏", "zh"),
        ("SOS", "zh"),
    ],
)
def test_whoever_writes_english_is_answered_so(words: str, language: str) -> None:
    assert language_of(words) == language
