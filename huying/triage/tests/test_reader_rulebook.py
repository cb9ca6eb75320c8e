"""A rulebook that can't be used says which rule and which field."""

from pathlib import Path

import pytest

from huying.triage.reader.rulebook import BadRulebook, load

GOOD = """
version = "1"
approval = "nobody"
[lists]
signs = ["昏迷"]
[[flag]]
id = "test.flag"
urgency = "critical"
source = "a book"
any = ["@signs", "抽搐"]
[[ask]]
key = "phone"
when = ["any"]
order = 1
[scopes]
joke = ["哈哈"]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "rules.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_good_file_becomes_a_book(tmp_path: Path) -> None:
    book = load(written(tmp_path, GOOD))

    assert book.version == "1"
    assert book.rules[0].any == ("昏迷", "抽搐")
    assert book.rules[0].approval == "nobody"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("any =", "anny ="), "'anny'"),
        (('urgency = "critical"', 'urgency = "very"'), "'urgency'"),
        (('source = "a book"', ""), "'source'"),
        (('any = ["@signs", "抽搐"]', 'any = "昏迷"'), "'any'"),
        (('any = ["@signs", "抽搐"]', 'any = ["@nothing"]'), "@nothing"),
        (('id = "test.flag"', 'id = "test.flag"\ncategory = "cooking"'), "'category'"),
        (('id = "test.flag"', 'id = "test.flag"\ngroups = ["kings"]'), "'groups'"),
        (('id = "test.flag"', "id = \"test.flag\"\npattern = '('"), "'pattern'"),
        (('id = "test.flag"', 'id = "test.flag"\nwithin = "far"'), "'within'"),
    ],
)
def test_a_bad_rule_is_named_with_its_field(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    file = written(tmp_path, GOOD.replace(*change))

    with pytest.raises(BadRulebook) as trouble:
        load(file)

    assert "test.flag" in str(trouble.value)
    assert told in str(trouble.value)


def test_a_rule_without_a_name_a_book_without_a_version_and_no_toml_are_refused(
    tmp_path: Path,
) -> None:
    for text in (GOOD.replace('id = "test.flag"', ""), GOOD.replace('version = "1"', ""), "a = ["):
        with pytest.raises(BadRulebook):
            load(written(tmp_path, text))


def test_two_rules_of_one_name_are_refused(tmp_path: Path) -> None:
    twin = '[[flag]]\nid = "test.flag"\nurgency = "high"\nsource = "x"\nany = ["痛"]\n'

    with pytest.raises(BadRulebook, match="twice"):
        load(written(tmp_path, GOOD.replace("[[ask]]", twin + "[[ask]]")))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadRulebook, match=r"gone\.toml"):
        load(tmp_path / "gone.toml")
