"""Sentences about statements of every type: what both halves must say, in both languages."""

# ruff: noqa: E501  (one case a line)

from __future__ import annotations

import base64
import hashlib
from typing import Any, Final

from app.texts.sentences import Sentences
from ledger import canonical
from tools.vector_cases import STATEMENTS
from tools.vector_keys import ED25519_PUBLIC

Json = dict[str, Any]
_COMMIT: Final = {"commit": canonical.b64(hashlib.sha256(b"sealed").digest())}


def named(prefix: str, word: str) -> str:
    """An id that stands for ``word``."""
    return f"{prefix}_{base64.b32encode(hashlib.sha256(word.encode()).digest()[:16]).decode().rstrip('=').lower()}"


_HANA, _TARO, _ROKU = named("mem", "hana"), named("mem", "taro"), named("mem", "roku")
_PROPOSAL, _KEY, _RESOURCE, _BOOKING = named("prop", "a"), named("key", "a"), named("res", "a"), named("bkg", "a")
_CONTRIBUTION, _INVITATION, _APPLICATION, _MOVEMENT = (
    named("con", "a"),
    named("inv", "a"),
    named("app", "a"),
    named("mov", "a"),
)
_MEETING, _SERIES = named("mtg", "a"), named("ser", "a")
_ADDRESS, _DIGEST = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", canonical.b64(hashlib.sha256(b"note").digest())
_UNTIL = "2026-05-01T14:59:00.000Z"
_MIDNIGHTS = ("2027-03-31T15:00:00.000Z", "2027-03-31T09:30:00.000Z")
"""Of 1 April 2027 in each of the co-ops below."""
NAMES: Final = {
    _HANA: "山田はな",
    _TARO: "Taro $& {}",
    _PROPOSAL: "公民館の屋根\u202e\nを直す",
    f"{_PROPOSAL}/option_2": "みかん",
    _MEETING: "第3回通常総会",
    "class:regular": "正組合員",
    "choice:yes": "a server's lie",
    "kind:mowing": "草刈り",
    "unit:mowing": "hour",
    "unit:rice": "kg",
    "unit:meals": "meal",
    f"unit:{_RESOURCE}": "kg",
    f"unit:{_PROPOSAL}": "100000",
}
_PROFILE: Final = {"name": _COMMIT, "kana": _COMMIT}
_FULL_PROFILE: Final = dict.fromkeys(
    ("address", "alias", "contact", "group", "household", "kana", "name", "number"), _COMMIT
)
_NEW_KEY: Final = {"alg": "webauthn", "public": ED25519_PUBLIC, "credential": "AAAA"}
_CALENDAR: Final = {
    "opening": [{"weekday": 0, "opens": 540, "closes": 1020}, {"weekday": 6, "opens": 0, "closes": 1440}],
    "slot": 90,
    "buffer": 15,
    "capacity": 2,
}
_TERMS: Final = {
    "title": _COMMIT,
    "description": _COMMIT,
    "cost": 1200,
    "needs_confirmation": True,
    "classes": ["regular", "guest"],
    "deposit": 50,
    "cancellation": {"free_hours": 24, "numerator": 1, "denominator": 2},
    "steward": _ROKU,
    "payout": "burn",
}
_LOG_KEY: Final = f"localhost:8000/coop+0a1b2c3d+{ED25519_PUBLIC.partition(':')[2]}"


def _rule(**answers: Any) -> Json:
    return {
        "electorate": {"module": "all_active/1"},
        "weight": {"module": "one_member_one_vote/1"},
        "method": {"module": "yes_no_abstain/1"},
        "quorum": {"module": "none/1"},
        "threshold": {"module": "fraction/1", "fraction": "1/2", "strict": True, "of": "cast"},
        "tie": {"module": "fails/1"},
        "timing": {"module": "fixed/1", "voting_seconds": 604_800, "delay_seconds": 0, "timelock_seconds": 0},
        "secrecy": {"module": "open/1"},
        "channels": ["online", "paper", "assisted"],
    } | answers


_WEIGHTY: Final = _rule(
    electorate={"module": "by_class/1", "classes": ["regular", "guest"]},
    weight={"module": "by_class/1", "weights": {"regular": 3, "guest": 1000}, "others": 1},
    quorum={"module": "heads/1", "fraction": "2/3", "strict": False},
    threshold={"module": "fraction/1", "fraction": "3/5", "strict": True, "of": "yes_no"},
    tie={"module": "status_quo/1"},
    timing={"module": "fixed/1", "voting_seconds": 90_061, "delay_seconds": 86_400, "timelock_seconds": 3600},
    secrecy={"module": "confidential/1"},
)
_CHOOSING: Final = _rule(
    method={"module": "single_choice/1"},
    quorum={"module": "weight/1", "fraction": "1/1", "strict": False},
    threshold={"module": "relative_majority/1"},
    channels=["online"],
)
_MET: Final = _rule(
    venue={"module": "meeting/1", "kinds": ["general"], "motions": False},
    proxy={"module": "assembly/1", "most": 9, "delegates": 2, "who": "members", "to_chair": False},
    timing={"module": "fixed/1", "voting_seconds": 604_800, "delay_seconds": 864_000, "timelock_seconds": 0},
)
_MET_OR_ALL: Final = _rule(
    venue={"module": "meeting_or_all/1", "kinds": ["general"], "motions": True},
    timing={"module": "fixed/1", "voting_seconds": 604_800, "delay_seconds": 864_000, "timelock_seconds": 0},
)
_LONG_MET: Final = _MET | {
    "timing": {"module": "phased/1", "voting_seconds": 604_800, "delay_seconds": 0, "timelock_seconds": 86_400,
               "deliberation_seconds": 86_400, "late_quorum_seconds": 3600, "early_close": False, "execution_seconds": 864_000},
}  # fmt: skip
_STRANGE: Final = _rule(
    electorate={"module": "all_active/1", "except": _TARO},
    weight={"module": "one_yen_one_vote/1", "factor": 10_000},
    quorum={"module": "heads/1", "fraction": [1, 3], "strict": "no"},
    threshold={"module": "fraction/1", "fraction": "\u202e1/2", "strict": True, "of": "friends"},
    tie={"commit": _COMMIT["commit"]},
    timing={"module": "fixed/1", "voting_seconds": -1, "delay_seconds": True, "timelock_seconds": 0},
    secrecy={"module": "open/1", "until": None},
    channels=[],
    veto={"by": [_TARO], "always": True},
)
_MEMBERS: Final = {
    "admission": "two_officials",
    "applications": "invited",
    "appointed": [],
    "classes": ["regular", "supporter"],
    "recovery_days": 1,
    "retention_days": 3650,
    "minutes_years": 20,
}
_LISTED: Final = {
    "topics": ["water", "topic_1"],
    "topic_names": {"topic_1": _COMMIT},
    "areas": ["north", "area_1"],
    "area_names": {"area_1": _COMMIT},
}
_COMMONS: Final = {
    "mode": "tokens",
    "kinds": [
        {"code": "kind_1", "unit": "hour", "tokens": 1000, "name": _COMMIT},
        {"code": "mowing", "unit": "bag", "tokens": 0, "per": 1},
        {"code": "rice", "unit": "kg", "tokens": 3, "per": 1500},
    ],
    "attestation": {"count": 2, "by": ["member", "steward"]},
    "claim_days": 90,
    "objection_seconds": 0,
    "gifts": "anyone",
    "bookings": {"payout": "provider"},
}
_CAPPED: Final = _COMMONS | {
    "mode": "counts",
    "gifts": "off",
    "bookings": {"payout": "burn", "confirm_days": 1, "pickup_days": 14, "settle_days": 3, "fee": "none"},
    "kinds": [{"code": f"kind_{n}", "unit": "day", "tokens": n} for n in range(1, 53)],
    "transfer_cap": 5000,
    "mint_cap": {"amount": 100, "period": "fiscal_year"},
}
_EFFECTS: Final = [
    {"effect": "text"},
    {"effect": "rule", "kind": "ordinary", "document": _WEIGHTY},
    {"effect": "rule", "kind": "choice", "document": _CHOOSING},
    {"effect": "rule", "kind": "rules", "document": _STRANGE},
    {"effect": "rule", "kind": "admit", "document": {"method": {"module": "yes_no_abstain/1"}}},
    {"effect": "policy", "area": "commons", "document": _COMMONS},
    {"effect": "policy", "area": "commons", "document": _CAPPED},
    {
        "effect": "policy",
        "area": "members",
        "document": _MEMBERS | {"appointed": ["auditor", "steward"], "secret": "a,\n b=1"},
    },
    {"effect": "policy", "area": "weather", "document": {"rain": 3}},
    {"effect": "role", "member": _ROKU, "role": "auditor", "scope": "coop", "from": None, "until": _UNTIL},
    {"effect": "role", "member": _ROKU, "role": "auditor", "scope": "coop", "from": "tomorrow", "until": None},
    {"effect": "admit", "applicant": _APPLICATION, "class": "regular", "at_once": True},
    {"effect": "unheard_of", "amount": -5, "much": {f"n{n}": n for n in range(60)}},
    {"effect": "log_key", "vkey": _LOG_KEY},
    {"effect": "articles"},
    {
        "effect": "elect",
        "role": "auditor",
        "scope": "coop",
        "candidates": [_ROKU, _TARO],
        "from": None,
        "until": _UNTIL,
    },
    {"effect": "suspend", "member": _ROKU, "until": _UNTIL},
    {"effect": "suspend", "member": _ROKU, "until": None},
    {"effect": "expel", "member": _TARO},
    {"effect": "mint", "member": _TARO, "amount": 1200},
    {"effect": "allot"},
    {"effect": "project", "lead": _HANA},
    {"effect": "federation", "origin": "union.example/kitaura"},
]


def _count(heads: int, weight: int) -> Json:
    return {"heads": heads, "weight": weight}


_FOUND: Final = {
    "winners": ["option_2"],
    "tied": [],
    "support": _count(2, 200),
    "rival": _count(1, 100),
    "cast": _count(3, 3),
    "unit": 100,
}

BODIES: Final[list[tuple[str, Json, Json]]] = [
    ("ballot.cast/1", {"proposal": _PROPOSAL, "choice": "yes"}, {}),
    ("ballot.cast/1", {"proposal": _PROPOSAL, "choice": "option_2", "paper": _COMMIT}, {}),
    ("ballot.cast/1", {"proposal": _PROPOSAL, "choice": _COMMIT}, {"choice": "abstain"}),
    ("ballot.cast/1", {"proposal": _PROPOSAL, "choice": _COMMIT}, {}),
    *(("ballot.cast/1", {"proposal": _PROPOSAL, "choice": choice}, {}) for choice in ("consent", "1,2,10", "2", "1:5,2:1200", "3>1=2>11", "2>1")),
    *(("ballot.cast/1", {"proposal": _PROPOSAL, "choice": choice}, {}) for choice in ("1:5,1:3", "01,2", "1,2,", "3>", "option_2,1", ">".join(map(str, range(1, 24))))),
    ("ballot.cast/1", {"proposal": _PROPOSAL, "choice": _COMMIT}, {"choice": "2>1"}),
    ("ballot.cast/1", {"proposal": _PROPOSAL, "choice": "no", "reason": _COMMIT}, {"reason": "高すぎる"}),
    ("ballot.casting/1", {"proposal": _PROPOSAL, "choice": "yes"}, {}),
    ("ballot.object/1", {"proposal": _PROPOSAL}, {}),
    ("ballot.openings/1", {"proposal": _PROPOSAL, "openings": [{"member": _TARO, "salt": _DIGEST, "value": "option_2"}, {"member": _ROKU, "salt": _DIGEST, "value": "yes"}]}, {}),
    ("delegation.give/1", {"to": _TARO}, {}),
    ("delegation.give/1", {"to": _TARO, "topic": "water", "paper": _COMMIT}, {}),
    ("delegation.revoke/1", {}, {}),
    ("delegation.revoke/1", {"topic": "water"}, {}),
    ("equity.payment/1", {"member": _TARO, "shares": 3, "yen": 15000, "note": _COMMIT}, {"note": "令和八年度"}),
    ("equity.payment/1", {"member": _TARO, "shares": -3, "yen": -15000, "paper": _COMMIT}, {}),
    ("lot.order/1", {"proposal": _PROPOSAL, "order": ["option_2", "option_1"]}, {}),
    ("lot.panel/1", {"proposal": _PROPOSAL, "last": _DIGEST, "among": 1200}, {}),
    ("member.belong/1", {"member": _TARO, "area": "north", "household": "new", "represents": True}, {}),
    ("member.belong/1", {"member": _TARO, "household": named("hh", "a"), "represents": False, "reason": _COMMIT}, {"reason": "転居"}),
    ("member.belong/1", {"member": _TARO}, {}),
    ("proposal.execute/1", {"proposal": _PROPOSAL}, {}),
    ("proposal.hearing/1", {"proposal": _PROPOSAL, "text": _COMMIT}, {"text": "覚えがありません"}),
    ("proposal.item/1", {"proposal": _PROPOSAL, "title": _COMMIT, "text": _COMMIT, "cost": 30000}, {"title": "街灯", "text": "通学路に"}),
    ("proposal.item_withdraw/1", {"item": f"{_PROPOSAL}/2"}, {}),
    ("proposal.second/1", {"proposal": _PROPOSAL, "version": 2}, {}),
    ("proposal.veto/1", {"proposal": _PROPOSAL, "reason": _COMMIT}, {"reason": "予算がない"}),
    ("proposal.veto/1", {"proposal": _PROPOSAL}, {}),
    ("booking.request/1", {"resource": _RESOURCE, "quantity": 3, "note": _COMMIT}, {"note": "夕方に\n取りに行きます"}),
    ("booking.request/1", {"resource": _BOOKING, "quantity": 3}, {}),
    ("booking.request/1", {"resource": _RESOURCE, "quantity": 1, "starts": _UNTIL, "ends": _UNTIL}, {}),
    ("booking.request/1", {"resource": _RESOURCE, "quantity": 2, "starts": _UNTIL, "ends": _UNTIL}, {}),
    ("booking.request/1", {"resource": _RESOURCE, "starts": "2026-04-30T15:00:00.000Z", "ends": _UNTIL}, {}),
    *((f"booking.{verb}/1", {"booking": _BOOKING, "note": _COMMIT}, {}) for verb in ("confirm", "refuse", "cancel")),
    *((f"booking.{verb}/1", {"booking": _BOOKING}, {}) for verb in ("hand_over", "settle")),
    ("contribution.report/1", {"kind": "mowing", "quantity": 150, "on": "2026-04-01", "note": _COMMIT}, {"note": "x" * 301}),
    ("contribution.report/1", {"kind": "rice", "quantity": 1_234_560, "on": "2024-02-29"}, {}),
    ("contribution.report/1", {"kind": "meals", "quantity": 12, "on": "2025-12-31", "paper": _COMMIT}, {}),
    ("contribution.report/1", {"kind": "constructor", "quantity": 5, "on": "2026-01-01"}, {}),
    ("contribution.attest/1", {"contribution": _CONTRIBUTION}, {}),
    ("contribution.object/1", {"contribution": _CONTRIBUTION, "reason": _COMMIT}, {"reason": "\U00020bb7野家" * 120}),
    ("contribution.resolve/1", {"contribution": _CONTRIBUTION, "decision": "uphold", "reason": _COMMIT}, {}),
    ("contribution.withdraw/1", {"contribution": _CONTRIBUTION}, {}),
    ("coop.profile/1", {"profile": {"name": _COMMIT, "token_word": _COMMIT}}, {"profile/name": "尾鷲の結"}),
    ("coop.addresses/1", {"origins": ["https://village.example"], "rp_ids": ["village.example"]}, {}),
    ("coop.visibility/1", {"tiles": "public", "entries": "members"}, {}),
    ("key.enrol/1", _NEW_KEY | {"root": True, "label": _COMMIT}, {"label": "phone"}),
    ("key.enrol/1", _NEW_KEY | {"root": False, "may": ["ballot.cast/1", "token.gift/1"], "with_role": "concierge"}, {}),
    ("key.limit/1", {"key": _KEY, "may": ["ballot.cast/1", "token.gift/1", "ballot.cast/2"]}, {}),
    ("key.revoke/1", {"key": _KEY, "reason": "lost"}, {}),
    ("key.claim/1", _NEW_KEY | {"invitation": _INVITATION}, {}),
    ("key.recover/1", _NEW_KEY | {"member": _ROKU, "reason": _COMMIT}, {}),
    ("key.object/1", {"key": _KEY}, {}),
    ("key.guardians/1", {"guardians": [_ROKU, _TARO], "threshold": 2}, {}),
    ("key.guardians/1", {"guardians": [], "threshold": 0}, {}),
    ("key.enrol/1", {"alg": "eip712", "public": "eip712:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "root": True}, {}),
    ("key.settle/1", {"key": _KEY, "accept": False, "reason": _COMMIT}, {}),
    (
        "ledger.genesis/1",
        {
            "fold": 1,
            "founders": [_NEW_KEY | {"cls": "regular", "type": "person", "profile": _PROFILE}],
            "log_key": _LOG_KEY,
            "clerk_key": ED25519_PUBLIC,
            "rp_ids": ["coop.example"],
            "origins": ["https://coop.example"],
            "utc_offset": -570,
            "fiscal_month": 4,
            "tiles": "members",
            "entries": "auditors",
            "profile": dict.fromkeys(("about", "head_word", "member_word", "name", "token_word"), _COMMIT),
            "rules": {"admit": _rule(), "ordinary": _rule(), "policy": _rule(), "role": _rule(), "rules": _WEIGHTY},
            "policies": {"members": _MEMBERS | _LISTED, "commons": _COMMONS, "weather": {"rain": [1, {"mm": 2}]}},
        },
        {"founders/0/profile/name": "山田はな", "policies/commons/kinds/0/name": "草刈り", "policies/members/topic_names/topic_1": "棚田", "policies/members/area_names/area_1": "上の地区"},
    ),
    ("ledger.tick/1", {}, {}),
    ("anchor.record/1", {"size": 12_345, "checkpoint": _DIGEST, "chain_id": 1, "contract": _ADDRESS, "sender": _ADDRESS, "transaction": "0x" + "5a" * 32, "block": 20_000_000, "time": _UNTIL}, {}),
    ("operator.key/1", {"log_key": _LOG_KEY, "until": _UNTIL}, {}),
    ("operator.decided_key/1", {"log_key": _LOG_KEY}, {}),
    ("operator.clerk_key/1", {"clerk_key": ED25519_PUBLIC}, {}),
    ("ledger.succession/1", {"cause": "entries", "clerk_key": ED25519_PUBLIC, "entries": 12_340, "last": {"origin": "coop.example/old", "size": 12_345, "root": _DIGEST, "signatures": ["AAAA"]}, "log_key": _LOG_KEY, "reason": _COMMIT}, {"reason": "ディスクが壊れた"}),
    ("ledger.succession/1", {"cause": "key", "clerk_key": ED25519_PUBLIC, "entries": 12_345, "last": {"origin": "coop.example/old", "size": 12_345, "root": _DIGEST, "signatures": ["AAAA"]}, "log_key": _LOG_KEY, "reason": _COMMIT}, {}),
    ("member.invite/1", {"key": _KEY, "until": _UNTIL, "uses": 30, "cls": "regular", "admits": True}, {}),
    ("member.invite/1", {"key": _KEY, "until": _UNTIL, "member": _ROKU}, {}),
    ("member.invitation_close/1", {"invitation": _INVITATION}, {}),
    ("member.apply/1", _NEW_KEY | {"cls": "regular", "type": "household", "profile": _FULL_PROFILE, "invitation": _INVITATION}, {}),
    ("member.admit/1", {"application": _APPLICATION, "cls": "regular"}, {}),
    ("member.decline/1", {"application": _APPLICATION, "reason": _COMMIT}, {}),
    ("member.enter/1", {"cls": "regular", "type": "person", "profile": _PROFILE, "joined_on": "2019-04-01"}, {"profile/name": "\u9ad9\u6a4b", "profile/kana": "たかはし"}),
    ("member.profile/1", {"member": _ROKU, "profile": _PROFILE}, {"profile/name": {"family": "\u9ad9", "given": ["a", 1, None, True, {}]}}),
    ("member.correct/1", {"member": _ROKU, "cls": "regular", "type": "organisation", "reason": _COMMIT}, {}),
    ("member.suspend/1", {"member": _ROKU, "reason": _COMMIT}, {}),
    ("member.suspend/1", {"member": _ROKU, "reason": _COMMIT, "until": _UNTIL}, {}),
    ("member.reinstate/1", {"member": _ROKU}, {}),
    ("member.leave/1", {}, {}),
    ("member.end/1", {"member": _ROKU, "how": "moved", "reason": _COMMIT}, {}),
    ("member.erase/1", {"member": _ROKU}, {}),
    ("meeting.series/1", {"name": _COMMIT, "rhythm": _COMMIT}, {"name": "理事会", "rhythm": "毎月第2火曜"}),
    ("meeting.series/1", {"name": _COMMIT}, {}),
    ("meeting.convene/1", {"kind": "other", "mode": "room", "title": _COMMIT, "starts_at": _UNTIL, "chair": _HANA}, {"title": "水路の相談"}),
    ("meeting.convene/1", {"kind": "general", "mode": "both", "title": _COMMIT, "place": _COMMIT, "notes": _COMMIT, "starts_at": _UNTIL, "ends_at": "2026-05-01T18:00:00.000Z", "agenda": [_PROPOSAL, named("prop", "b")], "reports": [_COMMIT], "documents": [_COMMIT, _COMMIT], "chair": _HANA, "signers": [_TARO, _ROKU], "series": _SERIES, "after": _MEETING}, {"title": "臨時総会", "place": "公民館"}),
    ("meeting.amend/1", {"meeting": _MEETING, "mode": "online", "title": _COMMIT, "place": _COMMIT, "notes": _COMMIT, "starts_at": _UNTIL, "ends_at": "2026-05-02T00:00:00.000Z", "agenda": [_PROPOSAL], "reports": [_COMMIT], "documents": [_COMMIT]}, {}),
    ("meeting.cancel/1", {"meeting": _MEETING, "reason": _COMMIT}, {"reason": "大雪"}),
    ("meeting.open/1", {"meeting": _MEETING, "door": _KEY}, {}),
    ("meeting.door/1", {"meeting": _MEETING, "door": _KEY}, {}),
    ("meeting.door/1", {"meeting": _MEETING}, {}),
    ("meeting.chair/1", {"meeting": _MEETING, "chair": _TARO, "signers": [_HANA, _ROKU]}, {}),
    ("meeting.chair/1", {"meeting": _MEETING, "chair": _TARO}, {}),
    ("meeting.close_item/1", {"meeting": _MEETING, "proposal": _PROPOSAL}, {}),
    ("meeting.motion/1", {"meeting": _MEETING, "proposal": _PROPOSAL, "paper": _COMMIT}, {}),
    ("meeting.close/1", {"meeting": _MEETING}, {}),
    *(("meeting.attend/1", {"meeting": _MEETING, "how": how}, {}) for how in ("room", "online")),
    ("meeting.leave/1", {"meeting": _MEETING}, {}),
    ("proxy.give/1", {"meeting": _MEETING, "to": "chair"}, {}),
    ("proxy.give/1", {"meeting": _MEETING, "to": _TARO, "paper": _COMMIT}, {}),
    ("proxy.revoke/1", {"meeting": _MEETING}, {}),
    ("meeting.hands/1", {"proposal": _PROPOSAL, "yes": 1200, "no": 3, "abstain": 0}, {}),
    ("meeting.unopposed/1", {"proposal": _PROPOSAL}, {}),
    ("meeting.notified/1", {"meeting": _MEETING, "by": "post", "came": "sent", "at": _UNTIL, "members": [_HANA, _TARO]}, {}),
    ("minutes.draft/1", {"meeting": _MEETING, "version": 2, "text": _COMMIT}, {}),
    ("minutes.sign/1", {"meeting": _MEETING, "version": 2}, {}),
    *(("audit.report/1", {"year": "2025", "text": _COMMIT, "sound": sound, "faults": 0}, {}) for sound in (True, False)),
    ("proposal.draft/1", {"kind": "ordinary", "title": _COMMIT, "text": _COMMIT}, {"title": "屋根", "text": ""}),
    ("proposal.draft/1", {"kind": "rules", "title": _COMMIT, "text": _COMMIT, "effects": _EFFECTS, "paper": _COMMIT}, {"effects/5/document/kinds/0/name": "見守り"}),
    ("proposal.draft/1", {"kind": "choice", "title": _COMMIT, "text": _COMMIT, "options": [_COMMIT] * 203}, {"options/41": "unsaid", "text": "長い話" * 400}),
    ("proposal.amend/1", {"proposal": _PROPOSAL, "title": _COMMIT, "text": _COMMIT, "options": [_COMMIT, _COMMIT]}, {"options/1": "みかん"}),
    ("proposal.open/1", {"proposal": _PROPOSAL}, {}),
    ("proposal.open/1", {"proposal": _PROPOSAL, "opens_at": "2026-12-31T15:00:00.000Z"}, {}),
    ("proposal.withdraw/1", {"proposal": _PROPOSAL}, {}),
    ("proposal.roll/1", {"proposal": _PROPOSAL, "heads": 1200, "weight": 1_234_567}, {}),
    ("proposal.roll/1", {"proposal": _PROPOSAL, "heads": 3, "weight": 4, "classes": {"regular": _count(2, 3), "guest": _count(1, 1)}}, {}),
    ("proposal.draft/1", {"kind": "election", "title": _COMMIT, "text": _COMMIT, "options": [_COMMIT] * 3, "seats": 2, "topic": "water", "interested": [_TARO, _ROKU]}, {}),
    ("proposal.draft/1", {"kind": "budget", "title": _COMMIT, "text": _COMMIT, "budget": 300000}, {}),
    ("proposal.draft/1", {"kind": "rules", "title": _COMMIT, "text": _COMMIT, "effects": [{"effect": "rule", "kind": "ordinary", "document": document} for document in (_MET, _LONG_MET, _MET_OR_ALL)]}, {}),
    ("proposal.count/1", {"proposal": _PROPOSAL, "tally": {"option_1": _count(2, 2)}, "result": "passed", "digest": "ab" * 32}, {}),
    ("proposal.count/1", {"proposal": _PROPOSAL, "tally": {"option_1": _count(2, 200)}, "result": "passed", "found": _FOUND}, {}),
    ("proposal.count/1", {"proposal": _PROPOSAL, "tally": {"option_1": _count(2, 250_000), "option_2": _count(1, 133_330), "abstain": _count(1, 3)}, "result": "passed", "digest": "ab" * 32}, {}),
    ("proposal.count/1", {"proposal": _PROPOSAL, "tally": {"option_1": _count(2, 8)}, "result": "passed", "found": _FOUND | {"unit": 3, "rival": _count(1, 0)}}, {}),
    ("proposal.count/1", {"proposal": _PROPOSAL, "tally": {"option_1": _count(2, 3)}, "result": "passed", "found": _FOUND | {"unit": 1}}, {}),
    ("proposal.count/1", {"proposal": _PROPOSAL, "tally": {"option_1": _count(2, 200)}, "result": "tied", "found": _FOUND | {"winners": [], "tied": ["option_2", "option_1"]}}, {}),
    ("proposal.count/1", {"proposal": _PROPOSAL, "tally": {"yes": {"heads": 1000, "weight": 1000}, "invalid": {"heads": 1, "weight": 3}}, "result": "no_quorum"}, {}),
    ("proposal.count/1", {"proposal": _PROPOSAL, "tally": {"option_2": {"heads": 2, "weight": 2}, "abstain": {"heads": 0, "weight": 0}}, "result": "tied"}, {}),
    ("resource.offer/1", {"availability": {"kind": "stock", "quantity": 20, "unit": "bag"}, "terms": _TERMS}, {"terms/title": "みかん"}),
    ("resource.offer/1", {"availability": {"kind": "calendar"} | _CALENDAR, "terms": {"title": _COMMIT, "cost": 0, "needs_confirmation": False}}, {}),
    *(
        ("resource.update/1", {"resource": _RESOURCE, "terms": {"title": _COMMIT, "cost": 7, "needs_confirmation": False, "cancellation": late}}, {})
        for late in ({}, {"numerator": 0, "free_hours": 3}, {"numerator": 5, "denominator": 5}, {"free_hours": 0, "numerator": 2, "denominator": 5})
    ),
    ("resource.update/1", {"resource": _RESOURCE, "terms": _TERMS, "calendar": _CALENDAR}, {}),
    ("resource.restock/1", {"resource": _RESOURCE, "change": -12}, {}),
    ("resource.restock/1", {"resource": _RESOURCE, "change": 1200}, {}),
    ("resource.close/1", {"resource": _RESOURCE}, {}),
    ("resource.reopen/1", {"resource": _RESOURCE}, {}),
    ("role.give/1", {"member": _ROKU, "role": "steward"}, {}),
    ("role.give/1", {"member": _ROKU, "role": "auditor", "scope": "coop", "from": "2026-04-01T00:00:00.000Z", "until": _UNTIL}, {}),
    *(("role.give/1", {"member": _ROKU, "role": "auditor", "until": until}, {}) for until in _MIDNIGHTS),
    ("member.suspend/1", {"member": _ROKU, "reason": _COMMIT, "until": _MIDNIGHTS[0]}, {}),
    ("role.end/1", {"member": _ROKU, "role": "auditor"}, {}),
    ("token.gift/1", {"to": _TARO, "amount": 12_050, "note": _COMMIT}, {"note": "ありがとう"}),
    ("token.gift/1", {"to": _TARO, "amount": 0}, {}),
    ("token.reverse/1", {"movement": _MOVEMENT, "amount": 7, "reason": _COMMIT}, {}),
]  # fmt: skip

_MANNERS: Final[list[Json]] = [
    {"names": {}, "utc_offset": 540, "token": None},
    {"names": NAMES, "utc_offset": -570, "token": ["$1 円座", 2]},
]


def build() -> Json:
    """Each statement's text with what is said about it, without names and with them."""
    rows = []
    for type_, body, privates in BODIES:
        statement = STATEMENTS[0] | {"type": type_, "body": body, "author": _HANA}
        if type_ == "ledger.genesis/1":
            statement |= {"author": "genesis", "cosigners": [_KEY]}
        rows.append(_row(statement, privates))
    framed = STATEMENTS[1] | {
        "author": _HANA,
        "cosigners": [_TARO, _ROKU],
        "for": _ROKU,
        "body": {"proposal": _PROPOSAL, "choice": "no"},
    }
    rows += [_row(framed | {"via": via}, {}) for via in ("paper", "assisted", "room")]
    return {"manners": _MANNERS, "rows": rows}


def _row(statement: Json, privates: Json) -> Json:
    said = {}
    for lang in ("ja", "en"):
        speakers = [
            Sentences(lang, names=m["names"], utc_offset=m["utc_offset"], token=m["token"] and tuple(m["token"]))
            for m in _MANNERS
        ]
        said[lang] = [speaker.of(statement, privates) for speaker in speakers]
    return {"statement": canonical.encode(statement).decode(), "privates": privates, **said}
