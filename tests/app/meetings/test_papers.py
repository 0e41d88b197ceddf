"""Papers of a meeting as the office and members get them: fetched over HTTP, read back from the PDF."""

from __future__ import annotations

import io
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from app.meetings.guests import homes
from app.pages.meetings import papers
from app.roll import Person
from ledger import ids
from ledger.books.members import Member
from ledger.compose import Private
from tests.app.api.service import Coop
from tests.app.meetings.conftest import Convene
from tests.app.meetings.test_pages import page
from tests.app.meetings.test_reception import seat
from tests.app.papers.reading_back import bare

HOUSES = {"Jiro": "海辺", "Ume": "海辺", "Taro": "山手"}


@pytest.fixture
async def addressed(coop: Coop) -> Coop:
    """Jiro and Ume share a house; Taro's is another; of Hanako's nobody knows."""
    for number, (name, house) in enumerate(HOUSES.items(), 1):
        profile = {
            "name": Private(name),
            "kana": Private({"Jiro": "じろう", "Ume": "うめ", "Taro": "たろう"}[name]),
            "household": Private(house),
            "group": Private("北班"),
            "address": Private(f"〒519-3600 尾鷲市{house}1番地"),
            "number": Private(f"00{number}"),
        }
        await coop.say("Hanako", "member.profile/1", {"member": coop.town.id(name), "profile": profile})
    return coop


async def fetch(coop: Coop, who: str, path: str, **asked: Any) -> httpx.Response:
    client = await coop.signed_in(who)
    return await client.get(f"/c/owase/meetings/{path}", params=asked)


async def printed(coop: Coop, who: str, path: str, **asked: Any) -> list[str]:
    """The text of each page of a PDF, without blanks."""
    answer = await fetch(coop, who, path, **asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return [bare(page.extract_text()) for page in PdfReader(io.BytesIO(answer.content)).pages]


async def test_letters_go_to_households_with_the_forms_of_everybody_there(
    addressed: Coop, convene: Convene, proposal: str
) -> None:
    meeting = await convene(proposal)
    asked = {"by": "2030-04-01T17:00", "back": "尾鷲市港町5", "contact": "0597-00-0000", "labels": "12"}
    pages = await printed(addressed, "Hanako", f"{meeting}/papers/letters/1", **asked)
    notices = [page for page in pages if "招集のご通知" in page]
    assert len(notices) == 3
    (shared,) = [page for page in notices if "海辺1番地" in page]
    assert "〒519-3600" in shared
    assert "Jiro様" in shared
    assert "Ume様" in shared
    assert "第1号議案" in shared
    assert "この一年の活動" in shared
    assert "招集者Hanako" in shared
    forms = [page for page in pages if page not in notices]
    assert sum("委任状" in page for page in forms) == sum("書面議決書" in page for page in forms) == 4
    assert all("2030年4月1日(月)17:00必着" in page for page in forms)
    assert all("尾鷲市港町5" in page for page in forms)
    assert (await fetch(addressed, "Hanako", f"{meeting}/papers/letters/2")).status_code == 404


async def test_the_notice_and_the_forms_say_what_counts(addressed: Coop, convene: Convene, proposal: str) -> None:
    """Every way to vote and its end; what an empty box, two marks, a missing signature or a motion come to."""
    await seat(addressed, "Hanako", "chair")
    notice, proxy, ballot = await printed(addressed, "Taro", f"{await convene(proposal)}/notice.pdf")
    assert "招集者理事長Hanako" in notice
    assert "組合のページ(QRコード)から、議案ごとに議長が採決を締め切るまで投票できます。" in notice
    assert "両方が届いたときは、書面議決書に印のある議案では書面議決書を数えます。" in notice
    assert "代理人の氏名も議長一任の印もない委任状は、議長に一任したものとして扱います。" in proxy
    assert "印のない議案と、一つを選ぶのに二つ以上の印がある議案は、投票しなかったものとして扱います。" in ballot
    assert all("署名も記名押印もない用紙は、数えられません。" in form for form in (proxy, ballot))
    assert not any("動議" in page for page in (notice, proxy, ballot))
    body = {"kind": "special", "title": Private("定款を改める"), "text": Private("第一条")}
    special = ids.object_id("prop", (await addressed.say("Taro", "proposal.draft/1", body)).id)
    _, proxy, ballot = await printed(addressed, "Taro", f"{await convene(special)}/notice.pdf")
    assert "会場で出された動議についても、議決権の行使を委任します。" in proxy
    assert "会場で出された動議には、この用紙では投票できません。" in ballot


async def test_long_letters_come_in_smaller_files(
    addressed: Coop, convene: Convene, proposal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Members write what stands in letters, and one file of fifty would fill the memory."""
    monkeypatch.setattr(papers, "LENGTH", 10_000)
    meeting = await convene(proposal, notes=Private("あ" * 4000))
    shown = (await fetch(addressed, "Hanako", f"{meeting}/papers")).text
    assert "1〜2世帯目" in shown
    assert "3〜3世帯目" in shown
    counts = []
    for number in (1, 2):
        pages = await printed(addressed, "Hanako", f"{meeting}/papers/letters/{number}")
        counts.append(sum("第1号議案" in one and "招集のご通知" in one for one in pages))
    assert counts == [2, 1]
    assert (await fetch(addressed, "Hanako", f"{meeting}/papers/letters/3")).status_code == 404


async def test_the_page_says_how_many_and_whom_no_letter_reaches(
    addressed: Coop, convene: Convene, proposal: str
) -> None:
    shown = (await fetch(addressed, "Hanako", f"{await convene(proposal)}/papers")).text
    assert "1〜3世帯目" in shown
    assert "住所のわからない人が1名います" in shown
    assert "Hanakoさん" in shown


async def test_labels_reception_list_and_circulation_sheet(addressed: Coop, convene: Convene, proposal: str) -> None:
    meeting = await convene(proposal)
    (labels,) = await printed(addressed, "Hanako", f"{meeting}/papers/labels", labels="24")
    assert labels.count("〒519-3600") == 2
    (listed,) = await printed(addressed, "Hanako", f"{meeting}/papers/reception")
    assert listed.index("うめ") < listed.index("じろう") < listed.index("たろう") < listed.index("Hanako")
    (sheet,) = await printed(addressed, "Hanako", f"{meeting}/papers/circulation", group="北班")
    assert "海辺" in sheet
    assert "山手" in sheet
    assert "第1号議案直売所の屋根を直す" in sheet
    assert (await fetch(addressed, "Hanako", f"{meeting}/papers/poster")).status_code == 404


async def test_what_has_come_in_is_ticked_on_the_reception_list(
    addressed: Coop, convene: Convene, proposal: str
) -> None:
    meeting = await convene(proposal)
    before = (await printed(addressed, "Hanako", f"{meeting}/papers/reception"))[0].count("✓")
    await addressed.say("Taro", "proxy.give/1", {"meeting": meeting, "to": addressed.town.id("Jiro")})
    after = (await printed(addressed, "Hanako", f"{meeting}/papers/reception"))[0].count("✓")
    assert (before, after) == (0, 1)


async def test_a_member_gets_their_own_notice_and_nobody_elses(
    addressed: Coop, convene: Convene, proposal: str
) -> None:
    meeting = await convene(proposal)
    pages = await printed(addressed, "Taro", f"{meeting}/notice.pdf")
    assert [name for name in ("招集のご通知", "委任状", "書面議決書") if any(name in page for page in pages)] == [
        "招集のご通知",
        "委任状",
        "書面議決書",
    ]
    assert "Taro様" in pages[0]
    assert not any(name in page for page in pages for name in ("Ume", "海辺"))
    assert (await fetch(addressed, "Taro", f"{meeting}/papers")).status_code == 403
    assert (await fetch(addressed, "Taro", f"{meeting}/papers/labels")).status_code == 403


async def test_where_nothing_is_decided_there_are_no_forms(addressed: Coop, convene: Convene) -> None:
    pages = await printed(addressed, "Taro", f"{await convene()}/notice.pdf")
    assert len(pages) == 1
    assert "招集のご通知" in pages[0]
    assert "目的事項" in pages[0]  # a report is one
    bare_one = await printed(addressed, "Taro", f"{await convene(reports=[])}/notice.pdf")
    assert "目的事項" not in bare_one[0]


async def test_a_meeting_that_was_called_off_has_no_papers(addressed: Coop, convene: Convene) -> None:
    meeting = await convene()
    await addressed.say("Hanako", "meeting.cancel/1", {"meeting": meeting})
    assert (await fetch(addressed, "Hanako", f"{meeting}/papers")).status_code == 409
    assert (await fetch(addressed, "Taro", f"{meeting}/notice.pdf")).status_code == 409


def person(id_: str, **known: str) -> Person:
    member = Member(
        id=id_, index=0, cls="member", type="person", status="active", joined=0, profile="", profile_path="", set_by=""
    )
    fields = dict.fromkeys(Person._fields[1:], "") | {"name": id_} | known
    return Person(member, **fields)


@pytest.mark.parametrize(
    ("address", "postcode", "rest"),
    [
        ("〒519-3600 尾鷲市1", "519-3600", "尾鷲市1"),
        ("５１９－３６００　尾鷲市1", "519-3600", "尾鷲市1"),
        ("〒5193600\n尾鷲市1", "519-3600", "尾鷲市1"),
        ("5193600 尾鷲市1", "", "5193600 尾鷲市1"),
        ("519-36001 尾鷲市1", "", "519-36001 尾鷲市1"),
        ("尾鷲市519-3600", "", "尾鷲市519-3600"),
        ("", "", ""),
    ],
)
def test_a_post_code_stands_at_the_beginning(address: str, postcode: str, rest: str) -> None:
    (home,) = homes([person("a", address=address)], {})
    assert (home.postcode, home.address) == (postcode, rest)


def test_a_household_is_what_is_recorded_else_what_the_roll_says_at_one_address() -> None:
    people = [
        person("a", household="山", address="1"),
        person("b", household="山", address="2"),
        person("c", household="山", address="1"),
        person("d", address="1"),
        person("e", address="1"),
        person("f", household="山", address="1"),
        person("g", household="海", address="1"),
    ]
    found = [[one.id for one in home.people] for home in homes(people, {"f": "hh_1", "g": "hh_1"})]
    assert found == [["a", "c"], ["b"], ["d"], ["e"], ["f", "g"]]


async def test_everybodys_addresses_are_for_those_who_call_together(coop: Coop, convene: Convene) -> None:
    meeting = await convene()
    await coop.appoint("Ume", "concierge")
    await coop.appoint("Jiro", "facilitator")
    for path in ("papers", "papers/letters/1", "papers/labels", "papers/reception"):
        assert (await fetch(coop, "Ume", f"{meeting}/{path}")).status_code == 403
        assert (await fetch(coop, "Jiro", f"{meeting}/{path}")).status_code == 200
    assert f"{meeting}/papers" not in await page(coop, "Ume", f"meetings/{meeting}")
    assert f"{meeting}/papers" in await page(coop, "Jiro", f"meetings/{meeting}")
    for who, there in (("Ume", False), ("Jiro", True)):
        assert ("office/roll.csv" in await page(coop, who, "members")) is there
