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
 * @typedef {{ledger: string, note: string, vkey: string, former?: string[], size: number, root: string, signature: import("./crypto.js").Verdict}} Kept
 *   former: keys of the log that named their successors, as this device has seen
 * @typedef {{index: number, leaf: string, proof: string[]}} KeyChange an entry in which one key names the next
 * @typedef {{note: string, vkey: string, inline?: {from: number, proof: string[]}, changes?: KeyChange[]}} Shown
 *   inline: a consistency proof that came with the note, from the size that was asked for; changes: oldest first
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
  if (kept.vkey !== shown.vkey && !stale && !(await leadsTo(kept, shown, theirs))) {
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
 * next key, signed by the one before (`ledger/books/operator.py`). That the tree extends the kept one is shown apart.
 * @param {Kept} kept @param {Shown} shown @param {import("./checkpoint.js").Checkpoint} tree
 */
async function leadsTo(kept, shown, tree) {
  let { vkey } = kept;
  for (const { index, leaf: text, proof } of shown.changes ?? []) {
    const leaf = unb64(text);
    await checkInclusion(await leafHash(leaf), index, tree.size, proof.map((hash) => unb64(hash, 32)), tree.root);
    const { statement, statementBytes, signatures } = parseLeaf(leaf);
    const known = `ed25519:${b64((await parseVkey(vkey)).public)}`;
    const own = statement.ledger === kept.ledger && statement.author === (await keyId(known)) && signatures[0].key === known;
    if (statement.type !== "operator.key/1" || !own) continue; // from before this device came
    for (const signature of signatures) await verifySignature(signature, signedBytes(statementBytes));
    vkey = String(statement.body.log_key);
  }
  return vkey === shown.vkey;
}
