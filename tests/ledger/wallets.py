"""A wallet as its owner has it: signs typed data by ``eth_account``, which shares no code with ``ledger/wallet.py``."""

from __future__ import annotations

import hashlib
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount

from ledger import canonical, keys
from ledger.statement import DOMAIN, Signature

FIELDS = {
    "EIP712Domain": {"name": "string", "version": "string", "salt": "bytes32"},
    "Session": {"ledger": "string", "expires": "string", "digest": "bytes32"},
    "Statement": {"ledger": "string", "type": "string", "digest": "bytes32"},
}


def wallet(seed: str) -> LocalAccount:
    """The wallet of that seed."""
    account: LocalAccount = Account.from_key(hashlib.sha256(seed.encode()).digest())
    return account


def public(account: LocalAccount) -> str:
    """The text form of its public key."""
    return f"eip712:{account.address}"


def sign_statement(account: LocalAccount, statement: bytes) -> Signature:
    """What the wallet answers when it is shown a statement."""
    said = canonical.decode(statement)
    shown = {"ledger": said["ledger"], "type": said["type"], "digest": hashlib.sha256(DOMAIN + statement).digest()}
    return _signed(account, said["ledger"], "Statement", shown)


def sign_session(account: LocalAccount, challenge: bytes) -> Signature:
    """What the wallet answers when it is shown a log-in."""
    asked = canonical.decode(challenge)
    digest = hashlib.sha256(keys.SESSION_DOMAIN + challenge).digest()
    shown = {"ledger": asked["origin"], "expires": asked["expires"], "digest": digest}
    return _signed(account, asked["origin"], "Session", shown)


def _signed(account: LocalAccount, origin: str, primary: str, message: dict[str, Any]) -> Signature:
    document = {
        "types": {name: _listed(FIELDS[name]) for name in ("EIP712Domain", primary)},
        "domain": {"name": "Yui", "version": "1", "salt": hashlib.sha256(origin.encode()).digest()},
        "primaryType": primary,
        "message": message,
    }
    signature = account.sign_message(encode_typed_data(full_message=document)).signature
    return Signature("eip712", public(account), canonical.b64(bytes(signature)))


def _listed(fields: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "type": type_} for name, type_ in fields.items()]
