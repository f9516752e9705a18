"""Chinese test texts: half with known personal numbers, half full of other numbers.

Nothing here is taken from the detector: numbers are made with check digits of their own, written in many ways, and set
among codes, dates, amounts and hotlines.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

WIDE = str.maketrans("0123456789X-+() ", "０１２３４５６７８９Ｘ－＋（）　")
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")


@dataclass(frozen=True)
class Planted:
    """A personal number and where it stands."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Text:
    """A text and all personal numbers in it."""

    text: str
    planted: tuple[Planted, ...]


def digits(rng: random.Random, count: int, first: str = "0123456789") -> str:
    return rng.choice(first) + "".join(rng.choice("0123456789") for _ in range(count - 1))


def grouped(number: str, sizes: tuple[int, ...], mark: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    assert at == len(number)
    return mark.join(parts)


def widened(rng: random.Random, text: str) -> str:
    return text.translate(WIDE) if rng.random() < 0.15 else text


# --- What is personal ---------------------------------------------------------------------------------------------


def mobile(rng: random.Random) -> str:
    number = "1" + digits(rng, 10, "3456789")
    way = rng.random()
    if way < 0.45:
        written = number
    elif way < 0.8:
        sizes = rng.choice([(3, 4, 4), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 3, 4), (4, 4, 3), (5, 6)])
        written = grouped(number, sizes, rng.choice([" ", "-", "－", "—", "·", "  ", "‑"]))
    elif way < 0.83:
        written = grouped(number, (1,) * 11, rng.choice([" ", "-"]))
    elif way < 0.85:
        return number.translate(SPOKEN)
    else:
        written = rng.choice(["+86", "+86 ", "86-", "+86-", "0086 "]) + rng.choice(
            [number, grouped(number, (3, 4, 4), " "), grouped(number, (3, 4, 4), "-")]
        )
    return widened(rng, written)


def landline(rng: random.Random) -> str:
    area = rng.choice(["0393", "0393", "0393", "0371", "0372", "010", "021", "0536"])
    local = digits(rng, 8 if area in ("010", "021", "0371") else 7, "2345678")
    if rng.random() < 0.25:
        local = grouped(local, (3, len(local) - 3), rng.choice([" ", "-"]))
    form = rng.choice(
        ["{a}-{l}", "{a}-{l}", "({a}){l}", "（{a}）{l}", "{a} {l}", "{a}{l}", "{a}—{l}", "({a}) {l}"]
    )
    return widened(rng, form.format(a=area, l=local))


def birthday(rng: random.Random, first: int = 1935, last: int = 2015) -> str:
    return f"{rng.randint(first, last)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"


def region(rng: random.Random) -> str:
    return rng.choice(
        ["410902", "410922", "410923", "410926", "410927", "410928", "410105", "370828", "110101", "522121"]
    )


def identity(rng: random.Random) -> str:
    body = region(rng) + birthday(rng) + digits(rng, 3)
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body))
    last = (12 - total % 11) % 11
    number = body + ("X" if last == 10 else str(last))
    way = rng.random()
    if way > 0.6:
        sizes = rng.choice([(6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4), (6, 4, 2, 2, 4)])
        number = grouped(number, sizes, rng.choice([" ", "-", "—", "　"]))
    if rng.random() < 0.5:
        number = number.replace("X", rng.choice(["x", "Ｘ", "ｘ"]))
    return widened(rng, number)


def old_identity(rng: random.Random) -> str:
    number = region(rng) + birthday(rng, 1940, 1985)[2:] + digits(rng, 3, "123456789")
    return widened(rng, number if rng.random() < 0.7 else grouped(number, (6, 6, 3), rng.choice([" ", "-"])))


def card(rng: random.Random) -> str:
    start, size = rng.choice(
        [("6222", 19), ("6217", 19), ("6230", 19), ("6228", 19), ("6225", 16), ("6259", 16), ("95588", 19),
         ("4367", 16), ("5187", 16), ("621", 18), ("622", 17)]
    )  # fmt: skip
    body = start + digits(rng, size - 1 - len(start))
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    number = body + str(-total % 10)
    if rng.random() < 0.5:
        sizes = (*(4,) * (size // 4), *((size % 4,) if size % 4 else ()))
        number = grouped(number, sizes, rng.choice([" ", "-", "　", "–"]))
    return widened(rng, number)


PERSONAL = {
    "mobile": mobile,
    "landline": landline,
    "id_number": identity,
    "old_id": old_identity,
    "bank_card": card,
}
WEIGHT = {"mobile": 40, "landline": 15, "id_number": 22, "old_id": 5, "bank_card": 18}
LEADS = {
    "mobile": ["我的手机", "电话", "联系电话：", "有事打", "请拨", "微信同号", "手机号码是", "他电话", "tel:",
               "李某（", "找王师傅", "", "住户"],
    "landline": ["家里电话", "我家座机", "联系电话：", "宅电：", "打我家的",
                 "邻居家电话是", "固话", "请回电", ""],
    "id_number": ["身份证号", "身份证：", "身份证号码为", "本人（", "公民身份号码", "证件号码", "户主", "", "ID:"],
    "old_id": ["身份证号", "老身份证：", "身份证号码", "公民身份号码"],
    "bank_card": ["银行卡号", "卡号：", "打到", "农行卡", "账号", "请汇到工行", "收款账户：", "存折", ""],
}  # fmt: skip
AFTER = ["。", "，请联系。", "，谢谢", "）。", "，已登记。", "，户主王某某。", " 李先生", "；", "\n", ""]


# --- What is not --------------------------------------------------------------------------------------------------


def village(rng: random.Random) -> str:
    county = rng.choice(["410902", "410922", "410923", "410926", "410927", "410928", "410971", "410972"])
    township = rng.choice([rng.randint(1, 12), rng.randint(100, 112), rng.randint(200, 211), 400])
    return f"{county}{township:03d}{rng.choice([rng.randint(1, 40), rng.randint(200, 260)]):03d}"


Maker = Callable[[], str]


def mark_of(rng: random.Random) -> str:
    """A text with digits that are no personal number."""
    return rng.choice([*codes_and_days(rng), *amounts_and_lines(rng)])()


def codes_and_days(rng: random.Random) -> list[Maker]:
    """Codes of grids, numbers of cases and documents, days."""
    day = f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    month, number = rng.randint(1, 12), rng.randint
    return [
        lambda: f"网格编码{village(rng)}{number(1, 250):03d}",
        lambda: f"{village(rng)}{number(1, 250):03d}号网格",
        lambda: f"网格{village(rng)}{number(1, 250):03d}（第{number(1, 9)}网格）",
        lambda: f"微网格{village(rng)}{number(1, 250):03d}{number(1, 20):02d}",
        lambda: f"区划代码{village(rng)}",
        lambda: f"由{village(rng)[:9]}调整到{village(rng)}",
        lambda: f"事项{day.replace('-', '')}-{number(1, 999999):06d}",
        lambda: f"{day.replace('-', '')}-{number(1, 999999):06d}已办结",
        lambda: f"方案410902-2026-{number(1, 999):03d}",
        lambda: f"申请SX-410922-2026-{number(1, 99):03d}",
        lambda: f"投诉TS-{number(1, 99999):06d}",
        lambda: f"豫政〔2026〕{number(1, 200)}号",
        lambda: f"濮政办〔{number(2018, 2026)}〕{number(1, 200)}号第{number(1, 60)}条",
        lambda: f"GB {number(10000, 50000)}-{number(1999, 2026)}",
        lambda: f"{day}",
        lambda: f"2026年{month}月{number(1, 28)}日{number(8, 18)}:{number(0, 59):02d}",
        lambda: f"{day} {number(8, 18)}:{number(0, 59):02d}:{number(0, 59):02d}",
        lambda: f"{day}至2027-{month:02d}-01",
        lambda: f"202{number(0, 9)}{month:02d}{number(1, 28):02d}{number(0, 235959):06d}",
        lambda: f"{number(1, 99999)}元",
        lambda: f"{number(1, 999)},{number(0, 999):03d},{number(0, 999):03d}.{number(0, 99):02d}元",
        lambda: f"{number(13, 19)}{digits(rng, 9)}元",
        lambda: f"约{number(1, 900)}万元",
        lambda: f"{number(100, 9000)} 户、{number(1000, 9999)} 人",
        lambda: f"增长{number(1, 99)}.{number(10, 99)}%",
        lambda: f"面积{number(100, 99999)}.{number(10, 99)}平方米",
        lambda: rng.choice(["请打12345", "12345热线", "火警119", "报警110", "急救120", "拨打96110", "国网95598"]),
        lambda: f"热线400-{number(100, 999)}-{number(1000, 9999)}",
        lambda: f"全国客服400{number(1000000, 9999999)}",
    ]  # fmt: skip


def amounts_and_lines(rng: random.Random) -> list[Maker]:
    """Amounts, lines for everybody, places, other people's registers."""
    day, number = f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}", rng.randint
    return [
        lambda: f"800-{number(100, 999)}-{number(1000, 9999)}",
        lambda: f"值班电话0393-{digits(rng, 7, '45678')}",
        lambda: f"监督电话：0393-{digits(rng, 7, '45678')}",
        lambda: f"燃气抢修电话（0393）{digits(rng, 7, '45678')}",
        lambda: f"乡镇咨询电话 0393 {digits(rng, 7, '45678')}",
        lambda: f"东经115.{digits(rng, rng.choice([4, 6, 7]))}，北纬35.{digits(rng, 6)}",
        lambda: f"115.{digits(rng, 6)},35.{digits(rng, 6)}",
        lambda: f"{number(1, 30)}号楼{number(1, 4)}单元{number(101, 3204)}室",
        lambda: f"{number(1, 30)}-{number(1, 4)}-{number(101, 3204)}",
        lambda: f"车牌豫J{digits(rng, 5)}",
        lambda: f"车牌豫J·{digits(rng, 5)}",
        lambda: f"统一社会信用代码91410900MA{digits(rng, 7)}{rng.choice('ABCDEFGH')}",
        lambda: f"统一社会信用代码12410900{digits(rng, 9, '4')}{rng.choice('ABCDEFGH')}",
        lambda: f"订单号{digits(rng, rng.choice([12, 14, 16, 18, 19, 24]), '2345789')}",
        lambda: f"快递单号SF{digits(rng, 13)}",
        lambda: f"电表户号{digits(rng, 10)}",
        lambda: f"水表编号：{digits(rng, 11)}",
        lambda: f"宗地编号410902{digits(rng, 9)}",
        lambda: f"设备编号{digits(rng, 15)}",
        lambda: f"井盖序号{digits(rng, 8)}",
        lambda: f"邮编4570{number(0, 99):02d}",
        lambda: f"第{number(1, 40)}次、{number(1, 40)}人、{number(1, 40)}天",
        lambda: f"{number(1, 12)}.{number(1, 9)}级",
        lambda: f"G{number(1, 99)}高速K{number(100, 999)}+{number(100, 999)}",
        lambda: f"QQ群{digits(rng, 9, '123456789')}",
        lambda: f"照片IMG_{day.replace('-', '')}_{number(0, 235959):06d}.jpg",
        lambda: f"版本 {number(1, 9)}.{number(1, 9)}.{number(1, 9)}",
        lambda: f"人口{number(1, 9)} {number(100, 999)} {number(100, 999)}",
        lambda: f"编号{number(1, 9999):04d}-{number(1, 9999):04d}-{number(1, 999):03d}",
    ]  # fmt: skip


CLAUSES = (
    "人民路与中原路交叉口的路灯不亮", "小区北门积水没有人清理", "楼道里堆放杂物", "夜间施工噪音大", "垃圾清运不及时",
    "请尽快派人来看", "网格员已到现场", "居民要求书面答复", "根据会议纪要调整网格范围", "合并两个网格",
    "新增居民小区划入本网格", "公示期间没有收到不同意见", "经会签一致同意", "建议列入网格事项清单", "已联系物业",
    "部门答复三日内办结", "依据条例第十四条", "现予公布", "拆分为两个网格", "村民小组重新划定",
)  # fmt: skip


def clause(rng: random.Random, marks: float) -> str:
    text = rng.choice(CLAUSES)
    return (
        f"{text}（{mark_of(rng)}）"
        if rng.random() < marks / 2
        else f"{text}，{mark_of(rng)}"
        if rng.random() < marks
        else text
    )


def text_of(rng: random.Random, *, with_numbers: bool) -> Text:
    """A text of some clauses; with one to three numbers planted, or with none and many marks."""
    if not with_numbers:
        return Text("。".join(clause(rng, 0.9) for _ in range(rng.randint(2, 5))), ())
    text, planted = "", []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        text += clause(rng, 0.3) + rng.choice(["，", "。", "；", "\n", "："])
        kind = rng.choices(list(WEIGHT), weights=list(WEIGHT.values()))[0]
        number = PERSONAL[kind](rng)
        text += rng.choice(LEADS[kind])
        planted.append(Planted(len(text), len(text) + len(number), kind.replace("old_id", "id_number")))
        text += number + rng.choice(AFTER)
    return Text(text + rng.choice(["", clause(rng, 0.3)]), tuple(planted))


def corpus(*, seed: int, size: int) -> list[Text]:
    """``size`` texts, every other with planted numbers."""
    rng = random.Random(seed)
    return [text_of(rng, with_numbers=number % 2 == 0) for number in range(size)]
