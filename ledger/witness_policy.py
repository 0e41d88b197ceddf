"""Witness policies: C2SP ``tlog-policy`` files, which say whose cosignatures make a checkpoint good enough.

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <name>…
    quorum <name>|none

Names mean nothing outside the file. A group or the quorum names only what stands above it, and nothing is a member
twice, so each witness counts in one way.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from ledger.errors import FormatError
from ledger.signed_note import COSIGNATURE, ED25519, VerifierKey, parse_vkey

NONE: Final = "none"
_MAX_FILE: Final = 100_000
_MAX_NAMED: Final = 1_000
_COUNT = re.compile(r"[1-9][0-9]{0,3}\Z")
_FORBIDDEN = re.compile(r"[^\t\n -~\x80-\U0010ffff]")


class Party(NamedTuple):
    """A log or a witness: its key, and where it is reached, if the file says so."""

    key: VerifierKey
    url: str | None


class Group(NamedTuple):
    """``needed`` of these members, by name."""

    needed: int
    members: tuple[str, ...]


class WitnessPolicy(NamedTuple):
    """Whose signatures and cosignatures a checkpoint needs."""

    logs: tuple[Party, ...]
    witnesses: Mapping[str, Party]
    groups: Mapping[str, Group]
    quorum: str

    def is_met(self, cosigners: Collection[VerifierKey]) -> bool:
        """Whether these witnesses are enough."""
        met = {name for name, party in self.witnesses.items() if party.key in cosigners}
        # In the order of the file, where members stand before their groups: however deep they are nested.
        for name, group in self.groups.items():
            if sum(member in met for member in group.members) >= group.needed:
                met.add(name)
        return self.quorum == NONE or self.quorum in met

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """The witnesses' keys."""
        return tuple(party.key for party in self.witnesses.values())

    def to_text(self) -> str:
        """The part of the file that says what a checkpoint needs: witnesses, groups and quorum, without the logs."""
        rows = [
            *(f"witness {name} {key.text()}{f' {url}' if url else ''}" for name, (key, url) in self.witnesses.items()),
            *(f"group {name} {group.needed} {' '.join(group.members)}" for name, group in self.groups.items()),
            f"quorum {self.quorum}",
        ]
        return "".join(f"{row}\n" for row in rows)


def parse(data: bytes) -> WitnessPolicy:
    """Read a policy file; FormatError ``witness_policy.line`` with the number of the line at fault."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise FormatError("witness_policy.form") from error
    if len(data) > _MAX_FILE or (text and not text.endswith("\n")) or _FORBIDDEN.search(text):
        raise FormatError("witness_policy.form")
    reader = _Reader()
    for number, row in enumerate(text.split("\n"), start=1):
        words = [word for word in re.split(r"[ \t]+", row) if word]
        if words and not words[0].startswith("#"):
            try:
                reader.take(words)
            except (FormatError, _Misplaced) as error:
                raise FormatError("witness_policy.line", line=number) from error
    return reader.finish()


class _Misplaced(Exception):
    pass


class _Reader:
    def __init__(self) -> None:
        self._logs: list[Party] = []
        self._witnesses: dict[str, Party] = {}
        self._groups: dict[str, Group] = {}
        self._members: set[str] = set()
        self._quorum: str | None = None

    def take(self, words: list[str]) -> None:
        keyword, *rest = words
        match keyword, len(rest):
            case "log", 1 | 2:
                self._logs.append(self._party([party.key for party in self._logs], ED25519, *rest))
            case "witness", 2 | 3:
                name, *party = rest
                self._name(name)
                known = [party.key for party in self._witnesses.values()]
                self._witnesses[name] = self._party(known, COSIGNATURE, *party)
            case "group", count if count > 2:  # noqa: PLR2004
                self._group(*rest)
            case "quorum", 1:
                if self._quorum is not None or not (rest[0] == NONE or self._is_named(rest[0])):
                    raise _Misplaced
                self._quorum = rest[0]
            case _:
                raise _Misplaced

    def finish(self) -> WitnessPolicy:
        if self._quorum is None:
            raise FormatError("witness_policy.quorum")
        return WitnessPolicy(tuple(self._logs), self._witnesses, self._groups, self._quorum)

    def _group(self, name: str, threshold: str, *members: str) -> None:
        if not all(self._is_named(member) for member in members) or self._members & set(members):
            raise _Misplaced
        if len(set(members)) != len(members):
            raise _Misplaced
        self._name(name)
        words = {"all": len(members), "any": 1}
        needed = int(threshold) if _COUNT.match(threshold) else words.get(threshold, 0)
        if not 1 <= needed <= len(members):
            raise _Misplaced
        self._members |= set(members)
        self._groups[name] = Group(needed, members)

    def _is_named(self, name: str) -> bool:
        return name in self._witnesses or name in self._groups

    def _name(self, name: str) -> None:
        if name == NONE or self._is_named(name) or len(self._witnesses) + len(self._groups) >= _MAX_NAMED:
            raise _Misplaced

    @staticmethod
    def _party(known: list[VerifierKey], type_: int, vkey: str, url: str | None = None) -> Party:
        key = parse_vkey(vkey, type_)
        if any(other.public == key.public for other in known):
            raise _Misplaced
        return Party(key, url)
