"""Several workers in the same moment, each with a connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection

PATIENCE_S = 30  # a deadlock is found by PostgreSQL after one


def at_once(*workers: Callable[[], object]) -> None:
    """Run the workers together. Raises the first thing that one of them raised."""
    together = Barrier(len(workers))
    raised: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            together.wait(PATIENCE_S)
            work()
        except BaseException as failure:
            raised.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(work,), daemon=True) for work in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), "a worker waits for ever"
    if raised:
        raise raised[0]
