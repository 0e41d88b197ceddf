"""Show of hands and "no objection": numbers that can't be more than heads, and nobody beside them votes twice."""

from __future__ import annotations

from typing import Any

import pytest

from governance import rule
from governance.books import hands
from governance.books.meetings import Hands
from governance.books.presence import Turnout
from ledger.errors import FormatError
from tests.governance.documents import CHOICE, document
from tests.governance.hall import Hall, code, general


@pytest.fixture
def hall() -> Hall:
    return Hall()


def opened(hall: Hall, *here: str) -> tuple[str, str]:
    item = hall.draft()
    meeting = hall.convene(item)
    hall.begin(meeting, *here)
    return item, meeting


def test_hands_and_ballots_and_proxies_are_one_tally(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item)
    hall.paper("Matsu", item, "no")
    hall.entrust("Toru", meeting, "Saki")
    hall.begin(meeting, "Hanako", "Jiro", "Ume", "Saki")
    hall.come("Kenta", meeting, "online")
    hall.vote("Saki", item, "yes")
    # Hanako, Jiro and Ume are there without a ballot; one of them doesn't raise a hand.
    hall.hands(item, 1, 1)
    hall.vote("Kenta", item, "abstain")
    assert hall.put(meeting, item) == "failed"
    assert hall.tally(item) == {"yes": (3, 3), "no": (2, 2), "abstain": (1, 1)}
    assert (hall.present(item), hall.turnout(item)) == (7, (7, 4, 1, 1, 1))


def test_never_more_hands_than_heads_without_another_ballot_or_mandate_given(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item)
    hall.vote("Saki", item, "yes")
    hall.entrust("Toru", meeting, "Kenta")
    hall.begin(meeting, "Hanako", "Saki", "Toru", "Ume")
    hall.come("Kenta", meeting, "online")
    # Saki has voted, Toru has named Kenta, Kenta is not in the room.
    assert code(hall.hands, item, 2, 1) == "hands.too_many"
    hall.hands(item, 1, 1)
    hall.go("Ume", meeting)
    assert code(hall.hands, item, 2) == "hands.too_many"


def test_hands_of_a_crowd_are_not_counted(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose hands they may have been is kept with each count, so there is an end to how many that can be."""
    monkeypatch.setattr(hands, "MOST", 2)
    item, meeting = opened(hall, "Jiro", "Ume")
    hall.hands(item, 1)
    hall.come("Kenta", meeting)
    assert code(hall.hands, item, 1) == "hands.crowd"
    assert code(hall.unopposed, item) == "hands.crowd"
    hall.go("Kenta", meeting)
    hall.unopposed(item)


def test_the_chair_counts_and_two_signers_sign(hall: Hall) -> None:
    item, meeting = opened(hall, "Hanako")
    for cosigners in ((), ("Jiro",), ("Jiro", "Kenta")):
        assert code(hall.hands, item, 1, cosigners=cosigners) == "hands.signers"
    body = {"proposal": item, "yes": 1, "no": 0, "abstain": 0}
    assert code(hall.say, "Ume", "meeting.hands/1", body, cosigners=("Jiro", "Hanako")) == "meeting.chair"
    assert code(hall.say, "Hanako", "meeting.hands/1", body | {"yes": -1}) == "format.body"
    hall.hands(item, 1)
    hall.put(meeting, item)
    assert code(hall.hands, item, 1) == "proposal.stage"


def test_hands_are_counted_again_until_the_item_closes(hall: Hall) -> None:
    item, meeting = opened(hall, "Hanako", "Kenta", "Ume", "Saki")
    hall.hands(item, 3)
    hall.hands(item, 1, 2)
    assert hall.put(meeting, item) == "failed"
    assert hall.tally(item) == {"yes": (1, 1), "no": (2, 2), "abstain": (0, 0)}
    assert hall.present(item) == 4


def test_whose_hand_was_counted_has_no_ballot_and_no_mandate_beside_it(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item)
    entered = hall.paper("Kenta", item, "no")
    hall.say("Kenta", "ballot.object/1", {"proposal": item}, replaces=entered)
    hall.begin(meeting, "Hanako", "Kenta", "Ume")
    hall.hands(item, 2, 1)
    assert code(hall.vote, "Kenta", item, "no") == "ballot.by_hand"
    assert code(hall.paper, "Ume", item, "no", via="room") == "ballot.by_hand"
    hall.entrust("Ume", meeting, "Saki")
    hall.vote("Saki", item, "no")
    hall.go("Kenta", meeting)
    hall.put(meeting, item)
    assert hall.tally(item) == {"yes": (2, 2), "no": (2, 2), "abstain": (0, 0)}
    assert hall.turnout(item).present == 4


def test_counting_again_frees_who_is_no_longer_there(hall: Hall) -> None:
    item, meeting = opened(hall, "Hanako", "Kenta")
    hall.hands(item, 2)
    hall.go("Kenta", meeting)
    hall.hands(item, 1)
    hall.vote("Kenta", item, "no")
    hall.put(meeting, item)
    assert hall.tally(item) == {"yes": (1, 1), "no": (1, 1), "abstain": (0, 0)}


def test_counting_again_leaves_out_who_has_given_a_mandate_since(hall: Hall) -> None:
    item, meeting = opened(hall, "Hanako", "Kenta")
    hall.hands(item, 2)
    hall.entrust("Kenta", meeting, "Saki")
    assert code(hall.hands, item, 2) == "hands.too_many"
    hall.hands(item, 1)
    hall.vote("Saki", item, "no")
    hall.put(meeting, item)
    assert hall.tally(item) == {"yes": (1, 1), "no": (2, 2), "abstain": (0, 0)}


def test_who_comes_after_the_count_of_hands_votes_by_ballot(hall: Hall) -> None:
    item, meeting = opened(hall, "Hanako")
    hall.hands(item, 1)
    hall.come("Kenta", meeting)
    hall.vote("Kenta", item, "no")
    hall.put(meeting, item)
    assert hall.tally(item) == {"yes": (1, 1), "no": (1, 1), "abstain": (0, 0)}


def test_no_objection_is_everyones_yes_who_is_there_without_another_word(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item)
    hall.entrust("Toru", meeting, "Saki")
    hall.begin(meeting, "Hanako", "Jiro", "Matsu")
    hall.come("Ume", meeting, "online")
    hall.vote("Jiro", item, "no")
    hall.unopposed(item)
    assert hall.put(meeting, item) == "passed"
    assert hall.tally(item) == {"yes": (3, 3), "no": (1, 1), "abstain": (0, 0)}
    assert hall.state.need(Hands, item).how == "unopposed"
    # Who is there online is so in the minutes too.
    assert hall.turnout(item) == Turnout(7, in_person=3, online=1, proxy=0, written=0)


@pytest.mark.parametrize("channel", ["hands", "unopposed"])
def test_hands_are_raised_only_in_meetings_and_where_the_rule_has_them(channel: str) -> None:
    def ask(hall: Hall, item: str) -> None:
        if channel == "hands":
            hall.hands(item, 0)
        else:
            hall.unopposed(item)

    without = Hall(ordinary=general(channels=["online", "hands" if channel == "unopposed" else "unopposed"]))
    item, _ = opened(without, "Hanako")
    assert code(ask, without, item) == "ballot.channel"
    outside = Hall(ordinary=document(channels=["online", channel]))
    assert code(ask, outside, outside.voting()) == "hands.no_meeting"
    waiting = Hall()
    item = waiting.draft()
    waiting.convene(item)
    assert code(ask, waiting, item) == "meeting.stage"


@pytest.mark.parametrize("channel", ["hands", "unopposed"])
@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"method": CHOICE["method"], "threshold": CHOICE["threshold"]}, "needs_yes_no"),
        ({"weight": {"module": "by_class/1", "weights": {"member": 2}, "others": 1}}, "needs_one_vote_each"),
        ({"secrecy": {"module": "confidential/1"}}, "not_sealed"),
        ({"delegation": {"module": "standing/1", "depth": None}}, "needs_plain_vote"),
    ],
)
def test_hands_are_neither_for_elections_nor_for_secrets_nor_for_weights(
    channel: str, answers: dict[str, Any], reason: str
) -> None:
    with pytest.raises(FormatError) as caught:
        rule.parse(document(**answers, channels=["online", channel]))
    assert (caught.value.params["path"], caught.value.params["reason"]) == ("channels/1", reason)


def test_a_new_chair_without_a_vote_has_hands_counted_again() -> None:
    hall = Hall(ordinary=general(electorate={"module": "without_chair/1"}, quorum={"module": "none/1"}))
    item, meeting = opened(hall, "Hanako", "Kenta", "Ume")
    hall.hands(item, 2)
    body = {"meeting": meeting, "chair": hall.id("Kenta"), "signers": [hall.id("Jiro"), hall.id("Ume")]}
    hall.say("Hanako", "meeting.chair/1", body, cosigners=("Jiro",))
    assert hall.state.find(Hands, item) is None
    again = {"proposal": item, "yes": 2, "no": 0, "abstain": 0}
    hall.say("Kenta", "meeting.hands/1", again, cosigners=("Jiro", "Ume"))
    hall.say("Kenta", "meeting.close_item/1", {"meeting": meeting, "proposal": item})
    hall.wait(1)
    assert hall.tally(item)["yes"] == (2, 2)
