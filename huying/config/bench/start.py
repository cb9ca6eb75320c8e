"""How long from a fresh clone to the first page, and how long the second time.

The clone is of the latest commit. What pip has in its cache it needn't fetch: that is the case
of who installs a second time, and the only one that doesn't measure somebody's network.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from huying.config import postgres
from huying.config.home import CODE

FIRST_GOAL_S, SECOND_GOAL_S = 60.0, 5.0
GIVE_UP_AFTER_S = 300.0


def main(argv: list[str]) -> int:
    """Prints both times, and with `--json` one line with `first_s` and `second_s` at the end."""
    folder = Path(tempfile.mkdtemp(prefix="hy-start-", dir="/tmp"))
    folder.chmod(0o755)
    clone = folder / "huying"
    try:
        subprocess.run(["git", "clone", "--quiet", str(CODE), str(clone)], check=True)
        times = [_first_page(clone) for _ in range(2)]
    finally:
        postgres.remove(clone / ".run")
        shutil.rmtree(folder, ignore_errors=True)
    for name, spent, goal in zip(
        ("first", "second"), times, (FIRST_GOAL_S, SECOND_GOAL_S), strict=True
    ):
        sys.stdout.write(f"{name} start to the first page: {spent:.1f} s (goal {goal:.0f} s)\n")
    if "--json" in argv:
        told = {"first_s": round(times[0], 2), "second_s": round(times[1], 2)}
        sys.stdout.write(json.dumps(told) + "\n")
    return 0


def _first_page(clone: Path) -> float:
    """Starts the clone, gives the seconds until `/` is a page, and stops it."""
    port = _free_port()
    environ = {name: value for name, value in os.environ.items() if name not in OURS}
    environ["PORT"] = str(port)
    began = time.monotonic()
    with subprocess.Popen(
        ["bin/run", "--no-story"], cwd=clone, env=environ, stdout=sys.stderr
    ) as running:
        try:
            while not _is_page(port):
                spent = time.monotonic() - began
                if running.poll() is not None or spent > GIVE_UP_AFTER_S:
                    raise SystemExit(f"bin/run showed no page within {spent:.0f} s")
                time.sleep(0.02)
            return time.monotonic() - began
        finally:
            running.terminate()
            running.wait(60)


# A fresh machine has none of these set, and a bench run from a test would have them all.
OURS = {"DATABASE_URL", "HUYING_HOME", "PORT", "PUBLIC_URL", "VIRTUAL_ENV", "PYTHONPATH"}


def _is_page(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
