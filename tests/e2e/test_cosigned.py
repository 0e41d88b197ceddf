"""Witnesses in the browser: whose cosignatures are good, how old they are, and by whose word they are enough."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import httpx
import pytest
from nacl.signing import SigningKey
from playwright.sync_api import Page, Route, expect

from ledger import cosignature, signed_note
from tests.e2e.conftest import Coop
from tests.e2e.test_accessibility import AXE, EVERYTHING, RUN

pytestmark = pytest.mark.browser

KEYS = {name: SigningKey(name.encode().ljust(32, b"\0")) for name in ("kumano", "mihama")}


def line(name: str) -> str:
    """As its page hands it out."""
    key = cosignature.witness_key(f"{name}.example/witness", KEYS[name])
    return f"witness {name} {key.text()} https://{name}.example/witness"


def shown_with(page: Page, coop: Coop, lines: Callable[[bytes], list[bytes]], policy: str) -> None:
    """From now on the service shows these lines under its checkpoint, and says that these witnesses are enough."""

    def checkpoint(route: Route) -> None:
        note = httpx.get(route.request.url).content
        text = signed_note.parse(note).text
        route.fulfill(body=note + b"".join(lines(text)), content_type="text/plain")

    def discovery(route: Route) -> None:
        card = {"origin": coop.town.origin, "witness_policy": policy}
        route.fulfill(body=json.dumps({"ledgers": [card]}), content_type="application/json")

    page.unroute_all()
    page.route(f"**/log/{coop.slug}/checkpoint", checkpoint)
    page.route("**/.well-known/yui.json", discovery)


def by(name: str, key: str = "", *, ago: int = 0) -> Callable[[bytes], bytes]:
    at = int(time.time()) - ago
    return lambda text: cosignature.sign(text, f"{name}.example/witness", KEYS[key or name], at)


def check(page: Page) -> None:
    page.get_by_role("button", name="この端末で確かめる").click()
    expect(page.locator("[data-verdict] .banner")).to_be_visible()


def step(page: Page, status: str, *words: str) -> None:
    row = page.locator(f"[data-step='cosigned'][data-status='{status}']")
    for word in words:
        expect(row).to_contain_text(word)


def test_witnesses_named_by_the_operator_are_checked_and_said_to_prove_less(coop: Coop, page: Page) -> None:
    policy = f"{line('kumano')}\n{line('mihama')}\ngroup one any kumano mihama\nquorum one\n"
    page.goto(coop.address("verify"))
    check(page)
    step(page, "skipped", "外部の立会人がいません")
    shown_with(page, coop, lambda text: [by("kumano", ago=7200)(text)], policy)
    check(page)
    step(page, "ok", "立会人2人のうち1人の署名", "ここの運用者から", "kumano.example/witness: 1件目まで、2時間前に署名")
    step(page, "ok", "mihama.example/witness: この台帳への署名は、まだここにありません")
    shown_with(page, coop, lambda _: [], policy)
    check(page)
    step(page, "skipped", "まだ必要な数に足りません(2人のうち0人)")
    # What is signed by another key under a witness's name is no cosignature, and is named.
    shown_with(page, coop, lambda text: [by("kumano", "mihama")(text).replace(b"mihama", b"kumano")], policy)
    check(page)
    step(page, "skipped")  # another key's id says nothing to us
    shown_with(page, coop, lambda text: [by("kumano")(text + b"more\n")], policy)
    check(page)
    step(page, "failed", "kumano.example/witnessの署名とされるもの")
    expect(page.locator("[data-verdict]")).to_contain_text("合わない")


def test_ones_own_witnesses_decide_and_are_kept_on_the_device(coop: Coop, page: Page) -> None:
    page.goto(coop.address("verify"))
    shown_with(page, coop, lambda text: [by("kumano")(text)], f"{line('kumano')}\nquorum kumano\n")
    page.get_by_text("自分で受けとった立会人の鍵で確かめる").click()
    own = page.locator("[data-own-policy]")
    page.evaluate(AXE)
    assert page.evaluate(RUN, EVERYTHING) == []
    own.get_by_label("立会人の行").fill("witness mihama tampered")
    own.get_by_role("button", name="この端末で覚える").click()
    expect(own).to_contain_text("1行目を読めません")
    own.get_by_label("立会人の行").fill(line("mihama"))
    own.get_by_role("button", name="この端末で覚える").click()
    expect(own).to_contain_text("覚えました")
    check(page)
    step(page, "failed", "あなたが貼った立会人の署名が", "1人のうち0人")
    page.reload()
    shown_with(page, coop, lambda text: [by("kumano")(text), by("mihama")(text)], "")
    page.get_by_text("自分で受けとった立会人の鍵で確かめる").click()
    expect(own.get_by_label("立会人の行")).to_have_value(f"{line('mihama')}\nquorum mihama\n")
    check(page)
    step(page, "ok", "あなたが貼った立会人1人のうち1人の署名", "秒前に署名")
    own.get_by_role("button", name="忘れる").click()
    expect(own).to_contain_text("忘れました")
    check(page)
    step(page, "skipped", "外部の立会人がいません")
