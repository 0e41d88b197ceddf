/**
 * Ballots that are filled in: whatever is ticked, typed or moved in a `[data-ballot]` is spelt into its field `choice`, and
 * what is left, or wrong, is said. Delegated from the document, for ballots come and go with the page's refreshes.
 *
 *   data-ballot     the family: approvals, projects, grades, scores, points, credits, ranking
 *   data-limit, data-budget, data-equal, data-words, data-formats   see `proposals/_ballot.html`
 *   [data-option]   the control of an option, with its number; [data-step], [data-move] beside it change it
 *   [data-abstain]  the box that says that nothing is chosen; [data-left]: what is told while one fills it in
 *   [data-again]    the button that puts everything back as it came, there once something was changed
 *
 * Whoever leaves the page with a ballot that was begun and not signed is asked first.
 */

import { integer } from "../formats.js";
import { judge } from "./judge.js";
import { chosen, forget, keep, restore } from "./projects.js";
import { move, put } from "./ranking.js";
import { readBallot, tellBallot } from "./text.js";

const ABSTAIN = "abstain";
/** @type {WeakSet<Element>} ballots that have been signed: nothing of them would be lost */
const rested = new WeakSet();

for (const kind of ["input", "change"]) document.addEventListener(kind, (event) => touched(/** @type {any} */ (event.target), kind));
document.addEventListener("click", (event) => pressed(/** @type {HTMLElement} */ (event.target)), true);
document.addEventListener("htmx:afterSettle", prepare);
document.addEventListener("yui:done", (event) => {
  for (const part of /** @type {HTMLElement} */ (event.target).querySelectorAll("[data-ballot]")) rested.add(part);
});
addEventListener("beforeunload", (event) => {
  if ([...document.querySelectorAll("[data-ballot]")].some((part) => !rested.has(part) && begun(/** @type {HTMLElement} */ (part)))) event.preventDefault();
});
prepare();

/** Every ballot on the page as it stands; for those that came without htmx. */
export function prepare() {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-ballot]"))) update(part);
}

/** @param {HTMLInputElement} control @param {string} kind */
function touched(control, kind) {
  const part = /** @type {HTMLElement|null} */ (control.closest?.("[data-ballot]"));
  if (!part || !(control.dataset.option || control.matches("[data-abstain], [data-chosen]"))) return;
  if (part.dataset.ballot === "projects") keep(part, control);
  if (part.dataset.ballot === "ranking" && control.dataset.option) {
    if (kind === "input") return; // half a number is no place yet
    place(part, control);
  }
  update(part);
}

/** @param {HTMLElement} target */
function pressed(target) {
  const button = /** @type {HTMLElement|null} */ (target.closest?.("[data-step], [data-move], [data-again] button, [type=submit]"));
  const part = /** @type {HTMLElement|null} */ (button?.closest("[data-ballot]") ?? button?.closest("form")?.querySelector("[data-ballot]") ?? null);
  if (!button || !part) return;
  const control = /** @type {HTMLInputElement|null} */ (button.closest(".ballot-row")?.querySelector("[data-option]") ?? null);
  if (control && button.dataset.step) {
    const most = Number(control.max);
    control.value = String(Math.min(most, Math.max(0, amount(control) + Number(button.dataset.step))));
  }
  if (control && button.dataset.move) {
    const way = /** @type {"up"|"down"} */ (button.dataset.move);
    show(part, move(before(part), Number(control.dataset.option), way, limit(part), equal(part)));
  }
  if (button.closest("[data-again]")) {
    again(part);
    /** @type {HTMLElement|undefined} */ (options(part)[0])?.focus();
  }
  update(part);
}

/** As it came with the page. @param {HTMLElement} part */
function again(part) {
  if (part.dataset.ballot === "projects") restore(part);
  for (const control of [...options(part), abstaining(part)]) {
    if (control instanceof HTMLSelectElement) control.selectedIndex = Math.max(0, [...control.options].findIndex((option) => option.defaultSelected));
    else if (control.type === "checkbox") control.checked = control.defaultChecked;
    else control.value = control.defaultValue;
  }
}

/** What it says now, also where that is no ballot yet. @param {HTMLElement} part */
function state(part) {
  const graded = options(part).map((control) => (part.dataset.ballot === "grades" ? control.value : ""));
  return JSON.stringify([[...marked(part)], abstaining(part).checked, graded]);
}

/** Whether it says something else than when it came. @param {HTMLElement} part */
function begun(part) {
  return part.dataset.came !== undefined && part.dataset.came !== state(part);
}

/** The others make room for who takes a place. @param {HTMLElement} part @param {HTMLInputElement} control */
function place(part, control) {
  show(part, put(before(part), Number(control.dataset.option), amount(control), limit(part), equal(part)));
}

/** The ranking as it was spelt last, before a control was changed. @param {HTMLElement} part @returns {Map<number, number>} */
function before(part) {
  return new Map(JSON.parse(part.dataset.places ?? "[]"));
}

/** @param {HTMLElement} part @param {Map<number, number>} places */
function show(part, places) {
  for (const control of options(part)) control.value = String(places.get(Number(control.dataset.option)) ?? "");
}

/** Spell it, and say what is left or wrong. @param {HTMLElement} part */
function update(part) {
  const abstain = abstaining(part);
  const field = /** @type {HTMLInputElement} */ (part.querySelector("[name=choice]"));
  for (const control of part.querySelectorAll("input:not([data-abstain]):not([name=choice]), select, fieldset button")) {
    /** @type {HTMLInputElement} */ (control).disabled = abstain.checked;
  }
  if (part.dataset.ballot === "projects") forget(part);
  const marks = marked(part);
  if (part.dataset.ballot === "ranking") part.dataset.places = JSON.stringify([...marks]);
  const { text, fault, left } = judge(part.dataset.ballot ?? "", marks, limit(part), equal(part));
  field.value = abstain.checked ? ABSTAIN : fault ? "" : text;
  refuse(part, abstain.checked ? "" : fault, abstain);
  price(part);
  part.dataset.came ??= state(part);
  /** @type {HTMLElement} */ (part.querySelector("[data-again]")).hidden = !begun(part);
  const over = fault === "over" && !abstain.checked;
  const said = abstain.checked ? "" : over ? wordsOf(part).over : tell(part, text, left, marks);
  const place = /** @type {HTMLElement} */ (part.querySelector("[data-left]"));
  place.toggleAttribute("data-over", over);
  if (place.textContent !== said) place.textContent = said; // the same words are not read out again
}

/** What each option is given. @param {HTMLElement} part @returns {Map<number, number>} */
function marked(part) {
  if (part.dataset.ballot === "projects") return new Map([...chosen(part).keys()].map((number) => [number, 1]));
  /** @type {[number, number][]} */
  const all = options(part).map((control) => [Number(control.dataset.option), control.type === "checkbox" ? Number(control.checked) : amount(control)]);
  const graded = new Set(part.dataset.ballot === "grades" ? options(part).filter((control) => control.value !== "").map((control) => Number(control.dataset.option)) : []);
  return new Map(all.filter(([number, given]) => given > 0 || graded.has(number)));
}

/** The browser then refuses to submit, and the form says why at the first of the controls. @param {HTMLElement} part @param {string} fault @param {HTMLInputElement} abstain */
function refuse(part, fault, abstain) {
  const at = options(part)[0] ?? abstain;
  const words = fault ? wordsOf(part)[fault] : "";
  for (const control of [...options(part), abstain]) control.setCustomValidity("");
  at.setCustomValidity(words);
  if (words) at.dataset.error = words;
}

/** What the votes for each option cost. @param {HTMLElement} part */
function price(part) {
  for (const row of part.querySelectorAll(".ballot-row:has([data-costs])")) {
    const votes = amount(/** @type {HTMLInputElement} */ (row.querySelector("[data-option]")));
    /** @type {HTMLElement} */ (row.querySelector("[data-costs]")).textContent = votes ? fill(wordsOf(part).costs, { n: votes * votes }) : "";
  }
}

/** What is left, what it costs, which comes first. @param {HTMLElement} part @param {string} text @param {number} left @param {Map<number, number>} marks */
function tell(part, text, left, marks) {
  const words = wordsOf(part);
  if (part.dataset.ballot === "ranking") {
    const said = readBallot(text);
    const formats = JSON.parse(part.dataset.formats ?? "{}");
    return said ? order(said, part, formats) : "";
  }
  if (part.dataset.ballot === "grades") {
    const open = options(part).filter((control) => control.value === "").length;
    return fill(words.left, { count: options(part).length - open, left: open });
  }
  const costs = part.dataset.ballot === "projects" ? [...chosen(part).values()].reduce((all, { cost }) => all + cost, 0) : 0;
  return fill(words.left, { left, limit: limit(part), count: marks.size, sum: costs, budget: Number(part.dataset.budget) });
}

/** @param {import("./text.js").Said} said @param {HTMLElement} part @param {Record<string, string>} formats */
function order(said, part, formats) {
  const ranked = "approved" in said ? { ranked: [said.approved] } : said;
  const named = (/** @type {number} */ number) => /** @type {HTMLElement|null} */ (part.querySelector(`[data-option="${number}"]`)?.closest("[data-label]") ?? null)?.dataset.label ?? String(number);
  return tellBallot(ranked, named, (key, word) => (formats[key] ?? "{}").replace("{}", () => word), integer);
}

/** @param {HTMLElement} part @returns {HTMLInputElement[]} */
function options(part) {
  return [...part.querySelectorAll("[data-option]")].map((control) => /** @type {HTMLInputElement} */ (control));
}

/** @param {HTMLElement} part */
function abstaining(part) {
  return /** @type {HTMLInputElement} */ (part.querySelector("[data-abstain]"));
}

/** @param {HTMLInputElement} control */
function amount(control) {
  return Math.max(0, Math.trunc(Number(control.value)) || 0);
}

/** @param {HTMLElement} part */
function limit(part) {
  return Number(part.dataset.limit);
}

/** @param {HTMLElement} part */
function equal(part) {
  return part.dataset.equal !== undefined;
}

/** @param {HTMLElement} part @returns {Record<string, string>} */
function wordsOf(part) {
  return JSON.parse(part.dataset.words ?? "{}");
}

/** @param {string} text @param {Record<string, number>} numbers */
function fill(text, numbers) {
  return text.replace(/\{([a-z]+)\}/g, (whole, name) => (name in numbers ? integer(numbers[name]) : whole));
}
