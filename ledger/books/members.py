"""Who belongs: the member record, applications and invitations, and the verbs that change them.

The statements by which people join, change and leave are in ``joining.py``, ``membership.py`` and ``leaving.py``.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final, Literal

import msgspec

from ledger.errors import Refusal
from ledger.fold import Moment
from ledger.private import Commit
from ledger.state import Record, State
from ledger.statement import Statement

Status = Literal["active", "suspended", "left", "died", "moved", "expelled"]
_EVER: Final = "ever"
MemberType = Literal["person", "household", "organisation"]


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member's private fields: 氏名, ふりがな (the sort key), 通称, 世帯, 班, address, contact, own number."""

    name: Commit
    kana: Commit | None = None
    alias: Commit | None = None
    household: Commit | None = None
    group: Commit | None = None
    address: Commit | None = None
    contact: Commit | None = None
    number: Commit | None = None


class Member(Record, frozen=True, kw_only=True):
    """A member; needs neither key nor device. ``profile``: the statement (base64 id) and path of the private fields."""

    kind: ClassVar[str] = "member"
    cls: str
    type: MemberType
    status: Status
    joined: int
    ended: int | None = None
    profile: str
    profile_path: str
    set_by: str


class Application(Record, frozen=True, kw_only=True):
    """Someone who asks to join, known by a key until admitted."""

    kind: ClassVar[str] = "application"
    status: Literal["open", "admitted", "declined"]
    key: str
    alg: str
    public: str
    credential: str | None
    cls: str
    type: MemberType
    invitation: str | None
    statement: str
    member: str | None = None

    @property
    def sort(self) -> str:
        """In the order of applying."""
        return f"{self.index:012d}"


class Invitation(Record, frozen=True, kw_only=True):
    """A link's public half. ``key``: id of the key in the link, which cosigns what is done with it.

    ``member``: for claiming an existing member's record with a first key. ``uses`` counts down. ``policy``: version of
    the members' policy under which it was given.
    """

    kind: ClassVar[str] = "invitation"
    key: str
    cls: str
    uses: int
    until: int
    admits: bool
    by: str
    policy: int
    member: str | None = None
    closed: bool = False


class Census(Record, frozen=True, kw_only=True):
    """How many members have ever been entered, former ones included."""

    kind: ClassVar[str] = "census"
    entered: int


class Erasure(Record, frozen=True, kw_only=True):
    """That a subject's privacy key is destroyed (``done``) or will be once retention ends (``at``, ms).

    The id is the member's, or the one that a declined applicant would have had.
    """

    kind: ClassVar[str] = "erasure"
    at: int
    done: bool


def need_active(state: State, member: str) -> Member:
    """The member, who must be active; refusal ``member.unknown`` or ``member.inactive``."""
    record = state.need(Member, member)
    if record.status != "active":
        raise Refusal("member.inactive", id=member, status=record.status)
    return record


def require_kept(state: State, member: str) -> None:
    """Nothing more is kept under a privacy key that is destroyed, or will be: refusal ``member.erased``."""
    if state.find(Erasure, member) is not None:
        raise Refusal("member.erased", id=member)


def member_of_application(application_id: str) -> str:
    """The member id that an application leads to: the same 128 bits, so nobody can choose it."""
    return "mem_" + application_id.removeprefix("app_")


def application_of_member(member_id: str) -> str:
    """The other way round."""
    return "app_" + member_id.removeprefix("mem_")


def named(statement: Statement, _id: bytes, _path: str) -> str:
    """Whose private values they are: the member's whom the statement's body names."""
    return str(statement.body["member"])


def entered(state: State) -> int:
    """How many members have ever been entered, former ones included."""
    census = state.find(Census, _EVER)
    return 0 if census is None else census.entered


def enter(moment: Moment, id_: str, **fields: Any) -> Member:
    """A new active member from this moment on; ``fields``: cls, type, profile, profile_path, set_by."""
    member = Member(id=id_, index=moment.index, status="active", joined=moment.time, **fields)
    moment.state.put(member)
    moment.state.put(Census(id=_EVER, index=0, entered=entered(moment.state) + 1))
    _trace(moment, member)
    return member


def change(moment: Moment, member: Member, **fields: Any) -> Member:
    """The member with other fields; class and standing are traced for electorates."""
    changed = msgspec.structs.replace(member, **fields)
    moment.state.put(changed)
    if (changed.cls, changed.status) != (member.cls, member.status):
        _trace(moment, changed)
    return changed


def _trace(moment: Moment, member: Member) -> None:
    facts = {"active": member.status == "active", "class": member.cls, "joined": member.joined}
    moment.trace("member", member.id, facts)
