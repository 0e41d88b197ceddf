from __future__ import annotations

import pytest

from ledger.books import tokens
from ledger.books.tokens import COMMONS, Movement, Posting
from ledger.errors import FormatError, Refusal
from tests.ledger.books.commons import BOOKS, NOTE, Commons, every, refused


@pytest.fixture
def village() -> Commons:
    village = Commons("Aiko", "Botan", "Chiyo", "Daiki")
    village.appoint("Chiyo", "administrator")
    village.appoint("Daiki", "auditor")
    village.grant("Aiko", 100)
    return village


def give(village: Commons, author: str, to: str, amount: int, **more: object) -> str:
    return village.say(author, "token.gift/1", {"to": village.ids[to], "amount": amount}, **more)  # type: ignore[arg-type]


def last(village: Commons) -> Movement:
    return village.state.children(Movement)[-1]


def give_back(village: Commons, author: str, movement: Movement, amount: int, *cosigners: str) -> None:
    body = {"movement": movement.id, "amount": amount, "reason": NOTE}
    village.say(author, "token.reverse/1", body, cosigners=cosigners)


def test_a_gift_moves_available_tokens(village: Commons) -> None:
    give(village, "Aiko", "Botan", 30)
    assert (village.total("Aiko"), village.total("Botan")) == (70, 30)
    assert (last(village).verb, last(village).source) == ("gift", village.ids["Aiko"])


def test_the_first_trade_works_with_no_limit_set() -> None:
    """Elsewhere a default limit of zero made the first trade fail."""
    village = Commons("Aiko", "Botan")
    village.grant("Aiko", 1)
    give(village, "Aiko", "Botan", 1)
    assert village.total("Botan") == 1


@pytest.mark.parametrize("amount", [0, -5])
def test_zero_and_negative_transfers_are_refused(village: Commons, amount: int) -> None:
    with refused("token.amount"):
        give(village, "Aiko", "Botan", amount)
    for verb in (tokens.mint, tokens.burn, tokens.hold):
        with refused("token.amount"):
            village.act(lambda moment, verb=verb: verb(moment, village.ids["Aiko"], amount, "cause"))


def test_one_cannot_give_more_than_is_available(village: Commons) -> None:
    with refused("token.insufficient"):
        give(village, "Aiko", "Botan", 101)
    with refused("token.insufficient"):
        give(village, "Botan", "Aiko", 1)


def test_pending_tokens_are_not_spent_twice(village: Commons) -> None:
    """Elsewhere tokens that were only pending could be spent again."""
    village.act(lambda moment: tokens.hold(moment, village.ids["Aiko"], 80, "booking"))
    assert (village.total("Aiko"), village.available("Aiko")) == (100, 20)
    with refused("token.insufficient"):
        give(village, "Aiko", "Botan", 21)
    with refused("token.insufficient"):
        village.act(lambda moment: tokens.hold(moment, village.ids["Aiko"], 21, "another"))
    give(village, "Aiko", "Botan", 20)


def test_a_cause_holds_once(village: Commons) -> None:
    village.act(lambda moment: tokens.hold(moment, village.ids["Aiko"], 10, "booking"))
    with refused("token.held_already"):
        village.act(lambda moment: tokens.hold(moment, village.ids["Aiko"], 10, "booking"))


def test_no_more_is_released_or_captured_than_is_held(village: Commons) -> None:
    village.act(lambda moment: tokens.hold(moment, village.ids["Aiko"], 10, "booking"))
    with refused("token.held_less"):
        village.act(lambda moment: tokens.release(moment, "booking", 11))
    village.act(lambda moment: tokens.capture(moment, "booking", 7, village.ids["Botan"]))
    with refused("token.held_less"):
        village.act(lambda moment: tokens.capture(moment, "booking", 4, COMMONS))
    village.act(lambda moment: tokens.capture(moment, "booking", 3, COMMONS))
    assert (village.total("Aiko"), village.total("Botan")) == (90, 7)
    with refused("hold.unknown"):
        village.act(lambda moment: tokens.release(moment, "booking", 1))


def test_a_gift_to_oneself_is_refused(village: Commons) -> None:
    with refused("token.same_account"):
        give(village, "Aiko", "Aiko", 1)


def test_gifts_can_be_switched_off(village: Commons) -> None:
    village.adopt(gifts="off")
    with refused("token.gifts_off"):
        give(village, "Aiko", "Botan", 1)


def test_a_co_op_that_only_counts_gives_no_tokens(village: Commons) -> None:
    village.adopt(mode="counts")
    with refused("token.off"):
        give(village, "Aiko", "Botan", 1)


def test_a_transfer_keeps_to_the_cap(village: Commons) -> None:
    village.adopt(transfer_cap=5)
    with refused("token.transfer_cap"):
        give(village, "Aiko", "Botan", 6)
    give(village, "Aiko", "Botan", 5)


def test_faked_trades_between_two_accounts_raise_no_limit(village: Commons) -> None:
    """Elsewhere two accounts traded back and forth until their limits had grown."""
    village.adopt(transfer_cap=5, mint_cap={"amount": 10, "period": "month"})
    for _ in range(6):
        give(village, "Aiko", "Botan", 5)
        give(village, "Botan", "Aiko", 5)
    with refused("token.transfer_cap"):
        give(village, "Aiko", "Botan", 6)
    village.worked("Aiko", "Botan", minutes=600)
    assert village.total("Aiko") == 110


def test_whoever_left_cannot_receive(village: Commons) -> None:
    village.say("Botan", "member.leave/1", {})
    with refused("member.inactive"):
        give(village, "Aiko", "Botan", 1)
    with refused("token.receiver_left"):
        village.act(lambda moment: tokens.mint(moment, village.ids["Botan"], 1, "cause"))
    with refused("token.receiver_left"):
        village.act(lambda moment: tokens.mint(moment, "mem_nobody", 1, "cause"))


def test_whoever_is_suspended_is_given_nothing(village: Commons) -> None:
    village.suspend("Botan")
    with refused("member.inactive"):
        give(village, "Aiko", "Botan", 1)


def test_a_gift_names_a_member_that_the_author_has_seen(village: Commons) -> None:
    with refused("member.unknown"):
        village.say("Aiko", "token.gift/1", {"to": "mem_nobody", "amount": 1})
    with refused("statement.seen_too_old"):
        give(village, "Aiko", "Botan", 1, seen=1)


def test_leaving_with_a_balance_returns_it_to_the_commons(village: Commons) -> None:
    """Elsewhere a member left with a balance and the page crashed."""
    village.act(lambda moment: tokens.hold(moment, village.ids["Aiko"], 40, "dispute"))
    village.say("Aiko", "member.leave/1", {})
    assert village.total("Aiko") == 0
    assert (last(village).verb, last(village).target, last(village).amount) == ("burn", COMMONS, 100)
    assert tokens.supply(village.state).burned == 100
    assert tokens.supply(village.state).held == 0


def test_leaving_with_nothing_leaves_no_movement(village: Commons) -> None:
    village.say("Botan", "member.leave/1", {})
    assert len(every(village.memory, Movement)) == 1


def test_the_supply_stays_within_what_numbers_can_say(village: Commons) -> None:
    with refused("token.supply_full"):
        village.act(lambda moment: tokens.mint(moment, village.ids["Botan"], 2**53 - 100, "cause"))


# Reversal: a deleted transfer left balances wrong, so nothing is deleted.


def test_a_gift_is_given_back_by_its_receiver(village: Commons) -> None:
    give(village, "Aiko", "Botan", 30)
    gift = last(village)
    give_back(village, "Botan", gift, 10)
    give_back(village, "Botan", gift, 20)
    assert (village.total("Aiko"), village.total("Botan")) == (100, 0)
    assert village.state.need(Movement, gift.id).reversed == 30
    assert last(village).reverses == gift.id


def test_a_refund_is_not_returned_twice(village: Commons) -> None:
    """Elsewhere refunds did not sum to zero, or returned a fee twice."""
    give(village, "Aiko", "Botan", 30)
    give(village, "Aiko", "Botan", 30)
    gift = last(village)
    give_back(village, "Botan", gift, 20)
    with refused("token.reversal_exceeds"):
        give_back(village, "Botan", gift, 11)
    give_back(village, "Botan", gift, 10)
    with refused("token.reversal_exceeds"):
        give_back(village, "Botan", gift, 1)
    assert (village.total("Aiko"), village.total("Botan")) == (70, 30)


def test_a_refund_after_the_money_was_spent_is_refused_and_never_negative(village: Commons) -> None:
    give(village, "Aiko", "Botan", 30)
    gift = last(village)
    give(village, "Botan", "Chiyo", 25)
    with refused("token.insufficient"):
        give_back(village, "Botan", gift, 30)
    assert village.total("Botan") == 5
    give_back(village, "Botan", gift, 5)


def test_held_tokens_are_not_refunded(village: Commons) -> None:
    give(village, "Aiko", "Botan", 30)
    gift = last(village)
    village.act(lambda moment: tokens.hold(moment, village.ids["Botan"], 20, "booking"))
    with refused("token.insufficient"):
        give_back(village, "Botan", gift, 11)


def test_a_reversal_is_final(village: Commons) -> None:
    give(village, "Aiko", "Botan", 30)
    give_back(village, "Botan", last(village), 30)
    with refused("token.reversal_final"):
        give_back(village, "Aiko", last(village), 30)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_reversal_of_nothing_is_refused(village: Commons, amount: int) -> None:
    give(village, "Aiko", "Botan", 30)
    with refused("token.amount"):
        give_back(village, "Botan", last(village), amount)


def test_others_reverse_only_as_administrator_with_an_auditor(village: Commons) -> None:
    give(village, "Aiko", "Botan", 30)
    gift = last(village)
    with refused("role.required"):
        give_back(village, "Aiko", gift, 30, "Daiki")
    with refused("role.second_required"):
        give_back(village, "Chiyo", gift, 30)
    with refused("role.second_required"):
        give_back(village, "Chiyo", gift, 30, "Aiko")
    give_back(village, "Chiyo", gift, 30, "Daiki")
    assert village.total("Aiko") == 100


def test_a_mint_is_taken_back_only_through_its_contribution(village: Commons) -> None:
    with refused("token.reverse_mint"):
        give_back(village, "Aiko", last(village), 100)


def test_nothing_goes_back_to_whoever_left(village: Commons) -> None:
    give(village, "Aiko", "Botan", 30)
    gift = last(village)
    village.say("Aiko", "member.leave/1", {})
    with refused("token.receiver_left"):
        give_back(village, "Botan", gift, 30)


def test_an_account_is_read_line_by_line(village: Commons) -> None:
    give(village, "Aiko", "Botan", 30)
    give(village, "Botan", "Aiko", 10)
    lines = village.state.children(Posting, village.ids["Aiko"])
    assert [(line.change, line.total) for line in lines] == [(100, 100), (-30, 70), (10, 80)]
    assert all(village.state.need(Movement, line.movement).serial == line.serial for line in lines)


def test_balances_are_traced_for_electorates(village: Commons) -> None:
    aiko = village.ids["Aiko"]
    before, when = village.index, village.time
    give(village, "Aiko", "Botan", 30)
    assert village.memory.traced("balance", aiko, before - 1, when) == 100
    assert village.memory.traced("balance", aiko, before, when + 1) == 70


def test_a_refused_act_leaves_no_trace(village: Commons) -> None:
    before = dict(village.memory.records)
    with pytest.raises(Refusal):
        give(village, "Aiko", "Botan", 101)
    assert village.memory.records == before


def test_no_statement_turns_tokens_into_yen_or_yen_into_tokens() -> None:
    assert [type_ for type_ in BOOKS.handlers if type_.startswith("token.")] == ["token.gift/1", "token.reverse/1"]
    village = Commons("Aiko", "Botan")
    with pytest.raises(FormatError, match=r"format\.body"):
        village.say("Aiko", "token.gift/1", {"to": village.ids["Botan"], "amount": 1, "yen": 100})
