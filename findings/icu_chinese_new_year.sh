#!/usr/bin/env bash
# ICU in V8 (mini-racer 0.14.1), calendar "chinese": the first day of the lunar years 2027 and 2030 is wrong by one day.
# By GB/T 33661-2017 a lunar month begins on the day, in Beijing, of the new moon. ephem 4.2 puts these new moons minutes
# from midnight: 2027-02-06 23:56 and 2030-02-03 00:07. ICU says 2027-02-07 and 2030-02-02; 春节 and its holidays move with
# it, and so does every deadline in working days across them. The other New Years from 2026 to 2032 agree.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mini-racer==0.14.1 ephem==4.2
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from datetime import date, timedelta
import ephem
from py_mini_racer import MiniRacer

engine = MiniRacer()
BEIJING = timedelta(hours=8)
LUNAR = """
new Intl.DateTimeFormat("en-u-ca-chinese", {timeZone: "Asia/Shanghai", month: "numeric", day: "numeric"})
  .formatToParts(new Date(Date.UTC(%d, %d, %d, 4))).filter((part) => part.type !== "literal").map((part) => part.value).join("-")
"""

def new_year_of_icu(year):
    days = (date(year, 1, 20) + timedelta(days=number) for number in range(35))
    return next(day for day in days if engine.eval(LUNAR % (day.year, day.month - 1, day.day)) == "1-1")

def new_moon(year, after):
    return ephem.next_new_moon(after).datetime() + BEIJING

wrong = {}
for year in range(2026, 2033):
    told = new_year_of_icu(year)
    moon = new_moon(year, (told - timedelta(days=5)).isoformat())  # the new moon beside the day that ICU tells
    if moon.date() != told:
        wrong[year] = told.isoformat()
        print(f"{year}: ICU {told}, new moon in Beijing {moon:%Y-%m-%d %H:%M}")
print("wrong:", wrong)
sys.exit(wrong != {2027: "2027-02-07", 2030: "2030-02-02"})
PYTHON
