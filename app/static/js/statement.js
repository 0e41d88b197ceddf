/** Statements and entries: what a person signs, and what the log keeps of it (`ledger/statement.py`). */

import { b64, concat, sha256, unb64, utf8 } from "./bytes.js";
import { decode, encode, isRecord, parseTime } from "./canonical.js";
import { FormatError } from "./errors.js";
import { CLERK, GENESIS, isId } from "./ids.js";

export const DOMAIN = "yui/v1/statement\n";
export const MAX_STATEMENT = 32_768;
export const MAX_LEAF = 65_535;
export const VIAS = ["paper", "assisted", "room"];

/**
 * @typedef {{root: string, size: number}} Seen the last checkpoint that the author's device verified
 * @typedef {{at: string, author: string, body: Record<string, unknown>, ledger: string, nonce: string, seen: Seen,
 *   type: string, v: 1, cosigners?: string[], for?: string, replaces?: string, via?: string}} Statement
 * @typedef {{alg: string, key: string, sig: string, authenticator_data?: string, client_data?: string}} Signature
 * @typedef {{statement: Statement, statementBytes: Uint8Array, signatures: Signature[], received: number}} Entry
 */

const REQUIRED = ["at", "author", "body", "ledger", "nonce", "seen", "type", "v"];
const OPTIONAL = ["cosigners", "for", "replaces", "via"];
const SIGNATURE_FIELDS = ["alg", "authenticator_data", "client_data", "key", "sig"];
const TYPE = /^[a-z]+(\.[a-z_]+)+\/[1-9][0-9]*$/;
const ORIGIN = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]+)?(\/[a-z0-9][a-z0-9._-]*)*$/;

/**
 * A statement ready to be signed. Optional members are left out when empty, for only then have they one spelling.
 * @param {{ledger: string, type: string, author: string, body: Record<string, unknown>, seen: Seen, cosigners?: string[],
 *   for?: string, via?: string, replaces?: string}} what
 * @param {number} [now] milliseconds since 1970
 * @returns {Statement}
 */
export function buildStatement(what, now = Date.now()) {
  const { ledger, type, author, body, seen } = what;
  /** @type {Statement} */
  const statement = { at: new Date(now).toISOString(), author, body, ledger, nonce: uuid7(now), seen, type, v: 1 };
  if (what.cosigners?.length) statement.cosigners = what.cosigners;
  for (const name of /** @type {const} */ (["for", "via", "replaces"])) {
    if (what[name]) statement[name] = what[name];
  }
  return statement;
}

/** Base64 of a fresh UUIDv7 (RFC 9562 section 5.7). @param {number} now milliseconds since 1970 */
export function uuid7(now) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let rest = now;
  for (let position = 5; position >= 0; position--) {
    bytes[position] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return b64(bytes);
}

/** What every kind of signature covers. @param {Uint8Array} statement canonical bytes */
export const signedBytes = (statement) => concat(utf8(DOMAIN), statement);

/** SHA-256 over the domain and the canonical statement, without signatures. @param {Uint8Array} statement */
export const statementId = (statement) => sha256(signedBytes(statement));

/** Who must sign, in order; the genesis is signed by the founders' keys alone. @param {Statement} statement */
export function signersOf(statement) {
  const cosigners = statement.cosigners ?? [];
  return statement.author === GENESIS ? cosigners : [statement.author, ...cosigners];
}

/** The statement that `data` spells; FormatError where its form is not the one permitted. @param {Uint8Array} data */
export function parseStatement(data) {
  if (data.length > MAX_STATEMENT) throw new FormatError("format.statement_size", { limit: MAX_STATEMENT });
  return checkStatement(decode(data));
}

/** Canonical bytes of a statement after its form was checked. @param {unknown} statement @returns {Uint8Array} */
export function encodeStatement(statement) {
  const data = encode(statement);
  if (data.length > MAX_STATEMENT) throw new FormatError("format.statement_size", { limit: MAX_STATEMENT });
  checkStatement(statement);
  return data;
}

/** Read an entry's exact bytes strictly. @param {Uint8Array} leaf @returns {Entry} */
export function parseLeaf(leaf) {
  if (leaf.length > MAX_LEAF) throw new FormatError("format.leaf_size", { limit: MAX_LEAF });
  const value = decode(leaf);
  fields(value, ["received", "signatures", "statement", "v"], [], "");
  if (value.v !== 1 || !Array.isArray(value.signatures)) throw new FormatError("format.leaf");
  const statementBytes = encodeStatement(value.statement);
  for (const signature of value.signatures) checkSignatureForm(signature);
  const expected = signersOf(value.statement).length;
  if (value.signatures.length !== expected) throw new FormatError("format.signature_count", { expected });
  return { statement: value.statement, statementBytes, signatures: value.signatures, received: parseTime(value.received) };
}

/** @param {unknown} value @returns {Statement} */
function checkStatement(value) {
  fields(value, REQUIRED, OPTIONAL, "statement");
  const statement = /** @type {Statement} */ (value);
  if (statement.v !== 1) throw new FormatError("format.version", { path: "v" });
  for (const name of ["at", "author", "ledger", "nonce", "type", "for", "replaces", "via"]) {
    if (name in statement && typeof statement[name] !== "string") throw new FormatError("format.shape", { path: name });
  }
  if (!isRecord(statement.body)) throw new FormatError("format.shape", { path: "body" });
  if (!TYPE.test(statement.type)) throw new FormatError("format.type", { path: "type" });
  if (!isOrigin(statement.ledger)) throw new FormatError("format.origin", { path: "ledger" });
  parseTime(statement.at);
  checkParties(statement);
  checkNonce(statement.nonce);
  checkSeen(statement.seen);
  if (statement.replaces !== undefined) unb64(statement.replaces, 32);
  return statement;
}

/** @param {Statement} statement */
function checkParties(statement) {
  const person = (id) => isId(id, "mem") || isId(id, "key");
  const { author, cosigners = [] } = statement;
  if (author !== GENESIS && author !== CLERK && !person(author)) throw new FormatError("format.id", { path: "author" });
  // An empty list would be a second spelling of no list.
  if ("cosigners" in statement && !(Array.isArray(cosigners) && cosigners.length)) throw new FormatError("format.shape", { path: "cosigners" });
  cosigners.forEach((id, position) => {
    if (!person(id)) throw new FormatError("format.id", { path: `cosigners/${position}` });
  });
  const signers = signersOf(statement);
  if (new Set(signers).size !== signers.length) throw new FormatError("format.signer_twice", { path: "cosigners" });
  if (("for" in statement) !== ("via" in statement)) throw new FormatError("format.via", { path: "via" });
  if ("for" in statement && !(isId(statement.for, "mem") && VIAS.includes(statement.via ?? ""))) {
    throw new FormatError("format.via", { path: "for" });
  }
}

/** @param {string} text */
function checkNonce(text) {
  const nonce = unb64(text, 16);
  if (nonce[6] >> 4 !== 7 || nonce[8] >> 6 !== 2) throw new FormatError("format.nonce", { path: "nonce" });
}

/** @param {Seen} seen */
function checkSeen(seen) {
  fields(seen, ["root", "size"], [], "seen");
  unb64(seen.root, 32);
  if (!Number.isSafeInteger(seen.size) || seen.size < 0) throw new FormatError("format.seen", { path: "seen/size" });
}

/** @param {unknown} signature */
export function checkSignatureForm(signature) {
  fields(signature, ["alg", "key", "sig"], SIGNATURE_FIELDS, "signatures");
  if (Object.values(signature).some((part) => typeof part !== "string")) throw new FormatError("format.shape", { path: "signatures" });
}

/** Whether `text` may name a log (C2SP tlog-checkpoint, schema-less). @param {string} text */
export const isOrigin = (text) => text.length <= 128 && ORIGIN.test(text);

/** @param {unknown} value @param {string[]} required @param {string[]} optional @param {string} path */
function fields(value, required, optional, path) {
  if (!isRecord(value)) throw new FormatError("format.shape", { path });
  const names = Object.keys(value);
  const strange = names.some((name) => !required.includes(name) && !optional.includes(name));
  if (strange || required.some((name) => !(name in value))) throw new FormatError("format.shape", { path });
}
