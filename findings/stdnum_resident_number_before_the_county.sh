#!/usr/bin/env bash
# python-stdnum 2.2 (stdnum.cn.ric, the number of the Chinese resident identity card, GB 11643-1999), Python 3.11.
#
# The first six digits name the county where the person was registered when the number was given. Numbers have been given
# since 1984, to people of every age. The library compares the *year of birth* with the years in which the code existed,
# so it calls the number of everybody invalid who was born before their county had its present code: in a prefecture
# that was founded in 1983 that is every resident born before then, and 市辖区 that got a new code in a reform are the
# same. The error is InvalidComponent ("One of the parts of the number are invalid or unknown"). Check digit, length and
# date are right. is_valid() cannot be used to decide whether a register may take such a number; calc_check_digit() can.
#
# Seen: of made-up numbers of six counties founded or recoded in 1983-2002, none of those born in 1950 is valid, all of
# those born in 2005 are; one county has no valid number for births before 1987.
set -euo pipefail
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
python3 -m venv "$FOLDER/venv"
"$FOLDER/venv/bin/pip" install --quiet --disable-pip-version-check "python-stdnum==2.2"
cat > "$FOLDER/numbers.py" <<'PYTHON'
import sys
from importlib.metadata import version

from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

COUNTIES = ("410902", "410922", "410923", "410926", "410927", "410928")


def number(county: str, year: int, serial: int) -> str:
    """A number of no person, its check digit by the library itself."""
    first = f"{county}{year}0101{serial:03d}"
    return first + ric.calc_check_digit(first + "0")


def fault(text: str) -> str:
    try:
        ric.validate(text)
    except InvalidComponent:
        return "InvalidComponent"
    return ""


seen = {}
for year in (1950, 1983, 1986, 1987, 2005):
    faults = [fault(number(county, year, 12)) for county in COUNTIES]
    seen[year] = sum(each == "" for each in faults)
    print(f"python-stdnum {version('python-stdnum')}: born {year}: {seen[year]} of {len(COUNTIES)} counties valid")
sys.exit(seen != {1950: 0, 1983: 4, 1986: 5, 1987: 6, 2005: 6})
PYTHON
"$FOLDER/venv/bin/python" "$FOLDER/numbers.py"
