/** Opening hours: a day that is not ticked says nothing. */

import "./people.js";

for (const row of document.querySelectorAll("[data-hours]")) {
  const open = /** @type {HTMLInputElement} */ (row.querySelector("input[type=checkbox]"));
  open.addEventListener("change", () => {
    for (const select of row.querySelectorAll("select")) select.disabled = !open.checked;
  });
}
