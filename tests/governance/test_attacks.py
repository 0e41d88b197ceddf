"""Attacks on decisions, each as somebody tried it elsewhere or might try it here, and what comes of it.

Where there was an incident the test names it.
"""

from __future__ import annotations

import pytest

from governance.books import calls, drafts, draws
from ledger import canonical
from ledger.compose import Private
from tests.governance.assembly import Assembly
from tests.governance.attacking import NOT_CONCERNED, adopting, decided, giving, panel_of, root
from tests.governance.documents import CHOICE, document, quorum
from tests.governance.test_calls import PHASED, code, second
from tests.simulator import DAY


def test_borrowed_weight_counts_once_and_only_as_at_the_opening() -> None:
    """Beanstalk (April 2022): votes bought by a flash loan within the transaction that counted them."""
    coop = Assembly(ordinary=document(weight={"module": "balance/1", "cap": None}))
    with coop.granted("Ume", 100):
        vote = coop.call(coop.draft())
    coop.draft()
    coop.vote("Ume", vote, "yes")
    coop.say("Ume", "token.gift/1", {"to": coop.id("Kenta"), "amount": 100})
    assert code(coop.vote, "Kenta", vote, "yes") == "ballot.not_on_roll"
    decided(coop, vote)
    assert coop.tally(vote)["yes"] == (1, 100)


def test_nobody_sets_their_own_weight() -> None:
    """Shares and households are recorded by an official and another; the vote's table only by a decision."""
    coop = Assembly()
    pay = {"member": coop.id("Hanako"), "shares": 100, "yen": 500_000}
    assert code(coop.say, "Hanako", "equity.payment/1", pay) == "equity.countersign"
    alone = {"cosigners": ("Hanako",)}
    assert code(coop.say, "Hanako", "equity.payment/1", pay, **alone) == "format.signer_twice"
    assert code(coop.say, "Hanako", "member.belong/1", {"member": coop.id("Hanako")}) == "role.second_required"
    assert code(coop.say, "Ume", "member.belong/1", {"member": coop.id("Ume")}) == "role.required"
    assert code(coop.say, "Ume", "contribution.attest/1", {"contribution": "con_" + "a" * 26}) == "contribution.unknown"
    table = document(weight={"module": "table/1", "weights": {coop.id("Ume"): 1000}, "others": 1})
    assert code(coop.draft, kind="ordinary", effects=[adopting("ordinary", table)]) == "effect.invalid"


def test_whoever_joins_for_the_vote_does_not_vote() -> None:
    """Packing: after the opening nobody comes onto the roll, and tenure keeps out those who came shortly before."""
    tenure = document(electorate={"module": "tenure/1", "member_seconds": 30 * 86_400})
    coop = Assembly(ordinary=tenure)
    coop.wait(40 * DAY)
    for number in range(6):
        coop.join(f"friend {number}")
    vote = coop.voting()
    for number in range(6):
        assert code(coop.vote, f"friend {number}", vote, "yes") == "ballot.not_on_roll"
    coop.join("later")
    assert code(coop.vote, "later", vote, "yes") == "ballot.not_on_roll"
    assert decided(coop, vote, Ume="no", Kenta="yes", Jiro="no") == "failed"


def test_nobody_expels_the_majority_in_one_vote_that_leaves_it_out() -> None:
    """The members whom an expulsion concerns don't vote on it. So it can't concern everybody else."""
    coop = Assembly(expel=NOT_CONCERNED)
    expulsions = [{"effect": "expel", "member": coop.id(name)} for name in ("Hanako", "Jiro", "Kenta")]
    assert code(coop.draft, kind="expel", effects=expulsions) == "proposal.one_concerned"
    others = [coop.id(name) for name in ("Hanako", "Jiro")]
    signed = {"cosigners": ("Hanako", "Jiro")}
    body = {"kind": "expel", "title": Private("除名"), "text": Private("理由"), "interested": others}
    assert code(coop.say, "Ume", "proposal.draft/1", body | {"effects": expulsions[2:]}, **signed) == (
        "proposal.one_concerned"
    )
    one = coop.draft(kind="expel", effects=[expulsions[2], {"effect": "suspend", "until": None} | {
        "member": coop.id("Kenta")}])  # fmt: skip
    assert coop.proposal(one).interested == (coop.id("Kenta"),)
    again = {"proposal": one, "title": Private("除名"), "text": Private("理由"), "effects": expulsions}
    assert code(coop.say, "Ume", "proposal.amend/1", again, replaces=coop.proposal(one).statement) == (
        "proposal.one_concerned"
    )


def test_nobody_is_declared_concerned_to_be_rid_of_their_vote() -> None:
    coop = Assembly(ordinary=NOT_CONCERNED)
    body = {"kind": "ordinary", "title": Private("契約"), "text": Private("本文"), "interested": [coop.id("Kenta")]}
    assert code(coop.say, "Ume", "proposal.draft/1", body) == "proposal.interested_unsigned"
    coop.say("Ume", "proposal.draft/1", body, cosigners=("Kenta",))
    coop.say("Ume", "proposal.draft/1", body, cosigners=("Hanako",))
    coop.say("Kenta", "proposal.draft/1", body)
    # One official and a friend are not left alone to vote: less than half on their word, whoever else is out agrees.
    others = [coop.id(name) for name in ("Jiro", "Kenta", "Matsu")]
    assert code(coop.say, "Ume", "proposal.draft/1", body | {"interested": others}, cosigners=("Hanako",)) == (
        "proposal.interested_many"
    )
    coop.say("Ume", "proposal.draft/1", body | {"interested": others}, cosigners=("Hanako", "Jiro"))


def test_nobody_gets_onto_a_panel_after_the_lot() -> None:
    """With the seed known anyone can reckon whose ticket is low: such a friend is made a facilitator too late."""
    panel = {"module": "panel/1", "size": 3, "of": {"module": "by_role/1", "roles": ["facilitator"]}}
    coop = Assembly(ordinary=document(electorate=panel, timing=PHASED | {"delay_seconds": 86_400}))
    for name in ("Ume", "Kenta"):
        coop.appoint(name, "facilitator")
    vote = coop.call(coop.draft())
    lot = draws.draw_panel(coop.state, coop.proposal(vote), panel_of(coop, vote), root(coop))
    coop.say("clerk", "lot.panel/1", {"proposal": vote, "last": canonical.b64(lot.last), "among": lot.among})
    for number in range(8):
        coop.join(f"friend {number}")
        coop.appoint(f"friend {number}", "facilitator")
    coop.wait(2 * DAY)
    for number in range(8):
        assert code(coop.vote, f"friend {number}", vote, "yes") == "ballot.not_on_roll"
    decided(coop, vote, Ume="yes")
    roll = coop.proposal(vote).roll
    assert roll is not None
    assert roll.heads == 3


def test_a_suspended_members_ballot_stands_and_is_not_changed() -> None:
    """The roll is frozen at the opening: nobody is suspended to make their ballot go away, or to recast it for them."""
    coop = Assembly()
    vote = coop.voting()
    said = coop.vote("Kenta", vote, "no")
    suspended = {"member": coop.id("Kenta"), "reason": Private("調べのため")}
    coop.say("Hanako", "member.suspend/1", suspended, cosigners=("Jiro",))
    assert code(coop.vote, "Kenta", vote, "yes", replaces=said) == "member.inactive"
    assert code(coop.paper, "Kenta", vote, "yes", replaces=said) == "member.inactive"
    assert decided(coop, vote, Ume="yes") == "failed"
    assert coop.tally(vote)["no"] == (1, 1)


def test_opponents_who_abstain_bring_about_no_quorum_that_does_not_count_them() -> None:
    """Quorum gaming: where presence counts, a voter against helps it; where support counts, nobody else does."""
    presence = Assembly(ordinary=document(quorum=quorum("heads", "3/5", strict=False)))
    vote = presence.voting()
    assert decided(presence, vote, Ume="yes", Kenta="abstain", Jiro="abstain") == "passed"
    answers = {"module": "answers/1", "counts": ["yes"], "unit": "heads", "fraction": "3/5", "strict": False}
    support = Assembly(ordinary=document(quorum=answers | {"rounding": "exact"}))
    vote = support.voting()
    assert decided(support, vote, Ume="yes", Kenta="abstain", Jiro="abstain", Hanako="no") == "no_quorum"


def test_what_was_clearly_defeated_does_not_come_back_in_another_dress() -> None:
    """Spam: in another order, with a text beside it, or with one thing more, it would do the same again."""
    rest = {"module": "cooling_off/1", "wait_seconds": 30 * 86_400, "below": "1/4"}
    coop = Assembly(role=document(admission=rest))
    jiro, kenta, matsu = (giving(coop, name) for name in ("Jiro", "Kenta", "Matsu"))
    vote = coop.voting("role", effects=[jiro, kenta])
    assert decided(coop, vote, Ume="no", Jiro="no") == "failed"
    text = {"effect": "text"}
    for dressed in ([kenta, jiro], [text, jiro, kenta], [jiro, matsu, kenta, text]):
        assert code(coop.call, coop.draft("Kenta", "role", effects=dressed), "Kenta") == "proposal.cooling_off"
    coop.call(coop.draft("Kenta", "role", effects=[jiro]), "Kenta")
    coop.wait(30 * DAY)
    coop.call(coop.draft("Kenta", "role", effects=[kenta, jiro]), "Kenta")


def test_nobody_buries_the_others_under_proposals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spam: so many of one member wait to be decided, drafts or called; what is decided or withdrawn makes room."""
    monkeypatch.setattr(drafts, "MAX_UNDECIDED", 3)
    coop = Assembly()
    decided(coop, coop.voting(), Ume="yes")
    draft, called, voting = coop.draft(), coop.draft(), coop.voting()
    coop.call(called, opens_at=canonical.format_time(coop.time + 30 * DAY))
    assert code(coop.draft) == "proposal.too_many"
    coop.draft("Kenta")
    coop.say("Ume", "proposal.withdraw/1", {"proposal": draft})
    coop.draft()
    assert code(coop.draft) == "proposal.too_many"
    assert decided(coop, voting, Ume="yes") == "passed"
    coop.draft()
    assert code(coop.draft) == "proposal.too_many"
    assert coop.folded_again() == coop.records()


def test_what_a_casting_vote_decides_makes_room_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tie is counted twice, before and after the casting vote."""
    monkeypatch.setattr(drafts, "MAX_UNDECIDED", 2)
    coop = Assembly(ordinary=document(tie={"module": "chair/1"}))
    coop.appoint_by_decision("Kenta", "chair")
    vote, _ = coop.voting(), coop.draft("Jiro")
    assert decided(coop, vote, Ume="yes", Kenta="no") == "tied"
    coop.say("Kenta", "ballot.casting/1", {"proposal": vote, "choice": "yes"})
    coop.draft()
    assert code(coop.draft) == "proposal.too_many"


def test_nobody_fills_a_round_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Things taken back keep their numbers, so they count."""
    monkeypatch.setattr(drafts, "MAX_ITEMS_EACH", 2)
    coop = Assembly(budget=CHOICE | {"method": {"module": "greedy_budget/1", "most": 10, "by": "votes"}})
    one, other = coop.draft(kind="budget", budget=100), coop.draft(kind="budget", budget=100)

    def add(name: str, round_: str) -> None:
        body = {"proposal": round_, "title": Private("街灯"), "text": Private("通学路に。"), "cost": 5}
        coop.say(name, "proposal.item/1", body)

    add("Kenta", one)
    coop.say("Kenta", "proposal.item_withdraw/1", {"item": f"{one}/1"})
    add("Kenta", one)
    assert code(add, "Kenta", one) == "proposal.items_each"
    add("Kenta", other)
    add("Jiro", one)


@pytest.mark.parametrize("few", [30, 0], ids=["looked up one by one", "all read at once"])
def test_seconds_of_those_who_are_gone_do_not_count(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Friends who join, second and leave again, or were suspended since, are not behind it any more."""
    monkeypatch.setattr(calls, "_FEW", few)
    coop = Assembly(ordinary=document(admission={"module": "seconders/1", "count": 2}))
    coop.join("friend")
    vote = coop.draft()
    for name in ("friend", "Kenta"):
        second(coop, name, vote)
    coop.say("friend", "member.leave/1", {})
    assert code(coop.call, vote) == "proposal.seconders"
    second(coop, "Jiro", vote)
    suspended = {"member": coop.id("Kenta"), "reason": Private("調べのため")}
    coop.say("Hanako", "member.suspend/1", suspended, cosigners=("Jiro",))
    assert code(coop.call, vote) == "proposal.seconders"
    coop.say("Hanako", "member.reinstate/1", {"member": coop.id("Kenta")})
    coop.call(vote)


def test_a_text_does_not_come_back_as_the_effect_that_does_nothing() -> None:
    rest = {"module": "cooling_off/1", "wait_seconds": 30 * 86_400, "below": "1/4"}
    coop = Assembly(ordinary=document(admission=rest))
    assert decided(coop, coop.voting(), Kenta="no") == "failed"
    assert code(coop.call, coop.draft(effects=[{"effect": "text"}])) == "proposal.cooling_off"


def test_ids_are_not_taken_beforehand() -> None:
    """GHSA-5h3x-9wvq-w4m2: a Governor's ids were known before, so that others could propose the same and cancel it.

    Here the id follows from the signed statement, nonce and author included.
    """
    coop = Assembly()
    body = {"kind": "ordinary", "title": Private("題"), "text": Private("文")}
    statement = coop.statement("Ume", "proposal.draft/1", body)
    draft, signatures = coop.signed(statement, ["Ume"])
    first = coop.submit(draft.data, signatures)
    assert coop.submit(draft.data, signatures) == first
    copied = coop.draft("Kenta")
    assert copied != coop.draft("Ume") != coop.draft("Ume")
    assert code(coop.say, "Ume", "proposal.withdraw/1", {"proposal": copied}) == "proposal.not_yours"
    assert code(coop.submit, draft.data.replace(b"Z", b"Y"), signatures) == "format.time"
    second(coop, "Jiro", copied)
    assert coop.proposal(copied).seconds == 1
