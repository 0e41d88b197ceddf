"""The form of a convocation: to whom it is open, which drafts it offers, and how one is changed or held again."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ledger import canonical, ids
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling
from tests.app.meetings.conftest import SOON, Convene
from tests.app.meetings.test_pages import page
from tests.app.meetings.test_papers import printed

AGENDA = re.compile(r'name="agenda\[\]" value="(prop_\w+)" data-as="id" data-optional( checked)?')


def controls(shown: str, statement: str) -> set[str]:
    """The names of everything in a form that is said."""
    form = shown[shown.index(f'data-statement="{statement}"') :]
    return set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', form[: form.index("</form>")])) - {"q"}


async def test_only_who_may_convene_gets_the_form(coop: Coop) -> None:
    assert "/c/owase/meetings/new" in await page(coop, "Hanako", "meetings")
    assert "/c/owase/meetings/new" not in await page(coop, "Taro", "meetings")
    client = await coop.signed_in("Taro")
    assert (await client.get("/c/owase/meetings/new")).status_code == 403
    # Where there is no draft yet, the way to one.
    assert 'href="/c/owase/proposals/new"' in await page(coop, "Hanako", "meetings/new")


async def test_kinds_in_english_begin_with_a_capital(coop: Coop, convene: Convene) -> None:
    await convene()
    form = await page(coop, "Hanako", "meetings/new?lang=en")
    assert ">General meeting</option>" in form
    assert ">Assembly of delegates</option>" in form
    listed = await page(coop, "Hanako", "meetings?lang=en")
    assert "General meeting" in listed
    assert "general meeting" not in listed


async def test_without_a_draft_it_says_so(coop: Coop) -> None:
    assert "議題にできる下書きの提案がありません" in await page(coop, "Hanako", "meetings/new")


async def test_drafts_are_offered_until_they_are_on_an_agenda(coop: Coop, convene: Convene, proposal: str) -> None:
    shown = await page(coop, "Hanako", "meetings/new")
    assert "議決できる会議:総会" in shown
    assert AGENDA.findall(shown) == [(proposal, "")]
    await convene(proposal)
    assert proposal not in await page(coop, "Hanako", "meetings/new")


async def test_every_control_is_one_of_the_statement(coop: Coop, proposal: str) -> None:
    shown = await page(coop, "Hanako", "meetings/new")
    body = {"kind", "title", "starts_at", "ends_at", "mode", "place", "agenda[]", "reports[]", "documents[]", "notes"}
    assert controls(shown, "meeting.convene/1") == {*body, "chair"}
    assert "signers/0" in shown
    assert proposal in shown


async def test_a_meeting_is_changed_until_it_begins(
    coop: Coop, convene: Convene, proposal: str, clock: Travelling
) -> None:
    meeting = await convene(proposal, documents=[Private("決算書\nhttps://coops.example/kessan.pdf")])
    other = await draft(coop, "橋をかける")
    shown = await page(coop, "Hanako", f"meetings/{meeting}/amend")
    body = {"title", "starts_at", "ends_at", "mode", "place", "agenda[]", "reports[]", "documents[]", "notes"}
    assert controls(shown, "meeting.amend/1") == {"meeting", *body}
    assert AGENDA.findall(shown) == [(proposal, " checked"), (other, "")]
    for value in ("第3回通常総会", "みかん会館", "この一年の活動", "決算書", "https://coops.example/kessan.pdf"):
        assert f'value="{value}"' in shown
    [before] = re.findall(r'data-replaces="([^"]+)"', shown)
    begins = clock.now() + 2 * SOON
    changed: dict[str, Any] = {
        "meeting": meeting,
        "title": Private("第3回通常総会(延期)"),
        "starts_at": canonical.format_time(begins),
        "mode": "room",
        "agenda": [other, proposal],
    }
    await coop.say("Hanako", "meeting.amend/1", changed, replaces=before)
    after = await page(coop, "Taro", f"meetings/{meeting}")
    assert "第3回通常総会(延期)" in after
    assert "第2版" in after
    assert after.index("橋をかける") < after.index("直売所の屋根を直す")
    local = re.search(r'name="starts_at" type="datetime-local" value="([^"]+)"', await amending(coop, meeting))
    assert local is not None
    # The co-op's clock is nine hours ahead of UTC.
    assert local[1] == canonical.format_time(begins + 9 * 3_600_000)[:16]


async def amending(coop: Coop, meeting: str) -> str:
    return await page(coop, "Hanako", f"meetings/{meeting}/amend")


async def draft(coop: Coop, title: str, author: str = "Taro", kind: str = "ordinary") -> str:
    body = {"kind": kind, "title": Private(title), "text": Private(title)}
    return ids.object_id("prop", (await coop.say(author, "proposal.draft/1", body)).id)


async def test_what_has_begun_is_not_changed_nor_by_members(coop: Coop, convene: Convene, clock: Travelling) -> None:
    meeting = await convene()
    client = await coop.signed_in("Taro")
    assert (await client.get(f"/c/owase/meetings/{meeting}/amend")).status_code == 403
    assert f"{meeting}/amend" in await page(coop, "Hanako", f"meetings/{meeting}")
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    client = await coop.signed_in("Hanako")
    assert (await client.get(f"/c/owase/meetings/{meeting}/amend")).status_code == 409
    assert f"{meeting}/amend" not in await page(coop, "Hanako", f"meetings/{meeting}")


async def test_what_had_no_quorum_is_taken_up_by_a_second_convocation(
    coop: Coop, convene: Convene, proposal: str, clock: Travelling
) -> None:
    first = await convene(proposal)
    client = await coop.signed_in("Hanako")
    assert (await client.get(f"/c/owase/meetings/new?after={first}")).status_code == 409
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": first})
    await coop.say("Hanako", "meeting.close/1", {"meeting": first})
    clock.ahead += 10
    await draft(coop, "次")  # what is due is applied with the next entry
    link = f"/c/owase/meetings/new?after={first}"
    assert link in await page(coop, "Hanako", f"meetings/{first}")
    assert link not in await page(coop, "Taro", f"meetings/{first}")
    shown = await page(coop, "Hanako", f"meetings/new?after={first}")
    assert {"kind", "after"} <= controls(shown, "meeting.convene/1")
    assert f'name="after" value="{first}"' in shown
    assert AGENDA.findall(shown) == [(proposal, " checked")]
    second = await convene(proposal, after=first)
    told = await page(coop, "Taro", f"meetings/{second}")
    assert "第二招集" in told
    assert f"/c/owase/meetings/{first}" in told
    letter = (await printed(coop, "Taro", f"{second}/notice.pdf"))[0]
    assert "前の会議に出された委任状・書面議決書・投票は使われないので、もう一度お出しください。" in letter
    assert "第二招集" not in (await printed(coop, "Taro", f"{first}/notice.pdf"))[0]
    assert link not in await page(coop, "Hanako", f"meetings/{first}")


async def test_meetings_of_a_series_say_so(coop: Coop, convene: Convene) -> None:
    assert "続けて開く会議はまだありません" in await page(coop, "Taro", "meetings/series")
    assert "meeting.series/1" not in await page(coop, "Taro", "meetings/series")
    assert "meeting.series/1" in await page(coop, "Hanako", "meetings/series")
    said = await coop.say("Hanako", "meeting.series/1", {"name": Private("理事会"), "rhythm": Private("毎月第2火曜")})
    series = ids.object_id("ser", said.id)
    listed = await page(coop, "Hanako", "meetings/series")
    assert "毎月第2火曜" in listed
    assert f"meetings/new?series={series}" in listed
    form = await page(coop, "Hanako", f"meetings/new?series={series}")
    assert f'<option value="{series}" selected>理事会</option>' in form
    meeting = await convene(series=series)
    assert "理事会" in await page(coop, "Taro", "meetings")
    assert "理事会" in await page(coop, "Taro", f"meetings/{meeting}")


@pytest.mark.parametrize("there", [True, False])
async def test_who_is_there_moves_a_draft_of_their_own_where_the_rule_lets_them(
    coop: Coop, convene: Convene, clock: Travelling, *, there: bool
) -> None:
    own, others, elsewhere = (
        await draft(coop, "動議", "Taro", "special"),
        await draft(coop, "人の動議", "Ume", "special"),
        await draft(coop, "通知のいる議案"),
    )
    meeting = await convene()
    if there:
        await coop.say("Taro", "meeting.attend/1", {"meeting": meeting, "how": "online"})
    assert "meeting.motion/1" not in await page(coop, "Taro", f"meetings/{meeting}")
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    shown = await page(coop, "Taro", f"meetings/{meeting}")
    assert ("meeting.motion/1" in shown) is there
    assert (own in shown) is there
    assert others not in shown
    assert elsewhere not in shown
    if there:
        await coop.say("Taro", "meeting.motion/1", {"meeting": meeting, "proposal": own})
        assert "第1号議案 動議" in await page(coop, "Ume", f"meetings/{meeting}")


async def test_documents_say_where_they_are_and_what_they_hash_to(coop: Coop, convene: Convene) -> None:
    hash_ = "ab" * 32
    texts = ("決算書\nhttps://coops.example/kessan.pdf\n" + f"sha256:{hash_}", "定款", "https://coops.example/a")
    meeting = await convene(documents=[Private(text) for text in texts])
    shown = await page(coop, "Taro", f"meetings/{meeting}")
    assert 'href="https://coops.example/kessan.pdf">決算書</a>' in shown
    assert re.findall(r'data-sha256="(\w+)"', shown) == [hash_]
    assert '<span class="thing-title">定款</span>' in shown
    assert 'href="https://coops.example/a">https://coops.example/a</a>' in shown


async def test_an_address_that_is_no_web_page_is_no_link(coop: Coop, convene: Convene) -> None:
    meeting = await convene(documents=[Private("罠\njavascript:alert(1)")])
    shown = await page(coop, "Taro", f"meetings/{meeting}")
    assert "罠 javascript:alert(1)" in shown
    assert 'href="javascript' not in shown
