"""An installation that anchors on a real chain, look by look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from app.anchors import standing, store
from app.anchors.sending import Opened, Owner
from app.anchors.settings import Anchoring
from app.anchors.standing import Anchored, Standing
from app.installation import Installation
from contracts.chain import RpcNode
from contracts.errors import AnchorError
from contracts.key import Signer
from ledger.books.anchors import Anchor
from tests.app.api.service import Coop
from tests.contracts.stations import CONFIRMATIONS, Station


class Harbour:
    """``look`` is what the service does every few seconds. ``opening`` fails with ``no_key`` where that is set."""

    def __init__(self, installation: Installation, station: Station, url: str) -> None:
        self.installation, self.station = installation, station
        self.node, self.signer = RpcNode(url, 5), station.signer
        self.anchoring = Anchoring("", 31337, station.contract, confirmations=CONFIRMATIONS, pause=0)
        self.no_key: AnchorError | None = None
        self._connection: asyncpg.Connection | None = None

    @asynccontextmanager
    async def owner(self, **changes: Any) -> AsyncIterator[Owner]:
        """As a process of the service that holds the lock, over a connection of its own."""
        connection = await self.installation.database.connect()
        assert await store.own(connection)
        settings = Anchoring(**{**vars(self.anchoring), **changes})
        try:
            yield Owner(self.installation, settings, connection, self.opened)
        finally:
            connection.terminate()

    async def opened(self) -> Opened:
        if self.no_key is not None:
            raise self.no_key
        return self.node, self.signer

    async def finish(self, owner: Owner) -> None:
        """Look and mine until what is under way is final."""
        await owner.look_around()
        for _ in range(CONFIRMATIONS + 1):
            self.station.chain.mine()
            await owner.look_around()

    async def stands(self) -> Standing:
        return await standing.of_installation(self.installation.database.pool)

    async def anchored(self, coop: Coop) -> list[Anchored]:
        ledger = await self.installation.ledger(coop.town.slug)
        return await standing.of_ledger(self.installation.database.pool, ledger.id)

    async def states(self, coop: Coop) -> list[tuple[int, str]]:
        return [(one.size, one.batch.state) for one in await self.anchored(coop)]

    async def recorded(self, coop: Coop) -> list[Anchor]:
        ledger = await self.installation.ledger(coop.town.slug)
        return await self.installation.ask(ledger, lambda state: state.children(Anchor))

    def other_key(self, secret: bytes) -> None:
        self.signer = Signer(secret, "the test")
