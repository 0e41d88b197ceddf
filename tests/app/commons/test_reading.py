"""Work, balances, things and bookings as each reader sees them."""

from __future__ import annotations

import csv
import io
import time

from app.commons.availability import today, week
from app.commons.balance import Balance
from app.commons.booked import Bookings, settles_by
from app.commons.people import find_people, officials
from app.commons.things import Search, find_things
from app.commons.work import Work, left_of_cap, objection
from ledger import canonical, ids
from ledger.books.contributions import Contribution
from ledger.compose import Private
from tests.app.api.service import Coop
from tests.app.commons.conftest import VisitAs

HOUR = 3_600_000


def now() -> int:
    return time.time_ns() // 1_000_000


async def report(coop: Coop, who: str, hours: int = 1, note: str = "") -> str:
    day = canonical.format_time(now() + 9 * HOUR)[:10]
    body = {"kind": "cleaning", "on": day, "quantity": hours * 60} | ({"note": Private(note)} if note else {})
    return ids.object_id("con", (await coop.say(who, "contribution.report/1", body)).id)


async def earn(coop: Coop, who: str, hours: int) -> str:
    contribution = await report(coop, who, hours)
    await coop.say("Hanako", "contribution.attest/1", {"contribution": contribution})
    return contribution


async def offer(coop: Coop, who: str, title: str = "卵", **terms: object) -> str:
    said = {"cost": 3, "needs_confirmation": True, "title": Private(title)} | terms
    body = {"availability": {"kind": "stock", "quantity": 5, "unit": "box"}, "terms": said}
    return ids.object_id("res", (await coop.say(who, "resource.offer/1", body)).id)


async def request(coop: Coop, who: str, resource: str, **more: object) -> str:
    return ids.object_id("bkg", (await coop.say(who, "booking.request/1", {"resource": resource} | more)).id)


async def test_each_reader_sees_what_they_can_do_about_a_report(coop: Coop, visit_as: VisitAs) -> None:
    contribution = await report(coop, "Taro", 2, note="農道")
    seen = {}
    for name in ("Hanako", "Taro", "Jiro"):
        visit, say = await visit_as(name)
        (item,), more = await Work(visit, say, now()).view("all", "", 1)
        assert not more
        seen[name] = item.may
    assert (item.id, item.who, item.kind, item.note, item.worth) == (
        contribution,
        "Taro",
        "草刈り・清掃",
        "農道",
        20,
    )
    assert seen == {"Hanako": {"attest", "object"}, "Taro": {"withdraw"}, "Jiro": {"attest", "object"}}


async def test_what_waits_is_what_the_reader_can_attest(coop: Coop, visit_as: VisitAs) -> None:
    await report(coop, "Taro")
    mine = await report(coop, "Jiro")
    visit, say = await visit_as("Jiro")
    listing = Work(visit, say, now())
    items, _ = await listing.view("waiting", "", 1)
    assert [item.who for item in items] == ["Taro"]
    assert await listing.counts() == {"waiting": 1, "disputed": 0}
    await coop.say("Hanako", "contribution.attest/1", {"contribution": items[0].id})
    assert (await listing.view("waiting", "", 1)) == ([], False)
    assert [item.id for item in (await listing.view("mine", "", 1))[0]] == [mine]
    assert [item.who for item in (await listing.view("all", "tar", 1))[0]] == ["Taro"]


async def test_a_dispute_is_for_officials_who_had_no_part(coop: Coop, visit_as: VisitAs) -> None:
    await coop.appoint("Jiro", "administrator")
    contribution = await earn(coop, "Taro", 1)
    await coop.say("Jiro", "contribution.object/1", {"contribution": contribution, "reason": Private("雨でした")})
    await coop.join("Saburo")
    await coop.appoint("Saburo", "administrator")
    may = {}
    for name in ("Hanako", "Jiro", "Saburo", "Taro"):
        visit, say = await visit_as(name)
        (item,), _ = await Work(visit, say, now()).view("disputed", "", 1)
        may[name] = "resolve" in item.may
    assert may == {"Hanako": False, "Jiro": False, "Saburo": True, "Taro": False}
    found = await visit.reading.find(Contribution, contribution)
    assert found is not None
    assert await objection(visit.reading, found) == "雨でした"


async def test_a_cap_leaves_less_of_its_period(coop: Coop, visit_as: VisitAs) -> None:
    visit, say = await visit_as("Taro")
    assert await left_of_cap(visit.reading, say.policy, coop.town.id("Taro"), "2026-04-01", 4) is None


async def test_a_history_says_what_each_line_was_for(coop: Coop, visit_as: VisitAs) -> None:
    await earn(coop, "Taro", 2)
    body = {"amount": 4, "note": Private("=ありがとう"), "to": coop.town.id("Jiro")}
    await coop.say("Taro", "token.gift/1", body)
    eggs = await offer(coop, "Hanako", needs_confirmation=False)
    await request(coop, "Taro", eggs, quantity=2)
    visit, say = await visit_as("Taro")
    balance = Balance(visit, say, coop.town.id("Taro"))
    account = await balance.account()
    assert (account.total, account.held, account.available) == (16, 6, 10)
    assert [(held.amount, held.what) for held in await balance.held()] == [(6, "「卵」の予約")]
    lines, more = await balance.page(1)
    assert [(line.posting.change, line.posting.total, line.other, line.note) for line in lines] == [
        (-4, 16, "Jiro", "=ありがとう"),
        (20, 20, "", ""),
    ]
    assert lines[1].what.startswith("草刈り・清掃(")
    assert not more
    rows = list(csv.reader(io.StringIO(b"".join([part async for part in balance.csv()]).decode("utf-8-sig"))))
    assert [row[4:6] for row in rows[1:]] == [["20", "20"], ["-4", "16"]]
    assert rows[2][3] == "'=ありがとう", "a spreadsheet must not take a note for a formula"
    assert (await balance.supply()).minted == 20


async def test_bookings_are_seen_by_the_two_sides_only(coop: Coop, visit_as: VisitAs) -> None:
    await earn(coop, "Taro", 2)
    eggs = await offer(coop, "Hanako")
    booking = await request(coop, "Taro", eggs, quantity=2, note=Private("朝に行きます"))
    may = {}
    for name in ("Taro", "Hanako", "Jiro"):
        visit, _ = await visit_as(name)
        found = await Bookings(visit, now()).one(booking)
        may[name] = found and (set(found.may), found.note)
    assert may == {
        "Taro": ({"cancel"}, "朝に行きます"),
        "Hanako": ({"confirm", "refuse"}, "朝に行きます"),
        "Jiro": None,
    }
    visit, _ = await visit_as("Hanako")
    listing = Bookings(visit, now())
    assert await listing.waiting() == 1
    await coop.say("Hanako", "booking.confirm/1", {"booking": booking})
    assert await listing.waiting() == 0
    await coop.say("Hanako", "booking.hand_over/1", {"booking": booking})
    (found,), _ = await listing.view("offered", 1)
    assert found.may == set()
    settles = await settles_by(visit.reading, found.booking)
    assert settles == found.booking.changed_at + 7 * 24 * HOUR
    await coop.say("Taro", "booking.settle/1", {"booking": booking})
    assert (await listing.view("offered", 1)) == ([], False)
    assert [b.id for b in (await listing.view("past_offered", 1))[0]] == [booking]
    visit, _ = await visit_as("Taro")
    assert [b.id for b in (await Bookings(visit, now()).view("past", 1))[0]] == [booking]


async def test_things_are_found_by_words_kind_and_what_is_left(coop: Coop, visit_as: VisitAs) -> None:
    await offer(coop, "Hanako", "たまご")
    gone = await offer(coop, "Taro", "卵の殻")
    await coop.say("Taro", "resource.restock/1", {"change": -5, "resource": gone})
    closed = await offer(coop, "Taro", "薪")
    await coop.say("Taro", "resource.close/1", {"resource": closed})
    visit, _ = await visit_as("Taro")

    async def titles(search: Search) -> list[str]:
        return [thing.title for thing in (await find_things(visit, search, 1))[0]]

    assert await titles(Search()) == ["卵の殻", "たまご"]
    assert await titles(Search("タマゴ")) == ["たまご"]
    assert await titles(Search(only_available=True)) == ["たまご"]
    assert await titles(Search(type="calendar")) == []
    assert await titles(Search(mine=True)) == ["薪", "卵の殻"]


async def test_a_calendar_shows_what_is_taken_and_how_long_it_stays_free(coop: Coop, visit_as: VisitAs) -> None:
    opening = [{"closes": 720, "opens": 540, "weekday": day} for day in range(7)]
    availability = {"buffer": 30, "kind": "calendar", "opening": opening, "slot": 60}
    terms = {"cost": 0, "needs_confirmation": False, "title": Private("和室")}
    written = await coop.say("Hanako", "resource.offer/1", {"availability": availability, "terms": terms})
    room = ids.object_id("res", written.id)
    visit, _ = await visit_as("Taro")
    (found,), _ = await find_things(visit, Search(), 1)
    calendar = found.version.calendar
    assert calendar is not None
    first = today(540, now() + 48 * HOUR)
    days = await week(visit.reading, room, calendar, first, 540, now())
    slots = days[0].slots
    assert [(slot.opens, slot.free, slot.follows) for slot in slots] == [(540, 1, 3), (600, 1, 2), (660, 1, 1)]
    times = {"ends": canonical.format_time(slots[2].ends), "starts": canonical.format_time(slots[2].starts)}
    await request(coop, "Taro", room, **times)
    days = await week(visit.reading, room, calendar, first, 540, now())
    # The half hour between two bookings takes the hour before, too.
    assert [(slot.opens, slot.free, slot.follows) for slot in days[0].slots] == [(540, 1, 1), (600, 0, 0), (660, 0, 0)]
    assert all(
        slot.past for slot in (await week(visit.reading, room, calendar, first, 540, now() + 99 * HOUR))[0].slots
    )


async def test_people_are_found_by_any_part_of_their_names(coop: Coop, visit_as: VisitAs) -> None:
    profile = {"group": Private("上組"), "kana": Private("いしくら けんいち"), "name": Private("石倉 健一")}
    await coop.say("Hanako", "member.enter/1", {"cls": "member", "profile": profile, "type": "person"})
    visit, _ = await visit_as("Taro")
    for words in ("石倉", "いしくらけん", "イシクラ", "健一"):
        assert [(p.name, p.group) for p in await find_people(visit.reading, words)] == [("石倉 健一", "上組")]
    assert await find_people(visit.reading, " ") == []
    assert await find_people(visit.reading, "taro", without=coop.town.id("Taro")) == []
    named = await officials(visit.reading, ("administrator",), without=set())
    assert [person.name for person in named] == ["Hanako"]


async def test_pages_answer_members_and_strangers_as_they_should(coop: Coop) -> None:
    await earn(coop, "Taro", 1)
    eggs = await offer(coop, "Hanako", "卵<b>")
    booking = await request(coop, "Taro", eggs)
    base = f"/c/{coop.town.slug}"
    taro = await coop.signed_in("Taro")
    paths = ("work", "work/new", "work?view=mine&q=x", "tokens", "tokens/give", "things", f"things/{eggs}", "bookings")
    for path in paths:
        answer = await taro.get(f"{base}/{path}", headers={"accept": "text/html"})
        assert answer.status_code == 200, (path, answer.text[-500:])
        assert "<b>" not in answer.text
        assert "円" not in answer.text
        assert "¥" not in answer.text
    strangers = {path: (await coop.stranger.get(f"{base}/{path}")).status_code for path in paths}
    assert strangers == dict.fromkeys(paths, 401) | {"things": 200, f"things/{eggs}": 200}
    assert "Hanako" not in (await coop.stranger.get(f"{base}/things/{eggs}")).text
    part = await taro.get(f"{base}/bookings/{booking}", headers={"hx-request": "true"})
    assert "確定待ち" in part.text
    assert "<html" not in part.text, "a refresh brings the part alone"
    assert (await taro.get(f"{base}/work/new?helping=true")).status_code == 403
    assert (await taro.get(f"{base}/things/{eggs}/edit")).status_code == 403
    assert (await taro.get(f"{base}/things/res_nope")).status_code == 404
