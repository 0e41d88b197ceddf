"""Everything that the sample village says and is called. All names of people and places are invented."""

from __future__ import annotations

from typing import Final, NamedTuple

COOP: Final = "水名里むらの組合"
ABOUT: Final = (
    "水名里(みずなさと)は、川と棚田のある里です。手を貸しあい、分けあい、みんなで決めるための組合です。"
    "これは見本で、人も出来事も作りものです。"
)
NEIGHBOUR: Final = "川音むらの組合"
NEIGHBOUR_ABOUT: Final = (
    "川音(かわおと)は、水名里の川下にある里です。ふたつの村は、互いの台帳に立ち会っています。"
    "これは見本で、人も出来事も作りものです。"
)
TOKEN: Final = "結"  # noqa: S105  (what the village calls its thanks)

SURNAMES: Final = (
    ("谷口", "たにぐち"), ("水野", "みずの"), ("棚田", "たなだ"), ("川辺", "かわべ"), ("峰岸", "みねぎし"),
    ("小森", "こもり"), ("杉原", "すぎはら"), ("滝沢", "たきざわ"), ("石倉", "いしくら"), ("北野", "きたの"),
    ("早瀬", "はやせ"), ("梅田", "うめだ"), ("竹内", "たけうち"), ("秋山", "あきやま"), ("榎本", "えのもと"),
    ("沢村", "さわむら"), ("桑原", "くわばら"), ("樋口", "ひぐち"), ("宮下", "みやした"), ("古谷", "ふるや"),
    ("髙橋", "たかはし"), ("山﨑", "やまざき"), ("福井", "ふくい"), ("久保", "くぼ"), ("柿沼", "かきぬま"),
    ("栗田", "くりた"), ("森下", "もりした"), ("横井", "よこい"), ("長尾", "ながお"), ("岩本", "いわもと"),
)  # fmt: skip
GIVEN: Final = (
    ("みのる", "みのる"), ("春江", "はるえ"), ("茂", "しげる"), ("千代", "ちよ"), ("健一", "けんいち"),
    ("陽子", "ようこ"), ("大輔", "だいすけ"), ("美咲", "みさき"), ("和夫", "かずお"), ("節子", "せつこ"),
    ("翔太", "しょうた"), ("由美", "ゆみ"), ("正", "ただし"), ("ハナ", "はな"), ("蓮", "れん"),
    ("さくら", "さくら"), ("勇", "いさむ"), ("敏子", "としこ"), ("直樹", "なおき"), ("彩", "あや"),
    ("文雄", "ふみお"), ("キヨ", "きよ"), ("拓也", "たくや"), ("真理", "まり"), ("隆", "たかし"),
    ("葵", "あおい"), ("善治", "ぜんじ"), ("光子", "みつこ"), ("悠", "ゆう"), ("美代", "みよ"),
)  # fmt: skip
GROUPS: Final = ("上組", "中組", "下組", "川原組", "山手組", "通い組")


def address(group: str, surname: str) -> str:
    """Where letters to somebody go: one house for each name in a group; who commutes lives in a town down the river."""
    house = 3 * [family for family, _ in SURNAMES].index(surname) + 1
    if group == GROUPS[-1]:
        return f"〒000-0900 見本県川下市港町1丁目{house}番地"
    return f"〒000-010{GROUPS.index(group)} 見本県水名里村{group}{house}番地"


class Kind(NamedTuple):
    """A kind of contribution: code, unit, tokens per unit, its name, and what people write about it."""

    code: str
    unit: str
    tokens: int
    name: str
    notes: tuple[str, ...]


KINDS: Final = (
    Kind("mowing", "hour", 10, "草刈り・清掃", ("農道の草刈り", "お宮の掃除", "用水路の泥上げ", "公民館のまわり")),
    Kind("watching", "hour", 10, "見守り・声かけ", ("下校の見守り", "ひとり暮らしのお宅へ声かけ", "夜の見回り")),
    Kind("ride", "session", 8, "送り迎え", ("診療所まで", "買い物の送り迎え", "駅まで送った")),
    Kind("vegetables", "kg", 2, "野菜のおすそ分け", ("なす", "じゃがいも", "玉ねぎ", "トマト", "大根")),
    Kind("teaching", "session", 15, "教室・教える", ("スマホ教室", "わら細工の会", "子どもの習字", "味噌づくり")),
    Kind("running", "hour", 6, "会の世話", ("寄り合いの準備", "回覧のまとめ", "帳面の整理")),
    Kind("repair", "hour", 12, "直す・手入れ", ("網戸の張りかえ", "農具の研ぎ", "雨どいの修理")),
)


class Thing(NamedTuple):
    """Something offered: title, description, token cost, and stock (quantity, unit) or a calendar."""

    title: str
    text: str
    cost: int
    stock: tuple[int, str] | None = None
    calendar: tuple[int, int, int] | None = None
    """(opens, closes, slot) in minutes of every day of the week."""


THINGS: Final = (
    Thing("公民館の和室", "十畳。茶道具、座布団20枚あります。火の始末をお願いします。", 12, calendar=(540, 1260, 60)),
    Thing("共同の台所", "大きな釜と蒸し器が使えます。使ったあとは拭いてください。", 10, calendar=(480, 1200, 60)),
    Thing("古民家の泊まり部屋", "二間。週末の里帰りや、通いの人の泊まりに。", 40, calendar=(0, 1440, 720)),
    Thing("軽トラック", "荷台シートつき。燃料は満たして返してください。", 15, calendar=(360, 1200, 120)),
    Thing("ワークスペース", "旧校舎の教室。机6つ、無線LANあり。", 6, calendar=(540, 1080, 60)),
    Thing("夏野菜の詰め合わせ", "なす、トマト、きゅうり。ひと箱3キロくらい。", 12, stock=(60, "box")),
    Thing("じゃがいも", "掘りたて。10キロまで。", 3, stock=(200, "kg")),
    Thing("玉ねぎ", "つるして乾かしたもの。", 3, stock=(150, "kg")),
    Thing("手作り味噌", "去年仕込んだ米味噌。", 10, stock=(40, "item")),
    Thing("薪ひと束", "割って一年乾かしたもの。", 6, stock=(120, "item")),
    Thing("平飼い卵", "10個入り。", 8, stock=(80, "box")),
    Thing("梅干し", "三年もの。", 7, stock=(50, "item")),
    Thing("草刈機", "混合油つき。講習を受けた人に。", 8, calendar=(360, 1080, 120)),
    Thing("スマホの相談", "一回一時間、うちまで来ます。", 5, calendar=(600, 960, 60)),
    Thing("包丁とぎ", "まとめて三本まで。", 4, calendar=(540, 960, 60)),
    Thing("米ぬか", "ぬか床や畑に。", 1, stock=(100, "kg")),
    Thing("子ども服のおさがり", "90から130センチ。洗ってあります。", 2, stock=(60, "item")),
    Thing("もち米", "水名里産。", 6, stock=(90, "kg")),
)
