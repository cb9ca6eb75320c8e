"""`train --gold FILE`: the model that triage reads with; the same input, the same weights."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import django
from django.core.management.base import BaseCommand, CommandError

from huying.triage.reader.labelled import (
    OWN,
    OWN_SOURCE,
    BadLabel,
    Labelled,
    labelled,
    load_labelled,
)
from huying.triage.reader.model import SHIPPED
from huying.triage.reader.rulebook import load
from huying.triage.reader.train import train

DATABASE = "-"


class Command(BaseCommand):
    """Needs no database; takes some minutes on one core."""

    help = __doc__ or ""
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which messages to train on and where the model goes."""
        parser.add_argument("--gold", type=Path, required=True, help="labelled messages, JSONL")
        parser.add_argument("--own", type=Path, default=OWN, help="own messages: file or folder")
        parser.add_argument("--out", type=Path, default=SHIPPED, help="folder of the model")
        parser.add_argument(
            "--with-corrections",
            nargs="?",
            const=DATABASE,
            help="what officers corrected: JSONL, or without a FILE the cases of this installation",
        )

    def handle(self, *_args: object, **options: Any) -> None:
        """Train, write the model, and say what was drawn."""
        try:
            messages = load_labelled(options["gold"]) + load_labelled(options["own"], OWN_SOURCE)
            messages += _corrections(options["with_corrections"])
        except (BadLabel, OSError) as trouble:
            raise CommandError(str(trouble)) from trouble
        tuning = train(messages, load(), options["out"])
        self.stdout.write(f"{len(messages)} messages, {options['out']}")
        self.stdout.write(f"lines: {tuning.lines}")


def _corrections(file: str | None) -> list[Labelled]:
    if file is None:
        return []
    if file != DATABASE:
        return load_labelled(Path(file), "corrections")
    # Only this needs the program set up and its database running; training itself needs neither.
    django.setup()
    from huying.triage.queries import corrected_messages  # noqa: PLC0415

    return [labelled(row, "corrections") for row in corrected_messages()]
