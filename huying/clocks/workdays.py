"""Working days of the Chinese statutory calendar, make-up days included."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

LOCAL = ZoneInfo("Asia/Shanghai")


@lru_cache(maxsize=1024)
def is_workday(day: date) -> bool:
    """Whether offices work on `day`; a year that isn't announced yet counts Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


@lru_cache(maxsize=1024)
def _day_after(day: date, days: int) -> date:
    while days:
        day += timedelta(days=1)
        days -= is_workday(day)
    return day


def after_workdays(start: datetime, days: int) -> datetime:
    """The same time of day, `days` working days after `start`."""
    local = start.astimezone(LOCAL)
    end = datetime.combine(_day_after(local.date(), days), local.timetz())
    return end.astimezone(start.tzinfo)
