"""``yui serve``: the service, until Ctrl-C. With the embedded PostgreSQL, or the one that YUI_DATABASE_URL names."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import anchor_options, mail_options, places

if TYPE_CHECKING:
    from app.settings import WebSettings
    from app.stores import Store
    from app.witness.settings import PolicyFile, Witnessing

PORT = 8321
HOST = "127.0.0.1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, under which address people come, and where the data lies."""
    parser.add_argument("--port", type=int, default=PORT, help=f"待ち受けるポート(既定 {PORT}) / the port to listen at")
    parser.add_argument("--host", default=HOST, help="待ち受ける場所 / the interface to listen at")
    parser.add_argument(
        "--address",
        default=os.environ.get("YUI_ADDRESS"),
        help="公開するアドレス(https://…) / the address by which people come",
    )
    parser.add_argument(
        "--requests-per-minute",
        type=int,
        default=int(os.environ.get("YUI_REQUESTS_PER_MINUTE", "600")),
        metavar="N",
        help="一つの接続元から1分間に受け付ける数 / how many requests of one caller are taken in a minute",
    )
    parser.add_argument(
        "--witness-logs",
        metavar="FILE",
        default=os.environ.get("YUI_WITNESS_LOGS"),
        help="立ち会うよその台帳の一覧 / the ledgers to witness for others (C2SP tlog-policy)",
    )
    parser.add_argument(
        "--witness-policy",
        metavar="FILE",
        default=os.environ.get("YUI_WITNESS_POLICY"),
        help="立会いを頼む相手と必要な数 / who is asked to witness these ledgers (C2SP tlog-policy)",
    )
    parser.add_argument(
        "--witness-grace",
        metavar="MINUTES",
        type=int,
        default=int(os.environ.get("YUI_WITNESS_GRACE", "60")),
        help="署名がそろうのを待つ分数 / how long a quorum of witnesses may take",
    )
    parser.add_argument(
        "--tiles",
        metavar="URL",
        default=os.environ.get("YUI_TILES"),
        help="公開の台帳を写しておく所 / where public ledgers are copied to (file:///… or s3://…)",
    )
    anchor_options.add_arguments(parser)
    mail_options.add_arguments(parser)
    places.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Serve; 0 after Ctrl-C, 2 where it can't be done."""
    from app.cli import runtime
    from app.cli.failures import say

    where = places.places(args)

    async def main() -> None:
        runtime.check_port(args.host, args.port)
        anchoring, posting = anchor_options.anchoring(args), mail_options.posting(args)
        async with runtime.running(
            where, show, witnessing=witnessing(args), store=store(args), anchoring=anchoring, posting=posting
        ) as installation:
            web = web_settings(args, where)
            ready = say("ready", address=web.address)
            await runtime.serve(installation, web, args.host, args.port, lambda: print(*ready, sep="\n", flush=True))

    return runtime.run(main)


def show(stage: str) -> None:
    """Say what a start that takes long is doing."""
    from app.cli.failures import say

    print(*say(f"stage.{stage}"), sep="\n", flush=True)


def witnessing(args: argparse.Namespace) -> "Witnessing":
    """Whom to witness, and whom to ask. CommandError ``witness_file`` where a file is at fault."""
    from app.witness.settings import Witnessing

    host = (args.address or f"http://localhost:{args.port}").partition("://")[2].partition("/")[0]
    logs, policy = _policy_file(args.witness_logs), _policy_file(args.witness_policy)
    return Witnessing(logs, policy, f"{host}/witness", args.witness_grace * 60_000)


def store(args: argparse.Namespace) -> "Store | None":
    """Where public ledgers are copied to. CommandError where that is no such place."""
    from app.cli.failures import CommandError
    from app.errors import StoreError
    from app.stores import open_store

    try:
        return open_store(args.tiles) if args.tiles else None
    except StoreError as error:
        raise CommandError("store.url", url=args.tiles) from error


def _policy_file(path: str | None) -> "PolicyFile | None":
    from app.cli.failures import CommandError
    from app.witness.settings import PolicyFile
    from ledger.errors import FormatError

    if not path:
        return None
    try:
        return PolicyFile(Path(path))
    except (OSError, FormatError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandError("witness_file", path=path, reason=reason) from error


def web_settings(args: argparse.Namespace, where: places.Places, *, demo: bool = False) -> "WebSettings":
    """As the arguments have it. Without an address, this machine's own: passkeys need a name, not a number."""
    from app.settings import WebSettings, web_secret

    address = (args.address or f"http://localhost:{args.port}").rstrip("/")
    return WebSettings(
        address=address,
        secret=web_secret(where.data),
        demo=demo,
        requests_per_minute=args.requests_per_minute,
        metrics_token=os.environ.get("YUI_METRICS_TOKEN", ""),
        mail_from=args.mail_from or "",
    )
