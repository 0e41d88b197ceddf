"""Anchoring in a service, on a real chain and database: due, sent once, final, told to the ledgers; and trouble."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from app.anchors import sending, store
from app.anchors.sending import Sender
from contracts import check, proof
from contracts.errors import KeyPassword
from contracts.record import State
from ledger import canonical, checkpoint
from ledger.books.anchors import RECORD
from ledger.signed_note import parse_vkey
from tests.app.anchors.harbour import Harbour
from tests.app.api.service import Coop, Travelling
from tests.contracts.relay import Relay
from tests.contracts.stations import CONFIRMATIONS, Station
from tools import anvil

DAY = 86_400_000


async def test_all_ledgers_in_one_transaction_until_final(
    harbour: Harbour, coop: Coop, closed: Coop, station: Station
) -> None:
    async with harbour.owner() as owner:
        await owner.look_around()
        assert await harbour.states(coop) == [(1, "pending")]
        station.chain.mine()
        await owner.look_around()
        assert await harbour.states(coop) == [(1, "confirmed")]
        assert await harbour.recorded(coop) == []
        assert (await coop.stranger.get(coop.log("anchors/1.json"))).status_code == 404
        station.chain.mine(CONFIRMATIONS)
        await owner.look_around()
    assert await harbour.states(coop) == await harbour.states(closed) == [(1, "final")]
    (said,) = await harbour.recorded(coop)
    (also,) = await harbour.recorded(closed)
    assert said.transaction == also.transaction, "one transaction for all"

    answer = await coop.stranger.get(coop.log(said.proof))
    shown = proof.parse(answer.content)
    key = parse_vkey(installation_key(coop))
    head = proof.check(shown, key)
    found = check.find(shown, harbour.node, CONFIRMATIONS)
    assert found is not None
    assert (head.size, found.state) == (1, State.FINAL)
    assert (said.size, said.block, said.time) == (head.size, found.block, found.time)
    assert said.checkpoint == canonical.b64(shown.digest)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await closed.stranger.get(closed.log(also.proof))).status_code == 401
    for name in ("0.json", "01.json", "2.json", "1", "1.json.json", "99999999999999999.json"):
        assert (await coop.stranger.get(coop.log(f"anchors/{name}"))).status_code == 404


def installation_key(coop: Coop) -> str:
    return coop.installation.keys.verifier(coop.town.origin).text()


async def test_anchors_alone_make_no_ledger_due(
    harbour: Harbour, coop: Coop, clock: Travelling, station: Station
) -> None:
    async with harbour.owner() as owner:
        await harbour.finish(owner)
        entry = await coop.installation.log.entry(await coop.installation.ledger(coop.town.slug), 1)
        assert entry is not None
        assert RECORD.encode() in entry.leaf
        clock.ahead = 2 * DAY
        await harbour.finish(owner)
        assert len(await harbour.anchored(coop)) == 1
        await coop.record(coop.town.invitation("Taro", "Hanako"))
        await harbour.finish(owner)
        assert await harbour.states(coop) == [(3, "final"), (1, "final")]
        clock.ahead = 2 * DAY + DAY // 2
        await coop.record(coop.town.invitation("Jiro", "Hanako"))
        await harbour.finish(owner)
        assert len(await harbour.anchored(coop)) == 2, "not before its day"
    assert [one.size for one in await harbour.recorded(coop)] == [3, 1]
    assert station.chain.ask("eth_getTransactionCount", station.signer.address, "latest") == hex(3), "with the contract"


async def test_whoever_has_not_the_lock_does_not_anchor(harbour: Harbour, coop: Coop) -> None:
    connection = await harbour.installation.database.connect()
    try:
        async with harbour.owner() as owner:
            assert not await store.own(connection)
            await owner.look_around()
        async with asyncio.timeout(10):
            while not await store.own(connection):  # noqa: ASYNC110  (PostgreSQL notices in a moment)
                await asyncio.sleep(0.05)
    finally:
        connection.terminate()


async def test_what_is_not_kept_is_not_sent(harbour: Harbour, coop: Coop, station: Station) -> None:
    async with harbour.owner() as owner:
        await owner.look_around()
        sent = station.chain.ask("txpool_status")["pending"]
        await harbour.installation.database.pool.execute("DELETE FROM anchor_batch")
    async with harbour.owner() as owner:
        owner._connection.terminate()
        with pytest.raises((OSError, Exception), match="closed"):
            await owner.look_around()
    assert station.chain.ask("txpool_status")["pending"] == sent


async def test_a_restart_goes_on_with_the_same_transaction(harbour: Harbour, coop: Coop, station: Station) -> None:
    async with harbour.owner() as owner:
        await owner.look_around()
    (before,) = await harbour.anchored(coop)
    station.chain.ask("anvil_dropTransaction", before.batch.transaction)
    async with harbour.owner() as owner:
        await harbour.finish(owner)
    (after,) = await harbour.anchored(coop)
    assert (after.batch.state, after.batch.transaction) == ("final", before.batch.transaction)


async def test_a_reorganisation_puts_it_back(harbour: Harbour, coop: Coop, station: Station) -> None:
    async with harbour.owner() as owner:
        await owner.look_around()
        station.chain.mine()
        await owner.look_around()
        assert await harbour.states(coop) == [(1, "confirmed")]
        station.chain.ask("anvil_reorg", 1, [])
        await owner.look_around()
        assert await harbour.states(coop) == [(1, "pending")]
        await harbour.finish(owner)
        assert await harbour.states(coop) == [(1, "final")]


async def test_a_chain_that_is_away_holds_up_no_append(harbour: Harbour, coop: Coop, relay: Relay) -> None:
    relay.away_before = {"eth_chainId"}
    async with harbour.owner() as owner:
        await owner.look_around()
        await coop.record(coop.town.invitation("Taro", "Hanako"))
        found = await harbour.stands()
        assert (found.trouble, found.params) == ("anchor.rpc_away", {"host": "127.0.0.1"})
        assert found.failing_since
        await owner.look_around()
        assert (await harbour.stands()).failing_since == found.failing_since
        relay.away_before = set()
        await harbour.finish(owner)
    found = await harbour.stands()
    assert (found.trouble, found.failing_since, found.sender) == ("", 0, harbour.signer.address)
    assert found.balance is not None
    assert await harbour.states(coop) == [(1, "final")]


async def test_trouble_is_seen_before_anything_is_due(harbour: Harbour, relay: Relay) -> None:
    """No ledger yet: the chain is looked at all the same."""
    relay.answers["eth_chainId"] = "0x1"
    async with harbour.owner() as owner:
        await owner.look_around()
        assert (await harbour.stands()).trouble == "anchor.wrong_chain"
        relay.answers.clear()
        await owner.look_around()
        assert (await harbour.stands()).trouble == ""


async def test_an_empty_account_is_told_and_waits(harbour: Harbour, coop: Coop, station: Station) -> None:
    rich = station.chain.ask("eth_getBalance", station.signer.address, "latest")
    station.chain.ask("anvil_setBalance", station.signer.address, "0x0")
    async with harbour.owner() as owner:
        await owner.look_around()
        found = await harbour.stands()
        assert (found.trouble, found.params["available"]) == ("anchor.account_empty", "0")
        assert await harbour.states(coop) == [(1, "pending")]
        station.chain.ask("anvil_setBalance", station.signer.address, rich)
        await harbour.finish(owner)
        assert await harbour.states(coop) == [(1, "final")]


async def test_another_key_leaves_a_batch_under_way_alone(harbour: Harbour, coop: Coop) -> None:
    async with harbour.owner() as owner:
        await owner.look_around()
    first = harbour.signer
    harbour.other_key(anvil.OTHER_KEY)
    async with harbour.owner() as owner:
        await owner.look_around()
        found = await harbour.stands()
        assert (found.trouble, found.params["expected"]) == ("anchor.wrong_key", first.address)
    harbour.signer = first
    async with harbour.owner() as owner:
        await harbour.finish(owner)
    assert await harbour.states(coop) == [(1, "final")]


async def test_what_is_given_up_is_due_again(harbour: Harbour, coop: Coop) -> None:
    """As when somebody has begun on a chain that is no more."""
    pool = harbour.installation.database.pool
    async with harbour.owner() as owner:
        await owner.look_around()
    harbour.other_key(anvil.OTHER_KEY)
    async with harbour.owner() as owner:
        async with pool.acquire() as connection:
            assert await store.abandon(connection, 1)
            assert not await store.abandon(connection, 1)
        await harbour.finish(owner)
    assert await harbour.states(coop) == [(1, "final")]
    (found,) = await harbour.anchored(coop)
    assert found.batch.number == 2


async def test_a_key_that_cannot_be_had_is_told(harbour: Harbour, coop: Coop) -> None:
    harbour.no_key = KeyPassword(place="/etc/yui/key.json")
    async with harbour.owner() as owner:
        await owner.look_around()
        found = await harbour.stands()
        assert (found.trouble, found.sender, found.balance) == ("anchor.key_password", "", None)
        harbour.no_key = None
        await owner.look_around()
        assert (await harbour.stands()).trouble == ""


async def test_a_block_of_the_future_is_refused_and_told(harbour: Harbour, coop: Coop, relay: Relay) -> None:
    relay.answers["eth_getBlockByNumber"] = lambda block: block | {"timestamp": hex(2**33)}
    async with harbour.owner() as owner:
        await harbour.finish(owner)
        assert await harbour.states(coop) == [(1, "final")]
        found = await harbour.stands()
        assert found.trouble == "anchor.record_refused"
        assert found.params == {"origin": coop.town.origin, "refusal": "anchor.time"}
        assert await harbour.recorded(coop) == []


async def test_all_ledgers_are_not_looked_at_every_time(harbour: Harbour, coop: Coop, clock: Travelling) -> None:
    async with harbour.owner(pause=10.0) as owner:
        await harbour.finish(owner)
        clock.ahead = 2 * DAY
        await owner.look_around()
        await coop.record(coop.town.invitation("Taro", "Hanako"))
        await owner.look_around()
        assert len(await harbour.anchored(coop)) == 1
        clock.ahead += 80_000
        await owner.look_around()
        assert len(await harbour.anchored(coop)) == 2


async def test_it_runs_beside_requests_and_comes_back_after_a_lost_connection(
    harbour: Harbour, coop: Coop, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "WAIT", 0.05)
    anchoring = vars(harbour.anchoring) | {"pause": 0.05}
    sender = Sender(
        harbour.installation,
        type(harbour.anchoring)(**anchoring),
        lambda _: (harbour.node, harbour.signer),
    )
    running = asyncio.create_task(sender.run())

    async def until(state: str) -> None:
        async with asyncio.timeout(20):
            while await harbour.states(coop) != [(1, state)]:
                await asyncio.sleep(0.05)
                if state != "pending":
                    station.chain.mine()

    await until("pending")
    killed = await harbour.installation.database.pool.fetchval(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1",
        store._LOCK,
    )
    assert killed == 1
    await until("final")
    async with asyncio.timeout(20):
        while not await harbour.recorded(coop):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert not running.done()
    running.cancel()


@pytest.mark.parametrize("lost", [asyncpg.InternalClientError("another operation is in progress"), OSError("gone")])
async def test_no_way_in_which_a_connection_is_lost_ends_it(
    harbour: Harbour, coop: Coop, monkeypatch: pytest.MonkeyPatch, lost: Exception
) -> None:
    own, asked = store.own, list[int]()

    async def owned(connection: asyncpg.Connection) -> bool:
        asked.append(1)
        if len(asked) == 1:
            raise lost
        return await own(connection)

    monkeypatch.setattr(sending, "WAIT", 0.05)
    monkeypatch.setattr(store, "own", owned)
    sender = Sender(harbour.installation, harbour.anchoring, lambda _: (harbour.node, harbour.signer))
    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(20):
        while not running.done() and await harbour.states(coop) != [(1, "pending")]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert not running.done()
    running.cancel()


async def test_the_note_is_what_was_published(harbour: Harbour, coop: Coop) -> None:
    async with harbour.owner() as owner:
        await harbour.finish(owner)
    file = (await coop.stranger.get(coop.log("anchors/1.json"))).content
    note = proof.parse(file).note
    stored = await harbour.installation.database.pool.fetchval("SELECT note FROM checkpoint WHERE size = 1")
    assert note == stored
    assert checkpoint.parse(note)[0].origin == coop.town.origin
