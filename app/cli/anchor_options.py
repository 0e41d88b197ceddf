"""The options and environment variables by which an operator has checkpoints anchored. Without an RPC nothing is."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.anchors.settings import Anchoring, KeyFiles

GWEI = 10**9
MINUTE = 60_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """All of them. What may hold a password, the RPC's address, is better named in the environment."""
    parser.add_argument(
        "--anchor-rpc",
        metavar="URL",
        default=os.environ.get("YUI_ANCHOR_RPC"),
        help="公開のブロックチェーンの窓口 / a public chain's RPC, to anchor checkpoints there",
    )
    _number(parser, "--anchor-chain", "YUI_ANCHOR_CHAIN", "ID", None, "チェーンの番号 / the chain's id (EIP-155)")
    parser.add_argument(
        "--anchor-contract",
        metavar="ADDRESS",
        default=os.environ.get("YUI_ANCHOR_CONTRACT"),
        help="コントラクトのアドレス / the address of CheckpointAnchor (yui anchor deploy)",
    )
    add_key_arguments(parser, "--anchor-")
    confirmations = "確定とみなすブロックの数(64) / blocks that make an anchor final"
    _number(parser, "--anchor-confirmations", "YUI_ANCHOR_CONFIRMATIONS", "N", 64, confirmations)
    most = "手数料の上限(ガスあたり gwei、100) / the most to pay, gwei per gas"
    _number(parser, "--anchor-max-fee", "YUI_ANCHOR_MAX_FEE", "GWEI", 100, most)
    every = "何分ごとに書きとめるか(1440) / minutes between two anchors"
    _number(parser, "--anchor-every", "YUI_ANCHOR_EVERY", "MINUTES", 1440, every)
    pause = "チェーンを見にいく間隔の秒(15) / seconds between two looks at the chain"
    _number(parser, "--anchor-pause", "YUI_ANCHOR_PAUSE", "SECONDS", 15, pause)


def add_key_arguments(parser: argparse.ArgumentParser, prefix: str) -> None:
    """The account: a keystore and its password's file; else YUI_ANCHOR_KEY."""
    parser.add_argument(
        f"{prefix}keystore",
        metavar="FILE",
        default=os.environ.get("YUI_ANCHOR_KEYSTORE"),
        help="口座の鍵(keystore 形式) / the account's keystore file (else YUI_ANCHOR_KEY)",
    )
    parser.add_argument(
        f"{prefix}password",
        metavar="FILE",
        default=os.environ.get("YUI_ANCHOR_PASSWORD"),
        help="その合言葉を書いたファイル / a file whose first line opens it",
    )


def anchoring(args: argparse.Namespace) -> "Anchoring | None":
    """As the arguments have it; None where nothing is to be anchored. CommandError where they are at fault."""
    from app.anchors.settings import Anchoring
    from app.cli.failures import CommandError
    from ledger import wallet
    from ledger.errors import SignatureFault

    needed = (args.anchor_rpc, args.anchor_chain, args.anchor_contract)
    if not any(needed):
        return None
    if not all(needed):
        raise CommandError("anchor.incomplete")
    try:
        wallet.parse_address(args.anchor_contract)
    except SignatureFault as error:
        raise CommandError("anchor.contract", contract=args.anchor_contract) from error
    return Anchoring(
        rpc=args.anchor_rpc,
        chain_id=args.anchor_chain,
        contract=args.anchor_contract,
        key=key_files(args.anchor_keystore, args.anchor_password),
        confirmations=args.anchor_confirmations,
        max_fee=args.anchor_max_fee * GWEI,
        every=args.anchor_every * MINUTE,
        pause=float(args.anchor_pause),
    )


def key_files(keystore: str | None, password: str | None) -> "KeyFiles | None":
    """Both, or neither: then the key is the environment's."""
    from app.anchors.settings import KeyFiles
    from app.cli.failures import CommandError

    if keystore is None and password is None:
        return None
    if keystore is None or password is None:
        raise CommandError("anchor.key_files")
    return KeyFiles(Path(keystore), Path(password))


def natural(text: str) -> int:
    """A number from 1 on."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("1, 2, 3 …")
    return int(text)


def _number(
    parser: argparse.ArgumentParser, name: str, variable: str, metavar: str, default: int | None, text: str
) -> None:
    """A default given as text is read like an argument, so the environment's is, too."""
    given = os.environ.get(variable) or (None if default is None else str(default))
    parser.add_argument(name, type=natural, metavar=metavar, default=given, help=text)
