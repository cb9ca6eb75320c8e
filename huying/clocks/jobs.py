from django.utils.timezone import now

from huying.clocks import actions


def sweep() -> int:
    """Warn of promises, break those that ran out, climb the ladder."""
    return actions.sweep(at=now())
