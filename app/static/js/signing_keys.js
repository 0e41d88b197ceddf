/** Whatever kind of key it is: one way to sign with it. And the keys that travel in invitation links. */

import { b64url, concat, unb64url, utf8 } from "./bytes.js";
import { encode } from "./canonical.js";
import { SESSION_DOMAIN, hasEd25519, publicText, signWithDevice } from "./crypto.js";
import { DeviceError } from "./errors.js";
import { signWithPasskey } from "./passkey.js";
import { signWithWallet } from "./wallet.js";

/**
 * @typedef {import("./keystore.js").StoredKey} StoredKey
 * @typedef {import("./crypto.js").DeviceKey} DeviceKey
 * @typedef {StoredKey|DeviceKey|{kind: "passkey", public: string, credential: string}|{kind: "wallet", public: string}} SigningKey
 */

/** @param {SigningKey} key @param {Uint8Array} message domain included @param {{rpId?: string}} [options] */
export function signWith(key, message, options = {}) {
  if ("kind" in key && key.kind === "wallet") return signWithWallet(key, message);
  if ("credential" in key) return signWithPasskey(key, message, options);
  return signWithDevice(key, message);
}

/** The bytes that answer a log-in challenge; never a statement's, for their domain differs. @param {{challenge: string, expires: string, origin: string}} fields */
export function sessionMessage({ challenge, expires, origin }) {
  return concat(utf8(SESSION_DOMAIN), encode({ challenge, expires, origin }));
}

/**
 * Answer a log-in challenge of that ledger.
 * @param {SigningKey} key
 * @param {string} ledger the log's origin that this device knows
 * @param {{challenge: string, expires: string, origin: string}} fields
 * @param {{rpId?: string}} [options]
 */
export function signSession(key, ledger, fields, options) {
  // One co-op must not pass on another's challenge and so sign in there as its own members.
  if (fields.origin !== ledger) throw new DeviceError("session.origin", { origin: fields.origin });
  return signWith(key, sessionMessage(fields), options);
}

/** A key for an invitation link; `secret` goes into the link's fragment, which browsers don't send. */
export async function generateLinkKey() {
  const algorithm = (await hasEd25519()) ? "Ed25519" : { name: "ECDSA", namedCurve: "P-256" };
  const pair = /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]));
  return linkKey(b64url(new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey))));
}

/** The key in an invitation link. @param {string} secret @returns {Promise<DeviceKey & {secret: string}>} */
export async function linkKey(secret) {
  const data = unb64url(secret);
  const scheme = data.length === 48 ? "ed25519" : "es256"; // an Ed25519 PKCS#8 is 48 bytes (RFC 8410)
  const algorithm = scheme === "ed25519" ? "Ed25519" : { name: "ECDSA", namedCurve: "P-256" };
  let jwk;
  try {
    jwk = await crypto.subtle.exportKey("jwk", await crypto.subtle.importKey("pkcs8", data, algorithm, true, ["sign"]));
  } catch {
    throw new DeviceError("link.key");
  }
  const parts = [jwk.x, jwk.y].filter((part) => part !== undefined).map((part) => unb64url(/** @type {string} */ (part)));
  const raw = scheme === "ed25519" ? parts[0] : concat(new Uint8Array([4]), ...parts);
  const privateKey = await crypto.subtle.importKey("pkcs8", data, algorithm, false, ["sign"]);
  return { alg: scheme, public: publicText(scheme, raw), privateKey, secret };
}
