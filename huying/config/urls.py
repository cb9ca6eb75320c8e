"""Which door an address leads to. `/in/…` and `/live/…` never come here (see asgi.py)."""

from contextlib import suppress

from django.urls import URLPattern, URLResolver, include, path

from huying.report import views as report

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", report.healthz),
    path("readyz", report.readyz),
]
for _prefix, _door in (("console/", "console"), ("numbers/", "report"), ("", "citizen")):
    with suppress(ImportError):  # while the doors are being built
        urlpatterns.append(path(_prefix, include(f"huying.{_door}.urls")))
