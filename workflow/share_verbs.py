"""What a verb of an assisting unit's share needs: action, form, API input, what it will do. Pages and API read this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from common.web.verb_page import Verb
from workflow import inputs, share_forms
from workflow.actions import shares
from workflow.share_states import SHARE_VERBS as WORDS


@dataclass(frozen=True)
class ShareVerb(Verb):
    """A verb with a page for people and an address for other systems."""

    input: type[inputs.VerbIn] = inputs.VerbIn


def slug_of_share(verb: str) -> str:
    """Return the end of a verb's address: ``hand-back`` of ``hand_back_share``."""
    return "-".join(part for part in verb.split("_") if part != "share")


def verb(
    name: str,
    act: Callable[..., Any],
    consequence: str,
    form: type[share_forms.ShareForm] = share_forms.ShareReasonForm,
    input: type[inputs.VerbIn] = inputs.NoteIn,
) -> tuple[str, ShareVerb]:
    """Return the row of a verb under its name; the word comes from ``share_states``."""
    return name, ShareVerb(act, WORDS[name], consequence, form, input=input)


SHARE_VERBS: dict[str, ShareVerb] = dict(
    (
        verb(
            "sign_share",
            shares.sign_share,
            "确认由本单位协办；主办单位会收到通知。",
            share_forms.ShareForm,
            inputs.VerbIn,
        ),
        verb(
            "feed_back_share",
            shares.feed_back_share,
            "提交协办的结果，主办单位会看到；协办都反馈了，主办才能办结反馈。",
            share_forms.ShareResultForm,
            inputs.ResultIn,
        ),
        verb(
            "hand_back_share",
            shares.hand_back_share,
            "由交办机构决定是否解除；决定以前这份协办不算完成。",
        ),
        verb(
            "pass_share_down",
            shares.pass_share_down,
            "由下一级单位签收办理，期限不变；本单位这份到此结束，不再看到这件事。",
            share_forms.PassDownForm,
            inputs.PassDownIn,
        ),
        verb("keep_share", shares.keep_share, "仍由它协办，接着剩下的时间。"),
        verb(
            "release_share",
            shares.release_share,
            "不再由它协办，整件事不再等它的结果；两个单位都会收到通知。",
        ),
    )
)
WITH_PHOTOS = tuple(name for name, declared in SHARE_VERBS.items() if "photos" in declared.form.base_fields)
