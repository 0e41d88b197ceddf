/** Bytes, base64 and SHA-256: what all other modules stand on. */

import { FormatError } from "./errors.js";

const encoder = new TextEncoder();

/** @param {string} text @returns {Uint8Array} UTF-8 */
export const utf8 = (text) => encoder.encode(text);

/** @param {...Uint8Array} parts */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}

/** @param {Uint8Array} left @param {Uint8Array} right */
export function equal(left, right) {
  return left.length === right.length && left.every((byte, position) => byte === right[position]);
}

/** Padded standard base64 (RFC 4648 section 4). @param {Uint8Array} data */
export function b64(data) {
  let text = "";
  // In slices: a whole leaf as arguments of one call would overflow the stack.
  for (let start = 0; start < data.length; start += 0x2000) {
    text += String.fromCharCode(...data.subarray(start, start + 0x2000));
  }
  return btoa(text);
}

/**
 * Bytes of `text`, which must be their one padded spelling.
 * @param {unknown} text
 * @param {number} [length] bytes, where it is fixed
 */
export function unb64(text, length) {
  let data;
  try {
    if (typeof text !== "string") throw new TypeError("not text");
    data = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new FormatError("format.base64");
  }
  // atob forgives white space, missing padding and stray bits; one spelling is all we accept.
  if (b64(data) !== text || (length !== undefined && data.length !== length)) throw new FormatError("format.base64");
  return data;
}

/** Base64url without padding, as WebAuthn writes challenges and ids. @param {Uint8Array} data */
export const b64url = (data) => b64(data).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** @param {string} text base64url without padding */
export function unb64url(text) {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  return unb64(plain + "=".repeat((4 - (plain.length % 4)) % 4));
}

/** @param {Uint8Array} data */
export const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {string} text lower-case hex */
export function unhex(text) {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new FormatError("format.hex");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** @param {Uint8Array} data @returns {Promise<Uint8Array>} */
export async function sha256(data) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

/** Text of strict UTF-8; a byte order mark is kept, so that it cannot hide. @param {Uint8Array} data @param {string} code */
export function text(data, code) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new FormatError(code);
  }
}
