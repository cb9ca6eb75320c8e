"""Where this installation keeps what is its own: secrets, accounts, journal, embedded database."""

import os
from pathlib import Path

CODE = Path(__file__).resolve().parent.parent.parent


def home() -> Path:
    """The folder named by HUYING_HOME, else `.run` beside the code. It need not exist yet."""
    named = os.environ.get("HUYING_HOME")
    return Path(named).expanduser().resolve() if named else CODE / ".run"
