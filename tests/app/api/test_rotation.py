"""The operator changes the log key of a ledger that is in use: what is published, kept, and read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from app.errors import KeyMissing
from app.installation import Installation, Settings
from app.keystore import OperatorKeys
from app.rotation import rotate
from app.sequencer.lane import Refused
from app.storage.embedded import Server
from governance.all_books import BOOKS
from ledger import canonical, checkpoint, merkle, refusal
from ledger.errors import LedgerError
from ledger.signed_note import parse_vkey
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
    first = house.keys.verifier(ledger.origin).text()
    made = OperatorKeys(tmp_path / "keys").successor(ledger.origin, [first])
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
