"""Finds thousands of words in a text in one pass, in time that grows with the text alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

# More places than any person needs to say a thing; a text of one word repeated costs no more.
HITS_MAX = 12


class WordIndex:
    """All words of a rulebook, found by their first two characters."""

    def __init__(self, words: Iterable[str]) -> None:
        begins: dict[str, list[str]] = defaultdict(list)
        for word in sorted(set(words), key=lambda word: (-len(word), word)):
            begins[word[:2]].append(word)
        self._pairs = {pair: tuple(found) for pair, found in begins.items() if len(pair) == 2}
        self._singles = frozenset(pair for pair in begins if len(pair) == 1)

    def find(self, text: str) -> Mapping[str, list[int]]:
        """Give every word that occurs, with its first `HITS_MAX` places. English words whole."""
        hits: dict[str, list[int]] = {}
        pairs, singles = self._pairs, self._singles
        for at, pair in enumerate(map("".join, zip(text, text[1:] + " ", strict=False))):
            if pair in pairs:
                for word in pairs[pair]:
                    if text.startswith(word, at) and _whole(word, text, at):
                        _note(hits, word, at)
            if singles and pair[0] in singles:
                _note(hits, pair[0], at)
        return hits


def _note(hits: dict[str, list[int]], word: str, at: int) -> None:
    places = hits.setdefault(word, [])
    if len(places) < HITS_MAX:
        places.append(at)


def _whole(word: str, text: str, at: int) -> bool:
    if not word.isascii():
        return True
    end = at + len(word)
    return not (
        (at > 0 and _is_letter(text[at - 1]) and _is_letter(word[0]))
        or (end < len(text) and _is_letter(text[end]) and _is_letter(word[-1]))
    )


def _is_letter(sign: str) -> bool:
    return sign.isascii() and sign.isalpha()
