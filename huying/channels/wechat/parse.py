"""What a WeChat callback says. Fields as WeChat names them in 接收普通消息 and 接收事件推送."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from huying.channels.accounts import Account
from huying.channels.message import Kind, Location, Media, Message, Unreadable
from huying.channels.wechat.envelope import Fields, reopen

KINDS = {
    "text": Kind.TEXT,
    "image": Kind.IMAGE,
    "voice": Kind.VOICE,
    "video": Kind.VIDEO,
    "shortvideo": Kind.VIDEO,
    "location": Kind.LOCATION,
    "link": Kind.LINK,
    "event": Kind.EVENT,
}
ID = re.compile(r"[!-~]{1,120}")  # printable ASCII; as long as the column
# WeChat names audio by its container; these are what browsers know it as.
VOICE_TYPES = {"amr": "audio/amr", "speex": "audio/speex", "mp3": "audio/mpeg"}


def parse(body: bytes, meta: Mapping[str, str], account: Account) -> Message:
    """Read one callback that was kept with `meta`. Raises `Unreadable`."""
    return message(reopen(account, meta, body).fields)


def external_id(fields: Fields) -> str:
    """What a repeated callback is known by: MsgId, or for events the sender, second and name.

    Raises `Unreadable` when it says neither, or names no sender.
    """
    if not fields.get("FromUserName", "").strip():
        raise Unreadable("nobody sent it")
    found = fields.get("MsgId", "").strip()
    if not found and fields.get("CreateTime"):
        parts = (fields["FromUserName"], fields["CreateTime"], fields.get("Event", ""))
        found = "+".join(part.strip() for part in parts)
    if not ID.fullmatch(found):
        raise Unreadable("nothing tells this message from another")
    return found


def message(fields: Fields) -> Message:
    """The message that `fields` spell."""
    kind = KINDS.get(fields.get("MsgType", "").strip(), Kind.OTHER)
    return Message(
        external_id=external_id(fields),
        sender=fields["FromUserName"].strip(),
        text=_text(kind, fields),
        kind=kind,
        media=_media(kind, fields),
        location=_location(fields),
        sent_at=_moment(fields.get("CreateTime", "")),
        event=fields.get("Event", "").strip() or None,
        fields={"key": fields["EventKey"].strip()} if fields.get("EventKey") else {},
    )


def _text(kind: Kind, fields: Fields) -> str:
    if kind is Kind.VOICE:
        return fields.get("Recognition", "").strip()
    if kind is Kind.LOCATION:
        return fields.get("Label", "").strip()
    if kind is Kind.LINK:
        lines = (fields.get(name, "").strip() for name in ("Title", "Description", "Url"))
        return "\n".join(line for line in lines if line)
    return fields.get("Content", "").strip()


def _media(kind: Kind, fields: Fields) -> tuple[Media, ...]:
    media_id = fields.get("MediaId", "").strip()
    if kind not in {Kind.IMAGE, Kind.VOICE, Kind.VIDEO} or not media_id:
        return ()
    types = {
        Kind.IMAGE: "image/jpeg",
        Kind.VIDEO: "video/mp4",
        Kind.VOICE: VOICE_TYPES.get(fields.get("Format", "").strip().lower(), ""),
    }
    return (Media(kind=kind.value, media_id=media_id, media_type=types[kind]),)


def _location(fields: Fields) -> Location | None:
    # Sent by hand it is Location_X (north) and Location_Y (east); reported by the app, in full.
    north = fields.get("Location_X") or fields.get("Latitude")
    east = fields.get("Location_Y") or fields.get("Longitude")
    try:
        latitude, longitude = float(north or "nan"), float(east or "nan")
    except ValueError:
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None  # also when there is none: nothing compares with nan
    return Location(latitude=latitude, longitude=longitude, label=fields.get("Label", "").strip())


def _moment(seconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None  # a message without a time is still a message
