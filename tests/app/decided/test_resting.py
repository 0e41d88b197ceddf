"""What was clearly rejected rests, and whoever drafts the same again is told so beforehand."""

from __future__ import annotations

from typing import Any

from tests.app.api.service import ADDRESS
from tests.app.decided.conftest import NAMES, Deciding

SAID = "大きく否決されたばかりです"


def chosen(coop: Deciding, name: str) -> dict[str, Any]:
    fixed = {"scope": "coop", "from": None, "until": None}
    return {"effect": "role", "member": coop.town.id(name), "role": "auditor"} | fixed


async def rejected(coop: Deciding, name: str, **choices: str) -> str:
    """Somebody was to become an auditor, and nearly everybody said no."""
    proposal = await coop.call(await coop.draft("role", f"{name}を監事に", effects=[chosen(coop, name)]))
    await coop.vote(proposal, **dict.fromkeys(NAMES, "no") | choices)
    return proposal


async def form(coop: Deciding, name: str) -> str:
    """The form as Taro has filled it in."""
    client = await coop.signed_in("Taro")
    path = f"/c/{coop.town.slug}/proposals/new"
    await client.get(f"{path}?kind=role")
    token = {"_csrf_token": client.cookies.get("csrftoken") or "", "kind": "role"}
    answer = await client.post(
        path,
        data=token | {"role": "auditor", "member": coop.town.id(name)},
        headers={"Accept-Language": "ja", "Origin": ADDRESS, "X-CSRFToken": token["_csrf_token"]},
    )
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_same_is_told_to_rest_in_the_form_and_on_the_draft(coop: Deciding) -> None:
    before = await rejected(coop, "Jiro")
    shown = await form(coop, "Jiro")
    assert SAID in shown
    assert f'/proposals/{before}">Jiroを監事に</a>' in shown
    again = await coop.draft("role", "もう一度", effects=[chosen(coop, "Jiro")])
    page = await coop.page("Taro", f"proposals/{again}")
    assert SAID in page
    assert "can’t be put to the vote before" in await coop.page("Taro", f"proposals/{again}", lang="en")
    refused = await coop.post(coop.town.says("Hanako", "proposal.open/1", {"proposal": again}))
    assert refused.json()["code"] == "proposal.cooling_off"


async def test_something_else_does_not_rest(coop: Deciding) -> None:
    await rejected(coop, "Jiro")
    assert SAID not in await form(coop, "Yuki")
    other = await coop.draft("role", "別の人", effects=[chosen(coop, "Yuki")])
    assert SAID not in await coop.page("Taro", f"proposals/{other}")


async def test_what_failed_by_little_does_not_rest(coop: Deciding) -> None:
    await rejected(coop, "Jiro", Hanako="yes", Taro="yes")
    assert SAID not in await form(coop, "Jiro")


async def test_it_rests_no_longer_than_the_rule_says(coop: Deciding) -> None:
    await rejected(coop, "Jiro")
    again = await coop.draft("role", "もう一度", effects=[chosen(coop, "Jiro")])
    await coop.passes(86_400_000)
    assert SAID not in await form(coop, "Jiro")
    assert SAID not in await coop.page("Taro", f"proposals/{again}")
