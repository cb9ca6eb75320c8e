"""`persons rekey`: seal every personal field with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from huying.persons.actions import change_lock


class Command(BaseCommand):
    help = "persons rekey: seal every personal field with the newest key of keys.toml"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["rekey"])

    def handle(self, *args: Any, **options: Any) -> None:
        batches = 0
        after: tuple[int, int] | None = (0, 0)
        while after is not None:
            after = change_lock(after=after)
            batches += after is not None
        self.stdout.write(f"Every field is sealed with the newest key ({batches} batches).")
