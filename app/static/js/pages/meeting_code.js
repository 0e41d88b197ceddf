/**
 * The code for the wall of the room: its key is made here, registered by its id, and shown. It lives in this page alone, so
 * that a page that is loaded again has to make another; the one before no longer opens the door. Who has sent the code to
 * somebody elsewhere has sent what soon is worth nothing, if it is changed now and then: the page reminds of it.
 */

import { outsideAddress } from "../environment.js";
import { keyId } from "../ids.js";
import { notice } from "../notice.js";
import { qrSvg } from "../qr.js";
import { generateLinkKey } from "../signing_keys.js";

const OLD = 10 * 60_000; // milliseconds after which a code had better be another

const root = /** @type {HTMLElement} */ (document.querySelector("[data-code-page]"));
const make = /** @type {HTMLFormElement} */ (root.querySelector("[data-make]"));
const sheet = /** @type {HTMLElement} */ (root.querySelector("[data-sheet]"));
const tools = /** @type {HTMLElement} */ (root.querySelector("[data-tools]"));
const end = /** @type {HTMLElement} */ (root.querySelector("[data-end]"));
const said = /** @type {HTMLElement} */ (root.querySelector("[data-said]"));
const old = /** @type {HTMLElement} */ (root.querySelector("[data-old]"));
const came = /** @type {HTMLElement} */ (root.querySelector("#came"));
const key = await generateLinkKey();
const id = await keyId(key.public);
const number = `${id.slice(4, 8)} ${id.slice(8, 12)}`;

/** @type {HTMLInputElement} */ (make.elements.namedItem("door")).value = id;
make.addEventListener("yui:read", (event) => {
  /** @type {CustomEvent} */ (event).detail.names[id] = number;
});
make.addEventListener("yui:done", (event) => {
  event.preventDefault();
  // Only what is in the ledger opens the door: a code that nobody knows of would send people away.
  if (/** @type {CustomEvent} */ (event).detail.status === "recorded") reveal();
  else said.replaceChildren(notice("warning", root.dataset.unsure ?? ""));
});
root.querySelector("[data-change]")?.addEventListener("click", () => location.reload());
came.addEventListener("htmx:afterSwap", () => {
  const now = /** @type {HTMLElement} */ (came.querySelector("[data-door]")).dataset.door;
  if (sheet.hidden || now === id) return;
  sheet.hidden = true;
  tools.hidden = true;
  old.hidden = true;
  said.replaceChildren(notice("warning", root.dataset.replaced ?? ""));
});

function reveal() {
  // In the fragment, which browsers keep to themselves: the service never has the key.
  const link = outsideAddress(`${root.dataset.address}#${key.secret}`);
  sheet.querySelector("[data-code]")?.replaceChildren(qrSvg(link, root.dataset.qr ?? ""));
  /** @type {HTMLElement} */ (sheet.querySelector("[data-number]")).textContent = number;
  said.replaceChildren();
  make.hidden = true;
  sheet.hidden = false;
  tools.hidden = false;
  end.hidden = false;
  sheet.focus();
  setTimeout(() => (old.hidden = sheet.hidden), OLD);
  stayAwake();
}

/** A tablet on the wall must not go dark; where it can't be asked for, somebody touches it now and then. */
function stayAwake() {
  const ask = () => !document.hidden && navigator.wakeLock?.request("screen").catch(() => undefined);
  ask();
  document.addEventListener("visibilitychange", ask);
}
