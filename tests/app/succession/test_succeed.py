"""Entries are lost for good: officers sign, and the co-op goes on under another name with all that is there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from app import exports
from app.audit.run import Options, audit
from app.errors import GuardError
from app.succession import drafting
from app.succession.drafting import Drafted
from governance.all_books import BOOKS
from ledger import checkpoint
from ledger.compose import sign_ed25519
from ledger.errors import Refusal
from ledger.signed_note import parse_vkey
from tests.app.api.service import Coop
from tests.app.sequencer.audit import audit as audit_database
from tests.app.succession.conftest import SLUG, Lost

NEW = "owase-2"


async def drafted(coop: Coop, **more: Any) -> tuple[str, Drafted]:
    """The draft's address, and the draft."""
    made = await drafting.draft(coop.installation, SLUG, NEW, "ディスクが壊れた", **({"key_lost": False} | more))
    return f"/succeed/{await drafting.keep(coop.installation, made)}", made


async def sign(coop: Coop, address: str, *names: str) -> Any:
    """Each of them signs; the last answer."""
    for name in names:
        statement = (await coop.stranger.get(f"{address}/draft")).json()["statement"]
        from ledger import canonical

        signature = sign_ed25519(coop.town.key(name), canonical.encode(statement))
        body = {"alg": signature.alg, "key": signature.key, "sig": signature.sig}
        answer = await coop.stranger.post(f"{address}/signature", json={"signature": body})
    return answer


def goes_on(coop: Coop, answer: Any) -> None:
    """The people of the town know the new name and its checkpoint."""
    assert answer.status_code == 200, answer.text
    coop.town.slug = answer.json()["slug"]
    coop.town.origin = f"{coop.town.origin.rpartition('/')[0]}/{NEW}"
    coop.town.saw(answer.json()["receipt"]["checkpoint"])
    head = checkpoint.parse(answer.json()["receipt"]["checkpoint"].encode())[0]
    coop.town.head = (head.size, head.root)


async def test_the_co_op_goes_on_under_another_name(lost: Lost, tmp_path: Path) -> None:
    async with lost.house() as coop:
        last = (await coop.stranger.get(coop.log("checkpoint"))).content
    async with lost.house(lost.backup) as coop:
        assert (await coop.stranger.get(f"/c/{SLUG}/ledger")).status_code == 503
        address, made = await drafted(coop)
        assert (made.entries, made.published) == (6, 9)
        assert made.signers == [coop.town.id("Hanako"), coop.town.id("Jiro")]
        page = await coop.stranger.get(address, headers={"accept": "text/html", "accept-language": "en"})
        assert "Entries 6 to 8" in page.text or "6 to 8" in page.text
        waiting = await sign(coop, address, "Hanako")
        assert waiting.json() == {"slug": NEW, "waiting": 1}
        stranger = await sign(coop, address, "Taro")
        assert (stranger.status_code, stranger.json()["code"]) == (403, "succession.signer")
        goes_on(coop, await sign(coop, address, "Jiro"))
        assert (await coop.stranger.get(f"{address}/draft")).status_code == 404
        await everybody_goes_on(coop, last)
        house = coop.installation
        ledger = await house.ledger(NEW)
        await exports.write(house, ledger, tmp_path / "after", None)
        async with house.database.pool.acquire() as connection:
            await audit_database(connection, ledger, BOOKS)
    with ExitStack() as stack:
        (audited,) = audit(str(tmp_path / "after"), Options(), stack, lambda _done, _size: None)
        assert (audited.report.findings, audited.report.exit_code) == ([], 0)


async def everybody_goes_on(coop: Coop, last: bytes) -> None:
    await coop.say("Hanako", "role.give/1", {"member": coop.town.id("Taro"), "role": "steward"})
    home = await coop.stranger.get(f"/c/{SLUG}/ledger", headers={"accept": "text/html"})
    assert (home.status_code, home.headers["location"]) == (303, f"/c/{NEW}/ledger")
    page = await coop.stranger.get(f"/c/{NEW}/ledger", headers={"accept": "text/html", "accept-language": "en"})
    assert "goes on from coops.example/owase" in page.text
    assert "6 to 8 (3)" in page.text
    said = await coop.stranger.post(f"/api/v1/ledgers/{SLUG}/statements", content=b"{}")
    assert said.status_code in (400, 409)
    old = await coop.stranger.get(f"/api/v1/ledgers/{SLUG}/context")
    assert (old.status_code, old.json()["code"]) == (409, "ledger.succeeded")
    # Under the old name the last checkpoint stays to be read, and every entry that is here.
    assert (await coop.stranger.get(f"/log/{SLUG}/checkpoint")).content == last
    assert (await coop.stranger.get(f"/log/{SLUG}/tile/entries/000.p/6")).status_code == 200
    assert (await coop.stranger.get(f"/log/{SLUG}/tile/entries/000.p/7")).status_code == 404
    document = (await coop.stranger.get("/.well-known/yui.json")).json()
    assert [card["name"] for card in document["ledgers"]] == [NEW]
    assert document["ledgers"][0]["predecessors"][0]["size"] == 9
    assert document["succeeded"] == [
        {
            "entries": 6,
            "name": SLUG,
            "origin": "coops.example/owase",
            "successor": f"coops.example/{NEW}",
        }
    ]
    note = (await coop.stranger.get(f"/log/{NEW}/checkpoint")).content
    assert checkpoint.verify(note, parse_vkey(document["ledgers"][0]["vkeys"][0])).size == 8
    # The sample of the first name is taken, and so is the second.
    for slug in (SLUG, NEW):
        answer = await coop.stranger.post("/api/v1/foundings/prepare", json={"slug": slug})
        assert (answer.status_code, answer.json()["code"]) == (409, "ledger.taken")


async def test_where_nothing_is_lost_nothing_is_succeeded(lost: Lost) -> None:
    async with lost.house() as coop:
        with pytest.raises(Refusal, match=r"succession\.nothing_lost"):
            await drafted(coop)
        with pytest.raises(Refusal, match=r"succession\.key_here"):
            await drafted(coop, key_lost=True)


async def test_a_lost_key_is_a_cause_too(lost: Lost) -> None:
    for path in (lost.data / "keys").glob("*.log"):
        path.unlink()
    async with lost.house() as coop:
        with pytest.raises(Refusal, match=r"succession\.nothing_lost"):
            await drafted(coop)
        address, made = await drafted(coop, key_lost=True)
        assert (made.entries, made.published) == (9, 9)
        goes_on(coop, await sign(coop, address, "Hanako", "Jiro"))
        await coop.say("Saburo", "role.end/1", {"member": coop.town.id("Saburo"), "role": "steward"})
        page = await coop.stranger.get(f"/c/{NEW}/ledger", headers={"accept": "text/html", "accept-language": "en"})
        assert "No entry was lost" in page.text


async def test_what_comes_back_meanwhile_makes_the_draft_void(lost: Lost, export: Callable[..., Any]) -> None:
    from app.succession.replay import replay

    copy = await export()
    async with lost.house(lost.backup) as coop:
        address, _ = await drafted(coop)
        await replay(coop.installation, SLUG, copy)
        answer = await sign(coop, address, "Hanako", "Jiro")
        assert (answer.status_code, answer.json()["code"]) == (409, "succession.position")
        # Nothing has happened: the ledger is whole, and goes on under its own name.
        assert (await coop.installation.log.published(await coop.installation.ledger(SLUG))).size == 9


async def test_the_old_name_stays_shut_whatever_is_restored(lost: Lost) -> None:
    async with lost.house(lost.backup) as coop:
        address, _ = await drafted(coop)
        goes_on(coop, await sign(coop, address, "Hanako", "Jiro"))
    async with lost.house() as coop:
        ledger = await coop.installation.ledger(SLUG)
        assert ledger.slug == SLUG
        with pytest.raises(GuardError, match=r"guard\.succeeded"):
            await coop.installation.log.published(ledger)
