"""The addresses of notice boards."""

from __future__ import annotations

from django.urls import path

from boards.views import boards
from boards.views.verbs import BoardVerb

app_name = "boards"

urlpatterns = [
    path("boards/", boards.boards, name="boards"),
    path("boards/print/", boards.print_boards, name="print"),
    path("boards/photos/<uuid:uid>/", boards.photo, name="photo"),
    path("boards/<str:code>/", boards.board, name="board"),
    path("boards/<str:code>/post/", BoardVerb.as_view(verb="post"), name="post"),
    path("boards/<str:code>/places/<int:pk>/check/", BoardVerb.as_view(verb="check"), name="check"),
    path(
        "boards/<str:code>/places/<int:pk>/take-down/", BoardVerb.as_view(verb="take_down"), name="take_down"
    ),
]
