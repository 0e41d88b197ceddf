"""What the operator says of anchors on a public chain is kept; what can't be is refused."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from ledger import canonical
from ledger.books import anchors
from ledger.books.anchors import Anchor
from ledger.errors import FormatError
from tests.golden.story import CONTRACT, SENDER
from tests.simulator import DAY, Village, refused

MINUTE = 60_000


@pytest.fixture
def village() -> Village:
    village = Village("Hanako")
    village.wait(DAY)
    village.wait(DAY)
    return village


def body(village: Village, **changed: Any) -> dict[str, Any]:
    usual = {
        "block": 20_000_000,
        "chain_id": 1,
        "checkpoint": canonical.b64(hashlib.sha256(village.note()).digest()),
        "contract": CONTRACT,
        "sender": SENDER,
        "size": village.size,
        "time": canonical.format_time(village.time - MINUTE),
        "transaction": "0x" + "5a" * 32,
    }
    return usual | changed


def say(village: Village, **changed: Any) -> None:
    village.say("clerk", anchors.RECORD, body(village, **changed))


def test_an_anchor_is_kept_as_it_is_said(village: Village) -> None:
    said = body(village)
    village.say("clerk", anchors.RECORD, said)
    kept = village.state.find(Anchor, "3")
    assert kept is not None
    assert (kept.size, kept.checkpoint, kept.index) == (3, said["checkpoint"], 3)
    assert (kept.chain_id, kept.contract, kept.sender, kept.block) == (1, CONTRACT, SENDER, 20_000_000)
    assert canonical.format_time(kept.time) == said["time"]
    assert kept.proof == "anchors/3.json"


def test_the_newest_is_the_largest(village: Village) -> None:
    assert anchors.newest(village.state) is None
    for _ in range(12):
        say(village)
    assert [anchor.size for anchor in village.state.children(Anchor)] == list(range(14, 2, -1))
    newest = anchors.newest(village.state)
    assert newest is not None
    assert newest.size == 14


def test_only_the_clerk_says_so(village: Village) -> None:
    with refused("statement.author"):
        village.say("Hanako", anchors.RECORD, body(village))


def test_what_has_not_been_published_is_not_anchored(village: Village) -> None:
    for size in (0, village.size + 1):
        with refused("anchor.size"):
            say(village, size=size)
    with refused("anchor.size"):  # published, but not to the one who says so
        village.say("clerk", anchors.RECORD, body(village), seen_size=village.size - 1)


def test_sizes_grow(village: Village) -> None:
    say(village)
    for size in (2, 3):
        with refused("anchor.not_growing"):
            say(village, size=size)
    say(village, size=4)


def test_a_block_is_not_of_the_future(village: Village) -> None:
    say(village, time=canonical.format_time(village.time + 15 * MINUTE))
    with refused("anchor.time"):
        say(village, time=canonical.format_time(village.time + 15 * MINUTE + 1))


@pytest.mark.parametrize(
    "changed",
    [
        {"chain_id": 0},
        {"block": -1},
        {"contract": CONTRACT.lower()},
        {"sender": "0x" + "0" * 40},
        {"transaction": "0x" + "5A" * 32},
        {"transaction": "0x" + "5a" * 32 + "\n"},
        {"checkpoint": canonical.b64(bytes(31))},
        {"time": "2026-04-01"},
        {"note": "more"},
        {"size": "3"},
    ],
)
def test_what_is_not_well_formed_is_refused(village: Village, changed: dict[str, Any]) -> None:
    with pytest.raises(FormatError):
        say(village, **changed)
    assert anchors.newest(village.state) is None
