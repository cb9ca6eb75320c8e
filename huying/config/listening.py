"""How the feed and the worker reach the database to LISTEN: past the ORM, to the same place."""

from django.db import connections
from psycopg.conninfo import make_conninfo

FEED = "huying_feed"  # payload: [entry id, case reference, kind], or a list of such
WORK = "huying_work"  # no payload: somebody left something to do


def address() -> str:
    """The database of Django's default connection, as libpq wants to read it."""
    parameters = connections["default"].get_connection_params()
    told = {
        name: str(value)
        for name, value in parameters.items()
        # What is left are words for psycopg's classes, not for libpq.
        if isinstance(value, str | int) and name not in {"client_encoding", "prepare_threshold"}
    }
    return make_conninfo(**told, keepalives_idle="10", keepalives_interval="5")
