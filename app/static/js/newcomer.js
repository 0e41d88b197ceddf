/**
 * What every page does on which a person makes a key: look at the browser first, say in one plain sentence what stands in
 * the way, make the key, and say errors in words. Nothing here knows about any co-op.
 */

import { generateDeviceKey } from "./crypto.js";
import { inspect, outsideAddress } from "./environment.js";
import { DeviceError, Refusal } from "./errors.js";
import { notice, wayOn } from "./notice.js";
import { register } from "./passkey.js";
import { connect, wallets } from "./wallet.js";

/**
 * @typedef {import("./texts.js").Texts} Texts
 * @typedef {{kind: "device"|"passkey"|"wallet", alg: string, public: string, credential?: string, privateKey?: CryptoKey}} NewKey
 */

/**
 * Make a key of that kind, or take up a wallet's. A device key asks the browser to keep it.
 * @param {"device"|"passkey"|string} kind `wallet:` and its id for a wallet
 * @param {{rpId: string, rpName: string, userName: string, exclude?: string[]}} wish for a passkey
 * @returns {Promise<NewKey>}
 */
export async function makeKey(kind, wish) {
  if (kind.startsWith("wallet:")) return connect(kind.slice("wallet:".length));
  if (kind === "passkey") {
    const { credential, public: publicText } = await register(wish);
    return { kind, alg: "webauthn", public: publicText, credential };
  }
  const key = await generateDeviceKey();
  await navigator.storage?.persist?.().catch(() => false); // a no changes nothing now
  return { kind: "device", ...key };
}

/** The public half, as statements and the service take it. @param {NewKey} key */
export const publicHalf = ({ alg, public: publicText, credential }) => ({ alg, public: publicText, ...(credential && { credential }) });

/**
 * Say what this browser can't do, with a way on; offer only the kinds of key that it can make.
 * @param {HTMLElement} root holds [data-advice] and buttons [data-make=passkey|device]; data-outside: words of the way on
 * @param {Texts} texts
 */
export async function checkBrowser(root, texts) {
  offerWallets(root);
  const environment = await inspect();
  const can = { passkey: environment.canPasskey, device: environment.canDeviceKey };
  for (const [kind, possible] of Object.entries(can)) {
    for (const button of root.querySelectorAll(`[data-make="${kind}"]`)) /** @type {HTMLElement} */ (button).hidden = !possible;
  }
  if (can.device && !can.passkey) root.querySelector('[data-make="device"]')?.classList.add("button-primary");
  if (environment.code !== "ok") {
    const kind = can.device ? "info" : "warning";
    const out = environment.code === "in_app" ? wayOn(outsideAddress(location.href), root.dataset.outside ?? "") : null;
    root.querySelector("[data-advice]")?.replaceChildren(notice(kind, texts.t(environment.advice), out));
  }
  return environment;
}

/**
 * A button for each wallet in this browser, where a page has room for them.
 * @param {HTMLElement} root may hold [data-wallets], with the words `data-label` ("… {name}"), `data-plain` for one without
 *   a name, and [data-no-wallet] for where there is none
 */
function offerWallets(root) {
  const place = /** @type {HTMLElement|null} */ (root.querySelector("[data-wallets]"));
  if (!place) return;
  const { label = "", plain = "" } = place.dataset;
  const found = wallets();
  place.replaceChildren(...found.map(({ id, name }) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: name ? label.replace("{name}", name) : plain });
    button.dataset.make = `wallet:${id}`;
    return button;
  }));
  const none = /** @type {HTMLElement|null} */ (root.querySelector("[data-no-wallet]"));
  if (none) none.hidden = found.length > 0;
}

/**
 * Do something once at a time: buttons rest meanwhile, errors are said in words.
 * @param {HTMLElement} root holds [data-said]
 * @param {Texts} texts
 * @param {() => Promise<void>} act
 */
export async function busy(root, texts, act) {
  if (root.getAttribute("aria-busy") === "true") return;
  const buttons = [...root.querySelectorAll("button")];
  root.setAttribute("aria-busy", "true");
  for (const button of buttons) button.disabled = true;
  say(root, "");
  try {
    await act();
  } catch (error) {
    console.error(error); // eslint-disable-line no-console
    say(root, texts.error(error), "error");
  } finally {
    root.removeAttribute("aria-busy");
    for (const button of buttons) button.disabled = false;
  }
}

/** @param {HTMLElement} root @param {string} sentence @param {"info"|"success"|"warning"|"error"} [kind] */
export function say(root, sentence, kind = "info") {
  root.querySelector("[data-said]")?.replaceChildren(...(sentence ? [notice(kind, sentence)] : []));
}

/**
 * Ask one of this site's own addresses; posts JSON when given a body.
 * @param {string} address
 * @param {object} [body]
 * @returns {Promise<any>}
 */
export async function call(address, body) {
  const headers = { Accept: "application/json, application/problem+json", "Content-Type": "application/json", "X-CSRFToken": document.body.dataset.csrf ?? "" };
  const post = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(address, { credentials: "same-origin", cache: "no-store", headers, ...post }).catch(() => null);
  if (response === null) throw new DeviceError("network.offline");
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(answer.code ?? "http.error", answer.params ?? {}, answer);
  return answer;
}
