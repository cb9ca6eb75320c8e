"""WeChat's signatures and its envelope of AES, as developers.weixin.qq.com describes them.

An envelope holds 16 random bytes, the length of the message (4 bytes, big-endian), the message,
and the appid; filled up to a multiple of 32 and encrypted with AES-256-CBC.
"""

import base64
import binascii
import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from huying.channels.message import Unreadable

SALT_BYTES = 16
BLOCK_BYTES = 32  # WeChat fills up to 32, not to the 16 that AES needs
KEY_CHARACTERS = 43  # an EncodingAESKey: base64 of 32 bytes without its "="


def signature(*parts: str) -> str:
    """WeChat's signature over `parts`, whose order does not matter."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """Whether `given` is the signature over `parts`. Takes the same time, right or wrong."""
    return hmac.compare_digest(signature(*parts).encode(), given.encode())


def key_of(encoding_aes_key: str) -> bytes:
    """The 32 bytes behind an EncodingAESKey. Raises `ValueError` if it is not one."""
    if len(encoding_aes_key) != KEY_CHARACTERS:
        raise ValueError(f"an EncodingAESKey has {KEY_CHARACTERS} characters")
    return base64.b64decode(encoding_aes_key + "=", validate=True)


def seal(message: bytes, *, key: bytes, app_id: str, salt: bytes) -> str:
    """`message` in its envelope, as base64. `salt` is 16 fresh random bytes."""
    plain = salt + len(message).to_bytes(4, "big") + message + app_id.encode()
    fill = BLOCK_BYTES - len(plain) % BLOCK_BYTES
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    sealed = encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()
    return base64.b64encode(sealed).decode("ascii")


def unseal(sealed: str, *, key: bytes, app_id: str) -> bytes:
    """The message out of its envelope.

    Raises `Unreadable` if it was closed with another key, or for another account.
    """
    try:
        raw = base64.b64decode(sealed, validate=True)
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        plain = decryptor.update(raw) + decryptor.finalize()
    except (ValueError, binascii.Error) as broken:
        raise Unreadable("the envelope is not whole") from broken
    fill = plain[-1] if plain else 0
    if not 1 <= fill <= BLOCK_BYTES or plain[-fill:] != bytes([fill]) * fill:
        raise Unreadable("the envelope does not open with this key")
    length = int.from_bytes(plain[SALT_BYTES : SALT_BYTES + 4], "big")
    end = SALT_BYTES + 4 + length
    # WeChat closes envelopes of every account with keys that operators copy about; the appid
    # inside is what says that this one is meant for us.
    if plain[end:-fill] != app_id.encode() or end > len(plain) - fill:
        raise Unreadable("the envelope is not for this account")
    return plain[SALT_BYTES + 4 : end]
