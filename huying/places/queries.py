"""Reads of areas and zones."""

from datetime import datetime

from django.db.models import Max, Q

from huying.places.gazetteer import Gazetteer
from huying.places.models import Area, Load, Zone
from huying.places.rules import line_of

_made: tuple[int, Gazetteer] | None = None  # this process's gazetteer, and the load it was made of


def area(code: str) -> Area:
    """The area with this code, retired or not. Raises `Area.DoesNotExist`."""
    return Area.objects.get(code=code)


def ancestors(code: str) -> list[str]:
    """This area's code and those of the areas around it, most specific first."""
    return line_of(code)


def zones_of(code: str, at: datetime) -> list[Zone]:
    """The zones that hold at `at` for this area or one around it, the earliest first."""
    running = Q(starts_at__lte=at) & (Q(ends_at=None) | Q(ends_at__gt=at))
    return list(
        Zone.objects.filter(running, areas__in=line_of(code)).order_by("starts_at", "id").distinct()
    )


def gazetteer() -> Gazetteer:
    """The names of all areas that are loaded and not retired, made once per process and load.

    Costs one small query; without any load it is the gazetteer that comes with the program.
    """
    global _made
    latest: int | None = Load.objects.aggregate(latest=Max("id"))["latest"]
    if latest is None:
        return Gazetteer.shipped()
    if _made is None or _made[0] != latest:
        rows = Area.objects.filter(retired_at=None).values_list("code", "name")
        _made = (latest, Gazetteer.from_rows(rows.iterator(chunk_size=10_000)))
    return _made[1]
