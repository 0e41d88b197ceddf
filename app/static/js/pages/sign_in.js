/** Signing in: a button for everyone whose key is on this device, and one for a passkey that the device brings along. */

import { signIn, openKeystore, openTexts } from "../sign.js";
import { busy, call, checkBrowser, makeKey } from "../newcomer.js";
import { findPasskey } from "../passkey.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-sign-in]"));
const { slug, origin, predecessors, rpId, home, label, someone, device, passkey, wallet } = /** @type {Record<string, string>} */ (root.dataset);
const texts = await openTexts();
const environment = await checkBrowser(root, texts);
if (environment.canDeviceKey) await offer();

async function offer() {
  const keystore = await openKeystore();
  await keystore.inherit(origin, predecessors.split(" ").filter(Boolean));
  const keys = await keystore.store.below("keys", [origin]);
  const members = [...new Set(keys.map((key) => key.member))].filter((member) => member.startsWith("mem_"));
  for (const member of members) {
    const [key] = await keystore.keys(origin, member);
    root.querySelector("[data-people]")?.append(button(member, key));
  }
  const any = /** @type {HTMLButtonElement} */ (root.querySelector("[data-any]"));
  any.addEventListener("click", () => busy(root, texts, () => enterByPasskey(keystore)));
  any.disabled = false; // pressed before, nothing would have happened
  for (const one of root.querySelectorAll("[data-make^='wallet:']")) {
    one.addEventListener("click", () => busy(root, texts, () => enterByWallet(keystore, /** @type {any} */ (one).dataset.make)));
  }
}

/** @param {string} member @param {any} key */
function button(member, key) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button button-primary button-large button-person" });
  const name = key.name || `${someone} ${member.slice(4, 10)}`;
  made.append(Object.assign(document.createElement("span"), { textContent: label.replace("{name}", name) }));
  made.append(Object.assign(document.createElement("small"), { textContent: { device, passkey, wallet }[/** @type {string} */ (key.kind)] ?? "" }));
  made.addEventListener("click", () => busy(root, texts, () => enter(member, key)));
  return made;
}

/** @param {string} member @param {any} key */
async function enter(member, key) {
  await signIn({ slug, member, key });
  goOn();
}

function goOn() {
  const next = new URLSearchParams(location.search).get("next")?.match(/^\/c\/[^/\\]+(\/.*)?$/)?.[0];
  location.assign(next ? next + location.hash : home); // what led here with a key in its fragment gets it back
}

/** @param {import("../keystore.js").Keystore} keystore */
async function enterByPasskey(keystore) {
  const credential = await findPasskey(rpId);
  const { member, public: publicText } = await call(`/c/${slug}/sign-in/passkey/${credential}`);
  const key = /** @type {const} */ ({ kind: "passkey", ledger: origin, member, alg: "webauthn", public: publicText, credential });
  await keystore.add(key);
  await enter(member, key);
}

/** @param {import("../keystore.js").Keystore} keystore @param {string} which */
async function enterByWallet(keystore, which) {
  const made = await makeKey(which, { rpId, rpName: slug, userName: slug });
  // Whose wallet it is, the service tells only to whoever holds its key.
  const { member } = await signIn({ slug, key: /** @type {any} */ (made) });
  await keystore.add(/** @type {any} */ ({ ...made, ledger: origin, member }));
  goOn();
}
