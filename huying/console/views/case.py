"""One case: everything known of it, and everything that can be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from huying.cases.lifecycle import MoveRefused
from huying.cases.models import Case
from huying.clocks.actions import take
from huying.clocks.models import Clock
from huying.console.deeds import PLACES, Deed, Doing, deed_called, deeds_for
from huying.console.forms import DeedForm
from huying.console.labels import label
from huying.console.queries.case_page import CasePage, case_page, own_part
from huying.console.queries.inbox import unseen
from huying.console.sight import Sight, permits, sight
from huying.console.views.access import for_officers
from huying.dispatch.actions.accept import acts_for
from huying.dispatch.models import Task
from huying.dispatch.rules import LIVE, TaskRefused
from huying.notices.rules import TooEarly
from huying.units.models import Officer
from huying.units.rights import Right


@dataclass(frozen=True)
class Shown:
    """A form on the page."""

    deed: Deed
    form: DeedForm
    url: str
    is_open: bool  # it was sent and came back with errors


@dataclass(frozen=True)
class Answer:
    """What the page says besides the case: a form that came back, a field in clear."""

    status: int = 200
    forms: Mapping[tuple[str, int], DeedForm] = field(default_factory=dict)
    revealed: str = ""


@require_GET
@never_cache
@for_officers(Right.SEE_CASE)
def case(request: HttpRequest, officer: Officer, reference: str) -> HttpResponse:
    found, seen = _visible(officer, reference)
    return _page(request, Doing(found, officer, now()), seen, Answer())


@require_POST
@never_cache
@for_officers(Right.SEE_CASE)
def act(
    request: HttpRequest, officer: Officer, reference: str, name: str, task_id: int = 0
) -> HttpResponse:
    """Do one thing with the case, or with a task of it; 403, 422 and 409 say why not."""
    found, seen = _visible(officer, reference)
    task = get_object_or_404(_tasks(found), pk=task_id) if task_id else None
    deed = deed_called(name, of_task=task is not None)
    if deed is None:
        raise Http404
    if not permits(officer, deed.right, seen):
        raise PermissionDenied(_("您的角色没有这项权限。"))
    doing = Doing(found, officer, now(), task)
    form = deed.form(request.POST, case=found, officer=officer, task=task, at=doing.at)
    if not form.is_valid():
        return _page(request, doing, seen, Answer(422, {(name, task_id): form}))
    try:
        result = deed.run(doing, form.cleaned_data)
    except (MoveRefused, TaskRefused, TooEarly, ValueError) as refused:
        return _refused(request, doing, seen, refused)
    if result is not None:
        # Shown once, in the answer to this very click: the address alone never shows it.
        return _page(request, doing, seen, Answer(revealed=result))
    messages.success(request, _("已记录：%s") % deed.form.button)
    return _onward(request, found)


@require_POST
@for_officers(Right.TAKE_OVER)
def take_over(
    request: HttpRequest, officer: Officer, reference: str, clock_id: int
) -> HttpResponse:
    """Somebody on the ladder says: I see to it."""
    found, seen = _visible(officer, reference)
    if not permits(officer, Right.TAKE_OVER, seen):
        raise PermissionDenied(_("您的角色没有这项权限。"))
    clock = get_object_or_404(Clock, case=found, pk=clock_id)
    take(clock, officer=officer, at=now())
    messages.success(request, _("已接手督办：%s") % label(clock.promise, "promise"))
    return _onward(request, found)


def _visible(officer: Officer, reference: str) -> tuple[Case, Sight]:
    cases = Case.objects.select_related("desk", "area", "person", "merged_into")
    found = get_object_or_404(cases, reference=reference)
    seen = sight(officer, found)
    if seen == Sight.NONE:
        raise PermissionDenied(_("这个工单不在您能查看的范围内。"))
    return found, seen


def _tasks(found: Case) -> QuerySet[Task]:
    return Task.objects.filter(case=found).select_related("unit", "case")


def _onward(request: HttpRequest, found: Case) -> HttpResponse:
    if request.POST.get("back") == "inbox":
        return redirect("inbox")
    return redirect("case", found.reference)


def _refused(request: HttpRequest, doing: Doing, seen: Sight, refused: Exception) -> HttpResponse:
    # Somebody else was faster, mostly: the page is shown as it is now.
    doing.case.refresh_from_db()
    if isinstance(refused, MoveRefused):
        sentence = _("工单现在是“%s”，不能这样做。") % label(doing.case.state, "state")
    else:
        sentence = _("没有办成：%s") % refused
    messages.error(request, sentence)
    return _page(request, doing, seen, Answer(409))


def _page(request: HttpRequest, doing: Doing, seen: Sight, answer: Answer) -> HttpResponse:
    page = case_page(doing.case, seen)
    if seen == Sight.OWN:
        page = own_part(page, doing.officer)
    context = {
        "officer": doing.officer,
        "page": page,
        "case": doing.case,
        "places": _places(doing, page, seen, answer),
        "task_forms": _task_forms(doing, page, seen, answer),
        "may_take_over": permits(doing.officer, Right.TAKE_OVER, seen),
        "revealed": answer.revealed,
        "now": doing.at,
        "unseen": unseen(doing.officer),
    }
    return render(request, "console/case.html", context, status=answer.status)


def _places(
    doing: Doing, page: CasePage, seen: Sight, answer: Answer
) -> list[tuple[str, object, list[Shown]]]:
    about = Doing(doing.case, doing.officer, doing.at, is_contested=page.is_contested)
    shown = _shown(about, seen, answer)
    return [
        (place, title, [one for one in shown if one.deed.place == place])
        for place, title in PLACES.items()
        if any(one.deed.place == place for one in shown)
    ]


def _task_forms(
    doing: Doing, page: CasePage, seen: Sight, answer: Answer
) -> list[tuple[Task, list[Shown]]]:
    live = [task for task in page.tasks if task.state in LIVE and acts_for(doing.officer, task)]
    forms = [
        (task, _shown(Doing(doing.case, doing.officer, doing.at, task), seen, answer))
        for task in live
    ]
    return [(task, shown) for task, shown in forms if shown]


def _shown(doing: Doing, seen: Sight, answer: Answer) -> list[Shown]:
    task_id = doing.task.pk if doing.task else 0
    shown = []
    for deed in deeds_for(doing, seen):
        back = answer.forms.get((deed.name, task_id))
        form = back or deed.form(
            case=doing.case, officer=doing.officer, task=doing.task, at=doing.at
        )
        shown.append(Shown(deed, form, _url(doing, deed), is_open=back is not None))
    return shown


def _url(doing: Doing, deed: Deed) -> str:
    if doing.task:
        return reverse("act-on-task", args=[doing.case.reference, doing.task.pk, deed.name])
    return reverse("act", args=[doing.case.reference, deed.name])
