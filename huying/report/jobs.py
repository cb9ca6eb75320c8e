from django.utils.timezone import now

from huying.report.audit import audit_next


def audit() -> int:
    """Look for what nobody watches, and beat the heart that an outside watchdog can hear."""
    return len(audit_next(at=now()))
