"""The books of the house through the real lane: founded, a member entered, and all of it folded again."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path
from typing import Any

import msgspec

from app.clock import Clock
from app.installation import Installation, Settings
from app.sequencer.submission import parse
from app.storage.embedded import Server
from governance.all_books import BOOKS
from ledger import canonical, fold, ids, merkle
from ledger.books.members import Member
from ledger.compose import Private, compose, envelope, nonce, seen, sign_ed25519
from ledger.signed_note import parse_vkey
from ledger.statement import Statement
from tests.app.sequencer.audit import audit
from tests.app.sequencer.house import check_receipt
from tests.simulator import Village, genesis_body


async def test_a_village_on_postgresql(migrated: Server, tmp_path: Path) -> None:
    village = Village("Hanako")
    count = itertools.count()
    clock = Clock()

    def draw(size: int) -> bytes:
        return hashlib.sha256(b"%d" % next(count)).digest()[:size]

    def said(author: str, type_: str, body: dict[str, Any], tree: tuple[int, bytes], **more: Any) -> bytes:
        statement = Statement(
            at=canonical.format_time(clock.now()),
            author=author,
            body=body,
            ledger=village.origin,
            nonce=nonce(clock.now(), draw(10)),
            seen=seen(*tree),
            type=type_,
            v=1,
            **more,
        )
        draft = compose(statement, lambda: draw(32))
        return msgspec.json.encode(envelope(draft, (sign_ed25519(village.key("Hanako"), draft.data),)))

    data = tmp_path / "data"
    async with Installation.open(Settings(data, migrated.service_dsn.url, BOOKS, clock)) as installation:
        keys = installation.draft(village.origin)
        body = genesis_body(village, ("Hanako",)) | {"log_key": keys.log_key, "clerk_key": keys.clerk_key}
        founding = said(
            ids.GENESIS, fold.GENESIS_TYPE, body, (0, merkle.EMPTY_ROOT), cosigners=(village.key_id("Hanako"),)
        )
        genesis = await installation.found("village", parse(founding))
        ledger = await installation.ledger("village")
        hanako = (await installation.ask(ledger, lambda state: state.children(Member)))[0].id
        published = await installation.log.published(ledger)
        enter = said(
            hanako,
            "member.enter/1",
            {"cls": "member", "profile": {"name": Private("太郎")}, "type": "person"},
            (published.size, published.root),
        )
        receipt = await installation.submit(ledger, await installation.read(enter))
        check_receipt(receipt, parse_vkey(keys.log_key))
        assert (genesis.index, receipt.index) == (0, 1)
        async with installation.database.pool.acquire() as connection:
            await audit(connection, ledger, BOOKS)
        assert len(await installation.ask(ledger, lambda state: state.children(Member))) == 2
