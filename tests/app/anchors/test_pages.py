"""What people are told of anchors: the installation's page, and each ledger's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from litestar import Litestar

from app.texts import LANGUAGES, Catalogue
from contracts import errors
from contracts.errors import AnchorError
from tests.app.anchors.harbour import Harbour
from tests.app.api.service import Coop, create_app, web
from tests.contracts.relay import Relay

ENGLISH = {"Accept-Language": "en"}
CHECKERS = {"anchor.shrunk", "anchor.forked"}
"""What an auditor finds."""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_trouble_has_words(lang: str) -> None:
    kinds = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, AnchorError)]
    codes = {kind.CODE for kind in kinds if kind is not AnchorError} - CHECKERS
    told = {key.removeprefix("anchors.trouble.") for key in Catalogue.load().keys(lang) if "anchors.trouble." in key}
    assert {f"anchor.{word}" for word in told - {"ledgers", "other"}} == codes


async def test_nothing_is_said_where_nothing_is_anchored(coop: Coop) -> None:
    assert "docs/anchoring.md" in (await coop.stranger.get("/anchors", headers=ENGLISH)).text
    for page in ("ledger", "verify"):
        answer = await coop.stranger.get(f"/c/owase/{page}", headers=ENGLISH)
        assert answer.status_code == 200
        assert "public chain" not in answer.text


async def test_from_its_way_to_the_proof(harbour: Harbour, coop: Coop) -> None:
    harbour.installation.anchoring = replace(harbour.anchoring, rpc="https://user:secret@rpc.example/token")

    async def page(path: str) -> str:
        answer = await coop.stranger.get(path, headers=ENGLISH)
        assert answer.status_code == 200
        assert "secret" not in answer.text
        assert "rpc.example" not in answer.text
        return answer.text

    assert "has not been written there yet" in await page("/c/owase/verify")
    async with harbour.owner() as owner:
        await owner.look_around()
        assert "On its way" in await page("/anchors")
        assert "it is being written on a test chain" in await page("/c/owase/ledger")
        harbour.station.chain.mine()
        await owner.look_around()
        assert "On the chain, not final yet" in await page("/c/owase/verify")
        await harbour.finish(owner)
    told = await page("/c/owase/verify")
    assert "Final" in told
    assert "/log/owase/anchors/1.json" in told
    assert "Written on a test chain on this machine alone up to entry 1" in await page("/c/owase/ledger")
    shown = await page("/anchors")
    assert harbour.signer.address in shown
    assert "9999.99" in shown
    assert "every 24 hours" in shown


async def test_trouble_is_told_in_words(harbour: Harbour, coop: Coop, relay: Relay) -> None:
    harbour.installation.anchoring = harbour.anchoring
    relay.answers["eth_chainId"] = "0x2a"
    async with harbour.owner() as owner:
        await owner.look_around()
    told = (await coop.stranger.get("/anchors", headers=ENGLISH)).text
    assert "The RPC speaks for another chain (42); 31337 is needed." in told
    assert "Recording in the ledgers goes on as always." in told


async def test_another_process_shows_it_too(harbour: Harbour, coop: Coop, app: Litestar) -> None:
    async with harbour.owner() as owner:
        await harbour.finish(owner)
    other = Coop(create_app(coop.installation, web()), coop.installation, coop.town)
    assert app is not other.app
    assert "/log/owase/anchors/1.json" in (await other.stranger.get("/c/owase/verify")).text
