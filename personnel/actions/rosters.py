"""A roster is read, shown, confirmed or discarded; private data is sealed and kept for 24 hours (Art. 10, 20)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import IO, Any, cast

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.actions import append_entries, append_entry
from common.errors import IllegalMove, NotPermitted, RuleViolation
from exchange.named import Row, read_upload
from personnel.actions.grants import sync_grants
from personnel.actions.vacancies import watch_vacancies
from personnel.models import ContactRecord, GridPosting, IdentityRecord, StaffImport
from personnel.policies import BY_TOWNSHIP
from personnel.roster.columns import TABLE
from personnel.roster.examination import Arrival, StoredLine, counts_of, examine, row_of, stored
from personnel.scopes import authority_of
from sweeps.actions import sweep_together
from worktime.clocks import day_of

KEPT_FOR = timedelta(hours=24)
CHANGED = "预览以后人员或岗位有变化，结果已经更新，请再核对一遍。"
RACED = "刚刚有人登记了文件里的人或岗位，请重新上传，再核对一遍。"


@transaction.atomic
def take_roster(upload: IO[bytes], *, name: str, size: int, by: User, at: datetime) -> StaffImport:
    """Read a roster and store its effects, sealed, until it is decided; nothing is written to the register yet."""
    held = _held(by)
    file = read_upload(upload, name=name, size=size, table=TABLE)
    found = examine(file.rows, held=held, today=day_of(at), reader_id=by.pk)
    User.objects.select_for_update().get(pk=by.pk)  # two uploads at once run one after the other
    waiting = StaffImport.objects.filter(by=by, status=StaffImport.Status.READY)
    waiting.update(status=StaffImport.Status.DISCARDED, lines=b"")
    job = StaffImport(file_name=file.name, sha256=file.sha256, by=by, at=at, ends_at=at + KEPT_FOR)
    _keep(job, found)
    job.save()
    return job


def lines_of(job: StaffImport) -> list[StoredLine]:
    """Return the lines of a waiting roster: row, values, faults, outcome. The caller must mask the private values."""
    return list(json.loads(job.unseal("lines") or "[]"))


@transaction.atomic
def refresh_roster(job: StaffImport, *, at: datetime) -> StaffImport:
    """Compare a waiting roster again with what is known now."""
    job = _waiting(job)
    _keep(job, _examined(job, at=at), beside=[line for line in lines_of(job) if line["outcome"] == "fault"])
    job.save()
    return job


@transaction.atomic
def confirm_roster(job: StaffImport, *, by: User, at: datetime) -> StaffImport:
    """Enrol the new people and post everybody as in the preview, in one transaction; faulty lines are left out."""
    job = _waiting(job)
    if job.by_id != by.pk:
        raise NotPermitted("只有上传的人可以确认。")
    if at >= job.ends_at:
        raise IllegalMove("文件已过期，请重新上传。")
    found = _examined(job, at=at)
    now, before = counts_of(found), job.counts
    if any(now[outcome] != before[outcome] for outcome in ("create", "appoint", "same")):
        raise IllegalMove(CHANGED)
    coming = [arrival for arrival in found if arrival.outcome in ("create", "appoint")]
    if not coming:
        raise RuleViolation("文件里没有要登记或任命的人。")
    try:
        with transaction.atomic():
            _write(coming, job=job, by=by, at=at)
    except IntegrityError as raced:
        raise RuleViolation(RACED) from raced
    job.status, job.lines = StaffImport.Status.CONFIRMED, b""
    job.save(update_fields=["status", "lines"])
    append_entry(
        f"staff_import:{job.pk}",
        verb="confirm",
        at=at,
        actor_id=by.pk,
        record={"sha256": job.sha256, **job.counts},
        first=True,
    )
    watch_vacancies(at=at)
    return job


@transaction.atomic
def discard_roster(job: StaffImport, *, by: User) -> StaffImport:
    """Discard a roster and everything that was read from it."""
    job = _waiting(job)
    if job.by_id != by.pk:
        raise NotPermitted("只有上传的人可以放弃。")
    job.status, job.lines = StaffImport.Status.DISCARDED, b""
    job.save(update_fields=["status", "lines"])
    return job


def drop_rosters(*, at: datetime) -> int:
    """Delete the lines of rosters that nobody decided within a day; returns how many."""
    over = StaffImport.objects.filter(status=StaffImport.Status.READY, ends_at__lte=at)

    def drop(numbers: Sequence[int]) -> int:
        return over.filter(pk__in=numbers).update(status=StaffImport.Status.EXPIRED, lines=b"")

    return sweep_together("personnel.rosters", list(over.values_list("pk", flat=True)), drop, at=at).done


def _held(by: User) -> frozenset[int]:
    held = authority_of(by).places("division", "manage_staff")
    if not held:
        raise NotPermitted(BY_TOWNSHIP)
    return held


def _waiting(job: StaffImport) -> StaffImport:
    locked = StaffImport.objects.select_for_update(of=("self",)).select_related("by").get(pk=job.pk)
    if locked.status != StaffImport.Status.READY:
        raise IllegalMove(f"这个文件{locked.get_status_display()}，请重新上传。")
    return locked


def _examined(job: StaffImport, *, at: datetime) -> list[Arrival]:
    """Compare the lines without faults once more."""
    rows: list[Row] = [row_of(line) for line in lines_of(job) if line["outcome"] != "fault"]
    return examine(rows, held=_held(job.by), today=day_of(at), reader_id=job.by_id)


def _keep(job: StaffImport, found: list[Arrival], *, beside: list[StoredLine] | None = None) -> None:
    lines = [*stored(found), *(beside or [])]
    lines.sort(key=lambda line: line["row"])
    job.counts = {**counts_of(found), "fault": sum(line["outcome"] == "fault" for line in lines)}
    job.seal(lines=json.dumps(lines, ensure_ascii=False))


# --- Writing --------------------------------------------------------------------------------------------------


def _write(coming: list[Arrival], *, job: StaffImport, by: User, at: datetime) -> None:
    """Write everything that ``enrol`` and ``appoint_to_grid`` write, for thousands at once."""
    new = [arrival for arrival in coming if arrival.outcome == "create"]
    users = [
        User(
            username=arrival.draft.username or arrival.draft.phone,
            name=arrival.draft.name,
            phone=arrival.draft.phone,
            password=make_password(None),
        )
        for arrival in new
    ]
    User.objects.bulk_create(users, batch_size=1000)
    _seal_records(users, new)
    made = {id(arrival): user.pk for arrival, user in zip(new, users, strict=True)}
    posts = [
        GridPosting(
            user_id=arrival.user_id or made[id(arrival)],
            role=arrival.role,
            village_id=cast(int, arrival.village_id),  # a line without faults has both
            grid_id=arrival.grid_id,
            posted_by=by,
            source=arrival.row.values["source"],
            appointed_by_id=arrival.appointed_by_id,
            document=arrival.row.values.get("document", ""),
            starts_on=cast(date, arrival.on),
        )
        for arrival in coming
    ]
    GridPosting.objects.bulk_create(posts, batch_size=1000)
    sync_grants(User.objects.filter(pk__in={post.user_id for post in posts}), day=day_of(at))
    enrolled: dict[str, Mapping[str, Any]] = {f"account:{user.pk}": {"import": job.pk} for user in users}
    append_entries(enrolled, verb="enrol", at=at, actor_id=by.pk, first=True)
    appointed: dict[str, Mapping[str, Any]] = {
        f"grid_posting:{post.pk}": {
            "user": post.user_id,
            "role": post.role,
            "on": post.starts_on.isoformat(),
            "import": job.pk,
        }
        for post in posts
    }
    append_entries(appointed, verb="appoint", at=at, actor_id=by.pk, first=True)


def _seal_records(users: list[User], new: list[Arrival]) -> None:
    contacts, identities = [], []
    for user, arrival in zip(users, new, strict=True):
        draft = arrival.draft
        if draft.private_phone or draft.home_address:
            contact = ContactRecord(user=user)
            contact.seal(private_phone=draft.private_phone, home_address=draft.home_address)
            contacts.append(contact)
        if draft.id_number:
            identity = IdentityRecord(user=user)
            identity.seal(id_number=draft.id_number)
            identities.append(identity)
    ContactRecord.objects.bulk_create(contacts, batch_size=1000)
    IdentityRecord.objects.bulk_create(identities, batch_size=1000)
