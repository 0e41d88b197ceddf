"""What a key can be limited to: types that there are, each with a word, and only ever less."""

from __future__ import annotations

import pytest

from app.key_limits import GROUPS, told, within
from app.texts import Catalogue
from app.texts.sentences import catalogue
from governance.all_books import BOOKS
from ledger.books.keyring import BOOK as KEYS


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_type_offered_exists_and_has_a_word(lang: str) -> None:
    types = [type_ for group in GROUPS.values() for type_ in group]
    assert len(types) == len(set(types))
    for type_ in types:
        assert "member" in BOOKS.handlers[type_].by
        assert f"word.may.{type_}" in catalogue(lang)
    assert not set(types) & {handler.type for handler in KEYS.handlers}


def test_a_limited_key_can_be_limited_only_further() -> None:
    assert within(()) == list(GROUPS)
    assert within(GROUPS["vote"] + GROUPS["give"]) == ["vote", "give"]
    assert within(("ballot.cast/1",)) == []


def test_what_a_key_may_do_is_said_by_group_and_else_by_type() -> None:
    texts = Catalogue.load()
    assert told(texts, "en", ()) == []
    may = (*GROUPS["vote"], "booking.request/1", "future.thing/1")
    assert told(texts, "en", may) == [texts.t("en", "keys.may.vote"), "bookings", "future.thing/1"]
