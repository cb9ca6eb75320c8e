"""WeChat's side of the wire: signatures, envelopes and XML, as its servers make them."""

import base64
import hashlib
import os
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TEXT_BYTES_MAX = 2048

Fields = Mapping[str, str | int | float]


@dataclass
class Account:
    """An official account as WeChat's console has it."""

    name: str
    app_id: str
    secret: str
    token: str
    aes_key: str
    callback: str  # our address for it
    original_id: str = ""  # the gh_… name that stands in ToUserName

    def __post_init__(self) -> None:
        self.original_id = (
            self.original_id or f"gh_{hashlib.sha1(self.name.encode()).hexdigest()[:12]}"
        )


def signature(*parts: str) -> str:
    """WeChat's signature."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def signed(
    account: Account, body: bytes, timestamp: str, *, encrypted: bool
) -> tuple[dict[str, str], bytes]:
    """Query and body as WeChat posts them."""
    nonce = str(secrets.randbelow(10**10))
    query = {
        "signature": signature(account.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
    }
    if not encrypted:
        return query, body
    sealed = encrypt(account, body)
    query["encrypt_type"] = "aes"
    query["msg_signature"] = signature(account.token, timestamp, nonce, sealed)
    return query, xml({"ToUserName": account.original_id, "Encrypt": sealed})


def encrypt(account: Account, body: bytes) -> str:
    """`body` in WeChat's envelope."""
    content = os.urandom(16) + struct.pack(">I", len(body)) + body + account.app_id.encode()
    padding = 32 - len(content) % 32
    cipher = _cipher(account).encryptor()
    return base64.b64encode(cipher.update(content + bytes([padding] * padding))).decode()


def decrypt(account: Account, sealed: str) -> bytes:
    """What is in WeChat's envelope."""
    content = _cipher(account).decryptor().update(base64.b64decode(sealed))
    (length,) = struct.unpack(">I", content[16:20])
    assert content[20 + length : -content[-1]] == account.app_id.encode()
    return content[20 : 20 + length]


def _cipher(account: Account) -> Cipher[modes.CBC]:
    key = base64.b64decode(account.aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def shown(account: Account, answer: bytes) -> str:
    """What the writer sees of our answer: the text of a passive reply, or nothing."""
    if answer in {b"", b"success"}:
        return ""
    fields = {child.tag: child.text or "" for child in ElementTree.fromstring(answer)}
    if "Encrypt" in fields:
        parts = (account.token, fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
        assert signature(*parts) == fields["MsgSignature"]
        inner = ElementTree.fromstring(decrypt(account, fields["Encrypt"]))
        fields = {child.tag: child.text or "" for child in inner}
    assert fields["FromUserName"] == account.original_id
    assert len(fields["Content"].encode()) <= TEXT_BYTES_MAX
    return fields["Content"]


def xml(fields: Fields) -> bytes:
    """Fields as WeChat writes them."""
    lines = (
        f"<{name}>{value}</{name}>"
        if isinstance(value, int | float)
        else f"<{name}><![CDATA[{value}]]></{name}>"
        if "]]>" not in value
        else f"<{name}>{escape(value)}</{name}>"
        for name, value in fields.items()
    )
    return f"<xml>{''.join(lines)}</xml>".encode()
