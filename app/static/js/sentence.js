/**
 * One plain sentence for each statement, made from the bytes that will be signed and never sent by the server.
 * `app/texts/sentences.py` says the same, word for word; both read `app/texts/sentences/{ja,en}.json`.
 *
 * Nothing of a body stays unsaid: what its template does not say is added as path and value. A document of which the words
 * do not hold (a module that nobody knows, a number where a share should be) is shown by path and value as a whole.
 */

import { join } from "./canonical.js";
import { integer } from "./formats.js";
import { isCommit } from "./private.js";
import { Values, clean } from "./sentence_values.js";
import { parseStatement } from "./statement.js";
import { MAX_ITEMS, SentenceError, below, isSaid, parse, render } from "./template.js";

/** Characters of a text that a sentence repeats. */
export const MAX_TEXT = 300;
export const JAPAN = 540;

/**
 * @typedef {import("./template.js").Scope} Scope
 * @typedef {[string, unknown]} Leaf
 * @typedef {Record<string, string>} Catalogue
 * @typedef {{names?: Record<string, string>, utcOffset?: number, token?: [string, number]}} Manner
 *   names: what ids, `class:…` and `kind:…` are called, and `unit:…` of a kind; token: its name and decimals
 */

/** The manner of speaking for one reader of one co-op. */
export class Sentences {
  #privates = /** @type {Record<string, unknown>} */ ({});

  /** @param {"ja"|"en"} lang @param {Catalogue} catalogue @param {Manner} [manner] */
  constructor(lang, catalogue, { names = {}, utcOffset = JAPAN, token } = {}) {
    this.words = new Map(Object.entries(catalogue)); // a map, for codes such as "constructor" name no word
    this.values = new Values(lang, this.words, new Map(Object.entries(names)), utcOffset, token ?? [this.words.get("word.token") ?? "", 0]);
  }

  /**
   * The sentence of a statement's canonical bytes.
   * @param {Uint8Array} bytes
   * @param {import("./private.js").Opening[]} [openings] already held against their commitments
   */
  of(bytes, openings = []) {
    const statement = parseStatement(bytes);
    const template = /^(word|format)\./.test(statement.type) ? undefined : this.words.get(statement.type);
    if (template === undefined) throw new SentenceError("sentence.type", { type: statement.type });
    this.#privates = Object.fromEntries(openings.map(({ path, value }) => [path, value]));
    /** @type {Scope} */
    const scope = { statement, value: statement.body, path: "", keys: [], said: new Set() };
    const said = render(parse(template), scope, this);
    const unsaid = Object.keys(statement.body).length ? this.#unsaid(scope) : [];
    return said + this.#also(unsaid) + render(parse(this.values.text("frame")), scope, this);
  }

  /** One value in words. @param {Scope} scope @param {string} format @param {Scope|string|null} argument @returns {string} */
  write(scope, format, argument) {
    const { value, path } = scope;
    if (format === "told") return this.#told(scope, `told.${argument}`);
    if (Array.isArray(value)) return this.join(below(scope).map((item) => this.write(item, format, argument)));
    if (isCommit(value)) return this.#private(path, format, argument);
    if (format === "" && (value === null || typeof value === "object")) return this.#outline(this.#leaves(value, path));
    return this.values.write(value, format, isScope(argument) ? argument.value : argument);
  }

  /** `甲、乙`, `A, B`; with `、ほか2件`, `, and 2 more`. @param {string[]} parts @param {number} [more] */
  join(parts, more = 0) {
    const row = parts.join(this.values.text("format.join"));
    return more ? row + this.values.fill("format.more", integer(more)) : row;
  }

  /** A document in its own words, and whatever of it those words leave unsaid. @param {Scope} scope @param {string} key */
  #told(scope, key) {
    const inner = { ...scope, said: /** @type {Set<string>} */ (new Set()) };
    let text = "";
    try {
      text = render(parse(this.values.text(key)), inner, this);
    } catch (error) {
      if (!(error instanceof SentenceError) || !["sentence.path", "sentence.value"].includes(error.code)) throw error;
      inner.said.clear();
    }
    if (!inner.said.size) return this.#outline(this.#leaves(scope.value, scope.path));
    return text + this.#also(this.#unsaid(inner));
  }

  /** @param {Scope} scope */
  #unsaid(scope) {
    return this.#leaves(scope.value, scope.path).filter(([path]) => !isSaid(path, scope.said));
  }

  /** @param {Leaf[]} unsaid */
  #also(unsaid) {
    return unsaid.length ? this.values.fill("format.also", this.#outline(unsaid)) : "";
  }

  /** @param {string} path @param {string} format @param {Scope|string|null} argument */
  #private(path, format, argument) {
    if (!Object.hasOwn(this.#privates, path)) return this.values.text("word.private");
    const value = this.#privates[path];
    if (format === "choice" && typeof value === "string" && isScope(argument)) return this.values.write(value, format, argument.value);
    return this.#quote(this.join(this.#leaves(value, "").map(([, leaf]) => this.#literal(leaf))));
  }

  /** Every leaf below `value` with its path, keys in canonical order. @param {any} value @param {string} path @returns {Leaf[]} */
  #leaves(value, path) {
    if (value === null || typeof value !== "object" || isCommit(value)) return [[path, value]];
    const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value).sort();
    return keys.length ? keys.flatMap((key) => this.#leaves(value[key], join(path, key))) : [[path, value]];
  }

  /** `path=value` of the first leaves, and how many more there are. @param {Leaf[]} leaves */
  #outline(leaves) {
    const parts = leaves.slice(0, MAX_ITEMS).map(([path, value]) => {
      const text = isCommit(value) ? this.#private(path, "", null) : typeof value === "string" ? this.#quote(clean(value)) : this.#literal(value);
      return path ? `${path}=${text}` : text;
    });
    return this.join(parts, Math.max(0, leaves.length - MAX_ITEMS));
  }

  /** @param {unknown} value */
  #literal(value) {
    if (typeof value === "string") return clean(value);
    if (isCommit(value)) return this.values.text("word.private");
    return value !== null && typeof value === "object" ? "–" : String(value);
  }

  /** @param {string} text */
  #quote(text) {
    const characters = Array.from(text);
    if (characters.length <= MAX_TEXT) return this.values.fill("format.quote", text);
    const length = this.values.fill("format.characters", integer(characters.length));
    return this.values.fill("format.quote", `${characters.slice(0, MAX_TEXT).join("")}…`) + length;
  }
}

/** @param {Scope|string|null} argument @returns {argument is Scope} */
const isScope = (argument) => argument !== null && typeof argument === "object";
