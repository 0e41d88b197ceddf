/** P-256 where WebCrypto leaves us alone: compressed points, low s, and the DER that authenticators speak. */

import { concat } from "./bytes.js";
import { SignatureFault } from "./errors.js";

const PRIME = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** 33 bytes of an uncompressed 65-byte point (SEC 1 section 2.3.3). @param {Uint8Array} point */
export function compress(point) {
  if (point.length !== 65 || point[0] !== 4) throw new SignatureFault("key.form");
  return concat(new Uint8Array([2 + (point[64] & 1)]), point.subarray(1, 33));
}

/** 65 bytes of a compressed point; browsers need not import the short form. @param {Uint8Array} point */
export function decompress(point) {
  const x = toBig(point.subarray(1));
  if (point.length !== 33 || (point[0] !== 2 && point[0] !== 3) || x >= PRIME) throw new SignatureFault("key.form");
  const square = (x * x * x - 3n * x + B) % PRIME;
  const root = power(square < 0n ? square + PRIME : square, (PRIME + 1n) / 4n); // the prime is 3 modulo 4
  if ((root * root - square) % PRIME !== 0n) throw new SignatureFault("key.form");
  const y = (root & 1n) === BigInt(point[0] & 1) ? root : PRIME - root;
  return concat(new Uint8Array([4]), point.subarray(1), fromBig(y));
}

/** `r || s` with s in the lower half of the order, so that a signature has one spelling. @param {Uint8Array} raw */
export function lowS(raw) {
  if (raw.length !== 64) throw new SignatureFault("signature.form");
  return isLowS(raw) ? raw : concat(raw.subarray(0, 32), fromBig(ORDER - toBig(raw.subarray(32))));
}

/** @param {Uint8Array} raw `r || s` */
export const isLowS = (raw) => toBig(raw.subarray(32)) <= ORDER / 2n;

/**
 * `r || s`, low, of a DER `SEQUENCE {INTEGER r, INTEGER s}`: what authenticators return (WebAuthn section 6.5.5).
 * @param {Uint8Array} der
 */
export function fromDer(der) {
  // Two integers of at most 33 bytes: every length fits one byte.
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw new SignatureFault("signature.form");
  const [r, next] = integer(der, 2);
  const [s, end] = integer(der, next);
  if (end !== der.length) throw new SignatureFault("signature.form");
  return lowS(concat(r, s));
}

/** @param {Uint8Array} der @param {number} start @returns {[Uint8Array, number]} 32 bytes, and where they end */
function integer(der, start) {
  const length = der[start + 1];
  const end = start + 2 + length;
  if (der[start] !== 0x02 || !length || length > 33 || end > der.length) throw new SignatureFault("signature.form");
  const body = der.subarray(start + 2, end);
  const number = body[0] === 0 ? body.subarray(1) : body;
  if (number.length > 32) throw new SignatureFault("signature.form");
  return [concat(new Uint8Array(32 - number.length), number), end];
}

/** @param {bigint} base @param {bigint} exponent */
function power(base, exponent) {
  let result = 1n;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * base) % PRIME;
    base = (base * base) % PRIME;
  }
  return result;
}

/** @param {Uint8Array} bytes */
const toBig = (bytes) => bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);

/** @param {bigint} number @returns {Uint8Array} 32 bytes, big end first */
function fromBig(number) {
  return Uint8Array.from(number.toString(16).padStart(64, "0").match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
