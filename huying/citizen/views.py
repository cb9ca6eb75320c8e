"""The person's door: write, look, add, confirm. Works without JavaScript and without cookies.

There are no CSRF tokens here: these pages act on a receipt code in the address and never on a
cookie, so a foreign page can do nothing in somebody's name that it couldn't do in its own. Nor
is anybody locked out for guessing codes: a whole district sits behind one address, and with
30^12 codes guessing leads nowhere.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.cases.lifecycle import MoveRefused
from huying.cases.models import Case
from huying.channels.actions import keep_form
from huying.channels.keyed import RECEIPT_CHARACTERS
from huying.channels.models import Inbound
from huying.channels.web.form import (
    FIELD_CHARACTERS_MAX,
    FILE_BYTES_MAX,
    FILES_MAX,
    TEXT_CHARACTERS_MAX,
    FormRefused,
    Upload,
)
from huying.citizen.forms import read_plea, words
from huying.citizen.queries import held_case, message_of, page_of
from huying.citizen.rules import grouped, tidy_code
from huying.citizen.words import NOTICES, REFUSALS
from huying.intake.queries import case_of_receipt
from huying.notices import actions as notices

ACCOUNT = "site"
MEBIBYTE = 1024 * 1024
BODY_BYTES_MAX = FILES_MAX * FILE_BYTES_MAX + MEBIBYTE  # all the files, and the words around them
YEAR_S = 365 * 24 * 60 * 60
PRINTS = frozenset({"normal", "large"})
SATISFIED = frozenset({"yes", "mostly", "no"})
LIMITS = {
    "words_max": TEXT_CHARACTERS_MAX,
    "place_max": FIELD_CHARACTERS_MAX,
    "files_max": FILES_MAX,
    "file_mb_max": FILE_BYTES_MAX // MEBIBYTE,
    "total_mb_max": FILES_MAX * FILE_BYTES_MAX // MEBIBYTE,
    "receipt_characters": RECEIPT_CHARACTERS,
}

View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """A page with somebody's plea on it: kept by no cache, no search engine, no next page."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except OperationalError:
            response = _page(request, "away", status=503)
            response["Retry-After"] = "60"
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return answer


@private
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The first page: emergency numbers, the form, where to look."""
    if request.method != "POST":
        return _start(request)
    if _is_too_large(request):
        return _page(request, "too_large", status=413)
    try:
        kept = _keep(request, {})
    except Refusal as refusal:
        return _start(request, refusal)
    if kept.pk is None:
        # The database is away and the journal has it. There is nothing to look up yet.
        return _page(request, "kept", {"receipt": kept.receipt, "code": grouped(kept.receipt)})
    # Sent back and not shown at once: reloading the page must not send the form again.
    return _to_status(kept.receipt, "sent")


@private
@require_GET
def status(request: HttpRequest, typed: str) -> HttpResponse:
    """Where the message with this receipt stands, from the first second on."""
    receipt = tidy_code(typed)
    if not receipt:
        return _unknown(request, typed)
    if receipt != typed:
        return redirect("citizen:status", receipt)
    return _status(request, receipt)


@private
@require_POST
def more(request: HttpRequest, typed: str) -> HttpResponse:
    """The person writes again, into the same case."""
    receipt = tidy_code(typed)
    if _is_too_large(request):
        return _page(request, "too_large", status=413)
    first = message_of(receipt)
    if first is None:
        return _unknown(request, typed)
    named = {"receipt": receipt}
    if first.channel == "web":
        # The same person as before, also while nobody has read the first message yet.
        named["writer"] = first.external_id
    try:
        _keep(request, named)
    except Refusal as refusal:
        return _status(request, receipt, refusal)
    return _to_status(receipt, "more")


@private
@require_POST
def confirm(request: HttpRequest, typed: str) -> HttpResponse:
    """The person says: solved."""

    def say(case: Case) -> None:
        satisfied = request.POST.get("satisfied", "")
        notices.confirm(
            case,
            words=words(request)[:TEXT_CHARACTERS_MAX],
            satisfied=satisfied if satisfied in SATISFIED else "",
            officer=None,
            at=now(),
        )

    return _said(request, typed, say, "confirmed")


@private
@require_POST
def dispute(request: HttpRequest, typed: str) -> HttpResponse:
    """The person says: not solved."""

    def say(case: Case) -> None:
        notices.dispute(case, words=words(request)[:TEXT_CHARACTERS_MAX], officer=None, at=now())

    return _said(request, typed, say, "disputed")


@private
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """From a receipt code, as somebody typed it, to its page."""
    typed = request.GET.get("code", "")[:100]
    code = tidy_code(typed)
    if code and page_of(code):
        return redirect("citizen:status", code)
    return _page(request, "find", {"code": typed}, status=404 if code else 200)


@require_GET
def display(request: HttpRequest) -> HttpResponse:
    """Large print and language, kept in cookies, then back to where they were chosen."""
    target = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = reverse("citizen:start")
    response = HttpResponseRedirect(target)
    size, language = request.GET.get("print"), request.GET.get("language")
    if size in PRINTS:
        response.set_cookie("print", size, max_age=YEAR_S, samesite="Lax", secure=settings.SECURE)
    if language in dict(settings.LANGUAGES):
        name = settings.LANGUAGE_COOKIE_NAME
        response.set_cookie(name, language, max_age=YEAR_S, samesite="Lax", secure=settings.SECURE)
    return response


class Refusal(Exception):
    """Nothing was kept. `status` is the HTTP status, `why` a key of `words.REFUSALS`."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


def _keep(request: HttpRequest, named: Mapping[str, str]) -> Inbound:
    try:
        fields, files = read_plea(request)
        fields |= named
        token = _token(request.POST.get("token", ""), fields, files)
        return keep_form(ACCOUNT, token=token, fields=fields, files=files, at=now())
    except FormRefused as refused:
        raise Refusal(422, refused.reason) from refused
    except (DatabaseError, OSError) as failure:
        # Never say that we have it when we have not: they must know that it is still with them.
        raise Refusal(503, "away") from failure


def _token(given: str, fields: Mapping[str, str], files: list[Upload]) -> str:
    """What the message is kept under: the same for a form that is sent twice.

    The words are part of it. Who goes back, corrects a number and sends the form again has said
    something new, although the page and its hidden token are the old ones.
    """
    digest = hashlib.sha256(f"{given}\0{sorted(fields.items())}".encode(errors="replace"))
    for file in files:
        digest.update(hashlib.sha256(file.content).digest())
    return digest.hexdigest()[:40]


def _said(
    request: HttpRequest, typed: str, say: Callable[[Case], None], notice: str
) -> HttpResponse:
    receipt = tidy_code(typed)
    case = case_of_receipt(receipt)
    if case is None:
        return _unknown(request, typed)
    try:
        say(held_case(case))
    except MoveRefused:
        # Pressed twice, or an officer was quicker. The page says how it stands.
        notice = "late"
    return _to_status(receipt, notice)


def _to_status(receipt: str, notice: str) -> HttpResponse:
    return redirect(f"{reverse('citizen:status', args=[receipt])}?said={notice}")


def _start(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    context = {
        "given": request.POST,
        "token": secrets.token_urlsafe(16),
        "files_lost": bool(request.FILES),
    }
    return _page(request, "start", context, refusal=refusal)


def _status(request: HttpRequest, receipt: str, refusal: Refusal | None = None) -> HttpResponse:
    page = page_of(receipt)
    if page is None:
        return _unknown(request, receipt)
    context = {
        "page": page,
        "at": now(),
        "notice": NOTICES.get(request.GET.get("said", "")),
        "given": request.POST,
        "token": secrets.token_urlsafe(16),
    }
    return _page(request, "status", context, refusal=refusal)


def _unknown(request: HttpRequest, typed: str) -> HttpResponse:
    return _page(request, "find", {"code": typed}, status=404)


def _page(
    request: HttpRequest,
    name: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    refusal: Refusal | None = None,
) -> HttpResponse:
    told = {"refusal": REFUSALS.get(refusal.why, REFUSALS["unknown"])} if refusal else {}
    status = refusal.status if refusal else status
    return render(
        request, f"citizen/{name}.html", {**LIMITS, **told, **(context or {})}, status=status
    )


def _is_too_large(request: HttpRequest) -> bool:
    # Looked at before the body is read: nobody shall fill our disk with a film.
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdigit() or int(length) > BODY_BYTES_MAX
