"""What a meeting decides, decided without one by the consent of all: from the draft's page to the outcome's."""

from __future__ import annotations

from tests.app.decided.conftest import NAMES, Deciding


async def test_the_page_of_a_draft_offers_both_ways_and_says_what_the_second_takes(coop: Deciding) -> None:
    vote = await coop.draft("special", "規約の変更")
    page = await coop.page("Hanako", f"proposals/{vote}")
    assert 'data-statement="proposal.open/1"' in page
    assert "会議を招集する" in page
    assert "投票できる人全員(議案の当事者も含みます)が賛成したときだけ可決します" in page
    english = await coop.page("Hanako", f"proposals/{vote}", "en")
    assert "it passes only when everyone who may vote says yes" in english


async def test_once_called_the_page_reads_the_rule_by_which_it_is_decided(coop: Deciding) -> None:
    vote = await coop.call(await coop.draft("special", "規約の変更"))
    page = await coop.page("Taro", f"proposals/{vote}")
    assert "議決権者全員の票の" in page
    assert "会議を開かないときは" not in page


async def test_one_who_says_nothing_keeps_it_from_passing(coop: Deciding) -> None:
    for names, result in ((NAMES, "可決"), (NAMES[:-1], "否決")):
        vote = await coop.call(await coop.draft("special", "規約の変更"))
        await coop.vote(vote, **dict.fromkeys(names, "yes"))
        assert result in await coop.page("Taro", f"proposals/{vote}")
