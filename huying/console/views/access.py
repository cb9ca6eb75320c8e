"""Who is at the door: an officer who is logged in and holds the right."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from huying.units.models import Officer
from huying.units.rights import Right, may

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
OfficerView = Callable[Concatenate[HttpRequest, Officer, P], HttpResponse]


def for_officers(*rights: Right) -> Callable[[OfficerView[P]], View[P]]:
    """Give the view the officer who asks, if they hold one of `rights`, or if none is named.

    Who is not logged in is sent to log in; else 403.
    """

    def guard(view: OfficerView[P]) -> View[P]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            officer = (
                Officer.objects.select_related("unit", "user").filter(user=request.user.pk).first()
            )
            if officer is None:
                raise PermissionDenied(_("这个账号不是工作人员。"))
            if rights and not any(may(officer.role, right) for right in rights):
                raise PermissionDenied(_("您的角色没有这项权限。"))
            answer = view(request, officer, *args, **kwargs)
            # The next one at this desk must not find it with the browser's button for back.
            add_never_cache_headers(answer)
            return answer

        return guarded

    return guard
