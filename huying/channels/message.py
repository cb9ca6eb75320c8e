"""What every channel makes of its own format: a message that the rest of the house can read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What sort of thing was sent."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"  # `text` holds what the sender's platform understood, if it said so
    VIDEO = "video"
    LOCATION = "location"
    LINK = "link"
    EVENT = "event"  # nobody said anything: somebody followed, left, pressed a menu
    FORM = "form"  # our own page; what was asked for one by one is in `fields`
    OTHER = "other"  # the platform has learnt something new; a human must look


@dataclass(frozen=True, kw_only=True)
class Media:
    """A picture, a recording or a film that the message carries or points at."""

    kind: str  # image, voice, video, file
    media_id: str = ""  # what the platform wants to hear when we fetch it
    media_type: str = ""  # as MIME where it is known
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Location:
    """A place that the sender pointed at. Degrees, as the platform gave them (WeChat: GCJ-02)."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One delivery, read. `sender` is the channel's own name for the writer, such as an openid."""

    external_id: str
    sender: str
    text: str
    kind: Kind
    media: tuple[Media, ...] = ()
    location: Location | None = None
    sent_at: datetime | None = None  # by the platform's clock
    event: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


# The next two are made for every message by the ear. Not frozen: that would double their price.
@dataclass(kw_only=True, slots=True)
class Answer:
    """What goes back in the same breath, as the body of the HTTP answer."""

    body: bytes
    media_type: str = "text/plain; charset=utf-8"


@dataclass(kw_only=True, slots=True)
class Delivery:
    """One delivery as far as the ear has to understand it: enough to keep and acknowledge it."""

    external_id: str  # tells a repeat from a new message
    meta: Mapping[str, str]  # what a later reader needs besides the body
    answer: Callable[[str, datetime], Answer]  # what to say, given the receipt code and the time


class Unreadable(Exception):
    """The bytes are not a message of this channel."""


class Forged(Exception):
    """The signature is missing or wrong: the channel's platform did not send this."""
