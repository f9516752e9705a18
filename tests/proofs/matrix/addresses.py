"""Every address of the platform with its rule in the oracle and what it is about. A new address without a row fails."""

from __future__ import annotations

from dataclasses import dataclass

from tests.proofs.matrix import (
    oracle,
    oracle_editions,
    oracle_joint,
    oracle_proposals,
    oracle_registry,
)
from tests.proofs.matrix.oracle import Rule


@dataclass(frozen=True)
class Row:
    """One address: its rule, the kind of thing in it, the methods that are tried, whether it is public."""

    rule: Rule
    about: str = ""
    methods: tuple[str, ...] = ("get",)
    is_public: bool = False
    is_second_door: bool = False  # the same verbs as another door's: a few locations are enough


def public(about: str = "") -> Row:
    return Row(oracle.anybody, about, is_public=True)


PAGE = ("get", "post")
PAGES: dict[str, Row] = {
    # signing in and one's own
    "accounts:sign_in": Row(oracle.anybody, "", (), is_public=True),
    **dict.fromkeys(("accounts:sign_out", "accounts:sign_in_as"), Row(oracle.anybody, "", ())),
    **dict.fromkeys(("accounts:account", "accounts:device", "accounts:confirm"), Row(oracle.anybody)),
    **dict.fromkeys(
        ("accounts:set_password", "accounts:second_factor", "accounts:enrol"), Row(oracle.anybody)
    ),
    **dict.fromkeys(
        ("accounts:change_password", "accounts:sign_out_everywhere"), Row(oracle.anybody, "", ())
    ),
    # home and register
    "frame:home": Row(oracle.home, is_public=True),
    **dict.fromkeys(("frame:menu", "frame:inbox", "frame:feedback"), Row(oracle.anybody)),
    "frame:read_all": Row(oracle.anybody, "", ("post",)),
    "frame:message": Row(lambda person, thing: oracle.HIDDEN, "missing"),
    **dict.fromkeys(
        ("frame:calendar", "frame:limits"), Row(oracle.only("supervise", "dispatch", "administer_system"))
    ),
    **dict.fromkeys(("frame:enter_calendar", "frame:change_hours"), Row(oracle.only("administer_system"))),
    "frame:change_limit": Row(oracle.only("administer_system"), "limit"),
    "frame:replan": Row(oracle.only("administer_system")),
    "frame:suggestions": Row(oracle.only("administer_system")),
    "frame:answer_suggestion": Row(oracle.only("administer_system"), "suggestion", PAGE),
    "frame:overview": Row(oracle.only("supervise", "dispatch")),
    "frame:map": Row(oracle.only("work", "lead", "guide", "dispatch", "supervise")),
    "register:register": Row(oracle.posted),
    "register:at": Row(oracle.posted),
    "register:grid": Row(oracle.posted, "grid"),
    "frame:help": public(),
    "frame:text_size": Row(oracle.anybody, "", ("post",), is_public=True),
    **dict.fromkeys(("public:home", "public:tell", "public:complain"), public()),
    "public:text_size": public(),
    "public:plans": public(),
    "public:plan": Row(oracle.anybody, "", (), is_public=True),
    "public:grid": public("grid"),
    "public:place": public("township"),
    "public:lists": public(),
    "public:list": public("county_list"),
    "public:edition": public("county_edition"),
    "public:short": public("grid"),
    "demo:components": Row(oracle.anybody, "missing", is_public=True),
    # cases
    **dict.fromkeys(
        ("workflow:case", "workflow:preview", "workflow:presence"), Row(oracle.case_seen, "case")
    ),
    **{
        f"workflow:{verb}": Row(oracle.case_verb(verb), "case", ("post",))
        for verb in oracle.VERB_RULES
        if verb != "undo"
    },
    **{f"workflow:desk_{verb}": Row(oracle.case_verb(verb), "case", ()) for verb in oracle.VERB_RULES},
    **{
        f"workflow:{verb}": Row(oracle_joint.share_verb(verb), "share", ("post",))
        for verb in oracle_joint.SHARE_VERBS
    },
    **dict.fromkeys(("duty:rosters", "duty:now"), Row(oracle.only("dispatch", "supervise", "unit", "staff"))),
    "duty:roster": Row(oracle_joint.roster_seen, "body"),
    "duty:enter": Row(oracle_joint.roster_entered, "body"),
    "duty:hand_over_duty": Row(oracle_joint.shift_handed_over, "shift"),
    "duty:take_off_roster": Row(oracle_joint.roster_entered, "shift"),
    "channels:mine": Row(oracle.anybody, "", PAGE),
    **dict.fromkeys(("channels:gateways", "channels:add"), Row(oracle.only("administer_system"))),
    "channels:parked": Row(oracle.only("administer_system"), "", ("post",)),
    **dict.fromkeys(
        ("channels:change_gateway", "channels:switch_on", "channels:switch_off"),
        Row(lambda person, thing: oracle.HIDDEN, "missing", PAGE),
    ),
    "supervision:orders": Row(oracle.only("dispatch", "supervise", "unit")),
    **dict.fromkeys(("supervision:order", "supervision:print"), Row(oracle_joint.order_seen, "order")),
    "supervision:act": Row(oracle_joint.order_lifted, "order", PAGE),
    **dict.fromkeys(("rechecks:draws", "rechecks:draw"), Row(oracle.only("dispatch", "supervise"))),
    "rechecks:drawn": Row(oracle_joint.draw_seen, "draw"),
    "rechecks:act": Row(oracle_joint.draw_seen, "recheck", PAGE),
    "improvement:tasks": Row(oracle.only("dispatch", "supervise", "unit")),
    "improvement:task": Row(oracle_joint.improvement_seen, "improvement"),
    "improvement:act": Row(oracle_joint.improvement_dropped, "improvement", PAGE),
    **dict.fromkeys(("registry:home", "registry:tasks", "registry:search"), Row(oracle_registry.in_register)),
    **dict.fromkeys(("registry:doubles", "registry:new_task"), Row(oracle_registry.keeps_register)),
    **dict.fromkeys(("registry:import", "registry:import_template"), Row(oracle_registry.keeps_register)),
    **dict.fromkeys(
        ("registry:people_import", "registry:import_faults"),
        Row(lambda person, thing: oracle.HIDDEN, "missing"),
    ),
    **dict.fromkeys(
        ("registry:import_confirm", "registry:import_discard"),
        Row(lambda person, thing: oracle.HIDDEN, "missing", ("post",)),
    ),
    "registry:coverage": Row(oracle.only("dispatch", "supervise")),
    "registry:new": Row(oracle_registry.new_record, "record_kind", PAGE),
    "registry:record": Row(oracle_registry.record_seen, "record"),
    "registry:act": Row(oracle_registry.record_kept, "record", PAGE),
    "registry:part": Row(oracle_registry.record_kept, "relation", PAGE),
    "registry:collect": Row(oracle_registry.record_kept, "record", ("post",)),
    "registry:decide": Row(oracle_registry.record_kept, "pair", ("post",)),
    "registry:activity": Row(oracle_registry.record_seen, "activity"),
    "registry:activity_act": Row(oracle_registry.activity_of, "activity", PAGE),
    "supervision:issue": Row(oracle_joint.order_issued, "case", PAGE),
    "workflow:undo": Row(oracle.case_verb("undo"), "case", ("post",)),
    "workflow:desk": Row(oracle.only("dispatch")),
    "workflow:counts": Row(oracle.only("dispatch"), "", ()),
    "workflow:many": Row(oracle.anybody, "", ()),
    "workflow:register": Row(lambda person, thing: oracle.IN if oracle.PEOPLE[person] & DESKS else oracle.NO),
    "workflow:tray": Row(oracle.only("unit")),
    "workflow:tray_counts": Row(oracle.only("unit"), "", ()),
    "workflow:day_report": Row(oracle.only("unit")),
    "workflow:list": Row(oracle.anybody, "", ()),
    "workflow:dots": Row(oracle.anybody, "township"),  # of cases in sight alone
    "workflow:photo": Row(lambda person, thing: oracle.HIDDEN, "uuid"),
    "workflow:small_photo": Row(lambda person, thing: oracle.HIDDEN, "uuid"),
    "workflow:report": Row(oracle.anybody, "", ()),
    "workflow:similar": Row(oracle.anybody),
    "workflow:mine": Row(oracle.anybody),
    "workflow:search": Row(oracle.anybody),
    **dict.fromkeys(("workflow:phrases", "workflow:offered_phrases"), Row(oracle.anybody)),
    "workflow:remove_phrase": Row(lambda person, thing: oracle.HIDDEN, "missing", ("post",)),
    "workflow:save_view": Row(oracle.only("dispatch"), "", ("post",)),
    "workflow:remove_view": Row(lambda person, thing: oracle.HIDDEN, "case", ("post",)),
    "workflow:village": Row(oracle.anybody, "", ()),
    "workflow:find": public(),
    "workflow:resident": Row(oracle.anybody, "", (), is_public=True),
    **dict.fromkeys(("personnel:relieve", "personnel:transfer"), Row(oracle.post_managed, "post", PAGE)),
    "personnel:relieve_office": Row(oracle.post_managed, "office_post", PAGE),
    "personnel:merge_body": Row(oracle.body_changed, "body", PAGE),
    # plans
    **dict.fromkeys(("plans:plan", "plans:map"), Row(oracle.plan_seen, "plan")),
    **dict.fromkeys(("plans:export_plan", "plans:import_example"), Row(oracle.plan_seen, "plan", ())),
    **dict.fromkeys(
        ("plans:edit", "plans:import", "plans:change", "plans:reverse"), Row(oracle.plan_seen, "plan", ())
    ),
    **dict.fromkeys(
        (
            *("plans:submit", "plans:consent", "plans:object", "plans:return_to_draft", "plans:approve"),
            *("plans:publish", "plans:withdraw", "plans:send_filing", "plans:receive_filing"),
            "plans:return_filing",
        ),
        Row(oracle.plan_seen, "plan", ()),
    ),
    **dict.fromkeys(
        (*("plans:import_job", "plans:import_progress", "plans:import_faults"),),
        Row(lambda person, thing: oracle.HIDDEN, "plan_job"),
    ),
    **dict.fromkeys(
        ("plans:import_system", "plans:import_confirm", "plans:import_discard"),
        Row(lambda person, thing: oracle.HIDDEN, "plan_job", ("post",)),
    ),
    "plans:plans": Row(oracle.anybody),
    "plans:new": Row(lambda person, thing: oracle.IN if drafts(person) else oracle.NO),
    "plans:export_register": Row(oracle.posted, "", ()),
    "plans:filings": Row(lambda person, thing: oracle.IN if keeps_counties(person) else oracle.NO),
    **dict.fromkeys(
        ("plans:sector_grids", "plans:divisions", "plans:grid_rules"),
        Row(oracle.only("dispatch", "supervise", "grids", "unit")),
    ),
    **dict.fromkeys(
        (
            *("plans:sector_grid_new", "plans:division_found", "plans:division_change", "plans:norm_new"),
            "plans:code_rule_new",
        ),
        Row(oracle.anybody, "", ()),
    ),
    **dict.fromkeys(("plans:sector_grid_merge", "plans:sector_grid_keep"), Row(oracle.anybody, "", ())),
    # people and bodies
    **dict.fromkeys(
        (
            *("personnel:staffing", "personnel:people", "personnel:find_people"),
            "personnel:organizations",
        ),
        Row(oracle.staff_only),
    ),
    "personnel:person": Row(oracle.person_seen, "person"),
    "personnel:account": Row(oracle.account_kept, "person"),
    "personnel:devices": Row(oracle.staff_only, "", PAGE),
    "personnel:unbind": Row(lambda person, thing: oracle.HIDDEN, "missing", ("post",)),
    "accounts:unbind": Row(lambda person, thing: oracle.HIDDEN, "missing", ("post",)),
    **dict.fromkeys(("personnel:import", "personnel:import_template"), Row(oracle.staff_only)),
    **dict.fromkeys(
        ("personnel:roster", "personnel:roster_faults"), Row(lambda person, thing: oracle.HIDDEN, "missing")
    ),
    **dict.fromkeys(
        ("personnel:roster_confirm", "personnel:roster_discard"),
        Row(lambda person, thing: oracle.HIDDEN, "missing", ("post",)),
    ),
    "personnel:post_requests": Row(oracle.anybody),
    "personnel:post_request_say": Row(oracle.post_request_verb, "post_request", PAGE),
    "personnel:enrol": Row(oracle.staff_only, "", ()),
    "personnel:appoint": Row(oracle.staff_there, "grid", PAGE),
    "personnel:name_for_vacancy": Row(oracle.staff_there, "vacancy", PAGE),
    "personnel:stand_in": Row(oracle.staff_there, "post", PAGE),
    "personnel:found": Row(oracle.staff_only, "", PAGE),
    **dict.fromkeys(("personnel:organization", "workflow:body_cases"), Row(oracle.body_seen, "body")),
    **dict.fromkeys(("personnel:change", "personnel:close_body"), Row(oracle.body_changed, "body", PAGE)),
    "personnel:appoint_office": Row(oracle.body_staffed, "body", PAGE),
    # access
    **dict.fromkeys(("access:mine", "access:looks_at_me"), Row(oracle.anybody)),
    "access:looks": Row(oracle.only("staff", "audit", "guard")),
    "access:grants": Row(oracle.anybody),
    "access:grant_ask": Row(oracle.only("staff")),
    "access:grant_say": Row(oracle.request_decided, "request"),
    "access:reveal": Row(oracle.contact_seen, "contact"),
    # boards and complaints
    "boards:boards": Row(oracle.anybody),
    "boards:print": Row(oracle.anybody),
    "boards:board": Row(oracle.board_seen, "grid"),
    "boards:post": Row(oracle.board_posted, "grid", PAGE),
    **dict.fromkeys(("boards:check", "boards:take_down"), Row(oracle.board_posted, "grid", ())),
    "boards:photo": Row(lambda person, thing: oracle.HIDDEN, "uuid"),
    "conduct:complain": public("grid"),
    "conduct:progress": public(),
    "conduct:received": Row(oracle.anybody, "", (), is_public=True),
    "conduct:complaints": Row(oracle.only("conduct")),
    "conduct:mine": Row(oracle.anybody),
    "conduct:speak": Row(oracle.speaks, "complaint"),
    "conduct:register": Row(oracle.complaint_registered, "grid", PAGE),
    "conduct:person": Row(oracle.person_seen, "person"),
    "conduct:photo": Row(lambda person, thing: oracle.HIDDEN, "uuid"),
    "conduct:complaint": Row(oracle.complaint_seen, "complaint"),
    "conduct:act": Row(oracle.complaint_seen, "complaint", PAGE),
    # proposals
    "matters:proposals": Row(oracle.anybody),
    "matters:proposal": Row(oracle_proposals.proposal_seen, "proposal"),
    "matters:proposal_new": Row(oracle_proposals.proposal_begun, "", PAGE),
    "matters:proposal_edit": Row(oracle_proposals.proposal_edited, "proposal", PAGE),
    "matters:proposal_verb": Row(oracle_proposals.proposal_verb, "proposal", PAGE),
    "matters:comment_reply": Row(oracle_proposals.comment_answered, "comment", PAGE),
    "matters:notices": public(),
    "matters:notice": public("notice"),
    # editions and filings
    "matters:lists": Row(oracle.anybody),
    "matters:edition": Row(oracle_editions.edition_seen, "edition"),
    "matters:matter": Row(oracle_editions.edition_seen, "edition", is_second_door=True),
    "matters:edition_new": Row(oracle_editions.edition_begun, "", PAGE),
    "matters:edition_edit": Row(oracle_editions.edition_changed, "edition", PAGE),
    **dict.fromkeys(
        ("matters:edition_publish", "matters:edition_discard", "matters:import_matters"),
        Row(oracle_editions.edition_changed, "edition", PAGE, is_second_door=True),
    ),
    "matters:compare": Row(oracle.anybody),
    "matters:filings": Row(lambda person, thing: oracle.IN if keeps_counties(person) else oracle.NO),
    "matters:filing": Row(oracle_editions.filing_seen, "filing"),
    "matters:filing_verb": Row(oracle_editions.filing_verb, "filing", PAGE),
    "matters:differences": Row(oracle.only("lists", "supervise")),
    # import, export, burden, requests of lists
    "matters:import_template": Row(oracle.anybody),
    "matters:export": Row(oracle_editions.edition_seen, "edition", is_second_door=True),
    **dict.fromkeys(
        ("matters:import_job", "matters:import_faults"), Row(lambda person, thing: oracle.HIDDEN, "missing")
    ),
    **dict.fromkeys(
        ("matters:import_confirm", "matters:import_discard"),
        Row(lambda person, thing: oracle.HIDDEN, "missing", ("post",)),
    ),
    "matters:burden": Row(oracle.only("lists", "supervise", "dispatch", "law", "unit")),
    **dict.fromkeys(("matters:requests", "matters:my_requests"), Row(oracle.anybody)),
    "matters:request_hand": Row(oracle.request_handed, "", PAGE),
    "matters:request_record": Row(oracle.only("work"), "", PAGE),
    "matters:request_answer": Row(oracle.request_answered, "grid_request", ("post",)),
    **dict.fromkeys(("workflow:unlisted", "matters:words"), Row(oracle.only("lists"))),
    # the API
    "api:suggest": Row(lambda person, thing: oracle.HIDDEN, "missing"),
    **{f"api:{verb}": Row(oracle.case_verb(verb), "case", ("post",)) for verb in oracle.VERB_RULES},
    **{
        f"api:{verb}": Row(oracle_joint.share_verb(verb), "share", ("post",))
        for verb in oracle_joint.SHARE_VERBS
    },
    **dict.fromkeys(("api:case", "api:events"), Row(oracle.case_seen, "case")),
    "api:cases": Row(oracle.anybody),
    "api:photos": Row(oracle.anybody, "", ()),
    # Only the phone that a closing unbound may send here (tests/workflow/test_handing_in.py); no session opens it.
    **dict.fromkeys(
        ("api:hand_in_report", "api:hand_in_photo"),
        Row(lambda person, thing: oracle.NO, "", ("get", "post"), is_public=True),
    ),
    **dict.fromkeys(("api:me", "api:messages"), Row(oracle.anybody)),
    "api:matters": Row(oracle.anybody, "", ()),
    "api:locate": Row(oracle.anybody, "", ()),
    "api:township_map": Row(oracle.township_map, "township"),
    "api:division_map": Row(oracle.township_map, "county_list"),
    "api:grid": Row(oracle.posted, "grid"),
    "api:grid_at": Row(oracle.posted, "", ()),
    **dict.fromkeys(
        ("api:plan_map", "api:plan_register", "api:plan_findings"), Row(oracle.plan_seen, "plan", ())
    ),
    "api:plan_change": Row(oracle.plan_seen, "plan", ()),
    **dict.fromkeys(("api:schema", "api:docs"), Row(lambda person, thing: oracle.NO)),
    "livez": public(),
    "readyz": Row(oracle.anybody, "", (), is_public=True),
}
DESKS = frozenset(("dispatch", place) for place in (oracle.ROAD, oracle.VICTORY, oracle.GATE))


def drafts(person: str) -> bool:
    """A county's authority, and a township's desk (Art. 7)."""
    return bool(oracle.PEOPLE[person] & DESKS) or any(
        verb == "grids" and place != "city" for verb, place in oracle.PEOPLE[person]
    )


def keeps_counties(person: str) -> bool:
    """Who watches over a county or the city."""
    return any(
        verb in ("grids", "supervise") and place.count("/") < 2 for verb, place in oracle.PEOPLE[person]
    )
