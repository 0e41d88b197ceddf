"""Whatever is said in whatever order, over all channels: the count is that of everyone's last valid word, once each.

The naive count below takes what was accepted, in order, and knows nothing of how the house counts.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import HealthCheck, currently_in_test_context, event, given, settings
from hypothesis import strategies as st

from governance.books.ballots import Ballot
from ledger.compose import Private
from ledger.errors import LedgerError
from tests.governance.documents import document
from tests.governance.hall import Hall

PEOPLE = ("Hanako", "Jiro", "Ume", "Kenta", "Matsu", "Saki", "Toru")
CHOICES = ("yes", "no", "abstain")
SOMEBODY = {"module": "heads/1", "fraction": "1/7", "strict": False}
"""A quorum that shows how many were counted as present."""
PROXY = {"module": "members/1", "most": 2, "who": "members", "to_chair": True}
LIQUID = document(
    quorum=SOMEBODY,
    proxy=PROXY,
    delegation={"module": "standing/1", "depth": None},
    channels=["online", "paper", "room"],
)
SHALLOW = LIQUID | {"delegation": {"module": "standing/1", "depth": 2}}
HANDS = document(quorum=SOMEBODY, proxy=PROXY, channels=["online", "paper", "room", "hands", "unopposed"])

WITH_KEYS = tuple(name for name in PEOPLE if name != "Matsu")
people, signing, choices = st.sampled_from(PEOPLE), st.sampled_from(WITH_KEYS), st.sampled_from(CHOICES)
few = st.sampled_from([(0, 0, 0), (1, 0, 0), (0, 1, 1), (1, 1, 0), (3, 1, 0)])
words = (
    st.tuples(st.just("cast"), people, choices),
    st.tuples(st.just("cast"), people, choices),
    st.tuples(st.just("enter"), people, choices),
    st.tuples(st.just("object"), signing),
    st.tuples(st.just("entrust"), people, st.one_of(people, st.just("chair"))),
    st.tuples(st.just("entrust"), people, people),
    st.tuples(st.just("enter_proxy"), people, people),
    st.tuples(st.just("untrust"), signing),
    st.tuples(st.just("come"), people, st.just("room")),
    st.tuples(st.just("come"), signing, st.just("online")),
    st.tuples(st.just("go"), signing),
)
delegations = (st.tuples(st.just("delegate"), signing, people), st.tuples(st.just("undelegate"), signing))
hands = (few.map(lambda counted: ("hands", *counted)), st.tuples(st.just("unopposed")))
liquid = st.lists(st.one_of(*words, *delegations, *delegations[:1] * 3), min_size=8, max_size=40)
raised = st.lists(st.one_of(*words, *hands, *hands), min_size=8, max_size=40)


class Said(NamedTuple):
    """What the meeting comes to: each choice with its heads, and how many were present."""

    tally: dict[str, int]
    present: int


class Naive:
    """The last word of each, as accepted. The chair is Hanako."""

    def __init__(self, depth: int | None) -> None:
        self.depth = depth
        self.ballots: dict[str, str] = {}
        self.proxies: dict[str, str] = {}
        self.delegates: dict[str, str] = {}
        self.here: dict[str, str] = {}
        self.raised: tuple[dict[str, int], set[str]] = ({}, set())

    def take(self, act: tuple[Any, ...]) -> None:
        match act:
            case ("cast" | "enter" | "object", name, *choice):
                assert name not in self.raised[1] or not choice, "a hand and a ballot"
                _set(self.ballots, name, *choice)
            case ("delegate" | "undelegate", name, *to):
                _set(self.delegates, name, *to)
            case ("entrust" | "enter_proxy" | "untrust", name, *to):
                _set(self.proxies, name, *("Hanako" if one == "chair" else one for one in to))
            case ("come" | "go", name, *how):
                _set(self.here, name, *how)
            case ("hands", yes, no, abstain):
                among = self.free({"room"})
                assert yes + no + abstain <= len(among), "more hands than heads"
                self.raised = ({"yes": yes, "no": no, "abstain": abstain}, among)
            case ("unopposed",):
                among = self.free({"room", "online"})
                self.raised = ({"yes": len(among)}, among)

    def free(self, ways: set[str]) -> set[str]:
        """Who is there with nothing else said."""
        return {n for n, how in self.here.items() if how in ways and n not in self.ballots and n not in self.proxies}

    def word(self, name: str) -> str | None:
        """What counts for somebody, if anything does."""
        if name in self.ballots:
            return self.ballots[name]
        if name in self.proxies:
            return self.ballots.get(self.proxies[name])
        at = name
        for steps in range(1, len(PEOPLE) + 1):
            if at not in self.delegates or (at in self.proxies and at != name):
                return None
            at = self.delegates[at]
            if at in self.ballots:
                return self.ballots[at] if self.depth is None or steps <= self.depth else None
        return None

    def count(self, *, liquid: bool) -> Said:
        if not liquid:
            self.delegates = {}
        hands, among = self.raised
        words = {name: self.word(name) for name in PEOPLE if name not in among}
        tally = {choice: hands.get(choice, 0) + list(words.values()).count(choice) for choice in CHOICES}
        there = {name for name in PEOPLE if words.get(name) or name in among or name in self.here}
        return Said(tally, len(there | {n for n, to in self.proxies.items() if to in self.here}))


def _set(words: dict[str, str], name: str, word: str | None = None) -> None:
    """Somebody's last word of a kind; without one, they have none any more."""
    if word is None:
        del words[name]
    else:
        words[name] = word


def statement_of(hall: Hall, name: str, item: str) -> str | None:
    """The statement of the ballot that a recast has to name."""
    found = hall.state.find(Ballot, f"{item}/{hall.id(name)}")
    return None if found is None else found.statement


def do(hall: Hall, meeting: str, item: str, act: tuple[Any, ...]) -> None:
    """Have it said; what may not be is refused."""
    match act:
        case ("cast" | "enter" as how, name, choice):
            cast(hall, item, name, choice, entered=how == "enter" or name == "Matsu")
        case ("object", name):
            hall.say(name, "ballot.object/1", {"proposal": item}, replaces=statement_of(hall, name, item))
        case ("hands", yes, no, abstain):
            hall.hands(item, yes, no, abstain)
        case ("unopposed",):
            hall.unopposed(item)
        case _:
            attend_and_name(hall, meeting, act)


def attend_and_name(hall: Hall, meeting: str, act: tuple[Any, ...]) -> None:
    match act:
        case ("delegate", name, to):
            hall.say(name, "delegation.give/1", {"to": hall.id(to)})
        case ("undelegate", name):
            hall.say(name, "delegation.revoke/1", {})
        case ("entrust", name, to):
            hall.entrust(name, meeting, to)
        case ("enter_proxy", name, to):
            author, second = officials(name)
            body = {"meeting": meeting, "to": hall.id(to), "paper": Private("委任状")}
            hall.say(author, "proxy.give/1", body, for_=name, via="paper", cosigners=(second,))
        case ("untrust", name):
            hall.say(name, "proxy.revoke/1", {"meeting": meeting})
        case ("come", name, how):
            hall.come(name, meeting, how)
        case ("go", name):
            hall.go(name, meeting)


def officials(name: str) -> tuple[str, str]:
    """Who enters something for that member, and who countersigns."""
    return ("Hanako", "Jiro") if name == "Jiro" else ("Jiro", "Hanako")


def cast(hall: Hall, item: str, name: str, choice: str, *, entered: bool) -> None:
    replaces = statement_of(hall, name, item)
    if not entered:
        hall.vote(name, item, choice, replaces=replaces)
        return
    author, second = officials(name)
    body = {"proposal": item, "choice": choice, "paper": Private("scan")}
    hall.say(author, "ballot.cast/1", body, for_=name, via="paper", cosigners=(second,), replaces=replaces)


def run(
    rule: dict[str, Any], script: list[Any], depth: int | None, there: tuple[str, ...] = ()
) -> tuple[Hall, str, Said]:
    watched = currently_in_test_context()
    hall, naive = Hall(ordinary=rule), Naive(depth)
    item = hall.draft()
    meeting = hall.convene(item, starts_in=1000)
    hall.begin(meeting)
    for act in (*(("come", name, "room") for name in there), *script):
        try:
            do(hall, meeting, item, act)
        except LedgerError as error:
            if watched:
                event(f"{act[0]}: {error.code}")
        else:
            if watched:
                event(f"{act[0]}: accepted")
            naive.take(act)
    hall.put(meeting, item)
    return hall, item, naive.count(liquid="delegation" in rule)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([(LIQUID, None), (SHALLOW, 2)]), liquid)
def test_any_interleaving_counts_as_everyones_last_valid_word(rule: Any, script: list[Any]) -> None:
    check(*run(rule[0], script, rule[1]))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(raised)
def test_so_it_does_where_hands_are_raised(script: list[Any]) -> None:
    hall, item, said = run(HANDS, script, None, ("Hanako", "Kenta", "Saki", "Matsu"))
    check(hall, item, said)
    assert hall.turnout(item).present == said.present
    assert hall.folded_again() == hall.records()


def check(hall: Hall, item: str, said: Said) -> None:
    assert {choice: heads for choice, (heads, _) in hall.tally(item).items()} == said.tally
    assert all(heads == weight for heads, weight in hall.tally(item).values())
    assert hall.present(item) == said.present <= len(PEOPLE)


def test_the_naive_count_sees_what_it_should() -> None:
    """A script in which every way of being counted occurs, worked out on paper."""
    script = [
        ("cast", "Saki", "yes"),
        ("entrust", "Toru", "Saki"),
        ("enter", "Matsu", "no"),
        ("come", "Hanako", "room"),
        ("come", "Ume", "room"),
        ("come", "Kenta", "online"),
        ("hands", 1, 0, 1),
        ("cast", "Ume", "no"),
        ("cast", "Kenta", "no"),
    ]
    hall, item, said = run(HANDS, script, None)
    assert said == Said({"yes": 3, "no": 2, "abstain": 1}, 6)
    assert {choice: heads for choice, (heads, _) in hall.tally(item).items()} == said.tally
