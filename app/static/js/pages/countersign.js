/** Countersigning: the waiting statement is fetched, checked, shown as a sentence from its own bytes, signed and sent. */

import { DeviceError, Refusal } from "../errors.js";
import { notice } from "../notice.js";

document.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest("[data-cosign], [data-decline]");
  if (!(button instanceof HTMLButtonElement)) return;
  const id = button.dataset.cosign;
  run(button, () => (id ? sign(id) : decline(/** @type {string} */ (button.dataset.decline))));
});

/** @param {HTMLButtonElement} button @param {() => Promise<void>} act */
async function run(button, act) {
  const { openTexts } = await import("../sign.js");
  const texts = await openTexts();
  button.disabled = true;
  try {
    await act();
    location.reload();
  } catch (error) {
    button.disabled = false;
    document.getElementById("said")?.replaceChildren(notice("error", texts.error(error)));
  }
}

/** @param {string} id hex statement id */
async function sign(id) {
  const { cosign } = await import("../cosign.js");
  const { slug = "", origin, author = "" } = document.body.dataset;
  const names = { ...JSON.parse(document.body.dataset.names ?? "{}"), ...JSON.parse(document.getElementById("waiting")?.dataset.names ?? "{}") };
  await cosign({ slug, origin, member: author, id, names });
}

/** @param {string} id */
async function decline(id) {
  const { slug = "", csrf = "" } = document.body.dataset;
  const address = `/api/v1/ledgers/${encodeURIComponent(slug)}/pending/${id}`;
  const answer = await fetch(address, { method: "DELETE", credentials: "same-origin", headers: { "X-CSRFToken": csrf } }).catch(() => null);
  if (!answer) throw new DeviceError("network.offline");
  if (answer.ok) return;
  const problem = await answer.json().catch(() => ({}));
  throw new Refusal(problem.code ?? "http.error", problem.params ?? {}, problem);
}
