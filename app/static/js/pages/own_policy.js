/** Witnesses that the reader trusts, with keys from elsewhere than the operator: pasted here, kept on this device alone. */

import { say } from "../newcomer.js";
import { LedgerError } from "../errors.js";
import { openKeystore } from "../sign.js";
import { parsePolicy } from "../witness_policy.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-own-policy]"));
const form = /** @type {HTMLFormElement} */ (root.querySelector("form"));
const field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("policy"));
const remove = /** @type {HTMLButtonElement} */ (root.querySelector("[data-remove]"));
const ledger = root.dataset.origin ?? "";
const { store } = await openKeystore();

const kept = await store.get("policies", [ledger]);
field.value = kept?.text ?? "";
remove.hidden = !kept;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = whole(field.value);
  try {
    await parsePolicy(text);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { line } = error.params;
    return say(root, line ? (root.dataset.line ?? "").replace("{line}", String(line)) : root.dataset.unreadable ?? "", "error");
  }
  await store.put("policies", { ledger, text });
  field.value = text;
  remove.hidden = false;
  say(root, root.dataset.saved ?? "", "success");
});
remove.addEventListener("click", async () => {
  await store.remove("policies", [ledger]);
  field.value = "";
  remove.hidden = true;
  field.focus();
  say(root, root.dataset.removed ?? "", "success");
});

/** What was pasted as a whole file: where nothing says how many are enough, all that are named are asked for. @param {string} pasted */
function whole(pasted) {
  const rows = pasted.split(/\r?\n/).map((row) => row.trim());
  while (rows.at(-1) === "") rows.pop();
  const names = rows.flatMap((row) => /^witness\s+(\S+)/.exec(row)?.[1] ?? []);
  if (names.length && !rows.some((row) => /^quorum\s/.test(row))) {
    if (names.length > 1) rows.push(`group all-of-these all ${names.join(" ")}`);
    rows.push(`quorum ${names.length > 1 ? "all-of-these" : names[0]}`);
  }
  return rows.map((row) => `${row}\n`).join("");
}
