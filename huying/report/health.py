"""Is this process alive, and can it do its work? For the supervisor and the load balancer."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def unready() -> str:
    """Why no work can be done now; empty if it can."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as failure:
        return f"no database: {type(failure).__name__}"
    return f"{len(missing)} migrations are not applied" if missing else ""
