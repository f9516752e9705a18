"""Keys change while the platform runs: nothing is lost, everything is found, and what is left is counted (Art. 20)."""

from __future__ import annotations

import os
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from audit.invariants import rows_that_their_chain_does_not_know
from audit.resealing import columns, retired_keys_in_use
from common import clock
from common.privacy.ciphers import written_key
from common.privacy.sealing import ring
from grids.models import Grid
from matters.models import Matter
from personnel.actions.people import known_by_identity
from personnel.models import ContactRecord, IdentityRecord
from tests.audit.test_tampering import as_administrator
from workflow.actions import ReportDraft, report_case
from workflow.models import Case, CaseContact
from workflow.tasks import sweep_due_stages
from worktime.clocks import day_of


@pytest.fixture
def lenient(own_city: str, settings: Any) -> Any:
    """The demonstration city, and settings whose key rings a test may change."""
    settings.SEALING_KEYS = list(settings.SEALING_KEYS)
    sweep_due_stages()
    return settings


def reseal(**options: Any) -> str:
    output = StringIO()
    with as_administrator():
        call_command("reseal", stdout=output, **options)
    return output.getvalue()


def _report_a_clue() -> None:
    worker = User.objects.get(username="worker")
    grid = Grid.objects.filter(postings__user=worker)[0]
    county = grid.village.parent.parent
    matter = Matter.objects.in_force(county.pk, day_of(clock.now())).reportable().filter(confidential=True)[0]
    draft = ReportDraft(
        grid_id=grid.pk,
        matter_id=matter.pk,
        description="看见有人收款",
        place="胜利路地下室",
        contact={"name": "线人甲", "phone": "19900004444"},
    )
    report_case(draft, by=worker, at=clock.now())


def plain_texts() -> dict[str, str]:
    """Every sealed text of the city in plain."""
    found: dict[str, str] = {}
    for row in (*ContactRecord.objects.all(), *CaseContact.objects.all()):
        for name in ("private_phone", "home_address", "name", "phone", "address"):
            if hasattr(row, name):
                found[f"{row._meta.db_table}:{row.pk}:{name}"] = row.unseal(name)
    for case in Case.objects.filter(confidential=True):
        found[f"case:{case.pk}"] = f"{case.description}|{case.place}|{case.result}"
    return found


@pytest.mark.slow
@pytest.mark.article(20)
@pytest.mark.parametrize("cipher", ["aes-256-gcm", "sm4-gcm"])
def test_new_keys_or_another_cipher_lose_nothing_and_leave_nothing_behind(lenient: Any, cipher: str) -> None:
    _report_a_clue()
    before, identity = plain_texts(), IdentityRecord.objects.order_by("pk")[0]
    number = identity.unseal("id_number")
    assert "看见有人收款|胜利路地下室|" in before.values()
    assert list(retired_keys_in_use()) == []
    rings = ("personal", "sensitive", "secret", "index")
    lenient.SEALING_KEYS += [written_key(f"{name}.2", os.urandom(32)) for name in rings]
    lenient.SEALING_CIPHER = cipher
    owner = known_by_identity(number)
    assert owner is not None, "found under the old key until it is sealed afresh"
    assert any("还在停用的密钥 personal.1 之下" in fault for fault in retired_keys_in_use())
    assert "还剩" in reseal(most=7), "stopped in the middle"
    assert plain_texts() == before
    assert "共改" in reseal()
    assert list(retired_keys_in_use()) == []
    assert plain_texts() == before
    assert known_by_identity(number) == owner
    assert list(rows_that_their_chain_does_not_know()) == [], "the chains know of it"
    assert "共改 0 项" in reseal()
    old = ("personal.1:", "sensitive.1:", "secret.1:")
    kept = [key for key in lenient.SEALING_KEYS if not key.startswith(old)]
    lenient.SEALING_KEYS = kept
    assert plain_texts() == before, "the old keys are needed no more"


@pytest.mark.slow
def test_a_ring_without_the_key_of_a_value_says_which(lenient: Any) -> None:
    keys = [key for key in lenient.SEALING_KEYS if not key.startswith("personal.")]
    lenient.SEALING_KEYS = [*keys, written_key("personal.9", os.urandom(32))]
    assert any("密钥 personal.1 不在钥匙串里" in fault for fault in retired_keys_in_use())
    with pytest.raises(CommandError, match=r"密钥 personal\.1 不在钥匙串里"):
        reseal()


def test_every_ring_that_seals_has_a_column_and_a_newest_key() -> None:
    assert {column.purposes[0] for column in columns()} == {"personal", "sensitive", "secret"}
    assert ring("trace")[-1].name.startswith("trace.")
