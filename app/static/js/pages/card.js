/** A paper card: its key is made here, let in by its owner, shown once and printed. Nothing of it stays on this device. */

import { keyId } from "../ids.js";
import { qrSvg } from "../qr.js";
import { generateLinkKey } from "../signing_keys.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-carding]"));
const form = /** @type {HTMLFormElement} */ (root.querySelector("[data-card]"));
const sheet = /** @type {HTMLElement} */ (root.querySelector("[data-sheet]"));
const key = await generateLinkKey();
const id = await keyId(key.public);

for (const part of /** @type {const} */ (["alg", "public"])) /** @type {HTMLInputElement} */ (form.elements.namedItem(part)).value = key[part];
form.addEventListener("yui:read", (event) => {
  Object.assign(/** @type {CustomEvent} */ (event).detail, { cosigners: [id], keys: { [id]: key } });
});
form.addEventListener("yui:done", (event) => {
  event.preventDefault();
  form.hidden = true;
  // In the fragment, which browsers keep to themselves: whoever scans it with a phone has it on that phone alone.
  const link = `${root.dataset.address}#${key.secret}`;
  sheet.querySelector("[data-code]")?.replaceChildren(qrSvg(link, root.dataset.qr ?? ""));
  /** @type {HTMLElement} */ (sheet.querySelector("[data-copy-link]")).dataset.copy = link;
  /** @type {HTMLElement} */ (sheet.querySelector("[data-number]")).textContent = `${id.slice(4, 8)} ${id.slice(8, 12)}`;
  sheet.hidden = false;
  sheet.focus();
});
