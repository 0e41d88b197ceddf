"""Minutes on paper: the version that was signed, what the log says, and who has signed when."""

from __future__ import annotations

from app.texts.formats import Formats
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling
from tests.app.meetings.conftest import Convene
from tests.app.meetings.test_minutes import held
from tests.app.meetings.test_pages import page
from tests.app.meetings.test_papers import fetch, printed
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
