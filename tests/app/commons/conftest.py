"""A co-op in a real database, and a member's view of it, for the reading modules of the commons."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from app.commons.telling import Telling, telling
from app.installation import Installation, Settings
from app.reading import reading_of
from app.storage.embedded import Server
from app.texts import Catalogue
from app.visit import Visit
from governance.all_books import BOOKS
from ledger.books.members import Member
from tests.app.api.service import Coop, create_app, web
from tests.town import Town

VisitAs = Callable[[str], Awaitable[tuple[Visit, Telling]]]


@pytest.fixture
async def coop(migrated: Server, tmp_path: Path) -> AsyncIterator[Coop]:
    """Hanako has founded it; Taro and Jiro are members; everything is public."""
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS)) as installation:
        coop = Coop(create_app(installation, web()), installation, Town())
        await coop.found("Hanako")
        await coop.join("Taro")
        await coop.join("Jiro")
        yield coop


@pytest.fixture
def visit_as(coop: Coop) -> VisitAs:
    """``await visit_as("Taro")``: what pages know of Taro's visit now, in Japanese."""

    async def visit(name: str) -> tuple[Visit, Telling]:
        reading = await reading_of(coop.installation, coop.town.slug)
        record = await reading.coop()
        assert record is not None
        member = await reading.find(Member, coop.town.id(name))
        roles = await reading.roles_of(member.id) if member else frozenset[str]()
        found = Visit(coop.town.slug, reading, record, member, None, roles, 0)
        return found, await telling(found, Catalogue.load(), "ja")

    return visit
