"""Minutes on paper: the version that was signed, what the log says, and who has signed when."""

from __future__ import annotations

import re
from html import unescape

from app.texts.formats import Formats
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling
from tests.app.meetings.conftest import SOON, Convene
from tests.app.meetings.test_minutes import held
from tests.app.meetings.test_pages import page
from tests.app.meetings.test_papers import fetch, printed
from tests.app.meetings.test_reception import seat
from tests.app.papers.reading_back import bare


async def test_the_minutes_on_paper_have_text_count_and_signatures(
    coop: Coop, convene: Convene, clock: Travelling, proposal: str
) -> None:
    meeting = await held(coop, convene, clock, proposal)
    path = f"{meeting}/minutes/1/minutes.pdf"
    assert (await fetch(coop, "Taro", path)).status_code == 404
    body = {"meeting": meeting, "version": 1, "text": Private("屋根を直すと決めた。\n\n来週から。")}
    await coop.say("Jiro", "minutes.draft/1", body)
    assert path in await page(coop, "Taro", f"meetings/{meeting}/minutes")
    unsigned = "".join(await printed(coop, "Taro", path))
    assert "台帳で署名" not in unsigned
    for name in ("Hanako", "Ume"):
        await coop.say(name, "minutes.sign/1", {"meeting": meeting, "version": 1})
    signed = "".join(await printed(coop, "Taro", path))
    for said in (
        "第3回通常総会議事録",
        "屋根を直すと決めた。",
        "来週から。",
        "賛成2",
        "反対0",
        "可決",
        "投票",
        "みかん会館",
    ):
        assert said in signed
    assert signed.count("台帳で署名") == 2
    day = bare(Formats("ja", lambda key, **_: key).day(clock.now()))
    assert f"{day}" in signed
    assert signed.count("台帳第") >= 5  # the convocation, the minutes, the count, two signatures
    present = signed[signed.index("出席の状況") :]
    assert present.index("本人出席(オンライン)1") < present.index("書面議決1") < present.index("出席の合計2")


async def test_the_minutes_have_what_the_law_wants_in_them_on_paper_and_on_the_page(
    coop: Coop, convene: Convene, clock: Travelling, proposal: str
) -> None:
    """生協法・労協法・一般法人法の施行規則: which officers were there, how one attended, who wrote it."""
    for name, role in (("Jiro", "auditor"), ("Taro", "director")):
        await seat(coop, name, role)
    meeting = await held(coop, convene, clock, proposal)
    begun = await page(coop, "Jiro", f"meetings/{meeting}/minutes")
    assert "出席した役員:監事 Jiro\n" in begun  # Taro has voted, and was not there
    assert "議事録の作成者:Jiro\n" in begun
    body = {"meeting": meeting, "version": 1, "text": Private("屋根を直すと決めた。")}
    await coop.say("Jiro", "minutes.draft/1", body)
    path = f"{meeting}/minutes/1/minutes.pdf"
    for said in (
        "".join(await printed(coop, "Taro", path)),
        bare(unescape(re.sub("<[^>]*>", "", await page(coop, "Taro", f"meetings/{meeting}/minutes")))),
    ):
        for told in (
            "場所みかん会館会場でもオンラインでも",
            "招集Hanako(",
            "出席した役員監事Jiro",
            "議事録の作成者Jiro",
            "議決権のある4人のうち2人が出席(会場0、オンライン1、委任状0、書面や投票1)",
            "定足数:議決権者4人の2分の1以上、つまり2人以上の出席が要ります。",
            "可決の条件:",
            "報告事項1この一年の活動",
        ):
            assert bare(told) in said
        assert "理事Taro" not in said
        assert "保存期間" not in said
    for name in ("Hanako", "Jiro", "Ume"):
        await coop.say(name, "minutes.sign/1", {"meeting": meeting, "version": 1})
    kept = "".join(await printed(coop, "Taro", path))
    assert bare("保存期間10年(") in kept
    assert "署名ずみ" in await page(coop, "Taro", f"meetings/{meeting}/minutes")


async def test_a_tie_is_told_with_how_the_chair_decided_it(
    coop: Coop, convene: Convene, clock: Travelling, proposal: str
) -> None:
    """議長の決裁: 可否同数のときは、議長の決するところによる."""
    meeting = await convene(proposal)
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    for name, choice in (("Jiro", "yes"), ("Ume", "no")):
        await coop.say(name, "ballot.cast/1", {"proposal": proposal, "choice": choice})
    await coop.say("Hanako", "meeting.close_item/1", {"meeting": meeting, "proposal": proposal})
    clock.ahead += 10
    await coop.say("Hanako", "ballot.casting/1", {"proposal": proposal, "choice": "yes"})
    await coop.say("Hanako", "meeting.close/1", {"meeting": meeting})
    await coop.say("Jiro", "minutes.draft/1", {"meeting": meeting, "version": 1, "text": Private("決めた。")})
    said = "".join(await printed(coop, "Taro", f"{meeting}/minutes/1/minutes.pdf"))
    assert "可否同数につき、議長の決するところにより可決しました。" in said
    assert "賛成は1票でした。" in said


async def test_a_signature_of_another_version_is_not_shown(
    coop: Coop, convene: Convene, clock: Travelling, proposal: str
) -> None:
    meeting = await held(coop, convene, clock, proposal)
    for version in (1, 2):
        body = {"meeting": meeting, "version": version, "text": Private(f"その{version}")}
        await coop.say("Jiro", "minutes.draft/1", body)
        await coop.say("Hanako", "minutes.sign/1", {"meeting": meeting, "version": version})
    await coop.say("Jiro", "minutes.sign/1", {"meeting": meeting, "version": 2})
    for version, signatures in ((1, 1), (2, 2)):
        shown = "".join(await printed(coop, "Taro", f"{meeting}/minutes/{version}/minutes.pdf"))
        assert f"その{version}" in shown
        assert shown.count("台帳で署名") == signatures
