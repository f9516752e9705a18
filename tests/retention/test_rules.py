"""How long a data set is kept is the city's setting, dated and with its source; a hold keeps a subject (Art. 20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from audit.models import Entry
from common import clock
from common.errors import IllegalMove, NotPermitted, RuleViolation
from common.privacy.datasets import data_sets
from retention.actions import RuleDraft, lift_hold, place_hold, publish_rule
from retention.models import LegalHold, RetentionRule
from retention.rules import rules_on
from tests.cases import refused
from tests.retention.ended import closed
from tests.town import MONDAY, Town

TOMORROW = MONDAY.date() + timedelta(days=1)
DRAFT = RuleDraft("workflow.contacts", 400, TOMORROW, "濮网格〔2026〕9号")


@pytest.mark.article(20)
@pytest.mark.django_db
def test_every_data_set_has_a_rule_with_a_source_and_every_rule_a_data_set() -> None:
    rules = rules_on(date(2026, 1, 1))
    assert set(rules) == set(data_sets())
    assert {rule.document for rule in rules.values()} == {"平台默认值，可由市级修改"}
    assert all(rule.anchor in data_sets()[key].anchors for key, rule in rules.items())
    assert rules["accounts.answers"].keep_days == 30


@pytest.mark.article(25)
def test_a_new_rule_holds_from_its_day_and_the_old_one_stays_on_record(town: Town) -> None:
    rule = publish_rule(DRAFT, by_id=None, at=MONDAY)
    assert rules_on(MONDAY.date())["workflow.contacts"].keep_days == 730
    assert rules_on(TOMORROW)["workflow.contacts"] == rule
    link = Entry.objects.filter(subject="retention_rules").order_by("-seq")[0]
    assert (link.record["keep_days"], link.record["document"]) == (400, "濮网格〔2026〕9号")
    for_good = replace(DRAFT, keep_days=None, effective_on=TOMORROW + timedelta(days=1))
    assert publish_rule(for_good, by_id=None, at=MONDAY).keep_days is None


@pytest.mark.article(25)
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"dataset": "cases"}, "没有这个数据集"),
        ({"document": "  "}, "请写明保存期限的依据文件。"),
        ({"effective_on": MONDAY.date()}, "新的保存期限须从明天或以后施行。"),
        ({"keep_days": 0}, "保存天数应为 1 到 36525。"),
        ({"keep_days": 40_000}, "保存天数应为 1 到 36525。"),
        ({"anchor": "reported"}, "这个数据集从 ended 起算。"),
    ],
)
def test_a_rule_without_source_day_or_sense_is_refused(
    town: Town, wrong: dict[str, object], sentence: str
) -> None:
    with refused(RuleViolation) as caught:
        publish_rule(replace(DRAFT, **wrong), by_id=None, at=MONDAY)  # type: ignore[arg-type]
    assert sentence in caught.value.sentence


@pytest.mark.article(25)
@pytest.mark.django_db
def test_nobody_edits_or_removes_a_rule() -> None:
    statements = (
        "UPDATE retention_retentionrule SET keep_days = 1",
        "DELETE FROM retention_retentionrule",
        "UPDATE retention_legalhold SET reason = ''",
        "DELETE FROM retention_legalhold",
        "UPDATE retention_erasureproof SET erased = 0",
    )
    for statement in statements:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            run(statement)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


# --- Holds --------------------------------------------------------------------------------------------------------


@pytest.mark.article(25)
def test_the_audit_administrator_holds_and_lifts_for_a_reason_and_both_stand_in_the_trace(town: Town) -> None:
    case = closed(town)
    held = place_hold(f"case:{case.pk}", reason="行政诉讼 2026 第 8 号", by=town.xia, at=MONDAY)
    with refused(IllegalMove):
        place_hold(f"case:{case.pk}", reason="再来一次", by=town.xia, at=MONDAY)
    lifted = lift_hold(held, reason="已结案", by=town.xia, at=MONDAY)
    assert (lifted.lifted_by, lifted.lift_reason) == (town.xia, "已结案")
    links = Entry.objects.filter(subject=f"legal_hold:{held.pk}").order_by("seq")
    assert [(link.verb, link.actor_id) for link in links] == [("hold", town.xia.pk), ("lift", town.xia.pk)]
    with refused(IllegalMove):
        lift_hold(held, reason="又解除", by=town.xia, at=MONDAY)
    place_hold(f"case:{case.pk}", reason="再审", by=town.xia, at=MONDAY)


@pytest.mark.article(20)
@pytest.mark.parametrize("name", ["wu", "shen", "tang", "zheng", "chen"])
def test_nobody_else_holds_or_lifts(town: Town, name: str) -> None:
    case = closed(town)
    held = place_hold(f"case:{case.pk}", reason="行政诉讼", by=town.xia, at=MONDAY)
    other = closed(town)
    with refused(NotPermitted):
        place_hold(f"case:{other.pk}", reason="行政诉讼", by=getattr(town, name), at=MONDAY)
    with refused(NotPermitted):
        lift_hold(held, reason="不需要了", by=getattr(town, name), at=MONDAY)


@pytest.mark.parametrize("subject", ["case", "case:", "case:999999", "grid_plan:1", "case:x", ""])
def test_a_subject_that_is_not_there_is_refused(town: Town, subject: str) -> None:
    with refused(RuleViolation):
        place_hold(subject, reason="行政诉讼", by=town.xia, at=MONDAY)
    with refused(RuleViolation):
        place_hold(f"case:{closed(town).pk}", reason=" ", by=town.xia, at=MONDAY)


# --- Commands -----------------------------------------------------------------------------------------------------


def command(*words: str) -> str:
    output = StringIO()
    call_command(*words, stdout=output)
    return output.getvalue()


def test_the_commands_say_what_would_go_publish_and_hold(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=731))
    case = closed(town, contact_name="演示居民", contact_phone="19900001111")
    listed = command("retention")
    assert "workflow.contacts\t办结事项的反映人\t730 天（ended 起）\t将清除 1，暂停清除 0" in listed
    assert "依据：平台默认值，可由市级修改" in listed
    command("legal_hold", "place", f"case:{case.pk}", "--by", "xia", "--reason", "行政诉讼")
    assert "行政诉讼" in command("legal_hold", "list")
    assert "将清除 0，暂停清除 1" in command("retention")
    command("legal_hold", "lift", f"case:{case.pk}", "--by", "xia", "--reason", "已结案")
    assert LegalHold.objects.get().lifted_at is not None
    assert "已清除" in command("retention", "--now")
    words = ("--days", "9", "--from", "2099-01-01", "--document", "市文件")
    assert "已登记" in command("publish_retention", "workflow.contacts", *words)
    assert RetentionRule.objects.get(effective_on=date(2099, 1, 1)).keep_days == 9
    for wrong in (
        ("publish_retention", "nothing", *words),
        ("legal_hold", "place", f"case:{case.pk}", "--by", "wu", "--reason", "行政诉讼"),
        ("legal_hold", "place", f"case:{case.pk}", "--by", "nobody else", "--reason", "行政诉讼"),
        ("legal_hold", "lift", f"case:{case.pk}", "--by", "xia", "--reason", "没有"),
    ):
        with pytest.raises(CommandError):
            command(*wrong)
