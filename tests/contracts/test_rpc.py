"""RPCs that are away, break off, lie or babble: each is said by its own code, and the same batch goes in once."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from contracts import batch
from contracts.chain import RpcNode
from contracts.errors import AccountEmpty, AnchorError, RpcAway, RpcGarbled, RpcRefused, WrongChain
from contracts.record import State
from tests.contracts.relay import Relay
from tests.contracts.stations import Station, note

ROOT = batch.make([note()]).root
ASKED = {
    "eth_chainId", "eth_getBlockByNumber", "eth_getCode", "eth_getTransactionCount", "eth_maxPriorityFeePerGas",
    "eth_getBalance", "eth_estimateGas", "eth_getTransactionByHash", "eth_sendRawTransaction",
}  # fmt: skip
LATER = {"eth_getTransactionReceipt"}


@pytest.fixture
def relayed(station: Station, relay: Relay) -> Iterator[Station]:
    """The station behind the relay, with a batch to anchor."""
    node = RpcNode(relay.url, timeout=5)
    found = station.again(node=node)
    found.anchorer.submit([note()])
    yield found
    node.close()


def trouble(station: Station) -> AnchorError:
    found = station.anchorer.step().trouble
    assert found is not None
    return found


def test_nobody_there(station: Station) -> None:
    nowhere = station.again(node=RpcNode("http://127.0.0.1:9/s3cret"))
    nowhere.anchorer.submit([note()])
    assert isinstance(found := trouble(nowhere), RpcAway)
    assert found.params == {"host": "127.0.0.1"}


def test_these_are_all_questions_that_a_first_step_asks(relayed: Station, relay: Relay) -> None:
    assert relayed.anchorer.step().trouble is None
    assert set(relay.asked) == ASKED


@pytest.mark.parametrize("method", sorted(ASKED))
def test_away_at_any_question_and_back_again(relayed: Station, relay: Relay, method: str) -> None:
    relay.away_before = {method}
    assert isinstance(trouble(relayed), RpcAway)
    relay.away_before = set()
    relayed.finish()
    assert relayed.anchored(ROOT) == 1


@pytest.mark.parametrize("method", sorted(LATER))
def test_away_while_it_waits_changes_no_state(relayed: Station, relay: Relay, method: str) -> None:
    relayed.anchorer.step()
    relayed.chain.mine()
    relay.away_before = {method}
    report = relayed.anchorer.step()
    assert isinstance(report.trouble, RpcAway)
    assert report.anchors[0].state == State.PENDING
    relay.away_before = set()
    relayed.finish()
    assert relayed.anchored(ROOT) == 1


def test_sent_but_the_answer_lost_is_sent_once(relayed: Station, relay: Relay) -> None:
    relay.away_after = {"eth_sendRawTransaction"}
    report = relayed.anchorer.step()
    assert isinstance(report.trouble, RpcAway)
    assert len(report.anchors[0].attempts) == 1
    relay.away_after = set()
    relayed.chain.mine()
    [anchor] = relayed.anchorer.step().anchors
    assert (anchor.state, anchor.attempts) == (State.CONFIRMED, report.anchors[0].attempts)
    relayed.finish()
    assert relayed.anchored(ROOT) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"{}", b'{"id":0,"jsonrpc":"2.0"}', b"\xff\xfe"])
@pytest.mark.parametrize("method", ["eth_chainId", "eth_getBlockByNumber", "eth_sendRawTransaction"])
def test_babble(relayed: Station, relay: Relay, method: str, body: bytes) -> None:
    relay.raw = {method: (200, body)}
    assert isinstance(found := trouble(relayed), RpcGarbled)
    assert found.params["method"] == method
    relay.raw = {}
    relayed.finish()
    assert relayed.anchored(ROOT) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_an_http_error_is_an_rpc_that_is_away(relayed: Station, relay: Relay, status: int) -> None:
    relay.raw = {"eth_getCode": (status, b"slow down")}
    assert isinstance(trouble(relayed), RpcAway)


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("eth_chainId", None), ("eth_chainId", "many"), ("eth_chainId", {"a": 1}), ("eth_getBlockByNumber", "0x1"),
        ("eth_getBlockByNumber", {}), ("eth_getBlockByNumber", {"number": "0x1", "hash": 7}), ("eth_getCode", "me"),
        ("eth_getTransactionCount", None), ("eth_getBalance", []), ("eth_estimateGas", "much"),
        ("eth_getBlockByNumber", lambda block: {name: block[name] for name in block if name != "baseFeePerGas"}),
    ],
)  # fmt: skip
def test_answers_that_can_t_be_true(relayed: Station, relay: Relay, method: str, answer: Any) -> None:
    relay.answers = {method: answer}
    assert isinstance(trouble(relayed), RpcGarbled)
    assert relayed.store.unfinished()[0].attempts == ()


def test_lying_about_the_chain_id_sends_nothing(relayed: Station, relay: Relay) -> None:
    relay.answers = {"eth_chainId": "0x1"}
    assert isinstance(trouble(relayed), WrongChain)
    assert relay.asked["eth_sendRawTransaction"] == 0


def test_an_rpc_that_turns_to_another_chain_midway_is_refused(relayed: Station, relay: Relay) -> None:
    relayed.anchorer.step()
    relay.answers = {"eth_chainId": "0xa"}
    report = relayed.anchorer.step()
    assert isinstance(report.trouble, WrongChain)
    assert report.anchors[0].state == State.PENDING


def test_a_refusal_is_passed_on_in_its_own_words_cut_short(relayed: Station, relay: Relay) -> None:
    relay.answers = {"eth_sendRawTransaction": {"error": {"code": -32000, "message": "no \x1b[31m" + "x" * 999}}}
    assert isinstance(found := trouble(relayed), RpcRefused)
    assert found.params["said"].startswith("no [31mxxx")
    assert len(found.params["said"]) < 200
    relay.answers = {}
    relayed.finish()
    assert relayed.anchored(ROOT) == 1


@pytest.mark.parametrize("words", ["already known", "Known transaction", "AlreadyKnown", "nonce too low: next nonce 2"])
def test_what_needs_no_sending_is_no_trouble(relayed: Station, relay: Relay, words: str) -> None:
    relay.answers = {"eth_sendRawTransaction": {"error": {"code": -32000, "message": words}}}
    assert relayed.anchorer.step().trouble is None


@pytest.mark.parametrize(
    "words", ["insufficient funds for gas * price + value", "Upfront cost exceeds account balance"]
)
def test_a_node_that_wants_more_than_the_account_has_is_believed(relayed: Station, relay: Relay, words: str) -> None:
    relay.answers = {"eth_sendRawTransaction": {"error": {"code": -32000, "message": words}}}
    assert isinstance(found := trouble(relayed), AccountEmpty)
    assert found.params["sender"] == relayed.signer.address


def test_an_absurd_tip_is_never_offered(relayed: Station, relay: Relay) -> None:
    relay.answers = {"eth_maxPriorityFeePerGas": hex(10**15)}
    assert trouble(relayed).code == "anchor.fee_too_high"


def test_a_receipt_of_another_transaction_proves_nothing(relayed: Station, relay: Relay) -> None:
    relayed.anchorer.step()
    relayed.chain.mine()
    relay.answers = {"eth_getTransactionReceipt": lambda told: told | {"transactionHash": "0x" + "11" * 32}}
    assert isinstance(trouble(relayed), RpcGarbled)


def test_a_receipt_from_a_block_that_was_replaced_proves_nothing(relayed: Station, relay: Relay) -> None:
    relayed.anchorer.step()
    relayed.chain.mine()
    relay.answers = {"eth_getTransactionReceipt": lambda told: told | {"blockHash": "0x" + "11" * 32}}
    report = relayed.anchorer.step()
    assert report.anchors[0].state == State.PENDING
    relay.answers = {}
    relayed.finish()
    assert relayed.anchored(ROOT) == 1


def other_topics(told: Any) -> Any:
    [log] = told["logs"]
    return told | {"logs": [log | {"topics": ["0x" + "ee" * 32, *log["topics"][1:]]}]}


def more_data(told: Any) -> Any:
    [log] = told["logs"]
    return told | {"logs": [log | {"data": "0x" + "00" * 32}]}


@pytest.mark.parametrize("falsify", [other_topics, more_data, lambda told: told | {"logs": []}])
def test_other_events_anchor_nothing(relayed: Station, relay: Relay, falsify: Any) -> None:
    relayed.anchorer.step()
    relayed.chain.mine()
    relay.answers = {"eth_getTransactionReceipt": falsify}
    assert relayed.anchorer.step().anchors[0].state == State.PENDING


def test_a_transaction_that_failed_anchors_nothing(relayed: Station, relay: Relay) -> None:
    relayed.anchorer.step()
    relayed.chain.mine()
    relay.answers = {"eth_getTransactionReceipt": lambda told: told | {"status": "0x0"}}
    assert relayed.anchorer.step().anchors[0].state == State.PENDING


def test_neither_password_nor_key_stands_in_errors_or_logs(
    relayed: Station, relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = []
    for fault in (
        {"away_before": {"eth_getCode"}},
        {"raw": {"eth_getCode": (403, b"no")}},
        {"answers": {"eth_getCode": 7}},
    ):
        relay.away_before, relay.raw, relay.answers = set(), {}, {}
        for name, value in fault.items():
            setattr(relay, name, value)
        shown.append("".join(traceback.format_exception(trouble(relayed))))
    assert not [text for text in [*shown, caplog.text] if "s3cret" in text or "ac0974bec39a17e3" in text]
