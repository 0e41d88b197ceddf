from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.session.current import LIFETIME
from ledger import canonical, statement
from ledger.compose import public_of
from tests.app.api.service import Coop, Travelling


async def asked(coop: Coop, client: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(coop.api("session/challenge"))).json()
    return found


async def test_a_member_signs_in_and_out(coop: Coop) -> None:
    client = await coop.signed_in("Hanako")
    session = (await client.get(coop.api("session"))).json()
    assert session == {"member": coop.town.id("Hanako"), "key": coop.town.key_id("Hanako"), "roles": ["administrator"]}
    assert (await client.get(coop.api("context"))).json()["session"] == session
    token = client.cookies["csrftoken"]
    assert (await client.delete(coop.api("session"), headers={"X-CSRFToken": token})).status_code == 204
    assert (await client.get(coop.api("session"))).status_code == 401


async def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(coop: Coop) -> None:
    client, other = await coop.signed_in("Hanako"), await coop.signed_in("Hanako")
    copied = coop.client()
    copied.cookies = httpx.Cookies(client.cookies)
    assert (await copied.get(coop.api("session"))).status_code == 200
    left = await client.post(f"/c/{coop.town.slug}/sign-out", headers={"X-CSRFToken": client.cookies["csrftoken"]})
    assert (left.status_code, left.headers["clear-site-data"]) == (303, '"cache"')
    await copied.get("/found")  # its cookie is sealed anew, and that brings nothing back
    assert (await copied.get(coop.api("session"))).status_code == 401
    assert (await other.get(coop.api("session"))).status_code == 200
    left = await other.delete(coop.api("session"), headers={"X-CSRFToken": other.cookies["csrftoken"]})
    assert (left.status_code, left.headers["clear-site-data"]) == (204, '"cache"')


async def test_signing_in_again_ends_the_session_before(coop: Coop) -> None:
    client = await coop.signed_in("Hanako")
    copied = coop.client()
    copied.cookies = httpx.Cookies(client.cookies)
    await coop.signed_in("Hanako", client)
    assert (await client.get(coop.api("session"))).status_code == 200
    assert (await copied.get(coop.api("session"))).status_code == 401


async def test_a_session_does_not_last_for_ever(coop: Coop, clock: Travelling) -> None:
    client = await coop.signed_in("Hanako")
    clock.ahead += LIFETIME - 60_000
    assert (await client.get(coop.api("session"))).status_code == 200
    clock.ahead += 60_000
    assert (await client.get(coop.api("session"))).status_code == 401


async def test_signing_out_by_another_site_is_not_done(coop: Coop) -> None:
    client = await coop.signed_in("Hanako")
    answer = await client.delete(coop.api("session"))
    assert (answer.status_code, answer.json()["code"]) == (403, "http.csrf")
    assert (await client.get(coop.api("session"))).status_code == 200


async def test_a_challenge_serves_once(coop: Coop) -> None:
    challenge = await asked(coop, coop.stranger)
    body = coop.town.answer("Hanako", challenge)
    assert (await coop.stranger.post(coop.api("session"), json=body)).status_code == 200
    again = await coop.client().post(coop.api("session"), json=body)
    assert (again.status_code, again.json()["code"]) == (409, "session.challenge")


async def test_a_failed_answer_uses_the_challenge_up(coop: Coop) -> None:
    challenge = await asked(coop, coop.stranger)
    wrong = coop.town.answer("Hanako", challenge, key="Somebody")
    assert (await coop.stranger.post(coop.api("session"), json=wrong)).json()["code"] == "session.key"
    right = coop.town.answer("Hanako", challenge)
    assert (await coop.stranger.post(coop.api("session"), json=right)).json()["code"] == "session.challenge"


async def test_a_challenge_expires(coop: Coop, clock: Travelling) -> None:
    challenge = await asked(coop, coop.stranger)
    clock.ahead += 6 * 60_000
    answer = await coop.stranger.post(coop.api("session"), json=coop.town.answer("Hanako", challenge))
    assert answer.json()["code"] == "session.challenge"


@pytest.mark.parametrize("change", ["challenge", "expires"])
async def test_a_challenge_nobody_made_is_none(coop: Coop, change: str) -> None:
    challenge = await asked(coop, coop.stranger)
    challenge[change] = {"challenge": canonical.b64(bytes(32)), "expires": "2099-01-01T00:00:00.000Z"}[change]
    answer = await coop.stranger.post(coop.api("session"), json=coop.town.answer("Hanako", challenge))
    assert answer.json()["code"] == "session.challenge"


async def test_another_coops_challenge_is_of_no_use(coop: Coop, closed: Coop) -> None:
    challenge = await asked(closed, coop.stranger)
    answer = await coop.stranger.post(coop.api("session"), json=coop.town.answer("Hanako", challenge))
    assert answer.json()["code"] == "session.challenge"


async def test_a_statements_signature_signs_nobody_in(coop: Coop) -> None:
    challenge = await asked(coop, coop.stranger)
    body = coop.town.answer("Hanako", challenge)
    key = coop.town.key("Hanako")
    said = statement.DOMAIN + canonical.encode(challenge)
    body["signature"] = {"alg": "ed25519", "key": public_of(key), "sig": canonical.b64(key.sign(said).signature)}
    answer = await coop.stranger.post(coop.api("session"), json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "signature.domain")


async def test_a_stranger_and_another_member_get_the_same_answer(coop: Coop) -> None:
    await coop.join("Taro")
    for member, key in (("Taro", "Hanako"), ("Hanako", "Taro"), ("mem_" + "a" * 26, "Hanako")):
        body = coop.town.answer(member, await asked(coop, coop.stranger), key=key)
        answer = await coop.stranger.post(coop.api("session"), json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "session.key")


async def test_a_form_signs_nobody_in(coop: Coop) -> None:
    body = coop.town.answer("Hanako", await asked(coop, coop.stranger))
    headers = {"Content-Type": "text/plain"}
    assert (await coop.stranger.post(coop.api("session"), json=body, headers=headers)).status_code == 415


async def test_a_member_who_left_is_signed_out(coop: Coop) -> None:
    await coop.join("Taro")
    client = await coop.signed_in("Taro")
    assert (await client.get(coop.api("session"))).status_code == 200
    await coop.say("Taro", "member.leave/1", {})
    assert (await client.get(coop.api("session"))).status_code == 401


async def test_who_is_signed_in_here_is_a_stranger_there(coop: Coop, closed: Coop) -> None:
    client = await coop.signed_in("Hanako")
    assert (await client.get(closed.log("checkpoint"))).status_code == 401
    await closed.signed_in("Hanako", client)
    assert (await client.get(closed.log("checkpoint"))).status_code == 200
    assert (await client.get(coop.api("session"))).status_code == 200


async def test_the_cookie_is_sealed_and_out_of_scripts_reach(coop: Coop) -> None:
    client = coop.client()
    challenge = await asked(coop, client)
    answer = await client.post(coop.api("session"), json=coop.town.answer("Hanako", challenge))
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert coop.town.id("Hanako") not in cookie
    sealed = answer.cookies["yui"]
    for broken in (sealed[:-8] + "AAAAAAA=", sealed[8:], "null", "?", "e30="):
        answer = await coop.client().get(coop.api("session"), headers={"Cookie": f"yui={broken}"})
        assert answer.status_code == 401
