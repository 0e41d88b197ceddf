/** What a person sees before signing, and when the service contradicts itself. Built with the DOM alone: no markup from anywhere. */

import { text as decodeText } from "./bytes.js";

/**
 * @typedef {import("./texts.js").Texts} Texts
 * @typedef {{ledger: string, sentences: string[], statements: Uint8Array[], count?: number, sums?: {label: string, value: string}[]}} Request
 */

let serial = 0;

/**
 * Show what will be signed and ask. Escape, the first button and closing all mean no.
 * @param {Texts} texts
 * @param {Request} request
 * @returns {Promise<boolean>}
 */
export function confirmSigning(texts, request) {
  const id = `signing-${++serial}`;
  const many = request.sentences.length > 1;
  const title = element("h2", { id: `${id}-title`, className: "dialog-title", tabIndex: -1 },
    many ? texts.t("signing.dialog.title_many", { n: request.sentences.length }) : texts.t("signing.dialog.title"));
  const said = many
    ? element("ol", { className: "signing-list", tabIndex: 0 }, ...request.sentences.map((sentence) => element("li", {}, sentence)))
    : element("p", { className: "signing-sentence" }, request.sentences[0]);
  said.id = `${id}-text`;
  const cancel = element("button", { type: "button", className: "button" }, texts.t("signing.dialog.cancel"));
  const sign = element("button", { type: "button", className: "button button-primary" },
    many ? texts.t("signing.dialog.sign_many", { n: request.sentences.length }) : texts.t("signing.dialog.sign"));
  const dialog = element("dialog", { className: "dialog signing-dialog" },
    title, ...sums(request.sums ?? []), said,
    element("p", {}, texts.t("signing.dialog.ledger", { ledger: request.ledger })),
    exactBytes(texts, request.statements),
    element("div", { className: "buttons" }, cancel, sign));
  dialog.setAttribute("aria-labelledby", `${id}-title`);
  dialog.setAttribute("aria-describedby", `${id}-text`);
  return ask(dialog, title, cancel, sign);
}

/** @param {HTMLDialogElement} dialog @param {HTMLElement} first @param {HTMLElement} no @param {HTMLElement} yes @returns {Promise<boolean>} */
function ask(dialog, first, no, yes) {
  const before = /** @type {HTMLElement|null} */ (document.activeElement);
  document.body.append(dialog);
  return new Promise((resolve) => {
    let answer = false;
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => {
      answer = true;
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      before?.focus?.();
      resolve(answer);
    });
    dialog.showModal();
    first.focus(); // the title, so that screen readers begin there and Enter signs nothing by accident
  });
}

/**
 * The red notice of a contradiction, with its evidence to take away. Returns the element, for the page to place.
 * @param {Texts} texts
 * @param {import("./errors.js").ContradictionError} error
 */
export function contradictionNotice(texts, error) {
  const file = new Blob([JSON.stringify(error.evidence, null, 1)], { type: "application/json" });
  const link = element("a", { href: URL.createObjectURL(file), download: "yui-evidence.json", className: "button" }, texts.t("signing.contradiction.download"));
  const notice = element("div", { className: "banner banner-error", role: "alert" },
    element("h2", { className: "banner-title" }, texts.t("signing.contradiction.title")),
    element("div", { className: "banner-body" },
      element("p", {}, texts.t(error.evidence.conclusive ? "signing.contradiction.proven" : "signing.contradiction.suspected", { origin: error.evidence.origin })),
      element("p", {}, texts.t("signing.contradiction.todo")),
      element("p", {}, link)));
  return notice;
}

/** @param {{label: string, value: string}[]} rows */
function sums(rows) {
  if (!rows.length) return [];
  return [element("dl", { className: "signing-sums" }, ...rows.flatMap(({ label, value }) => [element("dt", {}, label), element("dd", {}, value)]))];
}

/** @param {Texts} texts @param {Uint8Array[]} statements */
function exactBytes(texts, statements) {
  const exact = statements.map((bytes) => decodeText(bytes, "format.json")).join("\n");
  return element("details", {}, element("summary", {}, texts.t("signing.dialog.exact")), element("pre", { tabIndex: 0 }, exact));
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, unknown>} properties
 * @param {...(Node|string)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
