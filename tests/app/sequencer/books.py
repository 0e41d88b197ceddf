"""A small book for tests of the sequencer: words that are said, changed, counted and that expire."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from ledger import ids
from ledger.books import coop
from ledger.books.coop import Coop
from ledger.errors import Refusal
from ledger.fold import GENESIS_TYPE, TICK, Book, Books, Context, Handler, Moment
from ledger.private import Commit
from ledger.state import Due, Record


class Word(Record, frozen=True, kw_only=True):
    kind: ClassVar[str] = "word"
    author: str
    number: int
    live: bool = True

    @property
    def parent(self) -> str:
        return self.author

    @property
    def sort(self) -> str:
        return f"{self.number:012d}"


class Total(Record, frozen=True, kw_only=True):
    kind: ClassVar[str] = "total"
    sum: int
    count: int


class Revoked(Record, frozen=True, kw_only=True):
    kind: ClassVar[str] = "revoked"


class Genesis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    log_key: str
    clerk_key: str


class Say(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: int
    text: Commit | None = None
    expires: int | None = None


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    word: str
    number: int


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


def found(ctx: Context, body: Genesis) -> None:
    fixed = {"fold": 1, "rp_ids": (), "origins": (), "utc_offset": 540, "fiscal_month": 4}
    seen = {"tiles": "public", "entries": "public", "profile": ctx.id}
    keys = {"log_key": body.log_key, "clerk_key": body.clerk_key, "origin": ctx.statement.ledger}
    ctx.state.put(Coop(id=coop.ID, index=0, **keys, **fixed, **seen))  # type: ignore[arg-type]
    ctx.state.put(Total(id="total", index=0, sum=0, count=0))


def add(moment: Moment, author: str, number: int, count: int) -> None:
    total = moment.state.need(Total, "total")
    total = msgspec.structs.replace(total, sum=total.sum + number, count=total.count + count)
    moment.state.put(total)
    moment.trace("total", author, total.sum)


def say(ctx: Context, body: Say) -> None:
    if body.number < 0:
        raise Refusal("word.negative", number=body.number)
    if any(word.number == body.number for word in ctx.state.children(Word, ctx.author, limit=3)):
        raise Refusal("word.again", number=body.number)
    word = Word(id=ctx.new_id("word"), index=ctx.index, author=ctx.author, number=body.number)
    ctx.state.put(word)
    add(ctx, ctx.author, body.number, 1)
    if body.expires is not None:
        ctx.schedule(ctx.time + body.expires, "word.expire", word.id)


def change(ctx: Context, body: Change) -> None:
    word = ctx.refer(Word, body.word)
    before = ctx.state.traced("total", word.author, ctx.index, ctx.time)
    if before is None:
        raise Refusal("word.untraced")
    ctx.state.put(msgspec.structs.replace(word, number=body.number))
    add(ctx, ctx.author, body.number - word.number, 0)


def expire(moment: Moment, due: Due) -> None:
    word = moment.state.need(Word, due.subject)
    moment.state.put(msgspec.structs.replace(word, live=False))
    add(moment, word.author, -word.number, -1)


def revoke(ctx: Context, _body: Nothing) -> None:
    ctx.state.put(Revoked(id=ctx.author, index=ctx.index))


def stumble(_ctx: Context, _body: Nothing) -> None:
    raise ZeroDivisionError


def tick(_ctx: Context, _body: Nothing) -> None:
    pass


def authenticate(ctx: Context, _handler: Handler) -> None:
    for signer, signature in zip(ctx.statement.signers, ctx.signatures, strict=True):
        if signer == ids.CLERK:
            if signature.key != coop.get(ctx.state).clerk_key:
                raise Refusal("signature.signer")
        elif ids.key_id(signature.key) != signer:
            raise Refusal("signature.signer")
        elif ctx.index and ctx.state.find(Revoked, signer):
            raise Refusal("key.revoked")


BOOKS = Books(
    (
        Book("coop", (Coop,), (Handler(GENESIS_TYPE, Genesis, found), Handler(TICK, Nothing, tick))),
        Book(
            "words",
            (Word, Total, Revoked),
            (
                Handler("word.say/1", Say, say),
                Handler("word.change/1", Change, change),
                Handler("word.revoke/1", Nothing, revoke),
                Handler("word.stumble/1", Nothing, stumble),
            ),
            {"word.expire": expire},
        ),
    ),
    authenticate,
)
