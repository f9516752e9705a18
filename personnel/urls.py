"""The addresses of people, posts and bodies."""

from __future__ import annotations

from django.urls import path

from personnel.views import accounts, devices, leaving, organizations, posts, requests, rosters, staffing

app_name = "personnel"

urlpatterns = [
    path("staff/", staffing.staffing, name="staffing"),
    path("staff/people/", staffing.people, name="people"),
    path("staff/people/find/", staffing.find_people, name="find_people"),
    path("staff/people/<int:pk>/", staffing.person, name="person"),
    path("staff/people/<int:pk>/account/", accounts.account, name="account"),
    path("staff/devices/", devices.devices, name="devices"),
    path("staff/devices/<int:pk>/unbind/", devices.unbind, name="unbind"),
    path("staff/import/", rosters.upload, name="import"),
    path("staff/import/template/", rosters.template, name="import_template"),
    path("staff/import/<int:pk>/", rosters.roster, name="roster"),
    path("staff/import/<int:pk>/faults/", rosters.faults, name="roster_faults"),
    path("staff/import/<int:pk>/confirm/", rosters.confirm, name="roster_confirm"),
    path("staff/import/<int:pk>/discard/", rosters.discard, name="roster_discard"),
    path("staff/enrol/", posts.enrol_person, name="enrol"),
    path("staff/appoint/<slug:role>/<str:code>/", posts.appoint, name="appoint"),
    path("staff/vacancies/<slug:role>/<str:code>/", posts.name_for_vacancy, name="name_for_vacancy"),
    path("staff/posts/<int:pk>/stand-in/", posts.cover, name="stand_in"),
    path("staff/requests/", requests.post_requests, name="post_requests"),
    path("staff/requests/<int:pk>/<slug:verb>/", requests.PostRequestVerb.as_view(), name="post_request_say"),
    path("staff/posts/<int:pk>/relieve/", leaving.relieve_grid_post, name="relieve"),
    path("staff/posts/<int:pk>/transfer/", leaving.transfer_grid_post, name="transfer"),
    path("staff/office-posts/<int:pk>/relieve/", leaving.relieve_office_post, name="relieve_office"),
    path("organizations/<int:pk>/close/", leaving.CloseBody.as_view(), name="close_body"),
    path("organizations/<int:pk>/merge/", leaving.MergeBody.as_view(), name="merge_body"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/found/", organizations.found, name="found"),
    path("organizations/<int:pk>/", organizations.organization, name="organization"),
    path("organizations/<int:pk>/change/", organizations.BodyVerb.as_view(verb="rename"), name="change"),
    path("organizations/<int:pk>/appoint/", posts.appoint_office, name="appoint_office"),
]
