"""The pages beside the case itself: board, inbox, bell, what could not be read, rights, duty."""

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_POST

from huying.channels.queries import unreadable
from huying.console.forms import ResponsibleForm
from huying.console.queries import board as boards
from huying.console.queries import duty as duties
from huying.console.queries import inbox as inboxes
from huying.console.queries import machine as machines
from huying.console.queries.search import search as search_for
from huying.console.views.access import for_officers
from huying.notices.actions import mark_seen
from huying.triage.queries import degraded
from huying.units.models import Officer
from huying.units.rights import Right, Role, may, table_rows

LOOKS = {"theme": ("auto", "light", "dark"), "print": ("normal", "large")}
LOOKS_WITHIN_S = 365 * 24 * 60 * 60


class LogIn(LoginView):
    """Who acts for a unit finds their inbox behind it, everybody else the board."""

    template_name = "console/login.html"

    def get_default_redirect_url(self) -> str:
        officer = Officer.objects.filter(user=self.request.user.pk).first()
        is_of_unit = officer and officer.role in (Role.UNIT_OFFICER, Role.UNIT_HEAD)
        return resolve_url("inbox" if is_of_unit else "board")


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The board; who may not see it is shown who is on duty instead."""
    officer = Officer.objects.filter(user=request.user.pk).first()
    if officer and not may(officer.role, Right.SEE_BOARD):
        return redirect("duty")
    return _board(request)


@for_officers(Right.SEE_BOARD)
def _board(request: HttpRequest, officer: Officer) -> HttpResponse:
    tab = request.GET.get("tab", "all")
    tab = tab if tab in boards.TABS else "all"
    mine = request.GET.get("mine") == "1"
    after = request.GET.get("after", "")
    context = {
        "officer": officer,
        "board": boards.board(officer, tab=tab, mine=mine, after=after),
        "tab": tab,
        "mine": mine,
        "after": after,
        "is_degraded": may(officer.role, Right.ASSESS) and degraded(),
        "now": now(),
        "unseen": inboxes.unseen(officer),
    }
    whole = not request.headers.get("HX-Request")
    return render(request, "console/board.html" if whole else "console/_board.html", context)


@require_GET
@for_officers(Right.SEE_CASE)
def inbox(request: HttpRequest, officer: Officer) -> HttpResponse:
    context = {"officer": officer, "inbox": inboxes.inbox(officer), "now": now()}
    context["unseen"] = inboxes.unseen(officer)
    context["may_accept"] = may(officer.role, Right.ACCEPT)
    context["may_return"] = may(officer.role, Right.RETURN_TASK)
    whole = not request.headers.get("HX-Request")
    return render(request, "console/inbox.html" if whole else "console/_inbox.html", context)


@for_officers()
def bell(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What the officer was told. Posting says that all of it was seen."""
    if request.method == "POST":
        mark_seen(officer, at=now())
        return redirect("bell")
    context = {"officer": officer, "notices": inboxes.told(officer), "now": now()}
    context["unseen"] = inboxes.unseen(officer)
    return render(request, "console/bell.html", context)


@require_GET
@for_officers(Right.LOOK)
def unread(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Messages that could not be read: only who may take the first look sees them."""
    context = {"officer": officer, "messages_unread": unreadable(), "now": now()}
    return render(request, "console/unread.html", context)


@require_GET
@for_officers()
def rights(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What each role may do: for everybody here to read."""
    context = {"officer": officer, "roles": list(Role), "rows": list(table_rows()), "now": now()}
    return render(request, "console/rights.html", context)


@require_GET
@for_officers(Right.ASSESS, Right.SEE_NUMBERS)
def machine(request: HttpRequest, officer: Officer) -> HttpResponse:
    """By what rules the machine reads, and how often officers let it stand."""
    at = now()
    context = {"officer": officer, "machine": machines.machine(at), "now": at}
    return render(request, "console/machine.html", context)


@require_GET
@for_officers()
def duty(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Who is there now; with a place and a need in the address, whose it is and why."""
    at = now()
    named = _typed(request.GET.get("unit"))
    form = ResponsibleForm(request.GET if "area" in request.GET else None)
    proof = None
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        proof = duties.proof(said["area"], said["category"], said["when"] or at)
    context = {
        "officer": officer,
        "watches": duties.watches(at, named=named),
        "named": named,
        "form": form,
        "proof": proof,
        "now": at,
    }
    status = 422 if form.is_bound and proof is None else 200
    return render(request, "console/duty.html", context, status=status)


@for_officers(Right.SEE_CASE)
def search(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Find cases. A phone is posted, never asked for in an address: addresses are logged."""
    posted = request.method == "POST"
    wanted = _typed((request.POST if posted else request.GET).get("q"))
    rows = search_for(officer, wanted, also_numbers=posted) if wanted else []
    context = {"officer": officer, "wanted": wanted, "rows": rows, "now": now()}
    return render(request, "console/search.html", context)


@require_POST
def looks(request: HttpRequest) -> HttpResponse:
    """Keep how somebody wants to read, in a cookie of theirs: light, dark, large print."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    answer = HttpResponseRedirect(back)
    for name, options in LOOKS.items():
        if request.POST.get(name) in options:
            answer.set_cookie(
                name, request.POST[name], max_age=LOOKS_WITHIN_S, samesite="Lax", httponly=True
            )
    return answer


def _typed(text: str | None) -> str:
    # No column of text can hold a zero byte, and PostgreSQL refuses to look for one.
    return (text or "").replace("\0", "").strip()
