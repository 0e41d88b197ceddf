/**
 * Receipts: that *our* statement stands in the log at an index, under a signed checkpoint. Kept as JSON, handed out as
 * a C2SP `tlog-proof`, whose `extra` line carries the entry itself so that the file needs nothing beside it
 * (`ledger/receipt.py`).
 */

import { b64, equal, unb64 } from "./bytes.js";
import { parse, parseVkey, verify } from "./checkpoint.js";
import { verifySignature } from "./crypto.js";
import { FormatError, ProofError } from "./errors.js";
import { checkInclusion, leafHash } from "./merkle.js";
import { parseLeaf, signedBytes, statementId } from "./statement.js";

const HEADER = "c2sp.org/tlog-proof@v1";

/**
 * @typedef {{index: number, leaf: string, proof: string[], checkpoint: string}} Receipt
 *   leaf: base64 of the entry's exact bytes; proof: base64 inclusion path; checkpoint: the signed note
 * @typedef {{checkpoint: import("./checkpoint.js").Checkpoint, entry: import("./statement.js").Entry,
 *   statementId: string, signature: import("./crypto.js").Verdict}} Verified
 */

/**
 * Check a receipt; with `statement`, also that it is for exactly those bytes.
 * @param {Receipt} receipt
 * @param {string} vkey
 * @param {Uint8Array} [statement] canonical bytes
 * @returns {Promise<Verified>}
 */
export async function verifyReceipt(receipt, vkey, statement) {
  checkForm(receipt);
  const { checkpoint, signature } = await verify(receipt.checkpoint, await parseVkey(vkey));
  const leaf = unb64(receipt.leaf);
  const path = receipt.proof.map((hash) => unb64(hash, 32));
  await checkInclusion(await leafHash(leaf), receipt.index, checkpoint.size, path, checkpoint.root);
  const entry = parseLeaf(leaf);
  if (entry.statement.ledger !== checkpoint.origin) throw new ProofError("receipt.ledger");
  if (statement && !equal(entry.statementBytes, statement)) throw new ProofError("receipt.statement");
  // A receipt for something that nobody signed is none.
  for (const one of entry.signatures) await verifySignature(one, signedBytes(entry.statementBytes));
  return { checkpoint, entry, statementId: b64(await statementId(entry.statementBytes)), signature };
}

/** The receipt as a C2SP `tlog-proof` file. @param {Receipt} receipt */
export function toProofFile(receipt) {
  checkForm(receipt);
  return [HEADER, `extra ${receipt.leaf}`, `index ${receipt.index}`, ...receipt.proof, "", receipt.checkpoint].join("\n");
}

/** Read a `tlog-proof` file that carries its entry. @param {string} file @returns {Receipt} */
export function fromProofFile(file) {
  const gap = file.indexOf("\n\n");
  const [header, extra, index, ...proof] = file.slice(0, Math.max(gap, 0)).split("\n");
  const leaf = /^extra (\S+)$/.exec(extra ?? "")?.[1];
  const number = /^index (0|[1-9][0-9]{0,15})$/.exec(index ?? "")?.[1];
  if (gap < 0 || header !== HEADER || leaf === undefined || number === undefined) throw new FormatError("receipt.form");
  const receipt = { index: Number(number), leaf, proof, checkpoint: file.slice(gap + 2) };
  checkForm(receipt);
  return receipt;
}

/** @param {Receipt} receipt */
function checkForm(receipt) {
  const { index, leaf, proof, checkpoint } = receipt ?? {};
  const texts = [leaf, checkpoint, ...(Array.isArray(proof) ? proof : [undefined])];
  // A tree of at most 2^53 leaves is no deeper; without a bound a receipt could keep this page hashing.
  if (!Number.isSafeInteger(index) || texts.some((item) => typeof item !== "string") || proof.length > 63) {
    throw new FormatError("receipt.form");
  }
  parse(checkpoint);
  if (leaf.length > 90_000) throw new FormatError("format.leaf_size");
}
