/**
 * What pages call: `signAndSubmit` says something on a ledger, `flush` sends what waited for a network, `signExact` signs
 * bytes that were drafted elsewhere (a genesis). `cosign.js` and `batch.js` hold the ways with several people or many lines.
 */

import { Api, fetchTexts } from "./api.js";
import { confirmSigning } from "./dialog.js";
import { ProofError } from "./errors.js";
import { Keystore } from "./keystore.js";
import { PassingStore } from "./passing.js";
import { Signer, envelope } from "./signer.js";
import { signSession } from "./signing_keys.js";
import { encodeStatement, statementId } from "./statement.js";
import { openStore } from "./store.js";
import { Texts } from "./texts.js";
import { hex, unb64 } from "./bytes.js";

/**
 * @typedef {import("./signer.js").Recorded|import("./signer.js").Queued} Outcome
 * @typedef {{status: "pending", id: string, missing: string[]}} Pending id: hex statement id; missing: who has yet to sign
 * @typedef {{slug: string, lang?: "ja"|"en", names?: Record<string, string>, token?: [string, number], origin?: string, passing?: boolean}} Place
 *   slug: the co-op's address here; names: what ids are called in sentences; token: its name and decimals; origin: the log's
 *   origin, where known; passing: nothing of what is said stays on this device
 * @typedef {"device"|"passkey"|"wallet"|import("./signing_keys.js").SigningKey} KeyChoice
 * @typedef {Place & import("./signer.js").Wish & {key?: KeyChoice, keys?: Record<string, import("./signing_keys.js").SigningKey>}} SigningWish
 *   key: the author's (default: the device key, else the passkey kept here); keys: those of other signers that are here too
 */

/** @type {Promise<Keystore>|undefined} */
let keystore;
/** @type {Map<string, Promise<{sentences: Record<string, string>, texts: Record<string, string>}>>} */
const catalogues = new Map();

/** This device's keystore. */
export function openKeystore() {
  keystore ??= openStore().then((store) => new Keystore(store));
  keystore.catch(() => (keystore = undefined));
  return keystore;
}

/** The texts that signing needs, as `Texts`. @param {"ja"|"en"} [lang] */
export const openTexts = async (lang = pageLanguage()) => new Texts((await catalogue(lang)).texts);

/** @param {Place} place @returns {Promise<Signer>} */
export async function openSigner({ slug, lang = pageLanguage(), names, token, origin, passing = false }) {
  const { sentences, texts } = await catalogue(lang);
  const words = new Texts(texts);
  const confirm = (/** @type {import("./dialog.js").Request} */ request) => confirmSigning(words, request);
  const kept = await openKeystore();
  const used = passing ? new Keystore(new PassingStore(kept.store)) : kept;
  return new Signer({ api: new Api(slug), keystore: used, texts: words, lang, sentences, names, token, origin, confirm });
}

/**
 * Say something on a ledger: verify the checkpoint, show the sentence, sign, submit, verify the receipt. When other signers'
 * keys are not on this device, the statement is left for them.
 * @param {SigningWish} request
 * @returns {Promise<Outcome|Pending>}
 */
export async function signAndSubmit(request) {
  const { slug, lang, names, token, origin, passing, key, keys, ...wish } = request;
  const signer = await openSigner({ slug, lang, names, token, origin, passing });
  return signAndSubmitWith(signer, wish, key, keys);
}

/**
 * @param {Signer} signer
 * @param {import("./signer.js").Wish} wish
 * @param {KeyChoice} [key]
 * @param {Record<string, import("./signing_keys.js").SigningKey>} [keys]
 * @returns {Promise<Outcome|Pending>}
 */
export async function signAndSubmitWith(signer, wish, key, keys = {}) {
  const kept = await signer.refresh();
  const own = await chooseKey(signer, kept.ledger, wish.author, key ?? keys[wish.author], wish.type);
  const draft = await signer.draft(wish, kept);
  await signer.confirm([draft]);
  const signatures = await signer.sign(draft, { ...keys, [wish.author]: own });
  return signatures.includes(null) ? leave(signer, draft, signatures, wish.author) : signer.submit(draft, signatures, wish.author);
}

/**
 * Leave a statement on the server for its other signers.
 * @param {Signer} signer
 * @param {import("./signer.js").Draft} draft
 * @param {(import("./statement.js").Signature|null)[]} signatures
 * @param {string} member who leaves it
 * @returns {Promise<Outcome|Pending>}
 */
export async function leave(signer, draft, signatures, member) {
  const posted = envelope(draft, signatures);
  const { id, missing, receipt } = await signer.api.leave(posted);
  if (id !== hex(unb64(draft.id))) throw new ProofError("cosign.other_statement", { id });
  if (!receipt) return { status: "pending", id, missing };
  // Somebody else signed at the same moment, and the server has put both together.
  return signer.accept({ ledger: draft.statement.ledger, statement: draft.id, member, sentence: draft.sentence, envelope: posted }, receipt);
}

/**
 * Sign in at a co-op: its challenge, answered in a domain of its own.
 * @param {Place & ({member: string, key?: KeyChoice}|{member?: undefined, key: import("./signing_keys.js").SigningKey})} request
 *   without a member: as the one whose key it is
 */
export async function signIn({ member, key, ...place }) {
  const signer = await openSigner(place);
  const { ledger } = await signer.refresh();
  const own = await chooseKey(signer, ledger, member ?? "", key);
  const asked = await signer.api.challenge();
  const signature = await signSession(own, ledger, asked, { rpId: signer.rpId });
  return signer.api.signIn({ challenge: asked.challenge, expires: asked.expires, ...(member && { member }), signature });
}

/** Send what waited for a network. @param {Place} place */
export const flush = async (place) => (await openSigner(place)).flush();

/**
 * Sign a statement that was drafted elsewhere, byte for byte, after showing what it says. Returns what to post.
 * @param {Place & {statement: object, openings?: import("./private.js").Opening[], keys: Record<string, import("./signing_keys.js").SigningKey>}} request
 *   keys by signer; those of others are left null
 */
export async function signExact({ statement, openings = [], keys, ...place }) {
  const signer = await openSigner(place);
  const draft = await signer.describe(encodeStatement(statement), openings);
  await signer.confirm([draft]);
  const signatures = await signer.sign(draft, keys);
  return { id: hex(await statementId(draft.bytes)), signatures, envelope: envelope(draft, signatures) };
}

/**
 * The key to sign with: one that is limited to other types is passed over where there is another here.
 * @param {Signer} signer @param {string} ledger @param {string} member @param {KeyChoice} [choice] @param {string} [type]
 */
export function chooseKey(signer, ledger, member, choice, type) {
  if (choice && typeof choice === "object") return choice;
  const limits = signer.context.session?.limits ?? {};
  const may = (/** @type {{public: string}} */ key) => !type || (limits[key.public]?.includes(type) ?? true);
  return signer.keystore.need(ledger, member, choice, may);
}

/** @returns {"ja"|"en"} */
const pageLanguage = () => (document.documentElement.lang === "en" ? "en" : "ja");

/** @param {"ja"|"en"} lang */
function catalogue(lang) {
  const loading = catalogues.get(lang) ?? fetchTexts(lang);
  catalogues.set(lang, loading);
  loading.catch(() => catalogues.delete(lang));
  return loading;
}
