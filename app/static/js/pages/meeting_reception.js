/** The reception desk: the list anew once somebody has been entered, and a code on a member's paper found by the camera. */

import { notice } from "../notice.js";
import { mayScan, scan } from "../scan.js";
import { openTexts } from "../sign.js";

const MEMBER = /\bmem_[a-z2-7]{26}\b/;

const root = /** @type {HTMLElement} */ (document.querySelector("[data-reception]"));
const list = /** @type {HTMLElement} */ (root.querySelector("#reception"));
const search = /** @type {HTMLInputElement} */ (root.querySelector("#reception-form [name=q]"));
const camera = /** @type {HTMLButtonElement} */ (root.querySelector("[data-camera]"));
const box = /** @type {HTMLElement} */ (root.querySelector("[data-camera-box]"));
const said = /** @type {HTMLElement} */ (root.querySelector(":scope > [data-said]"));
let looking = new AbortController();

list.addEventListener("yui:done", () => {
  // What waits for a countersignature is no entry yet, so nothing else would tell the list.
  setTimeout(() => /** @type {any} */ (globalThis).htmx.trigger(list, "said"));
});
camera.hidden = !mayScan();
camera.addEventListener("click", look);
root.querySelector("[data-camera-stop]")?.addEventListener("click", () => looking.abort());
addEventListener("pagehide", () => looking.abort());

/** Until a code comes before the camera, or somebody has had enough. */
async function look() {
  looking.abort();
  looking = new AbortController();
  box.hidden = false;
  said.replaceChildren();
  const code = await scan(/** @type {HTMLVideoElement} */ (box.querySelector("video")), looking.signal).catch(complain);
  box.hidden = true;
  if (code) {
    search.value = MEMBER.exec(code)?.[0] ?? code;
    search.dispatchEvent(new Event("search"));
  }
  search.focus();
}

/** @param {any} error */
async function complain(error) {
  said.replaceChildren(notice("error", (await openTexts()).error(error)));
}
