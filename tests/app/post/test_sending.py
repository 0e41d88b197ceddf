"""Letters over a real mail server: taken, refused, put off, cut off. What may have arrived is never sent again."""

from __future__ import annotations

import asyncio
import logging

import pytest

from app.post import listing, outbox
from app.post.letters import compose
from app.post.sending import Postman
from app.post.smtp import Line
from tests.app.api.service import Travelling
from tests.app.post.desk import HOUR, JIRO, TARO, Desk, letter, posting
from tests.app.post.office import CUT_BEFORE, LOSE, SLOW, TAKE_AND_CUT, Office

MINUTE = 60_000


async def test_a_letter_is_sent_once_and_nothing_is_kept_of_it(desk: Desk, office: Office) -> None:
    (queued,) = await desk.queue()
    await desk.send()
    await desk.send()
    (taken,) = office.taken
    sent = await desk.only()
    assert (sent.state, sent.code, sent.attempts) == ("sent", "250 2.0.0", 1)
    assert taken.recipient == f"{TARO}@people.example"
    assert taken.data == compose(letter(), queued.id, "yui@coops.example", sent.queued)
    assert await desk.pool.fetchval("SELECT sealed FROM outbox") is None


async def test_one_connection_serves_many_and_the_quick_answer_of_one_is_not_anothers(
    desk: Desk, office: Office
) -> None:
    members = [f"mem_{letter * 26}" for letter in "abcdefgh"]
    await desk.queue(*map(letter, members))
    office.rcpt.extend(["250 ok"] * 3 + ["550 5.1.1 no such person"])
    await desk.send()
    assert office.connections == 1
    assert len({one.recipient for one in office.taken}) == len(office.taken) == 7
    assert sorted((await desk.states()).values()) == ["failed"] + ["sent"] * 7


@pytest.mark.parametrize("stage", ["rcpt", "data"])
async def test_refused_for_good_it_has_failed(desk: Desk, office: Office, stage: str) -> None:
    await desk.queue()
    getattr(office, stage).append("550 5.7.1 mem_ttt@people.example is unknown")
    await desk.send()
    one = await desk.only()
    assert (one.state, one.code) == ("failed", "550 5.7.1")
    assert office.taken == []


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
async def test_put_off_it_is_tried_again_after_growing_pauses(
    desk: Desk, office: Office, clock: Travelling, stage: str
) -> None:
    await desk.queue()
    getattr(office, stage).extend(["451 4.7.1 later"] * 3)
    pauses = []
    for _ in range(3):
        await desk.send()
        one = await desk.only()
        assert (one.state, one.code) == ("waiting", "451 4.7.1")
        pauses.append(one.due - one.changed)
        clock.ahead += one.due - clock.now() + 1
    assert pauses == [MINUTE, 2 * MINUTE, 4 * MINUTE]
    await desk.send()
    assert (await desk.only()).state == "sent"
    assert len(office.taken) == 1


async def test_put_off_too_often_it_has_failed(desk: Desk, office: Office, clock: Travelling) -> None:
    await desk.queue()
    office.rcpt.extend(["452 4.2.2 full"] * 3)
    for _ in range(3):
        await desk.send(tries=3)
        clock.ahead += HOUR
    one = await desk.only()
    assert (one.state, one.code, one.attempts) == ("failed", "452 4.2.2", 3)


async def test_pauses_grow_to_four_hours() -> None:
    assert [outbox.pause(tries) // MINUTE for tries in (1, 2, 3, 8, 9, 24, 1000)] == [1, 2, 4, 128, 240, 240, 240]


async def test_a_server_that_is_down_costs_a_try_and_then_a_rest(
    desk: Desk, office: Office, clock: Travelling, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "yui.post")
    office.close()
    await desk.queue()
    async with desk.rounds() as round_:
        assert await round_.step() == 5.0
        assert (await desk.only()).state == "waiting"
        assert (await desk.only()).code == "connection"
        clock.ahead += HOUR
        assert await round_.step() == 10.0
        office.open()
        clock.ahead += HOUR
        assert await round_.step() < 1
    assert (await desk.only()).state == "sent"
    told = [one.getMessage() for one in caplog.records if one.name == "yui.post"]
    assert told == ["the mail server can't be spoken to: connection", "the mail server can be spoken to again"]


async def test_cut_off_before_its_end_it_was_not_sent(desk: Desk, office: Office, clock: Travelling) -> None:
    await desk.queue(letter(text="長い文。\n" * 200_000))
    office.data.append(CUT_BEFORE)
    await desk.send()
    one = await desk.only()
    assert (one.state, one.code) == ("waiting", "connection")
    clock.ahead += HOUR
    await desk.send()
    assert (await desk.only()).state == "sent"
    assert len(office.taken) == 1


@pytest.mark.parametrize(("what", "copies"), [(LOSE, 0), (TAKE_AND_CUT, 1)])
async def test_cut_off_after_its_end_nobody_knows_and_it_is_not_sent_again(
    desk: Desk, office: Office, clock: Travelling, what: str, copies: int
) -> None:
    await desk.queue()
    office.data.append(what)
    for _ in range(3):
        await desk.send()
        clock.ahead += HOUR
    assert (await desk.only()).state == "unknown"
    assert len(office.taken) == copies
    # An administrator says so: then it is.
    assert await outbox.say_again(desk.pool, desk.ledger.id, (await desk.only()).id, clock.now())
    await desk.send()
    assert (await desk.only()).state == "sent"
    assert len(office.taken) == copies + 1
    assert len({one.message["Message-ID"] for one in office.taken}) == 1


async def test_an_answer_that_takes_too_long_is_none(desk: Desk, office: Office) -> None:
    await desk.queue()
    office.data.append(SLOW)
    office.wait = 3.0
    await desk.send(patience=0.3)
    one = await desk.only()
    assert (one.state, one.code) == ("unknown", "timeout")


async def test_a_slow_server_is_waited_for(desk: Desk, office: Office) -> None:
    await desk.queue()
    office.data.append(SLOW)
    office.wait = 0.5
    await desk.send()
    assert (await desk.only()).state == "sent"


@pytest.mark.parametrize("answer", ["299 odd but yes", "350 what?", "no number at all"])
async def test_odd_answers(desk: Desk, office: Office, answer: str) -> None:
    await desk.queue()
    office.data.append(answer)
    await desk.send()
    assert (await desk.only()).state == ("sent" if answer.startswith("2") else "unknown")


async def test_a_letter_that_is_too_large_has_failed_and_the_server_is_not_to_blame(desk: Desk, office: Office) -> None:
    await desk.queue()
    office.mail.append("552 5.3.4 too large")
    async with desk.rounds() as round_:
        assert await round_.step() < 1
    one = await desk.only()
    assert (one.state, one.code) == ("failed", "552 5.3.4")


async def test_a_connection_that_has_had_enough_is_made_anew(desk: Desk, office: Office) -> None:
    await desk.queue(letter(TARO), letter(JIRO))
    async with desk.rounds() as round_:
        await round_.step()
        office.mail.append("421 4.7.0 enough for one connection")
        await round_.step()
    assert set((await desk.states()).values()) == {"sent"}
    assert office.connections == 2


async def test_of_two_workers_one_sends_and_the_other_takes_over(desk: Desk, office: Office) -> None:
    await desk.queue(*(letter(f"mem_{one * 26}") for one in "abcdefghijkl"))
    postmen = [asyncio.create_task(Postman(desk.installation, desk.posting).run()) for _ in range(2)]
    try:
        async with asyncio.timeout(30):
            while set((await desk.states()).values()) != {"sent"}:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert office.connections == 1
        holder = (
            "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
            "WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database() AND l.objid = $1"
        )
        assert await desk.pool.fetchval(holder, outbox._LOCK)
        await desk.queue(*(letter(f"mem_{one * 26}") for one in "mnopq"))
        async with asyncio.timeout(30):
            while set((await desk.states()).values()) != {"sent"}:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        for task in postmen:
            task.cancel()
        await asyncio.gather(*postmen, return_exceptions=True)
    assert len({one.recipient for one in office.taken}) == len(office.taken) == 17


async def test_claimed_by_many_at_once_it_is_one_s(desk: Desk, clock: Travelling) -> None:
    await desk.queue()
    connections = [await desk.installation.database.connect() for _ in range(6)]
    try:
        got = await asyncio.gather(*(outbox.claim(one, clock.now(), 0) for one in connections))
    finally:
        for connection in connections:
            connection.terminate()
    assert sum(one is not None for one in got) == 1


async def test_whoever_has_lost_the_lock_hands_nothing_over(desk: Desk, office: Office, clock: Travelling) -> None:
    """Its connection breaks while the letter is with the server but for its end: another one sends it."""
    await desk.queue()
    first = await desk.installation.database.connect()
    assert await outbox.own(first)
    claimed = await outbox.claim(first, clock.now(), 0)
    assert claimed is not None
    first.terminate()
    async with asyncio.timeout(10):
        while (await desk.only()).state == "sending":
            second = await desk.installation.database.connect()
            if await outbox.own(second):
                await outbox.settle_left(second, clock.now(), 24)
            second.terminate()
    clock.ahead += HOUR
    await desk.send()
    assert (await desk.only()).state == "sent"
    late = await desk.installation.database.connect()
    with pytest.raises(outbox.ClaimLost):
        await outbox.hand(late, claimed, clock.now())
    late.terminate()
    assert len(office.taken) == 1


async def test_a_late_answer_settles_what_nobody_knew(desk: Desk, clock: Travelling) -> None:
    await desk.queue()
    connection = await desk.installation.database.connect()
    claimed = await outbox.claim(connection, clock.now(), 0)
    assert claimed is not None
    await outbox.hand(connection, claimed, clock.now())
    await outbox.settle_left(connection, clock.now(), 24)
    assert (await desk.only()).state == "unknown"
    await outbox.settle(desk.pool, claimed, outbox.Verdict("sent", "250"), clock.now(), 24)
    assert (await desk.only()).state == "sent"
    connection.terminate()


async def test_no_co_op_waits_for_anothers_thousand(desk: Desk, clock: Travelling) -> None:
    await desk.queue(*(letter(f"mem_{one * 26}") for one in "abcd"))
    await desk.pool.execute(
        "INSERT INTO outbox SELECT ledger_id + 1, id, subject, kind, version, member, sealed, state, attempts, "
        "due, code, queued, changed, claim FROM outbox ORDER BY id LIMIT 1"
    )
    connection = await desk.installation.database.connect()
    after, order = 0, []
    for _ in range(5):
        claimed = await outbox.claim(connection, clock.now(), after)
        assert claimed is not None
        after = claimed.ledger_id
        order.append(after - desk.ledger.id)
    connection.terminate()
    assert order == [0, 1, 0, 0, 0]


async def test_a_letter_is_finished_when_the_service_stops(desk: Desk, office: Office) -> None:
    await desk.queue()
    office.data.append(SLOW)
    office.wait = 1.0
    postman = asyncio.create_task(Postman(desk.installation, desk.posting).run())
    async with asyncio.timeout(20):
        while not office.taken:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    postman.cancel()
    with pytest.raises(asyncio.CancelledError):
        await postman
    assert (await desk.only()).state == "sent"


@pytest.mark.parametrize("what", ["cancelled", "erased"])
async def test_cancelled_or_erased_at_the_last_moment_it_is_not_sent(
    desk: Desk, office: Office, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    await desk.queue()
    hand = outbox.hand

    async def just_before(connection: object, claimed: outbox.Claimed, now: int) -> None:
        if what == "cancelled":
            assert await outbox.cancel(desk.pool, claimed.ledger_id, claimed.id, now)
        else:
            await outbox.erase(desk.pool, claimed.ledger_id, [claimed.member], now)
        await hand(connection, claimed, now)

    monkeypatch.setattr(outbox, "hand", just_before)
    await desk.send()
    assert (await desk.only()).state == what
    assert office.taken == []
    assert office.begun == 1


async def test_erased_while_the_server_has_it_it_ends_as_it_ends_and_is_not_tried_again(
    desk: Desk, office: Office, clock: Travelling, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.queue(letter(TARO), letter(JIRO))
    office.data.extend(["250 ok", "451 later"])
    hand = outbox.hand

    async def just_after(connection: object, claimed: outbox.Claimed, now: int) -> None:
        await hand(connection, claimed, now)
        await outbox.erase(desk.pool, claimed.ledger_id, [claimed.member], now)

    monkeypatch.setattr(outbox, "hand", just_after)
    await desk.send()
    assert sorted((await desk.states()).values()) == ["sent", "waiting"]
    assert await desk.pool.fetchval("SELECT count(*) FROM outbox WHERE sealed IS NOT NULL") == 0
    clock.ahead += HOUR
    await desk.send()
    assert sorted((await desk.states()).values()) == ["erased", "sent"]
    assert office.begun == 2


async def test_lines_of_dots_arrive_as_they_are(office: Office) -> None:
    """Ours have none: but no letter's text shall end a letter."""
    data = b"Subject: dots\r\n\r\n.\r\n..\r\n.MAIL FROM:<x@y.example>\r\n.\r\n"
    line = Line(posting(office))

    async def hand() -> None:
        assert office.taken == []

    delivery = await line.deliver("taro@people.example", data, hand)
    assert delivery.verdict.state == "sent"
    assert [one.data for one in office.taken] == [data]
    with pytest.raises(ValueError, match="CRLF"):
        await line.deliver("taro@people.example", b"Subject: x\r\n\r\na\n.\nb\r\n", hand)
    assert len(office.taken) == 1
    await line.hang_up()


async def test_neither_log_nor_rows_hold_an_address(
    desk: Desk, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    office.rcpt.append(f"550 5.1.1 <{TARO}@people.example> 浜辺 is unknown here")
    await desk.queue(letter(TARO), letter(JIRO))
    await desk.send()
    own = [one for one in caplog.records if not one.name.startswith("mail.")]  # aiosmtpd's: the server is another's
    assert own
    assert not [one for one in own if "people.example" in one.getMessage()]
    rows = await desk.pool.fetch("SELECT * FROM outbox")
    assert not [row for row in rows if b"people.example" in repr(dict(row)).encode()]


async def test_what_is_open_is_counted(desk: Desk, office: Office) -> None:
    await desk.queue(*(letter(f"mem_{one * 26}") for one in "abc"))
    office.rcpt.extend(["550 no", "450 later"])
    await desk.send()
    assert await listing.still_open(desk.pool) == {"waiting": 1, "sending": 0, "handed": 0, "failed": 1, "unknown": 0}
    assert await listing.counts(desk.pool, desk.ledger.id) == {"waiting": 1, "failed": 1, "sent": 1}
