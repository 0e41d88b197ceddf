/** Checkpoints: C2SP `tlog-checkpoint` bodies inside C2SP `signed-note` envelopes (`ledger/checkpoint.py`). */

import { b64, concat, equal, hex, sha256, text, unb64, unhex, utf8 } from "./bytes.js";
import { verifyRaw } from "./crypto.js";
import { FormatError, ProofError, SignatureFault } from "./errors.js";
import { isOrigin } from "./statement.js";

/** Types of keys in notes: one that signs their text, one that signs it together with a time. */
export const ED25519 = 1;
export const COSIGNATURE = 4;
const MAX_NOTE = 64_000;
const MAX_SIGNATURES = 64;
const MAX_KEYS = 2; // signatures under the log's own name
const SIZE = /^(0|[1-9][0-9]{0,15})$/;
const NAME = /^[^\s+]+$/;

/**
 * @typedef {{origin: string, size: number, root: Uint8Array}} Checkpoint
 * @typedef {{name: string, hash: Uint8Array, public: Uint8Array, type: number}} VerifierKey
 * @typedef {{name: string, keyHash: Uint8Array, signature: Uint8Array}} NoteLine
 */

/** The three lines that are signed. @param {Checkpoint} checkpoint */
export const body = (checkpoint) => utf8(`${checkpoint.origin}\n${checkpoint.size}\n${b64(checkpoint.root)}\n`);

/** What is signed of a note, to its last newline. @param {string} note */
export const noteBody = (note) => utf8(note.slice(0, note.indexOf("\n\n") + 1));

/** Read a `name+hash+key` text of a key of that type. @param {string} vkey @param {number} [type] @returns {Promise<VerifierKey>} */
export async function parseVkey(vkey, type = ED25519) {
  const [, name, hash, key] = /^([^\s+]+)\+([0-9a-f]{8})\+(.*)$/.exec(vkey) ?? [];
  if (!name) throw new FormatError("checkpoint.vkey");
  const data = unb64(key, 33);
  const digest = (await sha256(concat(utf8(`${name}\n`), data))).slice(0, 4);
  if (data[0] !== type || !equal(digest, unhex(hash))) throw new FormatError("checkpoint.vkey");
  return { name, hash: digest, public: data.slice(1), type };
}

/** The `name+hash+key` form. @param {VerifierKey} key */
export const vkeyText = (key) => `${key.name}+${hex(key.hash)}+${b64(concat(new Uint8Array([key.type]), key.public))}`;

/** Read a note strictly without judging its signatures. @param {string} note @returns {{checkpoint: Checkpoint, lines: NoteLine[]}} */
export function parse(note) {
  if (utf8(note).length > MAX_NOTE) throw new FormatError("checkpoint.size");
  const gap = note.indexOf("\n\n");
  const [origin, size, root, ...more] = note.slice(0, Math.max(gap, 0)).split("\n");
  if (gap < 0 || root === undefined || more.length || !note.endsWith("\n") || note.length < gap + 3) {
    throw new FormatError("checkpoint.form");
  }
  if (!isOrigin(origin) || !SIZE.test(size) || !Number.isSafeInteger(Number(size))) throw new FormatError("checkpoint.form");
  const lines = note.slice(gap + 2, -1).split("\n").map(parseLine);
  if (lines.length > MAX_SIGNATURES) throw new FormatError("checkpoint.size");
  return { checkpoint: { origin, size: Number(size), root: unb64(root, 32) }, lines };
}

/**
 * The checkpoint of a note that begins with signatures in the log's own name, of which one is by the key and holds. There
 * are two while one key of the log takes the other's place. `signature` is "unchecked" in browsers without Ed25519.
 * @param {string} note
 * @param {VerifierKey} key
 * @returns {Promise<{checkpoint: Checkpoint, signature: import("./crypto.js").Verdict}>}
 */
export async function verify(note, key) {
  const { checkpoint, lines } = parse(note);
  const others = lines.findIndex(({ name }) => name !== checkpoint.origin);
  const own = lines.slice(0, Math.min(MAX_KEYS, others < 0 ? lines.length : others));
  const first = own.find(({ keyHash }) => equal(keyHash, key.hash));
  if (checkpoint.origin !== key.name || !first) throw new ProofError("checkpoint.key", { origin: checkpoint.origin });
  if (first.signature.length !== 64) throw new SignatureFault("checkpoint.signature");
  try {
    return { checkpoint, signature: await verifyRaw("ed25519", key.public, first.signature, body(checkpoint)) };
  } catch (error) {
    if (error instanceof SignatureFault) throw new SignatureFault("checkpoint.signature");
    throw error;
  }
}

/** A note's text from its bytes as served. @param {Uint8Array} data */
export const noteText = (data) => text(data, "checkpoint.form");

/** @param {string} row @returns {NoteLine} */
function parseLine(row) {
  const [dash, name, data, ...more] = row.split(" ");
  if (dash !== "\u2014" || data === undefined || more.length || !NAME.test(name)) throw new FormatError("checkpoint.form");
  const bytes = unb64(data);
  if (bytes.length < 5) throw new FormatError("checkpoint.form");
  return { name, keyHash: bytes.slice(0, 4), signature: bytes.slice(4) };
}
