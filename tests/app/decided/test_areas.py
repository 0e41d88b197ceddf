"""Areas by name: the policy's form lists them, officials choose among them, pages, files and sentences say them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import pytest

from app.decisions import drafting, filling, rule_form
from app.decisions.words import Words
from app.texts import Catalogue
from governance import rule
from ledger.books import members_policy as policies
from ledger.compose import Private
from ledger.errors import FormatError
from tests.app.decided.conftest import Deciding
from tests.app.decided.test_topics import document, drafted
from tests.simulator import majority_rule, members_policy

TEXTS = Catalogue.load()
BY_AREA: dict[str, Any] = majority_rule() | {"electorate": {"module": "by_area/1", "areas": ["area_1", "kita"]}}


def test_a_new_area_gets_a_code_that_none_ever_had_and_its_name_is_sealed() -> None:
    found = drafted(areas__past="area_1 river", areas__0__code="river", areas__0__name="", areas__1__name="上の地区")
    assert found.complete
    assert document(found)["areas"] == ["river", "area_2"]
    assert found.private == {"effects/0/document/area_names/area_2": "上の地区"}
    assert "topics" not in document(found)


def test_a_code_that_members_are_recorded_under_is_listed_once_it_has_a_name() -> None:
    assert "areas" not in document(drafted(areas__0__used="kita", areas__0__name=""))
    found = drafted(areas__0__used="kita", areas__0__name="北の地区")
    assert document(found)["areas"] == ["kita"]
    assert found.names == {"area_names/kita": "北の地区"}


def test_subjects_and_areas_of_one_code_keep_their_own_names() -> None:
    names = {"topic_names/river": "川のこと", "area_names/river": "川の地区"}
    sealed = {"river": {"commit": "x"}}
    whole = {"topics": ["river"], "topic_names": sealed, "areas": ["river"], "area_names": sealed}
    plain = filling.with_names(members_policy() | whole, names)
    assert (plain["topic_names"], plain["area_names"]) == ({"river": "川のこと"}, {"river": "川の地区"})
    values = {"area": ["members"]} | filling.from_document(plain)
    assert drafting.draft("policy", values, Words(TEXTS, "ja", 540), 540).names == names


@pytest.mark.parametrize(
    ("areas", "names", "path"),
    [
        (["kita"], {"minami": {"commit": "x"}}, "area_names"),
        (["kita", "kita"], {}, "areas"),
        (["北"], {}, "areas/0"),
        ([f"area_{n}" for n in range(51)], {}, "areas"),
    ],
)
def test_impossible_areas_are_refused_at_their_place(areas: list[str], names: dict[str, Any], path: str) -> None:
    with pytest.raises(FormatError) as refused:
        policies.parse(members_policy() | {"areas": areas, "area_names": names})
    assert refused.value.code == "policy.invalid"
    assert str(refused.value.params["path"]).startswith(path)


def test_a_rule_names_listed_areas_and_offers_them_beside_codes_of_its_own() -> None:
    words = Words(TEXTS, "ja", 540, {"area_1": "上の地区", "river": "川沿いの地区"})
    assert "上の地区、kita" in words.answers(rule.parse(BY_AREA))["electorate"]
    (control,) = electorate(words.areas).controls
    assert (control.kind, control.value) == ("codes", ["area_1", "kita"])
    labels = [words.setting(control, code) for code in control.options]
    assert labels == ["上の地区", "川沿いの地区", "kita"]
    (control,) = electorate(()).controls
    assert (control.kind, control.value) == ("texts", "area_1 kita")


def electorate(areas: Iterable[str]) -> rule_form.Answer:
    return next(one for one in rule_form.answers(BY_AREA, ["member"], areas) if one.question == "electorate")


def test_ticked_areas_come_back_as_a_written_list_does() -> None:
    for sent in (["area_1", "kita"], ["area_1、kita"]):
        values = {"decides": ["ordinary"], "electorate/module": ["by_area/1"], "electorate/areas": sent}
        found = drafting.draft("rules", values, Words(TEXTS, "ja", 540), 540)
        assert document(found)["electorate"] == BY_AREA["electorate"]


async def adopt(coop: Deciding, *areas: str, **names: str) -> None:
    own = {"areas": list(areas), "area_names": {code: Private(name) for code, name in names.items()}}
    effect = {"effect": "policy", "area": "members", "document": members_policy() | own}
    await coop.decide("policy", "地区", "決める。", effect)


async def belong(coop: Deciding, name: str, area: str) -> None:
    await coop.say("Hanako", "member.belong/1", {"member": coop.town.id(name), "area": area}, cosigners=("Jiro",))


@pytest.fixture
async def listed(coop: Deciding) -> Deciding:
    """Two listed areas, one with a name of its own; a member in that one, and another in an area that is not listed."""
    await coop.appoint("Jiro", "facilitator")
    await adopt(coop, "area_1", "river", area_1="上の地区")
    await belong(coop, "Taro", "area_1")
    await belong(coop, "Yuki", "kita")
    return coop


async def test_officials_choose_among_the_areas_by_name(coop: Deciding) -> None:
    await coop.appoint("Jiro", "facilitator")
    form = f"members/{coop.town.id('Taro')}/belonging"
    assert 'list="areas"' in await coop.page("Hanako", form)
    await adopt(coop, "area_1", "river", area_1="上の地区")
    shown = await coop.page("Hanako", form)
    assert 'list="areas"' not in shown
    assert '<option value="area_1">上の地区</option>' in shown
    assert '<option value="river">川沿いの地区</option>' in shown
    assert "area_of:area_1" in shown  # what the sentence that is signed will call it
    assert '<option value="river">Riverside</option>' in await coop.page("Hanako", form, lang="en")


async def test_an_area_that_is_not_listed_stays_to_be_chosen_where_it_is_recorded(listed: Deciding) -> None:
    shown = await listed.page("Hanako", f"members/{listed.town.id('Yuki')}/belonging")
    assert '<option value="kita" selected>kita</option>' in shown
    shown = await listed.page("Hanako", f"members/{listed.town.id('Taro')}/belonging")
    assert '<option value="area_1" selected>上の地区</option>' in shown
    assert "kita" not in shown


async def test_pages_the_file_and_the_entry_say_the_name(listed: Deciding) -> None:
    member = f"members/{listed.town.id('Taro')}"
    for who, path in (("Taro", "me"), ("Hanako", member), ("Hanako", "office/households")):
        shown = await listed.page(who, path)
        assert "上の地区" in shown
        assert "area_1" not in shown
    file = await (await listed.signed_in("Hanako")).get(f"/c/{listed.town.slug}/office/households.csv")
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert {row[3] for row in rows[1:]} == {"上の地区", "kita"}
    assert "地区は上の地区" in await listed.page("Taro", f"ledger/{listed.town.head[0] - 2}")


async def test_rules_and_proposals_say_the_names(listed: Deciding) -> None:
    most = {"method": {"module": "single_choice/1"}, "threshold": {"module": "relative_majority/1"}}
    effect = {"effect": "rule", "kind": "choice", "document": BY_AREA | most}
    proposal = await listed.decide("rules", "地区で決める", "決める。", effect)
    for path in ("rules", "rules/choice", f"proposals/{proposal}"):
        assert "上の地区、kita" in await listed.page("Taro", path)
    form = await listed.page("Taro", "proposals/new?kind=rules&decides=choice")
    for code, label in (("area_1", "上の地区"), ("river", "川沿いの地区"), ("kita", "kita")):
        assert f'value="{code}"' in form
        assert label in form
    assert "area_of:area_1" in form


async def test_the_rule_book_and_the_policys_form_have_the_names_and_the_codes_in_use(listed: Deciding) -> None:
    assert "上の地区、川沿いの地区" in await listed.page("Taro", "rules")
    form = await listed.page("Taro", "proposals/new?kind=policy&area=members")
    assert 'value="上の地区"' in form
    assert 'name="areas/past" value="area_1 kita river"' in form
    assert 'name="areas/2/used" value="kita"' in form


async def test_an_area_that_was_given_up_keeps_its_last_name(listed: Deciding) -> None:
    await adopt(listed, "area_1", "river", area_1="上の集落")
    await adopt(listed, "river")
    member = f"members/{listed.town.id('Taro')}"
    for path in (member, "office/households", f"{member}/belonging"):
        shown = await listed.page("Hanako", path)
        assert "上の集落(廃止)" in shown
    assert "上の集落 (given up)" in await listed.page("Taro", "me", lang="en")
    # Nobody new is put there, and a code that never had a name stays one.
    assert "上の集落" not in await listed.page("Hanako", f"members/{listed.town.id('Yuki')}/belonging")
    assert "kita" in await listed.page("Hanako", f"members/{listed.town.id('Yuki')}")


async def test_a_proposal_says_the_names_that_it_would_give(coop: Deciding) -> None:
    own = {"areas": ["area_1"], "area_names": {"area_1": Private("上の地区")}}
    effect = {"effect": "policy", "area": "members", "document": members_policy() | own}
    proposal = await coop.draft("policy", effects=[effect])
    assert "上の地区" in await coop.page("Taro", f"proposals/{proposal}")
