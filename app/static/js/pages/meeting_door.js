/** At the door of a meeting: the key in the code cosigns "I am here", beside the key of the member's own device. */

import { keyId } from "../ids.js";
import { notice } from "../notice.js";
import { mayScan, scan } from "../scan.js";
import { openTexts } from "../sign.js";
import { linkKey } from "../signing_keys.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-stale]"));
const form = /** @type {HTMLFormElement} */ (root.querySelector("[data-here]"));
const ask = /** @type {HTMLElement} */ (root.querySelector("[data-ask]"));
const camera = /** @type {HTMLButtonElement} */ (root.querySelector("[data-camera]"));
const box = /** @type {HTMLElement} */ (root.querySelector("[data-camera-box]"));
const said = /** @type {HTMLElement} */ (root.querySelector("[data-said]"));
let looking = new AbortController();
/** @type {any} */
let key = null;
let id = "";

camera.hidden = !mayScan();
camera.addEventListener("click", look);
root.querySelector("[data-camera-stop]")?.addEventListener("click", () => looking.abort());
addEventListener("pagehide", () => looking.abort());
addEventListener("hashchange", () => read(location.hash));
form.addEventListener("yui:read", (event) => {
  const wish = /** @type {CustomEvent} */ (event).detail;
  Object.assign(wish, { cosigners: [id], keys: { [id]: key } });
});
await read(location.hash);

/** @param {string} code the address in the code, or its fragment */
async function read(code) {
  const secret = code.includes("#") ? code.slice(code.lastIndexOf("#") + 1) : "";
  key = secret ? await linkKey(secret).catch(() => null) : null;
  id = key ? await keyId(key.public) : "";
  const good = Boolean(key) && id === root.dataset.door;
  form.hidden = !good;
  ask.hidden = good;
  const fault = key ? root.dataset.stale : root.dataset.broken;
  said.replaceChildren(...(code && !good ? [notice("warning", fault ?? "")] : []));
}

/** Until a code comes before the camera, or somebody has had enough. */
async function look() {
  looking.abort();
  looking = new AbortController();
  const { signal } = looking;
  ask.hidden = true;
  box.hidden = false;
  said.replaceChildren();
  const code = await scan(/** @type {HTMLVideoElement} */ (box.querySelector("video")), signal).catch(complain);
  box.hidden = true;
  ask.hidden = false;
  if (!code) return camera.focus();
  if (!URL.canParse(code) || new URL(code).pathname !== location.pathname) return said.replaceChildren(notice("warning", root.dataset.broken ?? ""));
  // The code may be newer than this page, which then has to hear of it.
  location.hash = new URL(code).hash;
  return location.reload();
}

/** @param {any} error */
async function complain(error) {
  said.replaceChildren(notice("error", (await openTexts()).error(error)));
}
