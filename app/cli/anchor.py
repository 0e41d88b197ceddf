"""``yui anchor``: what an operator does once, before or beside anchoring checkpoints on a public chain.

yui anchor deploy --rpc URL     put the contract on the chain; its address is for --anchor-contract
yui anchor account [--rpc URL]  the address of the key's account, and what it has
yui anchor abandon NUMBER       give up on a batch, say of a chain that is no more; its checkpoints are due again
"""

import argparse
import os
import time
from typing import TYPE_CHECKING

from app.cli import anchor_options, places

if TYPE_CHECKING:
    from contracts.chain import RpcNode
    from contracts.key import Signer

_PATIENCE = 600
_PAUSE = 2
ETHER = 10**18


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The three, each with its own."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    rpc = os.environ.get("YUI_ANCHOR_RPC")
    deploy = actions.add_parser("deploy", help="コントラクトを置く / put the contract on a chain, once")
    deploy.add_argument("--rpc", metavar="URL", default=rpc, help="チェーンの窓口 / the chain's RPC")
    deploy.add_argument(
        "--max-fee",
        type=anchor_options.natural,
        default=100,
        metavar="GWEI",
        help="手数料の上限(100) / the most to pay, gwei per gas",
    )
    anchor_options.add_key_arguments(deploy, "--")
    account = actions.add_parser("account", help="口座と残高を見る / the account, and what it has")
    account.add_argument("--rpc", metavar="URL", default=rpc, help="チェーンの窓口 / the chain's RPC")
    anchor_options.add_key_arguments(account, "--")
    abandon = actions.add_parser("abandon", help="送りかけの束をあきらめる / give up on a batch under way")
    abandon.add_argument("number", type=anchor_options.natural, help="束の番号 / the batch's number")
    places.add_arguments(abandon)


def run(args: argparse.Namespace) -> int:
    """Do it; 2 where it can't be done."""
    from app.cli.failures import CommandError, fail, say
    from contracts.errors import AnchorError

    try:
        return {"deploy": _deploy, "account": _account, "abandon": _abandon}[args.action](args)
    except AnchorError as error:
        return fail(*say("anchor.trouble", reason=error))
    except CommandError as error:
        return fail(*say(error.code, **error.params))


def _deploy(args: argparse.Namespace) -> int:
    from app.cli.failures import CommandError, say
    from contracts import check
    from contracts.deploy import deploy

    if not args.rpc:
        raise CommandError("anchor.no_rpc")
    node, signer = _node(args.rpc), _signer(args)
    transaction = deploy(node, signer, args.max_fee * anchor_options.GWEI)
    print(*say("anchor.deploying", transaction=transaction), sep="\n", flush=True)
    until = time.monotonic() + _PATIENCE
    while (contract := node.created(transaction)) is None:
        if time.monotonic() > until:
            raise CommandError("anchor.not_mined", transaction=transaction)
        time.sleep(_PAUSE)
    check.expect_contract(node, contract)
    print(*say("anchor.deployed", contract=contract, chain=node.chain_id()), sep="\n")
    return 0


def _account(args: argparse.Namespace) -> int:
    from app.cli.failures import say

    signer = _signer(args)
    if not args.rpc:
        print(*say("anchor.address", address=signer.address), sep="\n")
        return 0
    node = _node(args.rpc)
    whole, rest = divmod(node.balance(signer.address), ETHER)
    balance = f"{whole}.{rest:018d}".rstrip("0").rstrip(".")
    print(*say("anchor.account", address=signer.address, balance=balance, chain=node.chain_id()), sep="\n")
    return 0


def _abandon(args: argparse.Namespace) -> int:
    from app.anchors.store import abandon
    from app.cli import runtime
    from app.cli.failures import CommandError, say
    from app.storage.database import Database

    where = places.places(args)

    async def main() -> None:
        async with (
            runtime.database(where) as url,
            Database(url) as database,
            database.pool.acquire() as connection,
        ):
            if not await abandon(connection, args.number):
                raise CommandError("anchor.no_batch", number=args.number)
            print(*say("anchor.abandoned", number=args.number), sep="\n", flush=True)

    return runtime.run(main)


def _node(rpc: str) -> "RpcNode":
    from contracts.chain import RpcNode

    return RpcNode(rpc)


def _signer(args: argparse.Namespace) -> "Signer":
    from contracts import key

    files = anchor_options.key_files(args.keystore, args.password)
    return key.from_environment() if files is None else key.from_keystore(files.keystore, files.password)
