"""`story NAME`: play a recorded day through the real doors."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from huying.channels.accounts import FILE, load
from huying.config.stories import alone
from huying.config.stories.book import STORIES
from huying.config.stories.live import LiveStage

ALONE_S = 20  # how long a story lasts that nobody watches


class Command(BaseCommand):
    help = "story NAME [--speed N] [--alone] [--json]: play a recorded day through the real doors"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=sorted(STORIES))
        parser.add_argument("--speed", type=float, help="minutes of the story in a real minute")
        parser.add_argument("--server", default=settings.PUBLIC_URL, help="where Huying runs")
        parser.add_argument("--alone", action="store_true", help="with a server of its own")
        parser.add_argument("--json", action="store_true", help="end with one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        story = STORIES[options["name"]]
        speed = options["speed"] or (story.minutes * 60 / ALONE_S if options["alone"] else 60.0)
        with self._server(options) as (server, home):
            stage = LiveStage(
                server=server,
                wechat=_wechat(home),
                password=os.environ.get("HUYING_DEMO_PASSWORD", "huying-demo"),
                speed=speed,
                begins=story.begins,
                say=lambda line: self._say(line, quiet=options["json"]),
            )
            self._say(f"《{story.title}》", quiet=options["json"])
            story.play(stage)
        if options["json"]:
            told = [asdict(step) for step in stage.steps]
            ending = {"story": story.name, "steps": told, "broken": stage.broken}
            self.stdout.write(json.dumps(ending, ensure_ascii=False))
        if stage.broken:
            raise CommandError(f"{len(stage.broken)} broken expectations in {story.name}")
        self._say("All that was expected came to be.", quiet=options["json"])

    @contextmanager
    def _server(self, options: dict[str, Any]) -> Iterator[tuple[str, Path]]:
        if not options["alone"]:
            yield options["server"], settings.HUYING_HOME
            return
        try:
            with alone.throwaway() as (server, home):
                yield server, home
        except alone.NotUp as why:
            raise CommandError(str(why)) from why

    def _say(self, line: str, *, quiet: bool) -> None:
        stream = sys.stderr if quiet else self.stdout
        stream.write(line + "\n")
        stream.flush()


def _wechat(home: Path) -> str:
    """Where the fake WeChat of this home listens."""
    accounts = load(home / FILE).values()
    return next(account.api for account in accounts if account.channel == "wechat")
