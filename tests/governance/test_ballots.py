"""Ballots: who casts them, which one counts, and what officials may and may not enter."""

from __future__ import annotations

from typing import Any

import pytest

from governance.books import ballots, proposals
from governance.books.rules import RuleVersion
from governance.modules.questions import Roll
from ledger import canonical
from ledger.books.members import Member
from ledger.compose import Private, public_of
from ledger.errors import LedgerError
from tests.governance.assembly import WEEK, Assembly
from tests.governance.documents import document
from tests.simulator import DAY, HOUR

SEALED = document(secrecy={"module": "confidential/1"})
LONG = document(timing={"module": "fixed/1", "voting_seconds": 30 * 86_400, "delay_seconds": 0, "timelock_seconds": 0})


def code(act: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(LedgerError) as caught:
        act(*args, **more)
    return caught.value.code


@pytest.fixture
def coop() -> Assembly:
    return Assembly()


@pytest.fixture
def vote(coop: Assembly) -> str:
    return coop.voting()


def test_the_last_ballot_counts_once(coop: Assembly, vote: str) -> None:
    first = coop.vote("Ume", vote, "yes")
    second = coop.vote("Ume", vote, "abstain", replaces=first)
    coop.vote("Ume", vote, "no", replaces=second)
    coop.close()
    assert coop.tally(vote) == {"yes": (0, 0), "no": (1, 1), "abstain": (0, 0)}


def test_a_recast_names_the_ballot_it_replaces(coop: Assembly, vote: str) -> None:
    """So a ballot that waited on an offline device never overrides a newer one."""
    assert code(coop.vote, "Ume", vote, "yes", replaces=canonical.b64(b"x" * 32)) == "ballot.replaces"
    first = coop.vote("Ume", vote, "yes")
    assert code(coop.vote, "Ume", vote, "no") == "ballot.replaces"
    coop.vote("Ume", vote, "no", replaces=first)
    assert code(coop.vote, "Ume", vote, "yes", replaces=first) == "ballot.replaces"
    assert coop.ballot("Ume", vote).choice == "no"


@pytest.mark.parametrize("choice", ["Yes", "", "option_1", "invalid"])
def test_only_what_the_method_has_can_be_chosen(coop: Assembly, vote: str, choice: str) -> None:
    assert code(coop.vote, "Ume", vote, choice) == "ballot.choice"


def test_options_are_chosen_by_position(coop: Assembly) -> None:
    vote = coop.voting("choice", options=[Private("春"), Private("秋")])
    coop.vote("Ume", vote, "option_2")
    assert code(coop.vote, "Kenta", vote, "option_3") == "ballot.choice"
    assert code(coop.vote, "Kenta", vote, "yes") == "ballot.choice"
    coop.close()
    outcome = coop.proposal(vote).outcome
    assert outcome is not None
    assert (outcome.result, outcome.winners) == ("passed", ("option_2",))


def test_ballots_come_in_between_opening_and_close(coop: Assembly) -> None:
    draft = coop.draft()
    assert code(coop.vote, "Ume", draft, "yes") == "proposal.stage"
    coop.call(draft)
    closes_at = coop.proposal(draft).closes_at or 0
    coop.time = closes_at - 1
    coop.vote("Ume", draft, "yes")
    coop.time = closes_at
    assert code(coop.vote, "Kenta", draft, "no") == "proposal.stage"
    coop.wait(0)
    assert coop.tally(draft)["yes"] == (1, 1)


def test_the_first_instant_of_voting_counts(coop: Assembly) -> None:
    draft = coop.draft()
    opens_at = coop.time + DAY
    coop.call(draft, opens_at=canonical.format_time(opens_at))
    coop.time = opens_at - 1
    assert code(coop.vote, "Ume", draft, "yes") == "proposal.stage"
    coop.time = opens_at
    coop.vote("Ume", draft, "yes")
    assert coop.proposal(draft).opened_index == coop.size - 1


def test_the_roll_is_that_of_the_opening(coop: Assembly, vote: str) -> None:
    coop.wait(HOUR)
    coop.join("Saki")
    assert code(coop.vote, "Saki", vote, "yes") == "ballot.not_on_roll"
    coop.say("Kenta", "member.leave/1", {})
    coop.vote("Ume", vote, "yes")
    coop.close()
    roll = coop.proposal(vote).roll
    assert roll is not None
    assert (roll.heads, roll.weight) == (5, 5)


def test_class_and_weight_are_those_of_the_opening() -> None:
    coop = Assembly(
        ordinary=document(
            electorate={"module": "by_class/1", "classes": ["member"]},
            weight={"module": "by_class/1", "weights": {"member": 3}, "others": 1},
        )
    )
    coop.join("Saki", "supporter")
    vote = coop.voting()
    coop.wait(HOUR)
    body = {"member": coop.id("Ume"), "cls": "supporter", "type": "person", "reason": Private("転居")}
    coop.say("Hanako", "member.correct/1", body, replaces=coop.state.need(Member, coop.id("Ume")).set_by)
    coop.vote("Ume", vote, "yes")
    assert coop.ballot("Ume", vote).weight == 3
    assert code(coop.vote, "Saki", vote, "yes") == "ballot.not_on_roll"
    coop.close()
    assert coop.tally(vote)["yes"] == (1, 3)
    assert coop.proposal(vote).roll == Roll(5, 15)


def test_a_ballot_is_for_the_version_that_its_author_has_seen(coop: Assembly) -> None:
    draft = coop.draft()
    before = coop.size
    body = {"proposal": draft, "title": Private("改"), "text": Private("改めた案")}
    coop.say("Ume", "proposal.amend/1", body, replaces=coop.proposal(draft).statement)
    coop.call(draft)
    assert code(coop.vote, "Kenta", draft, "yes", seen_size=before) == "statement.seen_too_old"
    coop.vote("Kenta", draft, "yes", seen_size=before + 1)


# What officials enter.


def test_a_written_ballot_counts_for_a_member_without_a_device(coop: Assembly, vote: str) -> None:
    coop.paper("Matsu", vote, "yes")
    coop.close()
    assert coop.tally(vote)["yes"] == (1, 1)
    assert (coop.ballot("Matsu", vote).via, coop.ballot("Matsu", vote).member) == ("paper", coop.id("Matsu"))


def test_a_written_ballot_needs_a_second_official_and_a_paper(coop: Assembly, vote: str) -> None:
    body = {"proposal": vote, "choice": "yes", "paper": Private("scan")}
    assert code(coop.paper, "Matsu", vote, "yes", cosigners=()) == "statement.countersign"
    assert code(coop.paper, "Matsu", vote, "yes", cosigners=("Ume",)) == "statement.countersign"
    without = {"proposal": vote, "choice": "yes"}
    signed: dict[str, Any] = {"cosigners": ("Hanako",), "for_": "Matsu", "via": "paper"}
    assert code(coop.say, "Jiro", "ballot.cast/1", without, **signed) == "statement.paper"
    assert code(coop.say, "Ume", "ballot.cast/1", body, **signed) == "role.required"


def test_a_correction_of_a_written_ballot_names_it(coop: Assembly, vote: str) -> None:
    first = coop.paper("Matsu", vote, "yes")
    assert code(coop.paper, "Matsu", vote, "no") == "ballot.replaces"
    coop.paper("Matsu", vote, "no", replaces=first)
    assert coop.ballot("Matsu", vote).choice == "no"


@pytest.mark.parametrize("names_it", [True, False])
def test_the_members_own_ballot_overrides_what_was_entered(coop: Assembly, vote: str, *, names_it: bool) -> None:
    entered = coop.paper("Kenta", vote, "yes")
    coop.vote("Kenta", vote, "no", replaces=entered if names_it else None)
    coop.close()
    assert coop.tally(vote) == {"yes": (0, 0), "no": (1, 1), "abstain": (0, 0)}


def test_what_is_entered_never_overrides_the_members_own(coop: Assembly, vote: str) -> None:
    own = coop.vote("Kenta", vote, "no")
    assert code(coop.paper, "Kenta", vote, "yes") == "ballot.own_stands"
    assert code(coop.paper, "Kenta", vote, "yes", replaces=own) == "ballot.own_stands"
    assert coop.ballot("Kenta", vote).choice == "no"


def test_an_objection_takes_an_entered_ballot_out_and_keeps_others_out(coop: Assembly, vote: str) -> None:
    entered = coop.paper("Kenta", vote, "yes")
    body = {"proposal": vote}
    assert code(coop.say, "Kenta", "ballot.object/1", body) == "ballot.replaces"
    coop.say("Kenta", "ballot.object/1", body, replaces=entered)
    assert code(coop.say, "Kenta", "ballot.object/1", body, replaces=entered) == "ballot.objected"
    assert code(coop.paper, "Kenta", vote, "yes") == "ballot.objected"
    assert code(coop.paper, "Kenta", vote, "yes", replaces=entered) == "ballot.objected"
    coop.paper("Matsu", vote, "no")
    coop.close()
    assert coop.tally(vote) == {"yes": (0, 0), "no": (1, 1), "abstain": (0, 0)}


def test_after_an_objection_the_member_may_still_vote(coop: Assembly, vote: str) -> None:
    entered = coop.paper("Kenta", vote, "yes")
    coop.say("Kenta", "ballot.object/1", {"proposal": vote}, replaces=entered)
    coop.vote("Kenta", vote, "no")
    coop.close()
    assert coop.tally(vote)["no"] == (1, 1)


def test_only_what_was_entered_for_one_can_be_objected_to(coop: Assembly, vote: str) -> None:
    own = coop.vote("Kenta", vote, "no")
    assert code(coop.say, "Kenta", "ballot.object/1", {"proposal": vote}, replaces=own) == "ballot.own"
    assert code(coop.say, "Ume", "ballot.object/1", {"proposal": vote}, replaces=own) == "ballot.unknown"
    entered = coop.paper("Matsu", vote, "no")
    coop.close()
    assert code(coop.say, "Ume", "ballot.object/1", {"proposal": vote}, replaces=entered) == "proposal.stage"


def test_channels_are_those_of_the_rule() -> None:
    online, paper = (Assembly(ordinary=document(channels=[channel])) for channel in ("online", "paper"))
    assert code(online.paper, "Matsu", online.voting(), "yes") == "ballot.channel"
    assert code(paper.vote, "Ume", paper.voting(), "yes") == "ballot.channel"
    room = Assembly()
    assert code(room.paper, "Matsu", room.voting(), "yes", via="room") == "ballot.channel"


def test_open_ballots_are_open_and_sealed_ones_sealed(coop: Assembly, vote: str) -> None:
    assert code(coop.vote, "Ume", vote, Private("yes")) == "ballot.open"
    sealed = Assembly(ordinary=SEALED)
    assert code(sealed.vote, "Ume", sealed.voting(), "yes") == "ballot.sealed"


def test_a_key_recovered_since_the_opening_does_not_vote() -> None:
    coop = Assembly(ordinary=LONG)
    coop.appoint("Jiro", "concierge")
    vote = coop.voting()
    coop.wait(HOUR)
    recover(coop, "Ume")
    coop.wait(8 * DAY)
    coop.keys["Ume"] = coop.key("Ume anew")
    assert code(coop.vote, "Ume", vote, "yes") == "key.recovered_since"
    later = coop.voting()
    coop.vote("Ume", later, "yes")


def test_a_member_of_no_standing_weighs_nothing_before_the_opening(coop: Assembly) -> None:
    proposal = coop.proposal(coop.draft())
    rule = coop.state.need(RuleVersion, "ordinary/1").rule()
    assert ballots.voting_weight(coop.state, proposal, rule, coop.id("Ume")) == 0
    opened = coop.proposal(coop.voting())
    coop.wait(WEEK)
    opened = coop.proposal(opened.id)
    assert ballots.voting_weight(coop.state, opened, proposals.pinned(coop.state, opened), coop.id("Ume")) == 1


def recover(coop: Assembly, name: str) -> None:
    anew = f"{name} anew"
    body = {
        "member": coop.id(name),
        "alg": "ed25519",
        "public": public_of(coop.key(anew)),
        "reason": Private("電話を失くした"),
    }
    fresh = coop.key_id(anew)
    coop.say("Hanako", "key.recover/1", body, cosigners=("Jiro", fresh), keys_of={fresh: anew})
