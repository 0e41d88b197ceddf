"""A chain over JSON-RPC by web3: the one place that speaks to one. Importing it takes about a second.

Nothing is retried and nothing remembered here; ``anchor.py`` comes back with its next step. An answer that makes no
sense is RpcGarbled, whatever library stumbled over it. Errors name the RPC's host only, for paths and queries of such
addresses often hold a password, and libraries quote them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from eth_typing import ChecksumAddress, HexStr
from hexbytes import HexBytes
from web3 import HTTPProvider, Web3
from web3.exceptions import BlockNotFound, TransactionNotFound, Web3Exception, Web3RPCError
from web3.middleware import ExtraDataToPOAMiddleware
from web3.types import TxParams, Wei

from contracts import artefact
from contracts.errors import RpcAway, RpcGarbled, RpcRefused
from contracts.node import Event, Head, Mined

TIMEOUT: Final = 15
"""Seconds for one question."""
_TOPIC: Final = bytes(Web3.keccak(text=artefact.EVENT))
_TOPICS: Final = 3
_SAID: Final = 160
# What geth, Erigon, Nethermind, Besu and anvil say, in lower case and without spaces.
_IN_POOL: Final = ("alreadyknown", "knowntransaction", "alreadyimported")
_NONCE_USED: Final = ("noncetoolow", "oldnonce")
_POOR: Final = ("insufficientfunds", "upfrontcostexceeds")

# At DEBUG these write down whole addresses of RPCs.
for _library in ("web3", "urllib3"):
    logging.getLogger(_library).setLevel(logging.INFO)


class RpcNode:
    """``node.Node`` over one RPC address."""

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        self._host = urlsplit(url).hostname or ""
        # An explicit session: else web3 keeps one for every thread that ever asked.
        self._session = requests.Session()
        provider = HTTPProvider(
            url, request_kwargs={"timeout": timeout}, session=self._session, exception_retry_configuration=None
        )
        self._web3 = Web3(provider)
        # Chains of known validators put more into a block's extra data than web3 lets pass.
        self._web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)

    def close(self) -> None:
        """Let its connections go."""
        self._session.close()

    def chain_id(self) -> int:
        """EIP-155."""
        with self._asking("eth_chainId"):
            return int(self._web3.eth.chain_id)

    def genesis(self) -> str:
        """The hash of block 0."""
        with self._asking("eth_getBlockByNumber"):
            return _hex(self._web3.eth.get_block(0)["hash"])

    def code(self, address: str) -> bytes:
        """What stands at an address."""
        with self._asking("eth_getCode"):
            return bytes(self._web3.eth.get_code(_address(address)))

    def head(self) -> Head:
        """The newest block. A chain without base fees (EIP-1559) is none that we can pay on: RpcGarbled."""
        with self._asking("eth_getBlockByNumber"):
            block = self._web3.eth.get_block("latest")
            return Head(int(block["number"]), int(block["baseFeePerGas"]))

    def tip(self) -> int:
        """The priority fee per gas that gets one into a block soon."""
        with self._asking("eth_maxPriorityFeePerGas"):
            return int(self._web3.eth.max_priority_fee)

    def nonce(self, sender: str) -> int:
        """How many transactions of an account are in the chain."""
        with self._asking("eth_getTransactionCount"):
            return int(self._web3.eth.get_transaction_count(_address(sender), "latest"))

    def balance(self, sender: str) -> int:
        """What an account has."""
        with self._asking("eth_getBalance"):
            return int(self._web3.eth.get_balance(_address(sender)))

    def gas(self, sender: str, contract: str | None, data: bytes) -> int:
        """What a call would use, or with no contract the creation of one."""
        call: TxParams = {"from": _address(sender), "data": data, "value": Wei(0)}
        if contract is not None:
            call["to"] = _address(contract)
        with self._asking("eth_estimateGas"):
            return int(self._web3.eth.estimate_gas(call))

    def send(self, raw: str) -> bool:
        """Hand a signed transaction over; fine if the node has it already, or its nonce is used up by now.

        False where the node says that the account can't pay: some chains ask more than gas times fee.
        """
        try:
            with self._asking("eth_sendRawTransaction"):
                self._web3.eth.send_raw_transaction(HexStr(raw))
        except RpcRefused as error:
            said = str(error.params["said"]).lower().replace(" ", "")
            if not any(words in said for words in _POOR + _IN_POOL + _NONCE_USED):
                raise
            return not any(words in said for words in _POOR)
        return True

    def knows(self, transaction: str) -> bool:
        """Whether it is in the chain or waits in the node's pool."""
        with self._asking("eth_getTransactionByHash"):
            try:
                self._web3.eth.get_transaction(HexBytes(transaction))
            except TransactionNotFound:
                return False
            return True

    def find(self, transaction: str) -> Mined | None:
        """Where it stands in the chain, None where it doesn't, or where the block it was in has been replaced."""
        with self._asking("eth_getTransactionReceipt"):
            try:
                receipt = self._web3.eth.get_transaction_receipt(HexBytes(transaction))
                block = self._web3.eth.get_block(receipt["blockNumber"])
            except (TransactionNotFound, BlockNotFound):
                return None
            if block["hash"] != receipt["blockHash"]:
                return None
            if _hex(receipt["transactionHash"]) != transaction:
                raise ValueError(transaction)
            logs = receipt["logs"] if receipt["status"] == 1 else []
            events = tuple(event for log in logs if (event := _event(log)) is not None)
            time = int(block["timestamp"]) * 1000
            return Mined(transaction, int(block["number"]), _hex(block["hash"]), time, events)

    def created(self, transaction: str) -> str | None:
        """The address of the contract that a mined transaction created."""
        with self._asking("eth_getTransactionReceipt"):
            try:
                address = self._web3.eth.get_transaction_receipt(HexBytes(transaction))["contractAddress"]
            except TransactionNotFound:
                return None
            return None if address is None else str(address)

    @contextmanager
    def _asking(self, method: str) -> Iterator[None]:
        try:
            yield
        except Web3RPCError as error:
            said = "".join(char for char in str(_words(error)) if char.isprintable())[:_SAID]
            raise RpcRefused(host=self._host, method=method, said=said) from None
        except (requests.RequestException, ConnectionError, TimeoutError):
            raise RpcAway(host=self._host) from None
        except (Web3Exception, ValueError, TypeError, KeyError, AttributeError, OverflowError):
            raise RpcGarbled(host=self._host, method=method) from None


def _event(log: Any) -> Event | None:
    topics = [bytes(topic) for topic in log["topics"]]
    if len(topics) != _TOPICS or topics[0] != _TOPIC or bytes(log["data"]) or log.get("removed"):
        return None
    sender = Web3.to_checksum_address(topics[1][-20:])
    return Event(str(log["address"]), sender, topics[2], int(log["logIndex"]))


def _words(error: Web3RPCError) -> Any:
    answer = error.rpc_response or {}
    found = answer.get("error")
    return found.get("message", "") if isinstance(found, dict) else error.message


def _address(text: str) -> ChecksumAddress:
    return Web3.to_checksum_address(text)


def _hex(value: bytes) -> str:
    return "0x" + bytes(value).hex()
