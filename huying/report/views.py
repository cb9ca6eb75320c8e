"""The public figures, what only officers see of them, and whether we are well."""

from datetime import date, timedelta
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.utils.timezone import localtime, now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from huying.channels import ear
from huying.report import tables
from huying.report.audit import audit
from huying.report.chart import chart
from huying.report.export import as_csv
from huying.report.health import unready
from huying.report.metrics import exposition
from huying.report.queries import DAYS_DEFAULT, DAYS_MAX, figures
from huying.report.reconcile import reconcile
from huying.report.rules import Figures
from huying.report.words import CHANNELS, DEFINITIONS
from huying.units.models import Officer
from huying.units.rights import Scope, scope

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads our Chinese as something else


LONG_DAYS = 60  # a longer period than this is counted once a minute, however many ask
REMEMBERED_S = 60


@require_GET
def numbers(request: HttpRequest) -> HttpResponse:
    """What came in, what became of it, and whether we kept our promises."""
    since, until = _period(request)
    found = _figures(since, until)
    channels = sorted(found.by_channel)
    context = {
        "figures": found,
        "chart": chart(found.days()),
        "channels": [CHANNELS.get(code, code) for code in channels],
        "by_channel": tables.count_rows(found, "channel"),
        "by_nature": tables.count_rows(found, "nature"),
        "times": tables.time_rows(found),
        "promises": tables.promise_rows(found),
        "days": tables.day_rows(found, channels),
        "definitions": DEFINITIONS.items(),
        "days_max": DAYS_MAX,
        "at": now(),
    }
    return render(request, "report/numbers.html", context)


@require_GET
def numbers_csv(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    since, until = _period(request)
    text = as_csv(_figures(since, until))
    response = HttpResponse(BYTE_ORDER_MARK + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="huying-{since}-{until}.csv"'
    return response


@never_cache
@login_required
@require_GET
def reconciled(request: HttpRequest) -> HttpResponse:
    """Received = stored = decided, and what the auditor finds. For officers who see all cases."""
    officer = Officer.objects.select_related("unit").filter(user=request.user.pk).first()
    # It names cases, so it is not for companies, nor for a unit that sees only its own.
    if officer is None or scope(officer.role, outside=officer.unit.outside) is not Scope.ALL:
        raise PermissionDenied
    at = now()
    context = {"reconciled": reconcile(at), "findings": audit(at=at), "at": at}
    return render(request, "report/reconciled.html", context)


@never_cache
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and is what the code expects; else 503 and why not."""
    why = unready()
    return JsonResponse({"status": why or "ok"}, status=503 if why else 200)


@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """How we are, for a machine that watches: from this machine, or with the token."""
    if not _may_watch(request):
        return HttpResponse("forbidden\n", status=403, content_type="text/plain")
    text = exposition(at=now(), heard=dict(ear.COUNTS))
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_watch(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token and constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}"):
        return True
    # What a proxy on this machine passes on comes from here too, and is from anybody.
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _figures(since: date, until: date) -> Figures:
    # A year of 200 000 cases takes a second to count, and anybody may ask for it.
    if (until - since).days <= LONG_DAYS:
        return figures(since=since, until=until, at=now())
    key = f"figures:{since}:{until}"
    remembered: Figures | None = cache.get(key)
    if remembered is None:
        remembered = figures(since=since, until=until, at=now())
        cache.set(key, remembered, REMEMBERED_S)
    return remembered


def _period(request: HttpRequest) -> tuple[date, date]:
    """The days asked for, counted in; the latest thirty if the question makes no sense."""
    today = localtime(now()).date()
    until = min(_day(request.GET.get("until", "")) or today, today)
    since = _day(request.GET.get("since", "")) or until - timedelta(days=DAYS_DEFAULT - 1)
    return max(min(since, until), until - timedelta(days=DAYS_MAX - 1)), until


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
