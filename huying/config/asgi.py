"""One port, three doors: `/in/` the ear, `/live/` the feed, and Django for everything else.

The first two are small ASGI functions. Django's views are plain functions that wait for the
database, so they run in threads behind a bridge: decision 0004 has the figures.
"""

import asyncio
import os
import signal

from django.core.wsgi import get_wsgi_application

from huying.config.bridge import Bridge, Receive, Scope, Send
from huying.config.orphans import follow_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
_django = get_wsgi_application()

# The rooms may be imported only when Django knows them.
from huying.channels import ear  # noqa: E402
from huying.config import live  # noqa: E402

THREADS = int(os.environ.get("WEB_THREADS", "8"))  # each holds a database connection

_pages = Bridge(_django, threads=THREADS)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI. Gives the request to the door that its path names."""
    if scope["type"] == "lifespan":
        await _live_and_die(receive, send)
        return
    if scope["type"] != "http":
        return
    path = scope["path"]
    if path.startswith("/in/"):
        await ear.app(scope, receive, send)
    elif path.startswith("/live/"):
        await live.app(scope, receive, send)
    else:
        await _pages(scope, receive, send)


async def _live_and_die(receive: Receive, send: Send) -> None:
    await receive()  # lifespan.startup
    # The server waits for open answers before it ends, and the feed's answers never end by
    # themselves: whoever stops us says so beforehand, see `huying.config.run`.
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, live.close)
    # A message half-way in is not acknowledged, so dying at once loses nothing.
    follow_parent(signal.SIGKILL)
    await send({"type": "lifespan.startup.complete"})
    await receive()  # lifespan.shutdown
    live.close()
    await ear.close()
    await send({"type": "lifespan.shutdown.complete"})
