"""Wallets on pages: a browser that brings one along (EIP-1193, announced by EIP-6963), which signs outside the page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Coop, OpenPage
from tests.e2e.test_joining import invited
from tests.ledger.wallets import wallet

pytestmark = pytest.mark.browser

SUBMIT = {"ja": "署名して届け出る", "en": "Sign and submit"}
PROVIDER = """(() => {
  const provider = { request: async ({ method, params }) => {
    const { code, result } = await window.askWallet(method, params ?? []);
    if (code) throw Object.assign(new Error("wallet"), { code });
    return result;
  } };
  const detail = Object.freeze({ info: { uuid: "1", name: "Testnet Fox", icon: "", rdns: "example.fox" }, provider });
  const announce = () => dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  addEventListener("eip6963:requestProvider", announce);
})();"""


class Fox:
    """A wallet whose owner says yes to everything, or no. Answers with high s and v of 0 or 1, as some do."""

    ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

    def __init__(self, page: Page, account: LocalAccount) -> None:
        self.account, self.willing = account, True
        self.signed = list[dict[str, Any]]()
        page.expose_function("askWallet", self._answer)
        page.add_init_script(PROVIDER)

    def _answer(self, method: str, params: list[str]) -> dict[str, Any]:
        if not self.willing:
            return {"code": 4001}
        if method != "eth_signTypedData_v4":
            return {"result": [self.account.address.lower()]}
        asked = json.loads(params[1])
        assert params[0] == self.account.address
        self.signed.append(asked)
        made = self.account.sign_message(encode_typed_data(full_message=asked))
        return {"result": f"0x{made.r:064x}{self.ORDER - made.s:064x}{28 - made.v:02x}"}


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


WORDS = {
    "ja": ("くわしい方へ:ウォレットを使う", "Testnet Foxを使う", "Testnet Foxではいる", "ウォレットで取り消されました"),
    "en": ("Advanced: use a wallet", "Use Testnet Fox", "Sign in with Testnet Fox", "Cancelled in the wallet"),
}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_wallet_is_enrolled_signs_in_elsewhere_and_signs(coop: Coop, open_page: OpenPage, lang: str) -> None:
    advanced, use, enter, declined = WORDS[lang]
    page = open_page(lang, phone=True)
    fox = Fox(page, wallet(f"Hanako of {lang}"))
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("me/keys"))
    page.get_by_text(advanced).click()
    fox.willing = False
    press(page, use)
    expect(page.get_by_role("main")).to_contain_text(declined)
    fox.willing = True
    press(page, use)
    page.get_by_role("dialog").get_by_role("button", name=SUBMIT[lang]).click()
    mine = page.locator(".things").first
    expect(mine.get_by_role("listitem")).to_have_count(2)
    assert [(one["primaryType"], one["message"]["type"]) for one in fox.signed] == [("Statement", "key.enrol/1")]

    elsewhere = open_page(lang, phone=True)
    fox = Fox(elsewhere, fox.account)
    elsewhere.goto(coop.address("sign-in"))
    elsewhere.get_by_text(advanced).click()
    press(elsewhere, enter)
    elsewhere.wait_for_url(coop.address())
    elsewhere.goto(coop.address("me/keys"))
    press(elsewhere, {"ja": "パスキーをつくる", "en": "Make a passkey"}[lang])  # a root key lets others in
    elsewhere.get_by_role("dialog").get_by_role("button", name=SUBMIT[lang]).click()
    expect(elsewhere.locator(".things").first.get_by_role("listitem")).to_have_count(3)
    assert [one["primaryType"] for one in fox.signed] == ["Session", "Statement"]

    elsewhere.goto(coop.address("verify"))
    elsewhere.locator("[data-run]").click()
    expect(elsewhere.locator("[data-step='entries'][data-status='ok']")).to_be_visible()


def test_whoever_is_invited_may_join_with_a_wallet(coop: Coop, open_page: OpenPage) -> None:
    link = invited(coop, open_page("en"), "en")
    guest = open_page("en", phone=True)
    fox = Fox(guest, wallet("Jiro"))
    guest.goto(link)
    guest.fill("[name=name]", "Jiro")
    advanced, use, *_ = WORDS["en"]
    guest.get_by_text(advanced).click()
    press(guest, use)
    guest.get_by_role("dialog").get_by_role("button", name=SUBMIT["en"]).click()
    press(guest, "Sign in")
    expect(guest).to_have_url(coop.address("me"))
    assert [one["primaryType"] for one in fox.signed] == ["Statement", "Session"]
