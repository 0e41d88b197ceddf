/**
 * The small template language of sentences about statements, as `app/texts/sentence_template.py` describes it:
 *
 *     {path}  {path|format}  {path|format:argument}  {?path}…{:}…{/}  {?path=text}…{/}  {!path}…{/}  {-path}
 *     {*path}…{/}  {+path}…{/}  {=path}…{/}
 */

import { encode, isRecord, join } from "./canonical.js";
import { LedgerError } from "./errors.js";
import { isCommit } from "./private.js";

/** Items of a list that a sentence says one by one: no policy holds more kinds, so nothing that is signed is left out. */
export const MAX_ITEMS = 200;

/**
 * @typedef {{statement: Record<string, any>, value: any, path: string, keys: string[], said: Set<string>}} Scope
 *   where paths start: the statement, and the value in hand with its own path in the body and its keys; said: the paths in
 *   the body that have been said so far, each with all that stands below it
 * @typedef {{write: (scope: Scope, format: string, argument: Scope|string|null) => string, join: (parts: string[], more?: number) => string}} Writer
 * @typedef {{kind: "test", path: string, equals: string|undefined, negated: boolean, then: Node[], otherwise: Node[]}} Test
 * @typedef {{kind: "each", path: string, how: string, body: Node[]}} Each
 * @typedef {string | {kind: "value", path: string, format: string, argument: string} | Test | Each | {kind: "silence", path: string}} Node
 */

const SIBLING = new Set(["choice", "quantity", "ratio", "votes"]); // formats whose argument is another value beside the one that is written

/** A template that does not fit the statement: nobody is to sign a sentence with a hole in it. */
export class SentenceError extends LedgerError {}

const VALUE = /^([^|]+)(?:\|([a-z]+)(?::(.+))?)?$/;
const TEST = /^([?!])([^=]+)(?:=(.*))?$/s;

/** @param {string} template @returns {Node[]} */
export function parse(template) {
  const tokens = template.split(/\{([^{}]*)\}/); // text at even positions, tags at odd ones
  let position = 0;
  const fault = () => new SentenceError("sentence.template", { template });

  /** @returns {[Node[], string]} nodes up to a closing tag, and that tag ("" at the end) */
  function nodes() {
    /** @type {Node[]} */
    const found = [];
    while (position < tokens.length) {
      const isTag = position % 2 === 1;
      const token = tokens[position++];
      if (isTag && (token === "/" || token === ":")) return [found, token];
      if (isTag) found.push(section(token));
      else if (token) found.push(token);
    }
    return [found, ""];
  }

  /** @param {string} tag @returns {Node} */
  function section(tag) {
    if ("*+=".includes(tag[0] ?? " ")) return { kind: "each", path: tag.slice(1), how: tag[0], body: closed(nodes()) };
    if (tag.startsWith("-")) return { kind: "silence", path: tag.slice(1) };
    const test = TEST.exec(tag);
    if (test) {
      const [then, end] = nodes();
      const otherwise = end === ":" ? closed(nodes()) : [];
      if (!end) throw fault();
      return { kind: "test", path: test[2], equals: test[3], negated: test[1] === "!", then, otherwise };
    }
    const value = VALUE.exec(tag);
    if (!value) throw fault();
    return { kind: "value", path: value[1], format: value[2] ?? "", argument: value[3] ?? "" };
  }

  /** @param {[Node[], string]} part */
  function closed([part, end]) {
    if (end !== "/") throw fault();
    return part;
  }

  const [whole, end] = nodes();
  if (end) throw fault();
  return whole;
}

/** The sentence. @param {Node[]} nodes @param {Scope} scope @param {Writer} writer @returns {string} */
export const render = (nodes, scope, writer) => nodes.map((node) => renderNode(node, scope, writer)).join("");

/** @param {Node} node @param {Scope} scope @param {Writer} writer @returns {string} */
function renderNode(node, scope, writer) {
  if (typeof node === "string") return node;
  if (node.kind === "value") {
    const argument = SIBLING.has(node.format) ? find(scope, node.argument) : node.argument || null;
    return writer.write(say(need(scope, node.path)), node.format, argument);
  }
  if (node.kind === "each") return renderEach(node, scope, writer);
  const found = find(scope, node.path);
  if (node.kind === "silence") {
    if (found !== null) say(found);
    return "";
  }
  const holds = node.equals === undefined ? isThere(found) : found !== null && spelled(found.value) === node.equals;
  if (found !== null && (node.equals === undefined ? isToldByAsking(found.value, node) : holds)) say(found);
  return render(holds !== node.negated ? node.then : node.otherwise, scope, writer);
}

/** @param {Each} node @param {Scope} scope @param {Writer} writer */
function renderEach(node, scope, writer) {
  const items = below(need(scope, node.path));
  const groups = node.how === "=" ? alike(items) : items.map((item) => [item]);
  const told = node.how === "*" ? groups.slice(0, MAX_ITEMS) : groups;
  for (const [item] of groups.slice(told.length)) say(item); // by the number of all that are left
  const parts = told.map((group) => {
    const keys = group.flatMap((item) => item.keys);
    // Every one is rendered, so that each has been said; the words of the first are the words of all.
    return group.map((item) => render(node.body, { ...item, keys }, writer))[0];
  });
  return node.how === "*" ? writer.join(parts, groups.length - told.length) : parts.join("");
}

/** @param {Scope[]} items @returns {Scope[][]} */
function alike(items) {
  /** @type {Map<string, Scope[]>} */
  const groups = new Map();
  for (const item of items) {
    const spelling = encode(item.value).join();
    groups.set(spelling, [...(groups.get(spelling) ?? []), item]);
  }
  return [...groups.values()];
}

/** The items of a list, or the members of an object by key, each with its own path. @param {Scope} scope @returns {Scope[]} */
export function below(scope) {
  const { value, path } = scope;
  if (Array.isArray(value)) return value.map((item, place) => ({ ...scope, value: item, path: join(path, place), keys: [] }));
  if (!isRecord(value)) throw new SentenceError("sentence.value", { path });
  return Object.keys(value).sort().map((key) => ({ ...scope, value: value[key], path: join(path, key), keys: [key] }));
}

/** What stands at `path`, or null. @param {Scope} scope @param {string} path @returns {Scope|null} */
export function find(scope, path) {
  const { statement } = scope;
  if (path === ".") return scope;
  if (path === "@") return { ...scope, value: scope.keys.length === 1 ? scope.keys[0] : scope.keys, path, keys: [] };
  if (path === "/actor") return { ...scope, value: statement.for ?? statement.author, path, keys: [] };
  const absolute = path.startsWith("/");
  let value = absolute ? statement : scope.value;
  for (const step of path.replace(/^\//, "").split("/")) {
    const known = isRecord(value) ? Object.hasOwn(value, step) : Array.isArray(value) && /^[0-9]+$/.test(step) && Number(step) < value.length;
    if (!known) return null;
    value = value[step];
  }
  return { ...scope, value, path: absolute || !scope.path ? path : `${scope.path}/${path}`, keys: [] };
}

/** Whether what stands at `path`, or anything around it, is among `said`. @param {string} path @param {Set<string>} said */
export function isSaid(path, said) {
  const steps = path.split("/");
  return said.has("") || steps.some((_, place) => said.has(steps.slice(0, place + 1).join("/")));
}

/** @param {Scope} found */
function say(found) {
  if (!/^[/@]/.test(found.path)) found.said.add(found.path);
  return found;
}

/** Missing, null, false, empty text and an empty list are not there; 0 is. @param {Scope|null} found */
function isThere(found) {
  const value = found?.value ?? null;
  return !(value === null || value === false || isEmpty(value));
}

/** @param {any} value */
const isEmpty = (value) => value === "" || (typeof value === "object" && Object.keys(value).length === 0);

/** Of a yes or no, of nothing and of a commitment the answer says all; of an empty list, where there are words. @param {any} value @param {Test} test */
function isToldByAsking(value, test) {
  if (value === null || typeof value === "boolean" || isCommit(value)) return true;
  return isEmpty(value) && (test.negated ? test.then : test.otherwise).length > 0;
}

/** As JSON spells it, text without its quotes; null for lists and objects, which equal no text. @param {any} value */
const spelled = (value) => (value !== null && typeof value === "object" ? null : String(value));

/** @param {Scope} scope @param {string} path @returns {Scope} */
function need(scope, path) {
  const found = find(scope, path);
  if (found === null || found.value === null) throw new SentenceError("sentence.path", { path });
  return found;
}
