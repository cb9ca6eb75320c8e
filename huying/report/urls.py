from django.urls import path

from huying.report import views

app_name = "report"
urlpatterns = [
    path("", views.numbers, name="numbers"),
    path("numbers.csv", views.numbers_csv, name="csv"),
    path("reconcile", views.reconciled, name="reconcile"),
]
