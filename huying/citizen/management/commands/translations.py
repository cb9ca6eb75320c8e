"""`translations`: make the .mo files of all rooms from their .po files."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from huying.citizen.catalogue import compiled


class Command(BaseCommand):
    help = "Compile every room's translations, after you edited a .po file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is stale; 1 if any")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = False
        for source in sorted((settings.BASE / "huying").glob("*/locale/*/LC_MESSAGES/django.po")):
            target = source.with_suffix(".mo")
            wanted = compiled(source.read_text(encoding="utf-8"))
            if target.exists() and target.read_bytes() == wanted:
                continue
            stale = True
            if not options["check"]:
                target.write_bytes(wanted)
            self.stdout.write(f"{source.relative_to(settings.BASE)}")
        if options["check"] and stale:
            raise SystemExit(1)
