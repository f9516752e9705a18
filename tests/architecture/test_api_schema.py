"""The committed description of the API is the one the code gives, and every verb is in it."""

from __future__ import annotations

from io import StringIO

import yaml
from django.core.management import call_command

from puyang_grid.addresses import BASE_DIR
from workflow.share_verbs import SHARE_VERBS, slug_of_share
from workflow.verbs import CASE_VERBS

COMMITTED = BASE_DIR / "docs/api.yml"


def test_the_committed_schema_is_up_to_date() -> None:
    output = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=output)
    assert output.getvalue().strip() == COMMITTED.read_text(encoding="utf-8").strip(), "run `make schema`"


def test_every_verb_has_an_address_and_a_key() -> None:
    paths = yaml.safe_load(COMMITTED.read_text(encoding="utf-8"))["paths"]
    for verb in CASE_VERBS:
        operation = paths[f"/api/v1/cases/{{id}}/{verb.replace('_', '-')}/"]["post"]
        assert "Idempotency-Key" in [parameter["name"] for parameter in operation["parameters"]]
    for verb in SHARE_VERBS:
        operation = paths[f"/api/v1/cases/{{id}}/shares/{{share}}/{slug_of_share(verb)}/"]["post"]
        assert "Idempotency-Key" in [parameter["name"] for parameter in operation["parameters"]]
