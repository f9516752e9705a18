"""Who enters gateways, where they may lead, and what of them is kept secret (Art. 20, 26)."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from accounts.models import User
from audit.models import Entry
from channels.actions import GatewayDraft, add_gateway, change_gateway, switch_off, switch_on
from channels.models import Gateway, PersonalChannel
from channels.outgoing import is_public, target_of
from common.errors import NotPermitted, RuleViolation
from tests.cases import refused
from tests.channels.conftest import wants
from tests.town import MONDAY, Town

OPEN = "https://93.184.216.34/hook?key=abc"

# Spellings by which a request has been led inside elsewhere; none may.
INSIDE = (
    "https://127.0.0.1/", "https://localhost/", "https://0.0.0.0/", "https://0/", "https://127.1/", "https://2130706433/",
    "https://0x7f000001/", "https://0177.0.0.1/", "https://10.0.0.8/", "https://10.1/", "https://172.16.0.1/",
    "https://172.31.255.255/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/", "https://100.64.0.1/",
    "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/",
    "https://[fe80::1]/", "https://[fc00::1]/", "https://[fd12:3456::1]/", "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/", "https://[2001::1]/", "https://[ff02::1]/", "https://224.0.0.1/", "https://255.255.255.255/",
    "https://240.0.0.1/", "https://192.0.2.1/", "https://198.18.0.1/", "https://127.0.0.1:6379/", "https://[::ffff:10.0.0.1]/",
)  # fmt: skip
NO_ADDRESS = (
    "http://93.184.216.34/", "ftp://93.184.216.34/", "file:///etc/passwd", "gopher://93.184.216.34/", "https://",
    "https://user:pass@93.184.216.34/", "//93.184.216.34/", "93.184.216.34/hook", "https://93.184.216.34:99999/",
    "https://１２７.0.0.1/", "https://127。0。0。1/", "javascript:alert(1)",
)  # fmt: skip


@pytest.mark.parametrize("url", [*INSIDE, *NO_ADDRESS])
def test_no_address_leads_inside(url: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        target_of(url)
    assert refusal.value.field == "url"


def test_an_open_address_is_taken_and_the_connection_goes_to_what_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert target_of(OPEN).ip == "93.184.216.34"
    answers = iter([["93.184.216.34"], ["93.184.216.34", "127.0.0.1"]])

    def resolved(*args: Any, **more: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in next(answers)]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    assert target_of("https://sms.example.cn/send").ip == "93.184.216.34"
    with pytest.raises(RuleViolation):
        target_of("https://sms.example.cn/send")  # one of its addresses is inside


def test_what_is_open_is_open() -> None:
    assert is_public("93.184.216.34") and is_public("2400:3200::1")


@pytest.mark.article(26)
def test_only_the_administrator_of_the_system_enters_gateways(town: Town, keeper: User) -> None:
    draft = GatewayDraft("短信", "sms", OPEN, "s3cret")
    for name in ("zhao", "tang", "wu", "zheng", "shen", "xia"):
        with refused(NotPermitted):
            add_gateway(draft, by=getattr(town, name), at=MONDAY)
    gateway = add_gateway(draft, by=keeper, at=MONDAY)
    assert (gateway.status, gateway.host) == ("off", "93.184.216.34")
    with refused(NotPermitted):
        switch_on(gateway, by=town.zheng, at=MONDAY)
    gateway = switch_on(gateway, by=keeper, at=MONDAY)
    gateway = switch_off(gateway, by=keeper, at=MONDAY)
    verbs = (
        Entry.objects.filter(subject=f"gateway:{gateway.pk}").order_by("seq").values_list("verb", flat=True)
    )
    assert list(verbs) == ["add_gateway", "switch_on", "switch_off"]


@pytest.mark.article(20)
def test_address_and_secret_are_sealed_and_stay_when_left_empty(town: Town, keeper: User) -> None:
    gateway = add_gateway(GatewayDraft("机器人", "wecom", OPEN, "s3cret"), by=keeper, at=MONDAY)
    row = Gateway.objects.get(pk=gateway.pk)
    assert b"key=abc" not in bytes(row.url) and b"s3cret" not in bytes(row.secret)
    row = change_gateway(row, draft=GatewayDraft("机器人二", "wecom"), by=keeper, at=MONDAY)
    row = Gateway.objects.get(pk=gateway.pk)
    assert (row.name, row.unseal("url"), row.unseal("secret")) == ("机器人二", OPEN, "s3cret")
    wants(town.zhao, "email")
    channel = PersonalChannel.objects.get(user=town.zhao)
    assert b"zhao@example.cn" not in bytes(channel.address) and channel.unseal("address") == "zhao@example.cn"


@pytest.mark.parametrize(("template", "word"), [("{", "JSON"), ("[]", "text"), ('{"a": "b"}', "text")])
def test_a_body_without_a_place_for_the_text_is_refused(
    town: Town, keeper: User, template: str, word: str
) -> None:
    with refused(RuleViolation) as refusal:
        add_gateway(GatewayDraft("甲", "webhook", OPEN, template=template), by=keeper, at=MONDAY)
    assert word in refusal.value.sentence and refusal.value.field == "template"


def test_a_wrong_mail_address_is_refused_with_a_sentence(town: Town) -> None:
    with refused(RuleViolation) as refusal:
        wants(town.zhao, "email", address="张三@")
    assert "邮箱地址" in refusal.value.sentence
