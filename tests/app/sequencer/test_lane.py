"""What a lane answers: receipts, the same receipt again, refusals, and nothing in between."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from app.errors import Fault
from app.keystore import PrivacyKeys
from app.sequencer.batch import Batch
from app.sequencer.lane import Refused
from app.sequencer.submission import parse
from app.storage.log import root_at
from ledger import refusal
from ledger.compose import Private
from tests.app.sequencer.house import House, Person, check_receipt, founded


async def test_genesis_is_entry_zero(house: House) -> None:
    assert house.genesis.index == 0
    house.check(house.genesis)


async def test_receipts_are_provable_and_count_up(house: House) -> None:
    receipts = [await house.submit(house.word(house.hanako, number)) for number in range(5)]
    assert [receipt.index for receipt in receipts] == [1, 2, 3, 4, 5]


async def test_a_batch_is_appended_in_the_order_of_arrival(house: House) -> None:
    tree = house.tree
    said = [parse(house.hanako.say("word.say/1", {"number": n}, tree)) for n in range(700)]
    receipts = await asyncio.gather(*(house.submit(submission) for submission in said))
    assert [receipt.index for receipt in receipts] == list(range(1, 701))


async def test_the_same_statement_gets_the_first_receipt(house: House) -> None:
    word = house.word(house.hanako, 1)
    first, second = await asyncio.gather(house.submit(word), house.submit(word))
    later = await house.submit(word)
    assert first.index == second.index == later.index == 1
    assert first.leaf == later.leaf
    assert house.tree[0] == 2


async def test_the_same_statement_is_answered_before_its_key_is_judged(house: House) -> None:
    revocation = parse(house.taro.say("word.revoke/1", {}, house.tree))
    first = await house.submit(revocation)
    assert (await house.submit(revocation)).index == first.index
    with pytest.raises(Refused) as caught:
        await house.submit(house.word(house.taro, 1))
    assert caught.value.error.code == "key.revoked"


async def test_a_revocation_in_the_same_batch_wins(house: House) -> None:
    tree = house.tree
    said = [parse(house.taro.say("word.revoke/1", {}, tree)), parse(house.taro.say("word.say/1", {"number": 1}, tree))]
    results = await asyncio.gather(*(house.submit(one) for one in said), return_exceptions=True)
    assert isinstance(results[1], Refused)
    assert results[1].error.code == "key.revoked"


async def test_a_nonce_is_used_once(house: House) -> None:
    tree, nonce = house.tree, house.hanako.nonce(7)
    one, other = (parse(house.hanako.say("word.say/1", {"number": n}, tree, nonce=nonce)) for n in (1, 2))
    results = await asyncio.gather(house.submit(one), house.submit(other), return_exceptions=True)
    assert isinstance(results[1], Refused)
    assert results[1].error.code == "statement.nonce_reused"
    with pytest.raises(Refused, match="nonce_reused"):
        await house.submit(other)
    # Another author's nonce is another nonce.
    await house.submit(parse(house.taro.say("word.say/1", {"number": 3}, tree, nonce=nonce)))


async def test_refusals_are_signed_and_leave_no_trace(house: House) -> None:
    before = house.tree
    with pytest.raises(Refused) as caught:
        await house.submit(house.word(house.hanako, -1))
    signed = caught.value.signed
    refusal.verify(signed, house.installation.keys.verifier(house.ledger.origin).public)
    assert (signed.code, signed.size) == ("word.negative", before[0])
    assert house.tree == before
    assert (await house.submit(house.word(house.hanako, 1))).index == before[0]


async def test_a_broken_handler_stops_nobody_else(house: House) -> None:
    tree = house.tree
    said = [
        parse(house.hanako.say("word.say/1", {"number": 1}, tree)),
        parse(house.hanako.say("word.stumble/1", {}, tree)),
        parse(house.hanako.say("word.say/1", {"number": 2}, tree)),
    ]
    results = await asyncio.gather(*(house.submit(one) for one in said), return_exceptions=True)
    assert isinstance(results[1], Fault)
    assert [results[n].index for n in (0, 2)] == [1, 2]  # type: ignore[union-attr]


async def test_a_connection_that_is_closed_as_it_is_taken_is_no_fault_of_the_statement(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver then speaks of an operation in progress, as of a mistake of its own."""
    write, broken = Batch.write, [asyncpg.InternalClientError("cannot switch to state 15")]

    async def breaks(batch: Batch, privacy: PrivacyKeys) -> None:
        if broken:
            raise broken.pop()
        await write(batch, privacy)

    monkeypatch.setattr(Batch, "write", breaks)
    assert (await house.submit(house.word(house.hanako, 1))).index == 1


async def test_unpublished_trees_were_not_seen(house: House) -> None:
    said = parse(house.hanako.say("word.say/1", {"number": 1}, (1, bytes(32))))
    with pytest.raises(Refused, match="seen"):
        await house.submit(said)
    tree = house.tree
    await asyncio.gather(*(house.submit(house.word(house.taro, n)) for n in range(5)))
    async with house.installation.database.pool.acquire() as connection:
        passed = await root_at(connection, house.ledger.id, 3)
    # Size 3 was passed within a batch: a true root of this tree, but nobody was ever shown it.
    with pytest.raises(Refused, match="seen"):
        await house.submit(parse(house.hanako.say("word.say/1", {"number": 1}, (3, passed))))
    await house.submit(parse(house.hanako.say("word.say/1", {"number": 1}, tree)))


async def test_every_published_checkpoint_can_be_seen_at_once(house: House) -> None:
    notes = [house.genesis.note] + [(await house.submit(house.word(house.hanako, n))).note for n in range(3)]
    rows = await house.installation.database.pool.fetch("SELECT note FROM checkpoint WHERE size > 0 ORDER BY size")
    assert [row["note"] for row in rows] == notes


async def test_private_values_are_kept_sealed_until_their_key_is_destroyed(house: House) -> None:
    secret = "昨日は畑を手伝いました"
    said = parse(house.hanako.say("word.say/1", {"number": 1, "text": Private(secret)}, house.tree))
    await house.submit(said)
    row = await house.installation.database.pool.fetchrow(
        "SELECT subject, statement_id, path, sealed FROM private WHERE ledger_id = $1", house.ledger.id
    )
    assert row["subject"] == house.hanako.id
    assert secret.encode() not in row["sealed"]
    privacy = house.installation.privacy
    opening = privacy.open(house.ledger.id, *row)
    assert opening is not None
    assert opening.value == secret
    privacy.erase(house.ledger.id, house.hanako.id)
    assert privacy.open(house.ledger.id, *row) is None


async def test_founding_again_gives_the_same_receipt(house: House) -> None:
    again = await founded(house.installation)
    assert again.genesis.index == 0
    assert again.genesis.leaf == house.genesis.leaf
    assert await house.installation.ledgers() == [house.ledger]


async def test_lanes_end_with_the_installation_and_begin_again(house: House) -> None:
    await house.submit(house.word(house.hanako, 1))
    await house.installation.lanes.stop()
    receipt = await house.submit(house.word(house.hanako, 2))
    assert receipt.index == 2
    check_receipt(receipt, house.installation.keys.verifier(house.ledger.origin))


async def test_whoever_asked_may_go_away(house: House) -> None:
    word = house.word(house.hanako, 1)
    asked = asyncio.create_task(house.submit(word))
    await asyncio.sleep(0)
    asked.cancel()
    assert (await house.submit(house.word(Person("Jiro"), 5))).index == 2
    assert (await house.submit(word)).index == 1
