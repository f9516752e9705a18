"""For every automatic task two rows that are due, one of which the database refuses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Poisoned:
    """Two rows that are due, of which the database refuses one.

    ``pair`` selects their keys; ``due`` makes them due; the trigger stands on ``table`` for ``when``
    (``{bad}`` is the key of the poisoned one); ``served`` is true once the other, ``{good}``, is done. ``late`` names
    the sweep that shows it.
    """

    pair: str
    due: tuple[str, ...]
    table: str
    event: str
    when: str
    served: str
    late: str


ENTRIES = {
    "workflow.tasks.sweep_due_stages": Poisoned(
        "SELECT id FROM workflow_stage WHERE ended_at IS NULL AND jsonb_array_length(alarms) > 0 ORDER BY id LIMIT 2",
        (
            "UPDATE workflow_stage SET next_action_at = NULL WHERE id NOT IN ({bad}, {good})",
            "UPDATE workflow_stage SET next_action_at = now() - interval '2 minutes', alarms ="
            " jsonb_build_array(jsonb_build_array('remind', (now() - interval '2 minutes')::text))"
            " WHERE id IN ({bad}, {good})",
            "DELETE FROM workflow_stageeffect WHERE stage_id IN ({bad}, {good})",
        ),
        "workflow_stageeffect",
        "INSERT",
        "NEW.stage_id = {bad}",
        "SELECT count(*) = 1 FROM workflow_stageeffect WHERE stage_id = {good}",
        "workflow.clocks",
    ),
    "supervision.tasks.follow_cases": Poisoned(
        "SELECT id FROM workflow_stage WHERE ended_at IS NULL AND share_id IS NULL ORDER BY id LIMIT 2",
        (
            "DELETE FROM workflow_stageeffect WHERE rule = 'supervise'",
            "INSERT INTO workflow_stageeffect (id, stage_id, rule, deadline_version, due_at, at)"
            " SELECT 900000000 + n, n, 'supervise', 1, now(), now() FROM unnest(ARRAY[{bad}, {good}]) n",
        ),
        "supervision_supervisionorder",
        "INSERT",
        "NEW.effect_of_id = 900000000 + {bad}",
        "SELECT count(*) = 1 FROM supervision_supervisionorder WHERE effect_of_id = 900000000 + {good}",
        "supervision.raise",
    ),
    "improvement.tasks.follow_recurrences": Poisoned(
        "SELECT id FROM improvement_improvementtask ORDER BY id LIMIT 2",
        (
            "UPDATE improvement_improvementtask SET alarm_at = now() - interval '1 hour', status = 'at_work',"
            " ended_at = NULL WHERE id IN ({bad}, {good})",
        ),
        "improvement_improvementevent",
        "INSERT",
        "NEW.task_id = {bad}",
        "SELECT alarm_at IS NULL FROM improvement_improvementtask WHERE id = {good}",
        "improvement.ring",
    ),
    "registry.tasks.follow_grids": Poisoned(
        "SELECT id FROM registry_record WHERE kind = 'house' ORDER BY id LIMIT 2",
        (
            "UPDATE grids_grid SET status = 'retired', retired_on = current_date, successor_id ="
            " (SELECT max(id) FROM grids_grid) WHERE id IN"
            " (SELECT grid_id FROM registry_record WHERE id IN ({bad}, {good}))",
        ),
        "registry_placement",
        "INSERT",
        "NEW.record_id = {bad}",
        "SELECT count(*) = 1 FROM registry_placement WHERE record_id = {good}",
        "registry.placing",
    ),
    "registry.tasks.write_people": Poisoned(
        "SELECT 9001 UNION SELECT 9002 ORDER BY 1",
        (
            "INSERT INTO registry_peopleimport (id, uid, file_name, sha256, status, by_id, at, ends_at, counts,"
            " lines, total, done) SELECT n, gen_random_uuid(), 'x.xlsx', '', 'ready',"
            " (SELECT id FROM accounts_user ORDER BY id LIMIT 1 OFFSET n - 9001),"
            " now() - interval '9 days', now() - interval '8 days', '{{}}', '\\x00', 0, 0"
            " FROM generate_series({bad}, {good}) n",
        ),
        "registry_peopleimport",
        "UPDATE",
        "NEW.id = {bad}",
        "SELECT status = 'expired' FROM registry_peopleimport WHERE id = {good}",
        "registry.files",
    ),
    "registry.tasks.propose_doubles": Poisoned(
        "SELECT first_id FROM registry_pair ORDER BY first_id LIMIT 2",
        ("DELETE FROM registry_pair",),
        "registry_pair",
        "INSERT",
        "NEW.first_id = {bad}",
        "SELECT count(*) = 1 FROM registry_pair WHERE first_id = {good}",
        "registry.doubles",
    ),
    "notifications.tasks.relay_outbox": Poisoned(
        "SELECT id FROM notifications_outbox ORDER BY id LIMIT 2",
        (
            "UPDATE notifications_outbox SET delivered_at = NULL, parked_at = NULL,"
            " created_at = now() - interval '2 minutes', next_attempt_at = now() - interval '2 minutes',"
            " event_id = gen_random_uuid() WHERE id IN ({bad}, {good})",
        ),
        "notifications_message",
        "INSERT",
        "NEW.event_id = '{bad_event}'",
        "SELECT delivered_at IS NOT NULL FROM notifications_outbox WHERE id = {good}",
        "notifications.outbox",
    ),
    "channels.tasks.spread_notices": Poisoned(
        "SELECT id FROM notifications_outbox ORDER BY id LIMIT 2",
        (
            "UPDATE notifications_outbox SET to_spread = true, next_attempt_at = now() - interval '2 minutes'"
            " WHERE id IN ({bad}, {good})",
        ),
        "notifications_outbox",
        "UPDATE",
        "NEW.id = {bad}",
        "SELECT NOT to_spread FROM notifications_outbox WHERE id = {good}",
        "channels.spread",
    ),
    "channels.tasks.send_outside": Poisoned(
        "SELECT id FROM notifications_outbox ORDER BY id LIMIT 2",
        (
            "UPDATE notifications_outbox SET channel = 'gateway:1', source = gen_random_uuid(),"
            " recipient_id = (SELECT min(id) FROM accounts_user), delivered_at = NULL, parked_at = NULL,"
            " next_attempt_at = now() - interval '2 minutes' WHERE id IN ({bad}, {good})",
        ),
        "notifications_outbox",
        "UPDATE",
        "NEW.id = {bad}",
        "SELECT delivered_at IS NOT NULL FROM notifications_outbox WHERE id = {good}",
        "channels.send",
    ),
    "accounts.tasks.forget": Poisoned(
        "SELECT 1 UNION SELECT 2 ORDER BY 1",
        (
            "INSERT INTO django_session VALUES ('key-{bad}', '', now() - interval '1 day'),"
            " ('key-{good}', '', now() - interval '1 day')",
        ),
        "django_session",
        "DELETE",
        "OLD.session_key = 'key-{bad}'",
        "SELECT NOT EXISTS (SELECT FROM django_session WHERE session_key = 'key-{good}')",
        "accounts.session",
    ),
    "retention.tasks.erase": Poisoned(
        "SELECT 9001 UNION SELECT 9002 ORDER BY 1",
        (
            "INSERT INTO workflow_attachment (id, uid, uploader_id, kind, file, width, height, size, sha256,"
            " created_at) SELECT n, gen_random_uuid(), (SELECT min(id) FROM accounts_user), 'report',"
            " 'photos/' || n || '.jpg', 1, 1, 1, '', now() - interval '9 days' FROM generate_series({bad}, {good}) n",
        ),
        "workflow_attachment",
        "DELETE",
        "OLD.id = {bad}",
        "SELECT NOT EXISTS (SELECT FROM workflow_attachment WHERE id = {good})",
        "retention.workflow.unused_photos",
    ),
    "plans.tasks.bring_into_force": Poisoned(
        "SELECT 9001 UNION SELECT 9002 ORDER BY 1",
        (
            "INSERT INTO plans_gridplan (id, number, county_id, kind, title, reason, effective_on, status, version,"
            " event_count, drafted_by_id, drafted_at, published_at)"
            " SELECT n, 'X-' || n, county_id, kind, title, reason, current_date, 'published', 1, 0, drafted_by_id,"
            " drafted_at, now()"
            " FROM plans_gridplan, generate_series({bad}, {good}) n"
            " WHERE plans_gridplan.id = (SELECT min(id) FROM plans_gridplan)",
        ),
        "plans_planevent",
        "INSERT",
        "NEW.plan_id = {bad}",
        "SELECT status = 'in_force' FROM plans_gridplan WHERE id = {good}",
        "plans.effect",
    ),
    "plans.tasks.remind_filings": Poisoned(
        "SELECT id FROM plans_gridfiling ORDER BY id LIMIT 2",
        (
            "UPDATE plans_gridfiling SET status = 'unsent', due_at = now() - interval '9 days', reminded_at = NULL,"
            " reminders = 0 WHERE id IN ({bad}, {good})",
        ),
        "plans_gridfiling",
        "UPDATE",
        "NEW.id = {bad}",
        "SELECT reminders = 1 FROM plans_gridfiling WHERE id = {good}",
        "plans.filings",
    ),
    "matters.tasks.end_notices": Poisoned(
        "SELECT id FROM matters_proposal ORDER BY id LIMIT 2",
        (
            "UPDATE matters_proposal SET status = 'noticed', noticed_on = current_date - 20,"
            " notice_ends_on = current_date - 9 WHERE id IN ({bad}, {good})",
        ),
        "matters_proposalevent",
        "INSERT",
        "NEW.proposal_id = {bad}",
        "SELECT status = 'adopted' FROM matters_proposal WHERE id = {good}",
        "matters.notices",
    ),
    "matters.tasks.remind": Poisoned(
        "SELECT id FROM matters_proposal ORDER BY id LIMIT 2",
        (
            "UPDATE matters_proposal SET status = 'formal_check', due_at = now() - interval '9 days',"
            " reminded_at = NULL WHERE id IN ({bad}, {good})",
        ),
        "matters_proposal",
        "UPDATE",
        "NEW.id = {bad}",
        "SELECT reminded_at IS NOT NULL FROM matters_proposal WHERE id = {good}",
        "matters.proposals",
    ),
    "access.tasks.end_grants": Poisoned(
        "SELECT id FROM access_grantrequest WHERE status = 'in_effect' ORDER BY id LIMIT 2",
        (
            "UPDATE access_grantrequest SET asked_at = now() - interval '9 days', expires_at = now() - interval '1 day'"
            " WHERE id IN ({bad}, {good})",
        ),
        "access_grantrequest",
        "UPDATE",
        "NEW.id = {bad}",
        "SELECT status <> 'in_effect' FROM access_grantrequest WHERE id = {good}",
        "access.grants",
    ),
    "boards.tasks.renew_boards": Poisoned(
        "SELECT id FROM boards_noticeboard ORDER BY id LIMIT 2",
        ("UPDATE boards_noticeboard SET digest = 'another' WHERE id IN ({bad}, {good})",),
        "boards_boardedition",
        "INSERT",
        "NEW.board_id = {bad}",
        "SELECT digest <> 'another' FROM boards_noticeboard WHERE id = {good}",
        "boards.renewal",
    ),
    "boards.tasks.remind_of_boards": Poisoned(
        "SELECT id FROM boards_noticeboard ORDER BY id LIMIT 2",
        (
            "UPDATE boards_noticeboard SET status = 'stale', due_at = now() - interval '9 days', reminded_on = NULL"
            " WHERE id IN ({bad}, {good})",
        ),
        "boards_noticeboard",
        "UPDATE",
        "NEW.id = {bad}",
        "SELECT reminded_on IS NOT NULL FROM boards_noticeboard WHERE id = {good}",
        "boards.reminders",
    ),
    "personnel.tasks.watch_vacancies": Poisoned(
        "SELECT DISTINCT village_id FROM personnel_vacancy WHERE closed_on IS NULL ORDER BY 1 LIMIT 2",
        ("DELETE FROM personnel_vacancy WHERE village_id IN ({bad}, {good})",),
        "personnel_vacancy",
        "INSERT",
        "NEW.village_id = {bad}",
        "SELECT EXISTS (SELECT FROM personnel_vacancy WHERE village_id = {good})",
        "personnel.vacancies",
    ),
    "workflow.tasks.hand_over_left_behind": Poisoned(
        "SELECT id FROM workflow_case WHERE status = 'awaiting_leader' AND NOT confidential ORDER BY id LIMIT 2",
        (
            "INSERT INTO accounts_user (username, name, phone, password, is_superuser, is_active, is_staff,"
            " is_demonstration, must_set_password, session_epoch, prefers_large_text, shortcuts_enabled, date_joined)"
            " VALUES ('gone', '离任', '', '', false, true, false, true, false, 1, false, false, now())",
            "UPDATE workflow_case SET caretaker_id = (SELECT max(id) FROM accounts_user) WHERE id IN ({bad}, {good})",
        ),
        "workflow_caseevent",
        "INSERT",
        "NEW.case_id = {bad}",
        "SELECT EXISTS (SELECT FROM workflow_caseevent WHERE case_id = {good} AND verb = 'hand_over')",
        "workflow.handover",
    ),
    "workflow.tasks.follow_divisions": Poisoned(
        "SELECT id FROM workflow_case WHERE status = 'awaiting_leader' AND NOT confidential ORDER BY id LIMIT 2",
        (
            "UPDATE workflow_case SET township_id = (SELECT max(id) FROM grids_division WHERE level = 'township')"
            " WHERE id IN ({bad}, {good})",
        ),
        "workflow_formerdesk",
        "INSERT",
        "NEW.case_id = {bad}",
        "SELECT EXISTS (SELECT FROM workflow_caseevent WHERE case_id = {good} AND verb = 'change_desk')",
        "workflow.desks",
    ),
    "conduct.tasks.draw_photos": Poisoned(
        "SELECT 9001 UNION SELECT 9002 ORDER BY 1",
        (
            "INSERT INTO conduct_complaintphoto (id, complaint_id, uid, state, sent, file, tries, sentence)"
            " SELECT n, (SELECT min(id) FROM conduct_complaint), gen_random_uuid(), 'waiting', 'gone.bin', '', 0, ''"
            " FROM generate_series({bad}, {good}) n",
        ),
        "conduct_complaintphoto",
        "UPDATE",
        "NEW.id = {bad}",
        "SELECT state = 'refused' FROM conduct_complaintphoto WHERE id = {good}",
        "conduct.photos",
    ),
    "personnel.tasks.forget_rosters": Poisoned(
        "SELECT 9001 UNION SELECT 9002 ORDER BY 1",
        (
            "INSERT INTO personnel_staffimport (id, uid, file_name, sha256, status, by_id, at, ends_at, counts,"
            " lines) SELECT n, gen_random_uuid(), 'x.xlsx', '', 'ready',"
            " (SELECT id FROM accounts_user ORDER BY id LIMIT 1 OFFSET n - 9001),"
            " now() - interval '9 days', now() - interval '8 days', '{{}}', '\\x00'"
            " FROM generate_series({bad}, {good}) n",
        ),
        "personnel_staffimport",
        "UPDATE",
        "NEW.id = {bad}",
        "SELECT status = 'expired' FROM personnel_staffimport WHERE id = {good}",
        "personnel.rosters",
    ),
    "personnel.tasks.sync_changed_grants": Poisoned(
        "SELECT DISTINCT user_id FROM personnel_gridposting WHERE role = 'full_time' ORDER BY 1 LIMIT 2",
        (
            "UPDATE personnel_gridposting SET starts_on = current_date - 1 WHERE user_id IN ({bad}, {good})",
            "DELETE FROM personnel_grant WHERE user_id IN ({bad}, {good})",
        ),
        "personnel_grant",
        "INSERT",
        "NEW.user_id = {bad}",
        "SELECT EXISTS (SELECT FROM personnel_grant WHERE user_id = {good})",
        "personnel.grants",
    ),
    "workflow.tasks.replan": Poisoned(
        "SELECT id FROM workflow_stage WHERE ended_at IS NULL AND share_id IS NULL AND NOT is_rest"
        " AND clock LIKE 'working%' ORDER BY id LIMIT 2",
        (
            "UPDATE workflow_stage SET is_provisional = true WHERE id IN ({bad}, {good})",
            "INSERT INTO workflow_replanning (reason, calendar_version, by_id, at, last_stage, moved, earlier)"
            " SELECT 'x', '', min(id), now() - interval '2 minutes', 0, 0, 0 FROM accounts_user",
        ),
        "workflow_deadlinechange",
        "INSERT",
        "NEW.stage_id = {bad}",
        "SELECT NOT is_provisional FROM workflow_stage WHERE id = {good}",
        "workflow.replanning",
    ),
}
# Tried below, in their own ways; the report is one notice and has no rows to go through.
