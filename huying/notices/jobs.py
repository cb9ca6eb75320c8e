from django.utils.timezone import now

from huying.notices import actions


def send_next() -> int:
    """Say what is queued for people."""
    return actions.send_next(at=now())
