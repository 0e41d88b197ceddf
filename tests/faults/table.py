"""What came of every failure, as the page ``docs/crash-points.md`` says it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from app.installation import Installation, Settings
from app.storage.embedded import Server
from governance.all_books import BOOKS
from tests.app.api.service import Travelling
from tests.faults.acts import PATHS
from tests.faults.ground import GROUNDS
from tests.faults.injector import Way
from tests.faults.mortal import Mortals
from tests.faults.run import row

FILE: Final = Path(__file__).parents[2] / "docs" / "crash-points.md"

HEAD: Final = """# What may fail at any moment, and what is left then

Every step on which something is written is made to fail in four ways: it **fails**, not having happened; it is
**reported failed** although it has happened (a lost reply); the process is **killed** (SIGKILL) just before it, and
just after.
A cell says what whoever asked was told and how things stood then; whoever is killed tells nobody anything.

After every single one, the same was asked again and answered as if nothing had been; the service went on by itself; the
whole ledger was audited (all steps of `yui verify`); every receipt that was ever given still proved its entry; every
checkpoint that was ever shown was a prefix of the newest.

A run writes this page (`python -m tools.crash_table`), and the tests in `tests/faults` hold it to the next one.
"""

TITLES: Final = {
    "append": "Appending and publishing",
    "found": "Founding",
    "witness": "Witnessing another log",
    "copy": "Copying to a tile store",
    "erase": "Erasing",
}
_WORDS: Final = {
    "append": "Two statements in one batch. *Committed, not published*: nobody has been shown it, and the next batch,\n"
    "by whichever process, publishes it first. A connection that breaks is not noticed by who asks: the batch\n"
    "is tried again, and what was committed unbeknown is found.",
    "found": "From no keys to the receipt of the genesis. Asked again, the same keys and the same genesis.",
    "witness": "It comes with nine entries to a witness that has cosigned three. No signature leaves the house that\n"
    "is not remembered first, in the file and in the database; afterwards another history is refused, and everything\n"
    "while the file is gone.",
    "copy": "The store is brought up to a ledger that has grown by one entry. At every moment what lies there is\n"
    "verified: the checkpoint never promises what is not there.",
    "erase": "A former member whose erasure has come due. The entry is there first, so the work is taken up again.",
}


def section(path: str, rows: dict[str, list[str]]) -> str:
    """A path's part of the page."""
    head = ["step", *(way.value for way in Way)]
    table = [head, ["---"] * len(head), *([name, *cells] for name, cells in rows.items())]
    lines = "".join(f"| {' | '.join(cells)} |\n" for cells in table)
    return f"\n## {TITLES[path]}\n\n{_WORDS[path]}\n\n{lines}"


async def run(
    server: Server, mortals: Mortals, folder: Path, path: str, ran: Callable[[str], None] = lambda _: None
) -> dict[str, list[str]]:
    """Fail every step of a path; the cells by step."""
    make = next(ground for ground in GROUNDS if ground.path == path)
    data, url = folder / f"data-{path}", server.service_dsn.url
    rows: dict[str, list[str]] = {}
    settings = Settings(data, url, BOOKS, Travelling())
    async with Installation.open(settings) as installation:
        for number, step in enumerate(PATHS[path][0]):
            ran(step.name)
            rows[step.name] = [
                outcome.text for outcome in await row(make, number, installation, mortals.on(url, data), data)
            ]
    return rows


def missing(table: str) -> list[str]:
    """What of a table the page does not say."""
    written = set(FILE.read_text().splitlines())
    return [row for row in table.splitlines() if row not in written]


SURROUNDINGS: Final = """
## What surrounds the service

Done for real: small disks that are filled, connections that are held or cut, a PostgreSQL that is stopped and killed,
clocks that are turned, guards and databases that are taken from an older day or another host. Afterwards the same was
put right, and everything was looked at as above.

| what happens | what comes of it |
| --- | --- |
"""


def line(scenario: Callable[..., object], came: str) -> str:
    """A row of the second table."""
    return f"| {scenario.__doc__} | {came} |\n"
