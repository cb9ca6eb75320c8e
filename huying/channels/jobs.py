from django.utils.timezone import now

from huying.channels import actions


def drain() -> int:
    """Move what the ear journaled while the database was away into the table."""
    return actions.drain()


def fetch_media() -> int:
    """Fetch pictures and recordings that the platforms hold for us."""
    return actions.fetch_media(at=now())
