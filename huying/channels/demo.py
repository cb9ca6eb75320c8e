"""Accounts to try Huying with: three of WeChat, and the form on our own page."""

import base64
import os
import re
import secrets
from pathlib import Path

HEAD = """\
# The accounts that Huying listens on and speaks for. docs/channels.md explains every field.
# An edit is in force within a second; a mistake is logged, and what was good before stays.
"""
WECHAT = """
[[account]]
channel = "wechat"
name = "{name}"
desk = "{desk}"
token = "{token}"
aes_key = "{aes_key}"
previous_aes_key = ""
app_id = "{app_id}"
app_secret = "{app_secret}"
plain = true  # only for trying out: the signature of plain messages does not cover their words
api = "{api}"
public_url = "{public_url}"
"""
WEB = """
[[account]]
channel = "web"
name = "site"
desk = "sz-health"
public_url = "{public_url}"
"""
# An address that only this machine can mean; an operator's own is never one of these.
LOCAL = re.compile(r'^((?:api|public_url) = )"http://127\.0\.0\.1:\d+"', re.M)
DESKS = {"health": "sz-health", "civil": "sz-civil", "zhengzhou": "zz-desk"}


def write(path: Path, *, api: str, public_url: str) -> bool:
    """Write the demo accounts with secrets of their own, unless the file is already there.

    `api` is where their WeChat is, usually a fake one. Returns whether it wrote. In a file that
    is there, accounts of this machine follow it to another port; nothing else is touched.
    """
    if path.exists():
        return _moved(path, api=api, public_url=public_url)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = HEAD + "".join(
        WECHAT.format(
            name=name,
            desk=desk,
            token=secrets.token_hex(16),
            aes_key=base64.b64encode(os.urandom(32)).decode().rstrip("="),
            app_id=f"wx{secrets.token_hex(8)}",
            app_secret=secrets.token_hex(16),
            api=api,
            public_url=public_url,
        )
        for name, desk in DESKS.items()
    )
    # Made under another name and linked, so that nobody reads half a file, and of two processes
    # that start together one wins and the other keeps the winner's secrets.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text + WEB.format(public_url=public_url), encoding="utf-8")
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _moved(path: Path, *, api: str, public_url: str) -> bool:
    was = path.read_text(encoding="utf-8")
    text = LOCAL.sub(
        lambda found: f'{found.group(1)}"{api if found.group(1)[0] == "a" else public_url}"', was
    )
    if text == was:
        return False
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
    return True
