"""How else co-ops decide and elect: delegates, written resolutions, slates, nominations, elections without contest."""

from __future__ import annotations

from typing import Any

import pytest

from governance import rule
from governance.books.proposals import Found
from ledger import ids
from ledger.books import roles
from ledger.compose import Private
from ledger.errors import FormatError
from tests.governance.documents import document, quorum, share
from tests.governance.hall import TEN_DAYS, Hall, code, general
from tests.simulator import DAY

NORTH = {"area": "north"}
CHOOSING = {"method": {"module": "single_choice/1"}, "threshold": {"module": "relative_majority/1"}}


def elect(hall: Hall, role: str, *names: str) -> dict[str, Any]:
    return {
        "effect": "elect",
        "role": role,
        "scope": "coop",
        "candidates": [hall.id(name) for name in names],
        "from": None,
        "until": None,
    }


def election(**answers: Any) -> dict[str, Any]:
    plain = {
        "method": {"module": "approval/1", "most": None},
        "threshold": {"module": "relative_majority/1"},
        "tie": {"module": "fails/1"},
    }
    return document(**(plain | answers))


def candidates(hall: Hall, role: str, *names: str, seats: int) -> str:
    options = [Private(name) for name in names]
    return hall.draft(kind="election", options=options, seats=seats, effects=[elect(hall, role, *names)])


def holders(hall: Hall, role: str) -> set[str]:
    return {name for name, id_ in hall.ids.items() if roles.holds(hall.state, id_, role)}


def test_delegates_elected_by_area_decide_in_their_assembly() -> None:
    """総代会: members of an area elect its delegates for a term; the assembly decides instead of all members."""
    delegates = {"module": "by_role/1", "roles": ["delegate"]}
    hall = Hall(
        election=election(electorate={"module": "by_area/1", "areas": ["north"]}),
        ordinary=general(
            venue={"module": "meeting/1", "kinds": ["delegates"], "motions": False},
            electorate=delegates,
            quorum=quorum("heads", "1/2", strict=True),
        ),
    )
    for name in ("Ume", "Kenta", "Saki"):
        hall.say("Hanako", "member.belong/1", {"member": hall.id(name)} | NORTH, cosigners=("Jiro",))
    constituency = hall.call(candidates(hall, "delegate", "Kenta", "Saki", "Toru", seats=2))
    assert code(hall.vote, "Toru", constituency, "3") == "ballot.not_on_roll"
    hall.vote("Ume", constituency, "1,2")
    hall.vote("Kenta", constituency, "1,2")
    hall.vote("Saki", constituency, "1,3")
    hall.close()
    assert holders(hall, "delegate") == {"Kenta", "Saki"}
    item = hall.draft()
    assert code(hall.convene, item) == "proposal.needs_meeting"
    assembly = hall.convene(item, kind="delegates")
    hall.begin(assembly, "Hanako", "Kenta", "Saki", "Ume")
    assert code(hall.vote, "Ume", item, "yes") == "ballot.not_on_roll"
    hall.vote_all(("Kenta", "Saki"), item, "yes")
    assert hall.put(assembly, item) == "passed"
    roll = hall.proposal(item).roll
    assert roll is not None
    assert (roll.heads, hall.present(item)) == (2, 2)


def test_one_rule_serves_the_general_meeting_the_assembly_of_delegates_and_the_board() -> None:
    kinds = ["general", "delegates", "board"]
    hall = Hall(
        ordinary=general(
            venue={"module": "meeting/1", "kinds": kinds, "motions": False}, electorate={"module": "assembly/1"}
        )
    )
    for name, role in (("Kenta", "delegate"), ("Saki", "delegate"), ("Saki", "director")):
        hall.appoint_by_decision(name, role)
    for kind, heads in (("general", 7), ("delegates", 2), ("board", 1)):
        item = hall.draft()
        meeting = hall.convene(item, kind=kind)
        hall.begin(meeting, "Hanako", "Saki", "Ume")
        if kind == "general":
            hall.vote("Ume", item, "yes")
        else:
            assert code(hall.vote, "Ume", item, "yes") == "ballot.not_on_roll"
        hall.vote("Saki", item, "yes")
        hall.put(meeting, item)
        roll = hall.proposal(item).roll
        assert roll is not None
        assert (kind, roll.heads) == (kind, heads)
        hall.say("Hanako", "meeting.close/1", {"meeting": meeting})


def test_one_missing_voice_fails_a_unanimous_written_resolution() -> None:
    """みなし決議: without a meeting, and with the consent of everyone who may vote."""
    unanimous = document(threshold=share("1/1", "all", strict=False), channels=["online", "paper"])
    for everyone, result in ((True, "passed"), (False, "failed")):
        hall = Hall(ordinary=unanimous)
        vote = hall.voting()
        hall.vote_all(("Hanako", "Jiro", "Ume", "Kenta", "Saki"), vote, "yes")
        hall.paper("Matsu", vote, "yes")
        if everyone:
            hall.vote("Toru", vote, "yes")
        hall.close()
        assert hall.stage(vote) == result


def slate(hall: Hall, *names: str) -> str:
    effects = [
        {"effect": "role", "member": hall.id(name), "role": "director", "scope": "coop", "from": None, "until": None}
        for name in names
    ]
    return hall.draft(kind="role", effects=effects)


def or_all(**answers: Any) -> dict[str, Any]:
    return general(venue={"module": "meeting_or_all/1", "kinds": ["general"], "motions": False}, **answers)


def called(hall: Hall) -> str:
    """A proposal of Ume's, called without a meeting. Seven may vote."""
    return hall.call(hall.draft())


EVERYONE = ("Hanako", "Jiro", "Ume", "Kenta", "Saki", "Toru")


@pytest.mark.parametrize(
    ("matsu", "expected"), [("yes", "passed"), ("no", "failed"), ("abstain", "failed"), (None, "failed")]
)
def test_what_a_meeting_decides_all_can_decide_without_one(matsu: str | None, expected: str) -> None:
    """みなし決議 under a meeting's own rule, whatever its quorum, majority and notice."""
    hall = Hall(ordinary=or_all(quorum=quorum("heads", "1/2", strict=True), timing=TEN_DAYS))
    vote = called(hall)
    hall.wait(1)
    assert hall.stage(vote) == "voting"
    hall.vote_all(EVERYONE, vote, "yes")
    if matsu is not None:
        hall.paper("Matsu", vote, matsu)
    hall.close()
    assert hall.stage(vote) == expected
    outcome = hall.proposal(vote).outcome
    assert outcome is not None
    assert [(step.name, step.unit, step.have, step.base) for step in outcome.steps] == [
        ("threshold", "heads", 7 if expected == "passed" else 6, 7)
    ]


def test_a_majority_without_a_meeting_decides_nothing() -> None:
    """Not by a chair, not by others' word, not by a change of rules on the way."""
    hall = Hall(ordinary=or_all(tie={"module": "chair/1"}, electorate={"module": "without_chair/1"}))
    vote = called(hall)
    hall.wait(1)
    meeting = hall.convene(hall.draft())
    hall.entrust("Matsu", meeting, "Kenta")
    assert code(hall.hands, vote, 7) == "hands.no_meeting"
    hall.vote_all(EVERYONE, vote, "yes")
    hall.close()
    assert hall.stage(vote) == "failed"
    in_meeting = hall.draft()
    meeting = hall.convene(in_meeting)
    hall.begin(meeting, "Jiro", "Ume", "Kenta")
    hall.vote_all(("Jiro", "Ume"), in_meeting, "yes")
    assert hall.put(meeting, in_meeting) == "passed"


@pytest.mark.parametrize(
    "electorate",
    [
        {"module": "disinterested/1"},
        {"module": "all_of/1", "parts": [{"module": "assembly/1"}, {"module": "disinterested/1"}]},
        {"module": "any_of/1", "parts": [{"module": "by_role/1", "roles": ["auditor"]}, {"module": "disinterested/1"}]},
    ],
    ids=lambda electorate: electorate["module"],
)
def test_two_are_not_all_by_saying_that_it_concerns_everybody_else(electorate: dict[str, Any]) -> None:
    """Packing by leaving out: in a meeting whom it concerns has no vote, without one everybody's consent it takes."""
    hall = Hall(ordinary=or_all(electorate=electorate))
    others = [hall.id(name) for name in ("Kenta", "Saki", "Toru")]
    body = {"kind": "ordinary", "title": Private("定款"), "text": Private("改める。"), "interested": others}
    drafts = [hall.say("Ume", "proposal.draft/1", body, cosigners=("Hanako",)) for _ in range(2)]
    vote, item = (ids.object_id("prop", draft.id) for draft in drafts)
    hall.call(vote)
    hall.convene(item)
    hall.vote_all(("Ume", "Hanako"), vote, "yes")
    assert code(hall.vote, "Toru", item, "no") == "ballot.not_on_roll"
    hall.vote_all(("Jiro", "Kenta", "Saki"), vote, "yes")
    hall.paper("Matsu", vote, "yes")
    hall.close()
    assert hall.stage(vote) == "failed"
    found = hall.proposal(vote)
    assert found.roll is not None
    assert found.roll.heads == 7
    assert hall.folded_again() == hall.records()


def test_what_is_called_under_another_rule_takes_the_consent_that_the_new_one_asks_for() -> None:
    slow = {"module": "fixed/1", "voting_seconds": 86_400, "delay_seconds": 30 * 86_400, "timelock_seconds": 0}
    hall = Hall(ordinary=document(timing=slow))
    vote = called(hall)
    change = hall.voting("rules", effects=[{"effect": "rule", "kind": "ordinary", "document": or_all()}])
    hall.vote("Ume", change, "yes")
    hall.close()
    hall.time = hall.proposal(vote).opens_at or 0
    hall.vote_all(EVERYONE, vote, "yes")
    hall.wait(10 * DAY)
    assert hall.stage(vote) == "failed"


def test_officers_are_chosen_by_resolution_on_a_slate() -> None:
    hall = Hall(role=general())
    item = slate(hall, "Kenta", "Saki", "Ume")
    meeting = hall.convene(item)
    hall.begin(meeting, "Hanako", "Jiro", "Toru", "Ume")
    hall.hands(item, 3, 1)
    assert hall.put(meeting, item) == "executed"
    assert holders(hall, "director") == {"Kenta", "Saki", "Ume"}


@pytest.mark.parametrize("objects", [False, True])
def test_nomination_takes_the_consent_of_all_who_are_there(*, objects: bool) -> None:
    """指名推選: names are put forward, and nobody present objects; one objection, and there is no nomination."""
    all_present = {"threshold": share("1/1", "present", strict=False), "tie": {"module": "fails/1"}}
    hall = Hall(role=general(**all_present))
    item = slate(hall, "Kenta", "Saki")
    meeting = hall.convene(item)
    hall.begin(meeting, "Hanako", "Jiro", "Toru", "Ume")
    if objects:
        hall.vote("Toru", item, "no")
    hall.unopposed(item)
    assert hall.put(meeting, item) == ("failed" if objects else "executed")
    assert holders(hall, "director") == (set() if objects else {"Kenta", "Saki"})


ELECTED = {"module": "elected/1"}


@pytest.mark.parametrize("secrecy", ["open/1", "confidential/1"])
def test_without_a_contest_all_are_elected_and_nobody_is_kept_waiting(secrecy: str) -> None:
    hall = Hall(election=election(uncontested=ELECTED, secrecy={"module": secrecy}))
    item = hall.call(candidates(hall, "director", "Kenta", "Saki", seats=3))
    hall.wait(2000)
    assert hall.stage(item) == "executed"
    assert holders(hall, "director") == {"Kenta", "Saki"}
    found = hall.proposal(item)
    assert found.outcome is not None
    (step,) = found.outcome.steps
    assert (step.name, step.have, step.base, step.holds) == ("uncontested", 2, 3, True)
    assert hall.state.need(Found, item).counted.winners == ("option_1", "option_2")


def test_in_a_meeting_they_are_elected_when_the_item_is_closed_and_no_ballots_are_cast() -> None:
    hall = Hall(
        election=election(uncontested=ELECTED, venue={"module": "meeting/1", "kinds": ["general"], "motions": False})
    )
    item = candidates(hall, "director", "Kenta", seats=1)
    meeting = hall.convene(item)
    assert code(hall.vote, "Ume", item, "1") == "ballot.uncontested"
    hall.begin(meeting)
    assert holders(hall, "director") == set()
    assert hall.put(meeting, item) == "executed"
    assert holders(hall, "director") == {"Kenta"}


def test_with_one_candidate_more_than_seats_there_is_a_vote() -> None:
    hall = Hall(election=election(uncontested=ELECTED))
    item = hall.call(candidates(hall, "director", "Kenta", "Saki", "Ume", seats=2))
    hall.wait(2000)
    assert hall.stage(item) == "voting"
    hall.vote("Hanako", item, "3")
    hall.vote("Jiro", item, "1,3")
    hall.close()
    assert holders(hall, "director") == {"Ume", "Kenta"}


def test_where_the_rule_asks_for_a_vote_one_candidate_is_no_election() -> None:
    hall = Hall(election=election())
    assert code(candidates, hall, "director", "Kenta", seats=1) == "proposal.options"
    assert code(candidates, hall, "director", "Kenta", "Saki", seats=3) == "proposal.seats"
    vote = hall.call(candidates(hall, "director", "Kenta", "Saki", seats=2))
    hall.wait(2000)
    assert hall.stage(vote) == "voting"


def test_rules_for_meetings_are_checked_as_a_whole() -> None:
    def fault(**answers: Any) -> tuple[Any, Any]:
        with pytest.raises(FormatError) as caught:
            rule.parse(document(**answers))
        return caught.value.params["path"], caught.value.params["reason"]

    meeting = {"module": "meeting/1", "kinds": ["general"], "motions": False}
    assert fault(venue=meeting | {"kinds": []}) == ("venue/kinds", "empty")
    assert fault(venue=meeting | {"kinds": ["party"]}) == ("venue/kinds/0", "not_a_meeting")
    assert fault(venue=meeting | {"kinds": ["board", "board"]}) == ("venue/kinds/1", "twice")
    members = {"module": "members/1", "most": 9, "who": "members", "to_chair": False}
    by_all = meeting | {"module": "meeting_or_all/1"}
    assert fault(venue=by_all, channels=["room"]) == ("venue/module", "needs_ballots")
    assert fault(venue=by_all, **CHOOSING) == ("venue/module", "needs_yes_no")
    assert fault(proxy=members | {"most": 0}) == ("proxy/most", "range")
    assert fault(proxy=members | {"who": "household", "to_chair": True}) == ("proxy/to_chair", "household")
    assert fault(proxy=members | {"who": "anyone"}) == ("proxy/who", "wrong_type")
    assert fault(uncontested=ELECTED) == ("uncontested/module", "needs_seats")
    assert fault(channels=["online", "proxy"]) == ("channels/1", "unknown_channel")
    houses = {"module": "houses/1", "shares": {"member": 50, "supporter": 50}}
    chairless = {"module": "all_of/1", "parts": [{"module": "without_chair/1"}, {"module": "disinterested/1"}]}
    assert fault(electorate=chairless, weight=houses) == ("electorate/module", "needs_plain_weight")
    late = {"module": "phased/1", "deliberation_seconds": 0, "delay_seconds": 0, "voting_seconds": 86_400}
    late |= {"late_quorum_seconds": 60, "early_close": False, "super_quorum": None, "timelock_seconds": 0}
    assert fault(venue=meeting, timing=late | {"execution_seconds": 0}) == ("timing/module", "not_in_meetings")
