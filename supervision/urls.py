"""The addresses of supervision orders."""

from __future__ import annotations

from django.urls import path

from supervision.views import orders
from supervision.views.verbs import OrderVerb

app_name = "supervision"

urlpatterns = [
    path("orders/", orders.orders, name="orders"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/print/", orders.print_order, name="print"),
    path("orders/<int:pk>/<slug:verb>/", OrderVerb.as_view(), name="act"),
    path("cases/<int:pk>/order/", orders.issue, name="issue"),
]
