"""What the desk must still ask, the most important question first."""

from collections.abc import Iterable, Sequence

from huying.triage.reader.judge import Judgement
from huying.triage.reader.marks import Mark
from huying.triage.reader.result import Detail, Nature
from huying.triage.reader.rulebook import Rulebook

# A red-flag question is answered by the words of the plea as well as by a detail of that name.
_ANSWERED_BY = {
    "bleeding_or_waters": ("pregnancy.now", "pregnancy.weeks", "bleeding.heavy"),
    "breathing": ("breathing.cannot", "breathing.oxygen_low", "breathing.tight"),
}


def missing(
    rulebook: Rulebook, marks: Sequence[Mark], judgement: Judgement, details: Iterable[Detail]
) -> tuple[str, ...]:
    """Give the keys of what to ask; nothing for a message that is no plea."""
    if judgement.nature is not Nature.PLEA:
        return ()
    known = {detail.key for detail in details}
    if "contact_preference" in known:
        # A person who can't speak on the telephone is never asked for a number.
        known.add("phone")
    # What was denied was answered too: 没有出血 needs no question about bleeding.
    spoken = {mark.rule.id for mark in marks}
    holds = {mark.rule.id for mark in marks if mark.scope is None}
    holds |= {"any", f"category:{judgement.category}"}
    holds |= {f"group:{group}" for group in judgement.groups}
    holds |= {f"urgency:{judgement.urgency}"}
    asked = [
        question
        for question in rulebook.questions
        if question.when & holds
        and question.key not in known
        and not spoken.intersection(_ANSWERED_BY.get(question.key, ()))
    ]
    return tuple(dict.fromkeys(question.key for question in asked))
