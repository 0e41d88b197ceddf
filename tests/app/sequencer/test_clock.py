"""When the clock can't be trusted nothing is appended."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.clock import Clock
from app.errors import ClockError
from app.installation import Installation
from app.storage.embedded import Server
from ledger.statement import parse_leaf
from tests.app.sequencer.house import founded, settings

HOUR = 3_600_000


class Hands:
    """A wall clock and a monotonic clock to turn by hand, starting from the true ones."""

    def __init__(self) -> None:
        self.wall, self.steady = 0, 0
        self._true = Clock()
        self._since = self._true.now()

    def clock(self) -> Clock:
        return Clock(lambda: self._true.now() + self.wall, lambda: self._true.now() - self._since + self.steady)


@pytest.mark.parametrize("jump", [HOUR, -HOUR, 5_500, -5_500])
async def test_a_jump_against_the_monotonic_clock(migrated: Server, tmp_path: Path, jump: int) -> None:
    hands = Hands()
    async with Installation.open(settings(migrated, tmp_path, hands.clock())) as installation:
        house = await founded(installation)
        word = house.word(house.hanako, 1)
        hands.wall += jump
        with pytest.raises(ClockError) as caught:
            await installation.submit(house.ledger, word)
        assert caught.value.code == "clock.jumped"
        assert house.tree[0] == 1
        hands.wall -= jump
        assert (await house.submit(word)).index == 1


@pytest.mark.parametrize("difference", [HOUR, -HOUR])
async def test_a_clock_that_differs_from_the_database(migrated: Server, tmp_path: Path, difference: int) -> None:
    hands = Hands()
    async with Installation.open(settings(migrated, tmp_path, hands.clock())) as installation:
        house = await founded(installation)
        hands.wall += difference
        hands.steady += difference
        with pytest.raises(ClockError) as caught:
            await installation.submit(house.ledger, house.word(house.hanako, 1))
        assert caught.value.code == "clock.differs"


async def test_received_never_goes_backwards(migrated: Server, tmp_path: Path) -> None:
    hands = Hands()
    async with Installation.open(settings(migrated, tmp_path, hands.clock())) as installation:
        house = await founded(installation)
        hands.wall += 3_000  # within what is tolerated
        ahead = parse_leaf((await house.submit(house.word(house.hanako, 1))).leaf).received
        hands.wall -= 6_000
        behind = parse_leaf((await house.submit(house.word(house.hanako, 2))).leaf).received
        assert behind == ahead
