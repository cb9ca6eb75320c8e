"""What the form on our own page was filled in with."""

import json
from collections.abc import Mapping
from datetime import datetime

from huying.channels.accounts import Account
from huying.channels.message import Kind, Media, Message, Unreadable


def parse(body: bytes, meta: Mapping[str, str], account: Account) -> Message:
    """Read one form as `form.body_of` wrote it. Raises `Unreadable`."""
    try:
        form = json.loads(body)
        fields = {str(name): str(value) for name, value in form["fields"].items()}
        return Message(
            external_id=str(form["token"]),
            # A form names nobody, so it is its own writer; one that was sent from the page of an
            # earlier form has that one's. Who they are is found by their phone, if at all.
            sender=fields.pop("writer", "") or str(form["token"]),
            text=fields.pop("text", ""),
            kind=Kind.FORM,
            media=tuple(
                Media(kind=str(each["kind"]), media_type=str(each["type"]), name=str(each["name"]))
                for each in form["files"]
            ),
            sent_at=datetime.fromisoformat(form["sent_at"]),
            fields=fields,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise Unreadable("not a form of ours") from broken
