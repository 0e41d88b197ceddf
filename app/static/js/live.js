/**
 * Parts of a page that follow the ledger: `<div hx-get="…" hx-trigger="live">` asks again for itself when entries were
 * added, whichever process took them. One connection for the whole page, none while nobody looks at it (browsers allow
 * six to one server, all tabs together).
 *
 * Nobody is interrupted: while somebody types, presses a button, reads a dialog or has marked text in a part, or has
 * scrolled down in one with `data-live="ask"`, a button offers what is new instead. Open disclosures stay open, and the
 * focus stays where it is.
 *
 * `<main data-events data-size data-fresh>`: where to listen, how many entries this page shows, the button's words.
 */

const PARTS = '[hx-trigger~="live"]';
const PAUSE = 1000; // milliseconds between two refreshes of a part
const AGAIN = 5000; // milliseconds until a refused connection, or a part that could not be had, is tried again
const SCROLLED = 200; // pixels
const NAMED = "a, button, summary";

const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const htmx = /** @type {any} */ (globalThis).htmx;
/** @type {WeakMap<Element, {size: number, at: number, wanted: boolean, timer?: number}>} what each part shows, and since when */
const shown = new WeakMap();
let newest = Number(main.dataset.size);
let ready = false; // nobody hears news before htmx has seen to the parts
/** @type {EventSource|null} */
let source = null;

document.addEventListener("visibilitychange", listen);
addEventListener("pageshow", listen);
addEventListener("pagehide", stop);
document.addEventListener("htmx:load", () => { // at first, and whenever a part arrives
  ready = true;
  listen();
});
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => retry(/** @type {HTMLElement} */ (event.target), /** @type {CustomEvent} */ (event).detail.xhr?.status ?? 0));
}
document.addEventListener("htmx:beforeSwap", (event) => arrive(/** @type {HTMLElement} */ (event.target), /** @type {CustomEvent} */ (event).detail));

function listen() {
  if (!ready) return;
  if (document.hidden || !document.querySelector(PARTS)) return stop();
  if (source) return;
  source = new EventSource(/** @type {string} */ (main.dataset.events));
  source.addEventListener("head", (event) => {
    newest = Math.max(newest, JSON.parse(event.data).size);
    for (const part of document.querySelectorAll(PARTS)) look(/** @type {HTMLElement} */ (part));
  });
  source.addEventListener("error", () => {
    // A lost network is tried again by the browser itself, a refusal is not.
    if (source?.readyState === EventSource.CLOSED) {
      stop();
      setTimeout(listen, AGAIN);
    }
  });
}

function stop() {
  source?.close();
  source = null;
}

/** @param {HTMLElement} part */
function look(part) {
  const state = stateOf(part);
  if (newest <= state.size || !part.isConnected) return;
  if (inUse(part)) return offer(part);
  const rest = state.at + PAUSE - performance.now();
  clearTimeout(state.timer);
  if (rest > 0) state.timer = setTimeout(() => look(part), rest);
  else refresh(part, false);
}

/** @param {HTMLElement} part @param {boolean} wanted whether the reader has asked for it */
function refresh(part, wanted) {
  Object.assign(stateOf(part), { size: newest, at: performance.now(), wanted });
  offerOf(part)?.remove();
  htmx.trigger(part, "live");
}

/** A part that could not be had is no newer than it was; one that was refused for good stays. @param {HTMLElement} part @param {number} status */
function retry(part, status) {
  if (!part.matches(PARTS) || (status >= 400 && status < 500 && status !== 429)) return;
  const state = stateOf(part);
  state.size = -1;
  clearTimeout(state.timer);
  state.timer = setTimeout(() => look(part), AGAIN);
}

/** @param {Element} part */
function stateOf(part) {
  const state = shown.get(part) ?? { size: Number(main.dataset.size), at: -PAUSE, wanted: false };
  shown.set(part, state);
  return state;
}

/** Whether a refresh would take something out of somebody's hands. @param {HTMLElement} part */
function inUse(part) {
  const marked = document.getSelection();
  const reads = part.dataset.live === "ask" && scrollY > SCROLLED;
  const selects = marked !== null && !marked.isCollapsed && part.contains(marked.anchorNode);
  const types = part.contains(document.activeElement) && document.activeElement?.matches("input, select, textarea");
  const told = part.querySelector('[aria-busy="true"], [aria-invalid="true"]') !== null; // what is wrong would be gone unread
  const presses = part.querySelector(":is(a, button, summary, label):active") !== null; // a click ends where it began, or is lost
  return reads || selects || types || presses || document.querySelector("dialog[open]") !== null || told || changed(part);
}

/** Whether anything in a part's forms is not as it came. @param {HTMLElement} part */
function changed(part) {
  return [...part.querySelectorAll("input, textarea, select")].some((element) => {
    const control = /** @type {any} */ (element);
    if (control.type === "hidden") return false;
    if (control.options) return [...control.options].some((option) => option.selected !== option.defaultSelected) && control.selectedIndex !== 0;
    return control.value !== control.defaultValue || control.checked !== control.defaultChecked;
  });
}

/** @param {HTMLElement} part */
const offerOf = (part) => (part.previousElementSibling?.matches(".live-offer") ? part.previousElementSibling : null);

/** @param {HTMLElement} part */
function offer(part) {
  if (offerOf(part)) return;
  const box = Object.assign(document.createElement("div"), { className: "live-offer" });
  box.setAttribute("role", "status");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-small", textContent: main.dataset.fresh });
  button.addEventListener("click", () => {
    refresh(part, true);
    part.tabIndex = -1; // the button is gone, and who goes by keyboard goes on from here
    part.focus({ preventScroll: true });
    part.scrollIntoView({ block: "nearest" });
  });
  box.append(button);
  part.before(box);
}

/** What came may have been asked for before somebody began something in the part. @param {HTMLElement} part @param {any} swap */
function arrive(part, swap) {
  if (!part.matches(PARTS)) return;
  if (swap.requestConfig.triggeringEvent?.type !== "live" || stateOf(part).wanted || !inUse(part)) return keep(part);
  swap.shouldSwap = false;
  offer(part);
}

/**
 * What was open stays open, and where the focus was it is again: whoever goes by keyboard keeps the place, and a key that is
 * pressed just then is not lost. (What has an id keeps its focus by htmx.)
 * @param {HTMLElement} part
 */
function keep(part) {
  const open = [...part.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
  const focused = part.contains(document.activeElement) ? nameOf(/** @type {Element} */ (document.activeElement)) : "";
  part.addEventListener("htmx:afterSwap", () => {
    for (const summary of part.querySelectorAll("details > summary")) {
      if (open.includes(summary.textContent)) /** @type {HTMLDetailsElement} */ (summary.parentElement).open = true;
    }
    const again = focused && !part.contains(document.activeElement) && [...part.querySelectorAll(NAMED)].find((one) => nameOf(one) === focused);
    if (again) /** @type {HTMLElement} */ (again).focus({ preventScroll: true });
  }, { once: true });
}

/** What tells a link or button from the others of its part; nothing of anything else. @param {Element} element */
function nameOf(element) {
  return element.matches(NAMED) ? [element.tagName, element.getAttribute("href"), element.ariaLabel, element.textContent].join("\n") : "";
}
