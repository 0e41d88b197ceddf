"""The sample village shows every kind of decision, in every state that pages have to show."""

from __future__ import annotations

from collections import Counter

import pytest

from app.demo.entrusting import VISITOR
from app.demo.story import Story
from app.demo.villages import MIZUNASATO, VILLAGES
from app.demo.writer import Wave
from governance.books import ballots, calls, proposals, tallying
from governance.books.articles import Articles, current
from governance.books.attendance import Attendance
from governance.books.ballots import Ballot
from governance.books.delegations import Named
from governance.books.meetings import Hands, Meeting
from governance.books.minutes import Minutes
from governance.books.notices import Notice
from governance.books.proposals import Found, Item, Proposal
from governance.books.proxies import Proxy
from ledger.books.belonging import Belonging
from ledger.books.equity import Shares
from ledger.books.members import Member
from ledger.books.projects import Federation, Project
from ledger.books.roles import COOP, Role
from ledger.private import Commit
from ledger.state import State
from tests.app.demo.telling import END, tell

OFFICES = ("auditor", "director")
Told = tuple[Story, list[Wave]]


@pytest.fixture(scope="module", params=[one.seed for one in VILLAGES.values()], ids=list(VILLAGES))
def story(request: pytest.FixtureRequest, village: Told) -> Story:
    return village[0] if request.param == MIZUNASATO.seed else tell(request.param)[0]


@pytest.fixture
def state(story: Story) -> State:
    return story.pen.state


def decided(state: State, kind: str) -> list[Proposal]:
    return [one for one in state.children(Proposal) if one.decides == kind and one.outcome is not None]


def result(proposal: Proposal) -> str:
    assert proposal.outcome is not None
    return proposal.outcome.result


def meeting(state: State, stage: str, gathers: str = "general") -> Meeting:
    (found,) = (one for one in state.children(Meeting) if (one.stage(), one.gathers) == (stage, gathers))
    return found


def test_no_director_audits_what_directors_do(state: State) -> None:
    """監事は理事を兼ねてはならない: 生協法31の2など."""
    held = {name: {one.member for one in state.children(Role, COOP) if one.role == name} for name in OFFICES}
    assert all(held.values())
    assert not held["auditor"] & held["director"]


def test_people_are_elected_in_rounds_from_ballots_that_were_hidden(state: State) -> None:
    election, _ = decided(state, "election")
    counted = state.need(Found, election.id).counted
    assert len(counted.winners) == election.seats == 3
    assert len(counted.rounds) >= 3
    assert all(ballot.opened for ballot in state.children(Ballot, election.id))
    assert election.executed_at is not None
    assert sum(state.get("role", f"{m.id}/director/coop") is not None for m in state.children(Member)) == 3


def test_a_tie_falls_to_the_lot(state: State) -> None:
    _, tied = decided(state, "election")
    found = tied.tally or {}
    assert found["option_1"] == found["option_2"]
    assert len(tied.order) == 2
    assert any(one.lot for one in state.need(Found, tied.id).counted.rounds)


def test_a_panel_drawn_by_lot_decides_in_confidence(state: State) -> None:
    (gift,) = decided(state, "tokens")
    cast = state.children(Ballot, gift.id)
    assert gift.draw is not None
    assert gift.executed_at is not None
    assert {one.member for one in cast} < set(gift.draw.members)
    assert all(isinstance(one.choice, Commit) and one.opened is None for one in cast)
    assert sum(one.heads for one in (gift.tally or {}).values()) == len(cast)


def test_a_budget_funds_some_projects_and_not_others(state: State) -> None:
    (budget,) = decided(state, "budget")
    items, winners = state.children(Item, budget.id), state.need(Found, budget.id).counted.winners
    assert 0 < len(winners) < len(items)
    assert sum(item.cost for item in items if f"option_{item.number}" in winners) <= budget.budget


def test_choices_are_made_by_one_mark_and_by_grades(state: State) -> None:
    methods = [proposals.pinned(state, one).method.NAME for one in decided(state, "choice")]
    assert methods == ["single_choice/1", "majority_judgement/1"]


def test_one_fails_and_one_has_no_quorum(state: State) -> None:
    assert {"passed", "failed", "no_quorum"} <= {result(one) for one in decided(state, "ordinary")}


def test_the_visitor_may_vote_now_on_every_kind_of_ballot(story: Story, state: State) -> None:
    methods = set()
    for one in state.children(Proposal):
        if one.stage(END) == "voting":
            rule = proposals.pinned(state, one)
            assert ballots.voting_weight(state, one, rule, story.people[VISITOR].id) == 1
            methods.add(rule.method.NAME)
    assert methods == {"yes_no_abstain/1", "majority_judgement/1", "stv/1", "equal_shares/1"}


def test_a_general_meeting_was_held_in_the_room_online_by_proxy_and_in_writing(state: State) -> None:
    held = meeting(state, "closed")
    items = [state.need(Proposal, id_) for id_ in held.agenda]
    assert [result(one) for one in items] == ["passed", "failed", "passed"]
    rule = proposals.pinned(state, items[1])
    turnout = tallying.turnout(state, items[1], rule, proposals.closing(items[1]))
    assert min(turnout.in_person, turnout.online, turnout.proxy, turnout.written) > 0
    assert [state.need(Hands, one.id).how for one in items] == ["hands", "hands", "unopposed"]
    assert {one.via for one in state.children(Attendance, held.id)} == {None, "room"}
    assert items[1].outcome is not None
    (missed,) = (step for step in items[1].outcome.steps if step.name == "threshold")
    assert missed.need - missed.have == 1


def test_its_minutes_are_signed_by_all_and_final(state: State) -> None:
    held = meeting(state, "closed")
    first, last = state.children(Minutes, held.id)
    assert first.final_at is None
    assert last.final_at is not None
    assert set(last.signed) == {held.chair, *held.signers}


def test_another_is_coming_with_notice_proxies_and_a_written_ballot(story: Story, state: State) -> None:
    coming = meeting(state, "convened")
    notified = {one.member for one in state.children(Notice, coming.id)}
    assert notified == {person.id for person in story.people}
    assert coming.starts_at - coming.convened_at >= coming.notice > 0
    assert all(state.need(Proposal, id_).decides == "special" for id_ in coming.agenda)
    mine = story.people[VISITOR].id
    assert {"chair", mine} <= {proxy.to for proxy in state.children(Proxy, coming.id)}
    assert "paper" in {ballot.via for ballot in state.children(Ballot, coming.agenda[0])}
    assert meeting(state, "cancelled", "members")
    assert meeting(state, "convened", "board").series


def test_the_articles_were_changed_once_and_may_be_again(state: State) -> None:
    versions = state.children(Articles)
    assert [one.version for one in versions] == [1, 2]
    assert current(state) == versions[1]
    assert state.need(Proposal, versions[1].proposal).meeting == meeting(state, "closed").id
    again = state.need(Proposal, meeting(state, "convened").agenda[0])
    assert [one["effect"] for one in again.effects] == ["articles"]
    assert calls.on_roll(state, again, proposals.pinned(state, again), again.proposer)


def test_others_have_left_their_votes_to_the_visitor_by_subject_and_in_all(story: Story, state: State) -> None:
    mine = story.people[VISITOR].id
    named = state.children(Named, mine)
    assert {"water", "care", ""} <= {one.topic for one in named}
    # A chain: somebody is named by another whom a third has named.
    assert any(state.children(Named, one.member) for one in named)
    passed = [one for one in decided(state, "ordinary") if result(one) == "passed"]
    gathered = [tallying.gather(state, one, proposals.pinned(state, one)) for one in passed]
    assert sum(any(path.holder for path in one.paths.values()) for one in gathered) > 1


def test_areas_households_shares_projects_and_a_federation_are_recorded(state: State) -> None:
    belongings = state.children(Belonging)
    assert len({one.area for one in belongings if one.area}) >= 4
    households = Counter(one.household for one in belongings if one.household)
    assert len(households) >= 2
    assert all(count >= 2 for count in households.values())
    assert len({one.shares for one in state.children(Shares)}) >= 4
    (budget,) = decided(state, "budget")
    allotted = [one for one in state.children(Project) if one.proposal == budget.id]
    assert len(allotted) == len(state.need(Found, budget.id).counted.winners)
    assert len(state.children(Project)) == len(allotted) + 1
    assert len(state.children(Federation)) == 1
