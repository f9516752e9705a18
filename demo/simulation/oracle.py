"""What the clocks of a case owe, worked out a second time from the tables of the law and the events of the case.

It reads the events, never a plan or a deadline of the product: which stays there were follows from the events, when
each was due from :mod:`demo.simulation.tables` and :mod:`demo.simulation.calculator`, and what had to ring from the
wake-ups of the sweep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from demo.simulation.calculator import BY_OFFICE, DAY, DAYS, HOURS, MINUTE, ROUND, Limit, Office
from demo.simulation.stays import Alarms, Fact, Passes, Rules, ShareStay, Stay, alarms_of, debts_of, year_of
from demo.simulation.tables import (
    ENDED,
    INTERRUPTED_BY,
    MOVES_NOTHING,
    OF_UNIT,
    SHARE_RULES,
    WORKING,
    Matter,
    limit_for,
)


class Account:
    """The account of one case: its events are laid down one after the other, and its stays come out."""

    def __init__(
        self, key: int, matter: Matter, rules: Rules, passes: Passes, *, urgent: bool,
        extensions: dict[int, Limit], reviews: dict[int, int],
    ):  # fmt: skip
        self.key, self.matter, self.rules, self.passes, self.urgent = key, matter, rules, passes, urgent
        self.extensions, self.reviews = extensions, reviews  # by the moment of the grant
        self.stays: list[Stay] = []
        self.shares: dict[int, Stay] = {}  # by the key of the stay
        self.promised: int | None = None
        self.finish: int | None = None
        self.running: Stay | None = None
        self.status = ""
        self.ended_at: int | None = None
        self._kept: list[tuple[Fact, int | None, int | None, Stay | None, str]] = []
        self._all_shares: list[tuple[ShareStay, Stay]] = []

    def lay_down(self, facts: Sequence[Fact], shares: Sequence[ShareStay]) -> None:
        """Lay down all events, stays of shares and re-plannings in the order of time."""
        line: list[tuple[int, int, object]] = [(fact.at, 0, fact) for fact in facts]
        line += [(share.start, 1, share) for share in shares]
        line += [(moment, 2, moment) for moment in self.rules.replanned]
        for _, _, what in sorted(line, key=lambda one: one[:2]):
            if isinstance(what, Fact):
                self._event(what)
            elif isinstance(what, ShareStay):
                self._share(what)
            elif isinstance(what, int):
                self._replan(what)

    # --- Events ---------------------------------------------------------------------------------------------------

    def _event(self, fact: Fact) -> None:
        if fact.verb in MOVES_NOTHING:
            return
        if fact.verb == "undo":
            self._undo(fact)
            return
        self._kept.append((fact, self.promised, self.finish, self.running, self.status))
        former = self.running
        if former is not None:
            former.end, former.ended_by = fact.at, fact.verb
        if fact.verb == "feed_back" and self.status == "extension_review":
            asked = self._interrupted("ask_extension")
            if asked is not None and asked.end is not None:
                office, _ = self.rules.at(fact.at)
                self.finish = office.end_of_rest(
                    fact.at, clock=asked.clock, stopped=asked.end, was_due=asked.due
                )
        is_other = former is not None and fact.unit != former.unit and former.unit is not None
        if fact.verb in ("accept", "uphold_return", "reassign") or (fact.verb == "name_lead" and is_other):
            self.promised = fact.at
        self.status, self.running = fact.status, None
        self.ended_at = fact.at if fact.status in ENDED else None
        if fact.status not in ENDED:
            self._begin(fact)

    def _begin(self, fact: Fact) -> None:
        """Begin the stay to which an event leads."""
        office, years = self.rules.at(fact.at)
        interrupted = self._going_on(fact)
        if fact.status == "shelved":
            day = self.reviews[fact.at]
            limit = Limit(DAYS, max(day - fact.at // DAY - 1, 0))
        else:
            limit = limit_for(fact.status, self.matter, urgent=self.urgent)
        stay = Stay(fact.status, fact.level, fact.unit, fact.at, fact.at, limit.clock, 0, self.urgent)
        if interrupted is not None and (interrupted.clock in BY_OFFICE) == (limit.clock in BY_OFFICE):
            self._give_rest(stay, interrupted, fact, office)
        else:
            if fact.status == "in_hand" and interrupted is None and self.promised is not None:
                stay.counted = self.promised
            stay.amount, stay.due = limit.amount, office.end_of(stay.counted, limit)
        stay.provisional = stay.clock in BY_OFFICE and year_of(stay.due) not in years
        self._keep_self_handling_in_office(stay, office, years)
        stay.plans.append((fact.at, alarms_of(stay, office)))
        if fact.status in WORKING:
            self.finish = stay.due
        self.stays.append(stay)
        self.running = stay

    def _keep_self_handling_in_office(self, stay: Stay, office: Office, years: frozenset[int]) -> None:
        if stay.status == "self_handling" and stay.clock == DAYS:
            kept = office.kept_in_office(stay.counted, stay.due)
            if kept != stay.due:
                stay.due, stay.provisional = kept, year_of(kept) not in years

    def _give_rest(self, stay: Stay, former: Stay, fact: Fact, office: Office) -> None:
        was_due, stopped = former.due, former.end or fact.at
        if fact.verb == "grant_extension":
            was_due = office.end_of(was_due, self.extensions[fact.at])
        stay.due = office.end_of_rest(fact.at, clock=former.clock, stopped=stopped, was_due=was_due)
        by_office = former.clock in BY_OFFICE
        left = office.between(stopped, was_due) if by_office else max(was_due - stopped, 0)
        stay.clock, stay.amount, stay.is_rest = HOURS if by_office else ROUND, left // MINUTE, True

    def _going_on(self, fact: Fact) -> Stay | None:
        """The stay that goes on: interrupted by the verb's counterpart, in the same status and unit."""
        if fact.verb not in INTERRUPTED_BY:
            return None
        former = self._interrupted(INTERRUPTED_BY[fact.verb])
        if former is None or former.status != fact.status:
            return None
        return former if former.status not in OF_UNIT or former.unit == fact.unit else None

    def _interrupted(self, verb: str) -> Stay | None:
        return next((stay for stay in reversed(self.stays) if stay.ended_by == verb), None)

    def _undo(self, fact: Fact) -> None:
        """Take back the last act, with the acceptance before it if both were one act."""
        last = self._kept.pop()
        if last[0].verb == "assign" and self._kept:
            first = self._kept[-1][0]
            if (first.verb, first.at, first.actor) == ("accept", last[0].at, last[0].actor):
                last = self._kept.pop()
        act, self.promised, self.finish, former, self.status = last
        if self.running is not None:
            self.running.end, self.running.ended_by = fact.at, "undo"
        self.running, self.ended_at = former, None
        if former is not None:
            former.gaps.append((act.at, fact.at))
            former.end, former.ended_by = None, ""

    # --- Shares and re-planning -----------------------------------------------------------------------------------

    def _share(self, share: ShareStay) -> None:
        """Begin the stay of a share: by the limit of its step, never later than the whole (Art. 17)."""
        office, years = self.rules.at(share.start)
        limit = limit_for(share.status, self.matter, urgent=self.urgent)
        stay = Stay(share.status, "", None, share.start, share.start, limit.clock, 0, self.urgent)
        before = self._handed_back(share)
        if before is not None:
            kept, stopped = before[1], before[0].end or share.start
            due = office.end_of_rest(share.start, clock=kept.clock, stopped=stopped, was_due=kept.due)
            stay.clock, stay.is_rest = HOURS if kept.clock in BY_OFFICE else ROUND, True
        else:
            due = office.end_of(share.start, limit)
        whole = self._end_of_whole(share.start, office)
        is_work = share.status == "in_hand"
        wanted = (share.own_end if share.own_end is not None else whole) if is_work else due
        stay.due = max(min(wanted, whole), share.start)
        stay.provisional = year_of(stay.due) not in years
        stay.plans.append((share.start, self._alarms_of_share(stay, office)))
        stay.end, stay.ended_by = share.end, share.ended_by
        self.shares[share.key] = stay
        self._all_shares.append((share, stay))

    def _handed_back(self, share: ShareStay) -> tuple[ShareStay, Stay] | None:
        """The stay that goes on because the unit may not hand its share back."""
        former = [one for one in self._all_shares if one[0].share == share.share]
        if not former or former[-1][0].status != "return_review":
            return None
        return next((one for one in reversed(former) if one[0].status == share.status), None)

    def _alarms_of_share(self, stay: Stay, office: Office) -> Alarms:
        return tuple(alarm for alarm in alarms_of(stay, office) if alarm[0] in SHARE_RULES)

    def _end_of_whole(self, at: int, office: Office) -> int:
        if self.finish is not None and self.status in (
            "in_hand",
            "rework",
            "extension_review",
            "shelving_review",
        ):
            return self.finish
        start = self.promised if self.promised is not None else at
        return office.end_of(start, limit_for("in_hand", self.matter, urgent=self.urgent))

    def _replan(self, at: int) -> None:
        """Lay the running stay on the new calendar, but for what is shelved, has nothing left, or was found overdue."""
        stay = self.running
        if stay is None or stay.status == "shelved" or (stay.is_rest and not stay.amount):
            return
        rung = {debt.rule for debt in debts_of(stay, self.passes, self.key) if debt.wake and debt.wake < at}
        if "overdue" in rung:
            return
        office, years = self.rules.at(at)
        limit = Limit(stay.clock, stay.amount)
        if not stay.is_rest:
            limit = limit_for(stay.status, self.matter, urgent=self.urgent)
        moved = replace(stay, due=office.end_of(stay.counted, limit))
        moved.provisional = limit.clock in BY_OFFICE and year_of(moved.due) not in years
        self._keep_self_handling_in_office(moved, office, years)
        alarms, former = alarms_of(moved, office), stay.plans[-1][1]
        left = [one for one in (*alarms, ("due", moved.due)) if one[0] not in rung]
        was = [one for one in (*former, ("due", stay.due)) if one[0] not in rung]
        if moved.provisional == stay.provisional and _are_close(left, was):
            return
        is_earlier = moved.due < stay.due
        stay.due, stay.provisional = moved.due, moved.provisional
        stay.plans.append((at, alarms))
        if stay.status in WORKING:
            self.finish = stay.due
            if is_earlier:
                self._replan_shares(at, stay, office)

    def _replan_shares(self, at: int, whole: Stay, office: Office) -> None:
        """Let no running share be due later than the case, unless its clock has found it overdue."""
        for _, stay in self._all_shares:
            if (stay.end is not None and stay.end <= at) or stay.due <= whole.due:
                continue
            rung = [debt for debt in debts_of(stay, self.passes, self.key) if debt.wake and debt.wake < at]
            if all(debt.rule != "overdue" for debt in rung):
                stay.due, stay.clock = whole.due, whole.clock
                stay.plans.append((at, self._alarms_of_share(stay, office)))


def _are_close(ones: Sequence[tuple[str, int]], others: Sequence[tuple[str, int]]) -> bool:
    """Whether the same alarms stand within a minute of each other."""
    if [one[0] for one in ones] != [one[0] for one in others]:
        return False
    return all(abs(one[1] - other[1]) < MINUTE for one, other in zip(ones, others, strict=True))
