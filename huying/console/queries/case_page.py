"""Everything that is known of one case, as much of it as the officer may see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from huying.cases.facts import Fact
from huying.cases.models import Case, Entry
from huying.console.labels import label
from huying.console.queries.board import Owed, Row, owed_by_case, rows_of
from huying.console.rules import Piece, Reason, marked, reasons_of
from huying.console.sight import Sight
from huying.dispatch.models import Placing, Task
from huying.notices.queries import undelivered
from huying.persons.models import Particular
from huying.persons.queries import names_and_addresses, particulars_of
from huying.persons.rules import Kind, hide
from huying.triage.models import Assessment, Detail
from huying.units.models import Officer, Unit

Known = Sequence[tuple[Kind, str]]  # names and addresses that are hidden in whatever was written

SPOKEN = ("intake.opened", "intake.wrote", "intake.typed")
# A case that is written to day and night for weeks; its page still opens.
LINES_MAX = 500


@dataclass(frozen=True)
class Said:
    """One message of the person, in their own words, with what was read from it marked."""

    pieces: list[Piece]
    channel: str
    account: str
    form: str
    receipt: str
    written_down_by: str  # the officer who typed what they heard; empty: the person's own hand
    at: datetime


@dataclass(frozen=True)
class Line:
    """One line of the timeline, ready for its template."""

    number: int
    kind: str
    template: str
    fact: Fact | None  # None: of a kind that this version does not know
    by: str
    at: datetime


@dataclass(frozen=True)
class Trouble:
    """A word of ours that did not reach the person."""

    about: str
    why: str
    at: datetime

    @property
    def about_name(self) -> str:
        return label(self.about, "about")


@dataclass(frozen=True)
class CasePage:
    """A case as one officer sees it at one moment."""

    case: Case
    sight: Sight
    row: Row
    words: list[Said]
    receipt: str
    reasons: list[Reason]
    assessment: Assessment | None
    details: list[Detail]
    particulars: list[Particular]
    timeline: list[Line]
    owed: list[Owed]
    tasks: list[Task]
    undelivered: list[Trouble]
    is_contested: bool
    may_not_phone: bool
    officers: Mapping[int, str]
    units: Mapping[str, str]

    @property
    def holders(self) -> dict[int, str]:
        """Which unit a clock of a task is."""
        return {task.pk: task.unit.short for task in self.tasks}

    @property
    def signs(self) -> list[str]:
        """Words that speak for a plea without being a reason of their own."""
        return [reason.words for reason in self.reasons if reason.words and not reason.says]

    @property
    def confidence(self) -> int:
        """Of the machine's reading, in per cent."""
        return round(100 * self.assessment.confidence) if self.assessment else 0


def case_page(case: Case, seen: Sight) -> CasePage:
    """The page of `case` for somebody who sees as much as `seen` of it."""
    entries = list(case.timeline.order_by("-number")[:LINES_MAX])[::-1]
    tasks = list(case.tasks.select_related("unit", "officer").order_by("pk"))
    assessment = Assessment.objects.filter(pk=case.pk).first()
    reasons = reasons_of(assessment.reasons) if assessment else []
    details = _details(case) if seen == Sight.WHOLE else []
    particulars = _particulars(case, details) if seen == Sight.WHOLE else []
    read_by = [*(one.reader for one in details), *(one.said_by for one in particulars)]
    officers = _officers(entries, read_by)
    first = _first(case, entries)
    person = case.person_id or 0
    known = names_and_addresses([person]).get(person, [])
    return CasePage(
        case=case,
        sight=seen,
        row=rows_of([case])[0],
        words=[
            _said(entry, reasons, officers, known)
            for entry in [*first, *entries]
            if _is_spoken(entry)
        ],
        receipt=next((str(entry.data.get("receipt", "")) for entry in [*first, *entries]), ""),
        reasons=reasons,
        assessment=assessment,
        details=details,
        particulars=particulars,
        timeline=[_line(entry, officers, known) for entry in entries],
        owed=owed_by_case([case.pk]).get(case.pk, []),
        tasks=tasks,
        undelivered=_undelivered(case) if seen == Sight.WHOLE else [],
        is_contested=Placing.objects.filter(case=case, contested_at__isnull=False).exists(),
        may_not_phone=bool(case.person and case.person.text_only),
        officers=officers,
        units=dict(Unit.objects.values_list("code", "short")),
    )


def own_part(page: CasePage, officer: Officer) -> CasePage:
    """The page for a unit outside the authorities: its own tasks, and what was said of them."""
    tasks = [task for task in page.tasks if task.unit_id == officer.unit_id]
    ids = {task.pk for task in tasks}
    lines = [line for line in page.timeline if getattr(line.fact, "task", None) in ids]
    owed = [one for one in page.owed if one.task in ids]
    return replace(page, tasks=tasks, timeline=lines, owed=owed)


def _first(case: Case, entries: Sequence[Entry]) -> list[Entry]:
    # The first word is always shown, even when the timeline is too long to be shown whole.
    if entries and entries[0].number > 1:
        return list(case.timeline.filter(number=1))
    return []


def _is_spoken(entry: Entry) -> bool:
    return entry.kind in SPOKEN


def _said(
    entry: Entry, reasons: Iterable[Reason], officers: Mapping[int, str], known: Known
) -> Said:
    words = str(entry.data.get("words") or "")
    by_officer = entry.recorded_by.startswith("officer:")
    return Said(
        pieces=marked(words, hide(words, known), reasons),
        channel=str(entry.data.get("channel", "")),
        account=str(entry.data.get("account", "")),
        form=str(entry.data.get("form", "")),
        receipt=str(entry.data.get("receipt", "")),
        written_down_by=actor(entry.recorded_by, officers) if by_officer else "",
        at=entry.happened_at,
    )


def _line(entry: Entry, officers: Mapping[int, str], known: Known) -> Line:
    try:
        fact = _hidden(entry.fact, known)
    except (KeyError, TypeError):
        # Written by a newer version, or by one that knew more fields: the line stays visible.
        fact = None
    name = entry.kind.replace(".", "_") if fact else "unknown"
    return Line(
        number=entry.number,
        kind=entry.kind,
        template=f"console/timeline/{name}.html",
        fact=fact,
        by=actor(entry.recorded_by, officers) or entry.recorded_by,
        at=entry.happened_at,
    )


def _hidden(fact: Fact, known: Known) -> Fact:
    written = {name: getattr(fact, name) for name in fact.personal}
    changed = {name: hide(text, known) for name, text in written.items() if isinstance(text, str)}
    return replace(fact, **changed)


def actor(by: str, officers: Mapping[int, str]) -> str:
    """The name of the officer behind "officer:7"; empty for whoever is none."""
    room, _, number = by.partition(":")
    return officers.get(int(number), by) if room == "officer" and number.isdigit() else ""


def _particulars(case: Case, details: Iterable[Detail]) -> list[Particular]:
    """What the cupboard holds of the person beyond what the details show."""
    shown = {detail.particular_id for detail in details}
    kept = particulars_of(case.person_id) if case.person_id else []
    return [particular for particular in kept if particular.pk not in shown]


def _officers(entries: Iterable[Entry], others: Iterable[str]) -> dict[int, str]:
    numbers = (other.removeprefix("officer:") for other in others)
    wanted = {int(number) for number in numbers if number.isdigit()}
    for entry in entries:
        for value in (entry.recorded_by.removeprefix("officer:"), *_numbers(entry.data)):
            number = str(value)
            if number.isdigit():
                wanted.add(int(number))
    found = Officer.objects.filter(pk__in=wanted).select_related("unit")
    return {officer.pk: f"{officer.name}（{officer.unit.short}）" for officer in found}


def _numbers(data: Mapping[str, object]) -> list[object]:
    listed = data.get("officers")
    several = listed if isinstance(listed, list) else []
    return [*several, *(data.get(name) for name in ("officer", "heard_by", "second"))]


def _details(case: Case) -> list[Detail]:
    current = Detail.objects.filter(case=case, replaced_at=None)
    # The area's code is for machines; its path says the same.
    return list(current.exclude(key="area").order_by("key", "pk"))


def _undelivered(case: Case) -> list[Trouble]:
    return [
        Trouble(notice.about, notice.error, notice.failed_at or notice.queued_at)
        for notice in undelivered(case)
    ]
