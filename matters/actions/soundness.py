"""Everything that prevents a draft from being published, listed together, by matter and field (Art. 14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from common.templatetags.when import day as in_words
from grids.models import Division
from matters.content import LINES, content_of, faults_of
from matters.models import Matter, MatterList
from matters.norms import norm_of

WORDS = {line.key: line.word for line in LINES}
FURTHEST_DAYS = 731


@dataclass(frozen=True)
class Fault:
    """One thing to correct. A fault of the edition itself names its ``field``, a fault of a matter its code."""

    sentence: str
    field: str = ""
    code: str = ""
    name: str = ""
    word: str = ""

    def line(self) -> str:
        """Returns the whole fault in one line."""
        return f"{self.code}“{self.name}”的{self.word}：{self.sentence}" if self.code else self.sentence


def faults_in(edition: MatterList, *, today: date) -> Iterator[Fault]:
    """Yields what is wrong with a draft if it were published today; nothing if it is sound."""
    if why := why_not_day(edition.county, edition.in_force_on, today=today):
        yield Fault(why, field="in_force_on")
    if not edition.document:
        yield Fault("公布以前请填写文号。", field="document")
    rows = list(edition.matters.order_by("code"))
    if not rows:
        yield Fault("清单里还没有事项，请先导入。")
    longest = norm_of(edition.county_id, day=today).temporary_days
    for row in rows:
        for name, sentence in faults_of(content_of(row)):
            yield _of(row, name, sentence)
        if row.ends_on is not None and row.ends_on < edition.in_force_on:
            yield _of(row, "ends_on", "施行以前就到期了。请把施行日期提前，或放弃这一版后重新决定这件申请。")
        elif row.ends_on is not None and (row.ends_on - edition.in_force_on).days > longest:
            yield _of(row, "ends_on", f"自施行起超过 {longest} 天。请推后施行日期，或缩短有效期。")


def _of(row: Matter, field: str, sentence: str) -> Fault:
    key = field.removesuffix("_amount").removesuffix("_unit")
    return Fault(sentence, code=row.code, name=row.name, word=WORDS.get(key, "内容"))


def why_not_day(county: Division, day: date, *, today: date) -> str:
    """Returns why an edition cannot come into force on a day, as a sentence; empty if it can."""
    if day < today:
        return "施行日期不能早于今天：清单向社会公布后才实施（条例第十四条）。"
    if (day - today).days > FURTHEST_DAYS:
        return "施行日期在两年以后，请核对年份。"
    last = MatterList.objects.published().filter(county=county).aggregate(day=Max("in_force_on"))["day"]
    if last is not None and day <= last:
        return f"上一版{in_words(last)}起施行，这一版须晚于那一天。"
    return ""
