"""Guardians: whom a member trusts to vouch for a new key, and what they can't do."""

from __future__ import annotations

import pytest

from ledger import canonical, ids
from ledger.books.guardians import MOST, Guardians
from ledger.books.keys import active_keys
from ledger.compose import public_of
from tests.ledger.books.people import REASON, People
from tests.simulator import DAY, refused

WEEK = 7 * DAY


def village() -> People:
    """Ume has chosen Jiro, Saki and Tome; two of them are enough."""
    found = People()
    for name in ("Saki", "Tome"):
        found.join(name)
    choose(found, "Ume", ("Jiro", "Saki", "Tome"), 2)
    return found


def choose(coop: People, name: str, guardians: tuple[str, ...], threshold: int, signing: str | None = None) -> None:
    body = {"guardians": [coop.id(one) for one in guardians], "threshold": threshold}
    coop.say(name, "key.guardians/1", body, keys_of={name: signing or name})


def in_force(coop: People, name: str) -> set[str]:
    return {key.id for key in active_keys(coop.state, coop.id(name))}


def test_enough_guardians_take_the_officials_place_with_the_same_waiting_time() -> None:
    coop = village()
    coop.recover("Ume", "new phone", ("Tome", "Jiro"))
    assert coop.held("new phone").officers == (coop.id("Tome"), coop.id("Jiro"))
    coop.wait(WEEK - 10_000)
    assert in_force(coop, "Ume") == {coop.key_id("Ume")}
    coop.wait(20_000)
    assert in_force(coop, "Ume") == {coop.key_id("new phone")}


def test_after_a_recovery_a_member_chooses_anew() -> None:
    """Whoever had the old keys could have put friends in."""
    coop = village()
    coop.recover("Ume", "new phone")  # the officials
    coop.wait(WEEK)
    assert coop.state.need(Guardians, coop.id("Ume")).members == ()
    with refused("role.required"):
        coop.recover("Ume", "another", ("Jiro", "Saki"))
    choose(coop, "Ume", ("Jiro", "Saki"), 2, signing="new phone")
    coop.recover("Ume", "another", ("Jiro", "Saki"))


def test_too_few_are_too_few() -> None:
    coop = village()
    with refused("key.guardians_short"):
        coop.recover("Ume", "new phone", ("Jiro",))
    coop.join("Roku")
    with refused("key.guardians_short"):  # with one who is no guardian
        coop.recover("Ume", "new phone", ("Saki", "Roku"))
    with refused("role.required"):  # nor is an official one of two guardians
        coop.recover("Ume", "new phone", ("Roku", "Hanako"))
    choose(coop, "Ume", ("Jiro", "Saki", "Tome"), 3)
    with refused("key.guardians_short"):
        coop.recover("Ume", "new phone", ("Jiro", "Saki"))
    coop.recover("Ume", "new phone", ("Jiro", "Saki", "Tome"))


def test_officials_do_as_before_also_when_one_of_them_is_a_guardian() -> None:
    coop = village()
    choose(coop, "Ume", ("Hanako", "Saki"), 2)
    with refused("role.second_required"):
        coop.recover("Ume", "new phone", ("Hanako", "Tome"))
    coop.recover("Ume", "new phone", ("Hanako", "Kiku"))


def test_the_stripped_signature_of_a_guardian_is_missed() -> None:
    coop = village()
    phone = coop.key_id("new phone")
    body = {"alg": "ed25519", "member": coop.id("Ume"), "public": public_of(coop.key("new phone")), "reason": REASON}
    statement = coop.statement("Tome", "key.recover/1", body, ("Jiro", phone))
    whole, (tome, _, new) = coop.signed(statement, ["Tome", "Jiro", "new phone"])
    with refused("format.signature_count"):
        coop.submit(whole.data, (tome, new))
    alone = canonical.encode({**canonical.decode(whole.data), "cosigners": [phone]})
    with refused("signature.invalid"):
        coop.submit(alone, (tome, new))


def test_a_guardian_who_has_left_vouches_no_more() -> None:
    coop = village()
    coop.say("Saki", "member.leave/1", {})
    with refused("member.inactive"):
        coop.recover("Ume", "new phone", ("Jiro", "Saki"))
    coop.recover("Ume", "new phone", ("Jiro", "Tome"))


def test_a_member_vouches_for_nobody_as_themselves() -> None:
    coop = village()
    with refused("key.recover_oneself"):
        coop.recover("Ume", "new phone", ("Jiro", "Saki", "Ume"))


def test_the_old_key_objects_and_an_auditor_who_was_no_guardian_settles() -> None:
    coop = village()
    coop.elect("Saki", "auditor")
    coop.elect("Tome", "auditor")
    coop.recover("Ume", "new phone", ("Jiro", "Saki"))
    coop.say("Ume", "key.object/1", {"key": coop.key_id("new phone")})
    coop.wait(WEEK)
    assert in_force(coop, "Ume") == {coop.key_id("Ume")}
    decision = {"key": coop.key_id("new phone"), "accept": True, "reason": REASON}
    with refused("key.settle_oneself"):
        coop.say("Saki", "key.settle/1", decision)
    coop.say("Tome", "key.settle/1", decision)
    assert in_force(coop, "Ume") == {coop.key_id("new phone")}


def test_only_a_root_key_chooses() -> None:
    coop = village()
    coop.enrol("Ume", "phone")
    with refused("key.root_required"):
        choose(coop, "Ume", ("Jiro", "Saki"), 2, signing="phone")


@pytest.mark.parametrize(
    ("guardians", "threshold", "code"),
    [
        (("Jiro", "Jiro"), 2, "key.guardian_twice"),
        (("Jiro", "Ume"), 2, "key.guardian_oneself"),
        (("Jiro", "Saki"), 1, "key.guardian_threshold"),
        (("Jiro", "Saki"), 3, "key.guardian_threshold"),
        (("Jiro",), 0, "key.guardian_threshold"),
        ((), 2, "key.guardian_threshold"),
    ],
)
def test_what_is_no_choice(guardians: tuple[str, ...], threshold: int, code: str) -> None:
    coop = village()
    with refused(code):
        choose(coop, "Ume", guardians, threshold)


def test_guardians_are_members_and_not_many() -> None:
    coop = village()
    stranger = ids.object_id("mem", bytes(32))
    too_many = [coop.id("Jiro")] * (MOST + 1)
    for guardians, code in (([stranger, coop.id("Jiro")], "member.unknown"), (too_many, "format.body")):
        with refused(code):
            coop.say("Ume", "key.guardians/1", {"guardians": guardians, "threshold": 2})
    coop.say("Tome", "member.leave/1", {})
    with refused("member.inactive"):
        choose(coop, "Ume", ("Jiro", "Tome"), 2)


def test_guardians_can_be_given_up() -> None:
    coop = village()
    choose(coop, "Ume", (), 0)
    with refused("role.required"):
        coop.recover("Ume", "new phone", ("Jiro", "Saki"))
