/**
 * From a form's controls to what a statement says. Knows no page: a control is anything with a name, a value and a dataset.
 *
 * A control's name is its path in the body (`terms/cost`, `effects/0/kind`). `name="kinds[]"` adds to a list. Numbers in a
 * path are places in a list, and gaps close: removed rows leave nothing behind. A name after `@` is of the statement
 * itself: `@for`, `@via`, `@replaces`, `@cosigners[]`. A control that is empty, or not chosen, is left out; a list
 * of which nothing is chosen is an empty list, unless its controls have `data-optional`.
 *
 * `data-as` says how a value is read:
 *   text (default)  trimmed, in NFC
 *   integer         1200, 1,200 and full-width digits alike
 *   decimal         a canonical decimal string; with data-decimals="3" an integer of smallest units (1.5 is 1500)
 *   minutes         `1:30` or 90; with data-unit="hours" also 1.5
 *   time            of `datetime-local` or `date`, on the co-op's wall clock, as a UTC timestamp
 *   through         of `date`: that day lasts, so the time is the midnight after it, likewise
 *   date            2026-04-01
 *   boolean         a checkbox, or one of true/yes/1
 *   json            parsed
 *   id              an id such as mem_…
 *   private         a text that the log only commits to, kept as typed
 * With `data-private` any other kind becomes a private value too.
 */

import { formatTime, isDecimal, parseTime } from "./canonical.js";
import { LedgerError } from "./errors.js";

const ID = /^[a-z]{2,8}_[a-z2-7]{26}$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const LOCAL = /^([0-9]{4,}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2})(:[0-9]{2})?)?$/;
const MINUTE = 60_000;
const DAY_LONG = 1440; // minutes

/**
 * @typedef {{name: string, value: string, type?: string, checked?: boolean, disabled?: boolean, dataset: Record<string, string|undefined>,
 *   selectedOptions?: Iterable<{value: string}>}} Control
 * @typedef {{control: Control, code: string}} Fault
 * @typedef {{body: Record<string, unknown>, privates: Record<string, unknown>, said: Record<string, any>, places: Map<string, Control>,
 *   faults: Fault[]}} Read said: members of the statement itself; places: the control of each path; faults: what couldn't be read
 */

/** @param {Iterable<Control>} controls @param {number} offset the co-op's, in minutes east of UTC @returns {Read} */
export function readForm(controls, offset) {
  const [body, said] = [new Node(), new Node()];
  /** @type {Fault[]} */
  const faults = [];
  for (const control of controls) {
    if (!control.name || control.disabled || control.name === "_csrf_token") continue;
    const own = control.name.startsWith("@");
    const node = (own ? said : body).reach(control.name.slice(own ? 1 : 0));
    for (const text of texts(control)) {
      try {
        node.add({ value: convert(control, text, offset), control });
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        faults.push({ control, code: error.code });
      }
    }
    if (node.many && control.dataset.optional === undefined) node.required = true;
  }
  /** @type {Record<string, unknown>} */
  const privates = {};
  const places = new Map();
  return { body: finish(body, "", privates, places) ?? {}, said: finish(said, "", {}, new Map()) ?? {}, privates, places, faults };
}

/** The tree that names spell, before it is known which branches are lists. */
class Node {
  /** @type {Map<string, Node>} */
  children = new Map();
  /** @type {{value: unknown, control: Control}|undefined} */
  leaf;
  many = false;
  required = false;

  /** @param {string} name @returns {Node} */
  reach(name) {
    const many = name.endsWith("[]");
    const steps = (many ? name.slice(0, -2) : name).split("/");
    const node = steps.reduce((/** @type {Node} */ at, step) => at.child(step), this);
    node.many ||= many;
    return node;
  }

  /** @param {string} step */
  child(step) {
    const found = this.children.get(step) ?? new Node();
    this.children.set(step, found);
    return found;
  }

  /** @param {{value: unknown, control: Control}} leaf */
  add(leaf) {
    if (this.many) this.child(String(this.children.size)).leaf = leaf;
    else this.leaf = leaf;
  }
}

/**
 * @param {Node} node @param {string} path @param {Record<string, unknown>} privates @param {Map<string, Control>} places
 * @returns {any} undefined where nothing is said, or nothing that is not private
 */
function finish(node, path, privates, places) {
  if (node.leaf) return settle(node.leaf, path, privates, places);
  const below = [...node.children].filter(([, child]) => says(child));
  const list = node.many || (below.length > 0 && below.every(([step]) => /^[0-9]+$/.test(step)));
  if (!below.length && !node.required) return undefined;
  if (list && !node.many) below.sort(([one], [other]) => Number(one) - Number(other));
  const items = below.map(([step, child], position) => {
    const name = list ? String(position) : step;
    return [name, finish(child, path ? `${path}/${name}` : name, privates, places)];
  });
  const open = items.filter(([, value]) => value !== undefined);
  return list ? open.map(([, value]) => value) : Object.fromEntries(open);
}

/** Whether anything is said at or below a node. @param {Node} node @returns {boolean} */
const says = (node) => node.leaf !== undefined || node.required || [...node.children.values()].some(says);

/** @param {{value: unknown, control: Control}} leaf @param {string} path @param {Record<string, unknown>} privates @param {Map<string, Control>} places */
function settle({ value, control }, path, privates, places) {
  places.set(path, control);
  if (control.dataset.as !== "private" && control.dataset.private === undefined) return value;
  privates[path] = value; // its commitment is put in its place when the statement is sealed
  return undefined;
}

/** What a control says: nothing, one text, or several. @param {Control} control @returns {string[]} */
function texts(control) {
  const { type, value, checked, dataset } = control;
  if (type === "checkbox" && dataset.as === "boolean") return [String(Boolean(checked))];
  if ((type === "checkbox" || type === "radio") && !checked) return [];
  const all = type === "select-multiple" ? [...(control.selectedOptions ?? [])].map((option) => option.value) : [value];
  // What is private is kept as typed: 福 (U+FA1B) in a name must not become another character.
  const kept = dataset.as === "private" || dataset.private !== undefined;
  return all.map((text) => (kept ? text : text.normalize("NFC")).trim()).filter((text) => text !== "");
}

/** @param {Control} control @param {string} text @param {number} offset @returns {unknown} */
function convert({ dataset }, text, offset) {
  switch (dataset.as ?? "text") {
    case "text": case "private": return text.replaceAll("\r\n", "\n");
    case "integer": return integer(plain(text), "integer");
    case "decimal": return dataset.decimals === undefined ? decimal(plain(text)) : units(plain(text), Number(dataset.decimals), "decimal");
    case "minutes": return minutes(plain(text), dataset.unit === "hours");
    case "time": return time(text, offset);
    case "through": return time(text, offset - DAY_LONG);
    case "date": return DAY.test(text) ? time(text, 0, "date").slice(0, 10) : fault("date");
    case "boolean": return ["true", "yes", "1"].includes(text);
    case "json": return json(text);
    case "id": return ID.test(text) ? text : fault("id");
    default: throw new TypeError(`data-as="${dataset.as}"`);
  }
}

/** Digits as people type them. @param {string} text */
const plain = (text) => text.normalize("NFKC").replace(/[,\s]/g, "").replace(/^\+/, "").replace(/^[−–]/, "-");

/** @param {string} text @param {string} kind */
function integer(text, kind) {
  const number = /^-?[0-9]+$/.test(text) ? Number(text) + 0 : NaN; // + 0: there is no -0
  return Number.isSafeInteger(number) ? number : fault(kind);
}

/** @param {string} text */
function decimal(text) {
  const short = text.replace(/^(-?)0+(?=[0-9])/, "$1").replace(/(\.[0-9]*?)0+$/, "$1").replace(/\.$/, "");
  return isDecimal(short) ? short : fault("decimal");
}

/** `1.5` in units of 10^-decimals, without ever being a fraction. @param {string} text @param {number} decimals @param {string} kind */
function units(text, decimals, kind) {
  const [whole, part = ""] = text.split(".");
  return part.length <= decimals ? integer(whole + part.padEnd(decimals, "0"), kind) : fault(kind);
}

/** @param {string} text @param {boolean} hours */
function minutes(text, hours) {
  const [, hour, minute] = /^([0-9]{1,3}):([0-5][0-9])$/.exec(text) ?? [];
  if (hour !== undefined) return Number(hour) * 60 + Number(minute);
  if (!hours) return integer(text, "minutes");
  const hundredths = units(text, 2, "minutes") * 60;
  return hundredths % 100 === 0 ? hundredths / 100 : fault("minutes");
}

/** @param {string} text @param {number} offset @param {string} [kind] */
function time(text, offset, kind = "time") {
  const [, day, clock = "00:00", seconds = ":00"] = LOCAL.exec(text) ?? [];
  try {
    return day === undefined ? formatTime(parseTime(text)) : formatTime(parseTime(`${day}T${clock}${seconds}.000Z`) - offset * MINUTE);
  } catch {
    return fault(kind);
  }
}

/** @param {string} text */
function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return fault("json");
  }
}

/** @param {string} kind @returns {never} */
function fault(kind) {
  throw new LedgerError(`form.${kind}`);
}
