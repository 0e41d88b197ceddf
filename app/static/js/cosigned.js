/**
 * Whose cosignatures stand under the checkpoints that a service shows, and whether they are enough for a policy. Where this
 * device keeps a policy of its reader's own, that one decides; else the operator's, which proves less: an operator who
 * shows two histories could name witnesses that nobody else has heard of.
 */

import { b64 } from "./bytes.js";
import { noteText, parseVkey, verify, vkeyText } from "./checkpoint.js";
import { verifyCosignatures } from "./cosignature.js";
import { DeviceError, LedgerError, ProofError, SignatureFault } from "./errors.js";
import { checkPoint } from "./trust.js";
import { isMet, parsePolicy } from "./witness_policy.js";

/**
 * @typedef {{name: string, size: number, time: number}} Witness what it has cosigned last; size 0: nothing that is shown here
 * @typedef {{code: string, params?: Record<string, unknown>, enough: boolean, own: boolean, witnesses: Witness[]}} Standing
 * @typedef {{ledger: string, vkey: string, note: string, kept: import("./trust.js").Kept, read: import("./tiles.js").Fetch,
 *   api: import("./api.js").Api, own?: string, offered: string}} Given own: the reader's policy; offered: the operator's
 */

/** @param {Given} given @returns {Promise<Standing>} */
export async function standing({ ledger, vkey, note, kept, read, api, own, offered }) {
  const policy = await parsePolicy(own ?? offered);
  const about = { own: own !== undefined };
  const logs = policy.logs.filter(({ name }) => name === ledger).map(vkeyText);
  if (logs.length && !logs.includes(vkey)) throw new ProofError("witness.log_key");
  const keys = [...policy.witnesses.values()];
  /** @type {Map<string, Witness>} */
  const latest = new Map(keys.map((key) => [vkeyText(key), { name: key.name, size: 0, time: 0 }]));
  let [quorum, unchecked] = [-1, false];
  for (const one of [note, ...(await olderNote(read, note))]) {
    const { checkpoint } = await verify(one, await parseVkey(vkey));
    const found = await linesOf(one, keys);
    unchecked ||= found.unchecked;
    if (!found.cosigned.length && one !== note) continue;
    await mustBeOfThisTree(one, checkpoint, kept, api);
    if (isMet(policy, found.cosigned.map(({ key }) => key))) quorum = Math.max(quorum, checkpoint.size);
    for (const { key, time } of found.cosigned) {
      if ((latest.get(vkeyText(key))?.size ?? 0) < checkpoint.size) latest.set(vkeyText(key), { name: key.name, size: checkpoint.size, time });
    }
  }
  const witnesses = [...latest.values()];
  const params = { n: witnesses.filter(({ size }) => size > 0).length, of: witnesses.length, size: Math.max(quorum, 0) };
  if (unchecked) return { ...about, code: "unchecked", enough: false, witnesses: [] };
  if (policy.quorum === "none") return { ...about, code: "no_witnesses", enough: false, witnesses };
  return { ...about, code: quorum < 0 ? "few" : about.own ? "cosigned_own" : "cosigned", params, enough: quorum >= 0, witnesses };
}

/** @param {string} note @param {import("./checkpoint.js").VerifierKey[]} keys */
async function linesOf(note, keys) {
  try {
    return await verifyCosignatures(note, keys);
  } catch (error) {
    if (error instanceof SignatureFault) throw new ProofError("witness.signature", error.params);
    throw error;
  }
}

/** The newest checkpoint that enough have cosigned by the operator's word, where it is another one. @param {import("./tiles.js").Fetch} read @param {string} note */
async function olderNote(read, note) {
  try {
    const found = noteText(await read("cosigned"));
    return found === note ? [] : [found];
  } catch (error) {
    if (error instanceof DeviceError) return []; // there is none, or it can't be had: the lines under the newest count alone
    throw error;
  }
}

/** @param {string} note @param {import("./checkpoint.js").Checkpoint} checkpoint @param {import("./trust.js").Kept} kept @param {import("./api.js").Api} api */
async function mustBeOfThisTree(note, { size, root }, kept, api) {
  try {
    await checkPoint(kept, { size, root: b64(root) }, (from, to) => api.consistency(from, to));
  } catch (error) {
    if (error instanceof LedgerError && !(error instanceof DeviceError)) throw new ProofError("witness.other_tree", { size, cosigned: note });
    throw error;
  }
}
