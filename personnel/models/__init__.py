"""Organizations, dated postings, and the grants that follow from them."""

from personnel.models.bodies import ORGANIZATION_VERBS, DualManagement, FormerOrganization, Organization
from personnel.models.grants import Grant
from personnel.models.imports import StaffImport
from personnel.models.people import ContactRecord, IdentityRecord
from personnel.models.postings import GridPosting, OfficePosting, Vacancy
from personnel.models.requests import PostRequest

__all__ = [
    "ORGANIZATION_VERBS",
    "ContactRecord",
    "DualManagement",
    "FormerOrganization",
    "Grant",
    "GridPosting",
    "IdentityRecord",
    "OfficePosting",
    "Organization",
    "PostRequest",
    "StaffImport",
    "Vacancy",
]
