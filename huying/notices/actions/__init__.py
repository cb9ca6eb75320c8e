"""The verbs of this room: what we say by ourselves, what officers say, and how a case ends.

Reactions only queue words here; `send_next` says them.
"""

from huying.notices.actions.asking import ask_missing, tell_emergency
from huying.notices.actions.ending import close_unheard, confirm, dispute, hear, reopen
from huying.notices.actions.officers import mark_seen, offer_to_officers, warn_officers
from huying.notices.actions.sending import send_next, try_again
from huying.notices.actions.speaking import ask, call, reply
from huying.notices.actions.telling import (
    tell_declined,
    tell_merged,
    tell_progress,
    tell_receipt,
    tell_reopened,
    tell_result,
)

__all__ = [
    "ask",
    "ask_missing",
    "call",
    "close_unheard",
    "confirm",
    "dispute",
    "hear",
    "mark_seen",
    "offer_to_officers",
    "reopen",
    "reply",
    "send_next",
    "tell_declined",
    "tell_emergency",
    "tell_merged",
    "tell_progress",
    "tell_receipt",
    "tell_reopened",
    "tell_result",
    "try_again",
    "warn_officers",
]
