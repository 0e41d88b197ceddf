/** As much CBOR (RFC 8949) as authenticators write: definite lengths, integers, bytes, text, arrays, maps, true, false, null. */

import { FormatError } from "./errors.js";
import { text } from "./bytes.js";

const MAX_DEPTH = 8;

/** The one item that `data` begins with, and where it ends. @param {Uint8Array} data @returns {{value: any, end: number}} */
export function decode(data) {
  let position = 0;
  const fault = () => new FormatError("cbor.form");

  /** @param {number} count */
  function take(count) {
    if (position + count > data.length) throw fault();
    position += count;
    return data.subarray(position - count, position);
  }

  /** @param {number} info the low five bits of the head */
  function length(info) {
    if (info < 24) return info;
    if (info > 26) throw fault(); // nothing an authenticator says needs 64 bits; 31 would be an indefinite length
    return take(1 << (info - 24)).reduce((number, byte) => number * 256 + byte, 0);
  }

  /** @param {number} depth @returns {any} */
  function item(depth) {
    if (depth > MAX_DEPTH) throw fault();
    const [head] = take(1);
    const major = head >> 5;
    const info = head & 31;
    if (major === 7) return simple(info);
    const size = length(info);
    if (major === 0) return size;
    if (major === 1) return -1 - size;
    if (major === 2) return take(size);
    if (major === 3) return text(take(size), "cbor.form");
    if (major === 4) return Array.from({ length: bounded(size) }, () => item(depth + 1));
    if (major === 5) return new Map(Array.from({ length: bounded(size) }, () => [item(depth + 1), item(depth + 1)]));
    throw fault();
  }

  /** Every item takes a byte at least. @param {number} size */
  function bounded(size) {
    if (size > data.length) throw fault();
    return size;
  }

  /** @param {number} info */
  function simple(info) {
    const known = new Map([[20, false], [21, true], [22, null]]);
    if (!known.has(info)) throw fault();
    return known.get(info);
  }

  return { value: item(0), end: position };
}
