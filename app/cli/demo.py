"""``yui demo``: the service with the sample village, every role ready to try."""

import argparse
import shutil
import time
from typing import TYPE_CHECKING

from app.cli import places, serve

if TYPE_CHECKING:
    from pathlib import Path

    from app.installation import Installation

FOLDER = "demo"
"""The demo's data lie apart from a real installation's, below the same data directory."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """As for ``serve``, and the village's own."""
    serve.add_arguments(parser)
    parser.add_argument("--fresh", action="store_true", help="見本の村を作り直す / begin with a new village")
    parser.add_argument("--at", metavar="TIME", help="村の最後の時(2026-04-01T09:00:00.000Z) / when the village ends")
    parser.add_argument("--seed", type=int, default=None, help="別の村にする数 / another village")


def run(args: argparse.Namespace) -> int:
    """Serve the village; 0 after Ctrl-C, 2 where it can't be done."""
    from app.cli import runtime
    from app.cli.failures import CommandError, say

    where = places.places(args)
    where = where._replace(data=where.data / FOLDER)

    async def main() -> None:
        runtime.check_port(args.host, args.port)
        if args.fresh and where.database_url is not None:
            raise CommandError("demo.fresh_outside")
        if args.fresh:
            clear(where.data)
        async with runtime.running(where, serve.show, witnessing=serve.witnessing(args)) as installation:
            web = serve.web_settings(args, where, demo=True)
            await settle(installation, web.address, args)
            ready = say("demo.ready", address=web.address)
            await runtime.serve(installation, web, args.host, args.port, lambda: print(*ready, sep="\n", flush=True))

    return runtime.run(main)


def clear(data: "Path") -> None:
    """Remove an earlier village, unless it is being served. The folder is the demo's alone."""
    from app.storage.embedded.place import Lock

    if data.is_dir():
        Lock(data).release()
        shutil.rmtree(data)


async def settle(installation: "Installation", address: str, args: argparse.Namespace) -> None:
    """Load the village where it isn't there yet."""
    from app.cli.failures import CommandError, say
    from app.demo import load
    from app.demo.story import Story
    from app.errors import LedgerUnknown
    from ledger.canonical import parse_time
    from ledger.errors import FormatError

    try:
        await installation.ledger(load.SLUG)
    except LedgerUnknown:
        pass
    else:
        return
    try:
        end = parse_time(args.at) if args.at else int(time.time() * 1000)
    except FormatError as error:
        raise CommandError("demo.at", at=args.at) from error
    print(*say("demo.loading"), sep="\n", flush=True)
    host = address.partition("://")[2].partition(":")[0]
    seed = load.SEED if args.seed is None else args.seed
    await load.load(installation, Story(seed, end, load.place(installation, address, host)), lambda _: None)
