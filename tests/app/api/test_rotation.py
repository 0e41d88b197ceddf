"""The operator changes the log key of a ledger that is in use: what is published, kept, and read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.clerk import Clerk
from app.cli.main import main
from app.errors import KeyMissing
from app.installation import Installation, Settings
from app.keystore import OperatorKeys
from app.rotation import come_forward, make_decidable, rotate, rotate_clerk
from app.sequencer.lane import Refused
from app.storage.embedded import Server
from governance.all_books import BOOKS
from ledger import canonical, checkpoint, ids, merkle, refusal
from ledger.compose import Private
from ledger.errors import LedgerError, Refusal
from ledger.signed_note import parse_vkey
from ledger.statement import parse_leaf
from tests.app.api.service import Coop, Travelling
from tests.app.sequencer.audit import audit

DAY = 86_400_000


async def told(coop: Coop) -> dict[str, Any]:
    context: dict[str, Any] = (await coop.stranger.get(coop.api("context"))).json()
    return context


async def test_both_keys_sign_until_the_day_then_the_new_one(
    coop: Coop,
    clock: Travelling,
    migrated: Server,
    tmp_path: Path,
) -> None:
    house = coop.installation
    ledger = await house.ledger(coop.town.slug)
    old = (await told(coop))["vkey"]
    new, receipt = await rotate(house, ledger, 30)
    assert checkpoint.parse(receipt.note)[0].size == receipt.index + 1
    context = await told(coop)
    assert context["vkey"] == new != old
    for vkey in (old, new):
        checkpoint.verify(context["checkpoint"].encode(), parse_vkey(vkey))
    (change,) = context["key_changes"]
    head = checkpoint.parse(context["checkpoint"].encode())[0]
    path = [canonical.unb64(row) for row in change["proof"]]
    leaf = canonical.unb64(change["leaf"])
    merkle.check_inclusion(merkle.leaf_hash(leaf), change["index"], head.size, path, head.root)
    coop.town.saw(context["checkpoint"])
    with pytest.raises(Refused) as again:
        await rotate(house, ledger, 30)
    assert again.value.error.code == "operator.rotating"
    refusal.verify(again.value.signed, parse_vkey(new).public)
    clock.ahead += 31 * DAY
    await coop.say("Hanako", "coop.visibility/1", {"entries": "public", "tiles": "public"})
    note = (await told(coop))["checkpoint"].encode()
    checkpoint.verify(note, parse_vkey(new))
    with pytest.raises(LedgerError, match=r"checkpoint\.key"):
        checkpoint.verify(note, parse_vkey(old))
    (card,) = (await coop.stranger.get("/.well-known/yui.json")).json()["ledgers"]
    assert card["vkeys"] == [new]
    assert [(key["vkey"], key["since"], key["until"]) for key in card["keys"]] == [(new, 2, None), (old, 1, 2)]
    async with house.database.pool.acquire() as connection:
        assert len(await audit(connection, ledger, BOOKS)) == 3
    # Another process, which has never seen the first key in force, goes on.
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS, clock)) as second:
        assert (await second.log.published(ledger)).note == note
        third, _ = await rotate(second, ledger, 1)
    assert (await told(coop))["vkey"] == third


async def test_a_rotation_that_was_broken_off_uses_the_key_it_had_made(coop: Coop, tmp_path: Path) -> None:
    house = coop.installation
    ledger = await house.ledger(coop.town.slug)
    first = house.keys.verifier(ledger.origin)
    made = OperatorKeys(tmp_path / "keys").successor(ledger.origin, [first.public])
    new, _ = await rotate(house, ledger, 1)
    assert bytes(parse_vkey(new).public) == bytes(made.verify_key)
    (file,) = (tmp_path / "keys").glob("*.log.*")
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_key_that_was_lost_is_missed_and_not_replaced(coop: Coop, tmp_path: Path) -> None:
    house = coop.installation
    ledger = await house.ledger(coop.town.slug)
    await rotate(house, ledger, 1)
    (file,) = (tmp_path / "keys").glob("*.log.*")
    kept = file.read_bytes()
    file.unlink()
    written = coop.town.says("Hanako", "coop.visibility/1", {"entries": "public", "tiles": "public"})
    assert (await coop.post(written)).status_code == 503
    file.write_bytes(kept)
    assert (await coop.post(written)).status_code == 201
    with pytest.raises(KeyMissing):
        house.keys.signers(ledger.origin, ["nobody's"])


@pytest.mark.parametrize("days", ["0", "366", "-1", "a month"])
def test_how_long_both_sign_is_a_number_of_days(days: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["operator", "rotate-key", "owase", "--days", days])
    assert "1 – 365" in capsys.readouterr().err


async def test_the_clerks_key_changes_and_the_clerk_goes_on_with_it(coop: Coop, clock: Travelling) -> None:
    house = coop.installation
    ledger = await house.ledger(coop.town.slug)
    clerk = Clerk(house)
    await coop.join("Taro")
    old = (await told_card(coop))["clerk_keys"][0]["key"]
    new, receipt = await rotate_clerk(house, ledger)
    assert (await told_card(coop))["clerk_keys"] == [
        {"key": new, "since": receipt.index + 1, "until": None},
        {"key": old, "since": 1, "until": receipt.index + 1},
    ]
    # A term that ends: the clerk has something to say, and says it with the new key.
    coop.town.saw((await told(coop))["checkpoint"])
    until = canonical.format_time(house.clock.now() + 30 * DAY)
    await coop.say("Hanako", "role.give/1", {"member": coop.town.id("Taro"), "role": "steward", "until": until})
    clock.ahead += 40 * DAY
    await clerk.look_around()
    newest = await house.log.published(ledger)
    (last,) = await house.log.entries(ledger, newest.size - 1, newest.size)
    entry = parse_leaf(last.leaf)
    assert (entry.statement.author, entry.signatures[0].key) == ("clerk", new)
    again, _ = await rotate_clerk(house, ledger)
    assert again not in (old, new)


async def test_a_key_that_the_members_decided_on_comes_into_use(
    coop: Coop, clock: Travelling, tmp_path: Path, migrated: Server
) -> None:
    house = coop.installation
    ledger = await house.ledger(coop.town.slug)
    old = (await told(coop))["vkey"]
    with pytest.raises(Refusal, match=r"operator\.not_decided"):
        await come_forward(house, ledger)
    made = await make_decidable(house, ledger)
    assert await make_decidable(house, ledger) == made != old
    # An ordinary change does not take it away.
    rotated, _ = await rotate(house, ledger, 30)
    assert rotated != made
    coop.town.saw((await told(coop))["checkpoint"])
    await decide(coop, clock, {"effect": "log_key", "vkey": made})
    assert (await told(coop))["vkey"] == rotated
    # By then the keys before are gone: their checkpoints are still believed, by their public halves.
    for lost in (tmp_path / "keys").glob("*.log*"):
        lost.unlink()
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS, clock)) as second:
        with pytest.raises(KeyMissing):
            await rotate(second, ledger, 30)
        key, receipt = await come_forward(second, ledger)
        assert key == made
        head = checkpoint.verify(receipt.note, parse_vkey(made))
        assert head.size == receipt.index + 1
        with pytest.raises(LedgerError, match=r"checkpoint\.key"):
            checkpoint.verify(receipt.note, parse_vkey(rotated))
    assert (await told_card(coop))["vkeys"] == [made]
    assert [key["until"] for key in (await told_card(coop))["keys"]] == [None, receipt.index, receipt.index]
    async with house.database.pool.acquire() as connection:
        await audit(connection, ledger, BOOKS)


async def decide(coop: Coop, clock: Travelling, effect: dict[str, Any]) -> None:
    text = {"text": Private("わけ"), "title": Private("鍵を替える")}
    written = await coop.say("Hanako", "proposal.draft/1", {"effects": [effect], "kind": "rules", **text})
    proposal = ids.object_id("prop", written.id)
    await coop.say("Hanako", "proposal.open/1", {"proposal": proposal})
    clock.ahead += 1000
    await coop.say("Hanako", "ballot.cast/1", {"choice": "yes", "proposal": proposal})
    clock.ahead += 8 * DAY
    await Clerk(coop.installation).look_around()


async def told_card(coop: Coop) -> dict[str, Any]:
    (card,) = (await coop.stranger.get("/.well-known/yui.json")).json()["ledgers"]
    found: dict[str, Any] = card
    return found
