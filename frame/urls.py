"""The addresses of the home and the pages around it."""

from __future__ import annotations

from django.urls import path

from frame.views import calendar, home, limits, map, messages, overview, pages, suggestions

app_name = "frame"

urlpatterns = [
    path("", home.home, name="home"),
    path("messages/", messages.inbox, name="inbox"),
    path("messages/read/", messages.read_all, name="read_all"),
    path("messages/<int:pk>/", messages.open_message, name="message"),
    path("overview/", overview.overview, name="overview"),
    path("map/", map.case_map, name="map"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/enter/", calendar.enter, name="enter_calendar"),
    path("calendar/replan/", calendar.replan, name="replan"),
    path("calendar/hours/", calendar.change_hours, name="change_hours"),
    path("calendar/limits/", limits.limits, name="limits"),
    path("calendar/limits/<int:pk>/", limits.change, name="change_limit"),
    path("menu/", pages.menu, name="menu"),
    path("help/", pages.manual, name="help"),
    path("text-size/", pages.choose_text_size, name="text_size"),
    path("feedback/", suggestions.feedback, name="feedback"),
    path("feedback/answers/", suggestions.suggestions, name="suggestions"),
    path("feedback/answers/<int:pk>/", suggestions.answer, name="answer_suggestion"),
]
