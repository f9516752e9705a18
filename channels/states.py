"""The life of a gateway, and the bodies that the usual ones ask for. Pure."""

from __future__ import annotations

from common.records.moves import Move, MoveTable

STATUSES = {"on": "启用", "off": "停用"}
VERBS = {
    "add_gateway": "登记通道",
    "change_gateway": "修改通道",
    "switch_on": "启用通道",
    "switch_off": "停用通道",
}
GATEWAY_MOVES = MoveTable(
    (
        Move("add_gateway", ("",), ("off",)),
        Move("change_gateway", ("on", "off"), ()),
        Move("switch_on", ("off",), ("on",)),
        Move("switch_off", ("on",), ("off",)),
    ),
    labels=STATUSES,
    verbs=VERBS,
)

EMAIL = "email"
KINDS = {"sms": "短信", "wecom": "企业微信机器人", "dingtalk": "钉钉机器人", "webhook": "其他系统"}
ROBOTS = ("wecom", "dingtalk")  # these answer 200 with a code of their own
TEXT, ADDRESS, KEY = "{{text}}", "{{address}}", "{{key}}"
TEMPLATES = {
    "sms": '{"mobile": "{{address}}", "content": "{{text}}", "id": "{{key}}"}',
    "wecom": '{"msgtype": "text", "text": {"content": "{{text}}"}}',
    "dingtalk": '{"msgtype": "text", "text": {"content": "{{text}}"}}',
    "webhook": '{"to": "{{address}}", "text": "{{text}}", "key": "{{key}}"}',
}

ORDINARY = {
    "digest": "每天汇总一条",
    "each": "每条都发（安静时段以后）",
    "none": "不发，只看平台内的消息",
}


def filled(template: object, values: dict[str, str]) -> object:
    """Returns a body whose texts have their marks replaced; the values cannot change the shape of the body."""
    if isinstance(template, str):
        for mark, value in values.items():
            template = template.replace(mark, value)
        return template
    if isinstance(template, list):
        return [filled(each, values) for each in template]
    if isinstance(template, dict):
        return {name: filled(each, values) for name, each in template.items()}
    return template
