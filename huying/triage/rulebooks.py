"""Which rulebook is in force: the shipped one, or one of this installation's own.

A folder `HUYING_HOME/rulebook/<version>/` for each, and a file `current` with the version that
counts. Changing `current` swaps the rules at the next batch, without a restart.
"""

import logging
import os
import shutil
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from huying.triage.reader.rulebook import SHIPPED, BadRulebook, Rulebook, load

CURRENT = "current"

log = logging.getLogger(__name__)


def in_force() -> Rulebook:
    """The rulebook that reads now. One of ours that is broken is logged, and the shipped counts."""
    chosen = _chosen()
    try:
        return _loaded(chosen)
    except BadRulebook as why:
        log.error("the rulebook in %s cannot be used, the shipped one reads: %s", chosen, why)
        return _loaded(SHIPPED)


def use(path: Path) -> Rulebook:
    """Put the rulebook in `path`, a file or a folder, into force from the next batch on.

    Raises `BadRulebook`, also if another one of that version has been in force before.
    """
    book = load(path)
    home = _home()
    kept = home / book.version
    if kept.exists() and load(kept) != book:
        raise BadRulebook(f"another rulebook is called {book.version}: give this one a new version")
    if not kept.exists():
        _copy(path, kept)
    _point_to(book.version)
    return book


def go_back() -> Rulebook:
    """Put the shipped rulebook into force again."""
    (_home() / CURRENT).unlink(missing_ok=True)
    return load()


def _copy(path: Path, kept: Path) -> None:
    kept.mkdir(parents=True)
    for page in sorted(path.glob("*.toml")) if path.is_dir() else [path]:
        shutil.copy(page, kept / page.name)


def _home() -> Path:
    home: Path = settings.HUYING_HOME
    return home / "rulebook"


def _chosen() -> Path:
    try:
        return _home() / (_home() / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return SHIPPED


def _point_to(version: str) -> None:
    draft = _home() / f"{CURRENT}.{os.getpid()}"
    draft.write_text(version, encoding="utf-8")
    draft.replace(_home() / CURRENT)


@lru_cache(maxsize=4)
def _loaded(folder: Path) -> Rulebook:
    # A version is never changed once it is in force, so its folder is its name in the cache.
    return load(folder)
