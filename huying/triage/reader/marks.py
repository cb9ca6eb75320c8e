"""What of the rulebook holds in a text: every rule with its words and the scope they stand in."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from huying.triage.reader.numbers import number
from huying.triage.reader.rulebook import Rule, Rulebook
from huying.triage.reader.scope import Mood, is_denied, scope_at
from huying.triage.reader.text import Text

Span = tuple[int, int]


class Mark(NamedTuple):
    """One rule found in a text. It is in force if `scope` is None."""

    rule: Rule
    start: int
    end: int
    scope: str | None
    beside: tuple[Span, ...] = ()  # the further words that the rule leans on: 怀孕 … 出血


def find_marks(text: Text, rulebook: Rulebook) -> list[Mark]:
    """Give for every rule that is met its best place: one in force before one that is not."""
    hits = rulebook.index.find(text.clean)
    mood = Mood.of(text.clean, hits, rulebook.scope_of)
    scopes: dict[Span, str | None] = {}  # a word stands in the same scope for all its rules

    def scope_of(span: Span) -> str | None:
        if span not in scopes:
            scopes[span] = scope_at(text, *span, mood)
        return scopes[span]

    best: dict[str, Mark] = {}
    said = frozenset(hits)
    for word in hits:
        for rule in rulebook.by_word.get(word, ()):
            known = best.get(rule.id)
            if known is not None and known.scope is None:
                continue
            mark = _first_mark(_places(rule, word, hits, said, text), rule, scope_of)
            if mark is not None and (known is None or mark.scope is None):
                best[rule.id] = mark
    return [
        _with_words_beside(mark, hits, text, rulebook.quiet) if _is_red(mark) else mark
        for mark in best.values()
    ]


def _first_mark(
    spans: Iterable[Span], rule: Rule, scope_of: Callable[[Span], str | None]
) -> Mark | None:
    first: Mark | None = None
    for span in spans:
        # A sign only says that a word stands there; what it is worth the model has learnt.
        scope = None if rule.kind == "sign" else scope_of(span)
        mark = Mark(rule, *span, None if scope in rule.ignores else scope)
        if mark.scope is None:
            return mark
        first = first or mark
    return first


def _is_red(mark: Mark) -> bool:
    return mark.rule.kind == "flag" and mark.scope is None


def _with_words_beside(
    mark: Mark, hits: Mapping[str, list[int]], text: Text, quiet: frozenset[str]
) -> Mark:
    """Add the nearest words of each further condition: an officer sees 怀孕 and 出血."""
    rule = mark.rule
    beside: list[Span] = []
    for words in (rule.near, rule.also):
        close = _close(words & hits.keys(), hits, mark.start, mark.end, rule.within)
        # What stands in both lists meets its own condition; its counterpart is in the other one.
        if any(meet(span, (mark.start, mark.end)) for span in close):
            called = hits.keys() & rule.any
            close += _close(called, hits, mark.start, mark.end, rule.within)
        told = [
            span
            for span in close
            if text.clean[slice(*span)] not in quiet
            and not any(meet(span, other) for other in [(mark.start, mark.end), *beside])
            and not is_denied(text, *span)
        ]
        if told:
            beside.append(min(told, key=lambda span: _apart(mark, span)))
    return mark._replace(beside=tuple(beside)) if beside else mark


def meet(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one[0] < other[1] and other[0] < one[1]


def _apart(mark: Mark, span: Span) -> tuple[int, int, int]:
    return max(mark.start - span[1], span[0] - mark.end), span[0] - span[1], span[0]


def _places(
    rule: Rule,
    word: str,
    hits: Mapping[str, list[int]],
    said: frozenset[str],
    text: Text,
) -> Iterator[Span]:
    """Give the places of `word` where the further conditions of the rule are met."""
    if any(words and words.isdisjoint(said) for words in (rule.near, rule.also)):
        return
    wanted = [words & said for words in (rule.near, rule.also) if words]
    against = rule.unless & said
    for start in hits[word]:
        end = start + len(word)
        if not all(
            any(not is_denied(text, *span) for span in _close(words, hits, start, end, rule.within))
            for words in wanted
        ):
            continue
        # What is denied speaks against nothing: 没有感染，就是胸口疼.
        if any(
            not is_denied(text, *span) for span in _close(against, hits, start, end, rule.within)
        ):
            continue
        if rule.pattern is None:
            yield start, end
        elif (span := _matched(rule, text.clean, text.sentence(start), start)) is not None:
            yield span


def _close(
    words: AbstractSet[str], hits: Mapping[str, list[int]], start: int, end: int, within: int
) -> list[Span]:
    """Give the places of those words, all of them among the hits, near a span. In any order."""
    return [
        (place, place + len(word))
        for word in words
        for place in hits[word]
        if start - within <= place + len(word) and place <= end + within
    ]


def _matched(rule: Rule, clean: str, sentence: Span, start: int) -> Span | None:
    # A window around the word keeps the time bounded where a "sentence" is a whole page.
    first = max(sentence[0], start - 40)
    after = min(sentence[1], start + 80)
    assert rule.pattern is not None
    for found in rule.pattern.finditer(clean, first, after):
        named = [words for words in found.groupdict().values() if words]
        if not found.groupdict():
            return found.span()
        value = number(named[0]) if named else None
        if value is None:
            continue
        if rule.below is not None and value >= rule.below:
            continue
        if rule.at_least is not None and value < rule.at_least:
            continue
        return found.span()
    return None
