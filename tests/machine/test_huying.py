"""`bin/huying` as an operator meets it."""

import os
import subprocess
import sys
from pathlib import Path


def _huying(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "HUYING_HOME": str(home)}
    environ.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "huying", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_help_lists_our_commands_and_needs_nothing(home: Path) -> None:
    told = _huying(home, "help")

    assert told.returncode == 0
    assert "  duty " in told.stdout
    assert list(home.iterdir()) == []


def test_a_command_that_is_not_there_is_answered_with_those_that_are(home: Path) -> None:
    told = _huying(home, "dutty")

    assert told.returncode == 2
    assert "no command 'dutty'" in told.stderr
    assert "  duty " in told.stderr


def test_without_a_database_it_says_what_to_do(home: Path) -> None:
    told = _huying(home, "duty", "check")

    assert told.returncode == 1
    assert "start bin/run" in told.stderr
    assert "Traceback" not in told.stderr
