"""The addresses of plans, filings, sector grids and rules."""

from __future__ import annotations

from django.urls import path

from plans.forms.plans import FORMS
from plans.views import (
    divisions,
    drafting,
    editor,
    exports,
    filings,
    imports,
    listing,
    plan,
    rule_acts,
    rules,
    sector_acts,
    sectors,
)
from plans.views.sentences import SLUGS
from plans.views.verbs import PlanVerb, Revision

app_name = "plans"

urlpatterns = [
    path("plans/", listing.plans, name="plans"),
    path("plans/new/", drafting.new, name="new"),
    path("plans/<int:pk>/", plan.plan, name="plan"),
    path("plans/<int:pk>/edit/", Revision.as_view(), name="edit"),
    *(path(f"plans/<int:pk>/{SLUGS[verb]}/", PlanVerb.as_view(verb=verb), name=verb) for verb in FORMS),
    path("plans/<int:pk>/map/", editor.editor, name="map"),
    path("plans/<int:pk>/change/<slug:verb>/", editor.change, name="change"),
    path("plans/<int:pk>/import/", imports.upload, name="import"),
    path("plans/<int:pk>/import/example/", imports.example, name="import_example"),
    path("plans/<int:pk>/import/<int:job>/", imports.job, name="import_job"),
    path("plans/<int:pk>/import/<int:job>/progress/", imports.progress, name="import_progress"),
    path("plans/<int:pk>/import/<int:job>/faults/", imports.faults, name="import_faults"),
    path("plans/<int:pk>/import/<int:job>/system/", imports.choose, name="import_system"),
    path("plans/<int:pk>/import/<int:job>/confirm/", imports.confirm, name="import_confirm"),
    path("plans/<int:pk>/import/<int:job>/discard/", imports.discard, name="import_discard"),
    path("plans/<int:pk>/export/", exports.plan, name="export_plan"),
    path("grids/export/", exports.register, name="export_register"),
    path("filings/", filings.filings, name="filings"),
    path("sector-grids/", sectors.sector_grids, name="sector_grids"),
    path("sector-grids/new/", sector_acts.register, name="sector_grid_new"),
    path("sector-grids/<int:pk>/merge/", sector_acts.merge, name="sector_grid_merge"),
    path("sector-grids/<int:pk>/keep/", sector_acts.keep, name="sector_grid_keep"),
    path("divisions/", divisions.divisions, name="divisions"),
    path("divisions/found/", divisions.found, name="division_found"),
    path("divisions/change/", divisions.change, name="division_change"),
    path("grid-rules/", rules.grid_rules, name="grid_rules"),
    path("grid-rules/norm/", rule_acts.new_norm, name="norm_new"),
    path("grid-rules/code/", rule_acts.new_code_rule, name="code_rule_new"),
]
