"""The cupboard's lock: what is sealed here can be found by its hash, and read only with a key."""

import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unopenable(Exception):
    """No key that we have opens this. Put the key it was sealed with back into keys.toml."""


@lru_cache(maxsize=4)
def _lock(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(text: str) -> bytes:
    """`text` as only this installation can read it, sealed with the newest key."""
    return _lock(tuple(settings.PERSON_KEYS)).encrypt(text.encode())


def unseal(sealed: bytes) -> str:
    """The text back. Raises `Unopenable` when none of our keys sealed it."""
    try:
        return _lock(tuple(settings.PERSON_KEYS)).decrypt(sealed).decode()
    except InvalidToken:
        raise Unopenable("none of the keys in keys.toml opens this field") from None


def reseal(sealed: bytes) -> bytes:
    """The same text sealed with the newest key. Raises `Unopenable`."""
    try:
        return _lock(tuple(settings.PERSON_KEYS)).rotate(sealed)
    except InvalidToken:
        raise Unopenable("none of the keys in keys.toml opens this field") from None


def hash_of(kind: str, value: str) -> str:
    """A keyed hash to find `value` by, different for each kind of field, 32 hex digits."""
    message = f"{kind}:{value}".encode()
    return hmac.new(settings.LOOKUP_KEY.encode(), message, hashlib.sha256).hexdigest()[:32]
