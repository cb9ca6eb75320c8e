from django.utils.timezone import now

from huying.triage import actions


def assess_next() -> int:
    """Rank the cases with new words."""
    return actions.assess_next(at=now())
