"""What is made of a secret key: receipt codes, hashes of recipients, sealed tokens."""

import base64
import hashlib
from functools import cache

from cryptography.fernet import Fernet, InvalidToken

# No letter that is read as another one over the telephone or from paper: no 0 O 1 I L U.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
# 30^12 codes. With ten million given out, a million guesses find one with 1 in 50 000; with ten
# characters it would be 1 in 60, and behind a code is somebody's illness.
RECEIPT_CHARACTERS = 12


def receipt(key: str, channel: str, account: str, external_id: str, *, turn: int = 0) -> str:
    """The receipt code of one delivery: the same for a repeat, and not to be guessed.

    `turn` gives another code in the rare case that the first one belongs to somebody else.
    """
    parts = ("receipt", channel, account, external_id, str(turn))
    number = int.from_bytes(_digest(key, *parts)[:16], "big")
    code = ""
    for _ in range(RECEIPT_CHARACTERS // 2):
        number, pair = divmod(number, len(PAIRS))
        code += PAIRS[pair]
    return code


def recipient_hash(key: str, channel: str, account: str, recipient: str) -> str:
    """What a recipient is counted under: 64 hex digits that don't lead back to them."""
    return _digest(key, "recipient", channel, account, recipient).hex()


def seal(key: str, secret: str) -> str:
    """`secret`, readable only with `key`."""
    return _fernet(key).encrypt(secret.encode()).decode("ascii")


def unseal(key: str, sealed: str) -> str:
    """The secret again; empty when it was sealed with another key, which is as good as none."""
    try:
        return _fernet(key).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_digest(key, "token")))


def _digest(key: str, *parts: str) -> bytes:
    # A separator that no part can hold, so that "a", "bc" and "ab", "c" stay apart. BLAKE2 with
    # a key is what HMAC makes of SHA-2, in a fifth of the time.
    return hashlib.blake2b("\0".join(parts).encode(), key=_key(key), digest_size=32).digest()


@cache
def _key(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()  # BLAKE2 takes 64 bytes and no more
