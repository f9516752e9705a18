"""The addresses of notice boards."""

from __future__ import annotations

from django.urls import path

from boards.views import boards, verbs

app_name = "boards"

urlpatterns = [
    path("boards/", boards.boards, name="boards"),
    path("boards/print/", boards.print_boards, name="print"),
    path("boards/photos/<uuid:uid>/", boards.photo, name="photo"),
    path("boards/<str:code>/", boards.board, name="board"),
    path("boards/<str:code>/post/", verbs.post, name="post"),
    path("boards/<str:code>/places/<int:pk>/check/", verbs.check, name="check"),
    path("boards/<str:code>/places/<int:pk>/take-down/", verbs.remove, name="take_down"),
]
