"""`manage.py verify` finds no fault in sound data and names the fault in data that was changed behind the platform."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit.anchoring import seal_and_anchor
from channels.tasks import spread
from common import clock
from common.records.invariants import every_invariant, examine
from notifications.tasks import relay_outbox
from puyang_grid.addresses import with_database
from puyang_grid.roles import connect
from supervision.tasks import follow_cases
from tests.databases import run_addresses
from workflow.tasks import sweep_due_stages

BENDINGS = {
    "在办事项都有在任的经手人": "UPDATE accounts_user SET is_active = false WHERE username = 'worker'",
    "已公示的公示牌处处是现行内容": "UPDATE boards_noticeboard SET status = 'posted', due_at = NULL"
    " WHERE id = (SELECT min(id) FROM boards_noticeboard)",
    "专项授权都经第二个人批准": "UPDATE access_grantrequest SET grant_id = NULL"
    " WHERE id = (SELECT min(id) FROM access_grantrequest WHERE status = 'in_effect')",
    "空缺都已登记": "DELETE FROM personnel_vacancy WHERE closed_on IS NULL",
    "替岗都在期限以内": "UPDATE personnel_gridposting SET ends_on = ends_on + 200 WHERE stands_in_for_id IS NOT NULL",
    "每件在办事项恰有一个进行中的环节": "UPDATE workflow_stage SET ended_at = now()"
    " WHERE id = (SELECT min(id) FROM workflow_stage WHERE ended_at IS NULL)",
    "协办份额与环节一致": "UPDATE workflow_assignment SET ended_at = NULL WHERE id = (SELECT min(a.id) FROM"
    " workflow_assignment a JOIN workflow_case c ON c.id = a.case_id WHERE c.status = 'closed' AND a.is_lead)",
    "经过连续且重演等于现状": "DELETE FROM workflow_caseevent WHERE seq = 2",
    "换过的辖区与经过一致": "UPDATE workflow_case SET reported_township_id = (SELECT max(id) FROM grids_division"
    " WHERE level = 'township') WHERE due_at IS NULL",
    "在办事项都归现在的辖区": "UPDATE workflow_case SET township_id = (SELECT max(id) FROM grids_division"
    " WHERE level = 'township') WHERE due_at IS NOT NULL",
    "事项都在网格当日的沿革之内": "UPDATE workflow_case SET village_id = township_id",
    "事项的区划列上下相承": "UPDATE workflow_case SET county_id = city_id",
    "每个村（社区）的网格不重不漏": "UPDATE grids_grid g SET boundary = h.boundary FROM grids_grid h"
    " WHERE h.village_id = g.village_id AND h.id = (SELECT min(id) FROM grids_grid)",
    "全市网格互不重叠": "UPDATE grids_grid SET boundary = (SELECT boundary FROM grids_grid ORDER BY id DESC LIMIT 1)"
    " WHERE id = (SELECT min(id) FROM grids_grid)",
    "网格沿革首尾相接": "UPDATE grids_gridversion SET valid_to = valid_to + 9 WHERE valid_to IS NOT NULL",
    "网格现状等于现行版本": "UPDATE grids_grid SET name = '改过的名' WHERE id = (SELECT max(id) FROM grids_grid)",
    "一个编码只属一个网格": "UPDATE grids_gridcode SET grid_id = (SELECT min(id) FROM grids_grid)"
    " WHERE id = (SELECT max(id) FROM grids_gridcode)",
    "事项都在上报当日施行的清单里": "UPDATE workflow_case SET reported_at = '2024-12-31' WHERE id ="
    " (SELECT min(id) FROM workflow_case WHERE matter_id IS NOT NULL)",
    "列入清单的都经审查和同意": "UPDATE matters_proposal SET legal_reviewer_id = NULL WHERE status = 'listed'",
    "清单里的可疑事项都有例外依据或经审查": "UPDATE matters_matter SET name = '代收罚款' WHERE code = '6-08'"
    " AND edition_id = (SELECT min(id) FROM matters_matterlist)",
    "公布的清单都有备案": "DELETE FROM matters_listfiling WHERE edition_id ="
    " (SELECT max(id) FROM matters_matterlist WHERE published_at IS NOT NULL)",
    "退出的事项编码不再使用": "UPDATE matters_matterlist SET edition = 4 WHERE edition = 2",
    "申请经过连续且与审计链一样长": "DELETE FROM matters_proposalevent WHERE seq = 2",
    "已公布的方案按日生效": "UPDATE plans_gridplan SET effective_on = '2025-01-02' WHERE status = 'published'",
    "公布的方案都有备案": "DELETE FROM plans_gridfiling WHERE id = (SELECT min(id) FROM plans_gridfiling)",
    "方案经过连续且与审计链一样长": "DELETE FROM plans_planevent WHERE seq = 2",
    "批准的方案都经全部会签": "UPDATE plans_planconsent SET answer = 'objected'",
    "到点的时钟都已执行": "UPDATE workflow_stage SET next_action_at = now() - interval '1 hour' WHERE ended_at IS NULL",
    "没有提前执行的时钟": "INSERT INTO workflow_stageeffect (stage_id, rule, deadline_version, due_at, at)"
    " SELECT min(id), 'x', 1, now(), now() - interval '1 hour' FROM workflow_stage",
    "持有事项的单位就是当前主办": "UPDATE workflow_assignment SET ended_at = now() WHERE is_lead",
    "授权等于在任岗位": "DELETE FROM personnel_grant WHERE id = (SELECT min(id) FROM personnel_grant)",
    "专项授权有用途和期限": "UPDATE personnel_grant SET is_special = true"
    " WHERE id = (SELECT min(id) FROM personnel_grant)",
    "审计链完整": "UPDATE audit_entry SET record = '{}' WHERE seq = 1",
    "审计记录都已封存": "UPDATE audit_entry SET at = at - interval '1 day', id = id + 1000000"
    " WHERE id = (SELECT max(id) FROM audit_entry)",
    "封存的审计记录与锚定相符": "UPDATE audit_anchor SET root = repeat('0', 64)",
    "现状等于审计链最后所记": "UPDATE worktime_officehours SET spans = '00:00-23:59'",
    "查阅记录与其审计链一样长": "DELETE FROM audit_accessentry",
    "没有停用或缺失的密钥之下的内容": "UPDATE personnel_contactrecord SET private_phone ="
    " overlay(private_phone placing convert_to('personal.9', 'UTF8') from 4)",
    "到期的个人信息都已清除": "UPDATE notifications_outbox SET delivered_at = now() - interval '40 days'",
    "定时处理没有卡住的对象": "INSERT INTO sweeps_setback (sweep, row, attempts, since, next_attempt_at, reason)"
    " VALUES ('workflow.stages', '7', 3, now() - interval '1 hour', now(), 'ValueError')",
    "发件箱没有滞留超过 60 秒的消息": "UPDATE notifications_outbox"
    " SET delivered_at = NULL, next_attempt_at = now() - interval '1 hour'",
    "平台以外的消息没有搁置的": "UPDATE notifications_outbox SET channel = 'email', source = gen_random_uuid(),"
    " recipient_id = (SELECT min(id) FROM accounts_user), parked_at = now()"
    " WHERE id = (SELECT max(id) FROM notifications_outbox)",
    "期限的每次变更都有记录": "UPDATE workflow_stage SET deadline_version = 2"
    " WHERE id = (SELECT min(id) FROM workflow_stage)",
    "督办单的经过连续": "DELETE FROM supervision_orderevent WHERE seq = 1",
    "督办单的编号不缺号": "UPDATE supervision_supervisionorder SET serial = serial + 1"
    " WHERE id = (SELECT max(id) FROM supervision_supervisionorder)",
    "抽查的种子抽得出同样的事项": "UPDATE rechecks_draw SET seed = 'another'",
    "治理任务的经过连续": "DELETE FROM improvement_improvementevent WHERE seq = 1",
    "治理任务都有事项": "DELETE FROM improvement_improvementcase",
    "延期挂账的审批与申请一致": "INSERT INTO workflow_timerequest"
    " (case_id, kind, ground, clock, amount, asked_by_id, asked_at, due_before)"
    " SELECT id, 'extension', '', 'working_days', 1, reporter_id, now(), now() FROM workflow_case LIMIT 1",
    "互斥的岗位没有兼任": "UPDATE personnel_officeposting SET user_id ="
    " (SELECT user_id FROM personnel_officeposting WHERE role = 'county_admin' LIMIT 1) WHERE role = 'legal_reviewer'",
}


# These do not hold any more when their turn comes: what was bent before them bends them too.
BENT_BEFORE = (
    "事项的区划列上下相承",
    "全市网格互不重叠",
    "网格现状等于现行版本",
    "封存的审计记录与锚定相符",
    "现状等于审计链最后所记",
    "定时处理没有卡住的对象",
)


def verify() -> str:
    output = StringIO()
    call_command("verify", stdout=output)
    return output.getvalue()


@pytest.fixture
def settled_city(own_city: str, settings: Any, tmp_path: Path) -> str:
    """The demonstration city after its clocks and its post have caught up and its trace is sealed."""
    settings.AUDIT_ANCHOR_FILE = tmp_path / "roots.jsonl"
    sweep_due_stages()
    follow_cases()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE notifications_outbox SET next_attempt_at = now() - interval '1 second'")
    relay_outbox()
    spread()
    seal_and_anchor(at=clock.now())
    return own_city


@pytest.mark.slow
@pytest.mark.article(25)
def test_verify_holds_on_the_city_and_names_each_bending(
    settled_city: str, bend: Callable[[str], None]
) -> None:
    assert verify().count("成立\t") == len(BENDINGS)
    by_sentence = {invariant.sentence: invariant for invariant in every_invariant()}
    for sentence, statement in BENDINGS.items():
        assert examine(by_sentence[sentence]).holds is (sentence not in BENT_BEFORE), sentence
        bend(statement)
        assert not examine(by_sentence[sentence]).holds, sentence
    output = StringIO()
    with pytest.raises(CommandError):
        call_command("verify", stdout=output)
    named = {line.split("\t")[1] for line in output.getvalue().splitlines() if line.startswith("不成立")}
    assert named == {sentence for sentence, one in by_sentence.items() if not examine(one).holds}


@pytest.fixture
def bend(own_city: str) -> Callable[[str], None]:
    """Change the data as only the database's administrator could, past every trigger."""

    def change(statement: str) -> None:
        addresses = run_addresses()
        with closing(connect(with_database(addresses.admin, own_city))) as admin, admin.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(statement)

    return change
