"""What must be true at any moment, whoever did what (house.md, section 2)."""

import json
import re
from datetime import datetime

from huying.cases.facts import COLUMNS, replay
from huying.cases.lifecycle import LIVE, State
from huying.cases.models import Case, Entry
from huying.channels.models import Inbound
from huying.clocks.effects import timers
from huying.clocks.models import Clock
from huying.dispatch.models import Placing, Task
from huying.dispatch.rules import TaskState
from huying.intake.models import Filing
from huying.triage.models import Assessment, Detail
from huying.triage.rules import RANK

PHONES = re.compile(r"199[\s-]*0000[\s-]*\d{4}|44030419900101123X")
# These are the person's own words, and what an officer was told in them.
OWN_WORDS = {"words"}


class Watch:
    """Remembers what was true a moment ago, and looks whether it is still."""

    def __init__(self) -> None:
        self.ranks: dict[int, int] = {}
        self.lines: dict[int, int] = {}
        self.history: dict[int, str] = {}
        self.broken: set[int] = set()

    def look(self, where: str, *, at: datetime) -> None:
        self._deliveries(where)
        entries: dict[int, list[Entry]] = {}
        for entry in Entry.objects.order_by("case_id", "number"):
            entries.setdefault(entry.case_id, []).append(entry)
            self._written_once(entry, where)
            _no_secret(entry, where)
        clocks: dict[int, list[Clock]] = {}
        for clock in Clock.objects.order_by("pk"):
            clocks.setdefault(clock.case_id, []).append(clock)
        contested = set(
            Placing.objects.filter(contested_at__isnull=False).values_list("case_id", flat=True)
        )
        leads: dict[int, list[str]] = {}
        for case_id, state in Task.objects.filter(lead=True).values_list("case_id", "state"):
            leads.setdefault(case_id, []).append(state)
        for case in Case.objects.select_related("desk").order_by("pk"):
            story = entries[case.pk]
            _replays(case, story, where)
            self._raised_only(case, story, where)
            _watched(case, clocks.get(case.pk, []), where)
            _counted(story, clocks.get(case.pk, []), where)
            _held_once(leads.get(case.pk, []), where)
            assert case.state != State.DECLINED or case.pk not in contested, where
        self._stays_broken(clocks, where)
        for row in Detail.objects.all():
            assert not PHONES.search(row.value + row.words), where
        for assessment in Assessment.objects.all():
            assert not PHONES.search(json.dumps(assessment.read)), where

    def _deliveries(self, where: str) -> None:
        rows = Inbound.objects.values_list("channel", "account", "external_id")
        assert len(set(rows)) == len(rows), where
        # Received = decided + waiting.
        assert Filing.objects.count() + Inbound.objects.filter(read_at=None).count() == len(rows), (
            where
        )

    def _written_once(self, entry: Entry, where: str) -> None:
        says = json.dumps([entry.kind, entry.data, entry.recorded_by, str(entry.happened_at)])
        assert self.history.setdefault(entry.pk, says) == says, where

    def _raised_only(self, case: Case, story: list[Entry], where: str) -> None:
        new = story[self.lines.get(case.pk, 0) :]
        self.lines[case.pk] = len(story)
        before = self.ranks.get(case.pk, 0)
        self.ranks[case.pk] = case.rank
        by_hand = any(entry.kind == "triage.corrected" for entry in new)
        if before and not by_hand:
            assert case.rank <= before, f"{where}: {case} was lowered by a machine"
        assert case.rank == (RANK[case.urgency] if case.urgency else 0), where

    def _stays_broken(self, clocks: dict[int, list[Clock]], where: str) -> None:
        broken = {
            clock.pk for rows in clocks.values() for clock in rows if clock.broken_at is not None
        }
        assert self.broken <= broken, f"{where}: a broken promise was mended"
        self.broken = broken


def _replays(case: Case, story: list[Entry], where: str) -> None:
    assert [entry.number for entry in story] == list(range(1, len(story) + 1)), where
    assert case.lines == len(story), where
    shape = replay((entry.fact, entry.happened_at) for entry in story)
    for name in COLUMNS:
        assert getattr(shape, name) == getattr(case, name), f"{where}: {case}: {name}"
    assert case.desk.is_desk, where


def _counted(story: list[Entry], rows: list[Clock], where: str) -> None:
    found = timers((entry.kind, entry.data, entry.happened_at) for entry in story)
    known = {(row.promise, row.task, row.opening): row for row in rows}
    assert known.keys() == {(str(key[0]), *key[1:]) for key in found}, where
    for key, timer in found.items():
        row = known[str(key[0]), key[1], key[2]]
        due_at = None if timer.paused_at else timer.due_at
        assert (row.due_at, row.kept_at, row.broken_at, row.ended_at) == (
            due_at,
            timer.kept_at,
            timer.broken_at,
            timer.ended_at,
        ), f"{where}: {row}"
        assert row.kept_at is None or row.broken_at is None, where


def _watched(case: Case, rows: list[Clock], where: str) -> None:
    """Whoever waits has a clock that runs, or a broken one that somebody hears of."""
    for row in rows:
        if row.ended_at is None and row.due_at is not None:
            assert row.next_at is not None, f"{where}: {row} runs and nothing would happen"
    if case.state in LIVE:
        running = [row for row in rows if row.ended_at is None and row.next_at is not None]
        assert running, f"{where}: nobody watches {case}"


def _held_once(leads: list[str], where: str) -> None:
    assert leads.count(TaskState.ACCEPTED) <= 1, where
    assert leads.count(TaskState.OFFERED) <= 1, where


def _no_secret(entry: Entry, where: str) -> None:
    said = {name: value for name, value in entry.data.items() if name not in OWN_WORDS}
    text = json.dumps(said, ensure_ascii=False)
    if entry.kind.startswith("notices."):
        return  # what was said to the person; what they may read of it is the door's
    assert not PHONES.search(text), f"{where}: {entry} shows a number"
