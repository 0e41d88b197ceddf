"""Puts the contract on a chain, once for all who use that chain: whoever does it has no rights over it."""

from __future__ import annotations

from contracts import artefact, fees
from contracts.anchor import Signing
from contracts.errors import AccountEmpty
from contracts.node import Node


def deploy(node: Node, signer: Signing, max_fee: int) -> str:
    """Send it, offering at most ``max_fee`` wei per gas; the transaction, of which ``node.created`` tells the address.

    FeeTooHigh, AccountEmpty or an RPC's error where that fails. Not for an account that is anchoring meanwhile.
    """
    offered = fees.offer(node.head(), node.tip(), max_fee)
    gas = node.gas(signer.address, None, artefact.CREATION) * 5 // 4
    transaction, raw = signer.sign(
        {
            "chainId": node.chain_id(),
            "data": artefact.CREATION,
            "gas": gas,
            "maxFeePerGas": offered.max_fee,
            "maxPriorityFeePerGas": offered.tip,
            "nonce": node.nonce(signer.address),
            "type": 2,
            "value": 0,
        }
    )
    available, needed = node.balance(signer.address), gas * offered.max_fee
    if available < needed or not node.send(raw):
        raise AccountEmpty(sender=signer.address, needed=needed, available=available)
    return transaction
