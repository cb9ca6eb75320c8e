"""The verbs of this room: keep what came in, say what goes out."""

from huying.channels.actions.inbound import (
    claim_unread,
    drain,
    fail,
    keep,
    keep_form,
    mark_read,
    retry,
)
from huying.channels.actions.media import expect_media, fetch_media
from huying.channels.actions.outbound import open_windows, send, send_all

__all__ = [
    "claim_unread",
    "drain",
    "expect_media",
    "fail",
    "fetch_media",
    "keep",
    "keep_form",
    "mark_read",
    "open_windows",
    "retry",
    "send",
    "send_all",
]
