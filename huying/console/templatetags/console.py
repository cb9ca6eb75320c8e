"""How values are written on pages: names of codes, masked words, times that are due."""

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from huying.console import labels
from huying.persons.rules import mask_text
from huying.units import rights
from huying.units.models import Officer

register = template.Library()


@register.filter
def label(code: str | None, family: str) -> str:
    """The name of a code: {{ case.urgency|label:"urgency" }}."""
    return labels.label(code, family)


@register.filter
def may(officer: Officer, right: str) -> bool:
    """Whether a page is worth a link: {% if officer|may:"look" %}."""
    return rights.may(officer.role, rights.Right(right))


@register.filter
def masked(text: object) -> str:
    """Free text with phones and identity numbers hidden. Every text of anybody goes through it."""
    return mask_text(str(text or ""))


@register.filter
def detail(value: str) -> str:
    """A detail's value: times in local time, the few codes by name, all else masked."""
    if value == "text_only":
        return _("只用文字")
    at = moment(value) if "T" in value else None
    return timezone.localtime(at).strftime("%m-%d %H:%M") if at and at.tzinfo else masked(value)


@register.filter
def named(code: object, names: Mapping[object, str]) -> str:
    """What `code` is called in `names`: {{ fact.unit|named:page.units }}."""
    return names.get(code, str(code))


@register.filter
def moment(iso: str | None) -> datetime | None:
    """The time in an ISO text, for the date filter; None for what is none, or no local time."""
    try:
        return localtime(datetime.fromisoformat(iso)) if iso else None
    except (ValueError, OverflowError):
        return None


@register.simple_tag
def due(due_at: datetime | None, now: datetime) -> SafeString:
    """When something is due, and how long that is: `console.js` goes on counting."""
    if due_at is None:
        return format_html('<span class="due paused">{}</span>', _("暂停中"))
    late = due_at < now
    return format_html(
        '<time class="due{}" datetime="{}" title="{}">{} {}</time>',
        " late" if late else "",
        due_at.isoformat(),
        timezone.localtime(due_at).strftime("%m-%d %H:%M:%S"),
        _("超时") if late else _("剩"),
        span(abs((due_at - now).total_seconds())),
    )


def span(seconds: float) -> str:
    """A span as a clock shows it: 9:58, 1:05:00, 3 天."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return _("%d 天") % (hours // 24)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def split_path(path: str) -> dict[str, str]:
    """An area's path as its last two names, and those above: a row has no room for the province."""
    names = path.split("/")
    return {"near": " ".join(names[-2:]), "above": " ".join(names[:-2])}


@register.filter
def reader(name: str, officers: Mapping[int, str]) -> str:
    """Who read a detail: an officer's name, the person, a rule or the model."""
    room, _colon, number = name.partition(":")
    if room == "officer" and number.isdigit():
        return officers.get(int(number), name)
    return by_name(name)


@register.filter
def by_name(by: str) -> str:
    """Who wrote a line, for those that are not officers."""
    words = {"person": _("诉求人"), "clock": _("时限"), "form": _("表单"), "model": _("模型")}
    return _("系统") if by.startswith("machine") else words.get(by, by)
