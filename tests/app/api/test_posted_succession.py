"""A succession is signed where it was drafted: posted like any statement, it would leave a log that nobody can seal."""

from __future__ import annotations

import msgspec
from nacl.signing import SigningKey

from ledger import checkpoint
from ledger.books import succession
from ledger.compose import Private, public_of
from ledger.signed_note import VerifierKey
from tests.app.api.service import Coop

ORIGIN = "coops.example/taken"


async def test_officers_alone_can_not_take_the_log_elsewhere(coop: Coop) -> None:
    """With keys of their own, and the cause for which nothing has to be missing."""
    town, honest = coop.town, coop.town.origin
    note = (await coop.stranger.get(coop.log("checkpoint"))).content
    head = checkpoint.parse(note)[0]
    town.saw(note.decode())
    body = {
        "cause": "key",
        "clerk_key": public_of(SigningKey(bytes([1]) * 32)),
        "entries": head.size,
        "last": msgspec.to_builtins(succession.last_checkpoint(note)),
        "log_key": VerifierKey(ORIGIN, bytes(SigningKey(bytes([2]) * 32).verify_key)).text(),
        "reason": Private("奪う"),
    }
    town.origin = ORIGIN
    written = town.says("Hanako", "ledger.succession/1", body)
    town.origin = honest
    answer = await coop.post(written)
    batch = await coop.stranger.post(coop.api("statements/batch"), content=b"[" + written.json() + b"]")
    assert (answer.status_code, answer.json()["code"]) == (409, "statement.ledger")
    assert [one["code"] for one in batch.json()] == ["statement.ledger"]
    # The ledger goes on under its own name and keys.
    assert (await coop.post(town.invitation("Taro", "Hanako"))).status_code == 201
