"""What a person may see and do, and why, in plain words (Art. 20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from access.models import GrantRequest
from accounts.models import User
from personnel.models import GridPosting, OfficePosting
from personnel.posts import GRID_POSTS, OFFICE_POSTS
from worktime.clocks import day_of

WORDS = {
    "report": "上报和办理{place}的事项，看得到本网格的事项",
    "watch": "看得到专属网格{place}的事项",
    "coordinate": "协调{place}的事项，看得到全村（社区）的事项，保密的除外",
    "guide": "指导{place}的网格工作，核查网格员自己办结的事，保密的除外",
    "dispatch": "受理、交办{place}的事项，看得到辖区内的事项，没有指定您看的保密线索除外",
    "supervise": "看{place}的统计和督办，点数字看得到事项，保密的除外",
    "handle": "签收、办理交给{place}的事项，别的单位的看不到",
    "oversee": "看得到交给{place}的事项，督促办理，保密线索除外",
    "publish_grids": "批准、公布{place}的网格方案",
    "publish_matters": "编制、公布{place}的事项清单，决定事项的准入、调整、退出",
    "review_law": "审查{place}的事项申请是否属于禁止纳入的事项",
    "manage_staff": "管理{place}的网格人员：任命、离任、替岗；因管理需要可以查看他们的私人电话和住址，每次都留记录",
    "handle_conduct": "受理{place}网格人员的行为投诉",
    "approve_grants": "审批{place}范围内的专项授权，自己申请的和给自己的除外",
    "administer_system": "登记、合并、更名{place}的机构",
    "administer_security": "重置{place}人员的双重验证、解绑手机、让账号退出登录",
    "administer_audit": "看{place}全部的查阅记录和审计链，不能看被查阅的内容",
    "view_personal": "查看{place}工作人员和居民的身份证号等敏感信息，每次都留记录",
    "view_clues": "查看{place}的保密线索，每次都留记录",
    "view_minors": "登记、查看{place}未满 14 周岁的人，每次都留记录",
    "view_special": "采集、查看{place}居民的健康、救助和特定对象情况，每次都留记录",
}


@dataclass(frozen=True)
class Reason:
    """One post or special grant, and what it allows."""

    title: str
    since: date | None
    until: date | None
    may: tuple[str, ...]
    note: str = ""


def reasons_of(user: User, *, day: date) -> list[Reason]:
    """Return what the person may do and why; three statements for any number of posts."""
    grid_posts = GridPosting.objects.current(day).filter(user=user).select_related("grid", "village")
    office_posts = OfficePosting.objects.current(day).filter(user=user)
    found = [_of_grid(post) for post in grid_posts.order_by("pk")]
    found += [
        _of_office(post) for post in office_posts.select_related("organization__division").order_by("pk")
    ]
    named = GrantRequest.objects.filter(grantee=user, status="in_effect").with_names()
    return found + [_of_request(request) for request in named.order_by("expires_at")]


def _of_grid(post: Any) -> Reason:
    places = {"grid": post.grid and post.grid.name, "division": post.village.name}
    may = tuple(WORDS[verb].format(place=places[kind]) for verb, kind in GRID_POSTS[post.role])
    where = post.grid.name if post.grid else post.village.name
    return Reason(f"{where} {post.get_role_display()}", post.starts_on, post.ends_on, may)


def _of_office(post: Any) -> Reason:
    body = post.organization
    places = {"organization": body.name, "division": body.division.name}
    may = tuple(WORDS[verb].format(place=places[kind]) for verb, kind in OFFICE_POSTS[post.role])
    return Reason(f"{body.name} {post.get_role_display()}", post.starts_on, post.ends_on, may)


def _of_request(request: GrantRequest) -> Reason:
    decided = request.decided_by.name if request.decided_by else ""
    return Reason(
        f"专项授权 {request.number}",
        day_of(request.decided_at) if request.decided_at else None,
        day_of(request.expires_at),
        (WORDS[request.verb].format(place=request.place),),
        f"用途：{request.purpose}。{request.asked_by.name}申请，{decided}批准。",
    )
