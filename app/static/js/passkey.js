/** Passkeys: registration, and assertions over what is signed (W3C WebAuthn Level 3). */

import { b64, b64url, concat, sha256, unb64url } from "./bytes.js";
import { decode } from "./cbor.js";
import { publicText, splitPublic } from "./crypto.js";
import { DeviceError, SignatureFault } from "./errors.js";
import { fromDer } from "./p256.js";

const ES256 = -7;
const EDDSA = -8;
const TIMEOUT = 120_000;
const ATTESTED = 0x40; // flag: attested credential data included
const HEAD = 37; // RP id hash (32), flags (1), counter (4)

/**
 * @typedef {{credential: string, public: string, transports: string[], userVerified: boolean}} Registered
 *   credential: its id in base64url; public: the key in text form
 */

/**
 * Have the device make a passkey.
 * @param {{rpId: string, rpName: string, userName: string, exclude?: string[]}} wish
 *   userName: what the device's list of passkeys will say; exclude: credential ids (base64url) this member already has
 * @returns {Promise<Registered>}
 */
export async function register({ rpId, rpName, userName, exclude = [] }) {
  const credential = await ask(() => navigator.credentials.create({
    publicKey: {
      rp: { id: rpId, name: rpName },
      // Random, not the member id: the authenticator hands it out to whoever asks for a passkey of this site.
      user: { id: crypto.getRandomValues(new Uint8Array(32)), name: userName, displayName: userName },
      challenge: crypto.getRandomValues(new Uint8Array(32)), // the enrolment statement, cosigned by this key, is the proof
      // No RS256 (-257), although browsers advise it: the ledger knows no such keys, so that a device which can do nothing
      // else has to say so here, not after somebody has made a passkey that is worth nothing.
      pubKeyCredParams: [{ type: "public-key", alg: ES256 }, { type: "public-key", alg: EDDSA }],
      authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
      excludeCredentials: exclude.map(descriptor),
      attestation: "none",
      timeout: TIMEOUT,
    },
  }));
  const response = /** @type {AuthenticatorAttestationResponse} */ (credential.response);
  const { id, key, userVerified } = readRegistration(authenticatorData(response));
  return { credential: b64url(id), public: key, transports: response.getTransports?.() ?? [], userVerified };
}

/**
 * Sign `message` (domain included): the challenge is its SHA-256.
 * @param {{credential: string, public: string}} key
 * @param {Uint8Array} message
 * @param {{rpId?: string, verify?: UserVerificationRequirement}} [options]
 * @returns {Promise<import("./statement.js").Signature>}
 */
export async function signWithPasskey(key, message, { rpId, verify = "preferred" } = {}) {
  const challenge = await sha256(message);
  const credential = await ask(() => navigator.credentials.get({
    publicKey: { challenge, rpId, allowCredentials: [descriptor(key.credential)], userVerification: verify, timeout: TIMEOUT },
  }));
  const response = /** @type {AuthenticatorAssertionResponse} */ (credential.response);
  return assertionSignature(key.public, {
    authenticatorData: new Uint8Array(response.authenticatorData),
    clientData: new Uint8Array(response.clientDataJSON),
    signature: new Uint8Array(response.signature),
  });
}

/**
 * The signature object of an assertion; ES256 comes as DER with either s and leaves as low `r || s`.
 * @param {string} publicKey
 * @param {{authenticatorData: Uint8Array, clientData: Uint8Array, signature: Uint8Array}} assertion
 * @returns {import("./statement.js").Signature}
 */
export function assertionSignature(publicKey, { authenticatorData: data, clientData, signature }) {
  const [scheme] = splitPublic(publicKey);
  const raw = scheme === "es256" ? fromDer(signature) : signature;
  if (raw.length !== 64) throw new SignatureFault("signature.form");
  return { alg: "webauthn", key: publicKey, sig: b64(raw), authenticator_data: b64(data), client_data: b64(clientData) };
}

/** Credential id and public key out of a registration's authenticator data (section 6.5.1). @param {Uint8Array} data */
export function readRegistration(data) {
  if (data.length < HEAD + 18 || !(data[32] & ATTESTED)) throw new DeviceError("passkey.registration");
  const start = HEAD + 16; // after the AAGUID
  const length = data[start] * 256 + data[start + 1];
  const id = data.slice(start + 2, start + 2 + length);
  const { value: cose } = decode(data.subarray(start + 2 + length));
  if (id.length !== length || !(cose instanceof Map)) throw new DeviceError("passkey.registration");
  return { id, key: coseKey(cose), userVerified: Boolean(data[32] & 0x04) };
}

/** Text form of a COSE key (RFC 9053): labels 1 kty, 3 alg, -1 curve, -2 x, -3 y. @param {Map<number, any>} cose */
function coseKey(cose) {
  const [kty, alg, curve, x, y] = [1, 3, -1, -2, -3].map((label) => cose.get(label));
  const bytes = (/** @type {any} */ part) => part instanceof Uint8Array && part.length === 32;
  if (kty === 2 && alg === ES256 && curve === 1 && bytes(x) && bytes(y)) return publicText("es256", concat(new Uint8Array([4]), x, y));
  if (kty === 1 && alg === EDDSA && curve === 6 && bytes(x)) return publicText("ed25519", x);
  throw new DeviceError("passkey.algorithm", { alg: String(alg) });
}

/** @param {AuthenticatorAttestationResponse} response */
function authenticatorData(response) {
  const direct = response.getAuthenticatorData?.();
  if (direct) return new Uint8Array(direct);
  const data = decode(new Uint8Array(response.attestationObject)).value?.get?.("authData"); // Firefox before 119
  if (!(data instanceof Uint8Array)) throw new DeviceError("passkey.registration");
  return data;
}

/** @param {string} credential base64url id @returns {PublicKeyCredentialDescriptor} */
const descriptor = (credential) => ({ type: "public-key", id: unb64url(credential) });

/** @param {() => Promise<Credential|null>} call @returns {Promise<PublicKeyCredential>} */
async function ask(call) {
  try {
    const credential = await call();
    if (credential) return /** @type {PublicKeyCredential} */ (credential);
  } catch (error) {
    // Browsers give one name to "no", "took too long" and "no such passkey here", so that pages can't probe.
    const codes = { InvalidStateError: "passkey.exists", SecurityError: "passkey.wrong_address", NotSupportedError: "passkey.unsupported" };
    throw new DeviceError(codes[/** @type {Error} */ (error).name] ?? "passkey.declined");
  }
  throw new DeviceError("passkey.declined");
}

/** Have the person choose one of the passkeys that the device knows for this place; its credential id in base64url. @param {string} rpId */
export async function findPasskey(rpId) {
  const challenge = crypto.getRandomValues(new Uint8Array(32)); // nothing is proven here: the log-in challenge follows
  const credential = await ask(() => navigator.credentials.get({ publicKey: { challenge, rpId, userVerification: "discouraged", timeout: TIMEOUT } }));
  return b64url(new Uint8Array(credential.rawId));
}
