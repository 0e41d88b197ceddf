/**
 * Documents of a meeting. In the form: name, address and the hash of a file that stays here become one text. On the
 * meeting's page: whether a file is the one that was convened with.
 */

import { hex, sha256 } from "../bytes.js";

/** @param {HTMLElement} box @param {string} name */
const part = (box, name) => /** @type {HTMLInputElement} */ (box.querySelector(`[data-part="${name}"]`));

document.addEventListener("input", (event) => {
  const target = /** @type {HTMLInputElement} */ (event.target);
  const box = /** @type {HTMLElement|null} */ (target.closest("[data-document]"));
  if (box && target.type !== "file") write(box);
});
document.addEventListener("change", async (event) => {
  const target = /** @type {HTMLInputElement} */ (event.target);
  const file = target.type === "file" ? target.files?.[0] : null;
  if (!file) return;
  const hash = hex(await sha256(new Uint8Array(await file.arrayBuffer())));
  const box = /** @type {HTMLElement|null} */ (target.closest("[data-document]"));
  if (box) take(box, file.name, hash);
  else compare(target, hash);
});
for (const box of document.querySelectorAll("[data-document]")) write(/** @type {HTMLElement} */ (box));

/** @param {HTMLElement} box @param {string} name @param {string} hash */
function take(box, name, hash) {
  box.dataset.sha256 = hash;
  const said = /** @type {HTMLElement} */ (box.querySelector("[data-hash]"));
  said.textContent = (said.dataset.words ?? "").replace("{hash}", hash.slice(0, 16));
  const field = part(box, "name");
  if (!field.value) field.value = name;
  write(box);
}

/** @param {HTMLElement} box */
function write(box) {
  const [name, address] = [part(box, "name").value.trim(), part(box, "address").value.trim()];
  const hash = box.dataset.sha256 ? `sha256:${box.dataset.sha256}` : "";
  const lines = [name, address === name ? "" : address, hash].filter(Boolean);
  /** @type {HTMLInputElement} */ (box.querySelector("input[type=hidden]")).value = name || address ? lines.join("\n") : "";
}

/** @param {HTMLInputElement} field @param {string} hash */
function compare(field, hash) {
  const said = field.closest("[data-check]")?.querySelector("[data-result]");
  if (!said) return;
  const same = field.dataset.sha256 === hash;
  said.textContent = (same ? field.dataset.same : field.dataset.other) ?? "";
}
