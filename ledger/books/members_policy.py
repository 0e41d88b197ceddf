"""The members' policy: how people join, which classes there are, and how long things wait."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

import msgspec

from ledger.books.misfits import path_of, reason_of
from ledger.errors import FormatError
from ledger.private import Commit

_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")
_MAX_DAYS: Final = 36_600
_MAX_CODES: Final = 50
LEAST_YEARS: Final = 10
"""For which minutes are kept at least, and where nothing else was decided."""
_MAX_YEARS: Final = 100
NAMED: Final = {"topics": "topic", "areas": "area"}
"""Lists of codes that a co-op names in its own words, in ``topic_names`` and ``area_names``; and what codes that are
made for it begin with (``topic_1``)."""


class MembersPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the co-op decided about membership.

    ``admission``: who admits (one administrator, an administrator with a second official, or a decision).
    ``applications``: whether one may apply without an invitation. ``classes``: codes of the voting classes.
    ``appointed``: roles that administrators may give without a decision. ``recovery_days``: how long a lost
    key's successor waits for an objection. ``retention_days``: how long after leaving erasure has to wait.
    ``topics``: codes of the subject areas that proposals may have and delegations may be for. ``topic_names``: what the
    co-op calls them in its own words, by code, where it calls them anything. ``minutes_years``: how long a meeting's
    minutes are kept, ten years at least (一般法人法57, 消費生活協同組合法45). ``areas``: codes of the areas (地区, 班)
    that members are offered to belong to, and ``area_names`` what those are called.
    """

    admission: Literal["administrator", "two_officials", "decision"]
    applications: Literal["open", "invited"]
    classes: tuple[str, ...]
    appointed: tuple[Literal["administrator", "facilitator", "concierge", "steward"], ...]
    recovery_days: int
    retention_days: int
    topics: tuple[str, ...] = ()
    minutes_years: int = LEAST_YEARS
    topic_names: dict[str, Commit] = msgspec.field(default_factory=dict)
    areas: tuple[str, ...] = ()
    area_names: dict[str, Commit] = msgspec.field(default_factory=dict)

    def lists(self) -> dict[str, tuple[tuple[str, ...], dict[str, Commit]]]:
        """The codes and the names of each list in ``NAMED``."""
        return {"topics": (self.topics, self.topic_names), "areas": (self.areas, self.area_names)}


def parse(document: dict[str, Any]) -> MembersPolicy:
    """Read a members' policy; FormatError ``policy.invalid`` with the path to the fault."""
    try:
        policy = msgspec.convert(document, MembersPolicy, strict=True)
    except msgspec.ValidationError as error:
        detail = str(error)
        raise FormatError("policy.invalid", path=path_of(detail), reason=reason_of(detail), detail=detail) from error
    _check_codes(policy)
    if not 1 <= policy.recovery_days <= _MAX_DAYS:
        raise FormatError("policy.invalid", path="recovery_days", reason="range")
    if not LEAST_YEARS <= policy.minutes_years <= _MAX_YEARS:
        raise FormatError("policy.invalid", path="minutes_years", reason="range")
    if not 0 <= policy.retention_days <= _MAX_DAYS:
        raise FormatError("policy.invalid", path="retention_days", reason="range")
    return policy


def _check_codes(policy: MembersPolicy) -> None:
    if not policy.classes or len(set(policy.classes)) != len(policy.classes):
        raise FormatError("policy.invalid", path="classes", reason="empty_or_twice")
    _check_form("classes", policy.classes)
    for field, (codes, names) in policy.lists().items():
        if len(set(codes)) != len(codes) or len(codes) > _MAX_CODES:
            raise FormatError("policy.invalid", path=field, reason="empty_or_twice")
        _check_form(field, codes)
        for code in names:
            if code not in codes:
                raise FormatError("policy.invalid", path=f"{NAMED[field]}_names/{code}", reason="code")


def _check_form(field: str, codes: tuple[str, ...]) -> None:
    for position, code in enumerate(codes):
        if not _CODE.match(code):
            raise FormatError("policy.invalid", path=f"{field}/{position}", reason="code")
