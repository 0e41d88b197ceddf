/**
 * What only the page's scripts can answer waits until all of them have come: a form that says something on the ledger (the
 * browser itself would put what it says into the address: into histories and logs), one that goes nowhere by itself, and a
 * button that is no form's. What was pressed is pressed again then. Classic and first in the head, so that nothing comes before.
 */
(() => {
  /** @type {Map<HTMLElement, () => void>} what was pressed, and how to press it again */
  const pressed = new Map();

  /** @param {Event} event @param {HTMLElement} what @param {() => void} again */
  function hold(event, what, again) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!pressed.has(what)) pressed.set(what, again);
  }

  /** @param {SubmitEvent} event */
  function holdForm(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.dataset?.statement || !form.hasAttribute("method")) hold(event, form, () => form.requestSubmit(event.submitter));
  }

  /** @param {MouseEvent} event */
  function holdButton(event) {
    const button = /** @type {Element} */ (event.target).closest?.("button");
    if (button && (button.type === "button" || !button.form) && !button.hasAttribute("popovertarget")) hold(event, button, () => button.click());
  }

  document.addEventListener("submit", holdForm, true);
  document.addEventListener("click", holdButton, true);
  document.addEventListener("DOMContentLoaded", async () => {
    const scripts = /** @type {NodeListOf<HTMLScriptElement>} */ (document.querySelectorAll("script[type=module][src]"));
    // The same modules, not loaded again: this waits for what they in turn wait for before they listen.
    await Promise.allSettled([...scripts].map(({ src }) => import(src)));
    document.removeEventListener("submit", holdForm, true);
    document.removeEventListener("click", holdButton, true);
    for (const again of pressed.values()) again();
  });
})();
