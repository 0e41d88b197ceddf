"""Statements that several people sign, each on a device of their own."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from app import pending
from ledger import canonical
from ledger.compose import Private
from ledger.ids import object_id
from tests.app.api.service import Coop, Travelling
from tests.town import Written


@pytest.fixture
async def three(coop: Coop) -> Coop:
    await coop.join("Taro")
    await coop.join("Jiro")
    await coop.appoint("Taro", "facilitator")
    return coop


def suspension(coop: Coop, *missing: str) -> Written:
    """What an administrator and a second official sign: not a nice thing to read, and so a private value."""
    body = {"member": coop.town.id("Jiro"), "reason": Private("無断で持ち出した")}
    return coop.town.says("Hanako", "member.suspend/1", body, cosigners=("Taro",), missing=missing)


def id_of(written: Written) -> str:
    return written.id.hex()


async def leave(coop: Coop, written: Written) -> httpx.Response:
    return await coop.post(written, "pending")


def signed_by(written: Written, other: Written, position: int) -> bytes:
    """The first one's bytes with one signature of the second's."""
    body, more = msgspec.json.decode(written.json()), msgspec.json.decode(other.json())
    body["signatures"][position] = more["signatures"][position]
    return msgspec.json.encode(body)


async def test_a_cosigner_finds_it_reads_it_and_signs(three: Coop) -> None:
    whole = suspension(three)
    half = Written(whole.statement, whole.draft, (whole.signatures[0], None))
    left = await leave(three, half)
    assert left.status_code == 201
    assert left.json() == {"id": id_of(half), "missing": [three.town.id("Taro")]}

    taro = await three.signed_in("Taro")
    (waiting,) = (await taro.get(three.api("pending"))).json()["items"]
    assert waiting["id"] == id_of(half)
    found = (await taro.get(three.api(f"pending/{id_of(half)}"))).json()
    assert found["private"][0]["value"] == "無断で持ち出した"
    assert [one is None for one in found["signatures"]] == [False, True]

    assert (await three.post(whole)).status_code == 201
    assert (await taro.get(three.api("pending"))).json()["items"] == []


async def test_the_last_signature_submits_it(three: Coop) -> None:
    whole = suspension(three)
    for position in (0, 1):
        signatures = tuple(one if place == position else None for place, one in enumerate(whole.signatures))
        left = await leave(three, Written(whole.statement, whole.draft, signatures))
        assert left.status_code == 201
    assert left.json()["missing"] == []
    assert left.json()["receipt"]["index"] == three.town.head[0]
    assert (await leave(three, whole)).json()["receipt"]["index"] == three.town.head[0]


@pytest.mark.parametrize("path", ["statements", "statements/batch"])
async def test_however_it_gets_into_the_ledger_it_waits_no_longer(three: Coop, path: str) -> None:
    whole = suspension(three)
    assert (await leave(three, Written(whole.statement, whole.draft, (whole.signatures[0], None)))).status_code == 201
    body = whole.json() if path == "statements" else b"[%s]" % whole.json()
    assert (await three.stranger.post(three.api(path), content=body)).is_success
    assert await three.installation.database.pool.fetchval("SELECT count(*) FROM pending") == 0


async def test_two_who_sign_at_once_both_count(three: Coop) -> None:
    whole = suspension(three)
    halves = [
        Written(whole.statement, whole.draft, s) for s in ((whole.signatures[0], None), (None, whole.signatures[1]))
    ]
    answers = await asyncio.gather(*(leave(three, half) for half in halves))
    assert {answer.status_code for answer in answers} == {201}
    assert sum("receipt" in answer.json() for answer in answers) == 1


async def test_others_see_nothing_of_it(three: Coop) -> None:
    half = suspension(three, "Taro")
    await leave(three, half)
    jiro = await three.signed_in("Jiro")
    assert (await jiro.get(three.api("pending"))).json()["items"] == []
    assert (await jiro.get(three.api(f"pending/{id_of(half)}"))).status_code == 403
    assert (await three.client().get(three.api(f"pending/{id_of(half)}"))).status_code == 401
    assert (await three.client().get(three.api("pending"))).status_code == 401


async def test_private_values_are_not_in_the_database_in_the_clear(three: Coop) -> None:
    await leave(three, suspension(three, "Taro"))
    row = await three.installation.database.pool.fetchrow("SELECT * FROM pending")
    assert "無断" not in str(dict(row))
    assert "無断".encode() not in msgspec.json.encode(dict(row)["sealed"])


async def test_each_signer_may_take_it_back_and_nobody_else(three: Coop) -> None:
    for name in ("Hanako", "Taro"):
        half = suspension(three, "Taro")
        await leave(three, half)
        address = three.api(f"pending/{id_of(half)}")
        jiro, signer = await three.signed_in("Jiro"), await three.signed_in(name)
        assert (await signer.delete(address)).status_code == 403
        token = {"X-CSRFToken": jiro.cookies["csrftoken"]}
        assert (await jiro.delete(address, headers=token)).json()["code"] == "pending.not_yours"
        token = {"X-CSRFToken": signer.cookies["csrftoken"]}
        assert (await signer.delete(address, headers=token)).status_code == 204
        assert (await signer.get(address)).json()["code"] == "pending.unknown"


async def test_it_waits_two_weeks(three: Coop, clock: Travelling) -> None:
    half = suspension(three, "Taro")
    await leave(three, half)
    clock.ahead += 15 * 86_400_000
    taro = await three.signed_in("Taro")
    assert (await taro.get(three.api("pending"))).json()["items"] == []
    assert (await taro.get(three.api(f"pending/{id_of(half)}"))).status_code == 404
    await leave(three, suspension(three, "Taro"))
    rows = await three.installation.database.pool.fetch("SELECT statement_id FROM pending")
    assert [row[0] for row in rows] != [half.id]
    assert len(rows) == 1


async def test_a_ballot_waits_no_longer_than_its_vote(three: Coop, clock: Travelling) -> None:
    draft = {"kind": "ordinary", "text": Private("x"), "title": Private("x")}
    proposal = object_id("prop", (await three.say("Hanako", "proposal.draft/1", draft)).id)
    await three.say("Hanako", "proposal.open/1", {"proposal": proposal})
    body = {"choice": "yes", "paper": Private("17"), "proposal": proposal}

    def ballot(*missing: str) -> Written:
        return three.town.says(
            "Hanako", "ballot.cast/1", body, for_="Jiro", via="paper", cosigners=("Taro",), missing=missing
        )

    half = ballot("Taro")
    await leave(three, half)
    taro = await three.signed_in("Taro")
    found = await three.installation.database.pool.fetchval(
        "SELECT data->>'closes_at' FROM record WHERE kind = 'proposal'"
    )
    (waiting,) = (await taro.get(three.api("pending"))).json()["items"]
    assert canonical.parse_time(waiting["expires"]) == int(found)
    clock.ahead += int(found) - clock.now()
    late = await (await three.signed_in("Taro")).get(three.api(f"pending/{id_of(half)}"))
    assert (late.status_code, late.json()["code"]) == (409, "pending.vote_over")
    assert (await leave(three, ballot("Taro"))).json()["code"] == "pending.vote_over"


async def test_what_the_ledger_refuses_waits_no_longer(three: Coop) -> None:
    assert (await three.post(suspension(three))).status_code == 201
    again = await leave(three, suspension(three))
    assert (again.status_code, again.json()["code"]) == (409, "member.inactive")
    assert await three.installation.database.pool.fetchval("SELECT count(*) FROM pending") == 0


async def test_one_member_leaves_so_much_and_no_more(three: Coop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "MOST", 3)
    answers = await asyncio.gather(*(leave(three, suspension(three, "Taro")) for _ in range(5)))
    codes = sorted(str(answer.json().get("code")) for answer in answers)
    assert codes == ["None"] * 3 + ["pending.too_many"] * 2
    assert await three.installation.database.pool.fetchval("SELECT count(*) FROM pending") == 3
    # Taro signs what names Hanako as its author: that is his, and leaves her the room that she has.
    assert (await leave(three, suspension(three, "Hanako"))).status_code == 201
    monkeypatch.setattr(pending, "MOST", 100)
    monkeypatch.setattr(pending, "LARGEST", 3000)
    answers = [await leave(three, suspension(three, "Hanako")) for _ in range(4)]
    assert answers[-1].json()["code"] == "pending.too_large"
    assert answers[0].status_code == 201


async def test_who_enters_nothing_for_others_leaves_few(three: Coop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "FEW", 2)
    body = {"kind": "ordinary", "title": Private("x"), "text": Private("x")}

    def draft(author: str) -> Written:
        return three.town.says(author, "proposal.draft/1", body, cosigners=("Hanako",), missing=("Hanako",))

    codes = [(await leave(three, draft("Jiro"))).json().get("code") for _ in range(3)]
    assert codes == [None, None, "pending.too_many"]
    assert [(await leave(three, draft("Taro"))).status_code for _ in range(3)] == [201] * 3


async def test_what_can_not_be_opened_spoils_nothing(three: Coop) -> None:
    lost, damaged, spoilt, sound = (suspension(three, "Taro") for _ in range(4))
    for half in (lost, damaged, spoilt, sound):
        await leave(three, half)
    ledger = (await three.installation.ledger(three.town.slug)).id
    three.installation.privacy.erase(ledger, f"pending/{id_of(lost)}")
    pool = three.installation.database.pool
    await pool.execute('UPDATE pending SET sealed = \'[["reason", "AAAA"]]\' WHERE statement_id = $1', damaged.id)
    await pool.execute("UPDATE pending SET statement = '{' WHERE statement_id = $1", spoilt.id)
    taro = await three.signed_in("Taro")
    assert [one["id"] for one in (await taro.get(three.api("pending"))).json()["items"]] == [id_of(sound)]
    page = await taro.get(f"/c/{three.town.slug}/office/countersign", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert (await taro.get(f"/c/{three.town.slug}", headers={"accept": "text/html"})).status_code == 200


async def test_a_signature_by_somebody_elses_key_is_not_kept(three: Coop) -> None:
    body = {"member": three.town.id("Jiro"), "reason": Private("x")}
    forged = three.town.says(
        "Hanako", "member.suspend/1", body, cosigners=("Taro",), missing=("Taro",), keys={"Hanako": "Jiro"}
    )
    answer = await leave(three, forged)
    assert (answer.status_code, answer.json()["code"]) == (403, "pending.signer")
    nobody = suspension(three, "Hanako", "Taro")
    assert (await leave(three, nobody)).json()["code"] == "pending.signer"
    broken = signed_by(suspension(three, "Taro"), suspension(three, "Taro"), 0)
    answer = await three.stranger.post(three.api("pending"), content=broken)
    assert answer.json()["code"] == "signature.invalid"


async def test_a_device_without_a_key_of_its_own_reads_it_by_its_link(three: Coop) -> None:
    phone = three.town.key_id("Hanako's phone")
    body = {"alg": "ed25519", "public": three.town.public("Hanako's phone"), "root": False, "label": Private("電話")}
    whole = three.town.says("Hanako", "key.enrol/1", body, cosigners=(phone,), keys={phone: "Hanako's phone"})
    await leave(three, Written(whole.statement, whole.draft, (whole.signatures[0], None)))
    found = await three.client().get(three.api(f"pending/{id_of(whole)}"))
    assert found.json()["statement"]["type"] == "key.enrol/1"
    assert "receipt" in (await leave(three, whole)).json()


@pytest.mark.parametrize("id_", ["x", "00", "AA" * 32, "zz" * 32])
async def test_what_is_no_id_is_not_found(coop: Coop, id_: str) -> None:
    assert (await coop.stranger.get(coop.api(f"pending/{id_}"))).status_code == 404


async def test_what_no_sentence_can_be_made_of_is_not_kept(three: Coop) -> None:
    taro = await three.signed_in("Taro")
    for type_, body in (("member.suspend/1", {"member": 1}), ("member.unheard_of/1", {})):
        odd = three.town.says("Hanako", type_, body, cosigners=("Taro",), missing=("Taro",))
        assert (await leave(three, odd)).status_code == 400
    page = await taro.get(f"/c/{three.town.slug}/office/countersign", headers={"accept": "text/html"})
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("type_", "body"),
    [
        ("proposal.open/1", {"proposal": "prop_x", "opens_at": "tomorrow"}),
        (
            "meeting.convene/1",
            {"kind": "general", "mode": "both", "title": Private("x"), "chair": "x", "starts_at": "x"},
        ),
    ],
)
async def test_what_can_not_be_told_is_not_kept(three: Coop, type_: str, body: dict[str, Any]) -> None:
    """It would take the page with all that waits from whoever is named as a signer."""
    answer = await leave(three, three.town.says("Jiro", type_, body, cosigners=("Hanako",), missing=("Hanako",)))
    assert (answer.status_code, answer.json()["code"]) == (400, "format.body")
    page = await (await three.signed_in("Hanako")).get(f"/c/{three.town.slug}/office/countersign")
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("type_", "body"),
    [
        ("meeting.motion/1", {"meeting": "mtg_\0", "proposal": "prop_x"}),
        ("meeting.hands/1", {"proposal": "prop_\0", "yes": 1, "no": 0, "abstain": 0}),
        ("proxy.give/1", {"meeting": "mtg_\0", "to": "chair"}),
    ],
)
async def test_what_the_database_can_not_hold_is_not_kept(three: Coop, type_: str, body: dict[str, Any]) -> None:
    """Else whoever is named as a signer would be without the home page."""
    answer = await leave(three, three.town.says("Jiro", type_, body, cosigners=("Hanako",), missing=("Hanako",)))
    assert (answer.status_code, answer.json()["code"]) == (400, "format.nul")
    hanako = await three.signed_in("Hanako")
    for path in ("", "/office", "/office/countersign"):
        assert (await hanako.get(f"/c/{three.town.slug}{path}")).status_code == 200
