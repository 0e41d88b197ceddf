"""Entry 0: what a co-op must bring along to begin, and what it can't begin with."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from governance.books import rules
from governance.founding import MAX_FOUNDERS
from ledger import canonical, ids
from ledger.books import coop, members, policies, roles
from ledger.compose import public_of
from ledger.fold import GENESIS_TYPE
from ledger.signed_note import VerifierKey
from tests.simulator import (
    START,
    Passkey,
    Village,
    commons_policy,
    genesis_body,
    majority_rule,
    members_policy,
    refused,
)

RULES = {kind: majority_rule() for kind in rules.KINDS}


def test_one_founder_suffices() -> None:
    village = Village("Hanako")
    found = coop.get(village.state)
    assert (found.origin, found.utc_offset, found.fiscal_month, found.fold) == ("village.example/yui", 540, 4, 1)
    assert (found.tiles, found.entries) == ("public", "public")
    member = village.state.need(members.Member, village.id("Hanako"))
    assert (member.status, member.joined, member.index) == ("active", START, 0)
    assert roles.holds(village.state, member.id, "administrator")
    assert [policies.current(village.state, area).version for area in policies.AREAS] == [1, 1]
    assert {kind: rules.current(village.state, kind).version for kind in rules.KINDS} == dict.fromkeys(rules.KINDS, 1)


def test_every_founder_administers_and_has_private_values_of_their_own() -> None:
    village = Village("Hanako", "Goro", "Ume")
    assert len({village.id(name) for name in ("Hanako", "Goro", "Ume")}) == 3
    entry = next(iter(village._entries.values()))
    subjects = {path: village.books.subject(entry.statement, entry.id, path) for path in opened_paths(village)}
    assert subjects["founders/1/profile/name"] == village.id("Goro")
    assert subjects["profile/name"] == coop.ID
    for name in ("Hanako", "Goro", "Ume"):
        assert roles.holds(village.state, village.id(name), "administrator")
        assert village.state.traced("member", village.id(name), 0, START + 1) == {
            "active": True,
            "class": "member",
            "joined": START,
        }


def opened_paths(village: Village) -> list[str]:
    return [opening.path for openings in village.openings.values() for opening in openings]


class OnPasskeys(Village):
    """A co-op whose founder comes with a passkey."""

    def __init__(self, where: Passkey) -> None:
        self.where = where
        super().__init__("Hanako")

    def _found(self, founders: tuple[str, ...], changes: dict[str, Any]) -> None:
        self.passkeys["Hanako"] = self.where
        super()._found(founders, changes)


def test_a_founder_comes_with_a_passkey_of_the_coops_own_pages() -> None:
    village = OnPasskeys(Passkey())
    village.say("Hanako", "coop.visibility/1", {"entries": "public", "tiles": "public"})
    with refused("passkey.origin"):
        OnPasskeys(Passkey(origin="https://elsewhere.example"))
    with refused("passkey.rp_id"):
        OnPasskeys(Passkey(rp_id="elsewhere.example"))


def log_key(name: str, of: str = "log key") -> str:
    raw = bytes(Village().key(of).verify_key)
    return VerifierKey(name, raw).text()


def founder(name: str, **changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = genesis_body(Village(), (name,))["founders"][0]
    return plain | changes


IMPOSSIBLE: list[tuple[str, dict[str, Any]]] = [
    ("genesis.fold", {"fold": 2}),
    ("genesis.log_key", {"log_key": log_key("elsewhere.example/yui")}),
    ("genesis.same_key", {"clerk_key": public_of(Village().key("log key"))}),
    ("genesis.same_key", {"clerk_key": public_of(Village().key("Hanako"))}),
    ("genesis.same_key", {"log_key": log_key("village.example/yui", "Hanako")}),
    ("genesis.founders", {"founders": []}),
    ("genesis.founders", {"founders": [founder("Goro")]}),
    ("genesis.founders", {"founders": [founder("Hanako"), founder("Goro")]}),
    ("genesis.founders", {"founders": [founder("Hanako", alg="webauthn")]}),
    ("genesis.policy_missing", {"policies": {"members": members_policy()}}),
    ("policy.area_unknown", {"policies": {"members": members_policy(), "commons": commons_policy(), "sky": {}}}),
    ("policy.invalid", {"policies": {"members": members_policy() | {"classes": []}, "commons": commons_policy()}}),
    ("genesis.rule_missing", {"rules": {"ordinary": majority_rule()}}),
    ("rule.kind_unknown", {"rules": RULES | {"weather": majority_rule()}}),
    ("rule.invalid", {"rules": RULES | {"rules": {}}}),
    ("member.class_unknown", {"founders": [founder("Hanako", cls="king")]}),
    ("coop.visibility_order", {"tiles": "members", "entries": "public"}),
    ("format.body", {"utc_offset": 541}),
    ("format.body", {"utc_offset": 15 * 60}),
    ("format.body", {"utc_offset": -14 * 60 - 15}),
    ("format.body", {"fiscal_month": 0}),
    ("format.body", {"fiscal_month": 13}),
    ("format.body", {"founders": [founder("Hanako", credential="花子 の 鍵")]}),
    ("format.body", {"motto": "和"}),
    ("key.form", {"clerk_key": "ed25519:AAAA"}),
    ("key.small_order", {"clerk_key": f"ed25519:{canonical.b64(bytes(32))}"}),
]


@pytest.mark.parametrize(("code", "changes"), IMPOSSIBLE)
def test_a_coop_that_can_not_be_is_not_founded(code: str, changes: dict[str, Any]) -> None:
    with refused(code):
        Village("Hanako", **changes)


def test_founders_have_a_number_and_an_order() -> None:
    names = tuple(f"founder {number}" for number in range(MAX_FOUNDERS + 1))
    with refused("genesis.founders"):
        Village(*names)
    assert len(Village(*names[:-1]).ids) == MAX_FOUNDERS
    village = Village("Hanako", "Goro")
    body = genesis_body(village, ("Goro", "Hanako"))
    with refused("genesis.founders"):
        Village("Hanako", "Goro", founders=body["founders"])


def test_every_founder_signs() -> None:
    class Unsigned(Village):
        def _names(self, *args: Any) -> list[str]:
            return [name if name != "Goro" else "Hanako" for name in super()._names(*args)]

    with refused("signature.signer"):
        Unsigned("Hanako", "Goro")


def test_there_is_one_genesis_and_it_comes_first() -> None:
    village = Village("Hanako")
    cosigner = village.key_id("Hanako")
    with refused("statement.genesis"):
        village.say(
            ids.GENESIS,
            GENESIS_TYPE,
            genesis_body(village, ("Hanako",)),
            cosigners=(cosigner,),
            keys_of={cosigner: "Hanako"},
        )
    with refused("statement.genesis"):
        village.say("Hanako", GENESIS_TYPE, genesis_body(village, ("Hanako",)))


def test_nobody_founds_for_somebody() -> None:
    class For(Village):
        def statement(self, *args: Any, **more: Any) -> Any:
            return msgspec.structs.replace(super().statement(*args, **more), for_="mem_" + "a" * 26, via="room")

    with refused("statement.for_not_allowed"):
        For("Hanako")


def test_a_village_is_the_same_each_time() -> None:
    assert Village("Hanako").leaves == Village("Hanako").leaves
