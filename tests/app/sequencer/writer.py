"""A process that appends words until it is killed or done, and prints every receipt it was given.

    python -m tests.app.sequencer.writer DATABASE_URL DATA_DIRECTORY NAME COUNT

Run again under the same name it says the same statements again, so nothing is said twice.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import msgspec

from app.clock import Clock
from app.errors import DatabaseUnavailable
from app.installation import Installation, Settings
from app.sequencer.submission import parse
from ledger import merkle
from tests.app.sequencer.books import BOOKS
from tests.app.sequencer.house import House, Person, founded

T = TypeVar("T")
CLIENTS = 12


class Line(msgspec.Struct):
    """One acknowledged statement."""

    index: int
    leaf: bytes
    path: list[bytes]
    note: bytes


async def main(url: str, data: str, name: str, count: int) -> None:
    async with Installation.open(Settings(Path(data), url, BOOKS, Clock())) as installation:
        house = await patiently(lambda: founded(installation))
        numbers = iter(range(count))
        await asyncio.gather(*(client(house, Person(name), numbers) for _ in range(CLIENTS)))


async def client(house: House, person: Person, numbers: Iterator[int]) -> None:
    # The tree of the genesis alone, which every run has seen: so a statement is the same in every run.
    tree = (1, merkle.leaf_hash(house.genesis.leaf))
    for number in numbers:
        body = {"number": number} if number % 5 else {"number": number, "expires": 300}
        said = person.say("word.say/1", body, tree, at="2026-04-01T09:00:00.000Z", nonce=person.nonce(number))
        receipt = await patiently(partial(house.installation.submit, house.ledger, parse(said)))
        line = Line(receipt.index, receipt.leaf, receipt.path, receipt.note)
        sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
        sys.stdout.flush()


async def patiently(attempt: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Try until the database is there."""
    while True:
        try:
            return await attempt()
        except (DatabaseUnavailable, OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
