"""The bound phones of the people one manages: list, a code for another, a lost one unbound (Art. 20)."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.actions.devices import bound_devices
from accounts.models import User
from accounts.requests import SignedInRequest
from common.errors import Refusal
from common.web.doors import page_in_hand
from common.web.listing import Empty, Listing
from personnel.actions import give_device_code, unbind_phone
from personnel.forms import DeviceCodeFor
from personnel.views.frame import manager, now_and_today, tabs_for
from personnel.visibility import choosable, people_managed, person_guarded

HERE = "personnel:devices"
LISTING = Listing(
    label="绑定的手机",
    columns=("姓名", "手机", "绑定", "最近使用", "到期", "解绑"),
    empty=Empty("还没有绑定的手机", "在下面发一个绑定码，由本人在手机上填写。"),
)


@never_cache
def devices(request: SignedInRequest) -> HttpResponse:
    """GET: the bound phones, the newest first. POST: a code for one person, shown on this answer only."""
    user = manager(request)
    at, today = now_and_today()
    people = choosable(user, day=today)
    form = DeviceCodeFor(request.POST or None, people=people, today=today)
    code, person, status = "", None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                person = form.cleaned_data["account"]
                code, status = give_device_code(person, at=at, by=user), 200
                form = DeviceCodeFor(people=people, today=today)
            except Refusal as refusal:
                form.add_error("account", refusal.sentence)
                status = refusal.status
    held = bound_devices(at=at).filter(user__in=User.objects.filter(people_managed(user, day=today)))
    context = {
        "title": "绑定的手机",
        "tabs": tabs_for(user, HERE),
        "form": form,
        "code": f"{code[:4]} {code[4:]}" if code else "",
        "person": person,
        **LISTING.context(request, held.select_related("user")),
    }
    return render(request, "personnel/devices.html", context, status=status)


@require_POST
def unbind(request: SignedInRequest, pk: int) -> HttpResponse:
    """Unbind the phone of somebody whom one manages; any other phone is as missing."""
    user, (at, today) = request.user, now_and_today()
    phone = get_object_or_404(bound_devices(at=at).select_related("user"), pk=pk)
    person = person_guarded(user, phone.user_id, day=today)
    with transaction.atomic():
        unbind_phone(phone, at=at, by=user)
    messages.success(request, f"{person.name}的{phone.name}已解绑，登录已失效。")
    page = page_in_hand(request)
    return redirect(page if page != "/" else HERE)
