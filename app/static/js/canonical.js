/**
 * Canonical JSON, the browser's half of `ledger/canonical.py`: RFC 8785 output over a value space so small that
 * only one spelling exists. Objects whose keys match `[a-z][a-z0-9_]*`, arrays, strings, booleans, null and
 * integers within ±(2^53 - 1); no floats; at most 16 levels deep.
 *
 * Reading is strict without a second parser: parse, write again, compare. Duplicate keys, other orders, needless
 * escapes, `1.0`, `-0` and white space all fail that one comparison.
 */

import { equal, text, utf8 } from "./bytes.js";
import { FormatError } from "./errors.js";

export const MAX_DEPTH = 16;
const KEY = /^[a-z][a-z0-9_]*$/;
const DECIMAL = /^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/;
const TIMESTAMP = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Canonical bytes of `value`. @param {unknown} value @returns {Uint8Array} */
export function encode(value) {
  check(value);
  return utf8(write(value));
}

/** The value that `data` spells; FormatError when `data` is not its canonical spelling. @param {Uint8Array} data */
export function decode(data) {
  const source = text(data, "format.json");
  let value;
  try {
    value = JSON.parse(source);
  } catch {
    throw new FormatError("format.json");
  }
  check(value);
  if (!equal(utf8(write(value)), data)) throw new FormatError("format.not_canonical");
  return value;
}

/**
 * Refuse what lies outside the value space, naming its path (`body/amount`).
 * @param {unknown} value
 * @param {string} [path]
 * @param {number} [depth]
 */
export function check(value, path = "", depth = 0) {
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "string") {
    if (LONE_SURROGATE.test(value)) throw new FormatError("format.surrogate", { path });
  } else if (typeof value === "number") {
    checkNumber(value, path);
  } else if (isRecord(value) || Array.isArray(value)) {
    if (depth >= MAX_DEPTH) throw new FormatError("format.depth", { path });
    for (const [key, item] of Object.entries(value)) {
      if (!Array.isArray(value) && !KEY.test(key)) throw new FormatError("format.key", { path });
      check(item, join(path, key), depth + 1);
    }
    // A hole would be skipped above and written as null below.
    if (Array.isArray(value) && Object.keys(value).length !== value.length) throw new FormatError("format.value", { path });
  } else {
    throw new FormatError("format.value", { path });
  }
}

/** @param {unknown} value whether it is a plain object @returns {value is Record<string, unknown>} */
export function isRecord(value) {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The path of `key` below `path`. @param {string} path @param {string|number} key */
export const join = (path, key) => (path ? `${path}/${key}` : String(key));

/** Whether `amount` is in the one grammar of decimals. @param {string} amount */
export const isDecimal = (amount) => DECIMAL.test(amount) && amount !== "-0";

/** Milliseconds since 1970 of a timestamp such as `2026-04-01T09:00:00.000Z`. @param {unknown} stamp */
export function parseTime(stamp) {
  if (typeof stamp !== "string" || !TIMESTAMP.test(stamp)) throw new FormatError("format.time");
  const moment = Date.parse(stamp);
  // Date.parse rolls 30 February and 24:00 over into the next day; the round trip does not.
  if (Number.isNaN(moment) || formatTime(moment) !== stamp || stamp.startsWith("0000")) throw new FormatError("format.time");
  return moment;
}

/** The one spelling of a moment given in milliseconds since 1970 (UTC). @param {number} milliseconds */
export const formatTime = (milliseconds) => new Date(milliseconds).toISOString();

/** @param {number} value @param {string} path */
function checkNumber(value, path) {
  if (!Number.isInteger(value)) throw new FormatError("format.value", { path });
  if (!Number.isSafeInteger(value)) throw new FormatError("format.integer", { path });
}

/** @param {unknown} value already checked @returns {string} */
function write(value) {
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (isRecord(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `"${key}":${write(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
