"""A process of ours does not outlive the one that started it."""

import os
import signal
import threading
import time

LOOK_EVERY_S = 0.5


def follow_parent(kind: signal.Signals) -> None:
    """Sends `kind` to this process when its parent has died, even by kill -9.

    A thread that looks, since only Linux would tell a child by itself.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY_S)
        os.kill(os.getpid(), kind)

    threading.Thread(target=watch, name="follow-parent", daemon=True).start()
