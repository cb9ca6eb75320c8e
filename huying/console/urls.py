"""Addresses of the console. A case is called by its reference, which never looks like a word."""

from django.contrib.auth.views import LogoutView
from django.urls import path, register_converter
from django.views.i18n import set_language

from huying.cases.rules import ALPHABET
from huying.console.views import case, pages


class Reference:
    """A case's reference: capitals and digits, so that no page's name looks like one."""

    regex = f"[{ALPHABET}]{{4,12}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Reference, "reference")

urlpatterns = [
    path("", pages.board, name="board"),
    path("login", pages.LogIn.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("inbox", pages.inbox, name="inbox"),
    path("bell", pages.bell, name="bell"),
    path("unread", pages.unread, name="unread"),
    path("machine", pages.machine, name="machine"),
    path("rights", pages.rights, name="rights"),
    path("duty", pages.duty, name="duty"),
    path("search", pages.search, name="search"),
    path("looks", pages.looks, name="looks"),
    path("language", set_language, name="language"),
    path("<reference:reference>", case.case, name="case"),
    path("<reference:reference>/clock/<int:clock_id>/take", case.take_over, name="take-over"),
    path("<reference:reference>/task/<int:task_id>/<slug:name>", case.act, name="act-on-task"),
    path("<reference:reference>/<slug:name>", case.act, name="act"),
]
