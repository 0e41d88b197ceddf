/** Ids that nobody can choose: a kind prefix and 128 bits of a hash in lower-case base32 (`ledger/ids.py`). */

import { concat, sha256, utf8 } from "./bytes.js";

export const GENESIS = "genesis";
export const CLERK = "clerk";
const PATTERN = /^[a-z]{2,8}_[a-z2-7]{26}$/;
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * Id of the `ordinal`-th object that a statement creates.
 * @param {string} prefix
 * @param {Uint8Array} statementId 32 bytes
 * @param {number} [ordinal]
 */
export async function objectId(prefix, statementId, ordinal = 0) {
  const digest = ordinal === 0 ? statementId : await sha256(concat(utf8(`yui/v1/object\n${ordinal}\n`), statementId));
  return `${prefix}_${base32(digest)}`;
}

/** Id of a public key in text form. @param {string} publicText `ed25519:…` or `es256:…` */
export async function keyId(publicText) {
  return `key_${base32(await sha256(utf8(`yui/v1/key\n${publicText}`)))}`;
}

/** @param {unknown} text @param {string} prefix */
export const isId = (text, prefix) => typeof text === "string" && text.startsWith(`${prefix}_`) && PATTERN.test(text);

/** @param {Uint8Array} digest the first 16 bytes count */
function base32(digest) {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of digest.subarray(0, 16)) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return text + ALPHABET[(held << (5 - bits)) & 31]; // 128 = 25 * 5 + 3
}
