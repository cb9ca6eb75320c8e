"""`bin/huying NAME …`: everything an operator does from a shell, each a Django command of ours."""

import ast
import importlib
import os
import sys
from pathlib import Path

ROOMS = Path(__file__).parent

# These read files and write files. They start without Django's models and without a database.
ALONE = {"triage", "score", "train"}

# PostgreSQL's codes for a connection that did not come about; none at all when it was not there.
NO_CONNECTION = {None, "28P01", "3D000", "53300", "57P03"}


def main(argv: list[str]) -> int:
    """Runs the command `argv[0]`. 0 is done, 1 refused with a sentence, 2 no such command."""
    ours = commands()
    if not argv or argv[0] in {"help", "-h", "--help"}:
        sys.stdout.write(overview(ours))
        return 0
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
    try:
        if argv[0] in ours:
            return _run(argv, ours[argv[0]])
        return _run_djangos(argv, ours)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # as in `bin/huying … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as failure:
        if (sentence := expected(failure)) is None:
            raise
        sys.stderr.write(f"{sentence}\n")
        return 1


def commands() -> dict[str, Path]:
    """Our commands by name, from the files that hold them."""
    files = sorted(ROOMS.glob("*/management/commands/[a-z]*.py"))
    return {file.stem: file for file in files}


def overview(ours: dict[str, Path]) -> str:
    """One line for each command: its name, and the first line of its module's docstring."""
    lines = []
    for name, file in sorted(ours.items()):
        said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        lines.append(f"  {name:<12} {said.splitlines()[0] if said else ''}".rstrip())
    return "\n".join(
        ["Usage: bin/huying NAME …    (bin/huying NAME --help tells more)", *lines, ""]
    )


def expected(failure: Exception) -> str | None:
    """A sentence for a failure that is nobody's mistake in the code, else None."""
    # Looked up here, not imported above: `help` and the commands in ALONE need none of these.
    kind = f"{type(failure).__module__}.{type(failure).__name__}"
    state = getattr(failure.__cause__ or failure, "sqlstate", None)
    if kind in {"django.db.utils.OperationalError", "psycopg.OperationalError"}:
        if state not in NO_CONNECTION:
            return None
        reason = str(failure).strip().splitlines()[-1:] or [""]
        return f"The database is not running: start bin/run, or set DATABASE_URL. ({reason[0]})"
    if kind == "django.db.utils.ProgrammingError" and state == "42P01":  # no such table
        return "The database is not made ready yet: start bin/run once, or bin/huying migrate."
    if kind in {
        "huying.config.keys.KeysUnusable",
        "huying.config.postgres_owner.NotStarted",
        "django.core.exceptions.ImproperlyConfigured",
    }:
        return str(failure)
    return None


def _run(argv: list[str], file: Path) -> int:
    room = file.relative_to(ROOMS).parts[0]
    if argv[0] not in ALONE:
        importlib.import_module("django").setup()
    command = importlib.import_module(f"huying.{room}.management.commands.{argv[0]}").Command()
    try:
        command.run_from_argv(["bin/huying", *argv])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _run_djangos(argv: list[str], ours: dict[str, Path]) -> int:
    """One of Django's own (`migrate`, `shell`, `changepassword`), which are not listed."""
    importlib.import_module("django").setup()
    management = importlib.import_module("django.core.management")
    if argv[0] not in management.get_commands():
        sys.stderr.write(f"There is no command {argv[0]!r}.\n{overview(ours)}")
        return 2
    management.execute_from_command_line(["bin/huying", *argv])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
