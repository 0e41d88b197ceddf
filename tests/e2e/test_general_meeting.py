"""A whole general meeting by newcomers: from a preset to signed minutes, an elected committee, a copy that verifies.

Members are in the room, online, represented and on paper; officers are chosen on a slate, the articles change, and what
misses the two thirds by one vote is refused, which the page says.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ledger.compose import Private
from tests.e2e import general_meeting as act
from tests.e2e.conftest import Coop, OpenPage, Travelling
from tests.e2e.test_proposals import DAY
from tests.e2e.test_walkthrough import appoint, enter_paper, run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

JIRO, UME, MATSU, KIKU, TAKE = "山田 次郎", "佐藤 ウメ", "鈴木 マツ", "木村 キク", "岡 タケ"
TOME, ICHIRO, HARU = "海野 トメ", "髙橋 ①郎", "川上 ハル"
"""Nobody but the founder has more than a phone; these three have none."""
SLATE = {MATSU: "監事", UME: "理事", JIRO: "理事"}
HOUR = 3_600


class Story:
    """Who acts where: the founder at the office's desktop, the others on phones."""

    def __init__(self, travelling: Travelling, open_page: OpenPage) -> None:
        self.clock = travelling
        self.office = open_page("ja")
        self.jiro, self.ume, self.matsu, self.kiku = (open_page("ja", phone=True) for _ in range(4))
        # The first fiscal year ends with this month, so that it can be reported on soon.
        self.year_begins, self.year_ends = act.next_month(travelling)
        self.coop = act.found(travelling, self.office, self.year_begins.month)
        act.gather(self.coop, self.office, self.jiro, UME, MATSU, KIKU, TAKE)
        appoint(self.coop, self.office, JIRO, "進行役")
        for page, name in ((self.ume, UME), (self.matsu, MATSU), (self.kiku, KIKU)):
            self.coop.sign_in(page, name)

    def draft(self) -> None:
        """Three officers, the articles, something as weighty, and how committees are elected from now on."""
        self.slate = act.draft_slate(self.coop, self.office, SLATE)
        self.articles = act.draft_articles(self.coop, self.office)
        self.mill = act.draft_special(self.coop, self.ume)
        self.method = act.draft_election_rule(self.coop, self.office)

    def convene(self) -> None:
        titles = ["役員3人の選任", "定款の変更", "製材所をゆずりわたす", "委員は単記移譲式で選ぶ"]
        self.meeting, self.wait = act.convene(self.coop, self.clock, self.office, titles, [UME, JIRO])

    def answer(self) -> None:
        """Before the day: a vote by phone, a proxy on the page, a proxy and a written ballot on paper."""
        coop = self.coop
        act.say(coop, {TAKE: dict.fromkeys((self.slate, self.articles, self.mill, self.method), "yes")})
        act.entrust(self.kiku, self.meeting, MATSU)
        act.enter_proxy(self.jiro, self.meeting, act.member(coop, self.office, HARU), TAKE)
        enter_paper(self.jiro, coop.address(f"proposals/{self.articles}"), TOME, "賛成")
        act.countersign(coop, self.office, 2)

    def assemble(self) -> None:
        """An hour before: one comes in by the code on the wall, one online, one says their name at reception."""
        self.clock.forward(self.wait - HOUR)
        act.come_by_code(self.meeting, self.office, self.ume)
        act.come_online(self.meeting, self.matsu)
        act.check_in(self.meeting, self.jiro, ICHIRO)
        act.countersign(self.coop, self.office, 1)
        self.clock.forward(HOUR)
        act.open_meeting(self.meeting, self.office)

    def decide(self) -> None:
        """On pages and by hand; then the chair closes item by item."""
        coop = self.coop
        act.vote(self.jiro, coop, self.articles, "賛成")
        act.vote(self.jiro, coop, self.mill, "賛成")
        act.vote(self.matsu, coop, self.mill, "反対")
        yes = dict.fromkeys((self.slate, self.articles, self.method), "yes")
        act.say(coop, {UME: yes | {self.mill: "yes"}, MATSU: yes})
        act.report_hands(self.meeting, self.office, self.slate, yes=1, no=0)
        act.countersign(coop, self.ume, 1)
        act.countersign(coop, self.jiro, 1)
        act.close_item(self.meeting, self.office, self.slate)
        act.close_item(self.meeting, self.office, self.articles)
        act.close(self.meeting, self.office)

    def record(self) -> None:
        """The minutes, in the words of the log and one more line, signed by the chair and the two signers."""
        act.write_minutes(self.meeting, self.office)
        for page in (self.office, self.jiro, self.ume):
            act.sign_minutes(self.meeting, page)

    def elect(self) -> None:
        """Three advisers among four, by the rule that the meeting has just adopted; one ballot comes on paper."""
        coop = self.coop
        self.committee = act.draft_committee(coop, self.office, (UME, KIKU, TAKE, TOME), 3)
        act.call(coop, self.office, self.committee)
        self.clock.forward(10 * DAY)
        act.rank(self.ume, coop, self.committee, 1, 3)
        act.enter_ranking(self.jiro, coop, self.committee, TOME, 4, 3)
        act.countersign(coop, self.office, 1)
        coop.catch_up()
        for name, choice in ((KIKU, "1>2"), (TAKE, "3>1"), (MATSU, "4>3")):
            coop.say(name, "ballot.cast/1", {"proposal": self.committee, "choice": Private(choice)})
        self.clock.forward(7 * DAY)

    def audit(self) -> None:
        """One of the three officers, once the fiscal year is over."""
        self.year = self.year_begins.year - 1
        self.clock.forward(max(0, self.year_ends - self.clock.now() // 1000))
        act.audit(self.coop, self.matsu, self.year)


@pytest.fixture
def story(travelling: Travelling, open_page: OpenPage) -> Story:
    """A co-op that has just been founded, with nine members."""
    return Story(travelling, open_page)


def outcome(coop: Coop, page: Page, proposal: str, *said: str) -> None:
    page.goto(coop.address(f"proposals/{proposal}"))
    for words in said:
        expect(page.locator("#outcome")).to_contain_text(words)


def test_a_general_meeting_from_its_founding_to_its_minutes_and_an_elected_committee(
    story: Story, tmp_path: Path
) -> None:
    coop, page = story.coop, story.kiku
    story.draft()
    story.convene()
    story.answer()
    story.assemble()
    story.decide()

    outcome(coop, page, story.slate, "可決されました", "賛成は6票でした。", "に実行されました")
    outcome(
        coop, page, story.articles, "可決されました", "出席は、書面や投票、委任状を含めて8人です。", "賛成は7票でした。"
    )
    # Jiro, Ume, and Take with Haru's mandate; Matsu with Kiku's is against it, and Ichiro's silence counts as present.
    outcome(
        coop,
        page,
        story.mill,
        "否決されました",
        "つまり5票以上の賛成が要ります。",
        "賛成は4票でした。 あと1票足りません。",
    )
    page.goto(coop.address("articles"))
    expect(page.get_by_role("main")).to_contain_text("第2条 事務所を北の里に置く。")
    page.goto(coop.address("office/roles"))
    for name, role in SLATE.items():
        expect(page.get_by_role("list", name=role)).to_contain_text(name)

    story.record()
    minutes = act.minutes_pdf(story.meeting, page)
    for words in ("第1版に全員が署名しました。", "この一年の活動", "うち 挙手:賛成 1", "賛成 4", "否決", UME, JIRO):
        assert words in minutes, words

    story.elect()
    outcome(coop, page, story.committee, f"選ばれました:{UME}、{TOME}、{TAKE}")
    story.audit()
    report = act.report_pdf(coop, page, story.year)
    for words in ("監査報告", "総会の議決を票のひとつひとつから数え直し", MATSU):
        assert words in report, words
    exported = run("export", coop.server, str(tmp_path / "copy"), "--ledger", coop.slug)
    assert exported.returncode == 0, exported.stderr
    verified = run("verify", str(tmp_path / "copy"), "--lang", "en")
    assert verified.returncode == 0, verified.stdout + verified.stderr
