/** Reporting work: the measure that fits the kind, and what it would earn, while one fills the form in. */

import { readForm } from "../form_body.js";

document.addEventListener("input", (event) => {
  const { form } = /** @type {HTMLInputElement} */ (event.target);
  if (form?.matches("[data-report]")) show(form);
});
prepare(document);

/** Forms that came later show what fits as they are. @param {ParentNode} root */
export function prepare(root) {
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (root.querySelectorAll("form[data-report]"))) show(form);
}

/** @param {HTMLFormElement} form */
function show(form) {
  const kind = /** @type {HTMLInputElement} */ (form.querySelector('input[name="kind"]:checked')).dataset;
  for (const measure of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-measure]"))) {
    measure.hidden = measure.dataset.measure !== kind.unit;
    for (const control of measure.querySelectorAll("input")) control.disabled = measure.hidden;
  }
  const said = /** @type {HTMLElement} */ (form.querySelector("[data-preview-said]"));
  const words = preview(form.dataset, kind, /** @type {any} */ (readForm(/** @type {any} */ (form.elements), 0)).body.quantity);
  if (said.textContent !== words) said.textContent = words; // the same words are not read out again
}

/**
 * @param {DOMStringMap} words
 * @param {DOMStringMap} kind what it earns: tokens for so many smallest parts
 * @param {number|undefined} quantity in smallest parts
 */
function preview(words, kind, quantity) {
  if (quantity === undefined || quantity < 1) return "";
  const earned = Math.floor((quantity * Number(kind.tokens)) / Number(kind.per)); // as the policy rounds
  const left = words.left === undefined ? earned : Math.min(earned, Number(words.left));
  const text = earned === 0 ? words.previewNone : left < earned ? words.previewCap : words.preview;
  return String(text).replace("{tokens}", `${left.toLocaleString()} ${words.tokenWord}`);
}
