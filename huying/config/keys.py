"""The secrets of one installation, in one file that only its owner may read.

Whoever loses `keys.toml` loses every personal field in the database, so it is made once,
never overwritten, and belongs in the operator's back-up.
"""

import base64
import fcntl
import os
import secrets
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FILE = "keys.toml"

TEMPLATE = """\
# The secrets of this installation. Back it up apart from the database; show it to nobody.
# Whoever loses it loses every name, phone and address that was ever written down.
secret_key = "{secret_key}"

# Fernet keys for personal fields, newest first. Rotate by putting a new one in front;
# an old one may go only when no row is encrypted with it any more.
person_keys = ["{person_key}"]

# Changing these two makes known persons strangers, and given receipt codes invalid.
lookup_key = "{lookup_key}"
receipt_key = "{receipt_key}"
"""


class KeysUnusable(Exception):
    """`keys.toml` is broken, or gone while its database is still there."""


@dataclass(frozen=True)
class Keys:
    """What is secret: sessions and tokens, personal fields, their keyed hashes, receipts."""

    secret_key: str
    person_keys: tuple[str, ...]  # Fernet keys, newest first
    lookup_key: str
    receipt_key: str


def load_or_create(home: Path) -> Keys:
    """The keys in `home/keys.toml`, made on the first call.

    Two processes that come first at the same time get the same keys. Raises `KeysUnusable`
    rather than make new ones over a broken file, or beside a database that old ones encrypted.
    """
    path = home / FILE
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(home):
            if not path.exists():
                _create(path)
    return _read(path)


def _create(path: Path) -> None:
    if (path.parent / "pg" / "data" / "PG_VERSION").exists():
        raise KeysUnusable(
            f"{path} is missing, but the database beside it was written with it. Restore it from"
            f" your back-up. To start from nothing instead, move {path.parent} away."
        )
    text = TEMPLATE.format(
        secret_key=secrets.token_urlsafe(48),
        person_key=base64.urlsafe_b64encode(os.urandom(32)).decode(),  # what a Fernet key is
        lookup_key=secrets.token_urlsafe(32),
        receipt_key=secrets.token_urlsafe(32),
    )
    # Written aside and renamed, so that a reader or a power cut never meets half a file.
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _read(path: Path) -> Keys:
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
        keys = Keys(
            secret_key=str(held["secret_key"]),
            person_keys=tuple(str(key) for key in held["person_keys"]),
            lookup_key=str(held["lookup_key"]),
            receipt_key=str(held["receipt_key"]),
        )
    except (KeyError, TypeError, ValueError, OSError) as broken:
        # The cause is named by its type only: its text may quote a secret.
        raise KeysUnusable(
            f"{path} cannot be read ({type(broken).__name__}). Restore it from your back-up."
        ) from None
    if not keys.person_keys or "" in (keys.secret_key, keys.lookup_key, keys.receipt_key):
        raise KeysUnusable(f"{path} has an empty key. Restore it from your back-up.")
    return keys


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    with (home / "keys.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
