"""The addresses of the home and the pages around it."""

from __future__ import annotations

from django.urls import path

from portal.views import home, map, messages, overview, pages, public, register

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("messages/", messages.inbox, name="inbox"),
    path("messages/read/", messages.read_all, name="read_all"),
    path("messages/<int:pk>/", messages.open_message, name="message"),
    path("overview/", overview.overview, name="overview"),
    path("map/", map.township_map, name="map"),
    path("menu/", pages.menu, name="menu"),
    path("help/", pages.manual, name="help"),
    path("text-size/", pages.choose_text_size, name="text_size"),
    path("feedback/", pages.feedback, name="feedback"),
    path("grids/", register.register, name="register"),
    path("grids/at/", register.at, name="grid_at"),
    path("grids/<str:code>/", register.grid, name="grid"),
    path("public/", public.home, name="public"),
    path("public/text-size/", public.text_size, name="public_text_size"),
    path("public/plans/", public.plans, name="public_plans"),
    path("public/plans/<str:number>/", public.plan, name="public_plan"),
    path("public/lists/", public.lists, name="public_lists"),
    path("public/lists/<str:code>/", public.matter_list, name="public_list"),
    path("public/lists/<str:code>/<str:number>/", public.matter_list, name="public_edition"),
    path("public/grid/<str:code>/", public.grid, name="public_grid"),
    path("public/<str:code>/", public.place, name="public_place"),
    path("g/<str:code>/", public.short, name="short"),
    path("dev/components/", pages.components, name="components"),
]
