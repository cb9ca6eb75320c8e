from django.urls import path

from huying.citizen import views

app_name = "citizen"
urlpatterns = [
    path("", views.start, name="start"),
    path("find", views.find, name="find"),
    path("display", views.display, name="display"),
    path("s/<str:typed>", views.status, name="status"),
    path("s/<str:typed>/more", views.more, name="more"),
    path("s/<str:typed>/confirm", views.confirm, name="confirm"),
    path("s/<str:typed>/dispute", views.dispute, name="dispute"),
]
