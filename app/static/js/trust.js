/**
 * The last checkpoint that this device has verified, per ledger. It is replaced only by one that is shown to extend it
 * (or by the first one ever seen): that is what makes `seen` in a member's statement a cosignature on history.
 */

import { b64, equal, unb64 } from "./bytes.js";
import { parse, parseVkey, verify } from "./checkpoint.js";
import { verifySignature } from "./crypto.js";
import { ContradictionError, LedgerError, ProofError, Refusal } from "./errors.js";
import { keyId } from "./ids.js";
import { checkConsistency, checkInclusion, leafHash } from "./merkle.js";
import { parseLeaf, signedBytes } from "./statement.js";

/**
 * @typedef {{ledger: string, note: string, vkey: string, former?: string[], accepted?: string[], size: number, root: string, signature: import("./crypto.js").Verdict}} Kept
 *   former: keys of the log before, as this device has seen; accepted: keys that its owner has taken on their own word
 * @typedef {{index: number, leaf: string, proof: string[]}} KeyChange an entry in which one key names the next
 * @typedef {{note: string, vkey: string, inline?: {from: number, proof: string[]}, changes?: KeyChange[], predecessors?: {origin: string, entries: number}[]}} Shown
 *   inline: a consistency proof that came with the note, from the size that was asked for; changes: oldest first;
 *   predecessors: logs that this one goes on from, whose first entries are its own
 * @typedef {(from: number, to: number) => Promise<string[]>} Prove asks the service for a consistency proof
 */

/** @param {import("./store.js").Store} store @param {string} ledger @returns {Promise<Kept|undefined>} */
export const keptCheckpoint = (store, ledger) => store.get("checkpoints", [ledger]);

/**
 * Verify a checkpoint that the service shows and keep it if it is newer. Returns what is kept afterwards.
 * ContradictionError, with both notes, when it can't stand beside the kept one.
 * @param {import("./store.js").Store} store
 * @param {string} ledger the log's origin
 * @param {Shown} shown
 * @param {Prove} prove
 * @returns {Promise<Kept>}
 */
export async function advance(store, ledger, shown, prove) {
  const { checkpoint, signature } = await verify(shown.note, await parseVkey(shown.vkey));
  if (checkpoint.origin !== ledger) throw new ProofError("checkpoint.origin", { expected: ledger, found: checkpoint.origin });
  const { size } = checkpoint;
  for (;;) {
    const kept = await keptCheckpoint(store, ledger);
    if (kept) await checkBeside(kept, shown, prove);
    else await checkPredecessors(store, shown, checkpoint, prove);
    if (kept && kept.size >= size) return kept;
    const former = [...(kept?.former ?? []), ...(kept && kept.vkey !== shown.vkey ? [kept.vkey] : [])];
    const next = { ledger, note: shown.note, vkey: shown.vkey, former, size, root: b64(checkpoint.root), signature };
    // Another tab may have moved on meanwhile: then prove against what it kept.
    if (await store.swap("checkpoints", [ledger], kept?.note, next)) return next;
  }
}

/**
 * That a point named by someone else's statement (`seen`) lies on the history that this device has verified.
 * @param {Kept} kept
 * @param {{size: number, root: string}} point
 * @param {Prove} prove
 */
export async function checkPoint(kept, point, prove) {
  const mine = { size: kept.size, root: unb64(kept.root, 32) };
  const other = { size: point.size, root: unb64(point.root, 32) };
  const [older, newer] = other.size <= mine.size ? [other, mine] : [mine, other];
  const proof = older.size === newer.size ? [] : await prove(older.size, newer.size);
  await checkConsistency(older.size, newer.size, proof.map((hash) => unb64(hash, 32)), older.root, newer.root);
}

/** @param {Kept} kept @param {Shown} shown @param {Prove} prove */
async function checkBeside(kept, shown, prove) {
  const mine = parse(kept.note).checkpoint;
  const theirs = parse(shown.note).checkpoint;
  const [older, newer] = mine.size <= theirs.size ? [mine, theirs] : [theirs, mine];
  const evidence = { origin: mine.origin, vkey: kept.vkey, kept: kept.note, shown: shown.note, proof: /** @type {string[]} */ ([]), conclusive: false, ...(kept.vkey !== shown.vkey && { changes: shown.changes ?? [] }) };
  const stale = theirs.size <= mine.size && kept.former?.includes(shown.vkey);
  const way = kept.vkey === shown.vkey || stale ? "known" : await leadsTo(kept, shown, theirs);
  // The members may have decided so, but to see that takes the whole ledger: its owner has to ask somebody who checks it.
  if (way === "decided" && !kept.accepted?.includes(shown.vkey)) throw new ProofError("checkpoint.key_decided", { vkey: shown.vkey });
  if (!way) {
    throw new ContradictionError("checkpoint.key_changed", evidence);
  }
  if (mine.size === theirs.size) {
    if (!equal(mine.root, theirs.root)) throw new ContradictionError("checkpoint.contradiction", { ...evidence, conclusive: true });
    return;
  }
  if (older.size === 0) return; // every tree extends the empty one
  try {
    evidence.proof = shown.inline?.from === older.size && older === mine ? shown.inline.proof : await prove(older.size, newer.size);
    await checkConsistency(older.size, newer.size, evidence.proof.map((hash) => unb64(hash, 32)), older.root, newer.root);
  } catch (error) {
    // No network is no contradiction; a wrong proof, or a refusal to give one, may well be.
    const judged = error instanceof LedgerError && (error instanceof Refusal || /^(proof|format)\./.test(error.code));
    throw judged ? new ContradictionError("checkpoint.not_extended", evidence) : error;
  }
}

/**
 * Whether entries of the tree shown lead from the key that this device knows to the one shown: each of them names the
 * next key, signed by the one before (`ledger/books/operator.py`): "named". "decided" where on the way a key came forward by
 * itself, saying that the members had decided on it. That the tree extends the kept one is shown apart.
 * @param {Kept} kept @param {Shown} shown @param {import("./checkpoint.js").Checkpoint} tree
 */
async function leadsTo(kept, shown, tree) {
  let { vkey } = kept;
  let way = "named";
  for (const { index, leaf: text, proof } of shown.changes ?? []) {
    const leaf = unb64(text);
    await checkInclusion(await leafHash(leaf), index, tree.size, proof.map((hash) => unb64(hash, 32)), tree.root);
    const { statement, statementBytes, signatures } = parseLeaf(leaf);
    if (statement.ledger !== kept.ledger || !["operator.key/1", "operator.decided_key/1"].includes(statement.type)) continue;
    const next = String(statement.body.log_key);
    const forward = statement.type === "operator.decided_key/1";
    const speaks = `ed25519:${b64((await parseVkey(forward ? next : vkey)).public)}`;
    if (statement.author !== (await keyId(speaks)) || signatures[0].key !== speaks) continue; // from before this device came
    for (const signature of signatures) await verifySignature(signature, signedBytes(statementBytes));
    vkey = next;
    if (forward) way = "decided";
    if (next === kept.vkey) way = "named"; // so far this device had come already
  }
  return vkey === shown.vkey ? way : "";
}

/**
 * The owner of this device has been told by somebody whom they trust that the members did decide on that key.
 * @param {import("./store.js").Store} store @param {string} ledger @param {string} vkey
 */
export async function acceptKey(store, ledger, vkey) {
  const kept = await keptCheckpoint(store, ledger);
  if (kept) await store.swap("checkpoints", [ledger], kept.note, { ...kept, accepted: [...(kept.accepted ?? []), vkey] });
}

/**
 * A log of another name, which this device knows, goes on as this one: then the tree it has seen must be in this one. What it
 * has seen beyond the entries that could be restored is lost, and can't be compared with anything.
 * @param {import("./store.js").Store} store @param {Shown} shown @param {import("./checkpoint.js").Checkpoint} tree @param {Prove} prove
 */
async function checkPredecessors(store, shown, tree, prove) {
  for (const { origin, entries } of shown.predecessors ?? []) {
    const old = await keptCheckpoint(store, origin);
    if (!old || old.size === 0 || old.size > entries) continue;
    const evidence = { origin, vkey: old.vkey, kept: old.note, shown: shown.note, proof: await prove(old.size, tree.size), conclusive: false };
    await checkConsistency(old.size, tree.size, evidence.proof.map((hash) => unb64(hash, 32)), unb64(old.root, 32), tree.root).catch(() => {
      throw new ContradictionError("checkpoint.not_extended", evidence);
    });
  }
}
