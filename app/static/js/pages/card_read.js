/**
 * Helper mode: the card's key is held while its bearer stands here, signs beside the concierge, and is forgotten with
 * everything that was entered, whether something was said or not. Nothing of it is ever written to this device.
 */

import { prepare as prepareBallots } from "../ballot/form.js";
import { busy, say } from "../newcomer.js";
import { DeviceError } from "../errors.js";
import { keyId } from "../ids.js";
import { mayScan, scan } from "../scan.js";
import { openKeystore, openTexts } from "../sign.js";
import { linkKey } from "../signing_keys.js";
import { prepare } from "./report.js";

const REST = 120_000; // milliseconds after which a card that nobody does anything with is forgotten

const root = /** @type {HTMLElement} */ (document.querySelector("[data-helping]"));
const form = /** @type {HTMLFormElement} */ (root.querySelector("form[data-code]"));
const bearer = /** @type {HTMLElement} */ (root.querySelector("[data-bearer]"));
const stop = /** @type {HTMLElement} */ (root.querySelector("[data-stop]"));
const camera = /** @type {HTMLButtonElement} */ (root.querySelector("[data-camera]"));
const cameraAsk = /** @type {HTMLElement} */ (root.querySelector("[data-camera-ask]"));
const cameraBox = /** @type {HTMLElement} */ (root.querySelector("[data-camera-box]"));
const video = /** @type {HTMLVideoElement} */ (cameraBox.querySelector("video"));
const { slug = "" } = document.body.dataset;
const texts = await openTexts();
/** @type {any} */
let card = null;
let rest = 0;
let looking = new AbortController();

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("code"));
  const code = field.value;
  field.value = "";
  busy(root, texts, () => read(code));
});
cameraAsk.hidden = !mayScan();
camera.addEventListener("click", () => look());
root.querySelector("[data-camera-stop]")?.addEventListener("click", () => {
  looking.abort();
  camera.focus();
});
stop.addEventListener("click", () => forget());
root.querySelector("[data-forget]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  forget();
  await (await openKeystore()).forgetEverything();
  /** @type {HTMLFormElement} */ (event.target).submit();
});
bearer.addEventListener("yui:read", (event) => {
  const wish = /** @type {CustomEvent} */ (event).detail;
  wish.keys = { [wish.for]: card };
  wish.passing = true; // the receipt says in words what the bearer has chosen: that is not for this device to keep
});
bearer.addEventListener("yui:done", (event) => {
  event.preventDefault();
  const outcome = /** @type {CustomEvent} */ (event).detail;
  const recorded = outcome.status === "recorded";
  forget();
  // Without an answer nothing may wait here to be sent later: whether it has arrived, the card shows when there is one.
  const said = recorded ? (root.dataset.recorded ?? "").replace("{index}", String(outcome.index)) : root.dataset.unsure ?? "";
  say(root, said, recorded ? "success" : "warning");
});
addEventListener("pagehide", () => {
  looking.abort();
  forget();
});
for (const happens of ["pointerdown", "keydown"]) addEventListener(happens, wait);

if (location.hash.length > 1) {
  const code = location.hash;
  history.replaceState(null, "", location.pathname); // neither the address nor the way back keeps it
  await busy(root, texts, () => read(code));
}

/** Until a card comes before the camera, or somebody has had enough. */
async function look() {
  looking.abort();
  looking = new AbortController();
  const { signal } = looking;
  show(true);
  stop.hidden = true;
  cameraBox.hidden = false;
  cameraBox.scrollIntoView({ block: "nearest" });
  say(root, "");
  const code = await scan(video, signal).catch((error) => say(root, texts.error(error), "error"));
  if (looking.signal !== signal) return; // looked for anew meanwhile
  cameraBox.hidden = true;
  show(Boolean(card));
  if (code) await busy(root, texts, () => read(code));
}

/** @param {string} code the card's, or the whole address in it */
async function read(code) {
  const secret = code.slice(code.lastIndexOf("#") + 1).replace(/\s/g, "");
  const key = await linkKey(secret).catch(() => null);
  if (!key) return say(root, root.dataset.broken ?? "", "error");
  const answer = await fetch(`/c/${slug}/office/card/${await keyId(key.public)}`, { cache: "no-store", headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer) throw new DeviceError("network.offline");
  if (!answer.ok) return say(root, root.dataset.broken ?? "", "error");
  card = key;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  bearer.replaceChildren(...page.body.childNodes);
  /** @type {any} */ (globalThis).htmx?.process(bearer);
  prepare(bearer);
  prepareBallots();
  show(true);
  bearer.focus();
  wait();
}

function forget() {
  card = null;
  clearTimeout(rest);
  bearer.replaceChildren();
  say(root, "");
  show(false);
}

function wait() {
  clearTimeout(rest);
  if (card) rest = setTimeout(forget, REST);
}

/** @param {boolean} present */
function show(present) {
  form.hidden = present;
  cameraAsk.hidden = present || !mayScan();
  bearer.hidden = !present;
  stop.hidden = !present;
}
