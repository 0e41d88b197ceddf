"""Drafts of a founding: sealed at rest, gone for good, changed only by the right link, and sound in the end."""

from __future__ import annotations

import pytest
from litestar import Litestar

from app.api.problems import Problem
from app.errors import KeyMissing
from app.founding import genesis, questions, store
from app.founding.answers import Founding, KindRow
from app.founding.store import Link, own_link
from app.installation import Installation
from app.sweeping import KEYS_KEPT, Sweeper
from governance import presets
from governance.books import rules
from governance.modules.questions import Ask
from governance.standing import Standing
from ledger.books import policies
from tests.app.api.service import ADDRESS, Coop, Travelling, create_app, web
from tests.town import Town


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
    other = await store.begin(installation)
    installation.keys.make("nobody.example/came")
    await Sweeper(installation).sweep()
    assert await installation.database.pool.fetchval("SELECT count(*) FROM founding") == 1
    assert await store.read(installation, other) == Founding()
    installation.keys.get("nobody.example/came", "log")
    clock.ahead += KEYS_KEPT
    await Sweeper(installation).sweep()
    with pytest.raises(KeyMissing):
        installation.keys.get("nobody.example/came", "log")


async def test_what_was_founded_outlives_every_sweep(coop: Coop, installation: Installation, clock: Travelling) -> None:
    member = await coop.signed_in("Hanako")
    clock.ahead += KEYS_KEPT + 1
    await Sweeper(installation).sweep()
    await coop.join("Taro")
    assert (await member.get(coop.api("session"))).status_code == 200
    clock.ahead += KEYS_KEPT
    await Sweeper(installation).sweep()
    assert await installation.database.pool.fetchval("SELECT count(*) FROM sign_in") == 0


async def test_a_genesis_that_nothing_was_prepared_for_leaves_no_keys(
    app: Litestar, installation: Installation
) -> None:
    town = Town("owase")
    coop = Coop(app, installation, town)
    prepared = (await coop.stranger.post("/api/v1/foundings/prepare", json={"slug": "owase"})).json()
    installation.keys.sweep(2**50)
    genesis = town.genesis(prepared, "Hanako")
    answer = await coop.stranger.post("/api/v1/ledgers?slug=owase", content=genesis.json())
    assert (answer.status_code, answer.json()["code"]) == (409, "genesis.operator_keys")
    with pytest.raises(KeyMissing):
        installation.keys.get(prepared["origin"], "log")


async def test_one_caller_begins_so_many_foundings_an_hour(installation: Installation, clock: Travelling) -> None:
    coop = Coop(create_app(installation, web(requests_per_minute=40)), installation, Town())
    async with coop.client() as client:
        await client.get("/found")
        token = {"x-csrftoken": client.cookies["csrftoken"]}
        assert (await client.post("/found", headers=token)).status_code == 303
        assert (await client.post("/api/v1/foundings/prepare", json={"slug": "owase"})).status_code == 200
        for path, body in (("/found", None), ("/api/v1/foundings/prepare", {"slug": "kii"})):
            answer = await client.post(path, headers=token, json=body)
            assert (answer.status_code, answer.json()["code"]) == (429, "founding.too_many")
            assert 0 < int(answer.headers["retry-after"]) <= 3600
        with pytest.raises(KeyMissing):
            installation.keys.get(f"{ADDRESS.partition('://')[2]}/kii", "log")
        clock.ahead += 3_600_000
        assert (await client.post("/found", headers=token)).status_code == 303


@pytest.mark.parametrize("credential", ["A" * 1365, "name@example", ""])
async def test_a_founders_credential_is_a_passkeys(app: Litestar, installation: Installation, credential: str) -> None:
    coop, link = Coop(app, installation, Town()), await store.begin(installation)
    async with coop.client() as client:
        await client.get("/found")
        token = {"x-csrftoken": client.cookies["csrftoken"]}
        key = {"alg": "ed25519", "public": coop.town.public("Hanako"), "credential": credential}
        answer = await client.post(f"/found/{link.key}/key", headers=token, json=key)
        assert (answer.status_code, answer.json()["code"]) == (400, "http.bad_request")
        del key["credential"]
        assert (await client.post(f"/found/{link.key}/key", headers=token, json=key)).status_code == 200


@pytest.mark.parametrize("preset", presets.FOUNDING)
@pytest.mark.parametrize("supporters", [False, True])
def test_every_choice_makes_documents_that_the_books_accept(preset: str, *, supporters: bool) -> None:
    draft = Founding()
    draft.answers.kinds = [KindRow("草刈り", "hour", 10)]
    draft.answers.preset, draft.answers.supporters, draft.answers.secrecy = preset, supporters, "confidential"
    for kind, document in genesis.rules_of(draft.answers).items():
        found = rules.check(kind, document)
        # A show of hands is there for all to see.
        assert document["secrecy"] == {"module": "open/1" if "venue" in document else "confidential/1"}
        supporter = Standing("mem_a", genesis.SUPPORTER, active=True)
        assert found.electorate.includes(supporter, Ask()) is (not supporters)
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


def test_money_earns_nothing() -> None:
    draft = Founding()
    form = {"fiscal_month": "4", "kind_name_0": "現金の寄付", "kind_tokens_0": "１０", "kind_name_1": "草刈り"}
    faults = questions.read_words(form | {"kind_tokens_1": "many"}, draft, web())
    expected = [("kind_name_0", "found.error.money"), ("kind_tokens_1", "found.error.tokens")]
    assert [fault[:2] for fault in faults] == expected
    assert draft.answers.kinds[0].tokens == 10
