"""Keys: enrol, limit, revoke, claim, and the lost phone."""

from __future__ import annotations

from typing import Any

import pytest

from governance.books.proposals import Proposal
from ledger import ids
from ledger.books.keyring import MAX_KEYS
from ledger.books.keys import Key, active_keys
from ledger.books.members import Member
from ledger.compose import Private, public_of
from ledger.errors import Refusal
from ledger.fold import TICK
from ledger.state import Due
from tests.ledger.books.people import REASON, People
from tests.simulator import DAY, refused

WEEK = 7 * DAY


def signs(village: People, name: str, key: str) -> None:
    """Have ``name`` say something with that key."""
    village.report(name, keys_of={name: key})


def in_force(village: People, name: str) -> set[str]:
    return {key.id for key in active_keys(village.state, village.id(name))}


def limit(village: People, name: str, key: str, *may: str, **more: Any) -> None:
    village.say(name, "key.limit/1", {"key": village.key_id(key), "may": list(may)}, **more)


def object_(village: People, name: str, key: str, **more: Any) -> None:
    village.say(name, "key.object/1", {"key": village.key_id(key)}, **more)


def settle(village: People, name: str, key: str, *, accept: bool) -> None:
    village.say(name, "key.settle/1", {"key": village.key_id(key), "accept": accept, "reason": REASON})


# Enrolling and limiting.


def test_a_root_key_enrols_devices_which_enrol_nothing() -> None:
    village = People()
    entry = village.enrol("Ume", "phone", label=Private("電話"))
    assert village.books.subject(entry.statement, entry.id, "label") == village.id("Ume")
    assert (village.held("phone").root, village.held("phone").member) == (False, village.id("Ume"))
    signs(village, "Ume", "phone")
    with refused("key.root_required"):
        village.enrol("Ume", "tablet", signing="phone")
    with refused("key.root_required"):
        limit(village, "Ume", "phone", "ballot.cast/1", keys_of={"Ume": "phone"})
    village.enrol("Ume", "second root", root=True)
    village.enrol("Ume", "tablet", signing="second root")


def test_a_new_key_must_be_new_and_sign() -> None:
    village = People()
    with refused("key.taken"):
        village.enrol("Ume", "Jiro")
    phone = {"alg": "ed25519", "public": public_of(village.key("phone")), "root": False}
    with refused("key.must_sign"):
        village.say("Ume", "key.enrol/1", phone)
    with refused("key.must_sign"):  # another key did
        village.say(
            "Ume", "key.enrol/1", phone,
            cosigners=(village.key_id("tablet"),), keys_of={village.key_id("tablet"): "tablet"},
        )  # fmt: skip
    with refused("key.must_sign"):  # not in the way it says
        village.enrol("Ume", "phone", alg="webauthn")
    with refused("key.must_sign"):  # as Jiro's cosignature, not as itself
        village.say("Ume", "key.enrol/1", phone | {"public": public_of(village.key("phone"))}, cosigners=("Jiro",))
    with refused("format.body"):
        village.enrol("Ume", "phone", credential="梅の電話")
    with refused("format.body"):
        village.enrol("Ume", "phone", may=["anything Ume likes"])


def test_keys_have_a_number() -> None:
    village = People()
    for number in range(MAX_KEYS - 1):
        village.enrol("Ume", f"device {number}", root=number == 0)
    with refused("key.too_many"):
        village.enrol("Ume", "one more")
    # A thief who enrols many keys does not keep the officers from recovering.
    village.recover("Ume", "new phone")
    village.wait(WEEK)
    assert in_force(village, "Ume") == {village.key_id("new phone")}


def test_a_limited_key_signs_what_it_may_and_limits_only_narrow() -> None:
    village = People()
    village.enrol("Ume", "phone", may=["contribution.report/1", "ballot.cast/1"])
    signs(village, "Ume", "phone")
    with refused("key.limited"):
        village.say("Ume", "member.leave/1", {}, keys_of={"Ume": "phone"})
    for may in ((), ("contribution.report/1", "token.gift/1")):
        with refused("key.limit_widens"):
            limit(village, "Ume", "phone", *may)
    limit(village, "Ume", "phone", "ballot.cast/1")
    with refused("key.limited"):
        signs(village, "Ume", "phone")
    with refused("key.not_own"):
        limit(village, "Jiro", "phone", "ballot.cast/1")
    with refused("key.unknown"):
        limit(village, "Jiro", "nobody's", "ballot.cast/1")


def test_the_last_root_is_not_limited() -> None:
    village = People()
    with refused("key.last_root"):
        limit(village, "Ume", "Ume", "ballot.cast/1")
    village.enrol("Ume", "second root", root=True)
    limit(village, "Ume", "Ume", "ballot.cast/1")
    with refused("key.last_root"):
        limit(village, "Ume", "second root", "ballot.cast/1", keys_of={"Ume": "second root"})


@pytest.mark.parametrize("fields", [{"may": ["ballot.cast/1"]}, {"with_role": "concierge"}])
def test_a_root_is_neither_limited_nor_a_card(fields: dict[str, Any]) -> None:
    village = People()
    with refused("key.root_limited"):
        village.enrol("Ume", "card", root=True, **fields)


# Revoking.


def test_a_revoked_key_signs_no_more() -> None:
    village = People()
    village.enrol("Ume", "phone")
    village.revoke("Ume", "phone")
    with refused("key.revoked"):
        signs(village, "Ume", "phone")
    with refused("key.revoked"):
        village.revoke("Ume", "phone")
    with refused("key.revoked"):
        limit(village, "Ume", "phone", "ballot.cast/1")
    with refused("key.taken"):  # nor does it come back
        village.enrol("Ume", "phone")


def test_a_revocation_holds_within_its_own_batch() -> None:
    village = People()
    village.enrol("Ume", "phone")
    report = {"kind": "cleaning", "quantity": 60, "on": "2026-04-01"}
    revoke = village.statement("Ume", "key.revoke/1", {"key": village.key_id("phone"), "reason": "lost"})
    later = village.statement("Ume", "contribution.report/1", report)
    drafts = []
    for statement, key in ((revoke, "Ume"), (later, "phone")):
        draft, signatures = village.signed(statement, [key])
        drafts.append((draft.data, signatures))
    with refused("key.revoked"):
        village.fold_batch(drafts)
    village.fold_batch(drafts[::-1])  # said before it, the same statement stands


def test_a_device_revokes_itself_and_nothing_else() -> None:
    village = People()
    village.enrol("Ume", "phone")
    village.enrol("Ume", "tablet")
    for key in ("Ume", "tablet"):
        with refused("key.root_required"):
            village.revoke("Ume", key, keys_of={"Ume": "phone"})
    village.revoke("Ume", "phone", keys_of={"Ume": "phone"})
    village.revoke("Ume", "Ume")  # the last root too, when it is the one in wrong hands
    assert in_force(village, "Ume") == {village.key_id("tablet")}


def test_two_officials_revoke_for_a_member() -> None:
    village = People()
    with refused("role.required"):
        village.revoke("Jiro", "Ume", cosigners=("Hanako",))
    for cosigners in ((), ("Kiku",), ("Ume",)):
        with refused("role.second_required"):
            village.revoke("Hanako", "Ume", cosigners=cosigners)
    village.revoke("Kiku", "Ume", cosigners=("Jiro",))
    assert in_force(village, "Ume") == set()


def test_a_suspended_and_a_former_member_revoke_a_lost_key() -> None:
    village = People()
    village.enrol("Ume", "phone")
    body = {"member": village.id("Ume"), "reason": REASON}
    village.say("Hanako", "member.suspend/1", body, cosigners=("Jiro",))
    village.revoke("Ume", "phone")
    village.say("Ume", "member.leave/1", {})
    village.revoke("Ume", "Ume")


# The first key.


def test_a_member_of_the_roster_takes_up_a_first_key() -> None:
    village = People()
    invitation = village.invite("link", by="Kiku", cosigners=("Jiro",), member=village.id("Matsu"))
    village.claim(invitation, "Matsu", "link")
    assert village.held("Matsu").root
    village.report("Matsu")
    with refused("invitation.over"):
        village.claim(invitation, "thief", "link")


def test_nobody_alone_makes_a_link_to_become_somebody() -> None:
    village = People()
    for by in ("Hanako", "Kiku"):
        for cosigners in ((), ("Ume",)):
            with refused("role.second_required"):
                village.invite("link", by=by, cosigners=cosigners, member=village.id("Matsu"))
    for name in ("Ume", "Jiro"):
        with refused("role.required"):
            village.invite("link", by=name, cosigners=("Hanako",), member=village.id("Matsu"))


def test_a_claim_is_for_one_who_has_no_key_and_only_once() -> None:
    village = People()
    with refused("key.has_keys"):
        village.invite("link", cosigners=("Jiro",), member=village.id("Ume"))
    for wrong in ({"uses": 2}, {"cls": "member"}, {"admits": True}):
        with refused("invitation.terms"):
            village.invite("link", cosigners=("Jiro",), member=village.id("Matsu"), **wrong)
    first, second = (
        village.invite(link, cosigners=("Jiro",), member=village.id("Matsu")) for link in ("first link", "second link")
    )
    village.claim(first, "Matsu", "first link")
    with refused("key.has_keys"):
        village.claim(second, "thief", "second link")


def test_officials_do_not_get_round_the_waiting_time_by_revoking_and_inviting() -> None:
    village = People()
    village.revoke("Hanako", "Ume", cosigners=("Jiro",))
    with refused("key.has_keys"):
        village.invite("link", cosigners=("Jiro",), member=village.id("Ume"))


def test_the_key_in_the_link_never_becomes_the_members() -> None:
    village = People()
    invitation = village.invite("link", cosigners=("Jiro",), member=village.id("Matsu"))
    with refused("key.must_sign"):
        village.claim(invitation, "helper", "link", public="link")
    with refused("key.must_sign"):  # nor one that somebody else signs for
        village.claim(invitation, "helper", "Matsu", "link", public="Matsu")
    with refused("invitation.signature"):
        village.claim(invitation, "link", "Matsu", public="Matsu")


def test_links_are_of_two_kinds() -> None:
    village = People()
    claims = village.invite("link", cosigners=("Jiro",), member=village.id("Matsu"))
    admits = village.invite("other link", cls="member", admits=True)
    with refused("invitation.kind"):
        village.claim(admits, "Matsu", "other link")
    with refused("invitation.kind"):
        village.apply("Ai", claims, "link", cls="member")
    with refused("invitation.signature"):
        village.claim(claims, "Matsu", "other link")


def test_who_has_left_claims_nothing() -> None:
    village = People()
    invitation = village.invite("link", cosigners=("Jiro",), member=village.id("Matsu"))
    village.say("Jiro", "member.leave/1", {"paper": REASON}, for_="Matsu", via="paper", cosigners=("Hanako",))
    with refused("member.inactive"):
        village.claim(invitation, "Matsu", "link")
    with refused("member.inactive"):
        village.invite("link", cosigners=("Jiro",), member=village.id("Matsu"))


# The lost phone.


def test_a_recovered_key_holds_after_the_waiting_time_and_alone() -> None:
    village = People()
    village.enrol("Ume", "phone")
    entry = village.recover("Ume", "new phone")
    assert village.books.subject(entry.statement, entry.id, "reason") == village.id("Ume")
    assert village.held("new phone").officers == (village.id("Hanako"), village.id("Kiku"))
    with refused("key.waiting"):
        signs(village, "Ume", "new phone")
    signs(village, "Ume", "phone")  # until then the old ones hold
    village.time = entry.received + WEEK - 1
    with refused("key.waiting"):
        signs(village, "Ume", "new phone")
    village.time = entry.received + WEEK
    signs(village, "Ume", "new phone")
    assert village.held("new phone").recovered == entry.received + WEEK
    for old in ("Ume", "phone"):
        with refused("key.revoked"):
            signs(village, "Ume", old)
    village.enrol("Ume", "tablet", signing="new phone")


def test_two_officials_neither_of_them_the_member() -> None:
    village = People()
    for officers in (("Hanako",), ("Hanako", "Jiro"), ("Hanako", "Matsu")):
        with refused("role.second_required" if "Matsu" not in officers else "key.unknown"):
            village.recover("Ume", "new phone", officers)
    with refused("role.required"):
        village.recover("Ume", "new phone", ("Jiro", "Hanako"))
    for officers in (("Hanako", "Goro"), ("Goro", "Hanako")):
        with refused("key.recover_oneself"):
            village.recover("Hanako", "new phone", officers)
    with refused("format.signer_twice"):  # one official is not two
        village.recover("Ume", "new phone", ("Hanako", "Hanako"))


def test_one_recovery_at_a_time_of_an_active_member() -> None:
    village = People()
    village.recover("Ume", "new phone")
    with refused("key.recovery_running"):
        village.recover("Ume", "another")
    object_(village, "Ume", "new phone")
    with refused("key.recovery_running"):  # nor while it is disputed
        village.recover("Ume", "another")
    with refused("key.taken"):
        village.recover("Matsu", "Jiro")
    village.say("Jiro", "member.leave/1", {})
    with refused("member.inactive"):
        village.recover("Jiro", "another")


def disputed() -> People:
    village = People()
    village.elect("Goro", "auditor")
    village.recover("Ume", "new phone")
    object_(village, "Ume", "new phone")
    return village


def test_the_old_key_objects_and_time_alone_decides_no_more() -> None:
    village = disputed()
    village.wait(10 * WEEK)
    with refused("key.disputed"):
        signs(village, "Ume", "new phone")
    with refused("key.not_waiting"):
        object_(village, "Ume", "new phone")
    signs(village, "Ume", "Ume")


def test_an_auditor_accepts() -> None:
    village = disputed()
    for name in ("Hanako", "Kiku", "Ume"):
        with refused("role.required"):
            settle(village, name, "new phone", accept=True)
    settle(village, "Goro", "new phone", accept=True)
    signs(village, "Ume", "new phone")
    with refused("key.revoked"):
        signs(village, "Ume", "Ume")
    with refused("key.not_disputed"):
        settle(village, "Goro", "new phone", accept=False)


def test_an_auditor_rejects_and_it_can_be_tried_again() -> None:
    village = disputed()
    settle(village, "Goro", "new phone", accept=False)
    with refused("key.revoked"):
        signs(village, "Ume", "new phone")
    signs(village, "Ume", "Ume")
    village.recover("Ume", "yet another")


@pytest.mark.parametrize("officers", [("Hanako", "Goro"), ("Goro", "Kiku")])
def test_nobody_settles_what_they_signed_themselves(officers: tuple[str, str]) -> None:
    village = People()
    village.elect("Goro", "auditor")
    village.recover("Ume", "new phone", officers)
    object_(village, "Ume", "new phone")
    with refused("key.settle_oneself"):
        settle(village, "Goro", "new phone", accept=True)


def test_nobody_settles_their_own_recovery() -> None:
    village = People()
    village.elect("Goro", "auditor")
    village.recover("Goro", "new phone", ("Hanako", "Kiku"))
    object_(village, "Goro", "new phone")
    with refused("key.settle_oneself"):
        settle(village, "Goro", "new phone", accept=False)


def test_only_the_members_own_keys_object_even_a_device_and_even_suspended() -> None:
    village = People()
    village.enrol("Ume", "phone")
    village.recover("Ume", "new phone")
    for name in ("Hanako", "Jiro"):
        with refused("key.not_own"):
            object_(village, name, "new phone")
    with refused("key.not_waiting"):
        object_(village, "Ume", "phone")
    with refused("key.waiting"):  # the new key has no say in it
        object_(village, "Ume", "new phone", keys_of={"Ume": "new phone"})
    village.say("Hanako", "member.suspend/1", {"member": village.id("Ume"), "reason": REASON}, cosigners=("Jiro",))
    object_(village, "Ume", "new phone", keys_of={"Ume": "phone"})
    assert village.held("new phone").status == "disputed"


@pytest.mark.parametrize("code", ["key.waiting", "key.disputed"])
def test_whoever_found_the_phone_can_only_object(code: str) -> None:
    """Revoking or limiting the new key would end every recovery, and nobody would look into it."""
    village = People()
    village.recover("Ume", "new phone")
    if code == "key.disputed":
        object_(village, "Ume", "new phone")
    with refused(code):
        village.revoke("Ume", "new phone")
    with refused(code):
        limit(village, "Ume", "new phone", "ballot.cast/1")


def test_the_officials_take_a_mistaken_recovery_back() -> None:
    village = People()
    village.recover("Ume", "wrong phone")
    village.revoke("Hanako", "wrong phone", cosigners=("Jiro",))
    assert village.state.find(Due, f"key.recovers:{village.key_id('wrong phone')}") is None
    village.wait(10 * DAY)
    assert (village.held("wrong phone").status, village.held("Ume").status) == ("revoked", "active")
    village.recover("Ume", "right phone")


def test_a_recovered_key_votes_on_what_opens_after_it() -> None:
    village = People()
    early = opened(village)
    village.recover("Ume", "new phone")
    village.wait(WEEK - 2 * DAY)
    late = opened(village)  # still before the key is in force
    village.wait(2 * DAY)
    village.enrol("Ume", "tablet", signing="new phone")
    new = opened(village)
    for key in ("new phone", "tablet"):  # what it enrols is no older than itself
        with refused("key.recovered_since"):
            vote(village, "Ume", late, keys_of={"Ume": key})
    assert village.state.need(Proposal, early).stage(village.time) != "voting"
    vote(village, "Ume", new, keys_of={"Ume": "tablet"})


def test_nor_does_it_countersign_a_ballot_on_what_opened_before() -> None:
    village = People()
    proposal = opened(village, voting=3)
    village.recover("Jiro", "new phone")
    village.wait(WEEK)
    body = {"proposal": proposal, "choice": "yes", "paper": REASON}
    with refused("key.recovered_since"):
        village.say(
            "Hanako", "ballot.cast/1", body,
            for_="Matsu", via="paper", cosigners=("Jiro",), keys_of={"Jiro": "new phone"},
        )  # fmt: skip
    village.say("Hanako", "ballot.cast/1", body, for_="Matsu", via="paper", cosigners=("Goro",))


def opened(village: People, voting: int = 1) -> str:
    """A proposal on which voting is open, for so many weeks."""
    if voting > 1:
        from tests.simulator import majority_rule

        timing = majority_rule()["timing"] | {"voting_seconds": voting * 604_800}
        document = majority_rule() | {"timing": timing}
        village.decide("rules", {"effect": "rule", "kind": "ordinary", "document": document})
    body = {"kind": "ordinary", "title": Private("議案"), "text": Private("案")}
    proposal = ids.object_id("prop", village.say("Goro", "proposal.draft/1", body).id)
    village.say("Goro", "proposal.open/1", {"proposal": proposal})
    village.wait(1000)
    return proposal


def vote(village: People, name: str, proposal: str, **more: Any) -> None:
    village.say(name, "ballot.cast/1", {"proposal": proposal, "choice": "yes"}, **more)


def test_a_member_objects_to_what_was_entered_for_them() -> None:
    village = People()
    proposal = opened(village)
    body = {"proposal": proposal, "choice": "yes", "paper": REASON}

    def entered(name: str, **more: Any) -> Any:
        return village.say("Hanako", "ballot.cast/1", body, for_=name, via="paper", cosigners=("Jiro",), **more)

    from ledger import canonical

    statement = canonical.b64(entered("Ume").id)
    village.say("Ume", "ballot.object/1", {"proposal": proposal}, replaces=statement)
    with refused("ballot.objected"):
        entered("Ume", replaces=statement)
    vote(village, "Ume", proposal)


def test_a_key_is_its_members_alone() -> None:
    village = People()
    with refused("key.unknown"):
        signs(village, "Ume", "Jiro")
    with refused("key.unknown"):
        signs(village, "Ume", "a key nobody enrolled")
    village.say("clerk", TICK, {})
    assert {key.member for key in village.state.children(Key, village.id("Ume"))} == {village.id("Ume")}
    assert isinstance(village.state.find(Member, village.id("Ume")), Member)
    with pytest.raises(Refusal, match=r"member\.unknown"):
        village.recover(village.key_id("Ume"), "new phone")
