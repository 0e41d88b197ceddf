"""Drafts of a founding: sealed at rest, gone for good, changed only by the right link, and sound in the end."""

from __future__ import annotations

import pytest

from app.api.problems import Problem
from app.founding import genesis, questions, store
from app.founding.answers import Founding, KindRow
from app.founding.store import Link, own_link
from app.installation import Installation
from governance import presets
from governance.books import rules
from ledger.books import policies
from tests.app.api.service import Travelling, web


async def test_what_is_typed_is_sealed_at_rest_and_can_be_destroyed(installation: Installation) -> None:
    link = await store.begin(installation)
    async with store.changing(installation, link) as draft:
        draft.founders[0].name = "山本花子"
    assert (await store.read(installation, link)).founders[0].name == "山本花子"
    sealed: bytes = await installation.database.pool.fetchval("SELECT sealed FROM founding")
    assert "花子".encode() not in sealed
    await store.forget(installation, link)
    await installation.database.pool.execute(
        "INSERT INTO founding (id, sealed, expires) VALUES ($1, $2, $3)", link.place, sealed, 2**50
    )
    with pytest.raises(Problem, match=r"^founding\.unknown$"):  # a restored copy opens no more
        await store.read(installation, link)


async def test_the_joining_link_does_not_tell_the_first_founders(installation: Installation) -> None:
    link = await store.begin(installation)
    assert link.key is not None
    assert own_link(link.key) == link
    assert own_link(link.joining).place != link.place
    assert (await store.read(installation, Link(link.joining, None))) == Founding()


async def test_a_draft_that_nobody_touches_is_swept_away(installation: Installation, clock: Travelling) -> None:
    link = await store.begin(installation)
    clock.ahead += store.LIFETIME + 1
    with pytest.raises(Problem, match=r"^founding\.unknown$"):
        await store.read(installation, link)
    await store.begin(installation)
    assert await installation.database.pool.fetchval("SELECT count(*) FROM founding") == 1


@pytest.mark.parametrize("preset", presets.NAMES)
@pytest.mark.parametrize("supporters", [False, True])
def test_every_choice_makes_documents_that_the_books_accept(preset: str, *, supporters: bool) -> None:
    draft = Founding()
    draft.answers.kinds = [KindRow("草刈り", "hour", 10)]
    draft.answers.preset, draft.answers.supporters, draft.answers.secrecy = preset, supporters, "confidential"
    for kind, document in genesis.rules_of(draft.answers).items():
        rules.check(kind, document)
        assert document["secrecy"] == {"module": "confidential/1"}
    concealed = genesis.named(genesis.policies_of(draft.answers), lambda _: {"commit": ""})
    for area, document in concealed.items():
        policies.check(area, document)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Mori-No-Sato", "mori-no-sato"), ("ｍｏｒｉ", "mori"), ("-mori", None), ("森", None), ("", None)],
)
def test_the_address_is_read_as_people_type_it(typed: str, kept: str | None) -> None:
    draft = Founding()
    faults = questions.read_name({"name": "森の里", "slug": typed}, draft, web())
    assert (draft.answers.slug if not faults else None) == kept


def test_half_written_documents_are_told_apart() -> None:
    draft = Founding()
    for text in ("{", "[]", '{"ordinary": {}}', '{"strange": {}}'):
        faults = questions.read_deciding({"voting_days": "7", "rules": text}, draft, web())
        assert faults == [("rules", "found.error.documents")]
        assert draft.answers.rules is None


def test_money_earns_nothing() -> None:
    draft = Founding()
    form = {"fiscal_month": "4", "kind_name_0": "現金の寄付", "kind_tokens_0": "１０", "kind_name_1": "草刈り"}
    faults = questions.read_words(form | {"kind_tokens_1": "many"}, draft, web())
    assert faults == [("kind_name_0", "found.error.money"), ("kind_tokens_1", "found.error.tokens")]
    assert draft.answers.kinds[0].tokens == 10
