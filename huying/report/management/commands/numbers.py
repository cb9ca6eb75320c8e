"""`numbers`: the public figures in a shell, and the proof that they are true."""

import json
from argparse import ArgumentTypeError
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import localtime, now

from huying.report import tables
from huying.report.audit import audit, summary
from huying.report.export import as_json as figures_as_json
from huying.report.queries import DAYS_DEFAULT, figures
from huying.report.recompute import differences, recompute
from huying.report.reconcile import reconcile
from huying.report.rules import Figures


class Command(BaseCommand):
    help = "Print the figures of /numbers/, or check them against the timelines."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=_day, metavar="DATE", help="first day, 2022-01-09")
        parser.add_argument("--until", type=_day, metavar="DATE", help="last day; today")
        parser.add_argument("--json", action="store_true", help="one line for a program")
        parser.add_argument(
            "--recompute",
            action="store_true",
            help="count again from the timelines alone; 1 if anything differs",
        )
        parser.add_argument(
            "--reconcile", action="store_true", help="received = stored = decided; 1 if not"
        )
        parser.add_argument("--audit", action="store_true", help="what should not be; 1 if any")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reconcile"]:
            self._reconcile(as_json=options["json"])
        elif options["audit"]:
            self._audit(as_json=options["json"])
        else:
            self._numbers(options)

    def _numbers(self, options: dict[str, Any]) -> None:
        at = now()
        until = options["until"] or localtime(at).date()
        since = options["since"] or until - timedelta(days=DAYS_DEFAULT - 1)
        found = figures(since=since, until=until, at=at)
        wrong: list[str] = []
        if options["recompute"]:
            again = recompute(since=since, until=until, at=at)
            wrong = differences(found, again.figures) + again.drifts
        if options["json"]:
            extra = {"differences": wrong} if options["recompute"] else {}
            self._json({**figures_as_json(found), **extra})
        else:
            self._print(found)
            self._print_differences(wrong, checked=options["recompute"])
        if wrong:
            raise SystemExit(1)

    def _print(self, found: Figures) -> None:
        total = found.total
        self.stdout.write(f"{found.since} … {found.until}")
        for name in tables.MEASURES:
            self.stdout.write(f"  {name:<16}{getattr(total, name):>9}")
        rate = "—" if total.closing_rate is None else f"{total.closing_rate} %"
        self.stdout.write(f"  {'closing rate':<16}{rate:>9}   closed ÷ received")
        self.stdout.write(f"  {'merged':<16}{found.merged:>9}   left out, as drills are")
        for name, took in (("first reply", found.first_reply), ("settled", found.settled)):
            for channel, times in sorted(took.items()):
                self.stdout.write(
                    f"  {name:<12} {channel or 'all':<10}{times.count:>7} cases,"
                    f" half within {tables.minutes(times.median_s)} min,"
                    f" nine of ten within {tables.minutes(times.p90_s)} min"
                )
        for name, kept in sorted(found.promises.items()):
            self.stdout.write(f"  {name:<12} kept {kept.kept:>7}  broken {kept.broken:>7}")

    def _print_differences(self, wrong: list[str], *, checked: bool) -> None:
        for line in wrong:
            self.stdout.write(self.style.ERROR(line))
        if checked and not wrong:
            self.stdout.write("the timelines say the same")

    def _reconcile(self, *, as_json: bool) -> None:
        found = reconcile(now())
        if as_json:
            self._json(
                {
                    "even": found.is_even,
                    "journal_files": found.journal_files,
                    "undecided": [message.pk for message in found.undecided],
                    "unreadable": [message.pk for message in found.unreadable],
                    "hours": [vars(row) for row in found.hours],
                }
            )
        else:
            for row in found.hours:
                self.stdout.write(
                    f"{localtime(row.hour):%m-%d %H}h {row.channel:<8} stored {row.stored:>6}"
                    f" decided {row.decided:>6} unreadable {row.unreadable:>4}"
                    f" waiting {row.waiting:>4}"
                )
            for message in found.undecided:
                since = message.received_at.isoformat(timespec="seconds")
                self.stdout.write(f"undecided {message.channel} {message.pk} since {since}")
            for message in found.unreadable:
                self.stdout.write(
                    f"unreadable {message.channel} {message.pk}: {message.unreadable}"
                )
            self.stdout.write("even" if found.is_even else "not even")
        if not found.is_even:
            raise SystemExit(1)

    def _audit(self, *, as_json: bool) -> None:
        found = audit(at=now())
        if as_json:
            self._json({"findings": [vars(finding) for finding in found]})
        else:
            for finding in found:
                since = finding.since.isoformat(timespec="seconds")
                self.stdout.write(f"{finding.trouble}: {finding.what} since {since}")
            told = ", ".join(f"{kind}: {count}" for kind, count in summary(found).items())
            self.stdout.write(told or "nothing found")
        if found:
            raise SystemExit(1)

    def _json(self, data: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(data, ensure_ascii=False, default=str))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a day such as 2022-01-09") from None
