"""Subjects by name: the policy's form edits them, members choose them to draft and to delegate, sentences say them."""

from __future__ import annotations

from typing import Any

import pytest

from app.decisions import drafting, filling, policy_form
from app.decisions.drafting import Drafted
from app.decisions.words import Words
from app.texts import Catalogue
from ledger.books import members_policy as policies
from ledger.compose import Private
from ledger.errors import FormatError
from tests.app.decided.conftest import Deciding
from tests.simulator import members_policy

FORM = {
    "area": ["members"],
    "admission": ["two_officials"],
    "applications": ["open"],
    "classes": ["member supporter"],
    "recovery_days": ["7"],
    "retention_days": ["365"],
}


def drafted(**more: str) -> Drafted:
    values = FORM | {name.replace("__", "/"): [value] for name, value in more.items()}
    return drafting.draft("policy", values, Words(Catalogue.load(), "ja", 540), 540)


def document(found: Drafted) -> dict[str, Any]:
    assert found.document is not None
    return found.document


def test_a_line_with_a_name_is_a_new_subject_and_the_name_is_sealed() -> None:
    found = drafted(topics__0__code="water", topics__0__name="", topics__1__code="", topics__1__name="棚田")
    assert found.complete
    assert document(found)["topics"] == ["water", "topic_1"]
    assert found.private == {"effects/0/document/topic_names/topic_1": "棚田"}
    assert "topic_names" not in document(found)


def test_a_new_subject_never_gets_the_code_of_one_that_was_given_up() -> None:
    found = drafted(
        topics__past="topic_1 topic_2", topics__0__code="topic_2", topics__0__ends="1", topics__1__name="橋"
    )
    assert document(found)["topics"] == ["topic_3"]


def test_what_the_form_says_nothing_of_is_kept_as_it_goes_without_saying() -> None:
    assert not {"topics", "minutes_years"} & document(drafted(minutes_years="10")).keys()
    assert document(drafted(minutes_years="20"))["minutes_years"] == 20
    assert "minutes_years" in drafted(minutes_years="9").errors


def test_a_policy_comes_back_as_it_was_when_it_is_edited_as_a_whole() -> None:
    names = {"topic_names/topic_1": "棚田"}
    whole = {"topics": ["water", "topic_1"], "topic_names": {"topic_1": {"commit": "x"}}}
    plain = filling.with_names(members_policy() | whole, names)
    assert plain["topic_names"] == {"topic_1": "棚田"}
    values = {"area": ["members"]} | filling.from_document(plain)
    found = drafting.draft("policy", values, Words(Catalogue.load(), "ja", 540), 540)
    assert found.names == names
    assert policy_form.at(found.document, "topics") == ["water", "topic_1"]


@pytest.mark.parametrize("names", [{"fire": {"commit": "x"}}, {"water": "水"}])
def test_only_subjects_have_names_and_only_sealed_ones(names: dict[str, Any]) -> None:
    with pytest.raises(FormatError) as refused:
        policies.parse(members_policy() | {"topics": ["water"], "topic_names": names})
    assert refused.value.code == "policy.invalid"
    assert str(refused.value.params["path"]).startswith("topic_names")


async def adopt(coop: Deciding, *topics: str, **names: str) -> None:
    document = members_policy() | {"topics": list(topics), "topic_names": {k: Private(v) for k, v in names.items()}}
    await coop.decide("policy", "分野", "決める。", {"effect": "policy", "area": "members", "document": document})


async def test_members_choose_subjects_by_name(coop: Deciding) -> None:
    await adopt(coop, "water", "topic_1", topic_1="棚田の手入れ")
    for path in ("delegations", "proposals/new?kind=ordinary"):
        shown = await coop.page("Taro", path)
        assert '<option value="topic_1">棚田の手入れ</option>' in shown
        assert '<option value="water">水・用水路</option>' in shown
        assert "topic:topic_1" in shown  # what the sentence that is signed will call it
    assert '<option value="water">Water</option>' in await coop.page("Taro", "delegations", lang="en")


async def test_what_was_given_or_proposed_for_a_subject_says_its_name(coop: Deciding) -> None:
    await adopt(coop, "topic_1", topic_1="棚田の手入れ")
    await coop.say("Taro", "delegation.give/1", {"to": coop.town.id("Jiro"), "topic": "topic_1"})
    assert "<strong>棚田の手入れ</strong>" in await coop.page("Taro", "delegations")
    assert "「棚田の手入れ」の議案を" in await coop.page("Taro", f"ledger/{coop.town.head[0] - 1}")
    proposal = await coop.draft(topic="topic_1")
    assert "分野:棚田の手入れ" in await coop.page("Taro", f"proposals/{proposal}")


async def test_the_rule_book_and_the_form_have_the_names(coop: Deciding) -> None:
    await adopt(coop, "water", "topic_1", topic_1="棚田の手入れ")
    assert "水・用水路、棚田の手入れ" in await coop.page("Taro", "rules")
    form = await coop.page("Taro", "proposals/new?kind=policy&area=members")
    assert 'value="棚田の手入れ"' in form
    assert 'name="topics/past" value="topic_1 water"' in form


async def test_a_delegation_for_a_subject_that_was_given_up_is_seen_and_taken_back(coop: Deciding) -> None:
    await adopt(coop, "topic_1", topic_1="棚田の手入れ")
    await coop.say("Taro", "delegation.give/1", {"to": coop.town.id("Jiro"), "topic": "topic_1"})
    proposal = await coop.draft(topic="topic_1")
    await adopt(coop, "water")
    shown = await coop.page("Taro", "delegations")
    assert "<strong>棚田の手入れ(廃止)</strong>" in shown
    assert 'value="topic_1"' in shown
    assert "棚田の手入れ(廃止)</option>" not in shown
    assert "分野:棚田の手入れ(廃止)" in await coop.page("Taro", f"proposals/{proposal}")
    await coop.say("Taro", "delegation.revoke/1", {"topic": "topic_1"})
    assert "棚田の手入れ" not in await coop.page("Taro", "delegations")
