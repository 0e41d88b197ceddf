"""Keys that live outside PostgreSQL and its backups: the operator's, and one per subject of private values.

    keys/<origin>.log, keys/<origin>.clerk     Ed25519 seeds (32 bytes), readable by this account only
    keys/<name>.witness                        the same, with which this installation cosigns the logs of others
    keys/<origin>.log.<key id>                 the log keys that came after the first, by the id that their vkey has;
                                               keys/<origin>.clerk.<key id> the same of the clerk's
    keys/<origin>.next.<key id>                a log key for the members to decide on
    keys/<origin>.known.<key id>               the public half (32 bytes) of a log key that was lost
    keys/unfounded/                            the same of ledgers that are to be: swept away if none comes of them
    privacy-keys.sqlite3                       one random key per ledger and subject

A subject's private values are sealed under the subject's key. Destroying the key is what erases them, in the database
and in every backup of it at once; deleting rows would not.
"""

from __future__ import annotations

import glob
import os
import secrets
import sqlite3
import threading
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

import msgspec
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.signing import SigningKey

from app import files
from app.errors import KeyMissing, LedgerDamaged
from ledger.checkpoint import LogKeys
from ledger.compose import public_of
from ledger.private import Opening
from ledger.signed_note import VerifierKey, parse_vkey

Purpose = Literal["log", "clerk", "witness"]
_PURPOSES: Final[tuple[Purpose, ...]] = ("log", "clerk")
"""A ledger's own."""
_SEED_SIZE: Final = 32


class OperatorKeys:
    """The keys with which an installation signs for its ledgers: checkpoints (log) and ticks (clerk)."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._unfounded = folder, folder / "unfounded"
        self._keys: dict[tuple[str, Purpose], SigningKey] = {}
        self._later: dict[tuple[str, str], tuple[int, tuple[bytes, ...]]] = {}

    def get(self, origin: str, purpose: Purpose) -> SigningKey:
        """The key; KeyMissing ``key_store.missing`` where there is none."""
        key = self._keys.get((origin, purpose))
        if key is None:
            name = _name(origin, purpose)
            key = self._read(self._folder / name, origin, purpose)
            if key is not None:
                self._keys[origin, purpose] = key
            else:  # never remembered: it may be swept away, and another one made
                key = self._read(self._unfounded / name, origin, purpose)
        if key is None:
            raise KeyMissing("key_store.missing", origin=origin, purpose=purpose)
        return key

    def verifier(self, origin: str) -> VerifierKey:
        """The public half of the first log key, under the log's name."""
        return _verifier(origin, self.get(origin, "log"))

    def verifiers(self, origin: str) -> LogKeys:
        """The public halves of every log key that is here, and of those that were lost."""
        public = [bytes(key.verify_key) for key in self._log_keys(origin)] + list(self._files(origin, "known"))
        if not public:
            raise KeyMissing("key_store.missing", origin=origin, purpose="log")
        return LogKeys(origin, tuple(VerifierKey(origin, key) for key in public))

    def signers(self, origin: str, vkeys: Collection[str]) -> list[SigningKey]:
        """The log keys of those vkeys, in their order; before a genesis names any, the first. KeyMissing."""
        here = {_verifier(origin, key).text(): key for key in self._log_keys(origin)}
        if not set(vkeys) <= set(here):
            raise KeyMissing("key_store.missing", origin=origin, purpose="log")
        return [here[vkey] for vkey in vkeys] or [self.get(origin, "log")]

    def clerk(self, origin: str, public: str) -> SigningKey:
        """The clerk's key of that public text. KeyMissing."""
        for key in self._all(origin, "clerk"):
            if public_of(key) == public:
                return key
        raise KeyMissing("key_store.missing", origin=origin, purpose="clerk")

    def successor(self, origin: str, used: Collection[bytes], purpose: Purpose = "log") -> SigningKey:
        """A key whose public half is none of those ``used``: one that is here already, else a new one."""
        return self._unused(self._all(origin, purpose), used) or self._add(origin, purpose)

    def decidable(self, origin: str, used: Collection[bytes]) -> SigningKey:
        """The same to be decided on by the members: no rotation takes it before they do."""
        kept = [SigningKey(seed) for seed in self._files(origin, "next")]
        return self._unused(kept, used) or self._add(origin, "next")

    def know(self, origin: str, vkeys: Iterable[str]) -> None:
        """Keep the public halves of log keys that are lost, so that what they signed is still believed."""
        here = {key.text() for key in self.verifiers(origin).keys} if self._any(origin) else set()
        for key in map(parse_vkey, vkeys):
            if key.text() not in here and key.name == origin:
                self._create(self._folder / f"{_name(origin, 'known')}.{key.id.hex()}", key.public)

    def _any(self, origin: str) -> bool:
        return bool(self._log_keys(origin)) or bool(self._files(origin, "known"))

    def _log_keys(self, origin: str) -> tuple[SigningKey, ...]:
        return (*self._all(origin, "log"), *map(SigningKey, self._files(origin, "next")))

    def _all(self, origin: str, purpose: Purpose) -> tuple[SigningKey, ...]:
        """The first key, unless it was lost, and those after it."""
        later = tuple(SigningKey(seed) for seed in self._files(origin, purpose))
        try:
            return (self.get(origin, purpose), *later)
        except KeyMissing:
            return later

    def _files(self, origin: str, ending: str) -> tuple[bytes, ...]:
        """What lies there besides first keys. The folder tells by its own time when something was put into it."""
        changed = self._folder.stat().st_mtime_ns if self._folder.is_dir() else 0
        if self._later.get((origin, ending), (-1, ()))[0] != changed:
            paths = sorted(self._folder.glob(f"{glob.escape(_name(origin, ending))}.*"))
            found = tuple(path.read_bytes() for path in paths)
            if any(len(data) != _SEED_SIZE for data in found):
                raise KeyMissing("key_store.damaged", origin=origin, purpose=ending)
            self._later[origin, ending] = changed, found
        return self._later[origin, ending][1]

    @staticmethod
    def _unused(keys: Iterable[SigningKey], used: Collection[bytes]) -> SigningKey | None:
        return next((key for key in keys if bytes(key.verify_key) not in used), None)

    def _add(self, origin: str, ending: str) -> SigningKey:
        key = SigningKey.generate()
        self._create(self._folder / f"{_name(origin, ending)}.{_verifier(origin, key).id.hex()}", bytes(key))
        return key

    def make(self, origin: str) -> None:
        """Make both keys of a ledger that is to be; those that are there already stay, and stay longer."""
        self._unfounded.mkdir(mode=0o700, parents=True, exist_ok=True)
        for purpose in _PURPOSES:
            name = _name(origin, purpose)
            if not (self._folder / name).exists():
                self._create(self._unfounded / name, secrets.token_bytes(_SEED_SIZE))
                with suppress(FileNotFoundError):  # swept just now: whoever asks for it is told
                    os.utime(self._unfounded / name)

    def adopt(self, origin: str) -> None:
        """The ledger is being founded: from here on its keys are never swept away. Again: nothing happens.

        KeyMissing where none were made.
        """
        for purpose in _PURPOSES:
            name = _name(origin, purpose)
            if (self._folder / name).exists():
                continue
            self.get(origin, purpose)
            # A link never takes another's place, and a crash leaves both names of the one key.
            with suppress(FileExistsError):
                os.link(self._unfounded / name, self._folder / name)
            files.sync_folder(self._folder)
        for purpose in _PURPOSES:
            (self._unfounded / _name(origin, purpose)).unlink(missing_ok=True)

    def witness(self, name: str) -> tuple[str, SigningKey]:
        """The one key with which this installation witnesses, and its name: made under ``name`` at the first asking.

        It keeps its name wherever the installation moves to, for others have the key by it.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = self.find_witness()
        if found is None:
            self._create(self._folder / _name(name, "witness"), secrets.token_bytes(_SEED_SIZE))
            found = self.find_witness()
        assert found is not None  # noqa: S101  (it has just been made)
        return found

    def find_witness(self) -> tuple[str, SigningKey] | None:
        """The same where it has been made."""
        path = min(self._folder.glob("*.witness"), default=None)
        if path is None:
            return None
        name = path.stem.replace("+", "/").replace("=", ":")
        return name, self.get(name, "witness")

    def sweep(self, before: int) -> None:
        """Destroy the keys that were made for a founding and last asked for before that moment (ms)."""
        if not self._unfounded.is_dir():
            return
        for path in self._unfounded.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime_ns // 1_000_000 < before:
                    path.unlink()

    def _read(self, path: Path, origin: str, purpose: str) -> SigningKey | None:
        try:
            seed = path.read_bytes()
        except FileNotFoundError:
            return None
        if len(seed) != _SEED_SIZE:
            raise KeyMissing("key_store.damaged", origin=origin, purpose=purpose)
        return SigningKey(seed)

    def _create(self, path: Path, seed: bytes) -> None:
        # Written aside and linked into place: whole or not there, and never in place of another.
        new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(seed)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(new, path)
        except FileExistsError:
            return
        finally:
            new.unlink()
            files.sync_folder(path.parent)


class _Sealed(msgspec.Struct, frozen=True):
    """What is inside a sealed row: the opening, and the id of the statement that it belongs to."""

    opening: Opening
    statement: bytes


class PrivacyKeys:
    """One key per (ledger, subject), made when first needed. May be used from any thread, and by several processes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self.path = path
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        # A key that is deleted must be gone: freed pages are overwritten, and no write-ahead log keeps a copy.
        for pragma in ("secure_delete = ON", "journal_mode = TRUNCATE", "synchronous = EXTRA"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS key (ledger INTEGER, subject TEXT, key BLOB NOT NULL, "
            "PRIMARY KEY (ledger, subject)) WITHOUT ROWID"
        )

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def prepare(self, ledger_id: int, subjects: Iterable[str]) -> None:
        """Make the keys of several subjects at once: one write to disk instead of one for each."""
        missing = [subject for subject in set(subjects) if self._find(ledger_id, subject) is None]
        if not missing:
            return
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            rows = [(ledger_id, subject, secrets.token_bytes(SecretBox.KEY_SIZE)) for subject in sorted(missing)]
            try:
                self._connection.executemany("INSERT OR IGNORE INTO key VALUES (?, ?, ?)", rows)
                self._connection.execute("COMMIT")
            except sqlite3.Error:
                self._connection.rollback()  # a full disk must not leave the transaction open
                raise

    def seal(self, ledger_id: int, subject: str, statement_id: bytes, opening: Opening) -> bytes:
        """Encrypt an opening. Its statement is sealed in with it, so that rows can't be exchanged unnoticed."""
        plain = msgspec.json.encode(_Sealed(opening, statement_id))
        return bytes(SecretBox(self._key_for(ledger_id, subject)).encrypt(plain))

    def open(self, ledger_id: int, subject: str, statement_id: bytes, path: str, sealed: bytes) -> Opening | None:
        """The opening, or None when the subject's key has been destroyed. LedgerDamaged for anything else's row."""
        key = self._find(ledger_id, subject)
        if key is None:
            return None
        try:
            found = msgspec.json.decode(SecretBox(key).decrypt(sealed), type=_Sealed)
        except CryptoError as error:
            raise LedgerDamaged("private.damaged", subject=subject) from error
        if found.statement != statement_id or found.opening.path != path:
            raise LedgerDamaged("private.damaged", subject=subject)
        return found.opening

    def erase(self, ledger_id: int, *subjects: str) -> None:
        """Destroy the subjects' keys: nothing sealed under them can be opened again, wherever copies lie."""
        with self._lock:
            for subject in subjects:
                self._connection.execute("DELETE FROM key WHERE ledger = ? AND subject = ?", (ledger_id, subject))

    def _key_for(self, ledger_id: int, subject: str) -> bytes:
        key = self._find(ledger_id, subject)
        if key is None:
            fresh = (ledger_id, subject, secrets.token_bytes(SecretBox.KEY_SIZE))
            with self._lock:
                # On disk before anything is sealed under it; another process may have been faster.
                self._connection.execute("INSERT OR IGNORE INTO key VALUES (?, ?, ?)", fresh)
            key = self._find(ledger_id, subject)
        if key is None:
            raise KeyMissing("key_store.missing", purpose="privacy")
        return key

    def _find(self, ledger_id: int, subject: str) -> bytes | None:
        query = "SELECT key FROM key WHERE ledger = ? AND subject = ?"
        with self._lock:
            row = self._connection.execute(query, (ledger_id, subject)).fetchone()
        return None if row is None else bytes(row[0])


def _verifier(origin: str, key: SigningKey) -> VerifierKey:
    return VerifierKey(origin, bytes(key.verify_key))


def _name(origin: str, purpose: str) -> str:
    return f"{origin.replace('/', '+').replace(':', '=')}.{purpose}"
