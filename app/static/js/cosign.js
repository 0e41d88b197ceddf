/**
 * Statements that several people sign. The author signs first and leaves it on the server; each further signer's browser
 * makes the same sentence from the same bytes, checks all that was signed so far, signs, and submits when it is complete.
 */

import { hex, unb64 } from "./bytes.js";
import { verifySignature } from "./crypto.js";
import { DeviceError, ProofError } from "./errors.js";
import { checkOpenings } from "./private.js";
import { chooseKey, leave, openSigner, signAndSubmit } from "./sign.js";
import { envelope } from "./signer.js";
import { encodeStatement, signedBytes, signersOf } from "./statement.js";
import { checkPoint } from "./trust.js";

const GROUP = 100;

/** @typedef {{draft: import("./signer.js").Draft, signatures: (import("./signer.js").Signature|null)[]}} Read */

/** Sign as the author and leave the statement for its cosigners. @param {import("./sign.js").SigningWish} wish */
export function requestCosignature(wish) {
  if (!wish.cosigners?.length) throw new DeviceError("cosign.nobody");
  return signAndSubmit(wish);
}

/**
 * Add one's signature to a statement that waits.
 * @param {import("./sign.js").Place & {id: string, member: string, key?: import("./sign.js").KeyChoice}} request
 *   id: hex statement id
 * @returns {Promise<import("./sign.js").Outcome|import("./sign.js").Pending>}
 */
export async function cosign({ id, member, key, ...place }) {
  return cosignWith(await openSigner(place), id, member, key);
}

/**
 * @param {import("./signer.js").Signer} signer
 * @param {string} id
 * @param {string} member
 * @param {import("./sign.js").KeyChoice} [key]
 */
export async function cosignWith(signer, id, member, key) {
  const kept = await signer.refresh();
  const { draft, signatures } = await readPending(signer, kept, id);
  const place = signersOf(draft.statement).indexOf(member);
  if (place < 0) throw new DeviceError("cosign.not_asked", { member });
  if (signatures[place]) throw new DeviceError("cosign.already", { member });
  const own = await chooseKey(signer, kept.ledger, member, key, draft.statement.type);
  await signer.confirm([draft]);
  const signed = await signer.sign(draft, { [member]: own }, signatures);
  return signed.includes(null) ? leave(signer, draft, signed, member) : signer.submit(draft, signed, member, true);
}

/**
 * Add one's signature to many statements that wait, after one confirmation: the lines of a roster.
 * @param {import("./sign.js").Place & {ids: string[], member: string, key?: import("./signing_keys.js").SigningKey, sums?: {label: string, value: string}[]}} request
 *   ids: hex statement ids; key: a device key, for nobody touches a passkey 300 times
 * @returns {Promise<{recorded: number, refused: string[]}>} refused: codes
 */
export async function cosignMany({ ids, member, key, sums, ...place }) {
  return cosignManyWith(await openSigner(place), { ids, member, key, sums });
}

/**
 * @param {import("./signer.js").Signer} signer
 * @param {{ids: string[], member: string, key?: import("./signing_keys.js").SigningKey, sums?: {label: string, value: string}[]}} request
 */
export async function cosignManyWith(signer, { ids, member, key, sums }) {
  const kept = await signer.refresh();
  const own = await chooseKey(signer, kept.ledger, member, key ?? "device");
  if ("credential" in own) throw new DeviceError("batch.needs_device_key");
  const waiting = new Map((await signer.api.waiting()).map((pending) => [pending.id, pending]));
  const [read, known] = [/** @type {Read[]} */ ([]), new Set()];
  for (const id of ids.filter((one) => waiting.has(one))) {
    const { draft, signatures } = await check(signer, kept, id, /** @type {any} */ (waiting.get(id)), known);
    const place = signersOf(draft.statement).indexOf(member);
    if (place < 0) throw new DeviceError("cosign.not_asked", { member });
    if (!signatures[place]) read.push({ draft, signatures });
  }
  if (!read.length) throw new DeviceError("cosign.already", { member });
  await signer.confirm(read.map(({ draft }) => draft), sums);
  const outcome = { recorded: 0, refused: /** @type {string[]} */ ([]) };
  for (let start = 0; start < read.length; start += GROUP) await send(signer, read.slice(start, start + GROUP), { member, own }, outcome);
  return outcome;
}

/**
 * @param {import("./signer.js").Signer} signer
 * @param {Read[]} group
 * @param {{member: string, own: import("./signing_keys.js").SigningKey}} by
 * @param {{recorded: number, refused: string[]}} outcome
 */
async function send(signer, group, { member, own }, outcome) {
  const signed = [];
  for (const { draft, signatures } of group) {
    const { ledger } = draft.statement;
    const all = await signer.sign(draft, { [member]: own }, signatures);
    signed.push({ ledger, statement: draft.id, member, sentence: draft.sentence, envelope: envelope(draft, all) });
  }
  const results = await signer.api.leaveMany(signed.map((row) => row.envelope));
  for (const [position, result] of results.entries()) {
    if ("missing" in result) {
      if (result.receipt) await signer.accept(signed[position], result.receipt);
      outcome.recorded += 1;
    } else {
      await signer.keepRefusal(signed[position], result.refusal);
      outcome.refused.push(result.code);
    }
  }
}

/** A waiting statement, once everything about it was checked. @param {import("./signer.js").Signer} signer @param {import("./trust.js").Kept} kept @param {string} id */
const readPending = async (signer, kept, id) => check(signer, kept, id, await signer.api.pending(id));

/**
 * Everything that can be checked about a waiting statement.
 * @param {import("./signer.js").Signer} signer
 * @param {import("./trust.js").Kept} kept
 * @param {string} id
 * @param {{statement: any, signatures: any[], private: any[]}} pending
 * @param {Set<string>} [known] histories that were checked before: a batch names one only
 * @returns {Promise<Read>}
 */
async function check(signer, kept, id, pending, known = new Set()) {
  const draft = await signer.describe(encodeStatement(pending.statement), pending.private);
  const { statement } = draft;
  if (hex(unb64(draft.id)) !== id) throw new ProofError("cosign.other_statement", { id });
  if (statement.ledger !== kept.ledger) throw new ProofError("cosign.other_ledger", { ledger: statement.ledger });
  await checkOpenings(statement, pending.private);
  // To sign is to witness the history it names: it must be the one this device knows.
  const point = `${statement.seen.size} ${statement.seen.root}`;
  if (!known.has(point)) await checkPoint(kept, statement.seen, (from, to) => signer.prove(from, to));
  known.add(point);
  const signatures = signersOf(statement).map((_, position) => pending.signatures[position] ?? null);
  for (const signature of signatures) if (signature) await verifySignature(signature, signedBytes(draft.bytes));
  return { draft, signatures };
}
