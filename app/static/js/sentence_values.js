/**
 * Single values in words for the sentences about statements, as `app/texts/sentence_values.py` writes them.
 *
 * Every format takes values of its own kind alone: a document may hold anything anywhere, and what is not of the kind that
 * the words speak of has to be shown as it stands.
 */

import { readBallot, tellBallot } from "./ballot/text.js";
import { parseTime } from "./canonical.js";
import { FormatError } from "./errors.js";
import { amount, day, integer, moment, parts, thousandths } from "./formats.js";
import { SentenceError } from "./template.js";

const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const ID = /^[a-z]{2,8}_[a-z2-7]{26}$/;
const OPTION = /^option_([1-9][0-9]{0,3})$/;
const PARTS = /^[1-9][0-9]{0,15}$/;
const SHARE = /^([1-9][0-9]{0,5})\/([1-9][0-9]{0,5})$/;
const VKEY = /^[^+]+\+([0-9a-f]{8})\+/;
const LENGTHS = /** @type {[string, number][]} */ ([["days", 86_400], ["hours", 3600], ["minutes", 60], ["seconds", 1]]);
const MINUTE = 60_000;
const DAY = 86_400_000;
const [FIRST, LAST] = [-62_135_510_400_000, 253_402_214_399_999];

/** Writes values for one reader of one co-op, by the words of a catalogue and the names of a service. */
export class Values {
  /**
   * @param {"ja"|"en"} lang
   * @param {Map<string, string>} words
   * @param {Map<string, string>} names what ids, `class:…` and `kind:…` are called, and `unit:…` of a kind
   * @param {number} utcOffset minutes
   * @param {[string, number]} token its name and decimals
   */
  constructor(lang, words, names, utcOffset, token) {
    this.lang = lang;
    this.words = words;
    this.names = names;
    this.shift = utcOffset * MINUTE;
    this.token = token;
    /** @type {Map<string, [string, (value: any, argument: any) => string]>} kind of value, and how it is written */
    this.formats = new Map(Object.entries({
      amount: ["number", (units) => amount(units, ...this.token)],
      choice: ["string", (code, proposal) => this.#choice(code, proposal)],
      clock: ["number", (minutes) => `${Math.floor(natural(minutes) / 60)}:${String(minutes % 60).padStart(2, "0")}`],
      count: ["object", (value) => this.#count(value)],
      date: ["string", (text) => this.#date(text)],
      days: ["number", (days) => this.#part("days", natural(days))],
      end: ["string", (text) => this.#end(text)],
      length: ["number", (seconds) => this.#length(seconds)],
      minutes: ["number", (minutes) => this.#minutes(minutes)],
      name: ["string", (id) => this.#name(id)],
      quantity: ["number", (value, kind) => this.#quantity(value, kind)],
      ratio: ["number", (over, under) => this.#ratio(over, under)],
      share: ["string", (text, how) => this.#share(text, how)],
      short: ["string", short],
      signed: ["number", (number) => (number > 0 ? "+" : "") + integer(number)],
      subject: ["string", (id) => this.#subject(id)],
      time: ["string", (text) => moment(this.lang, time(text) + this.shift)],
      vkey: ["string", vkey],
      votes: ["object", (value, unit) => this.#votes(value, unit)],
      whole: ["number", integer],
      word: ["code", (code, group) => this.#word(group, String(code))],
    }));
  }

  /** @param {any} value @param {string} format @param {any} argument the one in the template, or the value of the sibling that it names @returns {string} */
  write(value, format, argument) {
    if (format === "") return this.#natural(value);
    const known = this.formats.get(format);
    if (known === undefined) throw new SentenceError("sentence.format", { format });
    const [kind, write] = known;
    const found = Array.isArray(value) || value === null ? "none" : typeof value;
    if (found !== kind && !(kind === "code" && (found === "string" || found === "number"))) throw new SentenceError("sentence.value", { format });
    return write(value, argument);
  }

  /** A way of writing with a text in it. @param {string} key @param {string} text */
  fill(key, text) {
    return this.text(key).replace("{}", () => text); // a function, for "$&" in a name would be read as a pattern
  }

  /** @param {string} key @returns {string} */
  text(key) {
    const text = this.words.get(key);
    if (text === undefined) throw new SentenceError("sentence.word", { key });
    return text;
  }

  /** @param {boolean|number|string} value */
  #natural(value) {
    if (typeof value === "boolean") return this.text(`word.yes_no.${value}`);
    return typeof value === "number" ? integer(value) : clean(value);
  }

  /** @param {string} id */
  #name(id) {
    const known = this.names.get(id);
    if (known !== undefined && ID.test(id)) return this.fill(id.startsWith("mem_") ? "format.person" : "format.thing", clean(known));
    return this.#called(id);
  }

  /** At the beginning of a sentence: words of the catalogue with a capital, names as people write them. @param {string} id */
  #subject(id) {
    if (this.names.has(id) && ID.test(id)) return this.#name(id);
    const [first = "", ...rest] = this.#called(id);
    return first.toUpperCase() + rest.join("");
  }

  /** @param {string} id */
  #called(id) {
    if (!ID.test(id)) return this.words.get(`word.author.${id}`) ?? clean(id);
    const [kind, rest] = id.split("_", 2);
    return `${this.words.get(`word.id.${kind}`) ?? kind} ${short(rest)}`;
  }

  /** The catalogue comes first: names from the server must not turn a yes into a no. @param {string} group @param {string} code */
  #word(group, code) {
    return this.words.get(`word.${group}.${code}`) ?? clean(this.names.get(`${group}:${code}`) ?? code);
  }

  /** @param {string} code @param {string|null} proposal */
  #choice(code, proposal) {
    const [, number] = OPTION.exec(code) ?? [];
    if (number !== undefined) return this.#option(Number(number), proposal);
    const said = readBallot(code);
    if (said === null) return this.#word("choice", code);
    return tellBallot(said, (position) => this.#option(position, proposal), (key, text) => this.fill(key, text), integer);
  }

  /** @param {number} position @param {string|null} proposal */
  #option(position, proposal) {
    const label = this.names.get(`${proposal}/option_${position}`);
    return this.fill("format.option", String(position)) + (label === undefined ? "" : this.text("format.option_join") + this.fill("format.thing", clean(label)));
  }

  /** @param {number} value @param {string|null} kind */
  #quantity(value, kind) {
    const unit = this.names.get(`unit:${kind}`);
    if (typeof kind === "string" && ID.test(kind)) return this.#units(value, unit);
    if (unit === "hour") return this.#minutes(value);
    const form = this.words.get(`format.unit.${unit}`);
    if (form === undefined) return integer(value);
    // The smallest parts of these units are thousandths (grams, millilitres, metres).
    return form.replace("{}", () => (["kg", "litre", "km"].includes(unit ?? "") ? thousandths(value) : integer(value)));
  }

  /** How many of a thing: whole units, as its stock is counted. @param {number} value @param {string|undefined} unit */
  #units(value, unit) {
    const form = this.words.get(unit === "hour" ? "format.hours" : `format.unit.${unit}`) ?? this.text("format.units");
    return form.replace("{}", integer(value));
  }

  /** @param {number} value */
  #minutes(value) {
    const [hours, minutes] = [Math.floor(natural(value) / 60), value % 60];
    const parts = hours ? [this.fill("format.hours", integer(hours))] : [];
    if (minutes || !hours) parts.push(this.fill("format.minutes", String(minutes)));
    return parts.join(this.text("format.time_join"));
  }

  /** `7日`, `1日12時間`. @param {number} seconds */
  #length(seconds) {
    /** @type {string[]} */
    const parts = [];
    let rest = natural(seconds);
    for (const [name, size] of LENGTHS) {
      const count = Math.floor(rest / size);
      rest %= size;
      if (count || (name === "seconds" && !parts.length)) parts.push(this.#part(name, count));
    }
    return parts.join(this.text("format.length.join"));
  }

  /** @param {string} name @param {number} count */
  #part(name, count) {
    return this.fill(`format.length.${name}${count === 1 ? ".one" : ""}`, integer(count));
  }

  /** `3分の2`, `3分の2以上` (`at_least`), `過半数` (`over`). @param {string} text @param {string|null} how */
  #share(text, how) {
    const [, over, under] = SHARE.exec(text) ?? [];
    if (over === undefined) throw new SentenceError("sentence.value", { format: "share" });
    const whole = how ? this.words.get(`word.share.${how}.${text}`) : undefined;
    const plain = this.words.get(`word.share.${text}`) ?? this.text("format.share").replace("{over}", over).replace("{under}", under);
    return whole ?? (how ? this.fill(`format.share.${how}`, plain) : plain);
  }

  /** `numerator` of `denominator`, which is 1 where it is left out. @param {number} over @param {any} given */
  #ratio(over, given) {
    const under = given ?? 1;
    if (typeof under !== "number") throw new SentenceError("sentence.value", { format: "ratio" });
    return this.#share(over === under ? "1/1" : `${over}/${under}`, null);
  }

  /** Heads, and their weight where it is another number. @param {any} value */
  #count(value) {
    return this.#votes(value, 1);
  }

  /** A count whose weight is in parts of a vote, in votes. @param {any} value @param {any} given how many parts, or the proposal whose count it is */
  #votes(value, given) {
    const { heads, weight } = value;
    const unit = typeof given === "string" ? Number(PARTS.exec(this.names.get(`unit:${given}`) ?? "") ?? 1) : given;
    if (Object.keys(value).sort().join() !== "heads,weight" || [heads, weight, unit].some((number) => typeof number !== "number")) {
      throw new SentenceError("sentence.value", { format: "votes" });
    }
    if (weight < 0 || unit < 1) throw new SentenceError("sentence.value", { format: "votes" });
    const [people, votes] = [integer(heads), parts(weight, unit)];
    return this.fill("format.heads", people) + (people === votes ? "" : this.fill("format.weight", votes));
  }

  /** A calendar day is the same everywhere; the day of a moment is the co-op's. @param {string} text */
  #date(text) {
    return day(this.lang, text.includes("T") ? time(text) + this.shift : time(`${text}T00:00:00.000Z`));
  }

  /** A term that ends at a midnight of the co-op lasts through the day before. @param {string} text */
  #end(text) {
    const at = parsed(text);
    if ((at + this.shift) % DAY) return moment(this.lang, shown(at) + this.shift);
    return this.fill("format.through", day(this.lang, shown(at - 1) + this.shift));
  }
}

/** Text from outside on one line, without characters that could turn or hide what stands around it. @param {string} text */
export function clean(text) {
  return text.replace(CONTROLS, (character) => (character === "\n" || character === "\t" ? " " : "\ufffd"));
}

/** @param {number} number */
function natural(number) {
  if (number < 0) throw new SentenceError("sentence.value", { number });
  return number;
}

/** @param {string} text */
const time = (text) => shown(parsed(text));

/** Within what the Python half shows: the calendar's, a day less at each end. @param {number} ms */
const shown = (ms) => Math.max(FIRST, Math.min(ms, LAST));

/** @param {string} text */
function parsed(text) {
  try {
    return parseTime(text);
  } catch (error) {
    if (error instanceof FormatError) throw new SentenceError("sentence.value", { text });
    throw error;
  }
}

/** @param {string} text */
const short = (text) => clean(Array.from(text.slice(text.lastIndexOf(":") + 1)).slice(0, 6).join(""));

/** The key's hash in a C2SP verifier key, whose name may hold a port with its colon. @param {string} text */
const vkey = (text) => VKEY.exec(text)?.[1] ?? short(text);
