from __future__ import annotations

import pytest

from ledger import canonical, checkpoint, merkle, receipt, tiles
from ledger.signed_note import parse_vkey
from tests.app.api.service import Coop


async def test_the_checkpoint_is_the_guards_note_and_is_asked_for_conditionally(coop: Coop) -> None:
    answer = await coop.stranger.get(coop.log("checkpoint"))
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"].startswith("public")
    checkpoint.verify(answer.content, coop.installation.keys.verifier(coop.town.origin))
    headers = {"If-None-Match": answer.headers["etag"]}
    assert (await coop.stranger.get(coop.log("checkpoint"), headers=headers)).status_code == 304
    await coop.record(coop.town.invitation("Taro", "Hanako"))
    assert (await coop.stranger.get(coop.log("checkpoint"), headers=headers)).status_code == 200


async def test_tiles_and_bundles_give_the_root_of_the_checkpoint(coop: Coop) -> None:
    await coop.join("Taro")
    head = checkpoint.parse((await coop.stranger.get(coop.log("checkpoint"))).content)[0]
    bundle = (await coop.stranger.get(coop.log(f"tile/entries/000.p/{head.size}"))).content
    hashes = (await coop.stranger.get(coop.log(f"tile/0/000.p/{head.size}"))).content
    leaves = [merkle.leaf_hash(leaf) for leaf in tiles.decode_bundle(bundle, head.size)]
    assert b"".join(leaves) == hashes
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    assert frontier.root() == head.root


NO_TILES = ["0/000", "entries/000", "0/000.p/2", "1/000.p/1", "0/0", "x", "entries/000.p/0", "entries/000.p/300"]


@pytest.mark.parametrize("path", NO_TILES)
async def test_no_tile_reaches_beyond_what_is_published(coop: Coop, path: str) -> None:
    assert (await coop.stranger.get(coop.log(f"tile/{path}"))).status_code == 404


async def test_full_tiles_are_kept_for_ever_by_anyone_but_not_with_somebodys_cookie(coop: Coop) -> None:
    links = [coop.town.invitation(f"{number}", "Hanako") for number in range(256)]
    for start in range(0, 256, 64):
        body = b"[%s]" % b",".join(one.json() for one in links[start : start + 64])
        answer = await coop.stranger.post(coop.api("statements/batch"), content=body)
        assert all("index" in one for one in answer.json())
    for path in ("tile/0/000", "tile/entries/000"):
        answer = await coop.stranger.get(coop.log(path))
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "set-cookie" not in answer.headers
        member = await (await coop.signed_in("Hanako")).get(coop.log(path))
        assert member.headers["cache-control"].startswith("private")
        assert member.content == answer.content


async def test_bundles_are_packed_for_whoever_takes_them_so(coop: Coop) -> None:
    await coop.join("Taro")
    size = coop.town.head[0]
    path = coop.log(f"tile/entries/000.p/{size}")
    plain = await coop.stranger.get(path, headers={"Accept-Encoding": "identity"})
    packed = await coop.stranger.get(path, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert packed.num_bytes_downloaded < len(plain.content)
    # A proxy that keeps one must not give it to whoever can't read it.
    assert "accept-encoding" in packed.headers["vary"].lower()


async def test_members_only_tiles_are_for_members(closed: Coop) -> None:
    await closed.join("Taro")
    taro = await closed.signed_in("Taro")
    for path in ("checkpoint", "tile/0/000.p/1"):
        assert (await closed.stranger.get(closed.log(path))).status_code == 401
        answer = await taro.get(closed.log(path))
        assert answer.status_code == 200
        assert answer.headers["cache-control"].startswith("private")


async def test_auditors_only_entries_are_for_auditors(closed: Coop) -> None:
    await closed.join("Taro")
    taro = await closed.signed_in("Taro")
    for path in (closed.log("tile/entries/000.p/1"), closed.api("records.jsonl")):
        assert (await closed.stranger.get(path)).status_code == 401
        assert (await taro.get(path)).status_code == 403


async def test_ones_own_entries_can_always_be_read_with_proof(closed: Coop) -> None:
    await closed.join("Taro")
    taro, hanako = await closed.signed_in("Taro"), await closed.signed_in("Hanako")
    await closed.say("Taro", "member.leave/1", {})
    rejoined = await hanako.get(closed.api("entries/1"))
    assert rejoined.status_code == 200
    assert rejoined.json()["statement"]["author"] == closed.town.id("Hanako")
    assert (await hanako.get(closed.api("entries/3"))).status_code == 403
    assert (await closed.stranger.get(closed.api("entries/3"))).status_code == 401
    assert (await taro.get(closed.api("entries/3"))).status_code == 401


async def test_an_entry_comes_with_a_proof_and_as_a_receipt_file(coop: Coop) -> None:
    written = await coop.record(coop.town.invitation("Taro", "Hanako"))
    entry = (await coop.stranger.get(coop.api("entries/1"))).json()
    assert entry["id"] == canonical.b64(written.id)
    assert entry["statement"]["type"] == "member.invite/1"
    file = await coop.stranger.get(coop.api("entries/1/receipt"))
    found = receipt.parse(file.content)
    key = coop.installation.keys.verifier(coop.town.origin)
    assert receipt.verify(found, key)[1].id == written.id
    assert found.leaf == canonical.unb64(entry["leaf"])
    assert (await coop.stranger.get(coop.api("entries/99"))).json()["code"] == "entry.unknown"


async def test_proofs_hold(coop: Coop) -> None:
    size, root = coop.town.head
    await coop.join("Taro")
    new_size, new_root = coop.town.head
    answer = await coop.stranger.get(coop.api(f"proofs/consistency?from={size}&to={new_size}"))
    proof = [canonical.unb64(text) for text in answer.json()["proof"]]
    merkle.check_consistency(size, new_size, proof, root, new_root)
    leaf = canonical.unb64((await coop.stranger.get(coop.api("entries/1"))).json()["leaf"])
    answer = await coop.stranger.get(coop.api(f"proofs/inclusion?index=1&size={new_size}"))
    proof = [canonical.unb64(text) for text in answer.json()["proof"]]
    merkle.check_inclusion(merkle.leaf_hash(leaf), 1, new_size, proof, new_root)


@pytest.mark.parametrize(
    "path",
    ["consistency?from=1&to=99", "consistency?from=3&to=2", "inclusion?index=5&size=1", "inclusion?index=0&size=0"],
)
async def test_impossible_proofs_are_bad_requests(coop: Coop, path: str) -> None:
    assert (await coop.stranger.get(coop.api(f"proofs/{path}"))).status_code == 400


async def test_records_are_lines_in_order(coop: Coop) -> None:
    await coop.join("Taro")
    lines = (await coop.stranger.get(coop.api("records.jsonl"))).content.splitlines()
    rows = [canonical.decode(line) for line in lines]
    keys = [(row["kind"], row["id"]) for row in rows]
    assert keys == sorted(keys)
    assert {"coop", "member", "key", "rule"} <= {kind for kind, _ in keys}


async def test_the_context_tells_what_to_sign(coop: Coop, closed: Coop) -> None:
    for one in (coop, closed):
        size, root = one.town.head
        await one.record(one.town.invitation("Taro", "Hanako"))
        found = (await one.stranger.get(one.api(f"context?from={size}"))).json()
        key = parse_vkey(found["vkey"])
        head = checkpoint.verify(found["checkpoint"].encode(), key)
        assert (found["origin"], found["size"]) == (one.town.origin, head.size)
        proof = [canonical.unb64(text) for text in found["consistency"]]
        merkle.check_consistency(size, head.size, proof, root, head.root)
        assert "session" not in found
        ahead = (await one.stranger.get(one.api("context?from=1000"))).json()
        assert ahead["consistency"] == []


async def test_discovery_names_what_the_asker_may_see(coop: Coop, closed: Coop) -> None:
    told = (await coop.stranger.get("/.well-known/yui.json")).json()
    assert [card["name"] for card in told["ledgers"]] == ["owase"]
    card = told["ledgers"][0]
    assert card["url"].endswith("/log/owase")
    assert card["vkeys"] == [coop.installation.keys.verifier(coop.town.origin).text()]
    member = await closed.signed_in("Hanako")
    told = (await member.get("/.well-known/yui.json")).json()
    assert [card["name"] for card in told["ledgers"]] == ["owase", "closed"]
