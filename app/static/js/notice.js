/** Saying something on the page, built with the DOM alone: a short message that goes away, a banner that stays. */

/** Shows a short message and has it read out by screen readers. @param {string} message */
export function announce(message) {
  const toast = Object.assign(document.createElement("p"), { className: "toast", textContent: message });
  document.getElementById("toasts")?.append(toast);
  setTimeout(() => toast.remove(), Math.max(5000, message.length * 200));
}

/**
 * A banner made of text alone; an error is read out at once.
 * @param {"info"|"success"|"warning"|"error"} kind
 * @param {string} sentence
 * @param {Node|null} [more] what follows it, a way on for example
 */
export function notice(kind, sentence, more = null) {
  const box = Object.assign(document.createElement("div"), { className: `banner banner-${kind}` });
  box.setAttribute("role", kind === "error" ? "alert" : "status");
  box.append(Object.assign(document.createElement("p"), { className: "banner-title", textContent: sentence }));
  if (more) box.append(more);
  return box;
}

/** A way on, as a banner has it below its sentence. @param {string} href @param {string} label */
export function wayOn(href, label) {
  const paragraph = Object.assign(document.createElement("p"), { className: "banner-body" });
  paragraph.append(Object.assign(document.createElement("a"), { href, textContent: label, className: "button" }));
  return paragraph;
}
