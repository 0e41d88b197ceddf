"""The sample village's decisions: counted again under the rules that decided them, and under others."""

from __future__ import annotations

import pytest

from app.demo.story import Story
from governance import backtest
from governance.books.proposals import Proposal
from governance.books.rules import RuleVersion
from governance.counted_again import again
from ledger.state import State
from tests.app.demo.telling import tell
from tests.governance.documents import document, quorum


@pytest.fixture(scope="module")
def story() -> Story:
    return tell(7)[0]


@pytest.fixture
def state(story: Story) -> State:
    return story.pen.state


def test_the_rules_in_force_give_what_is_recorded(state: State) -> None:
    found = 0
    for proposal in state.children(Proposal):
        if proposal.outcome is None:
            continue
        one = again(state, proposal, backtest.draft(state.need(RuleVersion, proposal.rule or "").document))
        assert one.why is None
        assert one.after == one.before
        assert (one.gained, one.lost) == (0, 0)
        found += 1
    assert found > 7


def test_another_rule_changes_some_of_it(story: Story, state: State) -> None:
    draft = backtest.draft(document(quorum=quorum("heads", "1/3", strict=False)))
    found = backtest.run(state, draft, ("ordinary",), (story.pen.size, 2**53))
    assert found.compared == len(found.decisions) > 5
    quorate = [one.before.present.heads * 3 >= one.before.roll.heads for one in found.decisions]
    assert not all(quorate)
    assert any(quorate)
    results = [one.after.outcome.result == "no_quorum" for one in found.decisions if one.after is not None]
    assert results == [not enough for enough in quorate]
