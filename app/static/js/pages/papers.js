/**
 * The office's papers: what stands on all of them is kept for the next time, in this browser; and while a file is being
 * made the page says so, then which of them have come.
 */

import { DeviceError, Refusal } from "../errors.js";
import { notice } from "../notice.js";
import { openTexts } from "../sign.js";

const KEPT = ["back", "contact"];
const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-papers]"));
const { slug = "", author = "" } = document.body.dataset;
const place = `yui.papers.${slug}.${author}`;

const forget = /** @type {HTMLButtonElement} */ (form.querySelector("[data-forget]"));
const before = JSON.parse(localStorage.getItem(place) ?? "{}");
for (const name of KEPT) if (!field(name).value) field(name).value = before[name] ?? "";
forget.hidden = !localStorage.getItem(place);
forget.addEventListener("click", () => {
  localStorage.removeItem(place);
  for (const name of KEPT) field(name).value = "";
  forget.hidden = true;
  field(KEPT[0]).focus();
});

form.addEventListener("submit", (event) => {
  const button = /** @type {HTMLButtonElement} */ (/** @type {SubmitEvent} */ (event).submitter);
  if (!button) return;
  event.preventDefault();
  keep();
  if (!form.hasAttribute("aria-busy")) make(button);
});

/** @param {string} name */
function field(name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}

function keep() {
  const values = Object.fromEntries(KEPT.map((name) => [name, field(name).value.trim()]));
  if (Object.values(values).some(Boolean)) localStorage.setItem(place, JSON.stringify(values));
  else localStorage.removeItem(place);
  forget.hidden = !localStorage.getItem(place);
}

/** One file after the other, as the service makes them. @param {HTMLButtonElement} button */
async function make(button) {
  const said = /** @type {HTMLElement} */ (button.closest("section")?.querySelector("[data-made]"));
  form.setAttribute("aria-busy", "true");
  said.replaceChildren(notice("info", say("making", button)));
  try {
    const query = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    await save(await fetched(`${button.formAction}?${query}`));
    said.replaceChildren(notice("success", say("made", button)));
    button.querySelector("span")?.replaceChildren(`${nameOf(button)} ✓`);
  } catch (error) {
    said.replaceChildren(notice("error", (await openTexts()).error(error)));
  } finally {
    form.removeAttribute("aria-busy");
  }
}

/** @param {string} address */
async function fetched(address) {
  const headers = { Accept: "application/pdf, application/problem+json" };
  const answer = await fetch(address, { headers, cache: "no-store" }).catch(() => {
    throw new DeviceError("network.offline");
  });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => null);
  throw new Refusal(problem?.code ?? "http.error", problem?.params ?? { status: answer.status }, problem ?? {});
}

/** @param {Response} answer */
async function save(answer) {
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "";
  const href = URL.createObjectURL(await answer.blob());
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000); // not before every browser has begun to read it
}

/** @param {"making"|"made"} what @param {HTMLButtonElement} button */
function say(what, button) {
  return (form.dataset[what] ?? "").replace("{what}", nameOf(button));
}

/** @param {HTMLButtonElement} button */
function nameOf(button) {
  button.dataset.name ??= button.textContent?.trim() ?? "";
  return button.dataset.name;
}
