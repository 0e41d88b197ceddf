"""May this key speak here? Every way of speaking for somebody else, tried."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ledger import canonical, fold, ids
from ledger.books.contributions import Contribution
from ledger.compose import public_of
from ledger.statement import Statement
from tests.ledger.books.people import REASON, People
from tests.simulator import DAY, Passkey, Village, refused

REPORT = {"kind": "cleaning", "quantity": 60, "on": "2026-04-01"}
PAPER = REPORT | {"paper": REASON}


def submit(village: Village, statement: Statement, *names: str) -> None:
    draft, signatures = village.signed(statement, list(names))
    village.submit(draft.data, signatures)


# Whose key.


def test_an_administrator_speaks_for_nobody_else() -> None:
    village = People()
    for key in ("Hanako", "clerk key", "log key"):
        with refused("key.unknown"):
            village.report("Ume", keys_of={"Ume": key})
    with refused("key.unknown"):  # a key of the right member, said to be another sort
        statement = village.statement("Ume", "contribution.report/1", REPORT)
        village.passkeys["Ume"] = Passkey()
        submit(village, statement, "Ume")


def test_a_bare_key_speaks_for_itself_alone() -> None:
    village = People()
    with refused("signature.signer"):
        village.say(village.key_id("Ai"), "member.apply/1", {}, keys_of={village.key_id("Ai"): "Bunta"})
    with refused("statement.author"):  # a member's key is no member
        village.say(village.key_id("Ume"), "contribution.report/1", REPORT, keys_of={village.key_id("Ume"): "Ume"})


def test_only_the_clerk_key_is_the_clerk() -> None:
    village = People()
    statement = village.statement("clerk", fold.TICK, {})
    for name in ("Hanako", "log key"):
        with refused("signature.signer"):
            submit(village, statement, name)
    for type_, body in (("contribution.report/1", REPORT), ("member.leave/1", {}), ("key.claim/1", {})):
        with refused("statement.author"):
            village.say("clerk", type_, body)


def test_a_cosigner_signs_with_a_key_of_their_own() -> None:
    village = People()
    body = {"member": village.id("Ume"), "reason": REASON}
    with refused("key.unknown"):
        village.say("Hanako", "member.suspend/1", body, cosigners=("Jiro",), keys_of={"Jiro": "Hanako"})
    with refused("signature.signer"):
        village.say(
            "Hanako", "member.suspend/1", body,
            cosigners=(village.key_id("Jiro"),), keys_of={village.key_id("Jiro"): "Hanako"},
        )  # fmt: skip
    with refused("role.second_required"):  # Jiro's key is not Jiro
        village.say(
            "Hanako", "member.suspend/1", body,
            cosigners=(village.key_id("Jiro"),), keys_of={village.key_id("Jiro"): "Jiro"},
        )  # fmt: skip


@pytest.mark.parametrize("cosigners", [("Hanako",), ("Jiro", "Jiro")])
def test_nobody_is_counted_twice(cosigners: tuple[str, ...]) -> None:
    village = People()
    body = {"member": village.id("Ume"), "reason": REASON}
    with refused("format.signer_twice"):
        village.say("Hanako", "member.suspend/1", body, cosigners=cosigners)


def test_no_signature_is_stripped_or_added() -> None:
    village = People()
    body = {"member": village.id("Ume"), "reason": REASON}
    statement = village.statement("Hanako", "member.suspend/1", body, ("Jiro",))
    for names in (("Hanako",), ("Hanako", "Jiro", "Goro"), ()):
        with refused("format.signature_count"):
            submit(village, statement, *names)
    with refused("key.unknown"):  # in the order of signing
        submit(village, statement, "Jiro", "Hanako")


def test_an_inactive_cosigner_is_none() -> None:
    village = People()
    village.say("Goro", "member.leave/1", {})
    body = {"member": village.id("Ume"), "reason": REASON}
    with refused("member.inactive"):
        village.say("Hanako", "member.suspend/1", body, cosigners=("Goro",))


def test_an_id_of_another_kind_is_nobody() -> None:
    village = People()
    application = village.apply("Ai")  # the same 128 bits as the member to be
    with refused("key.unknown"):
        village.report("Ai")
    for author in (application, "res_" + "a" * 26, "hanako"):
        with refused("format.id"):
            village.say(author, "contribution.report/1", REPORT, keys_of={author: "Hanako"})
    with refused("statement.genesis"):
        village.say("genesis", "contribution.report/1", REPORT)
    for wrong in (village.key_id("Ume"), application, "x"):
        with refused("member.unknown"):
            village.say("Hanako", "token.gift/1", {"to": wrong, "amount": 1})


# Where and when.


def test_a_statement_for_another_ledger_is_refused() -> None:
    village = People()
    elsewhere = msgspec.structs.replace(
        village.statement("Ume", "contribution.report/1", REPORT), ledger="other.example/yui"
    )
    with refused("statement.ledger"):
        submit(village, elsewhere, "Ume")


def test_what_was_signed_for_another_village_does_not_replay_here() -> None:
    """Two villages with the very same people, keys and history: only their names differ."""
    village, other = Village("Hanako"), Village("Hanako", origin="other.example/yui")
    draft, signatures = other.signed(other.statement("Hanako", "contribution.report/1", REPORT), ["Hanako"])
    with refused("statement.seen"):
        village.submit(draft.data, signatures)


def test_a_replay_gives_the_first_entry_and_no_second() -> None:
    village = People()
    draft, signatures = village.signed(village.statement("Ume", "contribution.report/1", REPORT), ["Ume"])
    first = village.submit(draft.data, signatures)
    village.revoke("Ume", "Ume")
    size = village.size
    assert village.submit(draft.data, signatures) == first  # answered before anyone asks whether the key still holds
    assert village.size == size
    assert len(village.state.children(Contribution, village.id("Ume"))) == 1


def test_a_nonce_is_used_once() -> None:
    village = People()
    first = village.statement("Ume", "contribution.report/1", REPORT)
    submit(village, first, "Ume")
    again = msgspec.structs.replace(first, body=REPORT | {"quantity": 90})
    with refused("statement.nonce_reused"):
        submit(village, again, "Ume")


# Passkeys.


def test_a_passkey_signs_on_the_coops_own_pages_only() -> None:
    village = People()
    village.passkeys["Ai"] = Passkey()
    village.join("Ai")
    village.report("Ai")
    for where, code in (
        (Passkey(origin="https://village.example.evil"), "passkey.origin"),
        (Passkey(origin="http://village.example"), "passkey.origin"),
        (Passkey(rp_id="example"), "passkey.rp_id"),
    ):
        village.passkeys["Ai"] = where
        with refused(code):
            village.report("Ai")
        village.passkeys["Bunta"] = where
        with refused(code):  # nor does one come in from elsewhere
            village.apply("Bunta")


# Entered for a member.


def enter_for(village: People, author: str, via: str, *cosigners: str, for_: str = "Matsu", **more: Any) -> str:
    body = PAPER if via == "paper" else REPORT
    entry = village.say(author, "contribution.report/1", body, for_=for_, via=via, cosigners=cosigners, **more)
    return ids.object_id("con", entry.id)


@pytest.mark.parametrize("via", ["paper", "room"])
def test_one_official_enters_and_another_countersigns(via: str) -> None:
    village = People()
    id_ = enter_for(village, "Jiro", via, "Hanako")
    contribution = village.state.need(Contribution, id_)
    assert (contribution.member, contribution.reported_by) == (village.id("Matsu"), village.id("Jiro"))
    enter_for(village, "Hanako", via, "Goro")
    for author in ("Ume", "Kiku"):
        with refused("role.required"):
            enter_for(village, author, via, "Hanako")
    for cosigners in ((), ("Ume",), ("Kiku",)):
        with refused("statement.countersign"):
            enter_for(village, "Hanako", via, *cosigners)


def test_an_auditor_countersigns_and_does_not_enter() -> None:
    village = People()
    village.elect("Ume", "auditor")
    enter_for(village, "Hanako", "room", "Ume")
    with refused("role.required"):
        enter_for(village, "Ume", "room", "Hanako")


def test_the_one_acted_for_is_no_second_official() -> None:
    village = People()
    with refused("statement.countersign"):
        enter_for(village, "Jiro", "paper", "Hanako", for_="Hanako")
    enter_for(village, "Jiro", "paper", "Hanako", "Goro", for_="Hanako")


def test_paper_stands_behind_what_is_entered_from_paper() -> None:
    village = People()
    statement: dict[str, Any] = {"for_": "Matsu", "via": "paper", "cosigners": ("Hanako",)}
    with refused("statement.paper"):
        village.say("Jiro", "contribution.report/1", REPORT, **statement)
    with refused("statement.paper"):
        village.say("Jiro", "contribution.report/1", REPORT | {"paper": "a sheet"}, **statement)
    with refused("format.body"):
        village.say("Jiro", "contribution.report/1", REPORT | {"paper": {"sheet": 1}}, **statement)


def test_a_concierge_assists_a_member_who_is_present() -> None:
    village = People()
    enter_for(village, "Kiku", "assisted", "Ume", for_="Ume")  # with the member's own key on the shared device
    for author in ("Hanako", "Jiro", "Ume"):
        with refused("role.required"):
            enter_for(village, author, "assisted", "Kiku")
    with refused("statement.countersign"):
        enter_for(village, "Kiku", "assisted")
    with refused("statement.countersign"):
        enter_for(village, "Kiku", "assisted", "Ume")
    enter_for(village, "Kiku", "assisted", "Jiro")


def test_a_card_works_with_a_concierge_and_a_copied_one_alone_does_not() -> None:
    village = People()
    village.enrol("Ume", "card", with_role="concierge")
    card: dict[str, Any] = {"keys_of": {"Ume": "card"}}
    with refused("key.needs_cosigner"):
        village.report("Ume", **card)
    with refused("key.needs_cosigner"):
        village.report("Ume", cosigners=("Hanako",), **card)
    village.report("Ume", cosigners=("Kiku",), **card)
    enter_for(village, "Kiku", "assisted", "Ume", for_="Ume", **card)


def test_copied_cards_do_not_vouch_for_each_other() -> None:
    village = People()
    village.appoint("Goro", "concierge")
    for name in ("Kiku", "Goro"):
        village.enrol(name, f"card of {name}", with_role="concierge")
    cards = {name: f"card of {name}" for name in ("Kiku", "Goro")}
    with refused("key.needs_cosigner"):
        village.report("Kiku", keys_of=cards)
    with refused("key.needs_cosigner"):  # Kiku is a concierge, but Kiku's card is not Kiku
        village.report("Ume", cosigners=("Kiku",), keys_of=cards)
    with refused("key.needs_cosigner"):
        village.report("Kiku", cosigners=("Goro",), keys_of=cards)
    village.report("Kiku", cosigners=("Goro",), keys_of={"Kiku": "card of Kiku"})


def test_a_concierge_whose_term_is_over_assists_nobody() -> None:
    village = People()
    village.say("Hanako", "role.end/1", {"member": village.id("Kiku"), "role": "concierge"})
    with refused("role.required"):
        enter_for(village, "Kiku", "assisted", "Ume", for_="Ume")


def test_only_acts_that_say_so_are_entered_for_somebody() -> None:
    village = People()
    more: dict[str, Any] = {"for_": "Ume", "via": "room", "cosigners": ("Jiro",)}
    for type_, body in (
        ("key.revoke/1", {"key": village.key_id("Ume"), "reason": "lost"}),
        ("key.enrol/1", {"alg": "ed25519", "public": public_of(village.key("x")), "root": True}),
        ("member.erase/1", {"member": village.id("Ume")}),
        ("coop.visibility/1", {"entries": "public", "tiles": "public"}),
    ):
        with refused("statement.for_not_allowed"):
            village.say("Hanako", type_, body, **more)
    with refused("statement.author"):
        village.say("clerk", "contribution.report/1", REPORT, for_="Ume", via="room")
    with refused("statement.for_not_allowed"):
        village.say("clerk", fold.TICK, {}, for_="Ume", via="room")


def test_nobody_acts_for_oneself_or_for_nobody() -> None:
    village = People()
    with refused("statement.for_oneself"):
        enter_for(village, "Hanako", "room", "Jiro", for_="Hanako")
    with refused("member.unknown"):
        enter_for(village, "Hanako", "room", "Jiro", for_="mem_" + "a" * 26)
    wrongs: list[dict[str, Any]] = [{"for_": "Matsu"}, {"via": "room"}, {"for_": "Matsu", "via": "phone"}]
    for wrong in wrongs:
        with refused("format.via"):
            village.say("Hanako", "contribution.report/1", REPORT, cosigners=("Jiro",), **wrong)
    with refused("format.via"):
        village.say("Hanako", "contribution.report/1", REPORT, for_=village.key_id("Ume"), via="room")


def test_nobody_acts_for_a_former_member() -> None:
    village = People()
    village.say("Ume", "member.leave/1", {})
    with refused("member.inactive"):
        enter_for(village, "Hanako", "paper", "Jiro", for_="Ume")


def test_a_revocation_is_believed_from_the_index_on_whatever_the_authors_clock_says() -> None:
    village = People()
    village.enrol("Ume", "phone")
    village.revoke("Ume", "phone")
    early = msgspec.structs.replace(
        village.statement("Ume", "contribution.report/1", REPORT), at=canonical.format_time(village.time - DAY)
    )
    with refused("key.revoked"):
        submit(village, early, "phone")
