/**
 * Signed refusals: that the service saw a validly signed statement and would not take it, so that censorship leaves
 * evidence (`ledger/refusal.py`). The log's key signs `"yui/v1/refusal\n" || JCS{code, root, size, statement, time}`.
 */

import { b64, concat, unb64, utf8 } from "./bytes.js";
import { encode, isRecord, parseTime } from "./canonical.js";
import { parseVkey } from "./checkpoint.js";
import { verifyRaw } from "./crypto.js";
import { FormatError, ProofError, SignatureFault } from "./errors.js";
import { statementId } from "./statement.js";

export const DOMAIN = "yui/v1/refusal\n";
const CODE = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/;

/**
 * @typedef {{code: string, root: string, size: number, statement: string, time: string}} Facts
 *   statement: base64 id; root, size: the checkpoint under which it was judged
 * @typedef {Facts & {signature: string}} SignedRefusal signature: base64 of 64 bytes
 */

/** The bytes that the log's key signs. @param {Facts} facts */
export function signedBytes({ code, root, size, statement, time }) {
  return concat(utf8(DOMAIN), encode({ code, root, size, statement, time }));
}

/**
 * Check that the log's key refused exactly this statement.
 * @param {unknown} value as served
 * @param {string} vkey
 * @param {Uint8Array} statement canonical bytes
 * @returns {Promise<import("./crypto.js").Verdict>}
 */
export async function verifyRefusal(value, vkey, statement) {
  const refusal = checkForm(value);
  if (refusal.statement !== b64(await statementId(statement))) throw new ProofError("refusal.statement");
  try {
    return await verifyRaw("ed25519", (await parseVkey(vkey)).public, unb64(refusal.signature, 64), signedBytes(refusal));
  } catch (error) {
    if (error instanceof SignatureFault) throw new SignatureFault("refusal.signature");
    throw error;
  }
}

/** @param {unknown} value @returns {SignedRefusal} */
function checkForm(value) {
  if (!isRecord(value) || Object.keys(value).sort().join() !== "code,root,signature,size,statement,time") throw new FormatError("refusal.form");
  const refusal = /** @type {SignedRefusal} */ (value);
  unb64(refusal.statement, 32);
  unb64(refusal.root, 32);
  parseTime(refusal.time);
  if (typeof refusal.code !== "string" || !CODE.test(refusal.code)) throw new FormatError("refusal.form");
  if (!Number.isSafeInteger(refusal.size) || refusal.size < 0) throw new FormatError("refusal.form");
  return refusal;
}
