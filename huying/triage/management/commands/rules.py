"""`rules show|check|try|use|back|drift`: the rulebook that triage reads by."""

from argparse import ArgumentParser
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from huying.triage import rulebooks
from huying.triage.queries import agreement
from huying.triage.reader.rulebook import BadRulebook, Rulebook, load
from huying.triage.trial import trial

SHOWN_MAX = 100  # changed cases that are listed; the rest are counted


class Command(BaseCommand):
    help = "rules show | check F | try F | use F | back | drift: the rulebook that triage reads by"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["show", "check", "try", "use", "back", "drift"])
        parser.add_argument("folder", nargs="?", type=Path, help="a rulebook: a folder of TOML")
        parser.add_argument("--days", type=int, default=30, help="how far back to look")
        parser.add_argument("--limit", type=int, default=2000, help="how many cases to read again")

    def handle(self, *args: Any, **options: Any) -> None:
        what, folder = options["what"], options["folder"]
        if what in {"check", "try", "use"} and folder is None:
            raise CommandError(f"rules {what} needs the folder of a rulebook")
        try:
            if what == "show":
                self._show(rulebooks.in_force())
            elif what == "check":
                self._show(load(folder))
            elif what == "try":
                self._try(load(folder), options["days"], options["limit"])
            elif what == "drift":
                self._drift(options["days"])
            else:
                book = rulebooks.use(folder) if what == "use" else rulebooks.go_back()
                self.stdout.write(f"{book.version} is in force from the next batch on.")
        except BadRulebook as why:
            raise CommandError(str(why)) from why

    def _show(self, book: Rulebook) -> None:
        self.stdout.write(f"version {book.version}, approval: {book.approval}")
        for rule in book.rules:
            level = f"{rule.urgency or ''}"
            self.stdout.write(f"  {rule.id:<28} {rule.kind:<9} {level:<9} {rule.source}")

    def _try(self, book: Rulebook, days: int, limit: int) -> None:
        found = trial(book, since=now() - timedelta(days=days), limit=limit)
        self.stdout.write(
            f"{found.read} cases of {days} days read with {book.version}:"
            f" {len(found.changes)} would change"
        )
        ways: Counter[str] = Counter()
        for change in found.changes:
            for name, (before, after) in change.differs.items():
                ways[f"{name}: {before} → {after}"] += 1
        for way, count in ways.most_common():
            self.stdout.write(f"  {count:>5} × {way}")
        for change in found.changes[:SHOWN_MAX]:
            differs = ", ".join(f"{name} {a} → {b}" for name, (a, b) in change.differs.items())
            rules = [f"-{rule}" for rule in change.rules_gone]
            rules += [f"+{rule}" for rule in change.rules_new]
            self.stdout.write(f"  {change.reference}  {differs}  {' '.join(rules)}")

    def _drift(self, days: int) -> None:
        self.stdout.write("week of     looked  agreed  otherwise on")
        for week in agreement(now() - timedelta(days=days)):
            others = ", ".join(f"{name} {count}" for name, count in week.corrected.items())
            self.stdout.write(
                f"{week.begins}  {week.looked:>6}  {week.agreement:>6.1%}  {others or '—'}"
            )
