"""What the person may read of a fact, and how a receipt code is read back."""

from collections.abc import Mapping
from typing import Any

from huying.cases.facts import Fact
from huying.dispatch.facts import Finished, Progressed, Settled
from huying.notices.facts import Asked, Replied
from huying.persons.rules import mask_text

GROUP_CHARACTERS = 4  # a code is read aloud and written down in groups of four

# `personal` fields are withheld, except what an officer wrote for the person to read. Their own
# words are withheld too: whoever finds the code on a slip of paper must not read their illness.
WRITTEN_FOR_THEM: Mapping[type[Fact], frozenset[str]] = {
    Replied: frozenset({"text"}),
    Asked: frozenset({"text"}),
    Progressed: frozenset({"text"}),
    Finished: frozenset({"result"}),
    Settled: frozenset({"cause", "result"}),
}


def said(fact: Fact) -> dict[str, Any]:
    """The fields of `fact` that the person may read, with numbers in them hidden."""
    withheld = fact.personal - WRITTEN_FOR_THEM.get(type(fact), frozenset())
    return {
        name: mask_text(value) if isinstance(value, str) and name in fact.personal else value
        for name, value in fact.to_json().items()
        if name not in withheld
    }


def tidy_code(typed: str) -> str:
    """A receipt code as it is stored: people type small letters, spaces and dashes."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def grouped(code: str) -> str:
    """A receipt code as it is shown: `ABCD EFGH JKMN`."""
    return " ".join(
        code[start : start + GROUP_CHARACTERS] for start in range(0, len(code), GROUP_CHARACTERS)
    )
