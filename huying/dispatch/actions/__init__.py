"""The verbs of the room, a file for each group of them."""

from huying.dispatch.actions.accept import accept, give_back, hand_on
from huying.dispatch.actions.decide import act_first, arbitrate, decline, leave_to_other, take
from huying.dispatch.actions.offer import Ask, offer, offer_again, offer_all
from huying.dispatch.actions.queue import expire_next, offer_next, want
from huying.dispatch.actions.work import finish, progress, settle

__all__ = [
    "Ask",
    "accept",
    "act_first",
    "arbitrate",
    "decline",
    "expire_next",
    "finish",
    "give_back",
    "hand_on",
    "leave_to_other",
    "offer",
    "offer_again",
    "offer_all",
    "offer_next",
    "progress",
    "settle",
    "take",
    "want",
]
