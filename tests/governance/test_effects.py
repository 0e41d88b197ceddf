"""Effects: what may be drafted, under which kind, and that a bundle happens as a whole or not at all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from governance import standing
from governance.books import rules
from governance.effects import rules as effects_of_rules
from ledger import canonical, ids
from ledger.books import policies, roles
from ledger.books.members import Application, Member
from ledger.compose import Private, public_of
from ledger.errors import LedgerError
from tests.governance.assembly import Assembly
from tests.governance.documents import CHOICE, document, share
from tests.simulator import DAY, commons_policy, members_policy

STRICT = document(threshold=share("2/3", "all", strict=False))
LOCKED = document(
    timing={"module": "fixed/1", "voting_seconds": 86_400, "delay_seconds": 0, "timelock_seconds": 2 * 86_400}
)


def role(coop: Assembly, name: str = "Kenta", **more: Any) -> dict[str, Any]:
    body = {"effect": "role", "member": coop.id(name), "role": "auditor", "scope": "coop", "from": None, "until": None}
    return body | more


def rule(kind: str = "ordinary", what: Any = STRICT) -> dict[str, Any]:
    return {"effect": "rule", "kind": kind, "document": what}


def policy(area: str, what: dict[str, Any]) -> dict[str, Any]:
    return {"effect": "policy", "area": area, "document": what}


def fault(coop: Assembly, kind: str, *effects: Any) -> tuple[str, Any, Any]:
    with pytest.raises(LedgerError) as caught:
        coop.draft(kind=kind, effects=list(effects))
    return caught.value.code, caught.value.params.get("path"), caught.value.params.get("reason")


def pass_(coop: Assembly, kind: str, *effects: dict[str, Any]) -> str:
    vote = coop.voting(kind, effects=list(effects))
    coop.vote("Hanako", vote, "yes")
    coop.close()
    return vote


def applicant(coop: Assembly, name: str) -> str:
    body = {
        "alg": "ed25519",
        "cls": "member",
        "profile": {"name": Private(name)},
        "public": public_of(coop.key(name)),
        "type": "person",
    }
    key = coop.key_id(name)
    return ids.object_id("app", coop.say(key, "member.apply/1", body, keys_of={key: name}).id)


@pytest.fixture
def coop() -> Assembly:
    return Assembly()


def test_impossible_rule_documents_are_refused_when_drafted(coop: Assembly) -> None:
    above = document(threshold=share("3/2", "cast", strict=True))
    assert fault(coop, "rules", {"effect": "text"}, rule(what=above)) == (
        "rule.invalid",
        "effects/1/document/threshold/fraction",
        "above_one",
    )
    assert fault(coop, "rules", rule(what=CHOICE)) == (
        "rule.invalid",
        "effects/0/document/method/module",
        "needs_yes_no",
    )
    assert fault(coop, "rules", rule("choice")) == (
        "rule.invalid",
        "effects/0/document/method/module",
        "needs_options",
    )
    assert fault(coop, "rules", rule("war")) == ("effect.invalid", "effects/0/kind", "unknown_kind")
    assert fault(coop, "rules", rule(what="x")) == ("effect.invalid", "effects/0/document", "wrong_type")


def test_impossible_policies_are_refused_when_drafted(coop: Assembly) -> None:
    broken = members_policy() | {"classes": []}
    assert fault(coop, "policy", policy("members", broken))[:2] == ("policy.invalid", "effects/0/document/classes")
    assert fault(coop, "policy", policy("war", {})) == ("effect.invalid", "effects/0/area", "unknown_area")
    nonsense = fault(coop, "policy", policy("members", {"x": 1}))
    assert nonsense[:2] == ("policy.invalid", "effects/0/document/x")


def test_impossible_roles_are_refused_when_drafted(coop: Assembly) -> None:
    past, soon, later = (canonical.format_time(coop.time + days * DAY) for days in (-9, 1, 2))
    for broken, path, reason in (
        ({"role": "king"}, "effects/0/role", "wrong_type"),
        ({"scope": "world"}, "effects/0/scope", "wrong_type"),
        ({"from": "soon"}, "effects/0/from", "not_a_time"),
        ({"from": later, "until": soon}, "effects/0/until", "before_from"),
        ({"salary": 1}, "effects/0/salary", "unknown_field"),
    ):
        assert fault(coop, "role", role(coop, **broken)) == ("effect.invalid", path, reason)
    missing = {key: value for key, value in role(coop).items() if key != "until"}
    assert fault(coop, "role", missing) == ("effect.invalid", "effects/0/until", "missing")
    assert fault(coop, "role", role(coop, until=past))[0] == "role.term"
    assert fault(coop, "role", role(coop, member="mem_" + "a" * 26))[0] == "member.unknown"


def test_impossible_admissions_are_refused_when_drafted(coop: Assembly) -> None:
    named = {"effect": "admit", "applicant": applicant(coop, "Saki"), "class": "king"}
    assert fault(coop, "admit", named)[0] == "member.class_unknown"
    assert fault(coop, "admit", named | {"applicant": "Saki"}) == (
        "effect.invalid",
        "effects/0/applicant",
        "not_an_application",
    )
    assert fault(coop, "admit", named | {"applicant": "app_" + "a" * 26})[0] == "application.unknown"
    coop.say("Hanako", "member.admit/1", {"application": named["applicant"], "cls": "member"})
    assert fault(coop, "admit", named | {"class": "member"})[0] == "application.closed"


@pytest.mark.parametrize("effect", [{"effect": "fly"}, {}, {"effect": ["text"]}])
def test_an_unknown_effect_is_refused(coop: Assembly, effect: dict[str, Any]) -> None:
    assert fault(coop, "ordinary", effect) == ("effect.invalid", "effects/0/effect", "unknown_effect")


def test_too_many_effects_are_refused(coop: Assembly) -> None:
    assert fault(coop, "ordinary", *([{"effect": "text"}] * 21)) == ("effect.invalid", "effects", "too_many")


def test_nothing_passes_under_an_easier_rule_than_its_own(coop: Assembly) -> None:
    whole = {
        "rules": rule(),
        "policy": policy("members", members_policy()),
        "role": role(coop),
        "admit": {"effect": "admit", "applicant": applicant(coop, "Saki"), "class": "member"},
    }
    for needed, effect in whole.items():
        for kind in rules.KINDS:
            if kind != needed:
                assert fault(coop, kind, effect) == ("effect.invalid", "effects/0/effect", "wrong_kind")
        coop.draft(kind=needed, effects=[{"effect": "text"}, effect])
    options = [Private("一"), Private("二")]
    with pytest.raises(LedgerError, match="wrong_kind"):
        coop.draft(kind="choice", options=options, effects=[rule()])


def test_an_amendment_is_checked_like_a_draft(coop: Assembly) -> None:
    proposal = coop.draft(kind="rules", effects=[rule()])
    body = {"proposal": proposal, "title": Private("改"), "text": Private("改"), "effects": [role(coop)]}
    with pytest.raises(LedgerError, match="wrong_kind"):
        coop.say("Ume", "proposal.amend/1", body, replaces=coop.proposal(proposal).statement)


def test_a_text_is_decided_and_nothing_is_executed(coop: Assembly) -> None:
    vote = pass_(coop, "ordinary", {"effect": "text"})
    assert (coop.stage(vote), coop.proposal(vote).executes_at) == ("passed", None)


def test_a_rule_is_adopted_with_the_decision_that_did(coop: Assembly) -> None:
    vote = pass_(coop, "rules", rule(), rule("choice", CHOICE))
    assert coop.stage(vote) == "executed"
    adopted = rules.current(coop.state, "ordinary")
    assert (adopted.id, adopted.document, adopted.proposal) == ("ordinary/2", STRICT, vote)
    assert coop.state.need(rules.RuleVersion, "ordinary/1").document == document()
    assert [version.version for version in coop.state.children(rules.RuleVersion, "choice")] == [1, 2]


def test_a_policy_is_adopted(coop: Assembly) -> None:
    open_ = members_policy() | {"recovery_days": 9}
    vote = pass_(coop, "policy", policy("members", open_), policy("commons", commons_policy()))
    assert coop.stage(vote) == "executed"
    adopted = policies.current(coop.state, "members")
    assert (adopted.version, adopted.document, adopted.proposal) == (2, open_, vote)
    assert policies.current(coop.state, "commons").version == 2


def test_a_role_is_given_for_its_term(coop: Assembly) -> None:
    start, until = coop.time + 20 * DAY, coop.time + 40 * DAY
    term = {"from": canonical.format_time(start), "until": canonical.format_time(until)}
    later, now = role(coop, **term), role(coop, "Jiro")
    vote = pass_(coop, "role", later, now)
    assert coop.stage(vote) == "executed"
    held = [roles.holds(coop.state, coop.id("Kenta"), "auditor")]
    for moment in (start, until):
        coop.time = moment
        coop.wait(0)
        held.append(roles.holds(coop.state, coop.id("Kenta"), "auditor"))
    assert held == [False, True, False]
    assert roles.holds(coop.state, coop.id("Jiro"), "auditor")


def test_an_applicant_is_admitted_and_can_act(coop: Assembly) -> None:
    application = applicant(coop, "Saki")
    vote = pass_(coop, "admit", {"effect": "admit", "applicant": application, "class": "supporter"})
    assert coop.stage(vote) == "executed"
    member = coop.state.need(Application, application).member
    assert member is not None
    assert coop.state.need(Member, member).cls == "supporter"
    coop.ids["Saki"] = member
    coop.draft("Saki")


def test_effects_wait_for_the_timelock() -> None:
    coop = Assembly(rules=LOCKED)
    vote = coop.voting("rules", effects=[rule()])
    coop.vote("Hanako", vote, "yes")
    coop.wait(DAY)
    closes_at = coop.proposal(vote).closes_at or 0
    assert (coop.stage(vote), coop.proposal(vote).executes_at) == ("passed", closes_at + 2 * DAY)
    assert rules.current(coop.state, "ordinary").version == 1
    coop.wait(2 * DAY)
    assert (coop.stage(vote), coop.proposal(vote).executed_at) == ("executed", closes_at + 2 * DAY)
    assert rules.current(coop.state, "ordinary").adopted == closes_at + 2 * DAY


def test_a_defeated_proposal_does_nothing(coop: Assembly) -> None:
    vote = coop.voting("rules", effects=[rule()])
    coop.vote("Hanako", vote, "no")
    coop.close()
    coop.wait(DAY)
    assert (coop.stage(vote), rules.current(coop.state, "ordinary").version) == ("failed", 1)


def test_a_bundle_that_has_become_impossible_lapses_as_a_whole(coop: Assembly) -> None:
    vote = coop.voting("role", effects=[role(coop, "Jiro"), role(coop, "Kenta")])
    coop.vote("Hanako", vote, "yes")
    coop.say("Kenta", "member.leave/1", {})
    coop.close()
    found = coop.proposal(vote)
    assert coop.stage(vote) == "lapsed"
    assert found.lapse is not None
    assert (found.lapse["code"], found.lapse["params"]["id"]) == ("member.inactive", coop.id("Kenta"))
    assert not roles.holds(coop.state, coop.id("Jiro"), "auditor")
    assert coop.folded_again() == coop.records()


def test_a_rule_under_which_nobody_could_vote_is_not_adopted(coop: Assembly) -> None:
    nobody = document(electorate={"module": "by_class/1", "classes": ["king"]})
    vote = pass_(coop, "rules", rule("admit"), rule("rules", nobody))
    lapse = coop.proposal(vote).lapse
    assert (coop.stage(vote), lapse) == ("lapsed", {"code": "rule.nobody_may_vote", "params": {"kind": "rules"}})
    assert rules.current(coop.state, "admit").version == 1


def test_all_members_are_read_only_where_none_of_a_few_could_vote(
    coop: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Any] = []

    def everyone(*asked: Any) -> Any:
        read.append(asked)
        return standing.everyone(*asked)

    # In this effect alone: each count reads them too.
    monkeypatch.setattr(effects_of_rules, "standing", SimpleNamespace(one=standing.one, everyone=everyone))
    pass_(coop, "rules", rule("admit"))
    assert not read
    board = document(electorate={"module": "by_role/1", "roles": ["administrator"]})
    monkeypatch.setattr(effects_of_rules, "_FEW", 0)
    pass_(coop, "rules", rule("admit", board))
    assert len(read) == 1
    assert rules.current(coop.state, "admit").version == 3
    nobody = document(electorate={"module": "by_class/1", "classes": ["king"]})
    vote = pass_(coop, "rules", rule("admit", nobody))
    assert coop.stage(vote) == "lapsed"


def test_a_kind_that_there_is_not_has_no_rule(coop: Assembly) -> None:
    with pytest.raises(LedgerError, match=r"rule\.kind_unknown"):
        rules.check("war", document())
    with pytest.raises(LedgerError, match=r"rule\.kind_unknown"):
        Assembly(war=document())
