"""What the sample village meets for, and what is said of it: agendas, notices, minutes."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from app.demo.motions import ARTICLES_CHANGED, ARTICLES_COMING, Motion

How = Literal["hands", "short", "unopposed"]


class Item(NamedTuple):
    """A motion on the agenda, and how the room decides it: by hands, so that one vote is missing, or unopposed."""

    motion: Motion
    how: How = "hands"


class Planned(NamedTuple):
    """A general meeting: the days on which it is convened and held, and how many take part in which way."""

    convened: int
    held: int
    title: str
    notes: str
    reports: tuple[str, ...]
    items: tuple[Item, ...]
    online: int
    """So many send their ballots beforehand by screen…"""
    paper: int
    """…so many on paper…"""
    proxies: int
    """…and so many give a proxy."""


PLACE: Final = "水名里 公民館 大広間"
_LEASE: Final = Motion(
    96,
    "special",
    "旧校舎の運動場を三年間、町に貸す",
    "町の資材置き場として。年に十二万円を受けとります。まつりの日は空けてもらいます。",
    55,
    topic="money",
)
_UNION: Final = Motion(
    96,
    "special",
    "流域の組合の連合に加わる",
    "川上から川下までの七つの組合で、水と山のことを話し合う連合です。",
    96,
    does="federation",
    topic="water",
)
_MILL: Final = Motion(
    179,
    "special",
    "水車小屋の土地を組合で買う",
    "持ち主の方から申し出がありました。積立てから四十五万円。見積りは公民館にあります。",
    80,
    topic="money",
)
GENERAL: Final = (
    Planned(
        96,
        108,
        "臨時総会(定款の変更ほか)",
        "出られない方は、書面か画面で先に投票するか、出る人に委任してください。お茶を用意します。",
        ("上半期の活動の報告", "会計の報告"),
        (
            Item(Motion(96, "special", "定款を改める(総会を年に二度に)", ARTICLES_CHANGED, 90, does="articles")),
            Item(_LEASE, "short"),
            Item(_UNION, "unopposed"),
        ),
        online=16,
        paper=3,
        proxies=37,
    ),
    Planned(
        179,
        192,
        "秋の総会 / Autumn general meeting",
        "稲刈りのあとの総会です。通い組の方はオンラインでどうぞ。\n"
        "Members abroad are welcome online; you can vote beforehand or name somebody as your proxy.",
        ("下半期の活動の報告",),
        (
            Item(Motion(179, "special", "定款を改める(英語の知らせ)", ARTICLES_COMING, 88, does="articles")),
            Item(_MILL),
        ),
        online=14,
        paper=2,
        proxies=12,
    ),
)
ROOM: Final = 26
SCREEN: Final = 6
"""How many come, and how many look on and vote from elsewhere."""
BOARD: Final = "理事会"
BOARD_RHYTHM: Final = "毎月 第一火曜 19時"
GATHERING: Final = "川原の集い"
CALLED_OFF: Final = "大雨の知らせが出たため、取りやめます。"
RESULTS: Final = {"passed": "可決", "executed": "可決", "failed": "否決"}


def minutes(planned: Planned, told: list[str], *, corrected: bool) -> str:
    """The text of the minutes; ``told``: a line on each item."""
    lines = [
        f"{planned.title} 議事録",
        f"場所 {PLACE}、およびオンライン",
        "議長は開会を告げ、招集の知らせが十日前までに出されたこと、定足数に達していることを述べた。",
        *(f"報告 {report}。質問はなかった。" for report in planned.reports),
        *told,
        "議長は、すべての議事が終わったことを述べて閉会した。",
    ]
    if corrected:
        lines.append("(下書きにあった、会場の名の誤りを改めた。)")
    return "\n\n".join(lines)
