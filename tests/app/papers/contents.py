"""One content of every paper, of an invented co-op. Built anew each time, so that nothing hangs on an object."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final

from app.papers.audit_report import AuditReport, Checked, Finding
from app.papers.ballot_form import Written
from app.papers.circulation import Circulation
from app.papers.convocation import Convocation
from app.papers.households import Household, Voter
from app.papers.labels import Labels
from app.papers.meeting import Item, Meeting
from app.papers.minutes import Decided, Minutes, Present, Signer, Tally
from app.papers.notified import Notice, Notified
from app.papers.paper import Code, House, Paper
from app.papers.proxy_form import Proxies
from app.papers.reception import Expected, Reception
from app.texts import Catalogue
from app.texts.formats import Formats

CATALOGUE: Final = Catalogue.load()
DAY: Final = 86_400_000
STARTS: Final = 1_775_034_000_000
"""2026年4月1日(水) 18:00 in Japan."""
TITLE: Final = "第3回通常総会"
HOUSE: Final = House(
    name="山の結協同組合",
    address="〒321-0001\n山の村大字上野5番地",
    contact="0280-00-0000",
    head="理事長 甲野 花子",
    member="会員",
)


def fmt(lang: str) -> Formats:
    return Formats(lang, partial(CATALOGUE.t, lang))


def code(short: str) -> Code:
    return Code(f"https://yui.example/c/yama/{short}", short)


def voter(number: int, name: str) -> Voter:
    return Voter(number=f"{number:04}", name=name, proxy=code(f"P-{number:04}"), ballot=code(f"B-{number:04}"))


def household(number: int, *names: str) -> Household:
    members = tuple(voter(number * 10 + at, name) for at, name in enumerate(names))
    return Household(members=members, postcode="321-0001", address="山の村大字上野1234番地\nみどり荘 5号")


def items(count: int) -> tuple[Item, ...]:
    return tuple(Item(number=at + 1, title=f"議題{at + 1}について", text=f"説明{at + 1}です。") for at in range(count))


def convocation(*households: Household, votes: int = 3) -> Convocation:
    told = (
        *items(votes),
        Item(number=1, title="山の手入れ", asks="report"),
        Item(number=votes + 1, title="選挙", asks="room"),
    )
    meeting = Meeting(
        title=TITLE,
        starts=STARTS,
        opens=STARTS - 1_800_000,
        place="公民館\n大ホール",
        items=told,
        online="組合のページから",
    )
    return Convocation(
        house=HOUSE,
        dated=STARTS - 14 * DAY,
        meeting=meeting,
        households=households or (household(1, "山田 太郎", "山田 花子"), household(2, "髙﨑 一")),
        documents=("決算書",),
        proxies=Proxies(by=STARTS - DAY, chair=True, cap=9, terms=("代理人は会員に限ります。",)),
        written=Written(by=STARTS - 2 * DAY, terms=("印のない議案は棄権とみなします。",)),
        page=code("meetings/3"),
    )


def labels() -> Labels:
    return Labels(dated=STARTS, households=(household(1, "山田 太郎"), Household(members=(), name="佐藤商店")))


def reception() -> Reception:
    expected = (
        Expected(number="0003", name="渡辺 三", kana="わたなべ さん"),
        Expected(number="0001", name="Smith John", came_in="proxy"),
        Expected(number="0002", name="青木 二", kana="アオキ ジ", came_in="written"),
    )
    return Reception(house=HOUSE, dated=STARTS - DAY, meeting=TITLE, starts=STARTS, expected=expected)


def circulation() -> Circulation:
    return Circulation(
        house=HOUSE,
        dated=STARTS,
        title="道普請",
        text="日曜日に行います。\n鎌をお持ちください。",
        households=("山田", "佐藤", "鈴木"),
        group="上野3班",
        back=STARTS + 6 * DAY,
        back_to="班長 山田",
        page=code("notes/1"),
    )


def notified() -> Notified:
    notices = (
        Notice(number="0001", name="山田 太郎", how="mail", at=STARTS - 20 * DAY, came="sent", proof="250 OK"),
        Notice(number="0002", name="佐藤 二", how="post", at=STARTS - 2 * DAY, came="failed", proof="簡易書留 1-2"),
        Notice(number="0003", name="鈴木 三", how="hand", at=None, came="unknown"),
    )
    due = STARTS - 10 * DAY
    return Notified(
        house=HOUSE, dated=STARTS, meeting=TITLE, starts=STARTS, due=due, notices=notices, receipt=code("第120号")
    )


def minutes() -> Minutes:
    decided = Decided(
        name="第1号議案",
        title="決算の承認",
        text="理事長が説明した。\n質疑はなかった。",
        method="投票",
        tallies=(Tally("賛成", 1700), Tally("反対", 31)),
        outcome="原案どおり可決された。",
        receipts=(code("第121号"), code("第122号")),
    )
    report = Decided(name="報告事項1", title="山の手入れ", text="担当が報告した。")
    return Minutes(
        house=HOUSE,
        dated=STARTS + 3 * DAY,
        meeting=TITLE,
        starts=STARTS,
        ends=STARTS + 5_400_000,
        place="公民館",
        present=Present(electorate=2204, in_person=1112, online=88, proxy=140, written=401),
        chair="乙川 次郎",
        items=(decided, report),
        signers=(
            Signer(title="議長", name="乙川 次郎", signed=STARTS + 3 * DAY, receipt=code("第130号")),
            Signer(title="署名人", name="丙田 三郎"),
        ),
        text="決算を認めた。\n全員が確かめた。",
        opening="開会した。",
        closing="閉会した。",
        officers=("理事 丁野 四子",),
        annexes=("名簿",),
        version="第2版",
        receipts=(code("封印131"),),
    )


def audit_report() -> AuditReport:
    return AuditReport(
        house=HOUSE,
        dated=STARTS,
        year="2025年度",
        first=date(2025, 4, 1),
        last=date(2026, 3, 31),
        method="帳簿を確かめた。",
        findings=(
            Finding(subject="業務の執行", sound=True),
            Finding(subject="証憑", sound=False, remarks="2件が見当たらない。"),
        ),
        opinion="正しく示している。",
        auditors=(Signer(title="監事", name="己川 六子"),),
        checked=Checked(entries=12_894, root="9c01ffab" * 8, at=STARTS, faults=0, witnesses=3),
        remarks="電子化を勧める。",
        receipts=(code("第140号"),),
    )


EVERY: Final[tuple[Callable[[], Paper], ...]] = (
    convocation, labels, reception, circulation, notified, minutes, audit_report,
)  # fmt: skip
