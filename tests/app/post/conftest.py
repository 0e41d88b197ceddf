"""A co-op, a mail server beside it, and the desk between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.installation import Installation
from tests.app.api.conftest import app, clock, coop, installation
from tests.app.api.service import Coop
from tests.app.post.desk import Desk
from tests.app.post.office import Office

__all__ = ["app", "clock", "coop", "installation"]


@pytest.fixture
def office() -> Iterator[Office]:
    office = Office()
    office.open()
    yield office
    office.close()


@pytest.fixture
async def desk(coop: Coop, installation: Installation, office: Office) -> Desk:
    return Desk(installation, await installation.ledger(coop.town.slug), office)
