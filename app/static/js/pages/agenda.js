/** An agenda in the order of its lines: buttons move a line up or down, and the focus goes with it. */

import "./people.js";

for (const list of document.querySelectorAll("[data-sortable]")) {
  for (const side of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(".thing-side"))) side.hidden = false;
  list.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement|null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-move]"));
    const line = button?.closest("li");
    if (!button || !line) return;
    if (button.dataset.move === "up") line.previousElementSibling?.before(line);
    else line.nextElementSibling?.after(line);
    button.focus();
  });
}
