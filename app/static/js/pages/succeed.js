/** An officer signs that the ledger goes on under another name, with the key that is on this device. */

import { call, busy, checkBrowser, say } from "../newcomer.js";
import { openKeystore, openTexts, signExact } from "../sign.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-succession]"));
const { address, origin, signers, none, waiting, done } = /** @type {Record<string, string>} */ (root.dataset);
const button = /** @type {HTMLButtonElement} */ (root.querySelector("[data-sign]"));
const texts = await openTexts();
const environment = await checkBrowser(root, texts);
if (environment.canDeviceKey) await begin();

async function begin() {
  const [member, key] = await own();
  if (!key) return say(root, none, "warning");
  const { signed } = await call(`${address}/draft`);
  if (signed[signers.split(" ").indexOf(member)]) return say(root, waiting);
  button.addEventListener("click", () => busy(root, texts, () => sign(member, key)));
  button.disabled = false; // pressed before, nothing would have happened
}

/** The officer whose key is here, and the key. @returns {Promise<[string, any]>} */
async function own() {
  const keystore = await openKeystore();
  for (const member of signers.split(" ")) {
    const [key] = await keystore.keys(origin, member);
    if (key) return [member, key];
  }
  return ["", undefined];
}

/** @param {string} member @param {any} key */
async function sign(member, key) {
  const { slug, statement, openings } = await call(`${address}/draft`);
  const { signatures } = await signExact({ slug, statement, openings, keys: { [member]: key } });
  const answer = await call(`${address}/signature`, { signature: signatures.find((one) => one !== null) });
  button.disabled = true;
  if (!answer.receipt) return say(root, waiting);
  say(root, done, "success");
  location.assign(`/c/${answer.slug}`);
}
