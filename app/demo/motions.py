"""What the sample village decides, day by day. All names of people and places are invented."""

from __future__ import annotations

from typing import Final, NamedTuple


class Motion(NamedTuple):
    """A proposal: the day it is drafted on, its kind, title and text, and how people will vote.

    ``yes``: per cent. ``leaning``: how much to each option, or to each project. ``turnout``: per cent of the usual; or
    ``level``: few vote, as many for each option. ``does``: as ``effects.py`` has it. ``stand``: how many candidates
    there are. ``after``: days from the draft to the call, in which ``projects`` are proposed to be paid for.
    """

    day: int
    kind: str
    title: str
    text: str
    yes: int = 0
    options: tuple[str, ...] = ()
    leaning: tuple[int, ...] = ()
    topic: str = ""
    does: str = ""
    turnout: int = 100
    level: bool = False
    stand: int = 0
    seats: int = 1
    budget: int = 0
    after: int = 0
    projects: tuple[tuple[str, str, int], ...] = ()
    """Title, text and cost of each."""


ARTICLES: Final = """第一条 この組合は、水名里むらの組合という。
第二条 この組合は、里に暮らす人と通う人が、手を貸しあい、分けあい、みんなで決めることを目的とする。
第三条 組合員は、出資の口数にかかわらず、ひとり一票を持つ。
第四条 総会は年に一度、ひらく。知らせは十日前までに出す。
第五条 総会は、総組合員の三分の一以上の出席で成り立つ。書面と委任は出席に数える。
第六条 定款を改めるとき、よその連合に加わるとき、組合の地所を貸すときは、総会で出席の三分の二以上の賛成による。
第七条 監事は、帳面と台帳を年に一度たしかめ、報告する。"""
ARTICLES_CHANGED: Final = ARTICLES.replace(
    "第四条 総会は年に一度、ひらく。知らせは十日前までに出す。",
    "第四条 総会は年に二度、田植えの前と稲刈りのあとにひらく。知らせは十日前までに出す。\n"
    "2 遠くにいる人は、オンラインで出ることができる。",
)
ARTICLES_COMING: Final = (
    ARTICLES_CHANGED + "\n第八条 通い組の人への知らせは、日本語と英語で出す。"
    "(Notices to members abroad are in Japanese and English.)"
)

MOTIONS: Final = (
    Motion(2, "role", "監事をお願いする", "帳面と台帳を見る人を、総意で決めます。", 95, does="auditor:2"),
    Motion(
        8,
        "ordinary",
        "用水路の泥上げを来月の最終日曜に行う",
        "朝八時、公民館に集合。道具は組合で用意します。",
        90,
        topic="water",
        turnout=150,
    ),
    Motion(12, "special", "定款を定める", ARTICLES, 92, does="articles", turnout=130),
    Motion(20, "choice", "まつりの日をいつにするか", "三つの日から選びます。", 0, ("第一土曜", "第三日曜", "最終土曜")),
    Motion(
        22,
        "rules",
        "選挙・予算・総会の決め方をそろえる",
        "役を選ぶときは順位をつけて、予算は平等な持ち分で、案を選ぶときは評価で決めます。"
        "定款などの大事なことは総会で決めます。ふだんの議案は、分野ごとに人に任せられるようにします。",
        88,
        does="rulebook",
        turnout=130,
    ),
    Motion(
        33, "policy", "送り迎えの「結」を八から十にする", "燃料と時間を考えて、少し増やす提案です。", 78, does="ride"
    ),
    Motion(47, "ordinary", "公民館に無線LANを引く", "毎月の費用は会館の積立てから出します。", 71, topic="money"),
    Motion(
        60,
        "role",
        "監事をひとり増やす",
        "帳面と台帳を見る人を、もうひとりお願いしたいと思います。",
        88,
        does="auditor:30",
    ),
    Motion(
        64,
        "election",
        "理事を三人えらぶ",
        "六人が立ちました。よいと思う順に番号をつけてください。全員につけなくてもかまいません。",
        leaning=(9, 8, 6, 5, 3, 2),
        does="elect:director",
        turnout=85,
        stand=6,
        seats=3,
    ),
    Motion(
        74,
        "rules",
        "投票の期間を七日から十日にのばす",
        "農繁期でもみんなが参加できるようにします。",
        81,
        does="ten_days",
    ),
    Motion(88, "ordinary", "川原の広場に東屋を建てる", "材木は山の間伐材を使います。", 42, topic="festivals"),
    Motion(101, "ordinary", "通学路の見守りを当番制にする", "ひと月ごとに組で交代します。", 64, topic="care"),
    Motion(
        106,
        "tokens",
        "大雨の夜に堰を守った人に、結を贈る",
        "朝まで水門についていてくれました。くじで選ばれた十五人で決めます。",
        82,
        topic="water",
        does="gift",
    ),
    Motion(
        115,
        "choice",
        "共同の畑に何を植えるか",
        "次の季節の作付けを選びます。",
        0,
        ("そば", "にんにく", "花(れんげ)"),
        (5, 3, 6),
    ),
    Motion(
        118,
        "budget",
        "ことしの里づくりのお金の使いみち",
        "積立てのうち三十万円を、みんなが選んだ使いみちに使います。四日のあいだ案を受けつけ、それから投票します。",
        topic="money",
        leaning=(8, 7, 6, 6, 5, 4, 4, 3, 2),
        does="allot",
        turnout=80,
        budget=300_000,
        after=4,
        projects=(
            ("送り迎えの車の冬タイヤ", "四本と交換の費用です。", 62_000),
            ("公民館の手すりと段差なおし", "玄関と便所に手すりをつけます。", 78_000),
            ("用水路の鉄の網", "子どもが落ちないようにします。", 95_000),
            ("Signs in English for the waterfall path / 滝の道の英語の道しるべ", "Eight, of our own cedar.", 40_000),
            ("まつりの太鼓の張りかえ", "二つ分。町の職人さんにお願いします。", 84_000),
            ("旧校舎の図書の棚", "間伐材で作ります。", 36_000),
            ("川原のごみ箱と網", "カラスよけです。", 18_000),
            ("共同の台所の大鍋", "芋煮会と炊き出しに使います。", 45_000),
            ("展望台のペンキぬり", "十年ぬっていません。", 120_000),
        ),
    ),
    Motion(128, "ordinary", "川原で芋煮会を開く", "通いの人も招きます。", 93, topic="festivals"),
    Motion(
        132,
        "election",
        "連合の集まりへ出る総代をえらぶ",
        "ひとりをえらびます。同じ数のときは、くじで決めます。",
        does="elect:delegate",
        level=True,
        stand=2,
    ),
    Motion(141, "ordinary", "薪ストーブを公民館に置く", "災害のときの暖房にもなります。", 58, topic="care"),
    Motion(
        145,
        "ordinary",
        "掲示板の板をぬりかえる",
        "緑と茶のどちらでもかまいません。",
        80,
        turnout=14,
    ),
    Motion(153, "ordinary", "古い農具を残す部屋をつくる", "旧校舎の一室を使います。", 76, does="project"),
    Motion(
        175,
        "budget",
        "冬の小さな予算",
        "雪のあいだのための八万円です。出た案から、ほしいものを選んでください。",
        topic="care",
        leaning=(6, 5, 4, 3),
        turnout=40,
        budget=80_000,
        after=2,
        projects=(
            ("除雪機の修理", "去年の冬に止まりました。", 38_000),
            ("灯油の共同買い", "ひとり暮らしのお宅へ。", 30_000),
            ("公民館の湯たんぽと毛布", "停電のときのために。", 24_000),
            ("かまくらまつりのろうそく", "百本。", 12_000),
        ),
    ),
    Motion(176, "ordinary", "雪かき当番を決める", "七十五歳以上のお宅を先に回ります。", 85, topic="care"),
    Motion(
        177,
        "choice",
        "新しい軽トラックの色",
        "いまの車が古くなりました。",
        0,
        ("白", "緑", "若草色"),
        (4, 3, 5),
    ),
    Motion(
        178,
        "rules",
        "決まりを変えるときは三分の二の賛成とする",
        "大事な決まりほど、多くの人の納得で変えます。",
        70,
        does="two_thirds",
    ),
    Motion(
        179,
        "election",
        "水の世話役をふたりえらぶ",
        "用水の見回りと水の分け方をお願いする人です。四人が立ちました。",
        topic="water",
        leaning=(5, 4, 4, 3),
        does="elect:steward",
        turnout=60,
        stand=4,
        seats=2,
    ),
)
