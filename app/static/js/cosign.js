/**
 * Statements that several people sign. The author signs first and leaves it on the server; each further signer's browser
 * makes the same sentence from the same bytes, checks all that was signed so far, signs, and submits when it is complete.
 */

import { hex, unb64 } from "./bytes.js";
import { verifySignature } from "./crypto.js";
import { DeviceError, ProofError } from "./errors.js";
import { checkOpenings } from "./private.js";
import { chooseKey, leave, openSigner, signAndSubmit } from "./sign.js";
import { encodeStatement, signedBytes, signersOf } from "./statement.js";
import { checkPoint } from "./trust.js";

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
 * A waiting statement, once everything about it was checked that can be.
 * @param {import("./signer.js").Signer} signer
 * @param {import("./trust.js").Kept} kept
 * @param {string} id
 */
async function readPending(signer, kept, id) {
  const pending = await signer.api.pending(id);
  const draft = await signer.describe(encodeStatement(pending.statement), pending.private);
  const { statement } = draft;
  if (hex(unb64(draft.id)) !== id) throw new ProofError("cosign.other_statement", { id });
  if (statement.ledger !== kept.ledger) throw new ProofError("cosign.other_ledger", { ledger: statement.ledger });
  await checkOpenings(statement, pending.private);
  // To sign is to witness the history it names: it must be the one this device knows.
  await checkPoint(kept, statement.seen, (from, to) => signer.prove(from, to));
  const signatures = signersOf(statement).map((_, position) => pending.signatures[position] ?? null);
  for (const signature of signatures) if (signature) await verifySignature(signature, signedBytes(draft.bytes));
  return { draft, signatures };
}
