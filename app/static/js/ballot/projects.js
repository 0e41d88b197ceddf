/** Projects that were chosen on other pages of a long list: each stays in the ballot as a ticked box with its name and cost. */

/** @type {WeakMap<HTMLElement, Node[]>} the lines that each ballot came with */
const came = new WeakMap();

/** What is chosen: number, and its name and cost. @param {HTMLElement} part @returns {Map<number, {label: string, cost: number}>} */
export function chosen(part) {
  const boxes = [...part.querySelectorAll("[data-chosen]")].map((box) => /** @type {HTMLInputElement} */ (box));
  return new Map(boxes.filter((box) => box.checked).map((box) => [Number(box.dataset.chosen), { label: box.dataset.label ?? "", cost: Number(box.dataset.cost) }]));
}

/** A box was ticked or cleared, in the list or among the chosen. @param {HTMLElement} part @param {HTMLInputElement} control */
export function keep(part, control) {
  const { option, chosen: kept } = control.dataset;
  if (kept !== undefined && !control.checked) control.closest("li")?.remove();
  if (option === undefined) return;
  const box = part.querySelector(`[data-chosen="${option}"]`);
  if (!control.checked) box?.closest("li")?.remove();
  else if (!box) list(part).append(line(part, control));
}

/** The boxes of the list that is shown say what is chosen, and the sentence before signing calls it by name. @param {HTMLElement} part */
export function forget(part) {
  if (!came.has(part)) came.set(part, [...list(part).children].map((line) => line.cloneNode(true)));
  const all = chosen(part);
  for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (part.querySelectorAll("input[data-option]"))) box.checked = all.has(Number(box.dataset.option));
  const names = Object.fromEntries([...all].map(([number, { label }]) => [`${part.dataset.proposal}/option_${number}`, label]));
  const form = /** @type {HTMLFormElement} */ (part.closest("form"));
  form.dataset.names = JSON.stringify({ ...JSON.parse(form.dataset.names ?? "{}"), ...names });
  list(part).hidden = all.size === 0;
}

/** What was chosen when the ballot came is chosen, and nothing else. @param {HTMLElement} part */
export function restore(part) {
  list(part).replaceChildren(...(came.get(part) ?? []).map((line) => line.cloneNode(true)));
}

/** @param {HTMLElement} part */
const list = (part) => /** @type {HTMLElement} */ (part.querySelector("[data-chosen-list]"));

/** @param {HTMLElement} part @param {HTMLInputElement} control */
function line(part, control) {
  const template = /** @type {HTMLTemplateElement} */ (part.querySelector("[data-chosen-line]"));
  const item = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  const box = /** @type {HTMLInputElement} */ (item.querySelector("input"));
  const words = control.closest(".choice")?.querySelector(".choice-label")?.textContent ?? "";
  Object.assign(box.dataset, { chosen: control.dataset.option, label: words, cost: control.dataset.cost });
  box.checked = true;
  /** @type {HTMLElement} */ (item.querySelector(".choice-label")).textContent = words;
  return item;
}
