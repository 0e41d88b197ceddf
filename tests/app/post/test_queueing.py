"""Letters come in once, are readable to nobody but their key, and are gone with it."""

from __future__ import annotations

import asyncio

import pytest

from app.erasure import Eraser
from app.post import listing, outbox
from app.post.letters import Notice
from app.post.people import Reached, reach
from app.post.queueing import Queued
from app.storage.embedded import Server
from ledger.compose import Private
from ledger.errors import FormatError
from tests.app.api.service import Coop, Travelling
from tests.app.erasure import places
from tests.app.post.desk import HOUR, JIRO, NOTICE, TARO, Desk, letter
from tests.app.post.office import Office

MONTH = 31 * 24 * HOUR


async def test_each_receiver_is_answered_in_order(desk: Desk) -> None:
    asked = [letter(TARO), letter(JIRO, address=""), letter("mem_" + "k" * 26, address="no address")]
    assert await desk.queue(*asked) == [
        Queued(TARO, "queued", NOTICE.id_for(TARO)),
        Queued(JIRO, "no_address"),
        Queued("mem_" + "k" * 26, "bad_address"),
    ]
    assert await desk.states() == {TARO: "waiting"}


async def test_the_same_again_changes_nothing_whatever_became_of_it(desk: Desk, office: Office) -> None:
    (first,) = await desk.queue()
    assert await desk.queue(letter(text="another text")) == [first._replace(outcome="already")]
    await desk.send()
    assert await desk.queue() == [first._replace(outcome="already")]
    await desk.send()
    assert len(office.taken) == 1
    assert "総会をひらきます" in next(office.taken[0].message.iter_parts()).get_content()
    # A new version is another letter.
    assert [one.outcome for one in await desk.queue(notice=NOTICE._replace(version=2))] == ["queued"]


async def test_asked_by_two_at_once_each_letter_is_queued_once(desk: Desk) -> None:
    letters = [letter(f"mem_{one * 26}") for one in "abcdefgh"]
    both = await asyncio.gather(desk.queue(*letters), desk.queue(*reversed(letters)))
    outcomes = sorted(one.outcome for half in both for one in half)
    assert outcomes == ["already"] * 8 + ["queued"] * 8


async def test_many_at_once(desk: Desk) -> None:
    members = [f"mem_{number:026d}" for number in range(450)]
    answers = await desk.queue(*map(letter, members))
    assert [one.member for one in answers] == members
    assert {one.outcome for one in answers} == {"queued"}
    page = await listing.page(desk.pool, desk.ledger.id, limit=400)
    rest = await listing.page(desk.pool, desk.ledger.id, after=page.after, limit=400)
    assert sorted(one.member for one in page.letters + rest.letters) == members
    assert (len(page.letters), len(rest.letters), rest.after) == (400, 50, "")


async def test_a_header_that_is_none_keeps_all_of_them_back(desk: Desk) -> None:
    with pytest.raises(FormatError):
        await desk.queue(letter(TARO), letter(JIRO, subject="a\r\nBcc: x@y.example"))
    assert await desk.states() == {}


async def test_nothing_of_a_letter_is_readable_without_the_members_key(desk: Desk, migrated: Server) -> None:
    await desk.queue()
    for value in ("people.example", "浜辺", "臨時総会"):
        assert await places.rows_with(value, migrated.owner_dsn) == []
    keys = places.keys_in(desk.installation.data / "privacy-keys.sqlite3")
    sealed = await desk.pool.fetchval("SELECT sealed FROM outbox")
    (opened,) = places.opened([places.Sealed("outbox", sealed)], [keys[desk.ledger.id, TARO]])
    assert f"{TARO}@people.example" in opened[1]
    others = [key for (_, subject), key in keys.items() if subject != TARO]
    assert others
    assert list(places.opened([places.Sealed("outbox", sealed)], others)) == []


async def test_without_the_key_it_is_erased_and_not_sent(desk: Desk, office: Office) -> None:
    await desk.queue()
    desk.installation.privacy.erase(desk.ledger.id, TARO)
    await desk.send()
    assert (await desk.only()).state == "erased"
    assert office.begun == 0
    assert await desk.pool.fetchval("SELECT sealed FROM outbox") is None


async def test_another_ones_letter_in_its_place_is_not_sent(desk: Desk, office: Office) -> None:
    """Somebody who can write into the database exchanges rows."""
    await desk.queue(letter(TARO), letter(JIRO))
    await desk.pool.execute(
        "UPDATE outbox SET sealed = (SELECT sealed FROM outbox WHERE member = $1) WHERE member = $2", TARO, JIRO
    )
    await desk.pool.execute(
        "INSERT INTO outbox SELECT ledger_id, 'mail_x', subject, kind, 9, member, sealed, state, attempts, due, code, "
        "queued, changed, claim FROM outbox WHERE member = $1",
        TARO,
    )
    await desk.send()
    assert {(one.member, one.version): (one.state, one.code) for one in await desk.letters()} == {
        (TARO, 1): ("sent", "250 2.0.0"),
        (TARO, 9): ("failed", "private.damaged"),
        (JIRO, 1): ("failed", "private.damaged"),
    }
    assert [one.recipient for one in office.taken] == [f"{TARO}@people.example"]


async def test_whoever_is_erased_gets_nothing_and_nothing_is_kept(
    desk: Desk, coop: Coop, office: Office, clock: Travelling
) -> None:
    await coop.join("Taro")
    member = coop.town.id("Taro")
    versions = [NOTICE._replace(version=number) for number in range(1, 6)]
    for notice in versions:
        await desk.queue(letter(member), notice=notice)
    office.rcpt.extend(["550 no", "250 ok", "450 later"])
    office.data.append("no number")
    async with desk.rounds() as round_:
        for _ in range(3):
            await round_.step()
    before = sorted(one.state for one in await desk.letters())
    assert before == ["failed", "unknown", "waiting", "waiting", "waiting"]
    await coop.say("Taro", "member.leave/1", {})
    await coop.say("Taro", "member.erase/1", {"member": member})
    assert [one.outcome for one in await desk.queue(letter(member), notice=Notice("x", "y", 1))] == ["erased"]
    clock.ahead += MONTH
    await coop.say("Hanako", "coop.profile/1", {"profile": {"name": Private("山の里")}})
    await Eraser(desk.installation).look_around()
    assert {one.state for one in await desk.letters()} == {"erased"}
    assert await desk.pool.fetchval("SELECT count(*) FROM outbox WHERE sealed IS NOT NULL") == 0
    await desk.send()
    assert office.taken == []


async def test_an_erasure_that_is_to_come_holds_letters_back(desk: Desk, coop: Coop, office: Office) -> None:
    await coop.join("Taro")
    await desk.queue(letter(coop.town.id("Taro")))
    await coop.say("Taro", "member.leave/1", {})
    await coop.say("Taro", "member.erase/1", {"member": coop.town.id("Taro")})
    await desk.send()
    assert (await desk.only()).state == "erased"
    assert office.begun == 0


async def test_what_is_cancelled_is_not_sent_and_what_is_sent_is_not_cancelled(
    desk: Desk, office: Office, clock: Travelling
) -> None:
    first, second = await desk.queue(letter(TARO), letter(JIRO))
    assert await outbox.cancel(desk.pool, desk.ledger.id, first.id, clock.now())
    await desk.send()
    assert await desk.states() == {TARO: "cancelled", JIRO: "sent"}
    for id_ in (first.id, second.id, "mail_unknown"):
        assert not await outbox.cancel(desk.pool, desk.ledger.id, id_, clock.now())
        assert not await outbox.say_again(desk.pool, desk.ledger.id, id_, clock.now())
    assert not await outbox.cancel(desk.pool, desk.ledger.id + 1, second.id, clock.now())


async def test_after_a_restore_nothing_that_waited_is_sent_by_itself(
    desk: Desk, office: Office, clock: Travelling
) -> None:
    """The database of yesterday: what waits in it may have been sent since."""
    await desk.queue(letter(TARO), letter(JIRO))
    assert await outbox.doubt(desk.pool, desk.ledger.id, clock.now()) == 2
    await desk.send()
    assert set((await desk.states()).values()) == {"unknown"}
    assert office.begun == 0
    one = (await desk.letters())[0]
    assert await outbox.say_again(desk.pool, desk.ledger.id, one.id, clock.now())
    await desk.send()
    assert len(office.taken) == 1


async def test_members_are_written_to_where_they_said(desk: Desk, coop: Coop) -> None:
    for name, contact in (("Taro", "0597-22-0000 / taro@people.example"), ("Jiro", "0597-22-0001")):
        await coop.join(name)
        profile = {"name": Private(name), "contact": Private(contact)}
        await coop.say(name, "member.profile/1", {"member": coop.town.id(name), "profile": profile})
    taro, jiro = coop.town.id("Taro"), coop.town.id("Jiro")
    reading = await desk.reading()
    both = {taro: Reached("Taro", "taro@people.example"), jiro: Reached("Jiro", "")}
    assert await reach(reading, [taro, jiro, "mem_" + "x" * 26]) == both
    await asyncio.to_thread(desk.installation.privacy.erase, desk.ledger.id, taro)
    assert (await reach(reading, [taro]))[taro].address == ""
