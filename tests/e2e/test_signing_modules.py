"""The signing modules in a real Chromium: keys in IndexedDB, virtual passkeys, dialogs, under strict CSP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from ledger import checkpoint, keys, receipt, statement
from ledger.signed_note import parse_vkey
from tests.e2e.signing_service import ORIGIN, Log, serve

pytestmark = pytest.mark.browser

HANA, TARO = "mem_" + "h" * 26, "mem_" + "t" * 26
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
LOAD = """async () => {
  const names = ["sign", "cosign", "batch", "passkey", "environment", "tiles", "checkpoint", "trust", "dialog", "store",
                 "crypto", "receipt", "bytes", "statement", "ids", "private"];
  window.yui = {};
  for (const name of names) window.yui[name] = await import(`/static/js/${name}.js`);
}"""
SIGN = """async (wish) => {
  const { status, index, id, missing } = await yui.sign.signAndSubmit({ slug: "owase", ...wish });
  return { status, index, id, missing };
}"""
GIFT = {"type": "token.gift/1", "author": HANA, "body": {"to": TARO, "amount": 12}, "privates": {"note": "ありがとう"}}


@pytest.fixture
def service() -> Iterator[tuple[str, Log]]:
    with serve() as running:
        yield running


@pytest.fixture
def page(browser: Browser, service: tuple[str, Log]) -> Iterator[Page]:
    """A page of a device that has never been here; whatever the policy blocks or a script throws fails the test."""
    context = browser.new_context()
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(service[0])
    page.evaluate(LOAD)
    yield page
    context.close()
    assert not [fault for fault in faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def with_device_key(page: Page, member: str = HANA) -> str:
    make = "async ([ledger, member]) => (await (await yui.sign.openKeystore()).createDeviceKey(ledger, member)).public"
    return str(page.evaluate(make, [ORIGIN, member]))


def agree(page: Page) -> None:
    page.get_by_role("button", name="届け出る").click()


def sign(page: Page, wish: dict[str, Any], script: str = SIGN) -> Any:
    """Run a signing script and agree in its dialog."""
    start = "window.outcome = (0, eval)(script)(wish).catch((e) => ({ code: e.code ?? String(e) }))"
    page.evaluate(f"([script, wish]) => {{ {start}; }}", [script, wish])
    agree(page)
    return page.evaluate("() => window.outcome")


def test_a_gift_with_a_device_key(page: Page, service: tuple[str, Log]) -> None:
    public = with_device_key(page)
    start = "(wish) => { window.outcome = yui.sign.signAndSubmit({ slug: 'owase', ...wish }); }"
    page.evaluate(start, {**GIFT, "names": {HANA: "山田はな", TARO: "田中太郎"}})
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert dialog.get_attribute("aria-labelledby")
    assert (
        page.locator("dialog p").first.inner_text()
        == "山田はなさんが、田中太郎さんへ 12 結 を贈る。ひとこと「ありがとう」。"
    )
    assert page.evaluate("() => document.activeElement.textContent") == "次のことを届け出ます"
    assert ORIGIN in dialog.inner_text()
    agree(page)
    outcome = page.evaluate("() => window.outcome")
    assert (outcome["status"], outcome["index"]) == ("recorded", 1)
    assert page.locator("dialog").count() == 0

    entry = statement.parse_leaf(service[1].leaves[1])
    assert entry.signatures[0].key == public
    keys.verify_statement(entry.signatures[0], entry.statement_bytes)
    files = page.evaluate("async ([l, m]) => (await yui.sign.openKeystore()).exportReceipts(l, m)", [ORIGIN, HANA])
    vkey = parse_vkey(service[1].context(0)["vkey"])
    head, shown = receipt.verify(receipt.parse(files[0]["text"].encode()), vkey)
    assert (head.size, shown.id) == (2, entry.id)


def test_escape_signs_nothing(page: Page, service: tuple[str, Log]) -> None:
    with_device_key(page)
    start = "(wish) => { window.outcome = yui.sign.signAndSubmit({ slug: 'owase', ...wish }).catch((e) => e.code); }"
    page.evaluate(start, GIFT)
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("() => window.outcome") == "signing.declined"
    assert len(service[1].leaves) == 1


def test_a_device_key_outlives_the_page_and_never_leaves_it(page: Page, service: tuple[str, Log]) -> None:
    public = with_device_key(page)
    page.goto(service[0])
    page.evaluate(LOAD)
    found = page.evaluate(
        """async ([ledger, member]) => {
          const [key] = await (await yui.sign.openKeystore()).keys(ledger, member);
          const out = await crypto.subtle.exportKey("pkcs8", key.privateKey).then(() => "exported", (e) => e.name);
          return [key.public, key.privateKey.extractable, out];
        }""",
        [ORIGIN, HANA],
    )
    assert found == [public, False, "InvalidAccessError"]
    others = page.evaluate(
        "async ([l, m]) => (await (await yui.sign.openKeystore()).keys(l, m)).length", [ORIGIN, TARO]
    )
    assert others == 0


def with_passkey(page: Page) -> dict[str, Any]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    made: dict[str, Any] = page.evaluate(
        """async ([ledger, member]) => {
          const made = await yui.passkey.register({ rpId: "localhost", rpName: "Yui", userName: "はな" });
          const { credential } = made;
          const key = { kind: "passkey", alg: "webauthn", ledger, member, credential, public: made.public };
          await (await yui.sign.openKeystore()).add(key);
          return made;
        }""",
        [ORIGIN, HANA],
    )
    return made


def test_a_passkey_signs_statements_and_log_ins(page: Page, service: tuple[str, Log]) -> None:
    made = with_passkey(page)
    assert made["public"].startswith("es256:")
    assert made["userVerified"]
    keys.check_public("webauthn", made["public"])
    outcome = sign(page, {**GIFT, "key": "passkey"})
    assert outcome["status"] == "recorded", outcome
    entry = statement.parse_leaf(service[1].leaves[1])
    facts = keys.verify_statement(entry.signatures[0], entry.statement_bytes)
    assert facts.passkey is not None
    assert facts.passkey.origin == service[0]
    signed_in = page.evaluate("(member) => yui.sign.signIn({ slug: 'owase', member })", HANA)
    assert signed_in == {"member": HANA}


def test_the_passkey_enrols_a_device_key(page: Page, service: tuple[str, Log]) -> None:
    with_passkey(page)
    script = """async ({ author, ledger }) => {
      const device = await yui.crypto.generateDeviceKey();
      const cosigner = await yui.ids.keyId(device.public);
      const body = { alg: device.alg, public: device.public, root: false };
      const wish = { type: "key.enrol/1", author, body, privates: { label: "phone" }, cosigners: [cosigner] };
      return yui.sign.signAndSubmit({ slug: "owase", ...wish, key: "passkey", keys: { [cosigner]: device } });
    }"""
    assert sign(page, {"author": HANA, "ledger": ORIGIN}, script)["status"] == "recorded"
    entry = statement.parse_leaf(service[1].leaves[1])
    assert [signature.alg for signature in entry.signatures] == ["webauthn", "ed25519"]


def test_two_people_sign_the_same_bytes(page: Page, browser: Browser, service: tuple[str, Log]) -> None:
    with_device_key(page)
    left = sign(page, {**GIFT, "cosigners": [TARO]})
    assert (left["status"], left["missing"]) == ("pending", [TARO])
    context = browser.new_context()
    other = context.new_page()
    other.goto(service[0])
    other.evaluate(LOAD)
    with_device_key(other, TARO)
    outcome = sign(other, {"id": left["id"], "member": TARO}, "(wish) => yui.cosign.cosign({ slug: 'owase', ...wish })")
    context.close()
    assert outcome["status"] == "recorded", outcome
    assert len(statement.parse_leaf(service[1].leaves[1]).signatures) == 2


def test_a_batch_is_confirmed_once(page: Page, service: tuple[str, Log]) -> None:
    with_device_key(page)
    lines = [
        {"type": "token.gift/1", "body": {"to": TARO, "amount": n}, "privates": {"note": str(n)}} for n in range(1, 13)
    ]
    script = "(wish) => yui.batch.signBatch({ slug: 'owase', ...wish })"
    wish = {"author": HANA, "lines": lines, "sums": [{"label": "合計", "value": "78"}]}
    assert sign(page, wish, script) == {"recorded": 12, "refused": [], "waiting": 0, "left": 0}
    again = page.evaluate("(wish) => yui.batch.signBatch({ slug: 'owase', ...wish })", wish)
    assert again == {"recorded": 12, "refused": [], "waiting": 0, "left": 0}
    assert len(service[1].leaves) == 13


def test_the_page_recomputes_the_tree(page: Page, service: tuple[str, Log]) -> None:
    with_device_key(page)
    for _ in range(2):
        assert sign(page, GIFT)["status"] == "recorded"
    check = """async (context) => {
      const vkey = await yui.checkpoint.parseVkey(context.vkey);
      const { checkpoint } = await yui.checkpoint.verify(context.checkpoint, vkey);
      let leaves = 0;
      await yui.tiles.recompute(yui.tiles.fetchFrom("/log/owase"), checkpoint, { onLeaf: async () => void leaves++ });
      return leaves;
    }"""
    assert page.evaluate(check, service[1].context(0)) == 3


def test_a_contradiction_is_shown_with_its_evidence(page: Page, service: tuple[str, Log]) -> None:
    with_device_key(page)
    assert sign(page, GIFT)["status"] == "recorded"
    service[1].leaves[1] = b"another history"
    with page.expect_download() as download:
        page.evaluate(
            """async (wish) => {
              const error = await yui.sign.signAndSubmit({ slug: "owase", ...wish }).catch((e) => e);
              document.body.append(yui.dialog.contradictionNotice(await yui.sign.openTexts("ja"), error));
            }""",
            GIFT,
        )
        page.get_by_role("alert").get_by_role("link").click()
    evidence = json.loads(download.value.path().read_text(encoding="utf-8"))
    vkey = parse_vkey(evidence["vkey"])
    kept, shown = (checkpoint.verify(evidence[name].encode(), vkey) for name in ("kept", "shown"))
    assert kept.size == shown.size
    assert kept.root != shown.root
    assert evidence["conclusive"] is True


def test_without_a_network_it_waits(page: Page, service: tuple[str, Log]) -> None:
    with_device_key(page)
    assert sign(page, GIFT)["status"] == "recorded"
    page.context.set_offline(True)
    assert sign(page, {**GIFT, "origin": ORIGIN})["status"] == "queued"
    page.context.set_offline(False)
    flushed = page.evaluate("async () => (await yui.sign.flush({ slug: 'owase' })).map((one) => one.result.status)")
    assert flushed == ["recorded"]
    assert len(service[1].leaves) == 3


def test_what_this_browser_can_do(page: Page) -> None:
    found = page.evaluate("() => yui.environment.inspect()")
    assert found == {"code": "ok", "canPasskey": True, "canDeviceKey": True, "advice": "signing.environment.ok"}


def test_a_bare_address_has_no_passkeys(page: Page, service: tuple[str, Log]) -> None:
    page.goto(service[0].replace("localhost", "127.0.0.1"))
    page.evaluate(LOAD)
    assert page.evaluate("async () => (await yui.environment.inspect()).code") == "ip_host"


def test_a_kiosk_forgets_everything(page: Page) -> None:
    with_device_key(page)
    assert sign(page, GIFT)["status"] == "recorded"
    left = page.evaluate(
        """async ([ledger, member]) => {
          const keystore = await yui.sign.openKeystore();
          await keystore.forgetEverything();
          return [(await keystore.keys(ledger, member)).length, (await keystore.receipts(ledger, member)).length,
                  (await yui.trust.keptCheckpoint(keystore.store, ledger)) ?? null];
        }""",
        [ORIGIN, HANA],
    )
    assert left == [0, 0, None]


def test_a_browser_without_ed25519_signs_with_p256_and_says_what_it_cannot_check(
    browser: Browser, service: tuple[str, Log]
) -> None:
    context = browser.new_context()
    context.add_init_script(
        """for (const name of ["generateKey", "importKey"]) {
          const real = SubtleCrypto.prototype[name];
          SubtleCrypto.prototype[name] = function (...args) {
            if (args.includes("Ed25519")) return Promise.reject(new DOMException("", "NotSupportedError"));
            return real.apply(this, args);
          };
        }"""
    )
    page = context.new_page()
    page.goto(service[0])
    page.evaluate(LOAD)
    assert with_device_key(page).startswith("es256:")
    script = "async (wish) => (await yui.sign.signAndSubmit({ slug: 'owase', ...wish })).signature"
    assert sign(page, GIFT, script) == "unchecked"
    context.close()
    entry = statement.parse_leaf(service[1].leaves[1])
    keys.verify_statement(entry.signatures[0], entry.statement_bytes)
