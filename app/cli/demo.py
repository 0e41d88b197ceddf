"""``yui demo``: the service with the sample village, every role ready to try."""

import argparse
import shutil
import time
from typing import TYPE_CHECKING

from app.cli import places, serve

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from app.anchors.settings import Anchoring
    from app.cli.places import Places
    from app.installation import Installation

FOLDER = "demo"
"""The demo's data lie apart from a real installation's, below the same data directory."""
_VILLAGE = "mizunasato"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """As for ``serve``, and the village's own."""
    serve.add_arguments(parser)
    parser.add_argument("--fresh", action="store_true", help="見本の村を作り直す / begin with a new village")
    parser.add_argument("--at", metavar="TIME", help="村の最後の時(2026-04-01T09:00:00.000Z) / when the village ends")
    parser.add_argument(
        "--witness",
        action="store_true",
        help="となりの村も動かし、互いに立ち会う / with a second village; they witness each other",
    )
    parser.add_argument(
        "--anvil",
        action="store_true",
        help="試しのブロックチェーンも動かし、書きとめる / with a test chain, on which checkpoints are anchored",
    )
    parser.add_argument("--village", default=_VILLAGE, help=argparse.SUPPRESS)
    parser.add_argument("--until-input-ends", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=None, help="別の村にする数 / another village")


def run(args: argparse.Namespace) -> int:
    """Serve the village; 0 after Ctrl-C, 2 where it can't be done."""
    from app.cli import mail_options, neighbours, runtime
    from app.cli.failures import CommandError, say

    where = folder(args)
    store, posting = serve.store(args), mail_options.posting(args)

    async def main() -> None:
        runtime.check_port(args.host, args.port)
        if args.fresh and where.database_url is not None:
            raise CommandError("demo.fresh_outside")
        if args.fresh:
            clear(where.data)
        neighbour = with_neighbour(args, where)
        async with (
            with_chain(args, where) as chain,
            runtime.running(
                where, serve.show, witnessing=serve.witnessing(args), store=store, anchoring=chain, posting=posting
            ) as installation,
            neighbour,
            making_blocks(args, installation, chain),
        ):
            web = serve.web_settings(args, where, demo=True)
            await settle(installation, web.address, args)
            ready = say("demo.ready", address=web.address)
            if args.anvil and chain is not None:
                ready += say("demo.anchoring", address=web.address, slug=args.village, rpc=chain.rpc)
            await runtime.serve(installation, web, args.host, args.port, lambda: print(*ready, sep="\n", flush=True))

    if args.until_input_ends:
        return runtime.run(lambda: neighbours.until_input_ends(main))
    return runtime.run(main)


def folder(args: argparse.Namespace) -> "Places":
    """Where the village lies; each in a folder of its own."""
    where = places.places(args)
    return where._replace(data=where.data / (FOLDER if args.village == _VILLAGE else f"{FOLDER}-{args.village}"))


def with_neighbour(args: argparse.Namespace, where: "Places") -> "AbstractAsyncContextManager[None]":
    """The second village, where it was asked for; ``args`` then name the files by which they know of each other."""
    from contextlib import nullcontext

    from app.cli import neighbours, runtime
    from app.cli.failures import CommandError, say

    if not args.witness:
        return nullcontext()
    if args.witness_logs or args.witness_policy:
        raise CommandError("demo.witness_files")
    runtime.check_port(args.host, args.port + 1)
    address = (args.address or f"http://localhost:{args.port}").rstrip("/")
    data = where.data.parent
    own, other = neighbours.sides(data / f"{FOLDER}-witnesses", address, args.host, args.port)
    args.witness_logs, args.witness_policy = str(own.logs), str(own.policy)
    line = ["--host", args.host, "--data", str(data), "--requests-per-minute", str(args.requests_per_minute)]
    line += [*(["--fresh"] if args.fresh else []), *(["--at", args.at] if args.at else [])]
    met = say("demo.met", one=f"{own.address}/c/{own.slug}/verify", other=f"{other.address}/c/{other.slug}/verify")
    return neighbours.beside(own, other, line, lambda: print(*met, sep="\n", flush=True))


def with_chain(args: argparse.Namespace, where: "Places") -> "AbstractAsyncContextManager[Anchoring | None]":
    """How to anchor: on a test chain of our own where that was asked for, else as the options have it, mostly not."""
    from contextlib import nullcontext

    from app.cli import anchor_options, anvil
    from app.cli.failures import CommandError

    if not args.anvil:
        return nullcontext(anchor_options.anchoring(args))
    if args.anchor_rpc or args.anchor_chain or args.anchor_contract:
        raise CommandError("demo.anvil_options")
    return anvil.beside(where.data)


def making_blocks(
    args: argparse.Namespace, installation: "Installation", chain: "Anchoring | None"
) -> "AbstractAsyncContextManager[None]":
    """On our own chain they come when we say so."""
    from contextlib import nullcontext

    from app.cli import anvil

    return nullcontext() if chain is None or not args.anvil else anvil.making_blocks(installation, chain)


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
    from app.demo.villages import VILLAGES
    from app.errors import LedgerUnknown
    from ledger.canonical import parse_time
    from ledger.errors import FormatError

    village = VILLAGES[args.village]
    try:
        await installation.ledger(village.slug)
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
    seed = village.seed if args.seed is None else args.seed
    story = Story(seed, end, load.place(installation, village, address, host))
    await load.load(installation, village, story, lambda _: None)
