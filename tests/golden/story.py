"""A co-op in which everything that can be said has been said at least once: what a golden ledger remembers."""

from __future__ import annotations

import hashlib
from typing import Any

from governance.books.proposals import Proposal
from ledger import canonical, ids
from ledger.books.tokens import Movement
from ledger.compose import Private
from ledger.fold import Books
from ledger.statement import Entry, parse_leaf
from tests.golden.governing import governs
from tests.ledger.books.people import REASON, People
from tests.simulator import DAY, majority_rule, members_policy

COUNTED = {"yes": 2, "no": 1, "abstain": 0, "invalid": 0}
CONTRACT, SENDER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
OFFICIALS: dict[str, Any] = {"cosigners": ("Hanako",), "via": "paper"}
"""How Jiro enters something from paper."""


def whole_story() -> People:
    """Told afresh each time, byte for byte the same."""
    coop = People()
    early = (_joins, _works, _shares, _decides, governs)
    chapters = (*early, _loses_a_phone, _changes_keys, _is_anchored, _leaves, _is_succeeded)
    for chapter in chapters:
        chapter(coop)
    return coop


def said(coop: People) -> set[str]:
    """The statement types that occur."""
    return {parse_leaf(leaf).statement.type for leaf in coop.leaves}


def every_type(books: Books) -> set[str]:
    """The statement types that there are."""
    return {handler.type for book in books.books for handler in book.handlers}


def _movement(coop: People, cause: str) -> str:
    moved = (one for one in coop.memory.records.values() if isinstance(one, Movement))
    return next(one.id for one in moved if one.cause == cause)


def _named(prefix: str, entry: Entry) -> str:
    return ids.object_id(prefix, entry.id)


def _joins(coop: People) -> None:
    coop.say("Hanako", "coop.profile/1", {"profile": {"name": Private("里山の組合"), "about": Private("結の村です")}})
    coop.decide("policy", {"effect": "policy", "area": "members", "document": members_policy() | {"retention_days": 1}})
    coop.apply("Saki", coop.invite("open link", uses=3, cls="member"), "open link")
    coop.say("Hanako", "member.admit/1", {"application": _application(coop, "Saki"), "cls": "member"})
    coop.apply("Mallory", coop.invite("other link"), "other link")
    coop.say("Hanako", "member.decline/1", {"application": _application(coop, "Mallory"), "reason": REASON})
    coop.say("Goro", "member.invitation_close/1", {"invitation": coop.invite("closed link")})
    coop.claim(coop.invite("card", by="Kiku", cosigners=("Jiro",), member=coop.id("Matsu")), "Matsu", "card")
    coop.say(
        "Ume",
        "member.profile/1",
        {"member": coop.id("Ume"), "profile": {"name": Private("梅"), "kana": Private("うめ")}},
    )
    mistake = {"member": coop.id("Saki"), "cls": "supporter", "type": "person", "reason": REASON}
    coop.say("Hanako", "member.correct/1", mistake, replaces=coop.member("Saki").set_by)
    about = {"member": coop.id("Saki"), "reason": REASON}
    coop.say("Hanako", "member.suspend/1", about, cosigners=("Jiro",))
    coop.say("Hanako", "member.reinstate/1", about)
    coop.say("Hanako", "member.suspend/1", about | {"until": coop.at(DAY)}, cosigners=("Jiro",))
    coop.wait(2 * DAY)
    coop.enrol("Ume", "phone", label=Private("電話"), may=["ballot.cast/1", "contribution.report/1"])
    coop.say("Ume", "key.limit/1", {"key": coop.key_id("phone"), "may": ["ballot.cast/1"]})
    coop.enrol("Ume", "paper card", with_role="concierge")
    coop.revoke("Ume", "phone")


def _application(coop: People, name: str) -> str:
    return "app_" + coop.id(name).removeprefix("mem_")


def _works(coop: People) -> None:
    for name, other in (("Ume", "Jiro"), ("Jiro", "Ume"), ("Hanako", "Ume")):
        coop.say(other, "contribution.attest/1", {"contribution": _named("con", coop.report(name))})
    coop.enter("Tome")
    written = coop.say(
        "Jiro", "contribution.report/1", _hour(coop) | {"paper": Private("日誌")}, for_="Tome", **OFFICIALS
    )
    coop.say("Ume", "contribution.attest/1", {"contribution": _named("con", written)})
    coop.say("Ume", "contribution.withdraw/1", {"contribution": _named("con", coop.report("Ume"))})
    for decision in ("uphold", "reverse"):
        doubted = {"contribution": _named("con", coop.report("Jiro"))}
        coop.say("Ume", "contribution.attest/1", doubted)
        coop.say("Saki", "contribution.object/1", doubted | {"reason": REASON})
        coop.say("Hanako", "contribution.resolve/1", doubted | {"decision": decision, "reason": REASON})
    gift = coop.say("Ume", "token.gift/1", {"amount": 3, "to": coop.id("Jiro"), "note": Private("ありがとう")})
    given = _movement(coop, _named("gift", gift))
    coop.say("Jiro", "token.reverse/1", {"movement": given, "amount": 1, "reason": REASON})


def _hour(coop: People) -> dict[str, Any]:
    return {"kind": "cleaning", "quantity": 60, "on": canonical.format_time(coop.time)[:10], "note": Private("草刈り")}


def _shares(coop: People) -> None:
    crate = {"title": Private("夏野菜"), "cost": 2, "needs_confirmation": True}
    stock = {"kind": "stock", "quantity": 9, "unit": "box"}
    crates = {"resource": _named("res", coop.say("Jiro", "resource.offer/1", {"availability": stock, "terms": crate}))}
    coop.say("Jiro", "resource.update/1", crates | {"terms": crate | {"deposit": 1}})
    coop.say("Jiro", "resource.restock/1", crates | {"change": -2})
    for author, ends in (("Jiro", "refuse"), ("Ume", "cancel"), ("Ume", "settle"), ("Jiro", "time")):
        booking = {"booking": _named("bkg", coop.say("Ume", "booking.request/1", crates | {"quantity": 1}))}
        if ends in ("settle", "time"):
            coop.say("Jiro", "booking.confirm/1", booking)
            coop.say("Jiro", "booking.hand_over/1", booking)
        if ends != "time":
            coop.say(author, f"booking.{ends}/1", booking)
    for verb in ("close", "reopen"):
        coop.say("Jiro", f"resource.{verb}/1", crates)
    coop.wait(8 * DAY)
    hours = {
        "kind": "calendar",
        "opening": [{"weekday": day, "opens": 540, "closes": 720} for day in range(7)],
        "slot": 60,
    }
    room = {"title": Private("和室"), "cost": 1, "needs_confirmation": False}
    offer = coop.say("Hanako", "resource.offer/1", {"availability": hours, "terms": room})
    day = canonical.format_time(coop.time + 2 * DAY)[:10]
    slot = {"starts": f"{day}T00:00:00.000Z", "ends": f"{day}T01:00:00.000Z"}
    coop.say("Ume", "booking.request/1", {"resource": _named("res", offer)} | slot)
    coop.wait(12 * DAY)


def _decides(coop: People) -> None:
    rule = majority_rule(secrecy={"module": "confidential/1"})
    coop.decide("rules", {"effect": "rule", "kind": "ordinary", "document": rule})
    coop.elect("Saki", "auditor", until=coop.time + 60 * DAY)
    sealed = _draft(coop, "畦道の草刈り")
    text = {"title": Private("畦道の草刈り(改)"), "text": Private("月に一度")}
    replaces = coop.state.need(Proposal, sealed).statement
    coop.say("Ume", "proposal.amend/1", {"proposal": sealed} | text, replaces=replaces)
    coop.say("Ume", "proposal.withdraw/1", {"proposal": _draft(coop, "取り下げる案")})
    coop.say("Ume", "proposal.open/1", {"proposal": sealed})
    coop.wait(1000)
    heads = sum(1 for standing in coop.electorate().values() if standing and standing["active"])
    coop.say("clerk", "proposal.roll/1", {"heads": heads, "proposal": sealed, "weight": heads})
    _cast(coop, sealed)
    coop.wait(8 * DAY)
    tally = {choice: {"heads": count, "weight": count} for choice, count in COUNTED.items()}
    coop.say("clerk", "proposal.count/1", {"proposal": sealed, "result": "passed", "tally": tally})


def _cast(coop: People, proposal: str) -> None:
    """Ume votes twice, Tome on paper; what was entered for Matsu is not what Matsu says, who then votes."""
    coop.say("Jiro", "ballot.cast/1", {"proposal": proposal, "choice": Private("yes")})
    first = coop.say("Ume", "ballot.cast/1", {"proposal": proposal, "choice": Private("no")})
    again = {"proposal": proposal, "choice": Private("yes")}
    coop.say("Ume", "ballot.cast/1", again, replaces=canonical.b64(first.id))
    for name in ("Tome", "Matsu"):
        body = {"proposal": proposal, "choice": Private("no"), "paper": Private("書面議決書")}
        entered = coop.say("Jiro", "ballot.cast/1", body, for_=name, **OFFICIALS)
    coop.say("Matsu", "ballot.object/1", {"proposal": proposal}, replaces=canonical.b64(entered.id))


def _draft(coop: People, title: str) -> str:
    body = {
        "kind": "ordinary",
        "title": Private(title),
        "text": Private("みんなで決める"),
        "effects": [{"effect": "text"}],
    }
    return _named("prop", coop.say("Ume", "proposal.draft/1", body))


def _loses_a_phone(coop: People) -> None:
    """Twice: once Ume says that it is not her wish and the auditor agrees, once nobody objects."""
    coop.recover("Ume", "stolen phone")
    coop.say("Ume", "key.object/1", {"key": coop.key_id("stolen phone"), "reason": REASON})
    coop.say("Saki", "key.settle/1", {"key": coop.key_id("stolen phone"), "accept": False, "reason": REASON})
    coop.recover("Ume", "new phone")
    coop.wait(8 * DAY)
    chosen = {"guardians": [coop.id("Saki"), coop.id("Matsu"), coop.id("Jiro")], "threshold": 2}
    coop.say("Ume", "key.guardians/1", chosen, keys_of={"Ume": "new phone"})
    coop.recover("Ume", "newest phone", ("Saki", "Matsu"))
    coop.wait(8 * DAY)


def _changes_keys(coop: People) -> None:
    coop.rotate("log key", "next log key", coop.time + 30 * DAY)
    coop.decide("rules", {"effect": "log_key", "vkey": coop.vkey("decided log key")})
    coop.come_forward("decided log key")
    coop.rotate_clerk("next clerk key", by="decided log key")


def _is_anchored(coop: People) -> None:
    """What the chain has is for those who ask one; the ledger keeps what the operator says of it."""
    body = {
        "block": 20_000_000,
        "chain_id": 1,
        "checkpoint": canonical.b64(hashlib.sha256(coop.note()).digest()),
        "contract": CONTRACT,
        "sender": SENDER,
        "size": coop.size,
        "time": canonical.format_time(coop.time - 900_000),
        "transaction": "0x" + "5a" * 32,
    }
    coop.say("clerk", "anchor.record/1", body)


def _leaves(coop: People) -> None:
    addresses = {"origins": ["https://yui.village.example"], "rp_ids": ["village.example"]}
    coop.say("Hanako", "coop.addresses/1", addresses, cosigners=("Jiro",))
    coop.say("Kiku", "role.end/1", {"member": coop.id("Kiku"), "role": "concierge"})
    died = {"member": coop.id("Tome"), "how": "died", "reason": REASON}
    coop.say("Hanako", "member.end/1", died, cosigners=("Jiro",))
    coop.say("Goro", "member.leave/1", {})
    coop.say("Hanako", "member.erase/1", {"member": coop.id("Tome")})
    coop.wait(40 * DAY)
    coop.say("Hanako", "coop.visibility/1", {"entries": "public", "tiles": "public"})


def _is_succeeded(coop: People) -> None:
    """Its key is lost, and so it goes on under another name."""
    coop.succeed(coop.note(), "village.example/yui-2", "Hanako", "Jiro", cause="key")
    coop.wait(DAY)
