/** The page of the check: begin, hold, go on; a state in words for every step, and a verdict that can be taken away. */

import { Api } from "../api.js";
import { notice, wayOn } from "../notice.js";
import { openKeystore, openTexts } from "../sign.js";
import { Texts } from "../texts.js";
import { fetchFrom } from "../tiles.js";
import { acceptKey } from "../trust.js";
import { Verification } from "../verification.js";

const BADGES = { ok: "success", failed: "error", skipped: "warning", running: "info" };

const root = /** @type {HTMLElement} */ (document.querySelector("[data-verify]"));
const { slug, origin, entries, lang } = /** @type {Record<string, string>} */ (root.dataset);
const words = new Texts(JSON.parse(/** @type {string} */ (root.dataset.words)));
const t = (/** @type {string} */ key, params = {}) => words.t(`ledger.verify.${key}`, params);
const bar = /** @type {HTMLProgressElement} */ (root.querySelector("progress"));
const told = /** @type {HTMLElement} */ (root.querySelector("[data-progress]"));
const button = /** @type {HTMLButtonElement} */ (root.querySelector("[data-run]"));
const verdict = /** @type {HTMLElement} */ (root.querySelector("[data-verdict]"));
const number = new Intl.NumberFormat(lang);

/** @type {"ready"|"running"|"held"} */
let state = "ready";
let goOn = () => {};

button.disabled = false;
button.addEventListener("click", () => {
  if (state === "ready") run();
  else if (state === "running") become("held");
  else {
    become("running");
    goOn();
  }
});

async function run() {
  become("running");
  verdict.replaceChildren();
  try {
    const verification = new Verification({
      ledger: origin, read: fetchFrom(`/log/${slug}`), api: new Api(slug), keystore: await openKeystore(), open: entries === "yes", policy: operatorsPolicy, told: show, progress,
    });
    const outcome = await verification.run();
    await judge(outcome, verification);
  } catch (error) {
    console.error(error); // eslint-disable-line no-console
    verdict.replaceChildren(notice("warning", t("broken"), paragraph((await openTexts()).error(error))));
  }
  become("ready");
}

/** Whose cosignatures are enough, as this installation says. */
async function operatorsPolicy() {
  const answer = await fetch("/.well-known/yui.json", { cache: "no-store" }).catch(() => null);
  const { ledgers = [] } = answer?.ok ? await answer.json() : {};
  return ledgers.find((/** @type {any} */ card) => card.origin === origin)?.witness_policy ?? "";
}

/** @param {"ready"|"running"|"held"} next */
function become(next) {
  state = next;
  /** @type {HTMLElement} */ (button.querySelector("span")).textContent = t(`button.${next}`);
  root.setAttribute("aria-busy", String(next === "running"));
}

/** @param {number} done @param {number} size @returns {Promise<void>} */
function progress(done, size) {
  bar.max = size;
  bar.value = done;
  told.textContent = t("progress", { done: number.format(done), size: number.format(size) });
  // A pause for the page itself, or for as long as the reader holds the check.
  return new Promise((resolve) => {
    goOn = resolve;
    if (state !== "held") setTimeout(resolve);
  });
}

/** @param {string} step @param {import("../verification.js").Result|null} result */
function show(step, result) {
  const row = /** @type {HTMLElement} */ (root.querySelector(`[data-step="${step}"]`));
  const status = result?.status ?? "running";
  const badge = /** @type {HTMLElement} */ (row.querySelector(".badge"));
  badge.className = `badge badge-${BADGES[status]}`;
  badge.textContent = t(`status.${status}`);
  row.dataset.status = status;
  /** @type {HTMLElement} */ (row.querySelector("[data-told]")).textContent = result ? sentence(result) : "";
  const list = /** @type {HTMLElement} */ (row.querySelector("[data-list]"));
  list.replaceChildren(...(result?.witnesses ?? []).map(({ name, size, time }) => {
    const params = { name, size: number.format(size), ago: ago(time * 1000) };
    return Object.assign(document.createElement("li"), { textContent: t(size ? "witness" : "witness.none", params) });
  }));
  list.hidden = !list.children.length;
}

/** `3分前`, `2 days ago`. @param {number} ms */
function ago(ms) {
  const seconds = Math.max(0, Math.round((Date.now() - ms) / 1000));
  const units = /** @type {[number, Intl.RelativeTimeFormatUnit][]} */ ([[86_400, "day"], [3_600, "hour"], [60, "minute"], [1, "second"]]);
  const [length, unit] = units.find(([size]) => seconds >= size) ?? [1, "second"];
  const words = new Intl.RelativeTimeFormat(lang).format(-Math.floor(seconds / length), unit);
  return lang === "ja" ? words.replace(" ", "") : words;
}

/** @param {import("../verification.js").Result} result */
function sentence({ status, code, params = {} }) {
  const shown = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, typeof value === "number" ? number.format(value) : value]));
  const text = t(`told.${code}`, shown);
  // Codes that this page has no words of its own for have some in the catalogue of errors.
  if (!text.startsWith("ledger.verify.")) return text;
  return t(status === "failed" ? "told.failed" : "told.skipped", { code });
}

/** @param {"ok"|"failed"} outcome @param {Verification} verification */
async function judge(outcome, verification) {
  const skipped = [...verification.results].filter(([, { status }]) => status === "skipped").map(([step]) => t(`step.${step}`));
  if (outcome === "failed") {
    const file = new Blob([JSON.stringify(verification.evidence(), null, 1)], { type: "application/json" });
    const link = wayOn(URL.createObjectURL(file), t("evidence"));
    /** @type {HTMLAnchorElement} */ (link.firstChild).download = `yui-evidence-${slug}.json`;
    const decided = verification.results.get("seal")?.code === "checkpoint.key_decided";
    const box = notice("error", t("verdict.failed"), paragraph(t(decided ? "key.text" : "verdict.failed.text")));
    box.append(decided ? accepting(String(verification.results.get("seal")?.params?.vkey)) : link);
    verdict.replaceChildren(box);
  } else {
    // Where nothing but a missing answer was found, nothing was found to be good either.
    const essential = ["seal", "history", "tree"].every((step) => verification.results.get(/** @type {any} */ (step))?.status === "ok");
    const left = skipped.length ? paragraph(t("verdict.left", { steps: skipped.join(t("join")) })) : null;
    verdict.replaceChildren(notice(essential ? "success" : "warning", t(essential ? "verdict.ok" : "verdict.unknown"), left));
  }
  verdict.scrollIntoView({ block: "nearest" });
}

/** A key came forward that the members are said to have decided on: only its reader can find out, and say so. @param {string} vkey */
function accepting(vkey) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button button-secondary", textContent: t("key.accept") });
  made.addEventListener("click", async () => {
    await acceptKey((await openKeystore()).store, origin, vkey);
    await run();
  });
  return made;
}

/** @param {string} text */
function paragraph(text) {
  return Object.assign(document.createElement("p"), { className: "banner-body", textContent: text });
}
