/**
 * One plain sentence for each statement, made from the bytes that will be signed and never sent by the server.
 * `app/texts/sentences.py` says the same, word for word; both read `app/texts/sentences/{ja,en}.json`.
 */

import { isRecord, join, parseTime } from "./canonical.js";
import { amount, day, integer, moment, thousandths } from "./formats.js";
import { isCommit } from "./private.js";
import { parseStatement } from "./statement.js";
import { SentenceError, below, parse, render } from "./template.js";

/** Characters of a private text that a sentence repeats. */
export const MAX_PRIVATE = 300;
export const JAPAN = 540;

const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const ID = /^[a-z]{2,8}_[a-z2-7]{26}$/;
const OPTION = /^option_([1-9][0-9]{0,3})$/;
const MINUTE = 60_000;

/**
 * @typedef {import("./template.js").Scope} Scope
 * @typedef {Record<string, string>} Catalogue
 * @typedef {{names?: Record<string, string>, utcOffset?: number, token?: [string, number]}} Manner
 *   names: what ids, `class:…` and `kind:…` are called, and `unit:…` of a kind; token: its name and decimals
 */

/** The manner of speaking for one reader of one co-op. */
export class Sentences {
  #privates = /** @type {Record<string, unknown>} */ ({});

  /** @param {"ja"|"en"} lang @param {Catalogue} catalogue @param {Manner} [manner] */
  constructor(lang, catalogue, { names = {}, utcOffset = JAPAN, token } = {}) {
    this.lang = lang;
    this.words = new Map(Object.entries(catalogue)); // a map, for codes such as "constructor" name no word
    this.names = new Map(Object.entries(names));
    this.shift = utcOffset * MINUTE;
    this.token = token ?? [this.#text("word.token"), 0];
  }

  /**
   * The sentence of a statement's canonical bytes.
   * @param {Uint8Array} bytes
   * @param {import("./private.js").Opening[]} [openings] already held against their commitments
   */
  of(bytes, openings = []) {
    const statement = parseStatement(bytes);
    const template = this.words.get(statement.type);
    if (template === undefined) throw new SentenceError("sentence.type", { type: statement.type });
    this.#privates = Object.fromEntries(openings.map(({ path, value }) => [path, value]));
    const scope = { statement, value: statement.body, path: "" };
    return render(parse(template), scope, this) + render(parse(this.#text("frame")), scope, this);
  }

  /** One value in words. @param {Scope} scope @param {string} format @param {Scope|string|null} argument @returns {string} */
  write(scope, format, argument) {
    const { value, path } = scope;
    if (Array.isArray(value) && format !== "outline") return this.join(below(scope).map((item) => this.write(item, format, argument)));
    if (isCommit(value)) return this.#private(path, format, argument);
    const sibling = isRecord(argument) ? argument.value : null;
    if (format === "choice") return this.#choice(value, sibling);
    if (format === "quantity") return this.#quantity(value, sibling);
    return this.#plain(value, format, typeof argument === "string" ? argument : "");
  }

  /** `甲、乙`, `A, B`. @param {string[]} parts */
  join(parts) {
    return parts.join(this.#text("format.join"));
  }

  /** @param {any} value @param {string} format @param {string} argument @returns {string} */
  #plain(value, format, argument) {
    switch (format) {
      case "": return this.#natural(value);
      case "name": return this.#name(value);
      case "word": return this.#word(argument, String(value));
      case "amount": return amount(value, ...this.token);
      case "signed": return (value > 0 ? "+" : "") + integer(value);
      case "date": return day(this.lang, value.includes("T") ? parseTime(value) + this.shift : parseTime(`${value}T00:00:00.000Z`));
      case "time": return moment(this.lang, parseTime(value) + this.shift);
      case "minutes": return this.#minutes(value);
      case "clock": return `${Math.floor(value / 60)}:${String(value % 60).padStart(2, "0")}`;
      case "short": return short(value);
      case "outline": return this.join(this.#leaves(value, "").map(([path, text]) => (path ? `${path}=${text}` : text)));
      default: throw new SentenceError("sentence.format", { format });
    }
  }

  /** @param {any} value @returns {string} */
  #natural(value) {
    if (typeof value === "boolean") return this.#text(`word.yes_no.${value}`);
    if (typeof value === "number") return integer(value);
    return typeof value === "string" ? clean(value) : this.#plain(value, "outline", "");
  }

  /** @param {string} id */
  #name(id) {
    const [kind, rest] = id.split("_", 2);
    if (!ID.test(id)) return this.words.get(`word.author.${id}`) ?? clean(id);
    const known = this.names.get(id);
    if (known !== undefined) return this.#fill(kind === "mem" ? "format.person" : "format.thing", clean(known));
    return `${this.words.get(`word.id.${kind}`) ?? kind} ${short(rest)}`;
  }

  /** The catalogue comes first: names from the server must not turn a yes into a no. @param {string} group @param {string} code */
  #word(group, code) {
    return this.words.get(`word.${group}.${code}`) ?? clean(this.names.get(`${group}:${code}`) ?? code);
  }

  /** @param {string} code @param {string|null} proposal */
  #choice(code, proposal) {
    const [, number] = OPTION.exec(code) ?? [];
    if (number === undefined) return this.#word("choice", code);
    const label = this.names.get(`${proposal}/${code}`);
    return this.#fill("format.option", number) + (label === undefined ? "" : this.#fill("format.thing", clean(label)));
  }

  /** @param {number} value @param {string|null} kind */
  #quantity(value, kind) {
    const unit = this.names.get(`unit:${kind}`);
    if (unit === "hour") return this.#minutes(value);
    const form = this.words.get(`format.unit.${unit}`);
    if (form === undefined) return integer(value);
    // The smallest parts of these units are thousandths (grams, millilitres, metres).
    return form.replace("{}", () => (["kg", "litre", "km"].includes(unit ?? "") ? thousandths(value) : integer(value)));
  }

  /** @param {number} value */
  #minutes(value) {
    const [hours, minutes] = [Math.floor(value / 60), value % 60];
    const parts = hours ? [this.#fill("format.hours", integer(hours))] : [];
    if (minutes || !hours) parts.push(this.#fill("format.minutes", String(minutes)));
    return parts.join(this.#text("format.time_join"));
  }

  /** @param {string} path @param {string} format @param {Scope|string|null} argument */
  #private(path, format, argument) {
    if (!Object.hasOwn(this.#privates, path)) return this.#text("word.private");
    const value = this.#privates[path];
    if (format === "choice" && typeof value === "string") return this.#choice(value, isRecord(argument) ? argument.value : null);
    const text = this.join(this.#leaves(value, "").map(([, leaf]) => leaf));
    const characters = Array.from(text);
    return this.#fill("format.quote", characters.length <= MAX_PRIVATE ? text : `${characters.slice(0, MAX_PRIVATE).join("")}…`);
  }

  /** Every leaf below `value` with its path, keys in canonical order. @param {any} value @param {string} path @returns {[string, string][]} */
  #leaves(value, path) {
    if (isCommit(value)) return [[path, this.#text("word.private")]];
    if (typeof value === "string") return [[path, clean(value)]];
    if (value === null || typeof value !== "object") return [[path, String(value)]];
    const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value).sort();
    return keys.length ? keys.flatMap((key) => this.#leaves(value[key], join(path, key))) : [[path, "–"]];
  }

  /** @param {string} key @param {string} text */
  #fill(key, text) {
    return this.#text(key).replace("{}", () => text); // a function, for "$&" in a name would be read as a pattern
  }

  /** @param {string} key @returns {string} */
  #text(key) {
    const text = this.words.get(key);
    if (text === undefined) throw new SentenceError("sentence.word", { key });
    return text;
  }
}

/** Text from outside on one line, without characters that could turn or hide what stands around it. @param {string} text */
export function clean(text) {
  return text.replace(CONTROLS, (character) => (character === "\n" || character === "\t" ? " " : "\ufffd"));
}

/** @param {string} text */
const short = (text) => clean(Array.from(text.slice(text.lastIndexOf(":") + 1)).slice(0, 6).join(""));
