"""``yui serve``, but by a clock that a test puts forward: votes of a day are over at once.

The file ``ahead`` beside the data directory says by how many milliseconds; ``conftest.Travelling`` writes it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.cli import places, runtime, serve
from app.clock import Clock

AHEAD = "ahead"


class FileClock(Clock):
    """The machine's clock and what the file adds to it. The witnesses are held against the machine's own."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def now(self) -> int:
        return super().now() + self._ahead()

    def check(self, database: int) -> int:
        return super().check(database) + self._ahead()

    def _ahead(self) -> int:
        return int(self._file.read_text())


def main() -> int:
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    args = parser.parse_args()
    where = places.places(args)
    clock = FileClock(where.data.with_name(AHEAD))

    async def serving() -> None:
        async with runtime.running(where, clock=clock) as installation:
            await runtime.serve(installation, serve.web_settings(args, where), args.host, args.port)

    return runtime.run(serving)


if __name__ == "__main__":
    sys.exit(main())
