from __future__ import annotations

import msgspec
from nacl.signing import SigningKey

from ledger import canonical, checkpoint, merkle, refusal, statement
from ledger.compose import Private
from ledger.signed_note import VerifierKey
from tests.app.api.service import Coop


def vkey(coop: Coop) -> VerifierKey:
    return coop.installation.keys.verifier(coop.town.origin)


def check_receipt(coop: Coop, receipt: dict[str, object]) -> statement.Entry:
    head = checkpoint.verify(str(receipt["checkpoint"]).encode(), vkey(coop))
    leaf = canonical.unb64(str(receipt["leaf"]))
    path = [canonical.unb64(text, 32) for text in receipt["proof"]]  # type: ignore[attr-defined]
    merkle.check_inclusion(merkle.leaf_hash(leaf), int(str(receipt["index"])), head.size, path, head.root)
    return statement.parse_leaf(leaf)


async def test_a_posted_statement_is_answered_with_a_receipt_that_holds(coop: Coop) -> None:
    written = coop.town.invitation("Taro", "Hanako")
    answer = await coop.post(written)
    assert answer.status_code == 201
    assert "consistency" not in answer.json()
    assert check_receipt(coop, answer.json()).statement_bytes == written.draft.data


async def test_the_same_statement_again_gives_the_same_index(coop: Coop) -> None:
    written = coop.town.invitation("Taro", "Hanako")
    first, second = await coop.post(written), await coop.post(written)
    assert second.status_code == 201
    assert first.json()["index"] == second.json()["index"]


async def test_a_receipt_proves_that_the_checkpoint_one_knew_was_extended(coop: Coop) -> None:
    size, root = coop.town.head
    answer = await coop.post(coop.town.invitation("Taro", "Hanako"), f"statements?from={size}")
    head = checkpoint.verify(answer.json()["checkpoint"].encode(), vkey(coop))
    proof = [canonical.unb64(text, 32) for text in answer.json()["consistency"]]
    merkle.check_consistency(size, head.size, proof, root, head.root)


async def test_a_refusal_is_a_problem_that_the_operator_has_signed(coop: Coop) -> None:
    written = coop.town.says("Hanako", "role.give/1", {"member": coop.town.id("Hanako"), "role": "auditor"})
    answer = await coop.post(written)
    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["code"] == problem["refusal"]["code"]
    signed = msgspec.convert(problem["refusal"], refusal.SignedRefusal)
    refusal.verify(signed, vkey(coop).public)
    assert canonical.unb64(signed.statement) == written.id


async def test_problems_speak_the_readers_language(coop: Coop) -> None:
    written = coop.town.says("Hanako", "role.give/1", {"member": coop.town.id("Hanako"), "role": "auditor"})
    said = {}
    for language in ("ja", "en"):
        headers = {"Accept-Language": language}
        answer = await coop.stranger.post(coop.api("statements"), content=written.json(), headers=headers)
        said[language] = answer.json()["title"]
    assert said["ja"] != said["en"]
    assert said["en"].isascii()


async def test_what_is_no_statement_is_told_why(coop: Coop) -> None:
    for body, code in (
        (b"", "format.envelope"),
        (b"[]", "format.envelope"),
        (b'{"statement":{},"signatures":[]}', "format.shape"),
    ):
        answer = await coop.stranger.post(coop.api("statements"), content=body)
        assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_a_signature_by_another_key_is_refused_before_any_state(coop: Coop) -> None:
    written = coop.town.invitation("Taro", "Hanako")
    body = msgspec.json.decode(written.json())
    forged = SigningKey(bytes(32)).sign(statement.DOMAIN + written.draft.data).signature
    body["signatures"][0]["sig"] = canonical.b64(forged)
    answer = await coop.stranger.post(coop.api("statements"), json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "signature.invalid")


async def test_a_ledger_that_is_not_here(coop: Coop) -> None:
    answer = await coop.stranger.post("/api/v1/ledgers/nowhere/statements", content=b"{}")
    assert (answer.status_code, answer.json()["code"]) == (404, "ledger.unknown")


async def test_what_is_too_large_is_not_read(coop: Coop) -> None:
    answer = await coop.stranger.post(coop.api("statements"), content=bytes(9_000_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "http.too_large")


async def test_a_batch_is_answered_in_order_each_on_its_own(coop: Coop) -> None:
    good = [coop.town.invitation(name, "Hanako") for name in ("Taro", "Jiro")]
    bad = coop.town.says("Hanako", "token.gift/1", {"amount": 1, "to": "mem_nobody", "note": Private("x")})
    body = b"[%s]" % b",".join([good[0].json(), bad.json(), b'{"nonsense":1}', good[1].json()])
    answer = await coop.stranger.post(coop.api("statements/batch"), content=body)
    assert answer.status_code == 200
    first, refused, nonsense, last = answer.json()
    assert check_receipt(coop, first).id == good[0].id
    assert check_receipt(coop, last).id == good[1].id
    assert first["index"] + 1 == last["index"]
    assert "code" in refused
    assert nonsense["code"] == "format.envelope"


async def test_a_batch_has_between_one_and_a_hundred(coop: Coop) -> None:
    for body in (b"[]", b"[%s]" % b",".join([b"{}"] * 101), b"{}"):
        answer = await coop.stranger.post(coop.api("statements/batch"), content=body)
        assert answer.status_code == 400


async def test_a_cookie_without_a_token_does_not_keep_statements_out(coop: Coop) -> None:
    client = await coop.signed_in("Hanako")
    answer = await client.post(coop.api("statements"), content=coop.town.invitation("Taro", "Hanako").json())
    assert answer.status_code == 201


async def test_who_is_no_official_any_more_reads_no_more_about_others(coop: Coop) -> None:
    for name in ("Taro", "Jiro"):
        await coop.join(name)
    await coop.appoint("Taro", "administrator")
    body = {"member": coop.town.id("Jiro"), "reason": Private("無断で持ち出した")}
    await coop.say("Hanako", "member.suspend/1", body, cosigners=("Taro",))
    await coop.say(
        "Hanako", "member.profile/1", {"member": coop.town.id("Hanako"), "profile": {"name": Private("花子")}}
    )
    about_jiro, own = (f"/c/{coop.town.slug}/ledger/{coop.town.head[0] - back}" for back in (2, 1))
    hanako = await coop.signed_in("Hanako")
    assert "無断で持ち出した" in (await hanako.get(about_jiro)).text
    await coop.say("Taro", "role.end/1", {"member": coop.town.id("Hanako"), "role": "administrator"})
    assert "無断で持ち出した" not in (await hanako.get(about_jiro)).text
    assert "花子" in (await hanako.get(own)).text.partition("<main")[2]
