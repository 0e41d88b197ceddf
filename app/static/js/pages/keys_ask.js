/** A new device: it makes a key, shows it, signs with it when it is let in, and waits where it has to. */

import { cosign } from "../cosign.js";
import { outsideAddress } from "../environment.js";
import { moment } from "../formats.js";
import { keyId } from "../ids.js";
import { busy, call, checkBrowser, makeKey, say } from "../newcomer.js";
import { qrSvg } from "../qr.js";
import { openKeystore, openTexts, signIn } from "../sign.js";

const ASKING = "asking"; // where the key stands in this device's store until it belongs to a member
const LOOK = 4000; // milliseconds between two looks

const root = /** @type {HTMLElement} */ (document.querySelector("[data-asking]"));
const { slug, origin, name: coop, rpId, address, offset } = /** @type {Record<string, string>} */ (root.dataset);
const [keystore, texts] = [await openKeystore(), await openTexts()];
/** @type {any} */
let [key] = await keystore.keys(origin, ASKING);
let id = key ? await keyId(key.public) : "";
let now = "";
let statement = "";

if ((await checkBrowser(root, texts)).canDeviceKey) {
  for (const button of root.querySelectorAll("[data-make]")) {
    button.addEventListener("click", () => busy(root, texts, () => make(/** @type {any} */ (button).dataset.make)));
  }
  root.querySelector("[data-cosign]")?.addEventListener("click", () => busy(root, texts, sign));
  root.querySelector("[data-enter]")?.addEventListener("click", () => busy(root, texts, enter));
  if (key) await wait();
  else show("key");
}

/** @param {"device"|"passkey"} kind */
async function make(kind) {
  const made = await makeKey(kind, { rpId, rpName: coop, userName: coop });
  key = { ...made, ledger: origin, member: ASKING };
  await keystore.add(key);
  id = await keyId(made.public);
  await wait();
}

async function wait() {
  request();
  await look();
  setInterval(look, LOOK);
}

/** What is to be shown to whoever lets this device in: the public half of its key, as an address. */
function request() {
  const link = new URL(address);
  for (const part of ["alg", "public", "credential"]) if (key[part]) link.searchParams.set(part, key[part]);
  const shown = outsideAddress(link.href);
  root.querySelector("[data-code]")?.replaceChildren(qrSvg(shown, root.dataset.qr ?? ""));
  /** @type {HTMLElement} */ (root.querySelector("[data-copy-link]")).dataset.copy = shown;
  /** @type {HTMLElement} */ (root.querySelector("[data-number]")).textContent = `${id.slice(4, 8)} ${id.slice(8, 12)}`;
}

async function look() {
  const found = await call(`/c/${slug}/recover/${id}`).catch(() => null);
  if (!found || found.status === now) return;
  now = found.status;
  statement = found.statement ?? "";
  /** @type {HTMLElement} */ (root.querySelector("[data-request]")).hidden = now !== "unknown";
  show({ sign: "cosign", active: "enter" }[now] ?? "");
  const words = root.getAttribute(`data-say-${now}`) ?? "";
  const when = found.at ? moment(document.documentElement.lang, found.at + Number(offset) * 60_000) : "";
  say(root, words.replace("{when}", when), now === "active" ? "success" : now === "revoked" ? "error" : "info");
  if (now === "active") await keystore.assign(key, (key = { ...key, owner: found.member }).owner);
  if (now === "revoked") await keystore.remove(origin, ASKING, key.public);
}

async function sign() {
  await cosign({ slug, origin, id: statement, member: id, key });
  await look();
}

async function enter() {
  await signIn({ slug, member: key.owner, key });
  location.assign(`/c/${slug}/me/keys`);
}

/** @param {string} part */
function show(part) {
  for (const box of root.querySelectorAll("[data-part]")) /** @type {HTMLElement} */ (box).hidden = /** @type {HTMLElement} */ (box).dataset.part !== part;
}
