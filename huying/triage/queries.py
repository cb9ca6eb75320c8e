"""What officers made of the machine's readings: corrections to learn from, agreement by week."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from huying.cases.models import Case, Entry
from huying.persons.rules import mask_text
from huying.triage.actions import said_in
from huying.triage.facts import Assessed, Corrected
from huying.triage.models import Assessment

LOCAL = ZoneInfo("Asia/Shanghai")
JUDGED = ("nature", "urgency", "category")
BATCH = 200


@dataclass(frozen=True)
class Week:
    """How often officers let the machine's reading stand, in one week."""

    begins: date  # a Monday
    looked: int  # cases that an officer looked at
    corrected: Mapping[str, int]  # field → cases in which they said otherwise

    @property
    def agreement(self) -> float:
        """Share of looked-at cases whose urgency they let stand, 0…1."""
        return 1 - self.corrected.get("urgency", 0) / self.looked if self.looked else 1.0


def agreement(since: datetime) -> list[Week]:
    """Week by week since `since`: what officers looked at, and where they said otherwise."""
    looked: dict[date, int] = {}
    for at in Case.objects.filter(looked_at__gte=since, drill=False).values_list(
        "looked_at", flat=True
    ):
        if at:
            looked[_monday(at)] = looked.get(_monday(at), 0) + 1
    otherwise: dict[date, dict[str, set[int]]] = {}
    for case_id, data, at in _corrections(since):
        for name in JUDGED:
            if data.get(name):
                week = otherwise.setdefault(_monday(at), {})
                week.setdefault(name, set()).add(case_id)
    return [
        Week(
            begins,
            looked.get(begins, 0),
            {name: len(cases) for name, cases in otherwise.get(begins, {}).items()},
        )
        for begins in sorted(looked.keys() | otherwise.keys())
    ]


def _corrections(since: datetime) -> Iterator[tuple[int, Mapping[str, Any], datetime]]:
    """Corrections that differ from what the machine had said before them."""
    entries = Entry.objects.filter(
        kind__in=[Assessed.kind, Corrected.kind], case__drill=False, happened_at__gte=since
    )
    said: dict[int, Mapping[str, Any]] = {}
    rows = entries.order_by("case_id", "number").values_list(
        "case_id", "kind", "data", "happened_at"
    )
    for case_id, kind, data, at in rows.iterator():
        if kind == Assessed.kind:
            said[case_id] = data
            continue
        before = said.get(case_id, {})
        changed = {name: data[name] for name in JUDGED if data[name] not in {"", before.get(name)}}
        yield case_id, changed, at


def corrected_messages() -> Iterator[dict[str, Any]]:
    """Cases as officers corrected them, labelled for training; numbers in the words are masked."""
    ids = list(Assessment.objects.exclude(said={}).values_list("case_id", flat=True))
    for start in range(0, len(ids), BATCH):
        cases = Case.objects.in_bulk(ids[start : start + BATCH])
        words = said_in(cases)
        groups = dict(Assessment.objects.filter(case_id__in=cases).values_list("case_id", "groups"))
        for case in cases.values():
            yield {
                "id": case.reference,
                "source": "corrections",
                "cluster": case.reference,
                "text": mask_text("\n".join(one.words for one in words[case.pk])),
                "nature": case.nature,
                "urgency": "none" if case.urgency == "low" else case.urgency,
                "category": case.category,
                "groups": groups[case.pk],
                "done": False,
                "place": "",
            }


def degraded() -> bool:
    """Whether the latest reading was made by rules alone, since the model could not be loaded."""
    latest = Entry.objects.filter(kind=Assessed.kind).order_by("-id").first()
    return bool(latest and str(latest.data["version"]).endswith("+rules"))


def _monday(at: datetime) -> date:
    day = at.astimezone(LOCAL).date()
    return day - timedelta(days=day.weekday())
