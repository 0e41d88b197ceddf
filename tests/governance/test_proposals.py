"""Proposals from draft to opening: who may do what, when, and under which rule."""

from __future__ import annotations

from typing import Any

import pytest

from governance.books import calls
from governance.books.proposals import Proposal, Version
from ledger import canonical
from ledger.compose import Private
from ledger.errors import FormatError, LedgerError, Refusal
from tests.governance.assembly import WEEK, Assembly
from tests.governance.documents import document
from tests.simulator import DAY, HOUR

NOTICE = document(
    timing={"module": "fixed/1", "voting_seconds": 86_400, "delay_seconds": 3 * 86_400, "timelock_seconds": 0}
)


def code(act: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(LedgerError) as caught:
        act(*args, **more)
    return caught.value.code


def amended(coop: Assembly, proposal: str, author: str = "Ume", **more: Any) -> None:
    body = {
        "proposal": proposal,
        "title": Private("改"),
        "text": Private("改めた案"),
        "options": more.pop("options", []),
    }
    coop.say(author, "proposal.amend/1", body, **({"replaces": coop.proposal(proposal).statement} | more))


def test_a_proposal_lives_by_entries_and_time_alone() -> None:
    coop = Assembly(ordinary=NOTICE)
    proposal = coop.draft()
    assert coop.stage(proposal) == "draft"
    coop.call(proposal)
    called = coop.proposal(proposal)
    assert (called.opens_at, called.closes_at) == ((called.called_at or 0) + 3 * DAY, (called.called_at or 0) + 4 * DAY)
    assert coop.stage(proposal) == "scheduled"
    # What a page says needs no entry: the record and the time suffice.
    assert called.stage((called.opens_at or 0) - 1) == "scheduled"
    assert called.stage(called.opens_at or 0) == "voting"
    assert called.stage(called.closes_at or 0) == "counting"
    coop.wait(3 * DAY)
    assert coop.stage(proposal) == "voting"
    coop.wait(DAY)
    assert coop.stage(proposal) == "failed"


def test_voting_opens_at_the_index_of_the_entries_before_it() -> None:
    coop = Assembly(ordinary=NOTICE)
    proposal = coop.call(coop.draft())
    coop.wait(HOUR)
    before = coop.size
    coop.wait(3 * DAY)
    assert coop.proposal(proposal).opened_index == before


def test_the_entry_that_opens_a_vote_at_once_precedes_the_opening() -> None:
    coop = Assembly()
    proposal = coop.voting()
    before = coop.size
    coop.wait(HOUR)
    opened = coop.proposal(proposal)
    assert opened.opens_at == (opened.called_at or 0) + 1
    assert opened.opened_index == before


def test_a_proposer_may_choose_a_later_opening_but_no_earlier_one() -> None:
    coop = Assembly(ordinary=NOTICE)
    later = coop.draft()
    opens_at = coop.time + 10 * DAY
    coop.call(later, opens_at=canonical.format_time(opens_at))
    assert coop.proposal(later).opens_at == opens_at
    other = coop.draft()
    early, late = canonical.format_time(coop.time + 3 * DAY - 1), canonical.format_time(coop.time + 370 * DAY)
    assert code(coop.call, other, opens_at=early) == "proposal.opens_too_early"
    assert code(coop.call, other, opens_at=late) == "proposal.opens_too_late"
    assert code(coop.call, other, opens_at="tomorrow") == "format.time"
    last = coop.time + 3 * DAY + calls.MAX_AHEAD
    assert code(coop.call, other, opens_at=canonical.format_time(last + 1)) == "proposal.opens_too_late"
    coop.call(other, opens_at=canonical.format_time(last))
    assert coop.proposal(other).opens_at == last


def test_only_the_proposer_changes_calls_or_withdraws() -> None:
    coop = Assembly()
    proposal = coop.draft("Ume")
    assert code(coop.call, proposal, "Hanako") == "proposal.not_yours"
    assert code(amended, coop, proposal, "Hanako") == "proposal.not_yours"
    assert code(coop.say, "Hanako", "proposal.withdraw/1", {"proposal": proposal}) == "proposal.not_yours"


def test_an_amendment_keeps_the_version_before_and_calls_the_vote_off() -> None:
    coop = Assembly(ordinary=NOTICE)
    proposal = coop.call(coop.draft())
    first = coop.proposal(proposal)
    amended(coop, proposal)
    second = coop.proposal(proposal)
    assert coop.stage(proposal) == "draft"
    assert (second.version, second.opens_at, second.title != first.title) == (2, None, True)
    versions = coop.state.children(Version, proposal)
    assert [(found.number, found.statement) for found in versions] == [(1, first.statement), (2, second.statement)]
    coop.wait(10 * DAY)
    assert coop.stage(proposal) == "draft"


def test_an_amendment_names_the_version_it_replaces() -> None:
    coop = Assembly()
    proposal = coop.draft()
    first = coop.proposal(proposal).statement
    amended(coop, proposal)
    assert code(amended, coop, proposal, replaces=first) == "proposal.replaces"
    assert code(amended, coop, proposal, replaces=None) == "proposal.replaces"


def test_nothing_changes_once_voting_has_opened() -> None:
    coop = Assembly()
    proposal = coop.voting()
    assert code(amended, coop, proposal) == "proposal.stage"
    assert code(coop.call, proposal) == "proposal.stage"
    assert code(coop.say, "Ume", "proposal.withdraw/1", {"proposal": proposal}) == "proposal.stage"


def test_a_scheduled_proposal_can_be_withdrawn_and_never_opens() -> None:
    coop = Assembly(ordinary=NOTICE)
    proposal = coop.call(coop.draft())
    coop.say("Ume", "proposal.withdraw/1", {"proposal": proposal})
    coop.wait(4 * DAY)
    assert coop.stage(proposal) == "withdrawn"
    assert coop.proposal(proposal).opened_index is None
    assert code(coop.call, proposal) == "proposal.stage"


def test_calling_twice_is_refused() -> None:
    coop = Assembly(ordinary=NOTICE)
    proposal = coop.call(coop.draft())
    assert code(coop.call, proposal) == "proposal.stage"


@pytest.mark.parametrize(("kind", "options"), [("ordinary", 2), ("choice", 0), ("choice", 1), ("choice", 201)])
def test_options_come_with_a_choice_and_with_nothing_else(kind: str, options: int) -> None:
    coop = Assembly()
    with pytest.raises(FormatError) as caught:
        coop.draft(kind=kind, options=[Private(f"案{number}") for number in range(options)])
    assert (caught.value.code, caught.value.params["path"]) == ("proposal.options", "options")
    assert code(amended, coop, coop.draft(), options=[Private("案")]) == "proposal.options"


def test_a_kind_without_a_rule_can_not_be_proposed() -> None:
    coop = Assembly()
    assert code(coop.draft, kind="war") == "rule.none"


def test_a_member_without_a_device_proposes_on_paper() -> None:
    coop = Assembly()
    signed: dict[str, Any] = {"cosigners": ("Hanako",), "for_": "Matsu", "via": "paper"}
    body = {"kind": "ordinary", "title": Private("橋"), "text": Private("直す"), "paper": Private("scan 3")}
    coop.say("Jiro", "proposal.draft/1", body, **signed)
    (proposal,) = coop.state.children(Proposal)
    assert proposal.proposer == coop.id("Matsu")
    coop.say("Jiro", "proposal.open/1", {"proposal": proposal.id, "paper": Private("scan 4")}, **signed)
    assert coop.proposal(proposal.id).opens_at is not None


def test_private_texts_are_kept_under_the_proposal_and_papers_under_the_member() -> None:
    coop = Assembly()
    entry = coop.say("Ume", "proposal.draft/1", {"kind": "ordinary", "title": Private("一"), "text": Private("二")})
    proposal = coop.state.children(Proposal)[0].id
    subject = coop.books.handler("proposal.draft/1").subject
    assert subject is not None
    assert subject(entry.statement, entry.id, "title") == proposal
    assert subject(entry.statement, entry.id, "paper") == coop.id("Ume")
    amend = coop.statement("Ume", "proposal.amend/1", {"proposal": proposal})
    assert subject(amend, b"x" * 32, "options/0") == proposal


def test_the_rule_in_force_when_voting_opens_is_the_one_that_counts() -> None:
    """Neither does a change of rules reach an open vote, nor can a vote be parked to escape one."""
    coop = Assembly()
    strict = document(threshold={"module": "fraction/1", "fraction": "1/1", "strict": False, "of": "all"})
    parked = coop.draft()
    coop.call(parked, opens_at=canonical.format_time(coop.time + 30 * DAY))
    change = coop.voting("rules", effects=[{"effect": "rule", "kind": "ordinary", "document": strict}])
    running = coop.draft()
    coop.call(running, opens_at=canonical.format_time(coop.time + 6 * DAY))
    coop.vote("Hanako", change, "yes")
    coop.wait(6 * DAY)
    coop.vote("Hanako", running, "yes")
    coop.wait(DAY)
    assert coop.stage(change) == "executed"
    assert (coop.proposal(running).rule, coop.stage(running)) == ("ordinary/1", "voting")
    coop.wait(6 * DAY)
    assert coop.stage(running) == "passed"
    coop.wait(20 * DAY)
    assert coop.proposal(parked).rule == "ordinary/2"
    coop.vote("Hanako", parked, "yes")
    coop.wait(WEEK)
    assert coop.stage(parked) == "failed"


def test_voting_waits_when_the_rule_has_come_to_ask_for_longer_notice() -> None:
    coop = Assembly()
    slow = document(
        timing={"module": "fixed/1", "voting_seconds": 86_400, "delay_seconds": 20 * 86_400, "timelock_seconds": 0}
    )
    parked = coop.draft()
    coop.call(parked, opens_at=canonical.format_time(coop.time + 10 * DAY))
    called = coop.proposal(parked).called_at or 0
    change = coop.voting("rules", effects=[{"effect": "rule", "kind": "ordinary", "document": slow}])
    coop.vote("Hanako", change, "yes")
    coop.wait(12 * DAY)
    waiting = coop.proposal(parked)
    assert (coop.stage(parked), waiting.opens_at, waiting.opened_index) == ("scheduled", called + 20 * DAY, None)
    coop.wait(8 * DAY)
    opened = coop.proposal(parked)
    assert (coop.stage(parked), opened.rule, opened.closes_at) == ("voting", "ordinary/2", called + 21 * DAY)


def test_an_unknown_proposal_is_refused() -> None:
    coop = Assembly()
    assert code(coop.call, "prop_" + "a" * 26) == "proposal.unknown"
    with pytest.raises(Refusal, match="seen_too_old"):
        coop.say("Ume", "proposal.open/1", {"proposal": coop.draft()}, seen_size=coop.size - 1)
