/**
 * Forms in which a member is to be found first: whoever was chosen is called by name in the sentence, and that nobody was
 * chosen is said at the search, before anything is signed.
 */

document.addEventListener("yui:read", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  for (const chosen of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[data-name]:checked"))) {
    /** @type {CustomEvent} */ (event).detail.names[chosen.value] = chosen.dataset.name;
  }
  for (const search of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-people]"))) {
    search.querySelector("[data-fault]")?.remove();
    if (search.querySelector("input[type=radio]:checked")) continue;
    event.preventDefault();
    const said = Object.assign(document.createElement("p"), { className: "field-error", textContent: search.dataset.people });
    said.dataset.fault = "";
    said.setAttribute("role", "alert");
    search.append(said);
    /** @type {HTMLElement|null} */ (search.querySelector("input"))?.focus();
  }
});
