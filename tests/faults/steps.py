"""Every step of every path on which something is written, in the order in which they come."""

from __future__ import annotations

from typing import Final

from tests.faults.injector import Step, call, sql, system

APPEND: Final[tuple[Step, ...]] = (
    sql("open the transaction", r"^BEGIN"),
    sql("lock the head", r"FROM head\b[^;]*FOR UPDATE"),
    system("read the guard", "read", r"/guard/[^/]*\.note"),
    sql("keep the row of the checkpoint before", r"^INSERT INTO checkpoint\b"),
    sql("look up earlier statements", r"FROM entry\b[^;]*nonce"),
    sql("fetch records", r"SELECT[^;]* FROM record\b"),
    sql("write records", r"(INTO|COPY|^) ?record\b"),
    sql("write traces", r"(INTO|COPY|^) ?trace\b"),
    sql("write entries", r"(INTO|COPY|^) ?entry\b"),
    sql("write full tiles", r"(INTO|COPY|^) ?tile\b"),
    call("make privacy keys", "app.keystore:PrivacyKeys.prepare"),
    call("seal private values", "app.keystore:PrivacyKeys.seal"),
    sql("write private values", r"(INTO|COPY|^) ?private\b"),
    sql("move the head", r"UPDATE head\b"),
    sql("COMMIT", r"^COMMIT"),
    call("sign the checkpoint", "ledger.checkpoint:sign"),
    system("lock the guard", "flock", r"/guard/[^/]*\.lock"),
    system("write the guard's draft", "open", r"/guard/[^/]*\.new"),
    system("fsync the draft", "fsync", r"/guard/[^/]*\.new"),
    system("rename it into place", "rename", r"/guard/[^/]*\.note"),
    system("fsync the guard's folder", "fsync", r"/guard"),
    sql("keep the checkpoint's row", r"^SET LOCAL[^;]*; INSERT INTO checkpoint\b"),
    call("announce the new size", "app.sequencer.bulletin:Bulletin.announce"),
    call("answer", "app.sequencer.lane:Lane._answer"),
    sql("notify other processes", r"pg_notify"),
)

FOUND: Final[tuple[Step, ...]] = (
    system("put the log's key in place", "link", r"/unfounded/[^/]*\.log"),
    system("put the clerk's key in place", "link", r"/unfounded/[^/]*\.clerk"),
    system("adopt the log's key", "link", r"/keys/[^/]*\.log"),
    system("adopt the clerk's key", "link", r"/keys/[^/]*\.clerk"),
    call("sign the checkpoint of nothing", "ledger.checkpoint:sign"),
    system("rename the guard into place", "rename", r"/guard/[^/]*\.note"),
    sql("open the transaction", r"^BEGIN"),
    sql("write the ledger's row", r"INTO ledger\b"),
    sql("write its head", r"INTO head\b"),
    sql("COMMIT of both", r"^COMMIT"),
    sql("write the genesis", r"(INTO|COPY|^) ?entry\b"),
    sql("COMMIT of the genesis", r"^COMMIT", nth=2),
    system("rename the guard over it", "rename", r"/guard/[^/]*\.note", nth=2),
    call("answer", "app.sequencer.lane:Lane._answer"),
)

WITNESS: Final[tuple[Step, ...]] = (
    sql("look up how far it was cosigned", r"FROM watermark\b"),
    system("lock what is remembered", "flock", r"/witness/[^/]*\.lock"),
    system("read what was cosigned last", "read", r"/witness/[^/]*\.note"),
    call("judge the request", "ledger.witness:judge"),
    call("cosign", "ledger.cosignature:sign"),
    system("write the draft", "open", r"/witness/[^/]*\.new"),
    system("fsync the draft", "fsync", r"/witness/[^/]*\.new"),
    system("rename it into place", "rename", r"/witness/[^/]*\.note"),
    system("fsync the folder", "fsync", r"/witness"),
    sql("note how far it is cosigned now", r"INTO watermark\b"),
    call("answer", "app.witness.service:Witness.add_checkpoint"),
)

COPY: Final[tuple[Step, ...]] = (
    sql("take the ledger's lock", r"pg_try_advisory_lock"),
    system("read the copy's checkpoint", "read", r"/checkpoint"),
    call("put a hash tile", "app.stores:DirectoryStore.put", r"/tile/0/"),
    call("put an entry bundle", "app.stores:DirectoryStore.put", r"/tile/entries/"),
    system("fsync a draft", "fsync", r"/\.draft"),
    system("rename a tile into place", "rename", r"/tile/.*"),
    call("put the checkpoint", "app.stores:DirectoryStore.put", r"/checkpoint$"),
    system("rename the checkpoint into place", "rename", r"/checkpoint"),
    call("note how far bundles go", "app.stores:DirectoryStore.put", r"/bundles$"),
    sql("give the lock back", r"pg_advisory_unlock\("),
)

ERASE: Final[tuple[Step, ...]] = (
    sql("read what is to be erased", r"SELECT[^;]* FROM record\b"),
    call("destroy the key", "app.keystore:PrivacyKeys.erase"),
    sql("remove the sealed rows", r"DELETE FROM private\b"),
)
