/**
 * Helper mode: the card's key is held while its bearer stands here, signs beside the concierge, and is forgotten with
 * everything that was entered, whether something was said or not.
 */

import { busy, say } from "../newcomer.js";
import { DeviceError } from "../errors.js";
import { keyId } from "../ids.js";
import { openKeystore, openTexts } from "../sign.js";
import { linkKey } from "../signing_keys.js";

const REST = 120_000; // milliseconds after which a card that nobody does anything with is forgotten

const root = /** @type {HTMLElement} */ (document.querySelector("[data-helping]"));
const form = /** @type {HTMLFormElement} */ (root.querySelector("form[data-code]"));
const bearer = /** @type {HTMLElement} */ (root.querySelector("[data-bearer]"));
const stop = /** @type {HTMLElement} */ (root.querySelector("[data-stop]"));
const { slug = "", origin = "", author = "" } = document.body.dataset;
const texts = await openTexts();
/** @type {any} */
let card = null;
let rest = 0;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("code"));
  const code = field.value;
  field.value = "";
  busy(root, texts, () => read(code));
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
});
bearer.addEventListener("yui:done", async (event) => {
  event.preventDefault();
  const outcome = /** @type {CustomEvent} */ (event).detail;
  // The receipt says in words what the bearer has chosen: that is not for this device to keep.
  const { store } = await openKeystore();
  if (outcome.status === "recorded") await store.remove("receipts", [origin, author, outcome.id]);
  forget();
  say(root, (root.dataset.recorded ?? "").replace("{index}", String(outcome.index ?? "")), "success");
});
addEventListener("pagehide", () => forget());
for (const happens of ["pointerdown", "keydown"]) addEventListener(happens, wait);

if (location.hash.length > 1) {
  const code = location.hash;
  history.replaceState(null, "", location.pathname); // neither the address nor the way back keeps it
  await busy(root, texts, () => read(code));
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
  bearer.hidden = !present;
  stop.hidden = !present;
}
