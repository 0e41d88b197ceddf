"""The people of a worker co-operative and what they do on its pages, for the story in ``test_general_meeting.py``.

Each acts in a browser of their own. Where many do the same, one does it on the page; for the others the same statement
is written and signed over HTTP, by keys that came in through the same invitation.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

from nacl.signing import SigningKey
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from ledger import canonical, ids
from ledger.compose import Private, public_of
from tests.e2e.conftest import PKCS8_ED25519, Coop, Travelling
from tests.e2e.test_founding import WORDS as FOUNDING
from tests.e2e.test_meeting_door import shown
from tests.e2e.test_proposals import DAY, answered, fill, sign
from tests.e2e.test_roster import upload
from tests.town import Town, Written

ROSTER = (
    "会員番号,氏名,ﾌﾘｶﾞﾅ,班,入会日\r\n"
    "001,海野 トメ,ｳﾐﾉ ﾄﾒ,一班,令和8年4月1日\r\n"
    "002,髙橋 ①郎,ﾀｶﾊｼ ｲﾁﾛｳ,二班,2026/4/1\r\n"
    "003,川上 ハル,ｶﾜｶﾐ ﾊﾙ,二班,2026/4/1\r\n"
)
JAPAN = timedelta(hours=9)


class Guests(Town):
    """People who come in through a link that was made on a page."""

    link: SigningKey

    def key(self, name: str) -> SigningKey:
        return self.link if name == "link" else super().key(name)

    def joins(self, name: str, link: str) -> Written:
        """The application that the page behind the link writes."""
        address, _, fragment = link.partition("#")
        pkcs8 = fragment.partition(".")[0].replace("-", "+").replace("_", "/")
        self.link = SigningKey(canonical.unb64(pkcs8.ljust(-(-len(pkcs8) // 4) * 4, "="))[len(PKCS8_ED25519) :])
        own = self.key_id(name)
        body = {
            "alg": "ed25519",
            "cls": "member",
            "invitation": address.rpartition("/")[2].partition("?")[0],
            "profile": {"name": Private(name)},
            "public": self.public(name),
            "type": "person",
        }
        by = ids.key_id(public_of(self.link))
        written = self.says(own, "member.apply/1", body, cosigners=(by,), keys={own: name, by: "link"})
        self.ids[name] = "mem_" + ids.object_id("app", written.id).removeprefix("app_")
        return written


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def submit(page: Page, name: str) -> None:
    """Press a form's button, and sign what the dialog says."""
    press(page, name)
    sign(page, "ja")


def at(travelling: Travelling, days: int, minutes: int) -> tuple[str, int]:
    """A time to come, as a form takes it on the co-op's wall clock; and the seconds until then."""
    now = travelling.now() // 1000
    then = (now // 60 + minutes) * 60 + days * DAY
    return (datetime.fromtimestamp(then, UTC) + JAPAN).strftime("%Y-%m-%dT%H:%M"), then - now


def next_month(travelling: Travelling) -> tuple[datetime, int]:
    """When the coming month begins on the co-op's wall clock; and in seconds since 1970."""
    here = datetime.fromtimestamp(travelling.now() // 1000, UTC) + JAPAN
    first = (here.replace(day=1, hour=0, minute=0, second=0) + timedelta(days=31)).replace(day=1)
    return first, int((first - JAPAN).timestamp())


def member(coop: Coop, page: Page, name: str) -> str:
    """The id of a member, from the link in the list of all."""
    page.goto(coop.address(f"members?q={name[-2:]}"))
    link = page.get_by_role("main").get_by_role("link", name=name).first.get_attribute("href")
    return str(link).rpartition("/")[2]


def found(travelling: Travelling, page: Page, fiscal_month: int) -> Coop:
    """By the six questions, deciding as the act on worker co-operatives has it."""
    slug, words = f"walk-{secrets.token_hex(4)}", FOUNDING["ja"]
    page.goto(f"{travelling.address}/found")
    press(page, words["begin"])
    page.fill("[name=name]", "森の里労働者協同組合")
    page.fill("[name=slug]", slug)
    press(page, words["next"])
    page.fill("[name=person_name]", "山本 花子")
    page.fill("[name=person_kana]", "やまもと はなこ")
    press(page, words["next"])
    page.select_option("[name=fiscal_month]", str(fiscal_month))
    press(page, words["next"])
    press(page, words["next"])
    page.check("[name=preset][value=worker_coop]")
    press(page, words["next"])
    page.check("[name=visibility][value=public]")
    press(page, words["review"])
    press(page, words["device"])
    press(page, words["sign"])
    expect(page.get_by_role("dialog")).to_contain_text("3分の2以上")
    sign(page, "ja")
    expect(page.get_by_role("heading", name=words["done"])).to_be_visible()
    coop = Coop(travelling.address, Guests(slug, slug))
    coop.town.origin = page.request.get(f"{travelling.address}/api/v1/ledgers/{slug}/context").json()["origin"]
    return coop


def gather(coop: Coop, office: Page, guest: Page, *others: str) -> None:
    """Three without a device from a list; one comes in with a passkey by the office's link, the others likewise."""
    upload(coop, office, "ja", ROSTER.encode("cp932"))
    press(office, "3人を名簿に加える")
    office.get_by_role("dialog").get_by_role("button", name=re.compile("件に署名して届け出る")).click()
    expect(office.get_by_role("main")).to_contain_text("3人を名簿に加えました")
    office.goto(coop.address("members/invite"))
    office.select_option("[name=uses]", "10")
    submit(office, "招待リンクをつくる")
    link = office.get_by_role("button", name="リンクをコピー").get_attribute("data-copy") or ""
    guest.goto(link)
    guest.fill("[name=name]", "山田 次郎")
    submit(guest, "パスキーをつくって進む")
    press(guest, "本人確認をして、はいる")
    expect(guest).to_have_url(coop.address("me"))
    coop.catch_up()
    assert isinstance(coop.town, Guests)
    for name in others:
        coop.record(coop.town.joins(name, link))


def draft(page: Page, title: str, text: str) -> str:
    """Title and reasons of the form that is open: the id of the draft."""
    page.fill("[name=title]", title)
    page.fill("[name=text]", text)
    submit(page, "下書きを届け出る")
    page.wait_for_url(re.compile(r"/proposals/prop_[a-z2-7]{26}$"))
    return page.url.rpartition("/")[2]


def draft_slate(coop: Coop, page: Page, slate: dict[str, str]) -> str:
    """Three officers by one resolution: each found by name, each with the role proposed for them."""
    page.goto(coop.address("proposals/new?kind=role"))
    page.wait_for_function("window.htmx")
    for name in slate:
        answered(page, partial(fill, page, "q", name[-2:]))
        answered(page, page.get_by_role("checkbox", name=name).check)
    for name, role in slate.items():
        answered(page, partial(page.get_by_label(f"{name}さんの役").select_option, label=role))
    told = page.locator("#told")
    for name, role in slate.items():
        expect(told).to_contain_text(f"{name}さんに「{role}」をお願いします")
    return draft(page, "役員3人の選任", "監事と理事を、この3人にお願いする。")


def draft_articles(coop: Coop, page: Page) -> str:
    """A new text of the articles of association."""
    page.goto(coop.address("proposals/new?kind=special"))
    page.wait_for_function("window.htmx")
    answered(page, page.get_by_label("本文を定款にする").check)
    return draft(page, "定款の変更", "第1条 この組合は、森の里労働者協同組合という。\n\n第2条 事務所を北の里に置く。")


def draft_special(coop: Coop, page: Page) -> str:
    """Something else that needs a special resolution."""
    page.goto(coop.address("proposals/new?kind=special"))
    return draft(page, "製材所をゆずりわたす", "製材の事業を、となりの組合にゆずりわたす。")


def draft_election_rule(coop: Coop, page: Page) -> str:
    """How committees are elected: from the preset's rule for officers, but by transferable votes."""
    page.goto(coop.address("proposals/new?kind=rules&decides=election"))
    page.wait_for_function("window.htmx")
    answered(page, lambda: page.select_option("[name='method/module']", "stv/1"))
    return draft(page, "委員は単記移譲式で選ぶ", "少ない人の声も、席に届くように。")


def convene(coop: Coop, travelling: Travelling, page: Page, titles: list[str], signers: list[str]) -> tuple[str, int]:
    """A general meeting in eleven days with these drafts in this order: its address, the seconds until it begins."""
    starts, wait = at(travelling, 11, 0)
    page.goto(coop.address("meetings/new"))
    page.wait_for_function("window.htmx")
    page.select_option("[name=kind]", label="総会")
    page.fill("[name=title]", "第1回通常総会")
    page.fill("[name=starts_at]", starts)
    page.fill("[name=place]", "北の里 集会所")
    for title in titles:
        page.get_by_role("checkbox", name=title).check()
    page.locator("summary").filter(has_text="報告").click()
    page.locator("#report-0").fill("この一年の活動")
    for place, name in enumerate(signers):
        page.fill(f"#signer-{place}-q", name[-2:])
        expect(page.locator(f"#signer-{place}-found").get_by_role("radio", name=name)).to_be_checked()
    submit(page, "招集する")
    page.wait_for_url(re.compile(r"/meetings/mtg_[a-z2-7]{26}$"))
    return page.url, wait


def entrust(page: Page, meeting: str, to: str) -> None:
    """A proxy for this meeting, given on its page to somebody found by name."""
    page.goto(meeting)
    page.get_by_text("ほかの人に委任する").click()
    page.fill("#proxy-q", to[-2:])
    expect(page.locator("#proxy-found").get_by_role("radio", name=to)).to_be_checked()
    submit(page, "この人に委任する")
    expect(page.locator("#mine")).to_contain_text(f"{to}さん に委任しています")


def vote(page: Page, coop: Coop, proposal: str, choice: str) -> None:
    """By the buttons on the item's page."""
    page.goto(coop.address(f"proposals/{proposal}"))
    page.locator("#vote").get_by_role("button", name=choice, exact=True).click()
    sign(page, "ja")
    expect(page.locator("#vote")).to_contain_text(f"あなたの票:{choice}")


def say(coop: Coop, choices: dict[str, dict[str, str]]) -> None:
    """The same ballots as on the page, by name and proposal, signed by those whose keys are at hand."""
    coop.catch_up()
    for name, said in choices.items():
        for proposal, choice in said.items():
            coop.say(name, "ballot.cast/1", {"proposal": proposal, "choice": choice})


def enter_proxy(desk: Page, meeting: str, member: str, to: str) -> None:
    """A proxy on paper, on the page behind the code on its form: whom they send, and where the paper is kept."""
    desk.goto(f"{meeting}/returned/{member}")
    desk.get_by_text("次の人を代理人とします").click()
    desk.fill("#proxy-q", to[-2:])
    expect(desk.locator("#proxy-found").get_by_role("radio", name=to)).to_be_checked()
    desk.fill("#field-paper-holder", "委任状 1番、事務局の綴り")
    desk.select_option("#field-second-holder", index=1)
    desk.locator("#proxy").get_by_role("button", name="署名して連署を頼む").click()
    sign(desk, "ja")
    expect(desk.locator("#proxy")).to_contain_text("もう一人の署名を待っています")


def countersign(coop: Coop, page: Page, waiting: int) -> None:
    """As many as wait for this person are compared and signed."""
    page.goto(coop.address("office/countersign"))
    buttons = page.locator("[data-cosign]")
    for left in range(waiting, 0, -1):
        expect(buttons).to_have_count(left)
        buttons.first.click()
        sign(page, "ja")
    expect(buttons).to_have_count(0)


def come_by_code(meeting: str, office: Page, guest: Page) -> None:
    """The poster on the room's wall; who reads it with their own phone is here."""
    office.goto(f"{meeting}/code")
    secret = shown(office)
    guest.goto(f"{meeting}/door?openExternalBrowser=1#{secret}")
    submit(guest, "ここにいます")
    guest.wait_for_url(meeting)
    expect(guest.locator("#mine")).to_contain_text("会場で受付ずみ")


def come_online(meeting: str, page: Page) -> None:
    page.goto(meeting)
    submit(page, "オンラインで出席する")
    expect(page.locator("#mine")).to_contain_text("オンラインで受付ずみ")


def check_in(meeting: str, desk: Page, name: str) -> None:
    """Whoever has no phone says their name at reception; somebody else countersigns."""
    desk.goto(f"{meeting}/reception")
    desk.get_by_role("button", name=f"{name}さんの受付をする").click()
    sign(desk, "ja")
    expect(desk.locator("#reception")).to_contain_text("連署待ち 1 人")


def open_meeting(meeting: str, chair: Page) -> None:
    chair.goto(meeting)
    submit(chair, "開会する")
    expect(chair.get_by_text("会議が開かれています")).to_be_visible()


def item(page: Page, proposal: str) -> Locator:
    """The card of an item on the meeting's page."""
    return page.locator(f"#{proposal}")


def report_hands(meeting: str, chair: Page, proposal: str, yes: int, no: int) -> None:
    """What the hands in the room came to, as the chair counts them; the two signers still have to sign it."""
    chair.goto(meeting)
    item(chair, proposal).get_by_text("挙手の数を届け出る").click()
    for name, count in (("yes", yes), ("no", no), ("abstain", 0)):
        chair.fill(f"#{name}-{proposal}", str(count))
    item(chair, proposal).get_by_role("button", name="数に署名する").click()
    sign(chair, "ja")
    expect(item(chair, proposal)).to_contain_text("の署名を待っています")


def close_item(meeting: str, chair: Page, proposal: str) -> None:
    chair.goto(meeting)
    item(chair, proposal).get_by_role("button", name="採決を締め切る").click()
    sign(chair, "ja")
    expect(item(chair, proposal).get_by_role("button", name="採決を締め切る")).to_have_count(0)
    expect(item(chair, proposal)).not_to_contain_text("投票中")


def close(meeting: str, chair: Page) -> None:
    """The meeting, and with it whatever is still open."""
    chair.goto(meeting)
    submit(chair, "閉会する")
    expect(chair.get_by_text("に閉会しました")).to_be_visible()


def write_minutes(meeting: str, writer: Page) -> None:
    """What the log knows stands there already; what was talked about is added."""
    writer.goto(f"{meeting}/minutes")
    text = writer.locator("[name=text]")
    text.fill(f"{text.input_value()}\n\n質疑:製材所について、賛否それぞれの発言があった。")
    submit(writer, "この版を届け出る")
    expect(writer.get_by_role("heading", name="第1版に署名を集めています。")).to_be_visible()


def sign_minutes(meeting: str, page: Page) -> None:
    page.goto(f"{meeting}/minutes")
    submit(page, "議事録に署名する")
    expect(page.get_by_role("button", name="議事録に署名する")).to_have_count(0)


def draft_committee(coop: Coop, page: Page, candidates: tuple[str, ...], seats: int) -> str:
    """An election that gives no role: who advises the directors."""
    page.goto(coop.address("proposals/new?kind=election"))
    page.wait_for_function("window.htmx")
    answered(page, lambda: page.select_option("[name=role]", label="役はない(諮問委員など)"))
    for name in candidates:
        answered(page, partial(fill, page, "q", name[-2:]))
        answered(page, page.get_by_role("checkbox", name=name).check)
    answered(page, lambda: fill(page, "seats", str(seats)))
    return draft(page, "諮問委員の選挙", f"理事に助言する委員を{seats}人選ぶ。")


def call(coop: Coop, page: Page, proposal: str) -> None:
    """To a vote outside of any meeting."""
    page.goto(coop.address(f"proposals/{proposal}"))
    submit(page, "投票を呼びかける")
    expect(page.get_by_role("heading", name=re.compile("投票は .+ に始まります"))).to_be_visible()


def rank(page: Page, coop: Coop, proposal: str, *options: int) -> None:
    """Each option gets the next place, by the button that moves it up."""
    page.goto(coop.address(f"proposals/{proposal}"))
    for number in options:
        page.locator(f"#vote .ballot-row:has([data-option='{number}']) [data-move=up]").press("Enter")
    submit(page, "この内容で投票する")
    expect(page.locator("#vote")).to_contain_text("あなたの票:1位")


def enter_ranking(desk: Page, coop: Coop, proposal: str, name: str, *options: int) -> None:
    """A paper ballot with places, as it lies before the official, who names another to countersign."""
    desk.goto(coop.address(f"proposals/{proposal}/paper?q={name[-2:]}"))
    desk.get_by_role("link", name=name).click()
    for place, number in enumerate(options, 1):
        desk.locator(f"[data-option='{number}']").select_option(str(place))
    desk.fill("[name=paper]", "投票用紙 4番、事務局の綴り")
    desk.select_option("#field-second", index=1)
    press(desk, "署名して連署を頼む")
    sign(desk, "ja")
    expect(desk.locator("#waiting")).to_contain_text(name)


def text_of(pdf: bytes) -> str:
    """What is written on its pages, spaces and lines aside."""
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def download(page: Page, link: str) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("link", name=link).click()
    return Path(started.value.path()).read_bytes()


def minutes_pdf(meeting: str, page: Page) -> str:
    page.goto(f"{meeting}/minutes")
    expect(page.get_by_role("heading", name="第1版に全員が署名しました。")).to_be_visible()
    return text_of(download(page, "議事録をPDFで保存する"))


def audit(coop: Coop, page: Page, year: int) -> None:
    """The auditor has the server recompute everything, and reports on the fiscal year that is over."""
    page.goto(coop.address("audit"))
    press(page, "全体を検証する")
    expect(page.get_by_text("台帳は欠けも書きかえもなく、決まりどおりです")).to_be_visible()
    page.goto(coop.address("audit/reports/new"))
    expect(page.locator("[name=year]").first).to_have_value(str(year))
    page.fill("[name=text]", "総会の議決を票のひとつひとつから数え直し、議事録と照らし合わせた。")
    expect(page.locator("[name=faults]")).to_have_value("0")
    page.get_by_label("業務の執行に異議はありません").check()
    submit(page, "署名して報告する")
    page.wait_for_url(coop.address("audit/reports"))


def report_pdf(coop: Coop, page: Page, year: int) -> str:
    """As any member prints it."""
    page.goto(coop.address("audit/reports"))
    page.get_by_role("main").get_by_role("link", name=f"{year}年度").click()
    return text_of(download(page, "監査報告書(PDF)"))
