"""The personas of the demo, one login each. They exist only in demo mode."""

from __future__ import annotations

from functools import lru_cache

from django.contrib.auth.hashers import make_password

from accounts.one_click import Persona

DEMO_PASSWORD = "demo-puyang-2026"  # shown on the sign-in page of the demo, valid nowhere else


PERSONAS = (
    Persona("worker", "陈示甲", "专职网格员 · 京东社区第一网格", "用手机宽度打开，上报一件事"),
    Persona("leader", "王示甲", "网格长 · 京东社区", "接办网格员报来的事，或上报乡镇街道"),
    Persona("instructor", "李示甲", "网格指导员 · 京东社区", "核查网格员自己办结的事"),
    Persona("dispatcher", "赵示甲", "调度员 · 中原路街道", "用键盘受理、交办"),
    Persona("desk_head", "钱示甲", "调度负责人 · 中原路街道", "打开“人员”，补一个空岗；看公示牌和投诉"),
    Persona("handler", "孙示甲", "经办人 · 华龙区城市管理局", "签收、反馈办理结果"),
    Persona("county", "周示甲", "调度员 · 华龙区", "处理乡镇街道升级的事"),
    Persona("lawyer", "郑示律", "合法性审查员 · 华龙区", "打开“清单申请”，审查一件申请是否属于禁止事项"),
    Persona("county_admin", "吴示甲", "县区管理员 · 华龙区", "打开网格方案，在地图上切分一个网格"),
    Persona("city", "郑示甲", "市级监督员 · 濮阳市", "看全市总览和各县区备案，点数字看清单"),
    Persona("security", "褚示甲", "安全管理员 · 濮阳市", "审批专项授权"),
    Persona("system", "蒋示甲", "系统管理员 · 濮阳市", "打开工作日历，录入明年的节假日安排"),
    Persona("auditor", "卫示甲", "审计管理员 · 濮阳市", "看谁查阅了谁的个人信息"),
    Persona("city_desk", "冯示甲", "调度员 · 濮阳市", "处理县区升级的事"),
)


@lru_cache(maxsize=1)
def stored_password() -> str:
    """Return the password as accounts keep it. All share it, because it is slow to make on purpose."""
    return make_password(DEMO_PASSWORD)


def login_lines() -> list[str]:
    """Return what the terminal shows of the personas: the password, then one line for each."""
    width = max(len(persona.username) for persona in PERSONAS)
    return [
        f"演示账号，密码都是 {DEMO_PASSWORD}",
        *(f"  {persona.username:<{width}}  {persona.post}：{persona.try_first}" for persona in PERSONAS),
    ]
