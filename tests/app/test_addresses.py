"""A co-op's addresses: what people type, and what one more or one less puts in force."""

from __future__ import annotations

import msgspec
import pytest

from app.addresses import Addresses, origin_of, rp_id_for, with_address, without
from ledger.books import coop
from ledger.books.coop import Coop
from ledger.errors import Refusal
from tests.simulator import Village

OLD, NEW = "https://old.example", "https://new.example"


@pytest.fixture
def record() -> Coop:
    return msgspec.structs.replace(coop.get(Village().state), rp_ids=("old.example",), origins=(OLD,))


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        (" new.example ", NEW),
        ("https://NEW.example/c/village?x=1#y", NEW),
        ("https://new.example:443/", NEW),
        ("https://new.example:8443", "https://new.example:8443"),
        ("http://localhost:8321", "http://localhost:8321"),
        ("https://結.example", "https://xn--6c0a.example"),
    ],
)
def test_what_people_paste_is_read_as_browsers_name_it(typed: str, origin: str) -> None:
    assert origin_of(typed) == origin


@pytest.mark.parametrize("typed", ["", "http://new.example", "ftp://new.example", "https://new example", "https://x:y"])
def test_what_no_passkey_could_use_is_refused(record: Coop, typed: str) -> None:
    with pytest.raises(Refusal, match=r"coop\.addresses"):
        with_address(record, typed)


def test_another_domain_brings_its_own_passkeys_and_takes_them_away(record: Coop) -> None:
    both = with_address(record, "new.example")
    assert both == Addresses(("old.example", "new.example"), (OLD, NEW))
    moved = msgspec.structs.replace(record, rp_ids=both.rp_ids, origins=both.origins)
    assert rp_id_for(moved, "new.example") == "new.example"
    assert without(moved, OLD) == (("new.example",), (NEW,))
    assert with_address(moved, NEW) == both


def test_below_the_old_domain_its_passkeys_go_on(record: Coop) -> None:
    both = with_address(record, "https://yui.old.example")
    assert both == Addresses(("old.example",), (OLD, "https://yui.old.example"))
    moved = msgspec.structs.replace(record, rp_ids=both.rp_ids, origins=both.origins)
    assert rp_id_for(moved, "yui.old.example") == "old.example"
    assert without(moved, OLD) == (("old.example",), ("https://yui.old.example",))
    assert rp_id_for(moved, "notold.example") == ""
