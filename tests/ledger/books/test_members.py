"""How people come in: invitations, applications, admission, the roster; and what the traces say of them."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.books.keys import Key, active_keys
from ledger.books.members import Application, Invitation
from ledger.compose import Private, public_of
from tests.ledger.books.people import REASON, People
from tests.simulator import DAY, START, Village, refused


def admit(village: People, application: str, by: str = "Hanako", cls: str = "member", **more: Any) -> None:
    village.say(by, "member.admit/1", {"application": application, "cls": cls}, **more)


def enter(village: People, by: str = "Hanako", cls: str = "member", **more: Any) -> str:
    extra = {name: more.pop(name) for name in ("joined_on",) if name in more}
    body = {"cls": cls, "profile": {"name": Private("新入り")}, "type": "household", **extra}
    entry = village.say(by, "member.enter/1", body, **more)
    return village.books.subject(entry.statement, entry.id, "profile/name")


def test_a_link_admits_at_once_until_it_is_used_up() -> None:
    village = People()
    invitation = village.invite("link", admits=True, cls="supporter", uses=2)
    for name in ("Ai", "Bunta"):
        village.apply(name, invitation, "link", cls="supporter")
        assert (village.member(name).cls, village.member(name).status) == ("supporter", "active")
        assert village.held(name).root
    with refused("invitation.over"):
        village.apply("Chie", invitation, "link", cls="supporter")
    village.report("Ai")


def test_a_link_is_nothing_without_its_key_and_ends() -> None:
    village = People()
    invitation, other = village.invite("link"), village.invite("other link")
    with refused("invitation.signature"):
        village.apply("Ai", invitation)
    with refused("invitation.signature"):
        village.apply("Ai", invitation, "other link")
    village.say("Kiku", "member.invitation_close/1", {"invitation": invitation})
    with refused("invitation.over"):
        village.apply("Ai", invitation, "link")
    village.wait(DAY)
    with refused("invitation.over"):
        village.apply("Ai", other, "other link")
    with refused("role.required"):
        village.say("Ume", "member.invitation_close/1", {"invitation": other})
    with refused("invitation.unknown"):
        village.apply("Ai", village.id("Ume"), "link")


def test_a_refused_use_costs_no_use() -> None:
    village = People()
    invitation = village.invite("link", cls="supporter")
    with refused("invitation.kind"):
        village.apply("Ai", invitation, "link", cls="member")
    assert village.state.need(Invitation, invitation).uses == 1
    village.apply("Ai", invitation, "link", cls="supporter")


@pytest.mark.parametrize(
    "terms", [{"uses": 0}, {"uses": 1001}, {"until": -DAY}, {"until": 0}, {"until": 367 * DAY}, {"uses": -1}]
)
def test_the_terms_of_a_link_have_bounds(terms: dict[str, int]) -> None:
    village = People()
    said: dict[str, Any] = {name: village.at(value) if name == "until" else value for name, value in terms.items()}
    with refused("invitation.terms"):
        village.invite("link", cls="member", **said)


def test_a_link_has_a_key_of_its_own() -> None:
    village = People()
    for key in (village.key_id("Ume"), village.id("Ume"), "link", ""):
        with refused("invitation.key"):
            village.invite("link", cls="member", key=key)


def test_who_may_invite() -> None:
    village = People()
    for name in ("Ume", "Jiro"):
        with refused("role.required"):
            village.invite("link", by=name)
    assert not village.state.need(Invitation, village.invite("link", by="Kiku")).admits
    with refused("role.required"):  # a concierge invites, and does not admit
        village.invite("link", by="Kiku", cls="member", admits=True)
    with refused("member.class_unknown"):
        village.invite("link", cls="king")


def test_an_old_link_admits_no_more_once_the_members_have_decided_otherwise() -> None:
    village = People()
    invitation = village.invite("link", admits=True, cls="member", uses=9, until=village.at(300 * DAY))
    village.apply("Ai", invitation, "link")
    village.decide("policy", {"effect": "policy", "area": "members", "document": policy(admission="decision")})
    application = village.apply("Bunta", invitation, "link")
    assert village.state.need(Application, application).status == "open"
    with refused("member.unknown"):
        village.member("Bunta")


def test_an_old_link_admits_no_more_once_its_giver_is_no_administrator() -> None:
    village = People()
    invitation = village.invite("link", by="Goro", admits=True, cls="member", uses=9)
    village.say("Hanako", "role.end/1", {"member": village.id("Goro"), "role": "administrator"})
    assert village.state.need(Application, village.apply("Ai", invitation, "link")).status == "open"


def policy(**changes: Any) -> dict[str, Any]:
    from tests.simulator import members_policy

    return members_policy() | changes


def test_anyone_applies_where_the_policy_is_open_and_an_administrator_admits() -> None:
    village = People()
    application = village.apply("Ai")
    assert "Ai" not in {name for name, traced in village.electorate().items() if traced}
    with refused("key.unknown"):  # not a member yet
        village.report("Ai")
    for name in ("Ume", "Jiro", "Kiku"):
        with refused("role.required"):
            admit(village, application, by=name)
    with refused("member.class_unknown"):
        admit(village, application, cls="king")
    admit(village, application, cls="supporter")
    assert village.electorate()["Ai"] == {"active": True, "class": "supporter"}
    assert village.state.need(Application, application).member == village.id("Ai")
    village.report("Ai")
    with refused("application.closed"):
        admit(village, application)
    with refused("application.closed"):
        village.say("Hanako", "member.decline/1", {"application": application, "reason": REASON})


def test_an_application_is_declined() -> None:
    village = People()
    application = village.apply("Ai")
    with refused("role.required"):
        village.say("Jiro", "member.decline/1", {"application": application, "reason": REASON})
    entry = village.say("Hanako", "member.decline/1", {"application": application, "reason": REASON})
    # The reason is kept with the applicant's own data and goes with them.
    assert village.books.subject(entry.statement, entry.id, "reason") == village.id("Ai")
    with refused("application.closed"):
        admit(village, application)
    village.apply("Ai")  # asking again is free


def test_by_invitation_only() -> None:
    village = People(applications="invited")
    with refused("application.invited_only"):
        village.apply("Ai")
    invitation = village.invite("link")
    admit(village, village.apply("Ai", invitation, "link"))


def test_one_applies_with_a_key_of_ones_own() -> None:
    village = People()
    with refused("application.key"):
        village.apply("Ai", public=public_of(village.key("Ume")))
    with refused("application.key"):
        village.apply("Ai", alg="webauthn")
    with refused("key.taken"):
        village.apply("Ume")
    with refused("member.class_unknown"):
        village.apply("Ai", cls="king")
    with refused("format.body"):  # no room for a name where a credential id belongs
        village.apply("Ai", credential="山田 愛")
    with refused("statement.author"):
        village.say("Ume", "member.apply/1", {})


def test_one_key_makes_one_member() -> None:
    village = People()
    first, second = village.apply("Ai"), village.apply("Ai")
    admit(village, first)
    with refused("key.taken"):
        admit(village, second)
    assert [key.id for key in active_keys(village.state, village.id("Ai"))] == [village.key_id("Ai")]


def test_admission_by_two_officials() -> None:
    village = People(admission="two_officials")
    application = village.apply("Ai")
    for cosigners in ((), ("Ume",), ("Kiku",), (village.key_id("Jiro"),)):
        with refused("role.second_required"):
            village.say(
                "Hanako",
                "member.admit/1",
                {"application": application, "cls": "member"},
                cosigners=cosigners,
                keys_of={village.key_id("Jiro"): "Jiro"},
            )
    with refused("role.second_required"):
        enter(village)
    with refused("role.second_required"):
        village.invite("link", cls="member", admits=True)
    with refused("role.required"):
        admit(village, application, by="Jiro", cosigners=("Hanako",))
    admit(village, application, cosigners=("Jiro",))
    enter(village, cosigners=("Goro",))
    assert village.member("Ai").status == "active"


def test_admission_by_decision() -> None:
    village = People(admission="decision")
    application = village.apply("Ai")
    with refused("member.admission_by_decision"):
        admit(village, application, cosigners=("Jiro",))
    with refused("member.admission_by_decision"):
        enter(village, cosigners=("Jiro",))
    with refused("member.admission_by_decision"):
        village.invite("link", cls="member", admits=True)
    village.decide("admit", {"effect": "admit", "applicant": application, "class": "supporter"})
    assert (village.member("Ai").cls, village.held("Ai").member) == ("supporter", village.id("Ai"))
    village.report("Ai")


def test_the_roster_is_entered_without_keys_and_counts() -> None:
    village = People()
    id_ = enter(village, cls="supporter", joined_on="2011-04-01")
    village.ids["Ai"] = id_
    member = village.member("Ai")
    assert (member.type, member.cls, member.status) == ("household", "supporter", "active")
    assert member.joined > START  # membership in the log counts from the entry, whatever the paper says
    assert village.state.children(Key, id_) == []
    assert village.electorate()["Ai"] == {"active": True, "class": "supporter"}
    with refused("member.class_unknown"):
        enter(village, cls="king")
    with refused("format.time"):
        enter(village, joined_on="2011-02-30")
    with refused("role.required"):
        enter(village, by="Jiro")


def test_founders_are_members_with_roots() -> None:
    village = Village("Hanako", "Goro")
    for name in ("Hanako", "Goro"):
        key = village.state.need(Key, village.key_id(name))
        assert (key.member, key.root, key.status) == (village.id(name), True, "active")
