"""The web: granian around `config/asgi.py`. `python -m huying.config.serve`, usually by bin/run."""

import os
import signal

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels

from huying.config import orphans

OPEN_ANSWERS_MAX = 4096  # in one process; each browser on the feed is one
STOP_WITHIN_S = 8  # for the answers that are being made


# One process cannot use two cores; the measured rates of docs/decisions/0003 take two.
DEFAULT_PROCESSES = str(min(2, os.cpu_count() or 1))


def main() -> None:
    """Serves on HOST (127.0.0.1) and PORT (8000) with WEB_PROCESSES until SIGTERM."""
    # Meant for the processes that hold the feed (see asgi.py); this one only looks after them.
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    os.environ[orphans.PARENT] = str(os.getpid())
    Granian(
        "huying.config.asgi:app",
        address=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8000")),
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,  # whoever wants more puts a proxy in front, for TLS too
        loop=Loops.asyncio,
        websockets=False,
        workers=int(os.environ.get("WEB_PROCESSES", DEFAULT_PROCESSES)),
        backpressure=OPEN_ANSWERS_MAX,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN_S,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
