/**
 * Forms that say something on the ledger: read, shown as a sentence, signed with the reader's key, posted, and believed
 * only when the receipt holds. Nothing to wire: any form on the page, now or later, with `data-statement` is one.
 *
 *     <form data-statement="token.gift/1" data-then="/c/owase/tokens">
 *       <input type="hidden" name="to" value="mem_…">
 *       <input name="amount" data-as="integer" required>
 *       <input name="note" data-as="private">
 *       <button>…</button>
 *     </form>
 *
 * Controls are named by their path in the body; `data-as` and lists: see `form_body.js`. A form of hidden inputs and one
 * button is as good. The button that was pressed counts with its own name and value.
 *
 *   data-statement   the type
 *   data-then        where to go when it is recorded; without it the page is loaded anew; `stay`: stay, what was said is
 *                    announced and the form rests until the page's own refresh replaces it. In the address `{index}` is the
 *                    entry's number, `{statement}` its id, `{prop}` the id of the proposal that it made (any prefix of ids)
 *                    and `{mem:2}` of the third such object
 *   data-cosigners   ids of those who must also sign, with spaces between; the statement waits for those whose keys aren't here
 *   data-for, data-via, data-replaces   as in the statement
 *   data-key         `device`, `passkey` or `wallet`, where only that kind of key will do
 *
 * From the form, else from an element around it, and at last from `<body>`, where `base.html` writes them for members:
 *   data-slug, data-author, data-origin   which ledger, and who speaks
 *   data-offset      the co-op's minutes east of UTC
 *   data-names       {"mem_…": "…"}: what ids are called in the sentence; all those around the form and on its controls count, the inmost first
 *   data-token       ["結", 0]: name and decimals of the token
 *
 * Errors are said above the form, or in the element `[data-said]` within it, and at the control that they concern.
 * For pages that need more: `yui:read` (cancelable, detail: the wish, which may be changed) before anything is shown,
 * `yui:done` (cancelable: keeps the page) with the outcome when it is recorded, left for cosigners or queued.
 */

import { b64, unb64, unhex } from "./bytes.js";
import { ContradictionError, DeviceError, LedgerError } from "./errors.js";
import { readForm } from "./form_body.js";
import { objectId } from "./ids.js";
import { announce, notice, wayOn } from "./notice.js";

const SAID = "yui.said";
const QUEUED = "yui.queued";
const MADE = /\{([a-z]{2,8})(?::([0-9]+))?\}/g;
/** Names of the native faults, and the words for them. */
const VALIDITY = {
  valueMissing: "required", tooLong: "long", tooShort: "short", rangeUnderflow: "small", rangeOverflow: "big",
  stepMismatch: "step", badInput: "value", typeMismatch: "value", patternMismatch: "value", customError: "value",
};

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.dataset?.statement) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") !== "true") speak(form, /** @type {any} */ (event).submitter);
});

// The browser's own bubbles speak the browser's language, not the page's.
document.addEventListener("invalid", (event) => {
  const control = /** @type {HTMLInputElement} */ (event.target);
  const form = control.form;
  if (!form?.dataset.statement) return;
  event.preventDefault();
  if (!form.dataset.faulty) setTimeout(() => refuseControls(form));
  form.dataset.faulty = "yes";
}, true);

addEventListener("online", sendQueued);
if (sessionStorage.getItem(SAID)) {
  announce(/** @type {string} */ (sessionStorage.getItem(SAID)));
  sessionStorage.removeItem(SAID);
}
sendQueued();

/** @param {HTMLFormElement} form @param {HTMLButtonElement|null} submitter */
async function speak(form, submitter) {
  const pressed = submitter?.name ? [submitter] : [];
  const read = readForm([...controlsOf(form), ...pressed], Number(setting(form, "offset")));
  const wake = busy(form);
  clear(form);
  // Loaded when it is needed: most visits sign nothing.
  const { openTexts, signAndSubmit } = await import("./sign.js");
  const texts = await openTexts().catch(() => null);
  try {
    if (!texts) return wake(say(form, notice("error", document.body.dataset.offline ?? "")));
    if (read.faults.length) return wake(refuse(form, texts, read.faults.map(({ control, code }) => [control, texts.t(`signing.${code}`)])));
    const wish = wishOf(form, read);
    if (!form.dispatchEvent(new CustomEvent("yui:read", { bubbles: true, cancelable: true, detail: wish }))) return wake();
    await done(form, texts, await signAndSubmit(wish), wish.passing); // and the form rests for good: nothing is said twice
  } catch (error) {
    wake();
    await fail(form, /** @type {any} */ (texts), read, error);
  }
}

/** @param {HTMLFormElement} form @param {import("./form_body.js").Read} read @returns {any} */
function wishOf(form, { body, privates, said }) {
  const { statement: type, cosigners, for: for_, via, replaces, key } = form.dataset;
  const place = { slug: setting(form, "slug"), origin: setting(form, "origin"), names: namesOf(form), token: parsed(setting(form, "token")) };
  const parties = { cosigners: cosigners?.split(/\s+/).filter(Boolean), for: for_, via, replaces, ...said };
  return { ...place, type, author: setting(form, "author"), body, privates, key, ...parties };
}

/**
 * @param {HTMLFormElement} form
 * @param {import("./texts.js").Texts} texts
 * @param {import("./sign.js").Outcome|import("./sign.js").Pending} outcome
 * @param {boolean} [passing] whether nothing of it stays on this device
 */
async function done(form, texts, outcome, passing = false) {
  const words = saying(texts, outcome);
  if (outcome.status === "queued" && !passing) localStorage.setItem(QUEUED, "yes");
  const goesOn = form.dispatchEvent(new CustomEvent("yui:done", { bubbles: true, cancelable: true, detail: outcome }));
  if (!goesOn && passing) return undefined; // the page says itself what became of it
  if (!goesOn || form.dataset.then === "stay") return announce(words);
  if (outcome.status === "queued") return say(form, notice("info", words));
  sessionStorage.setItem(SAID, words);
  const then = form.dataset.then && (await address(form.dataset.then, outcome));
  if (then) location.assign(then);
  else location.reload();
}

/** @param {import("./texts.js").Texts} texts @param {import("./sign.js").Outcome|import("./sign.js").Pending} outcome */
function saying(texts, outcome) {
  if (outcome.status === "queued") return texts.t("signing.receipt.queued");
  if (outcome.status === "pending") return texts.t("signing.receipt.pending", { n: outcome.missing.length });
  const unchecked = outcome.signature === "unchecked" ? ` ${texts.t("signing.receipt.unchecked")}` : "";
  return texts.t("signing.receipt.recorded", { index: outcome.index }) + unchecked;
}

/** The address with what the entry has made; none where it names what is not there yet. @param {string} template @param {any} outcome */
async function address(template, outcome) {
  const id = outcome.status === "pending" ? unhex(outcome.id) : unb64(outcome.id);
  if (outcome.status === "pending" && template.includes("{")) return undefined;
  let filled = template.replaceAll("{index}", String(outcome.index)).replaceAll("{statement}", encodeURIComponent(b64(id)));
  for (const [whole, prefix, ordinal = "0"] of filled.matchAll(MADE)) {
    filled = filled.replace(whole, await objectId(prefix, id, Number(ordinal)));
  }
  return filled;
}

/** @param {HTMLFormElement} form @param {import("./texts.js").Texts} texts @param {import("./form_body.js").Read} read @param {unknown} error */
async function fail(form, texts, read, error) {
  if (error instanceof DeviceError && error.code === "signing.declined") return announce(texts.error(error));
  if (!(error instanceof LedgerError)) console.error(error); // eslint-disable-line no-console
  if (error instanceof ContradictionError) {
    const { contradictionNotice } = await import("./dialog.js");
    return say(form, contradictionNotice(texts, error));
  }
  const path = String(/** @type {any} */ (error)?.params?.path ?? "").replace(/^body\//, "");
  const control = read.places.get(path);
  if (control) return refuse(form, texts, [[control, texts.error(error)]]);
  const noKey = error instanceof DeviceError && error.code === "device.no_key";
  say(form, notice("error", texts.error(error), noKey ? wayIn(form, texts) : null));
}

/** Whoever has no key on this device can let another one in, or use a passkey. @param {HTMLFormElement} form @param {import("./texts.js").Texts} texts */
function wayIn(form, texts) {
  const next = encodeURIComponent(location.pathname + location.search);
  return wayOn(`/c/${setting(form, "slug")}/sign-in?next=${next}${location.hash}`, texts.t("signing.form.sign_in"));
}

/** What the browser itself found wrong, in words. @param {HTMLFormElement} form */
async function refuseControls(form) {
  delete form.dataset.faulty;
  clear(form);
  const { openTexts } = await import("./sign.js");
  const texts = await openTexts();
  const faulty = controlsOf(form).filter((control) => control.willValidate && !control.validity.valid);
  const first = faulty.filter((control, at) => faulty.findIndex((other) => other.name === control.name) === at); // one of several radios
  refuse(form, texts, first.map((control) => [control, nativeFault(texts, control)]));
}

/** @param {import("./texts.js").Texts} texts @param {any} control @returns {string} */
function nativeFault(texts, control) {
  const [, code] = Object.entries(VALIDITY).find(([fault]) => control.validity[fault]) ?? ["", "value"];
  if (control.dataset.error && code === "value") return control.dataset.error;
  const chosen = ["radio", "checkbox", "select-one"].includes(control.type);
  const { min, max, minLength, maxLength } = control;
  const limit = { small: min, big: max, short: minLength, long: maxLength }[code];
  return texts.t(`signing.form.${code === "required" && chosen ? "choose" : code}`, { limit });
}

/** Say faults above the form and each at its control. @param {HTMLFormElement} form @param {import("./texts.js").Texts} texts @param {[any, string][]} faults */
function refuse(form, texts, faults) {
  const visible = faults.filter(([control]) => control.type !== "hidden" && control.isConnected);
  const whole = visible.length ? texts.t("signing.form.look") : faults[0]?.[1] ?? texts.t("signing.form.value");
  say(form, notice("error", whole));
  for (const [control, words] of visible) mark(control, words);
  visible[0]?.[0].focus();
}

/** @param {HTMLInputElement} control @param {string} words */
function mark(control, words) {
  const field = control.closest(".field") ?? control.parentElement;
  const id = `${control.id || control.name}-fault`;
  const said = Object.assign(document.createElement("p"), { className: "field-error", id, textContent: words });
  said.dataset.fault = "";
  field?.append(said);
  control.setAttribute("aria-invalid", "true");
  const described = control.getAttribute("aria-describedby");
  control.setAttribute("aria-describedby", described ? `${described} ${id}` : id);
}

/** Take away what was said before. @param {HTMLFormElement} form */
function clear(form) {
  for (const said of form.querySelectorAll("[data-fault]")) said.remove();
  for (const control of controlsOf(form)) {
    if (control.getAttribute("aria-invalid") !== "true") continue;
    control.removeAttribute("aria-invalid");
    const rest = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => !id.endsWith("-fault"));
    if (rest.join("")) control.setAttribute("aria-describedby", rest.join(" "));
    else control.removeAttribute("aria-describedby");
  }
  form.querySelector("[data-said]")?.replaceChildren();
}

/** @param {HTMLFormElement} form @param {HTMLElement} banner */
function say(form, banner) {
  // A refresh may have taken the form away meanwhile; what happened is said all the same.
  if (!form.isConnected) return announce(banner.textContent ?? "");
  let place = form.querySelector("[data-said]");
  if (!place) {
    place = document.createElement("div");
    place.setAttribute("data-said", "");
    form.prepend(place);
  }
  place.replaceChildren(banner);
  banner.scrollIntoView({ block: "nearest" });
}

/** The form rests while something is under way; returns what wakes it. @param {HTMLFormElement} form @returns {(_?: void) => void} */
function busy(form) {
  const buttons = /** @type {any[]} */ ([...form.elements]).filter(({ type, disabled }) => type === "submit" && !disabled);
  form.setAttribute("aria-busy", "true");
  for (const button of buttons) button.disabled = true;
  return () => {
    form.removeAttribute("aria-busy");
    for (const button of buttons) button.disabled = false;
  };
}

/** Send what waited for a network, and say what became of it. */
async function sendQueued() {
  if (!localStorage.getItem(QUEUED) || !document.body.dataset.slug) return;
  const { flush, openTexts } = await import("./sign.js");
  try {
    const texts = await openTexts();
    const results = (await flush(/** @type {any} */ ({ slug: document.body.dataset.slug, origin: document.body.dataset.origin }))).map(({ result }) => result);
    for (const result of results) {
      if (result instanceof Error) announce(texts.error(result));
      else if (result.status === "recorded") announce(saying(texts, result));
    }
    if (!results.some((result) => !(result instanceof Error) && result.status === "queued")) localStorage.removeItem(QUEUED);
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error; // still no network: it waits on
  }
}

/** Everything that holds a value. @param {HTMLFormElement} form @returns {any[]} */
const controlsOf = (form) => [...form.elements].filter((control) => !["button", "fieldset", "output", "reset", "submit"].includes(/** @type {any} */ (control).type));

/** @param {HTMLElement} form @param {string} name @returns {string|undefined} */
const setting = (form, name) => /** @type {HTMLElement|null} */ (form.closest(`[data-${name}]`))?.dataset[name];

/** @param {string|undefined} text */
const parsed = (text) => (text ? JSON.parse(text) : undefined);

/** @param {HTMLElement} form @returns {Record<string, string>} */
function namesOf(form) {
  const around = [];
  for (let at = /** @type {HTMLElement|null} */ (form.closest("[data-names]")); at; at = at.parentElement?.closest("[data-names]") ?? null) around.unshift(parsed(at.dataset.names));
  const inside = [...form.elements].map((control) => parsed(/** @type {HTMLElement} */ (control).dataset.names));
  return Object.assign({}, ...around, ...inside);
}
