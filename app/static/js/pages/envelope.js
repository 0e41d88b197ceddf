/** The next envelope of a pile: a code on a form, read by the camera, opens its member's page. */

import { notice } from "../notice.js";
import { mayScan, scan } from "../scan.js";
import { openTexts } from "../sign.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-envelope]"));
const search = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));
const camera = /** @type {HTMLButtonElement} */ (form.querySelector("[data-camera]"));
const box = /** @type {HTMLElement} */ (form.querySelector("[data-camera-box]"));
const said = /** @type {HTMLElement} */ (form.querySelector("[data-said]"));
let looking = new AbortController();

camera.hidden = !mayScan();
camera.addEventListener("click", look);
form.querySelector("[data-camera-stop]")?.addEventListener("click", () => looking.abort());
addEventListener("pagehide", () => looking.abort());

/** Until a code comes before the camera, or somebody has had enough. */
async function look() {
  looking.abort();
  looking = new AbortController();
  box.hidden = false;
  said.replaceChildren();
  const code = await scan(/** @type {HTMLVideoElement} */ (box.querySelector("video")), looking.signal).catch(complain);
  box.hidden = true;
  if (!code) return search.focus();
  search.value = code;
  form.requestSubmit();
}

/** @param {any} error */
async function complain(error) {
  said.replaceChildren(notice("error", (await openTexts()).error(error)));
}
