"""An adjustment and an exit begin at their matter, with what holds now already filled in (Art. 16)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from matters import actions
from matters.comparison import changes_between
from matters.content import content_of, read
from matters.models import Matter, MatterList, Proposal
from matters.views.beginning import beginnings
from tests.doors import Visitor
from tests.matters.conftest import PROPOSALS as PAGE
from tests.matters.conftest import as_, draft_of, proposal_in, text_of
from tests.matters.test_proposal_pages import fields_for
from tests.town import MONDAY, Town

pytestmark = [pytest.mark.usefixtures("monday"), pytest.mark.article(16)]
LINK = re.compile(r'href="(/lists/proposals/new/\?kind=(\w+)&amp;matter=(\d+))"')


class Sent(HTMLParser):
    """What a browser without scripts would send of the form on a page, in the order of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._inside, self._area, self._select, self._option = False, "", "", ""
        self._chosen: dict[str, str] = {}
        self.feed(page)
        for name, value in self._chosen.items():
            self.fields.setdefault(name, [value])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self._inside = given.get("method") == "post" and "action" not in given
        elif not self._inside:
            return
        elif tag == "textarea":
            self._area, self.fields[name] = name, [""]
        elif tag == "select":
            self._select = name
        elif tag == "option":
            if "selected" in given:
                self.fields[self._select] = [value]
            self._chosen.setdefault(self._select, value)
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.fields.setdefault(name, []).append(
                value or ("on" if given.get("type") == "checkbox" else "")
            )

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "form":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area][0] += data.removeprefix("\n") if not self.fields[self._area][0] else data


def links_on(answer: Any) -> dict[str, set[int]]:
    """The matters at which something can begin on a page, by the kind of proposal."""
    found: dict[str, set[int]] = {}
    for _, kind, matter in LINK.findall(text_of(answer)):
        found.setdefault(kind, set()).add(int(matter))
    return found


def first(town: Town) -> MatterList:
    return MatterList.objects.get(county=town.division("华龙区"), edition=1)


@pytest.mark.parametrize("page", ["/lists/?county=410902", "edition", "matter"])
@pytest.mark.parametrize(
    ("who", "may"),
    [
        *(("sun", True), ("wu", True), ("tang", True)),
        *(("gu", False), ("zheng", False), ("jiang", False), ("chen", False), ("nobody", False)),
    ],
)
def test_who_may_propose_finds_the_beginning_at_the_matter_and_nobody_else(
    town: Town, who: str, may: bool, page: str
) -> None:
    lamp, edition = town.matter("路灯故障"), first(town)
    address = {"edition": f"/lists/{edition.pk}/", "matter": f"/lists/{edition.pk}/{lamp.code}/"}.get(
        page, page
    )
    person = Visitor(getattr(town, who))
    found = links_on(person.get(address))
    everything = {lamp.pk} if page == "matter" else {row.pk for row in edition.matters.all()}
    assert found == ({"adjust": everything, "exit": everything} if may else {})
    for kind in ("adjust", "exit"):
        answer = person.get(f"{PAGE}new/?kind={kind}&matter={lamp.pk}")
        assert (answer.status_code == 200) is may, (who, kind)


def test_an_exit_opens_with_its_matter_chosen_and_is_sent_with_a_reason_alone(town: Town) -> None:
    client, lamp = as_(town, "sun"), town.matter("路灯故障")
    address = f"{PAGE}new/?kind=exit&matter={lamp.pk}"
    page = text_of(client.get(address))
    sent = Sent(page).fields
    assert sent["matter"] == [str(lamp.pk)]
    assert f'href="/lists/{lamp.edition_id}/{lamp.code}/"' in page, "the way back leads to the matter"
    assert client.post(address, {**sent, "reason": "别的部门已在做"}).status_code == 302
    made = Proposal.objects.get()
    assert (made.kind, made.base, made.reason) == ("exit", lamp, "别的部门已在做")


def test_the_other_kind_keeps_the_matter(town: Town) -> None:
    lamp = town.matter("路灯故障")
    page = as_(town, "sun").get(f"{PAGE}new/?kind=exit&matter={lamp.pk}")
    assert links_on(page) == {"adjust": {lamp.pk}, "exit": {lamp.pk}}
    assert f"{PAGE}new/?kind=admit&amp;" not in text_of(page)


def test_an_adjustment_sent_as_it_opens_changes_nothing_of_any_matter(town: Town) -> None:
    client, tried = as_(town, "wu"), 0
    for matter in first(town).matters.order_by("code"):
        address = f"{PAGE}new/?kind=adjust&matter={matter.pk}"
        sent = Sent(text_of(client.get(address))).fields
        assert client.post(address, {**sent, "reason": "核对"}).status_code == 302, matter
        made = Proposal.objects.get(code=matter.code)
        assert changes_between(content_of(matter), read(made.content)) == (), matter
        tried += 1
    assert tried > 80


def test_the_difference_is_what_he_changed_alone(town: Town) -> None:
    client, lamp = as_(town, "sun"), town.matter("路灯故障")
    address = f"{PAGE}new/?kind=adjust&matter={lamp.pk}"
    sent = Sent(text_of(client.get(address))).fields
    assert client.post(address, {**sent, "minutes_each": "17", "reason": "量过了"}).status_code == 302
    [change] = changes_between(content_of(lamp), read(Proposal.objects.get().content))
    assert change.after == "17" or "17" in change.after


def test_what_assists_and_what_is_collected_keep_their_order(town: Town) -> None:
    """The page lists departments by their names; the list names them in the order of their part."""
    edition = _with(
        town, lead_functions=["城市管理", "应急管理", "公安"], collects=["person_name", "facility"]
    )
    matter = edition.matters.get(name="共享单车占压盲道")
    address = f"{PAGE}new/?kind=adjust&matter={matter.pk}"
    client = as_(town, "wu")
    sent = Sent(text_of(client.get(address))).fields
    assert client.post(address, {**sent, "reason": "核对"}).status_code == 302
    made = Proposal.objects.get(code=matter.code, kind="adjust")
    assert changes_between(content_of(matter), read(made.content)) == ()


def _with(town: Town, **fields: Any) -> MatterList:
    """A second edition with one more matter."""
    proposal_in("adopted", town, **fields)
    draft = actions.draft_edition(
        town.division("华龙区"),
        in_force_on=(MONDAY + timedelta(days=20)).date(),
        document="文2号",
        by=town.wu,
        at=MONDAY,
    )
    return actions.publish_edition(draft, by=town.wu, at=MONDAY)


def test_an_adjusted_temporary_matter_still_ends_on_its_day(town: Town) -> None:
    edition = _with(town, kind="temporary", ends_on=date(2026, 12, 31))
    matter = edition.matters.get(name="共享单车占压盲道")
    made = actions.propose(
        replace(draft_of("adjust", name=matter.name, minutes_each=12), matter=matter), by=town.sun, at=MONDAY
    )
    assert read(made.content).ends_on == date(2026, 12, 31)
    actions.revise(made, replace(draft_of("adjust", name=matter.name), matter=matter), by=town.sun, at=MONDAY)
    made.refresh_from_db()
    assert read(made.content).ends_on == date(2026, 12, 31)


def test_while_another_proposal_is_under_way_nothing_begins_and_the_page_says_so(town: Town) -> None:
    other, lamp, edition = (
        proposal_in("formal_check", town, kind="exit"),
        town.matter("路灯故障"),
        first(town),
    )
    person = Visitor(town.wu)
    page = person.get(f"/lists/{edition.pk}/{lamp.code}/")
    assert links_on(page) == {} and "已有申请在办" in text_of(page)
    listed = person.get(f"/lists/{edition.pk}/")
    assert lamp.pk not in links_on(listed)["exit"] and text_of(listed).count("有申请在办") == 1
    form = person.get(f"{PAGE}new/?kind=adjust&matter={lamp.pk}")
    assert f"已有申请 {other.number} 在办" in text_of(form)
    quiet = Visitor(town.chen).get(f"/lists/{edition.pk}/{lamp.code}/")
    assert "已有申请在办" not in text_of(quiet), "it is said to who may propose"


def test_an_older_edition_begins_at_the_matter_of_the_newest(town: Town) -> None:
    newest, old = _with(town), first(town)
    lamp = newest.matters.get(name="路灯故障")
    answer = Visitor(town.sun).get(f"/lists/{old.pk}/{lamp.code}/")
    assert links_on(answer) == {"adjust": {lamp.pk}, "exit": {lamp.pk}}


def test_a_draft_begins_nothing(town: Town) -> None:
    proposal_in("adopted", town)
    draft = actions.draft_edition(
        town.division("华龙区"), in_force_on=date(2026, 12, 1), document="文", by=town.wu, at=MONDAY
    )
    person = Visitor(town.wu)
    assert links_on(person.get(f"/lists/{draft.pk}/")) == {}
    code = draft.matters.earliest("code").code
    assert links_on(person.get(f"/lists/{draft.pk}/{code}/")) == {}


def test_the_rows_cost_the_same_for_one_and_for_all(town: Town) -> None:
    person = Visitor(town.sun)
    one, all_rows = (person.statements(address) for address in ("/lists/?q=路灯故障", "/lists/"))
    assert one == all_rows
    codes = list(Matter.objects.filter(edition=first(town)).values_list("code", flat=True))
    assert len(beginnings(town.sun, town.division("华龙区"), codes)) == len(codes)


def test_only_bodies_of_the_matters_county_are_offered(town: Town) -> None:
    """A form that was opened at a matter never files it under another county."""
    lamp = town.matter("路灯故障")
    client = as_(town, "sun")
    sent = fields_for(name="路灯故障", matter=town.matter("路灯故障", county="410922").pk)
    answer = client.post(f"{PAGE}new/?kind=adjust&matter={lamp.pk}", sent)
    assert answer.status_code in (404, 422) and not Proposal.objects.exists()
