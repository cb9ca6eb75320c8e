"""The rulebook: what a duty officer looks for, as data that a clinical lead can read and approve.

A rule holds where one of its words stands in the text, in force (not denied, past or supposed), and
its further conditions are met in the same sentence.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from huying.triage.reader.result import Nature, Urgency
from huying.triage.reader.text import folded
from huying.triage.reader.words import WordIndex

SHIPPED = Path(__file__).parent.parent / "rulebook"
KINDS = ("flag", "group", "category", "nature", "done", "symptom", "sign")
CATEGORIES = frozenset(
    (
        "rescue",
        "medical",
        "maternal",
        "chronic",
        "medicine",
        "supplies",
        "shelter",
        "transport",
        "missing",
        "livelihood",
        "education",
        "psych",
        "utilities",
        "housing",
        "environment",
        "policy",
        "public_order",
        "other",
    )
)
GROUPS = frozenset(
    (
        "pregnant",
        "infant",
        "child",
        "elder",
        "disabled",
        "chronic",
        "cancer",
        "dialysis",
        "infected",
        "alone",
        "poor",
        "patient",
        "crowd",
    )
)
QUIET_LISTS = ("asks", "kin", "quiet")
SCOPES = ("denied", "past", "supposed", "told", "joke")


class BadRulebook(Exception):
    """A rulebook can't be used; the message names the file, the rule and the field."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule. `near` and `also` each want one of their words within `within` characters."""

    id: str
    kind: str
    any: tuple[str, ...]
    near: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    within: int = 24
    pattern: re.Pattern[str] | None = None  # must match in the sentence; group `n` is a number
    below: float | None = None  # the number of `pattern` must be smaller
    at_least: float | None = None  # the number of `pattern` must be this or more
    ignores: tuple[str, ...] = ()  # scopes that don't put this rule out of force
    urgency: Urgency | None = None
    category: str = ""
    groups: tuple[str, ...] = ()
    nature: Nature | None = None
    weight: float = 1.0
    says: str = ""
    source: str = ""
    version: str = "1"
    approval: str = ""
    yes: tuple[str, ...] = ()  # examples where it holds
    no: tuple[str, ...] = ()  # examples where it doesn't

    @property
    def conditions(self) -> tuple[frozenset[str], ...]:
        """The words beside which it holds, or doesn't."""
        return self.near, self.also, self.unless


@dataclass(frozen=True)
class Question:
    """What to ask, once any of the named rules, categories or groups holds."""

    key: str
    when: frozenset[str]
    order: int


@dataclass(frozen=True)
class Rulebook:
    """A version of all rules, ready to read with."""

    version: str
    approval: str
    rules: tuple[Rule, ...]
    questions: tuple[Question, ...]  # in the order to ask
    scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quiet: frozenset[str] = frozenset()  # words that explain nothing when a reason marks them

    @cached_property
    def index(self) -> WordIndex:
        """All words that any rule begins with or leans on."""
        words = set[str]().union(*self.scopes.values())
        return WordIndex(
            words.union(*(words.union(rule.any, *rule.conditions) for rule in self.rules))
        )

    @cached_property
    def by_word(self) -> Mapping[str, tuple[Rule, ...]]:
        """Which rules a word may call."""
        called: dict[str, list[Rule]] = {}
        for rule in self.rules:
            for word in rule.any:
                called.setdefault(word, []).append(rule)
        return {word: tuple(rules) for word, rules in called.items()}

    @cached_property
    def scope_of(self) -> Mapping[str, tuple[str, ...]]:
        """Which scopes a word opens."""
        opened: dict[str, tuple[str, ...]] = {}
        for name, listed in self.scopes.items():
            for word in listed:
                opened[word] = (*opened.get(word, ()), name)
        return opened

    def of(self, kind: str) -> tuple[Rule, ...]:
        """Give the rules of one kind, in the order of the file."""
        return tuple(rule for rule in self.rules if rule.kind == kind)


def load(path: Path = SHIPPED) -> Rulebook:
    """Load a rulebook from a TOML file, or from a folder of them that make one book.

    Raises `BadRulebook`, naming the file, the rule and the field, if it can't be used.
    """
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files:
        raise BadRulebook(f"{path}: no rule file here")
    pages = [_page(file) for file in files]
    version = next((page["version"] for page in pages if "version" in page), None)
    if not isinstance(version, str):
        raise BadRulebook(f"{path}: field 'version' is missing")
    approval = next((page["approval"] for page in pages if "approval" in page), "")
    lists = _lists(files, pages)
    rules = tuple(
        _rule(kind, _spelled_out(table, lists, file), file, approval)
        for file, page in zip(files, pages, strict=True)
        for kind in KINDS
        for table in page.get(kind, ())
    )
    _refuse_twins(rules, path)
    return Rulebook(
        version=version,
        approval=approval,
        rules=rules,
        questions=tuple(sorted(_questions(pages), key=lambda question: question.order)),
        scopes=_merged_scopes(pages),
        quiet=frozenset(folded(word) for name in QUIET_LISTS for word in lists.get(name, ())),
    )


def _lists(files: Iterable[Path], pages: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    lists: dict[str, Any] = {}
    for file, page in zip(files, pages, strict=True):
        for name, words in page.get("lists", {}).items():
            if name in lists:
                raise BadRulebook(f"{file}: list {name!r} is on another page already")
            lists[name] = words
    return lists


def _page(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
        raise BadRulebook(f"{file}: {trouble}") from trouble


def _spelled_out(
    table: Mapping[str, Any], lists: Mapping[str, list[str]], file: Path
) -> dict[str, Any]:
    """Put in place of every `@name` the words of that list."""
    spelled = dict(table)
    for key in ("any", "near", "also", "unless"):
        if not isinstance(table.get(key), list):
            continue
        spelled[key] = []
        for word in table[key]:
            name = word[1:] if isinstance(word, str) and word.startswith("@") else None
            if name is not None and name not in lists:
                raise BadRulebook(
                    f"{file.name}: rule {table.get('id')!r}: field {key!r}: no list {word!r}"
                )
            spelled[key] += lists[name] if name is not None else [word]
    return spelled


def _rule(kind: str, table: Mapping[str, Any], file: Path, approval: str) -> Rule:
    name = f"{file.name}: rule {table.get('id', '(no id)')!r}"
    unknown = set(table) - set(Rule.__dataclass_fields__)
    if unknown:
        raise BadRulebook(f"{name}: unknown field {sorted(unknown)[0]!r}")
    for needed in ("id", "any"):
        if not table.get(needed):
            raise BadRulebook(f"{name}: field {needed!r} is missing")
    values = {key: _value(key, value, name) for key, value in table.items()}
    values.setdefault("approval", approval)
    if kind == "flag" and not (values.get("urgency") and values.get("source")):
        raise BadRulebook(f"{name}: a flag needs the fields 'urgency' and 'source'")
    return Rule(kind=kind, **values)


def _value(key: str, value: object, name: str) -> Any:
    lists = ("any", "near", "also", "unless", "groups", "ignores", "yes", "no")
    try:
        if key in lists:
            words = _word_list(value)
            return frozenset(words) if key in ("near", "also", "unless") else words
        if key == "pattern":
            return re.compile(str(value))
        if key == "urgency":
            return Urgency(str(value))
        if key == "nature":
            return Nature(str(value))
        if key == "category" and value not in CATEGORIES:
            raise ValueError(f"{value!r} is no category")
    except (ValueError, re.error) as trouble:
        raise BadRulebook(f"{name}: field {key!r}: {trouble}") from trouble
    expected: dict[str, type | tuple[type, ...]] = {"within": int, "weight": (int, float)}
    expected |= {"below": (int, float), "at_least": (int, float)}
    if not isinstance(value, expected.get(key, str)):
        raise BadRulebook(f"{name}: field {key!r} has the wrong type: {value!r}")
    return value


def _word_list(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise ValueError("must be a list of words")
    return tuple(folded(word) for word in value)


def _refuse_twins(rules: Iterable[Rule], path: Path) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise BadRulebook(f"{path}: rule {rule.id!r}: field 'id' is used twice")
        if set(rule.groups) - GROUPS:
            raise BadRulebook(f"{path}: rule {rule.id!r}: field 'groups' has an unknown group")
        if set(rule.ignores) - set(SCOPES):
            raise BadRulebook(f"{path}: rule {rule.id!r}: field 'ignores' has an unknown scope")
        seen.add(rule.id)


def _questions(pages: Iterable[Mapping[str, Any]]) -> Iterable[Question]:
    for page in pages:
        for table in page.get("ask", ()):
            try:
                yield Question(str(table["key"]), frozenset(table["when"]), int(table["order"]))
            except KeyError as trouble:
                raise BadRulebook(f"ask {dict(table)}: field {trouble} is missing") from trouble


def _merged_scopes(pages: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    scopes: dict[str, tuple[str, ...]] = {}
    for page in pages:
        for name, words in page.get("scopes", {}).items():
            scopes[name] = scopes.get(name, ()) + tuple(map(folded, words))
    return scopes
