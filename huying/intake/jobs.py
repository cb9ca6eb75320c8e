from django.utils.timezone import now

from huying.intake import actions


def read_next() -> int:
    """Read the messages that came in."""
    return actions.read_next(at=now())
