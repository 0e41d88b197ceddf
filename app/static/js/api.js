/** The service's answers as values or errors: what the server says no to is a Refusal, silence is a DeviceError. */

import { DeviceError, Refusal } from "./errors.js";

/**
 * @typedef {{slug: string, origin: string, vkey: string, checkpoint: string, size: number, consistency: string[], time: string,
 *   rp_ids: string[], origins: string[], utc_offset: number, key_changes?: import("./trust.js").KeyChange[], predecessors?: {origin: string, entries: number}[], session?: {member: string, key: string, roles: string[], limits?: Record<string, string[]>}}} Context
 *   consistency: from the size asked about, empty where there is nothing to prove
 * @typedef {import("./receipt.js").Receipt & {consistency?: string[]}} Answer
 * @typedef {{code: string, params?: Record<string, unknown>, title?: string, refusal?: unknown}} Problem RFC 9457
 */

/** Codes that say "not now" or "not you yet": the statement itself was not judged, so it may be sent again. */
const NOT_JUDGED = new Set([401, 403, 408, 425, 429]);

export class Api {
  /** @param {string} slug @param {string} [root] */
  constructor(slug, root = "/api/v1") {
    this.base = `${root}/ledgers/${encodeURIComponent(slug)}`;
  }

  /** @param {number} kept size of the checkpoint this device has verified, 0 for none @returns {Promise<Context>} */
  context(kept) {
    return this.#call(`context?from=${kept}`);
  }

  /** @param {number} from @param {number} to @returns {Promise<string[]>} */
  async consistency(from, to) {
    return (await this.#call(`proofs/consistency?from=${from}&to=${to}`)).proof;
  }

  /** @param {string} envelope JSON @param {number} from size of the kept checkpoint @returns {Promise<Answer>} */
  submit(envelope, from) {
    return this.#call(`statements?from=${from}`, envelope);
  }

  /** @param {string[]} envelopes at most 100 @returns {Promise<(Answer|Problem)[]>} in the same order */
  submitMany(envelopes) {
    return this.#call("statements/batch", `[${envelopes.join(",")}]`);
  }

  /** @returns {Promise<{challenge: string, expires: string, origin: string}>} */
  challenge() {
    return this.#call("session/challenge");
  }

  /** @param {object} answer @returns {Promise<{member: string, key: string, roles: string[]}>} */
  signIn(answer) {
    return this.#call("session", JSON.stringify(answer));
  }

  /** Leave a statement for its other signers, or add to one that lies there; missing signatures are null. @param {string} envelope @returns {Promise<{id: string, missing: string[], receipt?: Answer}>} */
  leave(envelope) {
    return this.#call("pending", envelope);
  }

  /** @param {string[]} envelopes at most 100 @returns {Promise<({id: string, missing: string[], receipt?: Answer}|Problem)[]>} in the same order */
  leaveMany(envelopes) {
    return this.#call("pending/batch", `[${envelopes.join(",")}]`);
  }

  /** Everything that names the reader as a signer. @returns {Promise<{id: string, statement: any, signatures: any[], private: any[]}[]>} */
  async waiting() {
    return (await this.#call("pending")).items;
  }

  /** @param {string} id hex statement id @returns {Promise<{statement: any, signatures: any[], private: any[]}>} */
  pending(id) {
    return this.#call(`pending/${encodeURIComponent(id)}`);
  }

  /** @param {string} path @param {string} [body] JSON; posts when given @returns {Promise<any>} */
  async #call(path, body) {
    const response = await this.#fetch(`${this.base}/${path}`, body);
    const answer = await response.json().catch(() => null);
    if (response.ok && answer !== null) return answer;
    const code = answer?.code ?? "http.error";
    if (response.status >= 500 || response.ok || NOT_JUDGED.has(response.status)) {
      throw new DeviceError("service.unavailable", { status: response.status, code });
    }
    throw new Refusal(code, answer?.params ?? {}, answer ?? {});
  }

  /** @param {string} address @param {string} [body] */
  async #fetch(address, body) {
    const headers = { Accept: "application/json, application/problem+json", "X-CSRFToken": globalThis.document?.body?.dataset.csrf ?? "" };
    const post = { method: "POST", body, headers: { ...headers, "Content-Type": "application/json" } };
    try {
      return await fetch(address, { credentials: "same-origin", cache: "no-store", ...(body === undefined ? { headers } : post) });
    } catch {
      throw new DeviceError("network.offline"); // fetch says no more than that
    }
  }
}

/** The sentences and words that signing needs. @param {string} lang @param {string} [root] @returns {Promise<{sentences: Record<string, string>, texts: Record<string, string>}>} */
export async function fetchTexts(lang, root = "/api/v1") {
  const response = await fetch(`${root}/texts/${lang}/signing`, { credentials: "same-origin" }).catch(() => null);
  if (!response?.ok) throw new DeviceError("network.offline");
  return response.json();
}
