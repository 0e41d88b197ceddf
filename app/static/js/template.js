/**
 * The small template language of sentences about statements, as `app/texts/sentence_template.py` describes it:
 *
 *     {path}  {path|format}  {path|format:argument}  {?path}…{:}…{/}  {?path=text}…{/}  {!path}…{/}  {*path}…{/}
 */

import { isRecord } from "./canonical.js";
import { LedgerError } from "./errors.js";

/**
 * @typedef {{statement: Record<string, any>, value: any, path: string}} Scope
 *   where paths start: the statement, and the value in hand with its own path in the body
 * @typedef {{write: (scope: Scope, format: string, argument: Scope|string|null) => string, join: (parts: string[]) => string}} Writer
 * @typedef {string | {kind: "value", path: string, format: string, argument: string}
 *   | {kind: "test", path: string, equals: string|undefined, negated: boolean, then: Node[], otherwise: Node[]}
 *   | {kind: "each", path: string, body: Node[]}} Node
 */

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
    if (tag.startsWith("*")) return { kind: "each", path: tag.slice(1), body: closed(nodes()) };
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
    const sibling = node.format === "quantity" || node.format === "choice";
    const argument = sibling ? find(scope, node.argument) : node.argument || null;
    return writer.write(need(scope, node.path), node.format, argument);
  }
  if (node.kind === "each") {
    const items = need(scope, node.path);
    return writer.join(below(items).map((item) => render(node.body, item, writer)));
  }
  const found = find(scope, node.path);
  const holds = node.equals === undefined ? isThere(found) : found !== null && String(found.value) === node.equals;
  return render(holds !== node.negated ? node.then : node.otherwise, scope, writer);
}

/** The items of a list, each with its own path. @param {Scope} scope @returns {Scope[]} */
export function below(scope) {
  return scope.value.map((/** @type {any} */ value, /** @type {number} */ position) => ({ ...scope, value, path: `${scope.path}/${position}` }));
}

/** What stands at `path`, or null. @param {Scope} scope @param {string} path @returns {Scope|null} */
export function find(scope, path) {
  const { statement } = scope;
  if (path === ".") return scope;
  if (path === "/actor") return { statement, value: statement.for ?? statement.author, path: "" };
  const absolute = path.startsWith("/");
  let value = absolute ? statement : scope.value;
  for (const step of path.replace(/^\//, "").split("/")) {
    const known = isRecord(value) ? Object.hasOwn(value, step) : Array.isArray(value) && /^[0-9]+$/.test(step) && Number(step) < value.length;
    if (!known) return null;
    value = value[step];
  }
  return { statement, value, path: absolute || !scope.path ? path : `${scope.path}/${path}` };
}

/** Missing, null, false, empty text and an empty list are not there; 0 is. @param {Scope|null} found */
function isThere(found) {
  const value = found?.value ?? null;
  if (value === null || value === false || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** @param {Scope} scope @param {string} path @returns {Scope} */
function need(scope, path) {
  const found = find(scope, path);
  if (found === null || found.value === null) throw new SentenceError("sentence.path", { path });
  return found;
}
