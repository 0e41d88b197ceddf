/** My keys: which of them are on this device, and making another one here. */

import { keyId } from "../ids.js";
import { busy, checkBrowser, makeKey, publicHalf } from "../newcomer.js";
import { DeviceError } from "../errors.js";
import { openKeystore, openTexts, signAndSubmit } from "../sign.js";

// Each choice is the types of a group; what is signed is one list of types. At least one group has to be chosen.
for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-statement='key.limit/1']"))) {
  const groups = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[name='may[]']")]);
  const check = () => groups[0].setCustomValidity(groups.some((group) => group.checked) ? "" : "none");
  form.addEventListener("change", check);
  form.addEventListener("yui:read", (event) => {
    const { body } = /** @type {CustomEvent} */ (event).detail;
    body.may = body.may.flat();
  });
  check();
}

const root = /** @type {HTMLElement} */ (document.querySelector("[data-my-keys]"));
const { member = "", name = "", rpId = "", exclude = "", roots = "" } = root.dataset;
const { slug = "", origin = "", names } = document.body.dataset;
const [keystore, texts] = [await openKeystore(), await openTexts()];
const here = await keystore.keys(origin, member);

for (const mark of root.querySelectorAll("[data-here-key]")) {
  const element = /** @type {HTMLElement} */ (mark);
  element.hidden = !here.some((key) => key.public === element.dataset.hereKey);
}
/** @type {HTMLElement} */ (root.querySelector("[data-here-missing]")).hidden = here.length > 0;
// On a shared reader's page the name is a help for the next sign-in here.
for (const key of here) if (/** @type {any} */ (key).name !== name) await keystore.add(/** @type {any} */ ({ ...key, name }));

if ((await checkBrowser(root, texts)).canDeviceKey) {
  for (const button of root.querySelectorAll("[data-make]")) {
    button.addEventListener("click", () => busy(root, texts, () => enrol(/** @type {any} */ (button).dataset.make)));
  }
}

/** @param {string} kind */
async function enrol(kind) {
  // Only a root key lets another one in; asked before any key is made that nobody would know.
  const signing = here.find((key) => roots.split(" ").includes(key.public));
  if (!signing) throw new DeviceError("device.no_key", { member });
  const made = await makeKey(kind, { rpId, rpName: slug, userName: name, exclude: exclude.split(" ").filter(Boolean) });
  const key = { ...made, name, ledger: origin, member };
  const id = await keyId(made.public);
  const enrols = made.kind === "passkey" || (made.kind === "wallet" && walletMayEnrol());
  const outcome = await signAndSubmit({
    slug, origin, names: names ? JSON.parse(names) : {}, type: "key.enrol/1", author: member, key: signing, cosigners: [id], keys: { [id]: /** @type {any} */ (key) },
    body: { ...publicHalf(made), root: enrols }, privates: { label: labels[made.kind]() },
  });
  if (outcome.status === "recorded") await keystore.add(/** @type {any} */ (key));
  location.reload();
}

const walletMayEnrol = () => /** @type {HTMLInputElement} */ (root.querySelector("[data-wallet-root]")).checked;

/** @type {Record<string, () => string|undefined>} */
const labels = { passkey: () => root.dataset.labelPasskey, wallet: () => root.dataset.labelWallet, device: deviceName };

/** What people call the thing in their hands, as far as a browser tells. */
function deviceName() {
  const [, found] = /(iPhone|iPad|Android|Windows|Macintosh|CrOS|Linux)/.exec(navigator.userAgent) ?? [];
  return found ? `${root.dataset.labelDevice} (${found === "Macintosh" ? "Mac" : found})` : root.dataset.labelDevice;
}
