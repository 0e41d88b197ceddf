"""The check in the browser against a log that proves whatever it holds: what the tree can't show, the entries must."""

from __future__ import annotations

from typing import Any

import pytest
from nacl.signing import SigningKey
from playwright.sync_api import Page

from ledger import canonical, ids, merkle
from ledger.compose import compose, nonce, public_of, seen, sign_ed25519
from ledger.statement import Statement, build_leaf
from tests.e2e.signing_service import ORIGIN, Log, serve

pytestmark = pytest.mark.browser

NOW = 1_775_000_000_000
KEY = SigningKey(bytes(range(1, 33)))
VERIFY = """async (ledger) => {
  const [{ Verification }, { Api }, { fetchFrom }, { openKeystore }] = await Promise.all(
    ["verification", "api", "tiles", "sign"].map((name) => import(`/static/js/${name}.js`)));
  const [api, files] = [new Api("owase"), fetchFrom("/log/owase")];
  const checkpoint = async () => new TextEncoder().encode((await api.context(0)).checkpoint);
  const verification = new Verification({
    ledger, api, keystore: await openKeystore(), open: true, told: () => {}, progress: async () => {},
    read: (path) => (path === "checkpoint" ? checkpoint() : files(path)),
  });
  const outcome = await verification.run();
  const results = Object.fromEntries([...verification.results].map(([step, { status }]) => [step, status]));
  return { outcome, results, faults: verification.faults.map(({ step, code, index }) => [step, code, index]) };
}"""


def leaf(number: int, log: Log, *, forged: bool = False, root: bytes | None = None, ledger: str = ORIGIN) -> bytes:
    """An entry whose author had seen the whole log so far, or claims another root for it."""
    size = len(log.leaves)
    at = root if root is not None else merkle.range_root(log.node, 0, size) if size else merkle.EMPTY_ROOT
    draft = compose(
        Statement(
            at=canonical.format_time(NOW + number),
            author=ids.key_id(public_of(KEY)),
            body={"amount": number},
            ledger=ledger,
            nonce=nonce(NOW + number, bytes(10)),
            seen=seen(size, at),
            type="token.gift/1",
            v=1,
        ),
        lambda: bytes(32),
    )
    return build_leaf(draft.data, (sign_ed25519(KEY, b"other" if forged else draft.data),), NOW + number)


def check(page: Page, address: str) -> Any:
    page.goto(address)
    return page.evaluate(VERIFY, ORIGIN)


def test_what_is_sound_is_sound(page: Page) -> None:
    with serve() as (address, log):
        log.leaves = []
        for number in range(270):
            log.leaves.append(leaf(number, log))
        found = check(page, address)
    assert found["outcome"] == "ok"
    assert found["faults"] == []
    assert found["results"] == dict.fromkeys(("seal", "history", "tree", "entries", "witnessed"), "ok") | {
        "cosigned": "skipped",
        "receipts": "skipped",
    }


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"forged": True}, ["entries", "signature.invalid", 3]),
        ({"ledger": "coop.example/other"}, ["entries", "receipt.ledger", 3]),
        ({"root": bytes(32)}, ["witnessed", "tree.point", 3]),
    ],
)
def test_one_bad_entry_in_a_tree_that_fits_is_found(page: Page, wrong: dict[str, Any], fault: list[Any]) -> None:
    with serve() as (address, log):
        log.leaves = []
        for number in range(6):
            log.leaves.append(leaf(number, log, **(wrong if number == 3 else {})))
        found = check(page, address)
    assert found["outcome"] == "failed"
    assert found["faults"] == [fault]
    assert found["results"]["tree"] == "ok"
    assert found["results"][fault[0]] == "failed"
