/**
 * A form that says something on the ledger, pressed before `statement-form.js` has arrived, waits for it. The browser itself
 * would put what it says into the address: into histories and logs. Classic and first in the head, so that nothing comes before.
 */
(() => {
  /** @type {[HTMLFormElement, HTMLElement|null][]} */
  const pressed = [];

  /** @param {SubmitEvent} event */
  function keep(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.dataset?.statement) return;
    event.preventDefault();
    if (!pressed.some(([other]) => other === form)) pressed.push([form, event.submitter]);
  }

  document.addEventListener("submit", keep, true);
  document.addEventListener("yui:listening", () => {
    document.removeEventListener("submit", keep, true);
    for (const [form, submitter] of pressed.splice(0)) form.requestSubmit(submitter);
  });
})();
