"""The auditor's half: an anchor asked after on a chain, and a ledger's anchors one after another."""

from __future__ import annotations

from itertools import permutations

import pytest

from contracts import batch, check, key, proof
from contracts.check import Sighting, Standing
from contracts.errors import Forked, NoContract, RpcAway, Shrunk, WrongChain
from contracts.node import Mined
from contracts.proof import AnchorProof, Site
from contracts.record import State
from ledger.checkpoint import Checkpoint
from tests.contracts.relay import Relay
from tests.contracts.stations import CONFIRMATIONS, Station, note, vkey
from tools import anvil

NAME = "coop.example/owase"


def anchor(station: Station, size: int = 1) -> AnchorProof:
    """Anchored, in a block with nothing on top."""
    station.anchorer.submit([note(size=size), note("coop.example/other")])
    station.anchorer.step()
    station.chain.mine()
    return station.anchorer.step().anchors[-1].proofs()[NAME]


def find(station: Station, shown: AnchorProof) -> Standing | None:
    return check.find(shown, station.node, CONFIRMATIONS)


def test_confirmed_then_final_with_the_block_s_own_time(station: Station) -> None:
    shown = proof.parse(anchor(station).to_file())
    assert proof.check(shown, vkey()).size == 1
    young = find(station, shown)
    whole = False
    block = station.chain.ask("eth_getBlockByNumber", "latest", whole)
    assert young == Standing(State.CONFIRMED, int(block["number"], 16), int(block["timestamp"], 16) * 1000, 1, 0)
    station.chain.mine(CONFIRMATIONS - 2)
    assert find(station, shown) == young._replace(confirmations=CONFIRMATIONS - 1)
    station.chain.mine()
    assert find(station, shown) == young._replace(confirmations=CONFIRMATIONS, state=State.FINAL)


def test_what_was_reorganised_away_is_not_found(station: Station) -> None:
    shown = anchor(station)
    station.chain.ask("anvil_reorg", 1, [])
    assert find(station, shown) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"transaction": "0x" + "12" * 32},
        {"sender": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"},
    ],
)
def test_another_transaction_or_sender_is_not_found(station: Station, wrong: dict[str, str]) -> None:
    shown = anchor(station)
    assert find(station, shown._replace(site=shown.site._replace(**wrong))) is None  # type: ignore[arg-type]


def test_another_root_is_not_found_in_that_transaction(station: Station) -> None:
    shown = anchor(station)
    alone = proof.make(batch.make([shown.note]), NAME, shown.site)
    assert proof.check(alone, vkey()).size == 1  # the path holds: only the chain tells
    assert find(station, alone) is None


def test_what_somebody_else_anchors_is_not_ours(station: Station) -> None:
    other = station.again(signer=key.Signer(anvil.OTHER_KEY, "the test"))
    other.anchorer.submit([note()])
    other.anchorer.step()
    station.chain.mine()
    [theirs] = other.anchorer.step().anchors
    shown = theirs.proofs()[NAME]
    assert find(station, shown) is not None
    ours = shown.site._replace(sender=station.signer.address)
    assert find(station, shown._replace(site=ours)) is None


def test_a_contract_that_only_pretends_is_refused(station: Station) -> None:
    """Other code could write events that name whatever sender it likes."""
    shown = anchor(station)
    elsewhere = shown.site._replace(contract="0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
    with pytest.raises(NoContract):
        find(station, shown._replace(site=elsewhere))
    station.chain.ask("anvil_setCode", station.contract, "0x00")
    with pytest.raises(NoContract):
        find(station, shown)


def test_an_rpc_of_another_chain_can_t_say(station: Station) -> None:
    shown = anchor(station)
    with pytest.raises(WrongChain):
        find(station, shown._replace(site=shown.site._replace(chain_id=1)))


def test_an_rpc_that_is_away_can_t_say(station: Station, relay: Relay) -> None:
    from contracts.chain import RpcNode

    shown = anchor(station)
    relay.away_before = {"eth_getTransactionReceipt"}
    with pytest.raises(RpcAway):
        check.find(shown, RpcNode(relay.url), CONFIRMATIONS)


def test_no_event_of_another_contract_or_root_is_taken() -> None:
    assert check.event_of(Mined("0x", 1, "0x", 0, ()), "0xC", "0xS", bytes(32)) is None


def seen(
    size: int, block: int, *, root: int = 1, sender: str = "0xA", name: str = NAME, chain: int = 1, at: int = 0
) -> Sighting:
    standing = Standing(State.FINAL, block, block * 12_000, 100, at)
    return Sighting(Checkpoint(name, size, bytes([root]) * 32), Site(chain, "0xC", sender, "0x"), standing)


def test_growing_and_repeating_are_fine_in_whatever_order_they_are_shown() -> None:
    for order in permutations([seen(1, 10), seen(5, 11, root=2), seen(5, 12, root=2), seen(9, 12, root=3, at=4)]):
        check.check_growth(order)


def test_shrinking_is_found_in_whatever_order_it_is_shown() -> None:
    for order in permutations([seen(9, 10), seen(5, 11), seen(9, 12)]):
        with pytest.raises(Shrunk) as found:
            check.check_growth(order)
        assert found.value.params == {"origin": NAME, "sender": "0xA", "size": 5, "before": 9}


def test_two_trees_of_one_size_are_found() -> None:
    with pytest.raises(Forked) as found:
        check.check_growth([seen(5, 10, root=1), seen(5, 11, root=2)])
    assert found.value.params == {"origin": NAME, "sender": "0xA", "size": 5}


def test_within_a_block_the_events_order_counts() -> None:
    check.check_growth([seen(9, 10, at=7), seen(5, 10, at=6)])
    with pytest.raises(Shrunk):
        check.check_growth([seen(9, 10, at=6), seen(5, 10, at=7)])


def test_ledgers_senders_and_chains_are_held_against_themselves_only() -> None:
    check.check_growth(
        [seen(9, 10), seen(5, 11, sender="0xB"), seen(5, 11, name="coop.example/other"), seen(5, 11, chain=10)]
    )
