/**
 * What only the page's scripts can answer waits until all of them have come: a form that says something on the ledger or goes
 * nowhere by itself, and a button that is no form's. Of what was pressed the last is pressed again then. Where scripts don't
 * come, such a form stays where it is: the browser itself would put what it says into the address, into histories and logs.
 * Classic and first in the head, so that nothing comes before.
 */
(() => {
  const LONGEST = 10_000; // milliseconds that scripts are waited for, and after which a press is forgotten
  /** @type {{again: () => void, at: number}|null} */
  let pressed = null;

  /** @param {Event} event @param {() => void} again */
  function hold(event, again) {
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed = { again, at: performance.now() };
  }

  /** @param {HTMLFormElement} form */
  const needsScripts = (form) => Boolean(form.dataset?.statement) || !form.hasAttribute("method");

  /** @param {SubmitEvent} event */
  function holdForm(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (needsScripts(form)) hold(event, () => form.requestSubmit(event.submitter?.isConnected ? event.submitter : null));
  }

  /** @param {MouseEvent} event */
  function holdButton(event) {
    const button = /** @type {Element} */ (event.target).closest?.("button");
    if (button && (button.type === "button" || !button.form) && !button.hasAttribute("popovertarget")) hold(event, () => button.click());
  }

  document.addEventListener("submit", holdForm, true);
  document.addEventListener("click", holdButton, true);
  // After everybody else: whoever answers a form prevents what the browser would do.
  addEventListener("submit", (event) => {
    if (needsScripts(/** @type {HTMLFormElement} */ (event.target))) event.preventDefault();
  });
  document.addEventListener("DOMContentLoaded", async () => {
    const scripts = /** @type {NodeListOf<HTMLScriptElement>} */ (document.querySelectorAll("script[type=module][src]"));
    // The same modules, not loaded again: this waits for what they in turn wait for before they listen.
    const come = Promise.allSettled([...scripts].map(({ src }) => import(src)));
    await Promise.race([come, new Promise((resolve) => { setTimeout(resolve, LONGEST); })]);
    document.removeEventListener("submit", holdForm, true);
    document.removeEventListener("click", holdButton, true);
    if (pressed && performance.now() - pressed.at < LONGEST) pressed.again();
  });
})();
