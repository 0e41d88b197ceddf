"""The sample village: the same from the same seed, full of life, and something to do for each role."""

from __future__ import annotations

from collections import Counter

from app.demo import founding
from app.demo.people import CAST, villagers
from app.demo.story import DAYS, Story
from app.demo.villages import MIZUNASATO
from app.demo.writer import Wave
from governance.books.proposals import Proposal
from ledger.books.bookings import Booking
from ledger.books.contributions import Contribution
from ledger.books.members import Application, Member
from ledger.books.resources import Resource
from ledger.books.roles import holds
from ledger.books.tokens import Account, Supply
from ledger.keys import verify_statement
from tests.app.demo.telling import END, tell


def statements(waves: list[Wave]) -> list[bytes]:
    return [written.data for wave in waves for written in wave.written]


def test_the_seed_fixes_everything_but_the_end(village: tuple[Story, list[Wave]]) -> None:
    assert statements(tell(7)[1]) == statements(village[1])
    assert statements(tell(8)[1]) != statements(village[1])
    assert statements(tell(7, END + 86_400_000)[1]) != statements(village[1])


def test_half_a_year_of_about_five_thousand_entries(village: tuple[Story, list[Wave]]) -> None:
    story, waves = village
    assert 4_500 <= story.pen.size <= 5_800
    assert story.pen.refused < story.pen.size // 100
    times = [written.received for wave in waves for written in wave.written]
    assert times == sorted(set(times))
    assert times[-1] <= END
    assert (END - times[0]) // 86_400_000 in {DAYS, DAYS - 1}


def test_every_entry_is_signed_by_its_authors_own_key(village: tuple[Story, list[Wave]]) -> None:
    _, waves = village
    for written in (written for wave in waves[::20] for written in wave.written):
        for signature in written.signatures:
            verify_statement(signature, written.data)


def test_about_240_members_of_whom_many_hold_no_key(village: tuple[Story, list[Wave]]) -> None:
    story, _ = village
    assert len(story.pen.state.children(Member)) == len(villagers(7)) == 240
    assert sum(person.key is None for person in story.people) == 90


def test_each_role_has_something_to_do_now(village: tuple[Story, list[Wave]]) -> None:
    story, _ = village
    state = story.pen.state
    for person in story.people[: len(CAST)]:
        assert not person.role or holds(state, person.id, person.role)
    stages = Counter(proposal.stage(END) for proposal in state.children(Proposal))
    assert stages["voting"] >= 2
    assert any(application.status == "open" for application in state.children(Application))
    contributions = [c for m in state.children(Member) for c in state.children(Contribution, m.id)]
    assert {"reported", "disputed"} <= {contribution.state for contribution in contributions}
    assert len([r for m in state.children(Member) for r in state.children(Resource, m.id)]) >= 15
    bookings = [b for m in state.children(Member) for b in state.children(Booking, m.id)]
    assert {"requested", "settled"} <= {booking.state for booking in bookings}


def test_tokens_add_up(village: tuple[Story, list[Wave]]) -> None:
    state = village[0].pen.state
    supply = state.need(Supply, "supply")
    accounts = state.children(Account)
    assert sum(account.total for account in accounts) == supply.minted - supply.burned
    assert sum(account.held for account in accounts) == supply.held


def test_letters_go_to_places_that_there_are_not() -> None:
    """Families in one house, that labels may show it; and 000 begins no postcode."""
    people = villagers(MIZUNASATO.seed)
    homes = {person.name: founding.profile(person)["address"].value for person in people}
    assert all(home.startswith("〒000-") and "見本県" in home for home in homes.values())
    families = {(person.name.split()[0], person.group) for person in people}
    assert len(set(homes.values())) == len(families) < len(people)
