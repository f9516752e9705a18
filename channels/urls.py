"""The addresses of the channels outside."""

from __future__ import annotations

from django.urls import path

from channels.views import gateways, mine
from channels.views.gateways import GatewayVerb

app_name = "channels"

urlpatterns = [
    path("account/notices/", mine.mine, name="mine"),
    path("channels/", gateways.gateways, name="gateways"),
    path("channels/add/", gateways.add, name="add"),
    path("channels/parked/", gateways.parked_rows, name="parked"),
    path("channels/<int:pk>/change/", GatewayVerb.as_view(verb="change_gateway"), name="change_gateway"),
    path("channels/<int:pk>/on/", GatewayVerb.as_view(verb="switch_on"), name="switch_on"),
    path("channels/<int:pk>/off/", GatewayVerb.as_view(verb="switch_off"), name="switch_off"),
]
