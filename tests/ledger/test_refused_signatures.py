"""Every way of signing that must not count, on one page: what is wrong with it, and the code by which it is refused.

The files about each kind of key hold the finer tests; what is refused at signing in stands in
``tests/app/api/test_sessions.py`` (a replayed challenge: ``session.challenge``).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ledger import canonical, keys, wallet
from ledger.compose import public_of, sign_ed25519
from ledger.errors import LedgerError
from ledger.statement import DOMAIN, Signature
from tests.ledger.books.people import REASON, People
from tests.ledger.test_passkey import MESSAGE, assertion, authenticator, client
from tests.ledger.values import KEY
from tests.ledger.wallets import public, sign_session, sign_statement
from tests.ledger.wallets import wallet as make_wallet
from tests.simulator import Passkey

STATEMENT = MESSAGE.removeprefix(DOMAIN)
SAID = b'{"ledger":"coop.example/owase","type":"token.gift/1"}'
CHALLENGE = b'{"challenge":"AAAA","expires":"2026-04-01T09:00:00.000Z","origin":"coop.example/owase"}'
HANA = make_wallet("Hana")
SMALL_ORDER = "ed25519:" + canonical.b64(bytes([1]) + bytes(31))
MIXED_ORDER = "ed25519:" + canonical.b64(
    bytes.fromhex("652ebf285d0d75d272bebc5495afdf0e94900d57945595f162bf1fd192a7c247")
)
"""A sound key plus the point of order two."""
Attempt = Callable[[], object]


def _pass(signature: Signature) -> None:
    keys.verify(signature, MESSAGE)


def _wallet(change: Callable[[bytes], bytes]) -> Attempt:
    signature = sign_statement(HANA, SAID)
    raw = change(canonical.unb64(signature.sig))
    return lambda: keys.verify_statement(Signature("eip712", public(HANA), canonical.b64(raw)), SAID)


def _high(raw: bytes) -> bytes:
    s = wallet.ORDER - int.from_bytes(raw[32:64], "big")
    return raw[:32] + s.to_bytes(32, "big") + bytes([55 - raw[64]])


def _high_p256() -> None:
    good = assertion(client(), authenticator())
    raw = canonical.unb64(good.sig)
    s = keys.P256_ORDER - int.from_bytes(raw[32:], "big")
    sig = canonical.b64(raw[:32] + s.to_bytes(32, "big"))
    _pass(Signature("webauthn", good.key, sig, good.authenticator_data, good.client_data))


def _session_as_statement() -> None:
    sig = canonical.b64(KEY.sign(keys.SESSION_DOMAIN + STATEMENT).signature)
    keys.verify_statement(Signature("ed25519", public_of(KEY), sig), STATEMENT)


def _statement_as_session() -> None:
    keys.verify(sign_ed25519(KEY, CHALLENGE), keys.SESSION_DOMAIN + CHALLENGE)


def _from(where: Passkey) -> Attempt:
    def attempt() -> None:
        village = People()
        village.passkeys["Ai"] = Passkey()
        village.join("Ai")
        village.passkeys["Ai"] = where
        village.report("Ai")

    return attempt


def _stripped() -> None:
    """The second official's signature and name are taken out together."""
    village = People()
    body = {"member": village.id("Ume"), "reason": REASON}
    statement = village.statement("Hanako", "member.suspend/1", body, ("Jiro",))
    whole, (first, _) = village.signed(statement, ["Hanako", "Jiro"])
    alone = {name: value for name, value in canonical.decode(whole.data).items() if name != "cosigners"}
    village.submit(canonical.encode(alone), (first,))


def _left_out() -> None:
    village = People()
    body = {"member": village.id("Ume"), "reason": REASON}
    statement = village.statement("Hanako", "member.suspend/1", body, ("Jiro",))
    whole, (first, _) = village.signed(statement, ["Hanako", "Jiro"])
    village.submit(whole.data, (first,))


def _never_asked() -> None:
    village = People()
    village.say("Hanako", "member.suspend/1", {"member": village.id("Ume"), "reason": REASON})


def _revoked_in_the_same_batch() -> None:
    village = People()
    village.enrol("Ume", "phone")
    report = {"kind": "cleaning", "quantity": 60, "on": canonical.format_time(village.time)[:10]}
    revoke = village.statement("Ume", "key.revoke/1", {"key": village.key_id("phone"), "reason": "lost"})
    drafts = []
    for statement, key in ((revoke, "Ume"), (village.statement("Ume", "contribution.report/1", report), "phone")):
        draft, signatures = village.signed(statement, [key])
        drafts.append((draft.data, signatures))
    village.fold_batch(drafts)


def _card_alone() -> None:
    village = People()
    village.enrol("Ume", "card", with_role="concierge")
    village.report("Ume", keys_of={"Ume": "card"})


def _anothers_key() -> None:
    village = People()
    village.report("Ume", keys_of={"Ume": "Jiro"})


REFUSED: tuple[tuple[str, str, Attempt], ...] = (
    ("a key of small order", "key.small_order", lambda: keys.check_public("ed25519", SMALL_ORDER)),
    ("a key of mixed order", "key.mixed_order", lambda: keys.check_public("ed25519", MIXED_ORDER)),
    ("a key that is no point of the curve", "key.form",
     lambda: keys.check_public("ed25519", "ed25519:" + canonical.b64(bytes([2]) + bytes(31)))),
    ("a wallet without an owner", "key.weak", lambda: keys.check_public("eip712", f"eip712:0x{'0' * 40}")),
    ("an address in another spelling", "key.form", lambda: keys.check_public("eip712", public(HANA).lower())),
    ("high s, P-256", "signature.high_s", _high_p256),
    ("high s, secp256k1", "signature.high_s", _wallet(_high)),
    ("odd v", "signature.recovery", _wallet(lambda raw: raw[:64] + bytes([raw[64] + 8]))),
    ("v of 0 or 1", "signature.recovery", _wallet(lambda raw: raw[:64] + bytes([raw[64] - 27]))),
    ("an unknown algorithm", "signature.algorithm", lambda: _pass(Signature("rs256", public_of(KEY), ""))),
    ("a log-in offered as a statement", "signature.domain", _session_as_statement),
    ("a statement offered as a log-in", "signature.domain", _statement_as_session),
    ("a wallet's log-in as a statement", "signature.invalid",
     lambda: keys.verify_statement(sign_session(HANA, CHALLENGE), SAID)),
    ("a wallet's statement as a log-in", "signature.invalid",
     lambda: keys.verify(sign_statement(HANA, SAID), keys.SESSION_DOMAIN + CHALLENGE)),
    ("a passkey's answer to something else", "passkey.challenge",
     lambda: _pass(assertion(client(challenge="AAAA"), authenticator()))),
    ("a passkey's registration", "passkey.type",
     lambda: _pass(assertion(client(type="webauthn.create"), authenticator()))),
    ("a passkey within another site's page", "passkey.cross_origin",
     lambda: _pass(assertion(client(crossOrigin=True), authenticator()))),
    ("a passkey that nobody touched", "passkey.user_presence",
     lambda: _pass(assertion(client(), authenticator(0x04)))),
    ("a passkey on another page", "passkey.origin", _from(Passkey(origin="https://village.example.evil"))),
    ("a passkey of another site", "passkey.rp_id", _from(Passkey(rp_id="example"))),
    ("a cosigner stripped off", "signature.invalid", _stripped),
    ("a cosigner's signature left out", "format.signature_count", _left_out),
    ("a cosigner never asked", "role.second_required", _never_asked),
    ("a key revoked in the same batch", "key.revoked", _revoked_in_the_same_batch),
    ("a paper card without its concierge", "key.needs_cosigner", _card_alone),
    ("another member's key", "key.unknown", _anothers_key),
)  # fmt: skip


@pytest.mark.parametrize(("code", "attempt"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_it_does_not_count(code: str, attempt: Attempt) -> None:
    with pytest.raises(LedgerError) as caught:
        attempt()
    assert caught.value.code == code
