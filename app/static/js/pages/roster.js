/**
 * Entering a roster: the lines are fetched as statements, confirmed once with their number, signed here with the device's
 * own key, and sent a hundred at a time. What broke off goes on from where it stood; what is on the roll is left out.
 */

import { signBatch } from "../batch.js";
import { DeviceError } from "../errors.js";
import { call } from "../newcomer.js";
import { notice, wayOn } from "../notice.js";
import { openKeystore, openTexts } from "../sign.js";

const root = document.querySelector("[data-roster]");
if (root instanceof HTMLElement) await prepare(root);

/** @param {HTMLElement} root */
async function prepare(root) {
  const button = /** @type {HTMLButtonElement|null} */ (root.querySelector("[data-enter]"));
  if (!button) return;
  const texts = await openTexts();
  const { origin = "", author = "" } = document.body.dataset;
  const kept = await (await openKeystore()).keys(origin, author).catch(() => []);
  // A passkey would ask for a touch per line: told before anything is prepared.
  if (!kept.some(({ kind }) => kind === "device")) say(root, needsKey(root));
  button.addEventListener("click", () => run(root, button, texts));
  button.disabled = false; // a press before this would have been lost
}

/** @param {HTMLElement} root @param {HTMLButtonElement} button @param {import("../texts.js").Texts} texts */
async function run(root, button, texts) {
  const second = /** @type {HTMLSelectElement|null} */ (root.querySelector("[data-second]"));
  if (second && !second.value) {
    say(root, notice("error", second.dataset.missing ?? ""));
    return second.focus();
  }
  button.disabled = true;
  const leaving = (/** @type {Event} */ event) => event.preventDefault();
  addEventListener("beforeunload", leaving);
  try {
    await enter(root, texts);
  } catch (error) {
    const key = error instanceof DeviceError && ["device.no_key", "batch.needs_device_key"].includes(error.code);
    if (!key) console.error(error); // eslint-disable-line no-console
    const banner = key ? needsKey(root) : notice("error", texts.error(error));
    say(root, banner);
    banner.querySelector("a")?.focus(); // it may have stood there before: now it is where one goes on
  } finally {
    removeEventListener("beforeunload", leaving);
    button.disabled = false;
  }
}

/** @param {HTMLElement} root @param {import("../texts.js").Texts} texts */
async function enter(root, texts) {
  const { slug = "", origin, author = "", names = "{}" } = document.body.dataset;
  const { lines: prepared } = await call(/** @type {string} */ (root.dataset.lines), {});
  const second = /** @type {HTMLSelectElement|null} */ (root.querySelector("[data-second]"));
  const cosigners = second ? { cosigners: [second.value] } : {};
  const lines = prepared.map((/** @type {any} */ { type, body, privates }) => ({ type, body, privates, ...cosigners }));
  const done = prepared.flatMap((/** @type {any} */ { there }, /** @type {number} */ line) => (there ? [line] : []));
  const sums = [{ label: root.dataset.sum ?? "", value: String(lines.length - done.length) }];
  const place = { slug, origin, names: JSON.parse(names) };
  const result = await signBatch({ ...place, author, lines, done, sums, onProgress: (now, all) => show(root, now, all) });
  if (!result.refused.length && !result.waiting) return finish(root, second ? { left: result.left } : { entered: result.recorded });
  const first = result.refused.slice(0, 5).map(({ line, code }) => `${prepared[line].number}: ${texts.error(new DeviceError(code))}`);
  const words = result.refused.length ? [root.dataset.refused, String(result.refused.length), ...first] : [root.dataset.waiting];
  say(root, notice("warning", words.join(" "), wayOn(location.pathname, root.dataset.resume ?? "")));
}

/** Through: the roster is destroyed on the server, and the page says how many there were. @param {HTMLElement} root @param {Record<string, number>} done */
function finish(root, done) {
  const form = Object.assign(document.createElement("form"), { method: "post", action: root.dataset.discard });
  for (const [name, value] of Object.entries({ _csrf_token: document.body.dataset.csrf ?? "", ...done })) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value: String(value) }));
  }
  document.body.append(form);
  form.submit();
}

/** @param {HTMLElement} root @param {number} now @param {number} all */
function show(root, now, all) {
  const box = /** @type {HTMLElement} */ (root.querySelector("[data-progress-box]"));
  const bar = /** @type {HTMLProgressElement} */ (root.querySelector("[data-progress-bar]"));
  box.hidden = false;
  bar.max = all;
  bar.value = now;
  const words = (root.dataset.progress ?? "").replace("<done>", String(now)).replace("<all>", String(all));
  /** @type {HTMLElement} */ (root.querySelector("[data-progress-text]")).textContent = words;
}

/** @param {HTMLElement} root */
function needsKey(root) {
  return notice("warning", root.dataset.needsKey ?? "", wayOn(root.dataset.keys ?? "", root.dataset.addKey ?? ""));
}

/** @param {HTMLElement} root @param {HTMLElement} banner */
function say(root, banner) {
  root.querySelector("[data-said]")?.replaceChildren(banner);
  banner.scrollIntoView({ block: "nearest" });
}
