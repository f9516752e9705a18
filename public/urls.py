"""The addresses of the public pages."""

from __future__ import annotations

from django.urls import path

from public import views

app_name = "public"

urlpatterns = [
    path("public/", views.home, name="home"),
    path("public/report/", views.tell, name="tell"),
    path("public/complain/", views.complain, name="complain"),
    path("public/text-size/", views.text_size, name="text_size"),
    path("public/plans/", views.plans, name="plans"),
    path("public/plans/<str:number>/", views.plan, name="plan"),
    path("public/lists/", views.lists, name="lists"),
    path("public/lists/<str:code>/", views.matter_list, name="list"),
    path("public/lists/<str:code>/<str:number>/", views.matter_list, name="edition"),
    path("public/grid/<str:code>/", views.grid, name="grid"),
    path("public/<str:code>/", views.place, name="place"),
    path("g/<str:code>/", views.short, name="short"),
]
