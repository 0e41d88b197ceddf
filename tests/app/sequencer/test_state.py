"""The fold over PostgreSQL gives what the fold over dictionaries gives, whatever is cached and however batches fall."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from app.installation import Installation, Settings
from app.sequencer import state as cache
from app.sequencer.lane import Refused
from app.sequencer.state import PostgresSource
from app.sequencer.submission import Submission, parse
from ledger import canonical, ids
from ledger.state import Due, Missing, State, Trace
from tests.app.sequencer.audit import audit
from tests.app.sequencer.books import BOOKS, Total, Word
from tests.app.sequencer.house import House, Person


def anything(dice: random.Random, house: House, words: list[str], tree: tuple[int, bytes]) -> Submission:
    person = dice.choice((house.hanako, house.taro, Person("Saburo")))
    if words and dice.random() < 0.4:
        return parse(person.say("word.change/1", {"word": dice.choice(words), "number": dice.randrange(-2, 40)}, tree))
    body = {"number": dice.randrange(-2, 40)}
    if dice.random() < 0.5:
        body["expires"] = dice.randrange(1, 60)
    return parse(person.say("word.say/1", body, tree))


@pytest.mark.parametrize("seed", range(4))
async def test_random_histories_fold_alike(house: House, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    if seed % 2:
        monkeypatch.setattr(cache, "CACHE_LIMIT", 0)  # dropped before every batch
    monkeypatch.setattr(cache, "_SCAN_MARGIN", 1)
    words: list[str] = []
    refused = 0
    for _ in range(12):
        tree = house.tree
        said = [anything(dice, house, words, tree) for _ in range(dice.randrange(1, 25))]
        results = await asyncio.gather(*(house.submit(one) for one in said), return_exceptions=True)
        for submission, result in zip(said, results, strict=True):
            if isinstance(result, BaseException):
                assert isinstance(result, Refused), result
                refused += 1
            elif submission.statement.type == "word.say/1":
                words.append(ids.object_id("word", submission.id))
        await asyncio.sleep(dice.random() / 30)
    assert refused, "nothing was refused"
    async with house.installation.database.pool.acquire() as connection:
        leaves = await audit(connection, house.ledger, BOOKS)
    assert len(leaves) > 50


async def test_two_installations_take_turns(house: House, installation: Installation, tmp_path: Path) -> None:
    """Each finds its cache behind the other's entries every time."""
    url = installation.database.url.render_as_string(hide_password=False)
    async with Installation.open(Settings(tmp_path, url, BOOKS)) as other:
        elsewhere = House(other, house.ledger, house.genesis)
        for number in range(10):
            await house.submit(house.word(house.hanako, number, expires=1))
            await elsewhere.submit(elsewhere.word(house.hanako, 100 + number))
    async with installation.database.pool.acquire() as connection:
        assert len(await audit(connection, house.ledger, BOOKS)) == 21


async def test_questions_see_one_moment(house: House) -> None:
    await house.submit(house.word(house.hanako, 4))
    await house.submit(house.word(house.hanako, 3))

    def question(state: State) -> tuple[int, list[int], object, object]:
        words = state.children(Word, house.hanako.id)
        total = state.need(Total, "total")
        late = (10, 2**50)
        return (
            total.sum,
            [word.number for word in words],
            state.traced("total", house.hanako.id, *late),
            state.traces("total", *late),
        )

    answer = await house.installation.ask(house.ledger, question)
    assert answer == (7, [3, 4], 7, {house.hanako.id: 7})


async def test_a_source_never_guesses(house: House) -> None:
    source = PostgresSource(BOOKS, house.ledger.id)
    for ask in (
        lambda: source.get("word", "x"),
        lambda: source.scan("word", "x", 1),
        lambda: source.traced("total", "x", 1, 1),
        lambda: source.traces("total", 1, 1),
        lambda: source.root_at(1),
    ):
        with pytest.raises(Missing) as caught:
            ask()
        async with house.installation.database.pool.acquire() as connection:
            await source.fetch(connection, [caught.value.request])
        ask()


async def test_absorbed_writes_move_within_cached_scans(house: House) -> None:
    source = PostgresSource(BOOKS, house.ledger.id)
    async with house.installation.database.pool.acquire() as connection:
        await source.fetch(connection, [("scan", "due", "", None), ("scan", "due", "other", 1)])
    state = State(source)
    for at in (5, 3, 9):
        state.schedule(1, at, "word.expire", f"w{at}")
    source.absorb(state)
    state = State(source)
    state.schedule(1, 10, "word.expire", "w3")
    state.unschedule("word.expire", "w9")
    source.absorb(state)
    assert [due.at for due in State(source).children(Due)] == [5, 10]
    assert source.scan("due", "", 1)[0].id == "word.expire:w5"


async def test_what_lies_beyond_the_known_rows_stays_unknown(house: House) -> None:
    for number in range(80):
        await house.submit(house.word(house.hanako, number))
    source = PostgresSource(BOOKS, house.ledger.id)
    async with house.installation.database.pool.acquire() as connection:
        await source.fetch(connection, [("scan", "word", house.hanako.id, 1)])
        known = source.scan("word", house.hanako.id, 60)
        state = State(source)
        state.put(Word(id="word_late", index=99, author=house.hanako.id, number=10_000))
        source.absorb(state)
        with pytest.raises(Missing):
            source.scan("word", house.hanako.id, 67)  # 66 were fetched, and the 67th is not the late one
        assert source.scan("word", house.hanako.id, 60) == known


async def test_a_fetch_in_the_middle_of_a_batch_sees_what_the_batch_has_changed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_SCAN_MARGIN", 1)
    tree = house.tree
    said = [parse(house.hanako.say("word.say/1", {"number": n}, tree)) for n in range(10)]
    await asyncio.gather(*(house.submit(one) for one in said))
    await house.installation.lanes.stop()  # the next batch begins with an empty cache
    tree = house.tree
    moves = [
        parse(house.taro.say("word.change/1", {"word": ids.object_id("word", one.id), "number": 100 + n}, tree))
        for n, one in enumerate(said[:6])
    ]
    # Saying 0 scans the first three words: of the seven fetched at first six have moved away by then.
    again = parse(house.hanako.say("word.say/1", {"number": 0}, tree))
    receipts = await asyncio.gather(*(house.submit(one) for one in (*moves, again)))
    assert [receipt.index for receipt in receipts] == list(range(11, 18))
    async with house.installation.database.pool.acquire() as connection:
        await audit(connection, house.ledger, BOOKS)


async def test_what_was_unpublished_is_asked_again_with_the_next_batch(house: House) -> None:
    source = PostgresSource(BOOKS, house.ledger.id)
    async with house.installation.database.pool.acquire() as connection:
        await source.fetch(connection, [("root", 2), ("root", 1)])
        assert source.root_at(2) is None
        assert source.root_at(1) is not None
        await house.submit(house.word(house.hanako, 1))
        source.begin()
        with pytest.raises(Missing):
            source.root_at(2)
        await source.fetch(connection, [("root", 2)])
    assert source.root_at(2) == canonical.b64(house.tree[1])


async def test_new_trace_rows_change_only_later_answers(house: House) -> None:
    source = PostgresSource(BOOKS, house.ledger.id)
    requests = [("traces", "total", 0, 100), ("traces", "total", 5, 100), ("traced", "total", "someone", 5, 100)]
    async with house.installation.database.pool.acquire() as connection:
        await source.fetch(connection, requests)
    assert source.traced("total", "someone", 5, 100) is None
    state = State(source)
    state.trace(Trace("total", "someone", 1, 50, 7))
    source.absorb(state)
    assert source.traces("total", 0, 100) == {}
    with pytest.raises(Missing):
        source.traces("total", 5, 100)
    with pytest.raises(Missing):
        source.traced("total", "someone", 5, 100)


async def test_of_a_long_trace_what_was_earlier_is_asked_for_by_itself(house: House) -> None:
    for number in range(2 * cache._NEWEST):
        await house.submit(house.word(house.hanako, 1 + number))
    source = PostgresSource(BOOKS, house.ledger.id)
    now = 2**50
    async with house.installation.database.pool.acquire() as connection:
        await source.fetch(connection, [("traced", "total", house.hanako.id, 99, now)])
        for index in (2 * cache._NEWEST, cache._NEWEST + 1):
            assert source.traced("total", house.hanako.id, index, now) == index * (index + 1) // 2
        for index in (cache._NEWEST, 1, 0):
            with pytest.raises(Missing) as caught:
                source.traced("total", house.hanako.id, index, now)
            await source.fetch(connection, [("all", caught.value.request, ("all", caught.value.request))])
            assert source.traced("total", house.hanako.id, index, now) == (index * (index + 1) // 2 or None)
    assert source._answers == cache._NEWEST + 4
    state = State(source)
    state.trace(Trace("total", house.hanako.id, 99, now, 1))
    source.absorb(state)
    assert source._answers == 0


def test_a_source_knows_what_was_settled_after_it_was_made() -> None:
    settled: dict[str, int] = {}
    source = PostgresSource(BOOKS, 1, settled)
    settled["roll:prop"] = 7
    assert State(source).settled("roll:prop", lambda: 8) == 7


async def test_what_it_has_found_itself_it_knows_until_it_is_dropped_and_lets_go_of_what_was_read(house: House) -> None:
    source = PostgresSource(BOOKS, house.ledger.id, {"roll:other": 3})
    async with house.installation.database.pool.acquire() as connection:
        await source.fetch(connection, [("traces", "total", 0, 100)])
    assert State(State(source)).settled("roll:prop", lambda: 7, keep=True) == 7
    assert State(source).settled("roll:prop", lambda: 8) == 7
    assert State(source).settled("roll:other", lambda: 8) == 3
    assert State(source).settled("roll:third", lambda: 8) == 8
    assert State(source).settled("roll:third", lambda: 9) == 9  # nobody asked to keep it
    with pytest.raises(Missing):
        source.traces("total", 0, 100)
    assert State(PostgresSource(BOOKS, house.ledger.id)).known("roll:prop") is None
