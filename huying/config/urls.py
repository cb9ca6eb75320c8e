"""Which door an address leads to. `/in/…` and `/live/…` never come here (see asgi.py)."""

from django.urls import include, path

from huying.report import views as report

urlpatterns = [
    path("console/", include("huying.console.urls")),
    path("numbers/", include("huying.report.urls")),
    path("healthz", report.healthz),
    path("readyz", report.readyz),
    path("metrics", report.metrics),
    path("", include("huying.citizen.urls")),
]
