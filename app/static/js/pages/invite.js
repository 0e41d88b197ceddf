/** Invitations: the link's key is made here and never leaves the device but in the link itself. */

import { b64url, unb64, unhex } from "../bytes.js";
import { keyId, objectId } from "../ids.js";
import { qrSvg } from "../qr.js";
import { openKeystore } from "../sign.js";
import { generateLinkKey } from "../signing_keys.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-inviting]"));
const form = /** @type {HTMLFormElement} */ (root.querySelector("[data-invite]"));
const sheet = /** @type {HTMLElement} */ (root.querySelector("[data-sheet]"));
const ledger = document.body.dataset.origin ?? "";
const key = await generateLinkKey();

const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("key"));
field.value = await keyId(key.public);
form.addEventListener("yui:done", (event) => {
  event.preventDefault();
  keep(/** @type {CustomEvent} */ (event).detail);
});
await offerKept();

/** @param {{status: string, id: string}} outcome */
async function keep({ status, id }) {
  const invitation = await objectId("inv", status === "pending" ? unhex(id) : unb64(id));
  // So that whoever invited can show or print it again on this device, and only there.
  const kept = { kind: "link", ledger, member: invitation, public: key.public, secret: key.secret };
  await (await openKeystore()).add(/** @type {any} */ (kept));
  form.hidden = true;
  show(invitation, key.secret, status === "pending");
}

/** @param {string} invitation @param {string} secret @param {boolean} waits for a second official's signature */
function show(invitation, secret, waits) {
  const link = `${root.dataset.address}${invitation}?openExternalBrowser=1#${secret}.${b64url(unhex(root.dataset.mark ?? ""))}`;
  sheet.querySelector("[data-code]")?.replaceChildren(qrSvg(link, root.dataset.qr ?? ""));
  /** @type {HTMLElement} */ (sheet.querySelector("[data-link]")).textContent = link;
  /** @type {HTMLElement} */ (sheet.querySelector("[data-copy-link]")).dataset.copy = link;
  /** @type {HTMLElement} */ (sheet.querySelector("[data-wait]")).hidden = !waits;
  sheet.hidden = false;
  sheet.focus();
  sheet.scrollIntoView({ block: "start" });
}

/** Links that were made on this device can be shown again. */
async function offerKept() {
  const keystore = await openKeystore();
  for (const button of root.querySelectorAll("[data-show]")) {
    const invitation = /** @type {HTMLElement} */ (button).dataset.show ?? "";
    const [kept] = /** @type {any[]} */ (await keystore.keys(ledger, invitation));
    if (!kept) continue;
    /** @type {HTMLElement} */ (button).hidden = false;
    button.addEventListener("click", () => show(invitation, kept.secret, false));
  }
}
