from django.utils.timezone import now

from huying.dispatch import actions


def offer_next() -> int:
    """Offer cases to who can act."""
    return actions.offer_next(at=now())


def expire_next() -> int:
    """Move on from units that did not accept in time."""
    return actions.expire_next(at=now())
