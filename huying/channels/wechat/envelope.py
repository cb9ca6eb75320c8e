"""From the bytes of a callback to its fields: XML or JSON, plain or encrypted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from huying.channels.accounts import Account
from huying.channels.message import Forged, Unreadable
from huying.channels.wechat import crypto

Fields = Mapping[str, str]

# What of the address is kept beside the body: enough to open it again and to prove who sent it.
KEPT = ("encrypt_type", "msg_signature", "signature", "timestamp", "nonce")
PARAMETERS_CHARACTERS_MAX = 200  # digits and hex, 110 in fact


@dataclass(slots=True)
class Envelope:
    """A callback, opened. The answer has to look like it: same format, same key."""

    fields: Fields
    is_json: bool
    key: bytes | None = None  # the one that opened it; None when it came in plain


def check(account: Account, query: Mapping[str, str]) -> None:
    """Raise `Forged` unless WeChat signed the address (not the body: that is how plain mode is)."""
    if not crypto.is_signed(
        query.get("signature", ""),
        account.token,
        query.get("timestamp", ""),
        query.get("nonce", ""),
    ):
        raise Forged("signature")


def kept(query: Mapping[str, str]) -> dict[str, str]:
    """The parameters worth keeping. Raises `Forged` when one is not what WeChat would write."""
    meta = {name: query[name] for name in KEPT if name in query}
    said = "".join(meta.values())
    if len(said) > PARAMETERS_CHARACTERS_MAX or not (said.isascii() and said.isprintable()):
        raise Forged("parameter")
    return meta


def receive(account: Account, query: Mapping[str, str], body: bytes) -> Envelope:
    """Check who sent `body`, and open it.

    Raises `Forged` when WeChat did not sign it (or sends plain what this account takes only
    encrypted), `Unreadable` when it is broken or does not open.
    """
    if query.get("encrypt_type", "raw") != "aes":
        check(account, query)
        if not account.plain:
            # The signature of plain mode does not cover the body: whoever once saw an address
            # could put words in anybody's mouth.
            raise Forged("plain")
        return Envelope(*_fields(body))
    outer, is_json = _fields(body)
    sealed = outer.get("Encrypt", "")
    if not crypto.is_signed(
        query.get("msg_signature", ""),
        account.token,
        query.get("timestamp", ""),
        query.get("nonce", ""),
        sealed,
    ):
        raise Forged("msg_signature")
    return _unseal(account, sealed, is_json=is_json)


def reopen(account: Account, meta: Mapping[str, str], body: bytes) -> Envelope:
    """Open again what `receive` once accepted. Raises `Unreadable`, never `Forged`."""
    fields, is_json = _fields(body)
    if meta.get("encrypt_type", "raw") != "aes":
        return Envelope(fields, is_json)
    return _unseal(account, fields.get("Encrypt", ""), is_json=is_json)


def _unseal(account: Account, sealed: str, *, is_json: bool) -> Envelope:
    reason = Unreadable("this account has no aes_key")
    # For some minutes after the key was changed in WeChat's console, both are in use.
    for key in account.aes_keys:
        try:
            inner, _ = _fields(crypto.unseal(sealed, key=key, app_id=account.app_id))
        except Unreadable as failure:
            reason = failure
        else:
            return Envelope(inner, is_json, key)
    raise reason


def _fields(body: bytes) -> tuple[Fields, bool]:
    body = body.strip()
    if body.startswith(b"{"):
        return _json_fields(body), True
    return _xml_fields(body), False


def _xml_fields(body: bytes) -> Fields:
    try:
        root = _root(body.decode())
    except DefusedXmlException as trick:
        raise Unreadable("a document type or an entity is no part of a message") from trick
    except (ParseError, ValueError) as broken:  # bad syntax, or not UTF-8
        raise Unreadable("the XML is broken") from broken
    if root.tag != "xml":
        raise Unreadable("the XML is not WeChat's")
    fields = {}
    for child in root:
        fields[child.tag] = child.text or ""
        for inner in child:
            fields[f"{child.tag}.{inner.tag}"] = inner.text or ""
    return fields


def _root(text: str) -> Element:
    # Where no "<!D" stands, as it may in what somebody wrote, there is no document type, and
    # without one no entity: then the plain parser is safe, and the ear hears twice as much.
    # Given text and not bytes, it believes no encoding that the XML claims for itself.
    if "<!D" in text:
        root: Element = defusedxml.ElementTree.fromstring(text, forbid_dtd=True)
        return root
    return ElementTree.fromstring(text)


def _json_fields(body: bytes) -> Fields:
    try:
        values = json.loads(body)
    except (ValueError, RecursionError) as broken:  # too deep is as broken as unfinished
        raise Unreadable("the JSON is broken") from broken
    fields = {}
    for name, value in values.items():
        if isinstance(value, dict):
            fields.update({f"{_text(name)}.{_text(key)}": _text(v) for key, v in value.items()})
        else:
            fields[_text(name)] = _text(value)
    return fields


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    # JSON may spell half a surrogate pair or a zero byte; no database would take either.
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()
