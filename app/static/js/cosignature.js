/**
 * Cosignatures: C2SP `tlog-cosignature` v1 (`ledger/cosignature.py`), by which a witness says that at that time this was
 * the largest tree that it had seen of the log, grown out of all before.
 */

import { concat, equal, utf8 } from "./bytes.js";
import { noteBody, parse } from "./checkpoint.js";
import { verifyRaw } from "./crypto.js";
import { SignatureFault } from "./errors.js";

const TIME = 8; // bytes, big-endian seconds
const SIGNATURE = 64;

/** @typedef {{key: import("./checkpoint.js").VerifierKey, time: number}} Cosigned time: seconds since 1970 by the witness's clock */

/**
 * Who of these witnesses has cosigned the note, each once with the latest time. Lines of keys that are not among them say
 * nothing; a false line of one that is, spoils the note. `unchecked` in browsers without Ed25519: then nobody is named.
 * @param {string} note
 * @param {import("./checkpoint.js").VerifierKey[]} witnesses
 * @returns {Promise<{cosigned: Cosigned[], unchecked: boolean}>}
 */
export async function verifyCosignatures(note, witnesses) {
  /** @type {Map<import("./checkpoint.js").VerifierKey, Cosigned>} */
  const latest = new Map();
  let unchecked = false;
  for (const { name, keyHash, signature } of parse(note).lines) {
    const key = witnesses.find((witness) => witness.name === name && equal(witness.hash, keyHash));
    if (!key) continue;
    const found = await verifyLine(note, signature, key);
    if (!found) unchecked = true;
    else if ((latest.get(key)?.time ?? 0) < found.time) latest.set(key, found);
  }
  return { cosigned: [...latest.values()], unchecked };
}

/** @param {string} note @param {Uint8Array} signature @param {import("./checkpoint.js").VerifierKey} key @returns {Promise<Cosigned|null>} */
async function verifyLine(note, signature, key) {
  if (signature.length !== TIME + SIGNATURE) throw new SignatureFault("checkpoint.signature", { name: key.name });
  const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  if (time === 0n || time >= 1n << 63n) throw new SignatureFault("checkpoint.signature", { name: key.name });
  const message = concat(utf8(`cosignature/v1\ntime ${time}\n`), noteBody(note));
  try {
    const verdict = await verifyRaw("ed25519", key.public, signature.slice(TIME), message);
    return verdict === "ok" ? { key, time: Number(time) } : null;
  } catch (error) {
    if (error instanceof SignatureFault) throw new SignatureFault("checkpoint.signature", { name: key.name });
    throw error;
  }
}
