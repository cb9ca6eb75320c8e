"""What can come of writing to somebody. Plain values, shared by every channel that can speak."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Post:
    """Words for somebody, on the channel and account that they wrote to us on."""

    channel: str
    account: str
    recipient: str = field(repr=False)  # the channel's own name for them, such as an openid
    text: str = field(repr=False)


@dataclass(frozen=True)
class Sent:
    """The platform took it, in so many parts."""

    parts: int


class Undeliverable(Exception):
    """The platform did not take it. `code` is the platform's own, 0 when it was never asked.

    After `retry_after_s` seconds the same may be tried again. None: not on this channel, until
    the person writes again; somebody must find another way to reach them.
    """

    def __init__(self, code: int, reason: str, *, retry_after_s: int | None) -> None:
        super().__init__(f"{code} {reason}")
        self.code, self.reason, self.retry_after_s = code, reason, retry_after_s
        self.closes_window = False  # nothing more can be said to this recipient for now
        self.is_uncertain = False  # it may have arrived all the same

    @property
    def permanent(self) -> bool:
        """Whether trying again is useless."""
        return self.retry_after_s is None


class TokenRefused(Exception):
    """The platform does not know our access token any more."""


def parts(text: str, *, bytes_max: int) -> Sequence[str]:
    """`text` in pieces of at most `bytes_max` in UTF-8, cut between lines where possible."""
    pieces: list[str] = []
    rest = text.strip()
    while len(rest.encode()) > bytes_max:
        fits = rest.encode()[:bytes_max].decode(errors="ignore")
        line_end = fits.rfind("\n")
        # A line that fills less than half a piece would cost a message of its own.
        cut = line_end if line_end > len(fits) // 2 else len(fits)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest]
