"""The whole program on one machine: database, web, worker, and who starts them again.

`bin/run` has set up the virtual environment and calls this. It holds everything else in a few
lines of its own: no init system is needed, and none is in the way.
"""

import argparse
import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from huying.config import keys, postgres
from huying.config.children import Child, stop_all
from huying.config.home import home as home_folder
from huying.config.postgres_folder import base_of
from huying.config.postgres_owner import NotStarted

LOOK_EVERY_S = 0.2
WEB_WITHIN_S = 60.0  # from its start until it answers, on a machine that is busy otherwise
DATABASE_AGAIN_S = 5.0  # between attempts to start a database that does not start
DRAIN_S = 0.1  # from the word that we stop until the feed's browsers have left

ACCOUNTS = "channels.toml"
STORY = "shenzhen"
STORY_SPEED = "60"


class NotRun(Exception):
    """The program cannot run here now, and what to do."""


def say(line: str) -> None:
    """One line for whoever started us. Never fails: they may have gone."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


class House:
    """What runs together: one home, its database, one web, its workers."""

    def __init__(self, home: Path, *, story: bool) -> None:
        self.home = home
        self.host = os.environ.get("HOST", "127.0.0.1")
        self.port = _number("PORT", 8000)
        self.address = f"http://{'127.0.0.1' if self.host == '0.0.0.0' else self.host}:{self.port}"
        self.own_database = not os.environ.get("DATABASE_URL")
        self.stopped = threading.Event()
        # In a thread of its own: while it recovers, or hangs, whoever dies beside it is started
        # again, and the web keeps what it hears in its journal.
        self._keeper = threading.Thread(target=self._keep_database, name="database", daemon=True)
        self.web = Child("web", ("huying.config.serve",), {"PORT": str(self.port)})
        workers = [Child("worker", ("huying.config.work",)) for _ in range(_number("WORKERS", 1))]
        told = ("huying", "story", STORY, "--speed", STORY_SPEED, "--server", self.address)
        self.story = Child("story", told, once=True) if story else None
        self.children = [self.web, *workers]

    def run(self) -> None:
        """Runs until `stopped` is set, then leaves nothing behind that runs."""
        try:
            self._begin()
            while not self.stopped.wait(LOOK_EVERY_S):
                for child in self.children:
                    child.look(say)
        finally:
            self._end()

    def _begin(self) -> None:
        _refuse_taken(self.host, self.port)
        keys.load_or_create(self.home)
        if self.own_database:
            postgres.start(self.home, say=say)
            self._keeper.start()
        self._make_ready()
        if self.stopped.is_set():
            return
        self._play_wechat()
        # The page first: whoever started us waits for it, and the others compete for the processor.
        self.web.start()
        self._wait_for_web()
        if self.stopped.is_set():
            return
        for child in self.children:
            if child is not self.web:
                child.start()
        say(f"呼应 Huying: {self.address}")
        if self.story:
            self.children.append(self.story)
            self.story.start()

    def _play_wechat(self) -> None:
        """Start the fake WeChat if the accounts are the demo's, which live on this machine."""
        port = _fake_wechat_port(self.home / ACCOUNTS)
        if port:
            told = ("huying.testing.wechat", str(self.home / ACCOUNTS), "--port", str(port))
            self.children.append(Child("wechat", told))

    def _keep_database(self) -> None:
        while not self.stopped.wait(LOOK_EVERY_S):
            if postgres.is_up(self.home):
                continue
            if not (base_of(self.home) / "data" / "PG_VERSION").exists():
                # A disk that fell away, say. An empty database in its place would be taken for
                # the city's: what waits in the journal would go into it, and receipts be unknown.
                say("the database's folder is gone; messages wait in the journal until it is back")
                self.stopped.wait(DATABASE_AGAIN_S)
                continue
            say("PostgreSQL ended and is started again")
            try:
                postgres.start(self.home, say=say)
            except Exception as failure:
                # A full disk, say. The ear still keeps what it hears, in its journal: go on, for
                # nobody else would ever start it again.
                say(str(failure))
                self.stopped.wait(DATABASE_AGAIN_S)

    def _make_ready(self) -> None:
        # In a process of its own, so that this one, which only watches, stays small.
        command = [sys.executable, "-m", "huying.config.ready"]
        with subprocess.Popen(command, start_new_session=True) as making:
            while making.poll() is None:
                if self.stopped.wait(0.05):
                    making.terminate()
                    return
        if making.returncode != 0:
            raise NotRun("The database could not be made ready; the reason is above.")

    def _wait_for_web(self) -> None:
        patience = time.monotonic() + WEB_WITHIN_S
        while not self.stopped.wait(0.05):
            if _answers(self.address):
                return
            if self.web.is_gone() or time.monotonic() > patience:
                raise NotRun("The web did not start; the reason is above.")

    def _end(self) -> None:
        self.web.warn()
        time.sleep(DRAIN_S)
        stop_all(self.children)
        if self.own_database:
            self._end_database()

    def _end_database(self) -> None:
        self.stopped.set()  # also when it was a mistake of ours that ended the house
        postgres.stop(self.home)
        # It may have been about to start one, or have waited for a recovery that we ended.
        while self._keeper.is_alive():
            self._keeper.join(LOOK_EVERY_S)
            postgres.stop(self.home)


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdecimal():
        raise NotRun(f"{name} must be a number, not {text!r}.")
    return int(text)


def _fake_wechat_port(accounts: Path) -> int | None:
    """The port of this machine that the accounts call WeChat, if they do."""
    if not accounts.exists():
        return None
    entries = tomllib.loads(accounts.read_text(encoding="utf-8")).get("account", [])
    apis = [urlsplit(str(entry.get("api", ""))) for entry in entries]
    return next((api.port for api in apis if api.hostname == "127.0.0.1" and api.port), None)


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refused:
            raise NotRun(
                f"Port {port} of {host} cannot be used ({refused.strerror}). Another program may"
                f" have it; choose one that is free: PORT={port + 1} bin/run"
            ) from None


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Two at once in one home would stop each other's database."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise NotRun(
                f"Huying already runs from {home} (process {lock.read().strip()}). Stop it first,"
                " or give this one a home of its own: HUYING_HOME=… PORT=… bin/run"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def main() -> int:
    """Runs the house until SIGTERM, SIGINT or SIGHUP. 1 if it could not."""
    parser = argparse.ArgumentParser(prog="bin/run", description="Huying, with a demo city.")
    parser.add_argument("--no-story", action="store_true", help="do not play a first story")
    asked = parser.parse_args()
    try:
        home = home_folder()
        os.environ["HUYING_HOME"] = str(home)  # for the children, whatever folder they are in
        with _alone(home):
            house = House(home, story=not asked.no_story)
            for kind in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(kind, lambda *_: house.stopped.set())
            house.run()
    except (NotRun, NotStarted, keys.KeysUnusable, PermissionError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
