"""The chapter in which the story's co-op decides in every way there is: by lot, by proxy, in a meeting, on a budget."""

from __future__ import annotations

from typing import Any

from governance.books import draws, proposals
from governance.books.proposals import Proposal
from ledger import canonical, ids
from ledger.compose import Private
from tests.ledger.books.people import People
from tests.simulator import DAY, majority_rule

PHASED = {
    "module": "phased/1",
    "deliberation_seconds": 0,
    "delay_seconds": 0,
    "voting_seconds": 604_800,
    "late_quorum_seconds": 0,
    "early_close": False,
    "super_quorum": None,
    "timelock_seconds": 86_400,
    "execution_seconds": 86_400,
}
MOST = {"module": "relative_majority/1"}
RULES: dict[str, dict[str, Any]] = {
    "ordinary": {
        "admission": {"module": "seconders/1", "count": 1},
        "delegation": {"module": "standing/1", "depth": None},
        "timing": PHASED,
        "veto": {"module": "by_role/1", "roles": ["facilitator"], "count": 1},
    },
    "special": {
        "channels": ["online", "room", "hands", "unopposed"],
        "proxy": {"module": "members/1", "most": 4, "who": "members", "to_chair": True},
        "threshold": {"module": "fraction/1", "fraction": "1/2", "strict": True, "of": "present"},
        "tie": {"module": "chair/1"},
        "timing": PHASED | {"timelock_seconds": 0, "execution_seconds": 0},
        "venue": {"module": "meeting/1", "kinds": ["general"], "motions": True},
    },
    "expel": {
        "electorate": {"module": "all_of/1", "parts": [{"module": "all_active/1"}, {"module": "disinterested/1"}]}
    },
    "tokens": {"electorate": {"module": "panel/1", "size": 3, "of": {"module": "all_active/1"}}},
    "choice": {
        "method": {"module": "single_choice/1"},
        "secrecy": {"module": "hidden/1"},
        "threshold": MOST,
    },
    "election": {"method": {"module": "stv/1"}, "threshold": MOST, "tie": {"module": "lot/1"}},
    "budget": {"method": {"module": "greedy_budget/1", "most": 10, "by": "votes"}, "threshold": MOST},
}


def governs(coop: People) -> None:
    """All of it, one after the other."""
    for kind in ("special", "expel", "tokens", "choice", "election", "budget", "ordinary"):
        document = majority_rule(**RULES[kind])
        coop.decide("rules", {"effect": "rule", "kind": kind, "document": document})
    _belongs(coop)
    _seconds_and_vetoes(coop)
    _hears(coop)
    _draws(coop)
    _opens_what_was_hidden(coop)
    _shares_a_budget(coop)
    coop.elect("Saki", "auditor", until=coop.time + 120 * DAY)
    _meets(coop)


def _belongs(coop: People) -> None:
    home = {"member": coop.id("Ume"), "area": "north", "household": "new"}
    coop.say("Hanako", "member.belong/1", home, cosigners=("Jiro",))
    shares = {"member": coop.id("Ume"), "shares": 2, "yen": 10_000}
    coop.say("Hanako", "equity.payment/1", shares, cosigners=("Ume",))


def _draft(coop: People, kind: str, **more: Any) -> str:
    body = {"kind": kind, "title": Private("議案"), "text": Private("案のとおり")} | more
    return ids.object_id("prop", coop.say("Ume", "proposal.draft/1", body).id)


def _voting(coop: People, kind: str, **more: Any) -> str:
    proposal = _draft(coop, kind, **more)
    coop.say("Ume", "proposal.open/1", {"proposal": proposal})
    coop.wait(1000)
    return proposal


def _cast(coop: People, name: str, proposal: str, choice: Any) -> None:
    coop.say(name, "ballot.cast/1", {"proposal": proposal, "choice": choice})


def _proposal(coop: People, proposal: str) -> Proposal:
    return coop.state.need(Proposal, proposal)


def _seconds_and_vetoes(coop: People) -> None:
    coop.say("Saki", "delegation.give/1", {"to": coop.id("Ume")})
    coop.say("Matsu", "delegation.give/1", {"to": coop.id("Saki")})
    coop.say("Matsu", "delegation.revoke/1", {})
    effect = {"effect": "project", "lead": coop.id("Ume")}
    stopped, done = (_draft(coop, "ordinary", effects=[effect]) for _ in range(2))
    for proposal in (stopped, done):
        coop.say("Jiro", "proposal.second/1", {"proposal": proposal, "version": 1})
        coop.say("Ume", "proposal.open/1", {"proposal": proposal})
        coop.wait(1000)
        _cast(coop, "Ume", proposal, "yes")
    coop.wait(7 * DAY)
    coop.say("Jiro", "proposal.veto/1", {"proposal": stopped, "reason": Private("早すぎる")})
    coop.wait(DAY)
    coop.say("Ume", "proposal.execute/1", {"proposal": done})


def _hears(coop: People) -> None:
    effect = {"effect": "suspend", "member": coop.id("Goro"), "until": None}
    proposal = _voting(coop, "expel", effects=[effect])
    coop.say("Goro", "proposal.hearing/1", {"proposal": proposal, "text": Private("覚えがありません。")})
    _cast(coop, "Ume", proposal, "no")
    coop.wait(8 * DAY)


def _draws(coop: People) -> None:
    """A panel before the vote, and the order of two who have as many votes after it."""
    called = _draft(coop, "tokens", effects=[{"effect": "mint", "member": coop.id("Ume"), "amount": 5}])
    coop.say("Ume", "proposal.open/1", {"proposal": called})
    proposal = _proposal(coop, called)
    panel = proposals.pinned(coop.state, proposal).electorate.panel()
    assert panel is not None
    lot = draws.draw_panel(coop.state, proposal, panel, _root(coop))
    coop.say("clerk", "lot.panel/1", {"among": lot.among, "last": canonical.b64(lot.last), "proposal": called})
    coop.wait(8 * DAY)
    people = ("Ume", "Saki")
    elect = {"effect": "elect", "role": "director", "scope": "coop", "from": None, "until": None}
    candidates = {"candidates": [coop.id(name) for name in people]}
    options = {"options": [Private(name) for name in people], "effects": [elect | candidates]}
    tied = _voting(coop, "election", **options)
    _cast(coop, "Ume", tied, "1")
    _cast(coop, "Saki", tied, "2")
    coop.wait(8 * DAY)
    order = list(draws.draw_order(coop.state, _proposal(coop, tied), _root(coop)))
    coop.say("clerk", "lot.order/1", {"order": order, "proposal": tied})


def _root(coop: People) -> bytes:
    return canonical.unb64(str(coop.root_at(coop.size)), 32)


def _opens_what_was_hidden(coop: People) -> None:
    vote = _voting(coop, "choice", options=[Private("そば"), Private("花")])
    sealed = coop.say("Ume", "ballot.cast/1", {"proposal": vote, "choice": Private("option_2")})
    opening = next(one for one in coop.openings[sealed.id] if one.path == "choice")
    coop.wait(8 * DAY)
    one = {"member": coop.id("Ume"), "salt": opening.salt, "value": opening.value}
    coop.say("clerk", "ballot.openings/1", {"openings": [one], "proposal": vote})


def _shares_a_budget(coop: People) -> None:
    budget = _draft(coop, "budget", budget=100)
    for name, cost in (("Ume", 60), ("Saki", 50)):
        body = {"proposal": budget, "title": Private("街灯"), "text": Private("通学路に"), "cost": cost}
        coop.say(name, "proposal.item/1", body)
    coop.say("Saki", "proposal.item_withdraw/1", {"item": f"{budget}/2"})
    coop.say("Ume", "proposal.open/1", {"proposal": budget})
    coop.wait(1000)
    _cast(coop, "Saki", budget, "1")
    coop.wait(8 * DAY)


def _meets(coop: People) -> None:
    """Two meetings: one that is called off, and one in which hands are raised and the chair decides a tie."""
    coop.say("Hanako", "meeting.series/1", {"name": Private("総会"), "rhythm": Private("年に一度")})
    body = {
        "kind": "general",
        "mode": "both",
        "title": Private("通常総会"),
        "starts_at": coop.at(DAY),
        "chair": coop.id("Hanako"),
        "signers": [coop.id("Jiro"), coop.id("Ume")],
    }
    called_off = {"meeting": ids.object_id("mtg", coop.say("Hanako", "meeting.convene/1", body).id)}
    coop.say("Hanako", "meeting.cancel/1", called_off | {"reason": Private("台風")})
    tied, raised, quiet = (_draft(coop, "special", effects=[{"effect": "articles"}]) for _ in range(3))
    convened = coop.say("Hanako", "meeting.convene/1", body | {"agenda": [tied, raised]})
    meeting = {"meeting": ids.object_id("mtg", convened.id)}
    amended = {name: body[name] for name in ("title", "starts_at", "mode")} | {"agenda": [tied, raised]}
    coop.say("Hanako", "meeting.amend/1", meeting | amended, replaces=canonical.b64(convened.id))
    notified = {"by": "post", "came": "sent", "at": coop.at(0), "members": [coop.id("Ume")]}
    coop.say("Hanako", "meeting.notified/1", meeting | notified)
    coop.say("Matsu", "proxy.give/1", meeting | {"to": "chair"})
    coop.say("Matsu", "proxy.revoke/1", meeting)
    coop.wait(DAY)
    door = coop.key_id("door")
    coop.say("Hanako", "meeting.open/1", meeting)
    coop.say("Hanako", "meeting.door/1", meeting | {"door": door})
    for name in ("Hanako", "Jiro"):
        coop.say(name, "meeting.attend/1", meeting | {"how": "online"})
    there = meeting | {"how": "room"}
    coop.say("Ume", "meeting.attend/1", there, cosigners=(door,), keys_of={door: "door"})
    coop.say("Ume", "meeting.motion/1", meeting | {"proposal": quiet})
    coop.wait(1000)
    _cast(coop, "Ume", tied, "yes")
    _cast(coop, "Hanako", tied, "no")
    coop.say("Hanako", "meeting.close_item/1", meeting | {"proposal": tied})
    coop.wait(1000)
    coop.say("Hanako", "ballot.casting/1", {"proposal": tied, "choice": "yes"})
    hands = {"proposal": raised, "yes": 1, "no": 0, "abstain": 0}
    coop.say("Hanako", "meeting.hands/1", hands, cosigners=("Jiro", "Ume"))
    coop.say("Hanako", "meeting.unopposed/1", {"proposal": quiet}, cosigners=("Jiro", "Ume"))
    coop.say("Ume", "meeting.leave/1", meeting)
    signers = {"chair": coop.id("Hanako"), "signers": [coop.id("Ume")]}
    coop.say("Hanako", "meeting.chair/1", meeting | signers, cosigners=("Jiro",))
    coop.say("Hanako", "meeting.close/1", meeting)
    coop.say("Hanako", "minutes.draft/1", meeting | {"version": 1, "text": Private("議事録")})
    for name in ("Hanako", "Ume"):
        coop.say(name, "minutes.sign/1", meeting | {"version": 1})
    report = {"year": "2025", "text": Private("監査報告"), "sound": True, "faults": 0}
    coop.say("Saki", "audit.report/1", report)
