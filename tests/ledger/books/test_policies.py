"""Policies: versions by decision only, and documents that can't be."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.books import members_policy, policies
from ledger.errors import Refusal
from ledger.fold import Moment
from tests.ledger.books.people import People
from tests.simulator import Village, refused
from tests.simulator import members_policy as plain


def test_a_decision_adopts_the_next_version_and_the_old_one_stays() -> None:
    village = People()
    village.decide("policy", {"effect": "policy", "area": "members", "document": plain() | {"classes": ["elder"]}})
    found = policies.current(village.state, "members")
    assert (found.version, found.members().classes) == (2, ("elder",))
    assert found.proposal is not None
    first = policies.version(village.state, "members", 1)
    assert (first.members().classes, first.proposal) == (("member", "supporter"), None)
    assert [policy.version for policy in village.state.children(policies.Policy, "members")] == [1, 2]
    assert policies.current(village.state, "commons").version == 1


def test_an_area_must_be_known() -> None:
    village = Village("Hanako")
    with refused("policy.area_unknown"):
        policies.adopt(Moment(village.state, village.size, village.time), "weather", {})
    with pytest.raises(Refusal, match=r"policy_head\.unknown"):
        policies.current(village.state, "weather")


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("classes", {"classes": []}),
        ("classes", {"classes": ["member", "member"]}),
        ("classes/1", {"classes": ["member", "正組合員"]}),
        ("classes/0", {"classes": ["member\n"]}),
        ("recovery_days", {"recovery_days": 0}),
        ("recovery_days", {"recovery_days": 36_601}),
        ("retention_days", {"retention_days": -1}),
        ("retention_days", {"retention_days": 36_601}),
        ("admission", {"admission": "anybody"}),
        ("appointed/0", {"appointed": ["auditor"]}),
        ("recovery_days", {"recovery_days": "7"}),
        ("retention_days", {"retention_days": True}),
        ("price", {"price": 1}),
    ],
)
def test_an_impossible_members_policy_is_refused_with_its_path(path: str, changes: dict[str, Any]) -> None:
    with refused("policy.invalid") as caught:
        members_policy.parse(plain() | changes)
    assert caught.value.params["path"] == path


def test_every_member_of_a_members_policy_is_needed() -> None:
    for name in plain():
        with refused("policy.invalid"):
            members_policy.parse({key: value for key, value in plain().items() if key != name})
