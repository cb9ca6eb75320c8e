"""The PostgreSQL of our own: made, started, watched and stopped from here."""

import os
from pathlib import Path
from urllib.parse import quote


def database_url(home: Path) -> str:
    """How to reach the database: DATABASE_URL if it is set, else the embedded server of `home`.

    Only reads; the embedded server may be stopped or not made yet, then connecting fails.
    """
    given = os.environ.get("DATABASE_URL")
    if given:
        return given
    password_file = home / "pg.password"
    password = password_file.read_text("ascii").strip() if password_file.exists() else ""
    return f"postgresql://huying:{password}@/huying?host={quote(str(home / 'pg' / 'run'), '')}"
