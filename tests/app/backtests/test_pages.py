"""Backtests on pages: begun from a document or a proposal, run once, shown beside the effect; and in the database."""

from __future__ import annotations

import asyncio
import json
import re
from fractions import Fraction
from typing import Any

import httpx
import pytest

from app.api.problems import Problem
from app.backtests import running
from app.backtests.document import document
from app.backtests.running import compute, newest
from app.reading import reading_of
from governance import backtest
from governance.backtest import Backtest
from governance.count import Count
from governance.spread import Spread
from tests.app.api.service import Coop, Travelling
from tests.app.backtests.conftest import FOUR_FIFTHS, KINDS, decide, draft, rule
from tests.town import Town


async def post(client: httpx.AsyncClient, coop: Coop, kind: str, document: Any) -> httpx.Response:
    address = f"/c/{coop.town.slug}/rules/backtest"
    await client.get(f"/c/{coop.town.slug}")
    token = next(cookie.value for cookie in client.cookies.jar if cookie.name.endswith("csrftoken"))
    data = {"kind": kind, "document": document if isinstance(document, str) else json.dumps(document)}
    return await client.post(address, data=data, headers={"X-CSRFToken": token or ""})


async def finished(coop: Coop, id_: str) -> running.Run:
    reading = await reading_of(coop.installation, coop.town.slug)
    for _ in range(200):
        run = await running.find(reading, id_)
        assert run is not None
        if run.finished is not None:
            return run
        await asyncio.sleep(0.05)
    raise AssertionError("it goes on for ever")


async def test_a_draft_is_run_and_told_in_both_languages(coop: Coop) -> None:
    client = await coop.signed_in("Taro")
    answer = await post(client, coop, "ordinary", FOUR_FIFTHS)
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    run = await finished(coop, address.rpartition("/")[2])
    assert run.result is not None
    assert run.result["totals"]["flips"] == 1
    page = (await client.get(address)).text
    assert "これまでの決定2件のうち、2件を数え直せます。そのうち1件の結果が変わります。" in page
    assert "5人のうち4人" in page
    assert "<polyline" in page
    english = (await client.get(f"{address}?lang=en")).text
    assert "Of 2 decisions so far, 2 can be counted again, and 1 of those comes out otherwise." in english
    assert "4 of 5 people" in english


async def test_the_same_draft_is_run_once_until_something_else_is_decided(coop: Coop, clock: Travelling) -> None:
    client = await coop.signed_in("Taro")
    first = (await post(client, coop, "ordinary", FOUR_FIFTHS)).headers["location"]
    run = await finished(coop, first.rpartition("/")[2])
    again = (await post(client, coop, "ordinary", FOUR_FIFTHS)).headers["location"]
    assert again == first
    assert (await finished(coop, first.rpartition("/")[2])).started == run.started
    assert (await post(client, coop, "policy", FOUR_FIFTHS)).headers["location"] != first
    await decide(coop, clock, Hanako="yes")
    later = (await post(client, coop, "ordinary", FOUR_FIFTHS)).headers["location"]
    assert later != first
    assert (await finished(coop, later.rpartition("/")[2])).result["totals"]["decisions"] == 3  # type: ignore[index]


@pytest.mark.parametrize(
    ("kind", "document", "status", "code"),
    [
        ("ordinary", "{", 400, "http.bad_request"),
        ("ordinary", '{"a": 0.5}', 400, "http.bad_request"),
        ("ordinary", {"electorate": 1}, 400, "rule.invalid"),
        ("picnic", FOUR_FIFTHS, 409, "rule.kind_unknown"),
        ("choice", FOUR_FIFTHS, 400, "rule.invalid"),
    ],
)
async def test_what_is_no_draft_is_refused(coop: Coop, kind: str, document: Any, status: int, code: str) -> None:
    client = await coop.signed_in("Taro")
    client.headers["Accept"] = "application/json"
    answer = await post(client, coop, kind, document)
    assert (answer.json()["code"], answer.status_code) == (code, status)


async def test_strangers_and_unknown_backtests(coop: Coop) -> None:
    stranger = await coop.client().get(f"/c/{coop.town.slug}/rules/backtest/{'0' * 32}")
    assert stranger.status_code == 401
    member = await coop.signed_in("Taro")
    assert (await member.get(f"/c/{coop.town.slug}/rules/backtest/{'0' * 32}")).status_code == 404
    ordinary = await draft(coop)
    assert (await member.get(f"/c/{coop.town.slug}/rules/backtest?proposal={ordinary}")).status_code == 404


async def test_a_proposal_to_change_a_rule_has_it_beside_its_effect(coop: Coop) -> None:
    effect = {"effect": "rule", "kind": "ordinary", "document": FOUR_FIFTHS}
    proposal = await draft(coop, "rules", effects=[effect])
    member, page = await coop.signed_in("Taro"), f"/c/{coop.town.slug}/proposals/{proposal}"
    first = (await member.get(page)).text
    id_ = re.search(r"rules/backtest/(ballots-[0-9a-f]{32})", first)
    assert id_ is not None
    await finished(coop, id_[1])
    shown = (await member.get(page)).text
    assert "そのうち1件の結果が変わります" in shown
    assert shown.index('id="backtest"') < shown.index("そのうち1件の結果が変わります")
    partial = await member.get(f"/c/{coop.town.slug}/rules/backtest/{id_[1]}?beside=1", headers={"HX-Request": "true"})
    assert partial.text.lstrip().startswith('<section class="stack" id="backtest">')
    followed = await member.get(f"/c/{coop.town.slug}/rules/backtest?proposal={proposal}")
    assert followed.headers["location"].endswith(id_[1])
    assert "rules/backtest" not in (await coop.client().get(page)).text


async def test_who_may_not_see_ballots_is_not_told_by_a_draft_that_is_cut_for_one(
    coop: Coop, clock: Travelling
) -> None:
    closed = Coop(coop.app, coop.installation, Town("closed", "closed"))
    await closed.found("Hanako", tiles="members", entries="auditors", rules=dict.fromkeys(KINDS, rule()))
    await closed.join("Taro")
    await decide(closed, clock, Hanako="yes", Taro="no")
    member = await closed.signed_in("Taro")
    alone = rule(weight={"module": "table/1", "weights": {closed.town.id("Hanako"): 1}, "others": 0})
    address = (await post(member, closed, "ordinary", alone)).headers["location"]
    run = await finished(closed, address.rpartition("/")[2])
    assert run.result is not None
    assert run.result["decisions"][0]["why"] == {"reason": "unseen", "params": {}}
    assert "一人ひとりの票が分かってしまう" in (await member.get(address)).text
    strict = (await post(member, closed, "ordinary", FOUR_FIFTHS)).headers["location"]
    judged = (await finished(closed, strict.rpartition("/")[2])).result
    assert judged is not None
    assert judged["totals"]["compared"] == 1
    # What was worked out for an auditor is not for others, though they can tell its name.
    reading = await reading_of(closed.installation, "closed")
    whole = await running.begin(closed.installation, reading, "ordinary", backtest.draft(alone), discreet=False)
    told = (await finished(closed, whole)).result
    assert told is not None
    assert told["totals"]["compared"] == 1
    assert (await member.get(f"/c/closed/rules/backtest/{whole}")).status_code == 404


def test_what_single_members_have_is_not_told_to_the_others() -> None:
    tokens = backtest.draft(rule(weight={"module": "balance/1", "cap": None}))
    for count, told in ((9, None), (10, "0.41")):
        voters = {("", weight): 1 for weight in range(1, count)} | {("", 30): 1}
        heads, weight = count, sum(kind[1] for kind in voters)
        spread = Spread(20, Count(heads, weight), voters, Fraction(41, 100), (Fraction(0), Fraction(1)), 3, None, None)
        found = document(tokens, ("ordinary",), (1, 1), Backtest((), spread, None), discreet=True)["power"]["draft"]
        assert (found["gini"], found["weight"], found["distribution"], found["banzhaf"]) == (told, None, None, None)
        assert bool(found["lorenz"]) is (told is not None)
        whole = document(tokens, ("ordinary",), (1, 1), Backtest((), spread, None))["power"]["draft"]
        assert len(whole["distribution"]) == count


async def test_the_database_answers_as_memory_does(coop: Coop) -> None:
    """The same questions asked at once of a state, and one by one of the database."""
    ledger = await coop.installation.ledger(coop.town.slug)
    now, tried, told = await newest(coop.installation, ledger), backtest.draft(FOUR_FIFTHS), []

    async def note(done: int, size: int) -> None:
        told.append((done, size))

    found = await compute(lambda question: coop.installation.ask(ledger, question), now, ("ordinary",), tried, note)
    at_once = await coop.installation.ask(ledger, lambda state: backtest.run(state, tried, ("ordinary",), now))
    assert found["totals"]["flips"] == at_once.flips == 1
    assert found["power"]["draft"]["fewest"] == 4
    assert told == [(0, 2), (1, 2)]


async def test_no_more_than_two_at_a_time(coop: Coop, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = await reading_of(coop.installation, coop.town.slug)
    gate = asyncio.Event()

    async def wait(*_args: Any, **_more: Any) -> Any:
        await gate.wait()
        return {"totals": {}}

    monkeypatch.setattr(running, "compute", wait)
    drafts = [backtest.draft(rule(quorum={"module": "approvals/1", "count": n})) for n in (1, 2, 3)]
    begun = [await running.begin(coop.installation, reading, "ordinary", tried, discreet=True) for tried in drafts[:2]]
    assert await running.begin(coop.installation, reading, "ordinary", drafts[0], discreet=True) == begun[0]
    with pytest.raises(Problem, match=r"backtest\.busy"):
        await running.begin(coop.installation, reading, "ordinary", drafts[2], discreet=True)
    gate.set()
    for id_ in begun:
        await finished(coop, id_)
    assert await running.begin(coop.installation, reading, "ordinary", drafts[2], discreet=True)


async def test_one_that_fails_says_so_and_can_be_tried_again(coop: Coop, monkeypatch: pytest.MonkeyPatch) -> None:
    member = await coop.signed_in("Taro")

    async def fail(*_args: Any, **_more: Any) -> Any:
        raise ValueError("broken")

    with monkeypatch.context() as broken:
        broken.setattr(running, "compute", fail)
        address = (await post(member, coop, "ordinary", FOUR_FIFTHS)).headers["location"]
        assert (await finished(coop, address.rpartition("/")[2])).result is None
    assert "計算できませんでした" in (await member.get(address)).text
    again = (await post(member, coop, "ordinary", FOUR_FIFTHS)).headers["location"]
    assert again == address
    assert (await finished(coop, address.rpartition("/")[2])).result is not None
