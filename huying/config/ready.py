"""Makes the database what the code expects, and loads the demo city. Called by bin/run.

Looks first: when nothing is new, nothing is done, and the second start takes a moment.
"""

import os
import sys

import django
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor


def main() -> int:
    """Migrates and loads the demo, whose words pass through. 1 if that is not possible."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
    django.setup()
    try:
        if is_behind():
            call_command("migrate", verbosity=0)
        # The demo's WeChat is played by a child of ours, on the next port.
        call_command("demo", wechat_api=f"http://127.0.0.1:{settings.PORT + 1}")
    except (OperationalError, CommandError) as refused:
        sys.stderr.write(f"{str(refused).strip()}\n")
        return 1
    return 0


def is_behind() -> bool:
    """Whether there is a migration that the database has not seen."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


if __name__ == "__main__":
    raise SystemExit(main())
