/**
 * What Ethereum wallets sign and how it is checked: EIP-712 over a statement or a log-in, byte for byte as
 * `ledger/wallet.py` has it. Loaded only where such a signature occurs: most ledgers have none.
 */

import { keccak_256 as keccak } from "../vendor/noble-hashes/sha3.js";
import { recoverPublicKey } from "../vendor/noble-secp256k1/index.js";
import { concat, equal, hex, sha256, text, unb64, unhex, utf8 } from "./bytes.js";
import { SESSION_DOMAIN } from "./crypto.js";
import { SignatureFault } from "./errors.js";
import { DOMAIN } from "./statement.js";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n; // of the group of secp256k1
const RECOVERY = 27;
const FIELDS = {
  EIP712Domain: [["name", "string"], ["version", "string"], ["salt", "bytes32"]],
  Statement: [["ledger", "string"], ["type", "string"], ["digest", "bytes32"]],
  Session: [["ledger", "string"], ["expires", "string"], ["digest", "bytes32"]],
};

/**
 * @typedef {{domain: Record<string, string>, primaryType: "Statement"|"Session", message: Record<string, string>,
 *   types: Record<string, {name: string, type: string}[]>}} TypedData as `eth_signTypedData_v4` takes it
 */

/** The typed data that a wallet is shown for `message` (domain included). @param {Uint8Array} message @returns {Promise<TypedData>} */
export async function typedData(message) {
  const [primaryType, said] = contents(message);
  const ledger = primaryType === "Statement" ? said.ledger : said.origin;
  const shown = primaryType === "Statement" ? { ledger, type: said.type } : { ledger, expires: said.expires };
  return {
    types: Object.fromEntries(["EIP712Domain", primaryType].map((name) => [name, FIELDS[name].map(([field, type]) => ({ name: field, type }))])),
    domain: { name: "Yui", version: "1", salt: `0x${hex(await sha256(utf8(ledger)))}` },
    primaryType,
    message: { ...shown, digest: `0x${hex(await sha256(message))}` },
  };
}

/** The 32 bytes that are signed for that typed data. @param {TypedData} typed */
export function digestOf({ domain, primaryType, message }) {
  return keccak(concat(new Uint8Array([0x19, 0x01]), struct("EIP712Domain", domain), struct(primaryType, message)));
}

/**
 * SignatureFault unless that wallet has signed `message` (domain included).
 * @param {import("./statement.js").Signature} signature
 * @param {Uint8Array} message
 */
export async function verifyWallet(signature, message) {
  const address = parseAddress(signature.key);
  const sig = rawSignature(signature.sig);
  const digest = digestOf(await typedData(message));
  if (toBig(sig.subarray(32, 64)) > ORDER / 2n) throw new SignatureFault("signature.high_s");
  const recovery = sig[64] - RECOVERY;
  if (recovery !== 0 && recovery !== 1) throw new SignatureFault("signature.recovery");
  if (!equal(signerOf(sig, recovery, digest), address)) throw new SignatureFault("signature.invalid");
}

/** The one spelling of what a wallet answered: low s, v 27 or 28. @param {Uint8Array} raw 65 bytes */
export function normalised(raw) {
  const recovery = raw[64] < RECOVERY ? raw[64] : raw[64] - RECOVERY;
  if (recovery !== 0 && recovery !== 1) throw new SignatureFault("signature.recovery");
  const s = toBig(raw.subarray(32, 64));
  const high = s > ORDER / 2n;
  // The other s belongs to the mirrored point, so the parity turns over with it.
  const low = high ? unhex((ORDER - s).toString(16).padStart(64, "0")) : raw.subarray(32, 64);
  return concat(raw.subarray(0, 32), low, new Uint8Array([RECOVERY + (high ? 1 - recovery : recovery)]));
}

/** EIP-55: the case of each letter is a digit of the hash of the lower-case address. @param {Uint8Array} raw 20 bytes */
export function spellAddress(raw) {
  const plain = hex(raw);
  const digits = hex(keccak(utf8(plain)));
  return `0x${[...plain].map((letter, place) => (parseInt(digits[place], 16) > 7 ? letter.toUpperCase() : letter)).join("")}`;
}

/** The address in a public key's text form. @param {string} key */
function parseAddress(key) {
  if (!key.startsWith("eip712:")) throw new SignatureFault("key.algorithm", { alg: "eip712" });
  const address = key.slice("eip712:".length);
  const raw = /^0x[0-9a-fA-F]{40}$/.test(address) ? unhex(address.slice(2).toLowerCase()) : new Uint8Array();
  if (spellAddress(raw) !== address) throw new SignatureFault("key.form");
  if (!raw.some(Boolean)) throw new SignatureFault("key.weak");
  return raw;
}

/** @param {string} sig */
function rawSignature(sig) {
  try {
    return unb64(sig, 65);
  } catch {
    throw new SignatureFault("signature.form");
  }
}

/** @param {Uint8Array} sig @param {number} recovery @param {Uint8Array} digest @returns {Uint8Array} 20 bytes */
function signerOf(sig, recovery, digest) {
  let point;
  try {
    point = recoverPublicKey(concat(new Uint8Array([recovery]), sig.subarray(0, 64)), digest, { prehash: false, isCompressed: false });
  } catch {
    throw new SignatureFault("signature.invalid"); // no point belongs to r
  }
  return keccak(point.subarray(1)).subarray(12);
}

/** What the bytes say, by the domain that they begin with. @param {Uint8Array} message @returns {["Statement"|"Session", Record<string, string>]} */
function contents(message) {
  for (const [primaryType, domain] of /** @type {const} */ ([["Statement", DOMAIN], ["Session", SESSION_DOMAIN]])) {
    const prefix = utf8(domain);
    if (equal(message.subarray(0, prefix.length), prefix)) return [primaryType, JSON.parse(text(message.subarray(prefix.length), "format.json"))];
  }
  throw new SignatureFault("signature.form");
}

/** `hashStruct` of EIP-712 for members that are strings or 32 bytes. @param {keyof typeof FIELDS} name @param {Record<string, string>} values */
function struct(name, values) {
  const kind = `${name}(${FIELDS[name].map(([field, type]) => `${type} ${field}`).join(",")})`;
  const members = FIELDS[name].map(([field, type]) => (type === "string" ? keccak(utf8(values[field])) : unhex(values[field].slice(2))));
  return keccak(concat(keccak(utf8(kind)), ...members));
}

/** @param {Uint8Array} bytes */
const toBig = (bytes) => BigInt(`0x${hex(bytes)}`);
