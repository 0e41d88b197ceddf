"""Nobody is shut out: by passkey, wallet, card beside a concierge and on paper in one vote, and all of it holds."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ledger import ids
from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage, Travelling
from tests.e2e.test_cards import card_of
from tests.e2e.test_joining import WORDS as JOINING
from tests.e2e.test_joining import invited
from tests.e2e.test_proposals import DAY, TIMING, enter_paper, sign, vote
from tests.e2e.test_walkthrough import run
from tests.e2e.test_wallets import WORDS as WALLETS
from tests.e2e.test_wallets import Fox
from tests.ledger.wallets import wallet
from tests.simulator import majority_rule
from tests.town import Town

pytestmark = pytest.mark.browser


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def coop(travelling: Travelling) -> Coop:
    """Hanako (administrator), Jiro (facilitator), Kiku (concierge), Taro; Matsu has no device. Votes take a day."""
    token = secrets.token_hex(4)
    coop = Coop(travelling.address, Town(f"coop-{token}", token))
    kinds = ("ordinary", "rules", "policy", "role", "admit")
    coop.found("Hanako", rules={kind: majority_rule(timing=TIMING) for kind in kinds})
    coop.join("Jiro", "Kiku", "Taro")
    coop.appoint("Jiro", "facilitator")
    coop.appoint("Kiku", "concierge")
    body = {"cls": "member", "profile": {"name": Private("Matsu")}, "type": "person"}
    coop.town.ids["Matsu"] = ids.object_id("mem", coop.say("Hanako", "member.enter/1", body).id)
    return coop


def come_in(page: Page, link: str, name: str, press_key: str) -> None:
    page.goto(link)
    page.fill("[name=name]", name)
    if press_key == WALLETS["ja"][1]:
        page.get_by_text(WALLETS["ja"][0]).click()
    press(page, press_key)
    sign(page, "ja")
    press(page, JOINING["ja"]["in"])
    page.wait_for_url(re.compile("/me$"))


def vote_by_card(desk: Page, coop: Coop, code: str) -> None:
    desk.goto(coop.address("office/card"))
    desk.fill("[name=code]", code)
    press(desk, "カードを読む")
    desk.get_by_role("radio", name="反対", exact=True).check()
    press(desk, "いっしょに署名する")
    sign(desk, "ja")
    expect(desk.get_by_role("main")).to_contain_text("カードを返してください")


def ballots(coop: Coop, page: Page) -> list[dict[str, Any]]:
    """Every ballot in the log, as anyone may read it, in order."""
    api = f"{coop.server}/api/v1/ledgers/{coop.slug}"
    size = page.request.get(f"{api}/context").json()["size"]
    entries = [page.request.get(f"{api}/entries/{index}").json() for index in range(size)]
    return [entry for entry in entries if entry["statement"]["type"] == "ballot.cast/1"]


def test_passkey_wallet_card_and_paper_vote_together_and_all_verify(
    coop: Coop, travelling: Travelling, open_page: OpenPage, tmp_path: Path
) -> None:
    hanako, jiro, desk, home = open_page(), open_page(), open_page(phone=True), open_page(phone=True)
    by_passkey, by_wallet = open_page(phone=True), open_page(phone=True)
    fox = Fox(by_wallet, wallet("Ume"))
    come_in(by_passkey, invited(coop, hanako), "さくら", JOINING["ja"]["passkey"])
    come_in(by_wallet, invited(coop, hanako), "うめ", WALLETS["ja"][1])
    card = card_of(coop, home, "Taro", "ja")
    coop.catch_up()
    drafted = coop.say(
        "Taro", "proposal.draft/1", {"kind": "ordinary", "title": Private("堰"), "text": Private("直す")}
    )
    proposal = ids.object_id("prop", drafted.id)
    coop.open("Taro", proposal)
    address = coop.address(f"proposals/{proposal}")

    for page in (by_passkey, by_wallet):
        page.goto(address)
        vote(page, "ja", "賛成")
    assert [one["message"]["type"] for one in fox.signed if one["primaryType"] == "Statement"][-1] == "ballot.cast/1"
    coop.sign_in(desk, "Kiku")
    vote_by_card(desk, coop, card)
    coop.sign_in(jiro, "Jiro")
    enter_paper(jiro, address, "ja", "賛成")
    hanako.goto(coop.address("office/countersign"))
    press(hanako, "確かめて連署する")
    sign(hanako, "ja")
    expect(hanako.get_by_text("連署を待つ届出はありません")).to_be_visible()

    cast = ballots(coop, hanako)
    assert [[signature["alg"] for signature in one["signatures"]] for one in cast] == [
        ["webauthn"],
        ["eip712"],
        ["ed25519", "ed25519"],
        ["ed25519", "ed25519"],
    ]
    assert [one["statement"].get("via") for one in cast] == [None, None, "assisted", "paper"]
    *_, card_vote, paper = (one["statement"] for one in cast)
    town = coop.town
    assert (card_vote["for"], card_vote["author"], card_vote["cosigners"]) == (
        town.id("Taro"),
        town.id("Kiku"),
        [town.id("Taro")],
    )
    assert (paper["for"], paper["author"], paper["cosigners"]) == (
        town.id("Matsu"),
        town.id("Jiro"),
        [town.id("Hanako")],
    )

    travelling.forward(DAY)
    by_passkey.goto(address)
    outcome = by_passkey.locator("#outcome")
    expect(outcome).to_contain_text("可決されました")
    outcome.locator("summary").click()
    rows = outcome.get_by_role("row").all_inner_texts()[1:]
    assert [re.findall(r"\d+", row)[0] for row in rows] == ["3", "1", "0"]
    check_all(coop, by_passkey, [one["index"] for one in cast], tmp_path)


def check_all(coop: Coop, page: Page, indexes: list[int], folder: Path) -> None:
    """A copy of the ledger verifies, with every step that applies, and so does the receipt of each ballot."""
    state = ("--state", str(folder / "state"), "--lang", "en")
    exported = run("export", coop.server, str(folder / "copy"), "--ledger", coop.slug)
    assert exported.returncode == 0, exported.stderr
    assert run("verify", str(folder / "copy"), *state).returncode == 0
    verified = run("verify", f"{coop.server}/log/{coop.slug}", *state)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    steps = re.findall(r"^ *(\d+) .*… ok", verified.stdout, re.MULTILINE)
    assert steps[:8] == [str(number) for number in range(1, 9)], verified.stdout
    for index in indexes:
        answer = page.request.get(f"{coop.server}/api/v1/ledgers/{coop.slug}/entries/{index}/receipt")
        file = folder / f"{index}.tlog-proof"
        file.write_bytes(answer.body())
        checked = run("verify-receipt", str(file), *state)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "statement ballot.cast/1" in checked.stdout, checked.stdout
