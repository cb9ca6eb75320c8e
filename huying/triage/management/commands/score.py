"""`score GOLD`: how well labelled messages are read, with bootstrap intervals."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from huying.triage.reader.judge import Judgement
from huying.triage.reader.labelled import OWN, OWN_SOURCE, BadLabel, Labelled, load_labelled
from huying.triage.reader.measure import (
    Figure,
    figures,
    judged_by_fold,
    parts_by_cluster,
    parts_by_source,
    place_shares,
)
from huying.triage.reader.read import Reader
from huying.triage.reader.result import Reading
from huying.triage.reader.train import examples_of

# Goal in five folds by cluster, and with a whole event left out where there is one.
GOALS = {
    "plea vs rest, AUC": (">= 0.990", ">= 0.96"),
    "critical or high pleas not aside": (">= 0.998", ">= 0.99"),
    "non-pleas in act + unsure": ("<= 0.15", "<= 0.30"),
    "critical recalled as critical": (">= 0.93", ""),
    "critical, precision": (">= 0.75", ""),
    "critical recalled as critical or high": (">= 0.99", ""),
    "nature, macro-F1": (">= 0.75", ""),
    "plea, F1": (">= 0.95", ""),
    "category of pleas, accuracy": (">= 0.90", ""),
    "place overlaps the labelled words": (">= 0.90", ""),
    "area lies in the city that is named": (">= 0.85", ""),
}
AT = datetime(2022, 1, 1, tzinfo=UTC)  # no figure depends on when the messages came


class Command(BaseCommand):
    """Needs no database. With --cv the models are trained anew, each without what it judges."""

    help = __doc__ or ""
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what to measure on and how."""
        parser.add_argument("gold", type=Path, help="labelled messages, JSONL")
        parser.add_argument("--cv", action="store_true", help="5 folds, and each source left out")
        parser.add_argument("--json", action="store_true", help="one JSON object at the end")

    def handle(self, *_args: object, **options: Any) -> None:
        """Print one table for each way of measuring."""
        try:
            gold = load_labelled(options["gold"])
        except (BadLabel, OSError) as trouble:
            raise CommandError(str(trouble)) from trouble
        if not gold:
            raise CommandError(f"{options['gold']}: no messages")
        reader = Reader.shipped()
        readings = [reader.read(message.text, at=AT) for message in gold]
        tables = dict(self._folded(gold, reader) if options["cv"] else [_shipped(gold, readings)])
        details = place_shares(gold, readings)
        for name, table in [*tables.items(), ("details, shipped reader", details)]:
            self._print(name, table)
        if options["json"]:
            shown = {name: {one.name: one.value for one in table} for name, table in tables.items()}
            self.stdout.write(json.dumps(shown, ensure_ascii=False))

    def _folded(
        self, gold: Sequence[Labelled], reader: Reader
    ) -> list[tuple[str, Sequence[Figure]]]:
        messages = [*gold, *load_labelled(OWN, OWN_SOURCE)]
        examples = examples_of(messages, reader.rulebook)
        ways = {
            "5 folds by cluster": parts_by_cluster(examples),
            "each source left out": parts_by_source(examples),
        }
        tables: list[tuple[str, Sequence[Figure]]] = []
        for name, parts in ways.items():
            if parts.max() < 1:
                self.stderr.write(f"{name}: needs more than one part")
                continue
            judged = judged_by_fold(examples, parts, partial(self._told, name, parts.max() + 1))
            rows = sorted(judged)
            chosen: list[Judgement] = [judged[row] for row in rows]
            tables.append((name, figures([messages[row] for row in rows], chosen)))
        return tables

    def _told(self, name: str, count: int, part: int) -> None:
        self.stderr.write(f"{name}: {part + 1} of {count}")

    def _print(self, name: str, table: Sequence[Figure]) -> None:
        self.stdout.write(f"\n{name:44} {'value':>7}  {'95 % interval':>15}  goal")
        for one in table:
            goal = GOALS[one.name][1 if name == "each source left out" else 0]
            interval = f"{one.low:.3f} - {one.high:.3f}"
            self.stdout.write(f"{one.name:44} {one.value:7.4f}  {interval:>15}  {goal}")


def _shipped(gold: Sequence[Labelled], readings: Sequence[Reading]) -> tuple[str, Sequence[Figure]]:
    return "the shipped reader (has it seen these?)", figures(gold, readings)
