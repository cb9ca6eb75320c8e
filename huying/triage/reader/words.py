"""Finds thousands of words in a text in one pass, in time that grows with the text alone."""

from collections.abc import Iterable, Mapping

from ahocorasick_rs import AhoCorasick

# More places than any person needs to say a thing; a text of one word repeated costs no more.
HITS_MAX = 12


class WordIndex:
    """All words of a rulebook, found by Aho and Corasick's automaton."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))
        self._automaton = AhoCorasick(self._words)

    def find(self, text: str) -> Mapping[str, list[int]]:
        """Give every word that occurs, with its first `HITS_MAX` places. English words whole.

        `text` holds no half of a surrogate: `readable` takes them out.
        """
        hits: dict[str, list[int]] = {}
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        for number, start, end in found:
            word = self._words[number]
            if word.isascii() and not _is_whole(text, start, end):
                continue
            places = hits.setdefault(word, [])
            if len(places) < HITS_MAX:
                places.append(start)
        return hits


def _is_whole(text: str, start: int, end: int) -> bool:
    return not (
        (start > 0 and _is_letter(text[start - 1]) and _is_letter(text[start]))
        or (end < len(text) and _is_letter(text[end]) and _is_letter(text[end - 1]))
    )


def _is_letter(sign: str) -> bool:
    return sign.isascii() and sign.isalpha()
