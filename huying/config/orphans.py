"""A process of ours does not outlive the one that started it.

`python -m huying.config.orphans MODULE …` runs a module like `python -m MODULE …`, and ends it
with SIGTERM when the process that started it has died, even by kill -9.
"""

import os
import runpy
import signal
import sys
import threading
import time

LOOK_EVERY_S = 0.5
PARENT = "HUYING_PARENT"  # who starts one of us writes its number here; it may die before we look


def follow_parent(kind: signal.Signals) -> None:
    """Sends `kind` to this process when its parent has died.

    A thread that looks, since only Linux would tell a child by itself.
    """
    parent = int(os.environ.get(PARENT, os.getppid()))

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY_S)
        os.kill(os.getpid(), kind)

    threading.Thread(target=watch, name="follow-parent", daemon=True).start()


def main(argv: list[str]) -> None:
    """Follows the parent, and is the module `argv[0]` from now on."""
    follow_parent(signal.SIGTERM)
    sys.argv = argv
    runpy.run_module(argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
