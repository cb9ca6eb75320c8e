"""`demo`: the city to try Huying with, and a log-in for each role."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from huying.channels.demo import write
from huying.config.demo import pack
from huying.places.actions import load_demo
from huying.units.models import Officer

DEFAULT_PASSWORD = "huying-demo"  # everybody may know it: no demo holds anything true


class Command(BaseCommand):
    help = "Load the demo city and print its log-ins. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="beside officers who are real")
        parser.add_argument(
            "--wechat-api", default="http://127.0.0.1:8001", help="where the WeChat is that we play"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["force"] and _has_others():
            raise CommandError(
                "this database has officers who aren't of the demo. Everybody knows the password"
                " of a demo officer; use another database, or --force if you know why"
            )
        password = os.environ.get("HUYING_DEMO_PASSWORD", DEFAULT_PASSWORD)
        load_demo(now())
        pack.put(password=password)
        write(
            settings.HUYING_HOME / "channels.toml",
            api=options["wechat_api"],
            public_url=settings.PUBLIC_URL,
        )
        self._print_logins(password)

    def _print_logins(self, password: str) -> None:
        rows = {row.username: row for row in pack.officers()}
        self.stdout.write(f"log in at {settings.PUBLIC_URL}/console/ with password {password}")
        for username, purpose in pack.LOGINS.items():
            self.stdout.write(f"  {username:<22}{rows[username].role:<15}{purpose}")


def _has_others() -> bool:
    return Officer.objects.exclude(user__username__in=pack.usernames()).exists()
