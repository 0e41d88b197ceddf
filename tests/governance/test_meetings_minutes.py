"""What is written down of a meeting: minutes and their signatures, who was notified, the auditor's report."""

from __future__ import annotations

from typing import Any

import pytest

from governance.books.audits import AuditReport
from governance.books.minutes import Minutes
from governance.books.notices import Notice
from ledger import canonical
from ledger.books import coop as coops
from ledger.compose import Private
from tests.governance.hall import Hall, code
from tests.simulator import DAY, members_policy


@pytest.fixture
def hall() -> Hall:
    return Hall()


def held(hall: Hall) -> str:
    meeting = hall.convene()
    hall.begin(meeting)
    hall.say("Hanako", "meeting.close/1", {"meeting": meeting})
    return meeting


def write(hall: Hall, meeting: str, version: int, author: str = "Jiro") -> None:
    hall.say(author, "minutes.draft/1", {"meeting": meeting, "version": version, "text": Private("議事録")})


def sign(hall: Hall, name: str, meeting: str, version: int) -> None:
    hall.say(name, "minutes.sign/1", {"meeting": meeting, "version": version})


def test_minutes_are_final_when_chair_and_signers_have_signed_the_same_version(hall: Hall) -> None:
    meeting = held(hall)
    write(hall, meeting, 1)
    sign(hall, "Hanako", meeting, 1)
    sign(hall, "Jiro", meeting, 1)
    # A new version is nobody's yet.
    write(hall, meeting, 2)
    assert code(sign, hall, "Ume", meeting, 1) == "minutes.version"
    for name in ("Jiro", "Ume", "Hanako"):
        assert hall.state.need(Minutes, f"{meeting}/2").final_at is None
        sign(hall, name, meeting, 2)
    final = hall.state.need(Minutes, f"{meeting}/2")
    assert (final.final_at, final.keep_years) == (hall.time - 1000, 10)
    assert code(write, hall, meeting, 3) == "minutes.final"
    assert hall.state.need(Minutes, f"{meeting}/1").final_at is None


def test_who_writes_and_signs_what_when(hall: Hall) -> None:
    meeting = hall.convene()
    assert code(write, hall, meeting, 1) == "meeting.stage"
    hall.begin(meeting)
    assert code(write, hall, meeting, 2) == "minutes.version"
    assert code(write, hall, meeting, 1, "Kenta") == "role.required"
    write(hall, meeting, 1, "Ume")
    assert code(sign, hall, "Ume", meeting, 1) == "meeting.stage"
    hall.say("Hanako", "meeting.close/1", {"meeting": meeting})
    assert code(sign, hall, "Kenta", meeting, 1) == "minutes.not_signer"
    assert code(sign, hall, "Ume", meeting, 2) == "minutes.unknown"
    sign(hall, "Ume", meeting, 1)
    assert code(sign, hall, "Ume", meeting, 1) == "minutes.signed"


def test_a_signer_who_has_left_is_not_waited_for(hall: Hall) -> None:
    meeting = held(hall)
    write(hall, meeting, 1)
    sign(hall, "Hanako", meeting, 1)
    hall.say("Ume", "member.leave/1", {})
    sign(hall, "Jiro", meeting, 1)
    assert hall.state.need(Minutes, f"{meeting}/1").final_at is not None


def test_minutes_are_kept_for_as_long_as_the_policy_says() -> None:
    longer = {"effect": "policy", "area": "members", "document": members_policy() | {"minutes_years": 30}}
    hall = Hall()
    vote = hall.voting("policy", effects=[longer])
    hall.vote("Hanako", vote, "yes")
    hall.close()
    meeting = held(hall)
    write(hall, meeting, 1)
    for name in ("Hanako", "Jiro", "Ume"):
        sign(hall, name, meeting, 1)
    assert hall.state.need(Minutes, f"{meeting}/1").keep_years == 30
    short = longer | {"document": members_policy() | {"minutes_years": 9}}
    assert code(hall.draft, kind="policy", effects=[short]) == "policy.invalid"


def notify(hall: Hall, meeting: str, *names: str, author: str = "Jiro", **more: Any) -> None:
    body = {
        "meeting": meeting,
        "by": "post",
        "came": "sent",
        "at": canonical.format_time(hall.time),
        "members": [hall.id(name) for name in names],
    }
    hall.say(author, "meeting.notified/1", body | more)


def test_who_was_notified_how_and_when_is_recorded(hall: Hall) -> None:
    meeting = hall.convene()
    sent = hall.time
    notify(hall, meeting, "Kenta", "Matsu")
    notify(hall, meeting, "Kenta", by="mail", author="clerk")
    hall.wait(DAY)
    notify(hall, meeting, "Matsu", came="failed")
    found = {notice.id: notice for notice in hall.state.children(Notice, meeting)}
    kenta, matsu = (f"{meeting}/{hall.id(name)}" for name in ("Kenta", "Matsu"))
    assert found.keys() == {f"{kenta}/post", f"{kenta}/mail", f"{matsu}/post"}
    assert (found[f"{kenta}/post"].at, found[f"{kenta}/mail"].said_by) == (sent, "clerk")
    assert found[f"{matsu}/post"].came == "failed"


def test_notices_are_recorded_by_officials_for_members_within_time(hall: Hall) -> None:
    before = canonical.format_time(hall.time - 1)
    meeting = hall.convene()
    assert code(notify, hall, meeting, "Kenta", author="Ume") == "role.required"
    assert code(notify, hall, meeting, "mem_" + "a" * 26) == "member.unknown"
    assert code(notify, hall, meeting, "Kenta", at=before) == "notice.time"
    assert code(notify, hall, meeting, "Kenta", at=canonical.format_time(hall.time + 1)) == "notice.time"
    assert code(notify, hall, meeting) == code(notify, hall, meeting, *["Kenta"] * 201) == "format.body"


def report(hall: Hall, year: str, author: str = "Kenta", **more: Any) -> str:
    body = {"year": year, "text": Private({"opinion": "適正"}), "sound": True, "faults": 0}
    return canonical.b64(hall.say(author, "audit.report/1", body, **more).id)


def elect_auditor(hall: Hall) -> None:
    """Kenta is."""
    effect = {
        "effect": "role",
        "member": hall.id("Kenta"),
        "role": "auditor",
        "scope": "coop",
        "from": None,
        "until": None,
    }
    vote = hall.voting("role", effects=[effect])
    hall.vote("Hanako", vote, "yes")
    hall.close()


def test_an_auditor_reports_on_a_fiscal_year_over_the_checkpoint_they_verified(hall: Hall) -> None:
    assert code(report, hall, "2025") == "role.required"
    elect_auditor(hall)
    # It is April 2026, and fiscal years begin in April.
    assert code(report, hall, "2026") == "audit.year"
    size = hall.size
    first = report(hall, "2025", seen_size=size - 1)
    found = hall.state.need(AuditReport, f"2025/{hall.id('Kenta')}")
    assert (found.size, found.root) == (size - 1, canonical.b64(hall.roots[size - 1]))
    assert code(report, hall, "2025") == "audit.replaces"
    report(hall, "2025", replaces=first)
    subject = hall.books.handler("audit.report/1").subject
    assert subject is not None
    entry = next(e for e in hall._entries.values() if e.statement.type == "audit.report/1")
    assert subject(entry.statement, entry.id, "text") == coops.ID


def test_a_fiscal_year_ends_at_the_coops_own_midnight(hall: Hall) -> None:
    elect_auditor(hall)
    hall.time = canonical.parse_time("2027-03-31T14:59:59.999Z")
    assert code(report, hall, "2026") == "audit.year"
    hall.time += 1
    report(hall, "2026")
