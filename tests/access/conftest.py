"""People with sealed records: Chen, a worker of 京东社区, and Mei of 玉北社区."""

from __future__ import annotations

import pytest

from personnel.models import ContactRecord, IdentityRecord
from tests.town import Town

PHONE, HOME, NUMBER = "19900001234", "示范路一号院三单元", "410999199001010017"


def sealed_records(town: Town, name: str, *, phone: str = PHONE, number: str = NUMBER) -> ContactRecord:
    """Give a member of the cast private records."""
    contact = ContactRecord(user=getattr(town, name))
    contact.seal(private_phone=phone, home_address=HOME)
    contact.save()
    identity = IdentityRecord(user=getattr(town, name))
    identity.seal(id_number=number)
    identity.save()
    return contact


@pytest.fixture
def contact(town: Town) -> ContactRecord:
    """Chen's private telephone and home, sealed; the identity number beside them."""
    return sealed_records(town, "chen")
