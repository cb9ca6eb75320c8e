"""What another rulebook would have said of past cases, before it is switched on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from huying.cases.models import Case
from huying.triage import machine
from huying.triage.actions import said_in
from huying.triage.machine import Verdict
from huying.triage.reader.read import Reader
from huying.triage.reader.rulebook import Rulebook

BATCH = 200
COMPARED = ("nature", "urgency", "category", "lane", "done")


@dataclass(frozen=True)
class Change:
    """One past case that would have been read otherwise. Holds no words of the person."""

    reference: str
    differs: dict[str, tuple[str, str]]  # field → before, after
    rules_gone: tuple[str, ...]
    rules_new: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """How many cases were read again, and those that would change."""

    read: int
    changes: list[Change]


def trial(rulebook: Rulebook, *, since: datetime, limit: int) -> Trial:
    """Read the latest `limit` cases since `since` with the rules in force and with `rulebook`."""
    now = machine.reader()
    then = Reader(rulebook, now.gazetteer, now.model)
    read, changes = 0, []
    for cases in _batches(since, limit):
        words = said_in({case.pk: case for case in cases})
        for case in cases:
            read += 1
            before = machine.judge(now, words[case.pk], case.channel)
            after = machine.judge(then, words[case.pk], case.channel)
            change = _compare(case, before, after)
            if change:
                changes.append(change)
    return Trial(read, changes)


def _batches(since: datetime, limit: int) -> Iterator[list[Case]]:
    cases = Case.objects.filter(opened_at__gte=since).order_by("-opened_at", "-pk")
    ids = list(cases.values_list("pk", flat=True)[:limit])
    for start in range(0, len(ids), BATCH):
        yield list(Case.objects.filter(pk__in=ids[start : start + BATCH]).order_by("pk"))


def _compare(case: Case, before: Verdict, after: Verdict) -> Change | None:
    differs = {
        name: (str(getattr(before, name)), str(getattr(after, name)))
        for name in COMPARED
        if getattr(before, name) != getattr(after, name)
    }
    if not differs:
        return None
    was = {str(reason["rule"]) for reason in before.reasons}
    will_be = {str(reason["rule"]) for reason in after.reasons}
    return Change(
        case.reference, differs, tuple(sorted(was - will_be)), tuple(sorted(will_be - was))
    )
