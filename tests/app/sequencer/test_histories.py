"""Half-year histories as the state machine makes them, folded over PostgreSQL in batches: the server's records, traces
and tiles are what an auditor folds from the leaves alone (``tests/test_state_machine.py`` holds the same histories
against the reference model).
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from app.installation import Installation, Settings
from app.sequencer import writing
from app.sequencer.batch import Appended, Batch, Desk
from app.sequencer.growth import Growth
from app.sequencer.submission import check
from app.storage.embedded import Server
from app.storage.ledgers import add
from governance.all_books import BOOKS
from ledger.statement import parse_leaf
from tests.app.sequencer.audit import audit
from tests.audit.sample import sample_village
from tests.simulator import Village
from tests.test_state_machine import CoOp

HISTORIES = 4
ACTS = 50


@pytest.fixture(scope="module")
def histories() -> list[Village]:
    """A few co-ops' pasts, the same each time, and one with private values and a confidential vote."""
    pasts = [sample_village()]

    class Kept(CoOp):
        def compare(self) -> None:
            """Held against the model elsewhere."""

        def teardown(self) -> None:
            pasts.append(self.village)

    few = settings(max_examples=HISTORIES, stateful_step_count=ACTS, derandomize=True, database=None, deadline=None)
    run_state_machine_as_test(Kept, settings=few)
    return pasts


async def replay(installation: Installation, village: Village, slug: str, chance: Random) -> None:
    """Write the village's entries in batches of any size, now and then with a cache that knows nothing."""
    submissions = [
        check(entry.statement, entry.statement_bytes, entry.signatures, village.openings.get(entry.id, ()))
        for entry in map(parse_leaf, village.leaves)
    ]
    times = [parse_leaf(leaf).received for leaf in village.leaves]
    async with installation.database.pool.acquire() as connection:
        ledger = await add(connection, slug, slug)  # all villages have one origin, which is one ledger's alone
        assert ledger is not None
        # In the simulator every size is a published one.
        published = [(ledger.id, size, root, b"") for size, root in enumerate(village.roots)]
        for row in published:
            await writing.keep_checkpoint(connection, *row)
        desk = Desk(ledger, BOOKS, Growth())
        while desk.growth.size < village.size:
            if chance.random() < 1 / 3:  # as after a crash, or when another process has appended
                desk = Desk(ledger, BOOKS, await Growth.load(connection, ledger.id, desk.growth.size))
            batch = slice(desk.growth.size, desk.growth.size + chance.randrange(1, 24))
            async with connection.transaction():
                work = Batch(desk, connection, times[batch][0])
                outcomes = await work.fold(submissions[batch], times[batch])
                await work.write(installation.privacy)
            expected = [Appended(batch.start + place, leaf) for place, leaf in enumerate(village.leaves[batch])]
            assert outcomes == expected
            desk.growth.settle()
        assert await audit(connection, ledger, BOOKS) == village.leaves


async def test_the_server_comes_to_what_an_auditor_comes_to(
    migrated: Server, tmp_path: Path, histories: list[Village]
) -> None:
    assert len(histories) > HISTORIES
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS)) as installation:
        for number, village in enumerate(histories):
            await replay(installation, village, f"village-{number}", Random(number))
