"""The statutory presets, clause by clause, through real meetings and ballots: as many as it takes, and one fewer."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from governance import rule
from governance.count import Count
from governance.effects.people import NOTICE_OF_EXPULSION
from ledger import ids
from ledger.compose import Private
from tests.governance.deciding import decide
from tests.governance.documents import document
from tests.governance.hall import Hall, code
from tests.governance.test_meetings_ways import candidates
from tests.governance.test_presets import read
from tests.simulator import DAY

CAPS = {"consumer_coop": 9, "worker_coop": 4}
DELEGATES_CAPS = {"consumer_coop": 2, "worker_coop": 1}
COOPS = sorted(CAPS)


def hall(preset: str, members: int = 7) -> Hall:
    """A co-op of that many under the preset's rules; Hanako is in the chair. M8 and on are called by number."""
    made = Hall(**read(preset).rules())
    for number in range(8, members + 1):
        made.join(f"M{number}")
    return made


def others(found: Hall, count: int) -> list[str]:
    """So many; Matsu, who has no device, and Hanako, who is in the chair, come last."""
    names = [name for name in found.ids if name not in ("Hanako", "Matsu")]
    return [*names, "Matsu", "Hanako"][:count]


def say(found: Hall, name: str, item: str, choice: str) -> None:
    """By oneself from home, or in writing."""
    if name == "Matsu":
        found.paper(name, item, choice)
    else:
        found.vote(name, item, choice)


def held(found: Hall, kind: str, yes: int, no: int = 0, abstain: int = 0, silent: int = 0) -> tuple[str, str]:
    """A meeting with one item on which so many vote, from home as well as there, and others say nothing."""
    item = found.draft(kind=kind)
    meeting = found.convene(item, starts_in=15 * DAY)
    voters = iter(others(found, yes + no + abstain + silent))
    for choice, count in (("yes", yes), ("no", no), ("abstain", abstain)):
        for _ in range(count):
            say(found, next(voters), item, choice)
    found.begin(meeting, *voters)
    return meeting, item


def result(found: Hall, kind: str, yes: int, no: int = 0, abstain: int = 0, silent: int = 0) -> str:
    meeting, item = held(found, kind, yes, no, abstain, silent)
    return found.put(meeting, item)


def results(preset: str, kind: str, cases: Iterable[tuple[int, ...]], members: int = 7) -> list[str]:
    found = hall(preset, members)
    return [result(found, kind, *case) for case in cases]


# One member, one vote; proxies.


@pytest.mark.parametrize("preset", COOPS)
def test_who_has_many_shares_has_one_vote(preset: str) -> None:
    """生協法17, 労協法11: 出資口数の多少にかかわらず、各々一個の議決権."""
    found = hall(preset)
    paid = {"member": found.id("Kenta"), "shares": 1000, "yen": 1_000_000}
    found.say("Hanako", "equity.payment/1", paid, cosigners=("Kenta",))
    meeting, item = held(found, "ordinary", yes=0, no=1, silent=0)
    for name in ("Kenta", "Saki"):
        found.vote(name, item, "yes")
    found.put(meeting, item)
    assert found.tally(item)["yes"] == (2, 2)


@pytest.mark.parametrize("preset", COOPS)
def test_as_many_mandates_as_the_act_allows_pass_and_one_more_is_refused(preset: str) -> None:
    """生協法17: 代理人は、十人以上の組合員を代理することができない。 労協法: 五人以上."""
    cap = CAPS[preset]
    found = hall(preset, members=cap + 4)
    item = found.draft()
    meeting = found.convene(item)
    givers = [name for name in others(found, cap + 2) if name not in ("Jiro", "Matsu")]
    for name in givers[:cap]:
        found.entrust(name, meeting, "Jiro")
    one_more = givers[cap] if len(givers) > cap else "Matsu"
    assert code(found.entrust, one_more, meeting, "Jiro") == "proxy.cap"
    found.begin(meeting, "Jiro")
    found.vote("Jiro", item, "yes")
    assert found.put(meeting, item) == "passed"
    assert found.tally(item)["yes"] == (cap + 1, cap + 1)


def assembly_of_delegates(preset: str, delegates: int) -> tuple[Hall, str, str]:
    """Under the preset, an assembly of so many delegates with one item; Toru, the last to join, is none of them."""
    found = Hall(**read(preset).rules() | {"role": document()})
    for number in range(8, delegates + 3):
        found.join(f"M{number}")
    for name in [name for name in found.ids if name not in ("Hanako", "Toru")][:delegates]:
        found.appoint_by_decision(name, "delegate")
    item = found.draft()
    return found, found.convene(item, kind="delegates"), item


@pytest.mark.parametrize("preset", COOPS)
def test_in_an_assembly_of_delegates_fewer_mandates_are_enough(preset: str) -> None:
    """生協法47-6: 「十人」とあるのは「三人」. 労協法71-6: 「五人」とあるのは「二人」."""
    cap = DELEGATES_CAPS[preset]
    found, assembly, item = assembly_of_delegates(preset, cap + 2)
    holder, *givers = [name for name in found.ids if found.holds(name, "delegate")]
    for name in givers[:cap]:
        found.entrust(name, assembly, holder)
    assert code(found.entrust, givers[cap], assembly, holder) == "proxy.cap"
    found.begin(assembly, holder)
    found.vote(holder, item, "yes")
    assert found.put(assembly, item) == "passed"
    assert found.tally(item)["yes"] == (cap + 1, cap + 1)


@pytest.mark.parametrize("preset", COOPS)
def test_in_an_assembly_of_delegates_they_alone_decide(preset: str) -> None:
    """生協法47, 労協法71: 総会に代わるべき総代会."""
    found, assembly, item = assembly_of_delegates(preset, 3)
    assert code(found.vote, "Toru", item, "yes") == "ballot.not_on_roll"
    found.begin(assembly, "Jiro", "Ume")
    found.vote_all(("Jiro", "Ume"), item, "yes")
    assert found.put(assembly, item) == "passed"
    roll = found.proposal(item).roll
    assert roll is not None
    assert roll.heads == 3


@pytest.mark.parametrize("preset", COOPS)
def test_blank_proxies_do_not_go_to_a_chair_without_a_vote(preset: str) -> None:
    found = hall(preset)
    meeting = found.convene(found.draft())
    body = {"meeting": meeting, "to": "chair"}
    assert code(found.say, "Kenta", "proxy.give/1", body) == "proxy.no_chair"


# Ordinary resolutions of co-ops: 生協法41.


@pytest.mark.parametrize("preset", COOPS)
def test_a_majority_of_those_present_decides(preset: str) -> None:
    """Whoever is there counts, abstaining or silent; votes sent in count as present."""
    cases = [(4, 2), (3, 2), (1, 0), (3, 2, 1), (2, 0, 2), (3, 1, 0, 2), (2, 3)]
    expected = ["passed", "passed", "passed", "failed", "failed", "failed", "failed"]
    assert results(preset, "ordinary", cases) == expected


@pytest.mark.parametrize("preset", COOPS)
@pytest.mark.parametrize(("choice", "after"), [("yes", "passed"), ("no", "failed")])
def test_the_chair_decides_a_tie_and_has_no_vote_before(preset: str, choice: str, after: str) -> None:
    """生協法41: 可否同数のときは、議長の決するところによる。議長は、総会の議決に加わる権利を有しない."""
    found = hall(preset)
    meeting, item = held(found, "ordinary", yes=3, no=3)
    assert code(found.vote, "Hanako", item, "yes") == "ballot.not_on_roll"
    assert found.put(meeting, item) == "tied"
    found.say("Hanako", "ballot.casting/1", {"proposal": item, "choice": choice})
    assert found.stage(item) == after


@pytest.mark.parametrize("preset", COOPS)
def test_a_general_meeting_has_ten_days_notice_and_its_agenda(preset: str) -> None:
    found = hall(preset)
    item = found.draft()
    assert code(found.convene, item, starts_in=found.whole(10) - 1) == "meeting.notice"
    meeting = found.convene(item, starts_in=found.whole(10))
    found.begin(meeting, "Ume")
    late = found.draft()
    assert code(found.say, "Ume", "meeting.motion/1", {"meeting": meeting, "proposal": late}) == "meeting.no_motions"


# Special resolutions of co-ops: 生協法42.


@pytest.mark.parametrize("preset", COOPS)
@pytest.mark.parametrize("kind", ["special"])
def test_half_of_all_present_and_two_thirds_of_those(preset: str, kind: str) -> None:
    """Of nine with the chair eight vote: four present are enough, three are not; two thirds exactly pass."""
    cases = [(4, 0), (3, 0), (3, 1), (2, 2), (4, 2), (3, 2, 1), (5, 3), (4, 1, 0, 1), (1, 0, 0, 3)]
    expected = ["passed", "no_quorum", "passed", "failed", "passed", "failed", "failed", "passed", "failed"]
    assert results(preset, kind, cases, members=9) == expected


@pytest.mark.parametrize("preset", COOPS)
def test_rules_change_and_members_are_expelled_by_special_resolution_alone(preset: str) -> None:
    by_kind = read(preset).rules()
    special = {name: by_kind["special"][name] for name in ("quorum", "threshold", "proxy", "venue")}
    for kind in ("rules", "expel"):
        assert {name: by_kind[kind][name] for name in special} == special
    electorate = by_kind["expel"]["electorate"]
    assert electorate["module"] == "all_of/1"
    # Neither the chair nor whom it concerns.
    assert electorate["parts"][-2:] == [{"module": "without_chair/1"}, {"module": "disinterested/1"}]


# Officers: 生協法28.


@pytest.mark.parametrize("preset", COOPS)
def test_officers_are_elected_with_one_vote_each_that_members_can_not_see(preset: str) -> None:
    found = hall(preset)
    election = candidates(found, "director", "Kenta", "Saki", "Toru", seats=2)
    found.call(election)
    found.wait(10 * DAY)
    choice = {"proposal": election, "choice": Private("option_1")}
    found.say("Ume", "ballot.cast/1", choice)
    assert code(found.say, "Jiro", "ballot.cast/1", choice | {"choice": "option_1"}) == "ballot.sealed"
    officers = read(preset).documents["officers"]
    assert rule.parse(officers).secrecy.SEALED
    departing = {name for source in read(preset).sources_of("officers") for name in source.departs}
    assert departing == {"secrecy"}  # not yet a ballot that nobody can open
    roll = Count(9, 9)
    tally = {"option_1": Count(4, 4), "option_2": Count(3, 3), "option_3": Count(2, 2)}
    assert decide(rule.parse(officers), roll, tally, 3).winners == ("option_1",)
    assert decide(rule.parse(officers), roll, tally | {"option_2": Count(4, 4)}, 3).result == "tied"


@pytest.mark.parametrize(("preset", "days"), [("consumer_coop", 5), ("association", 7), ("worker_coop", 10)])
def test_whoever_is_to_be_expelled_is_told_in_time(preset: str, days: int) -> None:
    """生協法20-2: 会日から五日前まで; 一般法人法30: 一週間前まで; 労協法15-2: 会日の十日前まで."""
    found = hall(preset)
    expulsion = {"effect": "expel", "member": found.id("Kenta")}
    item = found.draft(kind="expel", effects=[expulsion])
    assert days * DAY <= NOTICE_OF_EXPULSION
    assert code(found.convene, item, starts_in=found.whole(NOTICE_OF_EXPULSION // DAY) - 1) == "meeting.notice"
    assert found.proposal(item).interested == (found.id("Kenta"),)


def test_an_npo_asks_no_member_about_themselves() -> None:
    """NPO法14の8: 特定の社員との関係について議決をする場合には、その社員は、表決権を有しない."""
    found = hall("npo")
    expulsion = found.draft(kind="expel", effects=[{"effect": "expel", "member": found.id("Kenta")}])
    contract = {"kind": "ordinary", "title": Private("田を借りる"), "text": Private("健太から、年に一万円で。")}
    body = contract | {"interested": [found.id("Kenta")]}
    lease = ids.object_id("prop", found.say("Ume", "proposal.draft/1", body, cosigners=("Kenta",)).id)
    found.convene(expulsion, lease, starts_in=15 * DAY)
    for item in (expulsion, lease):
        assert code(found.vote, "Kenta", item, "yes") == "ballot.not_on_roll"
        found.vote("Saki", item, "no")


# General incorporated associations: 一般法人法49.


def test_an_association_decides_with_more_than_half_of_all_votes_present() -> None:
    """49-1: of eight five have to be there (half is not more than half), and more than half of those agree."""
    cases = [(3, 2), (4, 0), (3, 1, 0, 1), (2, 2, 1), (4, 1, 0, 2), (4, 2, 2), (3, 3)]
    expected = ["passed", "no_quorum", "passed", "failed", "passed", "failed", "failed"]
    assert results("association", "ordinary", cases, members=8) == expected


def test_an_association_counts_all_votes_for_a_special_resolution() -> None:
    """49-2: the denominator is all members. Of nine six are two thirds exactly; five do not pass, though unanimous."""
    assert results("association", "special", [(6, 2), (5, 0), (5, 3), (6, 0)], members=9) == [
        "passed",
        "failed",
        "failed",
        "passed",
    ]


@pytest.mark.parametrize(
    ("heads", "weight", "expected"),
    [(4, 20, "passed"), (3, 30, "failed"), (4, 19, "failed"), (8, 19, "failed"), (5, 21, "passed")],
)
def test_heads_and_votes_are_asked_each_by_itself(heads: int, weight: int, expected: str) -> None:
    """49-2 where the articles give members different numbers of votes: half of 8 members, two thirds of 30 votes."""
    found = rule.parse(read("association").documents["special"])
    assert decide(found, Count(8, 30), {"yes": Count(heads, weight)}, 0).result == expected


def test_an_association_has_no_cap_on_proxies_and_gives_them_meeting_by_meeting() -> None:
    """50-2: 代理権の授与は、社員総会ごとに."""
    found = hall("association", members=13)
    item, later = found.draft(), found.draft()
    meeting, next_one = found.convene(item, starts_in=15 * DAY), found.convene(later, starts_in=20 * DAY)
    for name in others(found, 11)[1:]:
        found.entrust(name, meeting, "Jiro")
    found.begin(meeting, "Jiro")
    found.vote("Jiro", item, "yes")
    assert found.put(meeting, item) == "passed"
    assert found.tally(item)["yes"] == (11, 11)
    found.begin(next_one, "Jiro")
    found.vote("Jiro", later, "yes")
    assert found.put(next_one, later) == "no_quorum"
    assert found.tally(later)["yes"] == (1, 1)


@pytest.mark.parametrize("kind", ["ordinary", "special"])
@pytest.mark.parametrize(("preset", "days"), [("association", 14), ("npo", 5)])
def test_notice_is_given_in_time(preset: str, kind: str, days: int) -> None:
    """一般法人法39: two weeks where votes come in writing or electronically, as they do here. NPO法14の4: five days."""
    found = hall(preset)
    item = found.draft(kind=kind)
    assert code(found.convene, item, starts_in=found.whole(days) - 1) == "meeting.notice"
    found.convene(item, starts_in=found.whole(days))


@pytest.mark.parametrize("kind", ["ordinary", "special"])
@pytest.mark.parametrize("preset", ["association", "npo"])
def test_all_together_decide_without_a_meeting(preset: str, kind: str) -> None:
    """一般法人法58, NPO法14の9: 社員の全員が書面又は電磁的記録により同意の意思表示をしたとき."""
    found = hall(preset)
    for silent, expected in ((0, "passed"), (1, "failed")):
        item = found.call(found.draft(kind=kind))
        for name in others(found, 7 - silent):
            say(found, name, item, "yes")
        found.close()
        assert found.stage(item) == expected


@pytest.mark.parametrize("preset", COOPS)
def test_a_co_ops_general_meeting_is_replaced_by_nothing(preset: str) -> None:
    found = hall(preset)
    for kind in ("ordinary", "special"):
        assert code(found.call, found.draft(kind=kind)) == "proposal.needs_meeting"


# NPOs: 特定非営利活動促進法25.


def test_an_npo_changes_its_articles_with_half_present_and_three_quarters_of_those() -> None:
    cases = [(3, 1), (4, 0), (3, 0), (2, 2), (2, 1, 1), (6, 2), (5, 2), (5, 3)]
    expected = ["passed", "passed", "no_quorum", "failed", "failed", "passed", "failed", "failed"]
    assert results("npo", "special", cases, members=8) == expected
