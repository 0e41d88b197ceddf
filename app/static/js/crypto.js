/**
 * Keys and signatures in the browser: Ed25519 where WebCrypto has it, else P-256; passkey assertions checked.
 * Nothing is bundled for browsers without Ed25519: what they cannot check is reported as "unchecked", never as good.
 */

import { b64, b64url, concat, sha256, text, unb64 } from "./bytes.js";
import { FormatError, SignatureFault } from "./errors.js";
import { compress, decompress, isLowS, lowS } from "./p256.js";

export const SESSION_DOMAIN = "yui/v1/session\n";

/**
 * @typedef {import("./statement.js").Signature} Signature
 * @typedef {"ok"|"unchecked"} Verdict
 * @typedef {{alg: "ed25519"|"es256", public: string, privateKey: CryptoKey}} DeviceKey
 */

const ES256 = { name: "ECDSA", namedCurve: "P-256" };
const ES256_SHA256 = { name: "ECDSA", hash: "SHA-256" };
const USER_PRESENT = 0x01;
const MINIMUM_DATA = 37; // RP id hash (32), flags (1), counter (4)

/** @type {Promise<boolean>|undefined} */
let ed25519;

/** Whether this browser's WebCrypto knows Ed25519 (Chrome 137, Safari 17, Firefox 129). */
export function hasEd25519() {
  ed25519 ??= crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]).then(() => true, () => false);
  return ed25519;
}

/** A fresh key that can sign but never leave the browser. @returns {Promise<DeviceKey>} */
export async function generateDeviceKey() {
  const alg = (await hasEd25519()) ? "ed25519" : "es256";
  const pair = await crypto.subtle.generateKey(alg === "ed25519" ? "Ed25519" : ES256, false, ["sign", "verify"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { alg, public: publicText(alg, raw), privateKey: pair.privateKey };
}

/** Text form of a public key. @param {"ed25519"|"es256"} scheme @param {Uint8Array} raw 32 bytes, or a 65-byte point */
export function publicText(scheme, raw) {
  return `${scheme}:${b64(scheme === "es256" && raw.length === 65 ? compress(raw) : raw)}`;
}

/** @param {string} publicKey text form @returns {["ed25519"|"es256", Uint8Array]} scheme and raw bytes */
export function splitPublic(publicKey) {
  const [, scheme, body] = /^(ed25519|es256):(.*)$/.exec(publicKey) ?? [];
  try {
    if (scheme === "ed25519") return [scheme, unb64(body, 32)];
    if (scheme === "es256") return [scheme, unb64(body, 33)];
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  throw new SignatureFault("key.form");
}

/** Sign `message` (domain included) with a device key. @param {DeviceKey} key @param {Uint8Array} message @returns {Promise<Signature>} */
export async function signWithDevice(key, message) {
  const algorithm = key.alg === "ed25519" ? "Ed25519" : ES256_SHA256;
  const raw = new Uint8Array(await crypto.subtle.sign(algorithm, key.privateKey, message));
  return { alg: key.alg, key: key.public, sig: b64(key.alg === "es256" ? lowS(raw) : raw) };
}

/**
 * Check one signature over `message` (domain included). SignatureFault when it does not hold; "unchecked" where this
 * browser lacks the algorithm.
 * @param {Signature} signature
 * @param {Uint8Array} message
 * @returns {Promise<Verdict>}
 */
export async function verifySignature(signature, message) {
  if (signature.alg === "eip712") return verifyWalletSignature(signature, message);
  const [scheme, raw] = splitPublic(signature.key);
  const sig = rawSignature(signature.sig);
  const assertion = signature.authenticator_data !== undefined || signature.client_data !== undefined;
  if (signature.alg === "webauthn") return verifyRaw(scheme, raw, sig, await readAssertion(signature, message));
  if (signature.alg !== "ed25519" && signature.alg !== "es256") throw new SignatureFault("signature.algorithm", { alg: signature.alg });
  if (assertion) throw new SignatureFault("signature.form");
  if (scheme !== signature.alg) throw new SignatureFault("key.algorithm", { alg: signature.alg });
  return verifyRaw(scheme, raw, sig, message);
}

/** @param {Signature} signature @param {Uint8Array} message @returns {Promise<Verdict>} */
async function verifyWalletSignature(signature, message) {
  if (signature.authenticator_data !== undefined || signature.client_data !== undefined) throw new SignatureFault("signature.form");
  const { verifyWallet } = await import("./eip712.js"); // here, for few ledgers hold such keys and the arithmetic is big
  await verifyWallet(signature, message);
  return "ok";
}

/**
 * @param {"ed25519"|"es256"} scheme
 * @param {Uint8Array} raw public key, 32 or 33 bytes
 * @param {Uint8Array} sig 64 bytes
 * @param {Uint8Array} message
 * @returns {Promise<Verdict>}
 */
export async function verifyRaw(scheme, raw, sig, message) {
  if (scheme === "ed25519" && !(await hasEd25519())) return "unchecked";
  if (scheme === "es256" && !isLowS(sig)) throw new SignatureFault("signature.high_s");
  if (!(await holds(scheme, raw, sig, message))) throw new SignatureFault("signature.invalid");
  return "ok";
}

/** @param {"ed25519"|"es256"} scheme @param {Uint8Array} raw @param {Uint8Array} sig @param {Uint8Array} message */
async function holds(scheme, raw, sig, message) {
  const [format, algorithm] = scheme === "ed25519" ? ["Ed25519", "Ed25519"] : [ES256, ES256_SHA256];
  const point = scheme === "es256" ? decompress(raw) : raw;
  let key;
  try {
    key = await crypto.subtle.importKey("raw", point, format, false, ["verify"]);
  } catch {
    throw new SignatureFault("key.form");
  }
  return crypto.subtle.verify(algorithm, key, sig, message);
}

/** @param {string} sig */
function rawSignature(sig) {
  try {
    return unb64(sig, 64);
  } catch {
    throw new SignatureFault("signature.form");
  }
}

/**
 * The bytes that an assertion's signature covers, once its claims were checked (`ledger/passkey.py`). Origin, RP id and
 * user verification are the fold's to judge.
 * @param {Signature} signature
 * @param {Uint8Array} message
 */
async function readAssertion(signature, message) {
  const [data, clientBytes] = assertionParts(signature);
  const client = parseClient(clientBytes);
  if (client.type !== "webauthn.get") throw new SignatureFault("passkey.type");
  if (client.challenge !== b64url(await sha256(message))) throw new SignatureFault("passkey.challenge");
  if ((client.crossOrigin ?? false) !== false || "topOrigin" in client) throw new SignatureFault("passkey.cross_origin");
  if (typeof client.origin !== "string" || data.length < MINIMUM_DATA) throw new SignatureFault("passkey.form");
  if (!(data[32] & USER_PRESENT)) throw new SignatureFault("passkey.user_presence");
  return concat(data, await sha256(clientBytes));
}

/** @param {Signature} signature */
function assertionParts(signature) {
  try {
    return [unb64(signature.authenticator_data), unb64(signature.client_data)];
  } catch {
    throw new SignatureFault("passkey.form");
  }
}

/** @param {Uint8Array} bytes @returns {Record<string, unknown>} */
function parseClient(bytes) {
  try {
    const client = JSON.parse(text(bytes, "format.json"));
    if (client && typeof client === "object" && !Array.isArray(client)) return client;
  } catch {
    // Falls through: whatever it is, it is no client data.
  }
  throw new SignatureFault("passkey.form");
}
