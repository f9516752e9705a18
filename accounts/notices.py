"""Notices to the owner when another person has done something with the account (Art. 20), and about suggestions."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Suggestion, User
from notifications.actions import tell

TOPIC = "account"
SENTENCES = {
    "issue_password": "{by}给您的账号发了初始密码，{hours} 小时内有效，登录后请马上改成自己的。",
    "issue_device_code": "{by}给您发了手机绑定码。",
    "sign_out_everywhere": "{by}让您的账号在所有设备上退出登录，绑定的手机也已解绑。",
    "unbind_device": "{by}解绑了您的手机，请重新登录。",
    "reopen": "{by}重新启用了您的账号。",
    "reset_second_factor": "{by}重置了您的双重验证，请重新绑定验证器。",
}
NOT_ASKED = "不是您要求的，请马上告诉管理您的机构或安全管理员。"


def tell_owner(user: User, verb: str, *, by: User, at: datetime, hours: int = 0) -> None:
    """Tell the owner what another person did with the account, never the secret itself. Own acts send no notice."""
    if user.pk == by.pk:
        return
    sentence = SENTENCES[verb].format(by=by.name, hours=hours) + NOT_ASKED
    tell(f"user:{user.pk}", topic=TOPIC, subject=f"own_account:{user.pk}", sentence=sentence, at=at)


def tell_suggested(audience: str, suggestion: Suggestion, *, at: datetime) -> None:
    """Tell those who answer that a suggestion has come, or its author that it is answered; never its text."""
    if suggestion.answered_at:
        subject, sentence = "own_suggestion", f"您提的意见建议（编号 {suggestion.pk}）有答复了。"
    else:
        subject, sentence = (
            "suggestion",
            f"{suggestion.user.name}提了一条意见建议（编号 {suggestion.pk}），请答复。",
        )
    tell(audience, topic="suggestion", subject=f"{subject}:{suggestion.pk}", sentence=sentence, at=at)
