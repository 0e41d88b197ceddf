"""The sample village's story, told in memory."""

from __future__ import annotations

from app.demo.founding import Place
from app.demo.people import seed_key
from app.demo.story import Story
from app.demo.writer import Wave
from ledger import canonical
from ledger.signed_note import VerifierKey

END = canonical.parse_time("2026-11-22T03:00:00.000Z")
ORIGIN = "yui.example/village"


def tell(seed: int, end: int = END) -> tuple[Story, list[Wave]]:
    log = VerifierKey(ORIGIN, bytes(seed_key(seed, "log").verify_key))
    place = Place(ORIGIN, log.text(), seed_key(seed, "clerk"), ("localhost",), ("http://localhost:8321",))
    story = Story(seed, end, place)
    return story, story.tell()
