/** Countersigning: the waiting statement is fetched, checked, shown as a sentence from its own bytes, signed and sent. */

import { DeviceError, Refusal } from "../errors.js";
import { notice } from "../notice.js";

document.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest("[data-cosign], [data-decline]");
  if (!(button instanceof HTMLButtonElement)) return;
  const { cosign, sum, decline: declined = "" } = button.dataset;
  run(button, () => (cosign ? sign(cosign.split(" "), sum) : decline(declined.split(" "))));
});

/** @param {HTMLButtonElement} button @param {() => Promise<any>} act */
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

/** @param {string[]} ids hex statement ids; several are lines of one list, confirmed once @param {string} [sum] what is counted */
async function sign(ids, sum = "") {
  const { cosign, cosignMany } = await import("../cosign.js");
  const { slug = "", origin, author: member = "" } = document.body.dataset;
  const { names: called = "{}" } = document.getElementById("waiting")?.dataset ?? {};
  const place = { slug, origin, member, names: { ...JSON.parse(document.body.dataset.names ?? "{}"), ...JSON.parse(called) } };
  if (ids.length === 1) return cosign({ ...place, id: ids[0] });
  const outcome = await cosignMany({ ...place, ids, sums: [{ label: sum, value: String(ids.length) }] });
  if (outcome.refused.length) throw new DeviceError(outcome.refused[0]);
}

/** @param {string[]} ids */
async function decline(ids) {
  for (const id of ids) await declineOne(id);
}

/** @param {string} id */
async function declineOne(id) {
  const { slug = "", csrf = "" } = document.body.dataset;
  const address = `/api/v1/ledgers/${encodeURIComponent(slug)}/pending/${id}`;
  const answer = await fetch(address, { method: "DELETE", credentials: "same-origin", headers: { "X-CSRFToken": csrf } }).catch(() => null);
  if (!answer) throw new DeviceError("network.offline");
  if (answer.ok) return;
  const problem = await answer.json().catch(() => ({}));
  throw new Refusal(problem.code ?? "http.error", problem.params ?? {}, problem);
}
