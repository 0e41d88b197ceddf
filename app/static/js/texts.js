/** Sentences of the pages' catalogues in the browser: the three rules of `app/texts/__init__.py`, and nothing more. */

import { LedgerError } from "./errors.js";

export class Texts {
  /** @param {Record<string, string>} texts by key */
  constructor(texts) {
    this.texts = new Map(Object.entries(texts));
  }

  /**
   * `{name}` is a parameter, `{n:vote|votes}` the word that fits the number n, `{{` and `}}` are braces. A key that is
   * missing is shown as it is: an odd word serves a member better than no page.
   * @param {string} key
   * @param {Record<string, unknown>} [params]
   */
  t(key, params = {}) {
    return (this.texts.get(key) ?? key).replace(/\{\{|\}\}|\{([a-z_]+)(?::([^{}|]*)\|([^{}]*))?\}/g, (whole, name, one, many) => {
      if (name === undefined) return whole[0];
      if (one !== undefined) return String(params[name]) === "1" ? one : many;
      return String(params[name] ?? whole);
    });
  }

  /** An error in words. @param {unknown} error */
  error(error) {
    if (!(error instanceof LedgerError)) return this.t("signing.error.other", { code: /** @type {Error} */ (error)?.name ?? "error" });
    const title = /** @type {any} */ (error).problem?.title; // the server's own sentence, already in the reader's language
    const key = [`signing.error.${error.code}`, `errors.${error.code}`].find((candidate) => this.texts.has(candidate));
    return title ?? (key ? this.t(key, error.params) : this.t("signing.error.other", { code: error.code }));
  }
}
