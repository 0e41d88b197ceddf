/**
 * Bound private values: what the log commits to without saying it (`ledger/private.py`).
 *
 *     commitment = SHA-256("yui/v1/private\n" || salt || JCS{author, ledger, nonce, path, value})
 */

import { b64, concat, sha256, unb64, utf8 } from "./bytes.js";
import { encode, isRecord, join } from "./canonical.js";
import { FormatError } from "./errors.js";

export const DOMAIN = "yui/v1/private\n";
export const SALT_SIZE = 32;
export const MAX_VALUE = 262_144;

/**
 * @typedef {import("./statement.js").Statement} Statement
 * @typedef {{path: string, salt: string, value: unknown}} Opening
 */

/**
 * Base64 commitment to `value` at `path` of that statement's body.
 * @param {Pick<Statement, "author"|"ledger"|"nonce">} statement
 * @param {string} path
 * @param {Uint8Array} salt
 * @param {unknown} value
 */
export async function commitment(statement, path, salt, value) {
  if (salt.length !== SALT_SIZE) throw new FormatError("private.salt", { path });
  const { author, ledger, nonce } = statement;
  return b64(await sha256(concat(utf8(DOMAIN), salt, encode({ author, ledger, nonce, path, value }))));
}

/**
 * Puts a commitment at the place of every private value and returns what opens them.
 * @param {Statement} statement
 * @param {Record<string, unknown>} values by path in the body, such as `note` or `lines/0/name`
 * @returns {Promise<{statement: Statement, openings: Opening[]}>}
 */
export async function seal(statement, values) {
  const body = structuredClone(statement.body);
  const openings = [];
  for (const path of Object.keys(values).sort()) {
    const salt = crypto.getRandomValues(new Uint8Array(SALT_SIZE));
    place(body, path, { commit: await commitment(statement, path, salt, values[path]) });
    openings.push({ path, salt: b64(salt), value: values[path] });
  }
  return { statement: { ...statement, body }, openings };
}

/**
 * Every private value's [path, commitment] in a body, in canonical order.
 * @param {unknown} body
 * @param {string} [path]
 * @returns {Generator<[string, string]>}
 */
export function* commitments(body, path = "") {
  if (isCommit(body)) {
    yield [path, body.commit];
  } else if (isRecord(body)) {
    for (const key of Object.keys(body).sort()) yield* commitments(body[key], join(path, key));
  } else if (Array.isArray(body)) {
    for (const [position, item] of body.entries()) yield* commitments(item, join(path, position));
  }
}

/** @param {unknown} value @returns {value is {commit: string}} whether a private value stands here */
export const isCommit = (value) => isRecord(value) && Object.keys(value).join() === "commit" && typeof value.commit === "string";

/**
 * Every commitment must be opened, once, and nothing else; FormatError names the path.
 * @param {Statement} statement
 * @param {Opening[]} openings
 */
export async function checkOpenings(statement, openings) {
  const expected = new Map(commitments(statement.body));
  const given = new Map(openings.map((opening) => [opening.path, opening]));
  const stray = [...given.keys()].find((path) => !expected.has(path)) ?? [...expected.keys()].find((path) => !given.has(path));
  if (given.size !== openings.length || stray !== undefined) throw new FormatError("private.openings", { path: stray ?? "" });
  for (const [path, commit] of expected) await checkOpening(statement, given.get(path), commit);
}

/**
 * FormatError `private.commitment` unless that opening opens that commitment at its place.
 * @param {Statement} statement
 * @param {Opening} opening
 * @param {string} commit
 */
export async function checkOpening(statement, opening, commit) {
  const { path, value } = opening;
  const salt = unb64(opening.salt, SALT_SIZE);
  if (encode(value).length > MAX_VALUE) throw new FormatError("private.size", { path, limit: MAX_VALUE });
  if ((await commitment(statement, path, salt, value)) !== commit) throw new FormatError("private.commitment", { path });
}

/** @param {Record<string, unknown>} body @param {string} path @param {unknown} value */
function place(body, path, value) {
  const steps = path.split("/");
  const last = /** @type {string} */ (steps.pop());
  let parent = /** @type {any} */ (body);
  for (const step of steps) {
    parent = parent?.[step];
    if (!isRecord(parent) && !Array.isArray(parent)) throw new FormatError("private.path", { path });
  }
  if (parent[last] !== undefined) throw new FormatError("private.path", { path });
  parent[last] = value;
}
