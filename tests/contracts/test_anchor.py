"""The way of a batch into a real chain: pending, confirmed, final, and everything that sends it back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from contracts import batch, key, proof
from contracts.anchor import GWEI
from contracts.errors import (
    AccountEmpty,
    AnchorBusy,
    BatchFault,
    ChainReplaced,
    FeeTooHigh,
    NoContract,
    NonceTaken,
    WrongChain,
    WrongKey,
)
from contracts.record import Anchor, State
from ledger.errors import FormatError, SignatureFault
from tests.contracts.stations import CONFIRMATIONS, Station, note, vkey
from tools import anvil

ROOT = batch.make([note()]).root


def step(station: Station) -> Anchor:
    """A step without trouble of a station with one unfinished anchor."""
    report = station.anchorer.step()
    assert report.trouble is None
    [anchor] = report.anchors
    return anchor


def pool(station: Station) -> list[str]:
    waiting = station.chain.ask("txpool_content")["pending"].get(station.signer.address.lower(), {})
    return [transaction["hash"] for _, transaction in sorted(waiting.items())]


def test_pending_confirmed_final(station: Station) -> None:
    assert station.anchorer.submit([note()]).state == State.PENDING
    assert station.anchored(ROOT) == 0
    sent = step(station)
    assert (sent.state, pool(station)) == (State.PENDING, [sent.attempts[0].transaction])
    seen = []
    for _ in range(CONFIRMATIONS):
        station.chain.mine()
        seen.append(step(station).state)
    assert seen == [State.CONFIRMED] * (CONFIRMATIONS - 1) + [State.FINAL]
    assert station.anchored(ROOT) == 1
    assert station.anchorer.step() == ((), None)


def test_a_step_that_has_nothing_to_do_asks_the_chain_nothing(station: Station) -> None:
    class Unasked:
        def __getattr__(self, name: str) -> None:
            raise AssertionError(name)

    assert station.again(node=Unasked()).anchorer.step() == ((), None)  # type: ignore[arg-type]


def test_a_thousand_ledgers_go_in_one_transaction_and_each_has_a_proof(station: Station) -> None:
    names = [f"coop.example/v{number}" for number in range(1000)]
    station.anchorer.submit(note(name, number + 1) for number, name in enumerate(names))
    sent = step(station)
    assert len(sent.attempts) == len(pool(station)) == 1
    station.chain.mine(CONFIRMATIONS)
    final = step(station)
    assert final.state == State.FINAL
    proofs = final.proofs()
    assert sorted(proofs) == sorted(names)
    for name in names[::333]:
        shown = proof.parse(proofs[name].to_file())
        assert proof.check(shown, vkey(name)).origin == name
        assert shown.site.transaction == sent.attempts[0].transaction


def test_there_is_no_proof_of_what_is_in_no_block(station: Station) -> None:
    assert station.anchorer.submit([note()]).proofs() == {}
    assert step(station).proofs() == {}


def test_what_can_t_be_anchored_is_refused_and_not_kept(station: Station) -> None:
    for wrong in ([], [note(), note(size=2)], [b"hello"]):
        with pytest.raises((BatchFault, FormatError)):
            station.anchorer.submit(wrong)
    assert station.store.unfinished() == []


def test_steps_between_blocks_send_nothing_twice(station: Station) -> None:
    station.anchorer.submit([note()])
    first = step(station)
    assert [step(station) for _ in range(3)] == [first] * 3
    assert pool(station) == [first.attempts[0].transaction]


def test_the_next_batch_waits_until_this_one_is_in_the_chain(station: Station) -> None:
    station.anchorer.submit([note()])
    with pytest.raises(AnchorBusy, match="number=1"):
        station.anchorer.submit([note(size=2)])
    step(station)
    station.chain.mine()
    step(station)
    second = station.anchorer.submit([note(size=2)])
    assert second.number == 2
    station.finish()
    assert station.anchored(second.root) == station.anchored(ROOT) == 1


def test_nonces_follow_each_other_while_nothing_is_final(station: Station) -> None:
    for size in (1, 2, 3):
        station.anchorer.submit([note(size=size)])
        station.anchorer.step()
        station.chain.mine()
        station.anchorer.step()
    nonces = [anchor.nonce for anchor in station.store.unfinished()]
    assert nonces == [1, 2, 3]  # 0 deployed the contract


def test_a_transaction_that_the_pool_dropped_is_sent_again_to_the_byte(station: Station) -> None:
    station.anchorer.submit([note()])
    first = step(station)
    station.chain.ask("anvil_dropTransaction", first.attempts[0].transaction)
    assert pool(station) == []
    assert step(station) == first
    assert pool(station) == [first.attempts[0].transaction]


def test_a_reorganisation_makes_it_pending_and_sends_the_same_transaction(station: Station) -> None:
    station.anchorer.submit([note()])
    sent = step(station).attempts[0]
    station.chain.mine(CONFIRMATIONS - 1)
    confirmed = step(station)
    assert confirmed.state == State.CONFIRMED
    station.chain.ask("anvil_reorg", CONFIRMATIONS - 1, [])
    station.chain.ask("anvil_dropAllTransactions")
    back = step(station)
    assert (back.state, back.place, back.nonce) == (State.PENDING, None, confirmed.nonce)
    assert pool(station) == [sent.transaction]
    station.finish()
    assert station.anchored(ROOT) == 1


def test_a_reorganisation_of_two_batches_brings_both_back_in_order(station: Station) -> None:
    for size in (1, 2):
        station.anchorer.submit([note(size=size)])
        station.anchorer.step()
        station.chain.mine()
        station.anchorer.step()
    station.chain.ask("anvil_reorg", 2, [])
    station.chain.ask("anvil_dropAllTransactions")
    states = [anchor.state for anchor in station.anchorer.step().anchors]
    assert states == [State.PENDING, State.PENDING]
    station.finish()
    assert [station.anchored(batch.make([note(size=size)]).root) for size in (1, 2)] == [1, 1]


def test_a_reorganisation_before_the_next_batch_is_sent_leaves_each_its_own_nonce(station: Station) -> None:
    station.anchorer.submit([note(size=1)])
    station.anchorer.step()
    station.chain.mine()
    station.anchorer.step()
    station.anchorer.submit([note(size=2)])
    station.chain.ask("anvil_reorg", 1, [])
    assert [anchor.nonce for anchor in station.anchorer.step().anchors] == [1, 2]
    station.finish()
    assert [station.anchored(batch.make([note(size=size)]).root) for size in (1, 2)] == [1, 1]


def test_a_reorganisation_into_another_block_is_seen(station: Station) -> None:
    station.anchorer.submit([note()])
    sent = step(station).attempts[0]
    station.chain.mine()
    before = step(station).place
    station.chain.ask("anvil_reorg", 1, [[sent.raw, 0]])
    after = step(station)
    assert after.state == State.CONFIRMED
    assert before is not None
    assert after.place is not None
    assert after.place.block_hash != before.block_hash


def test_a_fee_that_nobody_takes_is_raised_until_the_block_takes_it(station: Station) -> None:
    station.anchorer.submit([note()])
    first = step(station).attempts[0]
    station.chain.ask("anvil_setNextBlockBaseFeePerGas", hex(first.max_fee * 3))
    station.chain.mine()
    assert station.anchored(ROOT) == 0
    bumped = step(station).attempts[-1]
    assert bumped.max_fee > first.max_fee * 3
    assert bumped.tip * 8 >= first.tip * 9
    assert pool(station) == [bumped.transaction]  # it took the other's place
    station.finish()
    assert station.anchored(ROOT) == 1


def test_the_earlier_offer_may_be_the_one_that_is_mined(station: Station) -> None:
    patient = station.again(patience=0)  # raises at each step
    patient.anchorer.submit([note()])
    first = step(patient).attempts[0]
    station.chain.ask("anvil_dropTransaction", first.transaction)
    second = step(patient).attempts[1]
    station.chain.ask("anvil_dropTransaction", second.transaction)
    station.chain.ask("eth_sendRawTransaction", first.raw)
    station.chain.mine()
    mined = step(patient)
    assert (mined.state, len(mined.attempts)) == (State.CONFIRMED, 2)
    assert mined.place is not None
    assert mined.place.transaction == first.transaction


def test_after_blocks_without_it_the_fee_is_raised(station: Station) -> None:
    station.anchorer.submit([note()])
    first = step(station)
    for _ in range(station.settings.patience):
        assert step(station) == first
        station.chain.ask("anvil_dropTransaction", first.attempts[0].transaction)
        station.chain.mine()
    after = step(station)
    assert len(after.attempts) == 2
    assert after.attempts[1].max_fee * 8 >= first.attempts[0].max_fee * 9
    assert pool(station) == [after.attempts[1].transaction]


def test_it_waits_where_the_chain_asks_more_than_is_allowed(station: Station) -> None:
    careful = station.again(max_fee=5 * GWEI)
    careful.anchorer.submit([note()])
    station.chain.ask("anvil_setNextBlockBaseFeePerGas", hex(50 * GWEI))
    station.chain.mine()
    report = careful.anchorer.step()
    assert isinstance(report.trouble, FeeTooHigh)
    assert report.trouble.params["allowed"] == 5 * GWEI < report.trouble.params["needed"]
    assert report.anchors[0].attempts == ()
    station.chain.ask("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
    station.chain.mine()
    careful.finish()
    assert station.anchored(ROOT) == 1


def test_an_offer_at_the_limit_stays_in_the_pool(station: Station) -> None:
    careful = station.again(max_fee=3 * GWEI)
    careful.anchorer.submit([note()])
    first = careful.anchorer.step().anchors[0].attempts[0]
    station.chain.ask("anvil_setNextBlockBaseFeePerGas", hex(50 * GWEI))
    station.chain.mine()
    station.chain.ask("anvil_dropTransaction", first.transaction)
    report = careful.anchorer.step()
    assert isinstance(report.trouble, FeeTooHigh)
    assert report.anchors[0].attempts == (first,)
    station.chain.ask("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
    station.chain.mine()
    careful.finish()
    assert station.anchored(ROOT) == 1


def test_an_empty_account_is_said_with_what_is_missing_and_goes_on_when_filled(station: Station) -> None:
    station.chain.ask("anvil_setBalance", station.signer.address, "0x10")
    station.anchorer.submit([note()])
    report = station.anchorer.step()
    assert isinstance(report.trouble, AccountEmpty)
    assert report.trouble.params["available"] == 16
    assert report.trouble.params["needed"] > 10**12
    assert report.anchors[0].attempts == ()
    station.chain.ask("anvil_setBalance", station.signer.address, hex(10**18))
    station.finish()
    assert station.anchored(ROOT) == 1


def test_an_account_emptied_while_it_waits_is_said_too(station: Station) -> None:
    station.anchorer.submit([note()])
    first = step(station)
    station.chain.ask("anvil_dropTransaction", first.attempts[0].transaction)
    station.chain.ask("anvil_setBalance", station.signer.address, "0x0")
    report = station.anchorer.step()
    assert isinstance(report.trouble, AccountEmpty)
    assert report.anchors == (first,)


def test_another_key_does_not_touch_what_is_under_way(station: Station) -> None:
    station.anchorer.submit([note()])
    step(station)
    other = key.Signer(anvil.OTHER_KEY, "the test")
    report = station.again(signer=other).anchorer.step()
    assert isinstance(report.trouble, WrongKey)
    assert report.trouble.params == {"expected": station.signer.address, "found": other.address}
    assert len(pool(station)) == 1
    station.finish()
    moved = station.again(signer=other)  # nothing under way: the key may change
    moved.anchorer.submit([note(size=2)])
    moved.finish()


def test_the_chain_id_that_was_asked_for_is_insisted_upon(station: Station) -> None:
    wrong = station.again(chain_id=1)
    wrong.anchorer.submit([note()])
    report = wrong.anchorer.step()
    assert isinstance(report.trouble, WrongChain)
    assert report.trouble.params == {"expected": 1, "found": 31337}
    assert pool(station) == []


def test_a_chain_that_began_anew_under_its_old_id_is_not_trusted(station: Station) -> None:
    station.anchorer.submit([note()])
    step(station)
    station.store.pin(31337, "0x" + "00" * 32)
    assert isinstance(station.anchorer.step().trouble, ChainReplaced)


@pytest.mark.parametrize("code", ["0x", "0x00", "0x6080"], ids=["none", "another", "cut"])
def test_a_contract_that_is_not_ours_is_not_paid(station: Station, code: str) -> None:
    station.chain.ask("anvil_setCode", station.contract, code)
    station.anchorer.submit([note()])
    report = station.anchorer.step()
    assert isinstance(report.trouble, NoContract)
    assert pool(station) == []


def test_an_address_in_another_spelling_is_refused_at_once(station: Station) -> None:
    with pytest.raises(SignatureFault):
        station.again(contract=station.contract.lower())


def take_nonce(station: Station) -> None:
    """Someone else uses the account."""
    fields = {"from": station.signer.address, "to": station.signer.address, "nonce": hex(1), "gas": hex(21000),
              "maxFeePerGas": hex(50 * GWEI), "maxPriorityFeePerGas": hex(20 * GWEI)}  # fmt: skip
    station.chain.ask("eth_sendTransaction", fields)
    station.chain.mine()


def test_a_foreign_transaction_in_our_place_is_waited_out_then_the_batch_gets_another_nonce(station: Station) -> None:
    station.anchorer.submit([note()])
    first = step(station)
    assert first.nonce == 1
    take_nonce(station)
    for _ in range(CONFIRMATIONS - 1):
        report = station.anchorer.step()
        assert isinstance(report.trouble, NonceTaken)
        assert report.anchors[0].attempts == first.attempts
        station.chain.mine()
    station.anchorer.step()
    again = station.anchorer.step().anchors[0]
    assert again.nonce == 2
    station.finish()
    assert station.anchored(ROOT) == 1


def test_a_foreign_transaction_that_is_reorganised_away_gives_the_place_back(station: Station) -> None:
    station.anchorer.submit([note()])
    first = step(station)
    take_nonce(station)
    assert isinstance(station.anchorer.step().trouble, NonceTaken)
    station.chain.ask("anvil_reorg", 1, [])
    station.chain.ask("anvil_dropAllTransactions")
    assert replace(step(station), attempts=first.attempts) == first
    station.finish()
    assert station.anchored(ROOT) == 1


def test_what_the_store_can_t_keep_is_not_sent(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    station.anchorer.submit([note()])

    def full(_: Anchor) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(station.store, "save", full)
        with pytest.raises(OSError, match="No space"):
            station.anchorer.step()
    assert pool(station) == []
    station.finish()
    assert station.anchored(ROOT) == 1
