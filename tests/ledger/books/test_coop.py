"""The co-op's own record: profile, visibility that only widens, ticks."""

from __future__ import annotations

import pytest

from ledger import canonical, fold
from ledger.books import coop
from ledger.compose import Private
from tests.ledger.books.people import People
from tests.simulator import Village, refused


def test_a_profile_replaces_the_one_before_and_names_its_statement() -> None:
    village = Village("Hanako")
    before = coop.get(village.state)
    entry = village.say("Hanako", "coop.profile/1", {"profile": {"name": Private("里山組合")}})
    after = coop.get(village.state)
    assert after.profile == canonical.b64(entry.id) != before.profile
    assert village.books.subject(entry.statement, entry.id, "profile/name") == coop.ID


@pytest.mark.parametrize("name", ["Jiro", "Kiku", "Ume"])
def test_only_administrators_speak_for_the_coop(name: str) -> None:
    village = People()
    with refused("role.required"):
        village.say(name, "coop.profile/1", {"profile": {"name": Private("わたしの組合")}})
    with refused("role.required"):
        village.say(name, "coop.visibility/1", {"entries": "public", "tiles": "public"})


def test_visibility_only_widens() -> None:
    village = Village("Hanako", tiles="members", entries="auditors")

    def widen(tiles: str, entries: str) -> tuple[str, str]:
        village.say("Hanako", "coop.visibility/1", {"tiles": tiles, "entries": entries})
        return coop.get(village.state).tiles, coop.get(village.state).entries

    with refused("coop.visibility_order"):
        widen("members", "public")
    assert widen("members", "members") == ("members", "members")
    with refused("coop.visibility_narrowed"):
        widen("public", "auditors")
    assert widen("public", "members") == ("public", "members")
    assert widen("public", "public") == ("public", "public")
    for tiles, entries in (("members", "public"), ("public", "members"), ("members", "members")):
        with refused("coop.visibility_narrowed"):
            widen(tiles, entries)


def test_only_the_clerk_ticks_and_a_tick_changes_nothing_else() -> None:
    village = Village("Hanako")
    before = dict(village.memory.records)
    village.say("clerk", fold.TICK, {})
    assert village.memory.records == before
    with refused("statement.author"):
        village.say("Hanako", fold.TICK, {})


ADDRESSES = {"origins": ["https://vote.mura.example"], "rp_ids": ["mura.example"]}


def test_addresses_change_by_an_administrator_and_a_second_official() -> None:
    village = Village("Hanako")
    village.join("Taro")
    with refused("role.second_required"):
        village.say("Hanako", "coop.addresses/1", ADDRESSES)
    village.appoint("Taro", "facilitator")
    village.say("Hanako", "coop.addresses/1", ADDRESSES, cosigners=("Taro",))
    assert coop.get(village.state).origins == ("https://vote.mura.example",)
    with refused("role.required"):
        village.say("Taro", "coop.addresses/1", ADDRESSES, cosigners=("Hanako",))


@pytest.mark.parametrize(
    ("rp_ids", "origins"),
    [
        ([], ["https://mura.example"]),
        (["mura.example"], []),
        (["mura.example"], ["http://mura.example"]),
        (["mura.example"], ["https://evil.example"]),
        (["mura.example"], ["https://evilmura.example"]),
        (["mura.example"], ["https://mura.example/"]),
        (["Mura.example"], ["https://mura.example"]),
        (["mura.example"] * 9, ["https://mura.example"]),
    ],
)
def test_addresses_that_no_passkey_could_use_are_refused(rp_ids: list[str], origins: list[str]) -> None:
    village = Village("Hanako")
    village.join("Taro")
    village.appoint("Taro", "facilitator")
    with refused("coop.addresses"):
        village.say("Hanako", "coop.addresses/1", {"origins": origins, "rp_ids": rp_ids}, cosigners=("Taro",))
