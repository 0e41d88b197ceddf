"""A succession is signed where it was drafted: posted like any statement, it would leave a log that nobody can seal."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from nacl.signing import SigningKey

from app import rotation
from app.errors import KeyMissing
from app.sequencer.submission import Submission
from app.storage.ledgers import Ledger
from app.storage.log import Receipt
from ledger import canonical, checkpoint
from ledger.books import operator, succession
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


async def test_a_thief_of_the_key_can_not_name_one_that_the_operator_has_not(coop: Coop) -> None:
    """The ledger would wait for a seal that nobody here can set."""
    installation, ledger = coop.installation, await coop.installation.ledger(coop.town.slug)
    theirs, until = SigningKey(bytes([3]) * 32), installation.clock.now() + 86_400_000
    vkey = VerifierKey(coop.town.origin, bytes(theirs.verify_key)).text()
    body = {"log_key": vkey, "until": canonical.format_time(until)}
    stolen = installation.keys.get(coop.town.origin, "log")
    with pytest.raises(KeyMissing):
        await rotation._say(installation, ledger, operator.ROTATE, body, stolen, theirs)
    # Nor can they hold up those whose statements come at the same moment.
    said: list[Submission] = []

    async def keep(_ledger: Ledger, submission: Submission) -> None:
        said.append(submission)

    aside: Any = SimpleNamespace(log=installation.log, clock=installation.clock, submit=keep)
    await rotation._say(aside, ledger, operator.ROTATE, body, stolen, theirs)
    said.append(await installation.read(coop.town.invitation("Jiro", "Hanako").json()))
    thief, honest = await asyncio.gather(*[installation.enqueue(ledger, one) for one in said], return_exceptions=True)
    assert isinstance(thief, KeyMissing)
    assert isinstance(honest, Receipt)
    assert (await coop.post(coop.town.invitation("Taro", "Hanako"))).status_code == 201
