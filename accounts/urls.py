"""The addresses of signing in and of the user's own account."""

from __future__ import annotations

from django.urls import path

from accounts.views import account, steps

app_name = "accounts"

urlpatterns = [
    path("sign-in/", account.sign_in, name="sign_in"),
    path("sign-in/demo/<str:username>/", account.sign_in_as, name="sign_in_as"),
    path("sign-out/", account.sign_out, name="sign_out"),
    path("account/", account.account, name="account"),
    path("sign-in/password/", steps.set_password, name="set_password"),
    path("sign-in/code/", steps.second_factor, name="second_factor"),
    path("sign-in/enrol/", steps.enrol, name="enrol"),
    path("account/device/", steps.device, name="device"),
    path("account/devices/<int:pk>/unbind/", account.unbind, name="unbind"),
    path("account/confirm/", steps.confirm, name="confirm"),
    path("account/sign-out-everywhere/", account.sign_out_devices, name="sign_out_everywhere"),
    path("account/password/", account.change_password, name="change_password"),
]
