"""A form that nobody has touched reproaches nobody; whom a draft concerns has a name in what is signed."""

from __future__ import annotations

import re

import pytest

from tests.app.decided.conftest import Deciding

LATER = '<p class="quiet" id="incomplete">'
FAULT = '<p class="field-error" id="incomplete">'


async def test_a_fresh_form_says_what_comes_first_without_a_reproach(coop: Deciding) -> None:
    for kind in ("role", "election"):
        shown = await coop.page("Hanako", f"proposals/new?kind={kind}")
        assert LATER in shown
        assert FAULT not in shown


async def test_members_of_a_slate_are_named_to_the_sentence_that_is_signed(coop: Deciding) -> None:
    client, taro, jiro = await coop.signed_in("Hanako"), coop.town.id("Taro"), coop.town.id("Jiro")
    await client.get(f"/c/{coop.town.slug}/proposals/new?kind=role")
    headers = {"x-csrftoken": next(one.value or "" for one in client.cookies.jar if one.name.endswith("csrftoken"))}
    fields = {"kind": "role", "member": [taro, jiro], f"role/{taro}": "director"}
    unfinished = await client.post(f"/c/{coop.town.slug}/proposals/new", data=fields, headers=headers)
    assert FAULT in unfinished.text
    done = await client.post(
        f"/c/{coop.town.slug}/proposals/new", data=fields | {f"role/{jiro}": "director"}, headers=headers
    )
    assert FAULT not in done.text
    found = re.search(r'<output form="statement" hidden data-names="([^"]*)"', done.text)
    assert found is not None
    for member, name in ((taro, "Taro"), (jiro, "Jiro")):
        assert f"&#34;{member}&#34;: &#34;{name}&#34;" in found[1]


METHODS = {
    "ordinary": {"yes_no_abstain/1", "consent/1"},
    "choice": {"single_choice/1", "approval/1", "score/1", "majority_judgement/1", "weighted/1", "quadratic/1"}
    | {"irv/1", "schulze/1", "copeland/1", "borda/1", "stv/1"},
    "budget": {"equal_shares/1", "greedy_budget/1"},
}


@pytest.mark.parametrize("decides", METHODS)
async def test_a_rule_is_offered_the_methods_that_can_decide_its_kind(coop: Deciding, decides: str) -> None:
    shown = await coop.page("Hanako", f"proposals/new?kind=rules&decides={decides}")
    select = re.search(r'<select[^>]*name="method/module".*?</select>', shown, re.DOTALL)
    assert select is not None
    assert set(re.findall(r'value="([^"]+)"', select[0])) == METHODS[decides]
