/** Witness policies: C2SP `tlog-policy` files, which say whose cosignatures are enough (`ledger/witness_policy.py`). */

import { equal, utf8 } from "./bytes.js";
import { COSIGNATURE, ED25519, parseVkey, vkeyText } from "./checkpoint.js";
import { FormatError } from "./errors.js";

const NONE = "none";
const MAX_FILE = 100_000;
const MAX_NAMED = 1_000;
const COUNT = /^[1-9][0-9]{0,3}$/;
const FORBIDDEN = /[^\t\n -~\u{80}-\u{10ffff}]/u;

/**
 * @typedef {import("./checkpoint.js").VerifierKey} VerifierKey
 * @typedef {{logs: VerifierKey[], witnesses: Map<string, VerifierKey>, groups: Map<string, {needed: number, members: string[]}>, quorum: string}} Policy
 */

/** Whether the cosignatures of these keys are enough. @param {Policy} policy @param {VerifierKey[]} cosigners */
export function isMet(policy, cosigners) {
  const texts = new Set(cosigners.map(vkeyText));
  /** @param {string} name @returns {boolean} */
  const has = (name) => {
    const group = policy.groups.get(name);
    if (!group) return texts.has(vkeyText(/** @type {VerifierKey} */ (policy.witnesses.get(name))));
    return group.members.filter(has).length >= group.needed;
  };
  return policy.quorum === NONE || has(policy.quorum);
}

/** Read a policy file; FormatError `witness_policy.line` with the number of the line at fault. @param {string} text @returns {Promise<Policy>} */
export async function parsePolicy(text) {
  if (utf8(text).length > MAX_FILE || (text && !text.endsWith("\n")) || FORBIDDEN.test(text)) throw new FormatError("witness_policy.form");
  const reader = new Reader();
  for (const [index, row] of text.split("\n").entries()) {
    const words = row.split(/[ \t]+/).filter(Boolean);
    if (!words.length || words[0].startsWith("#")) continue;
    try {
      await reader.take(words);
    } catch (error) {
      if (error instanceof FormatError) throw new FormatError("witness_policy.line", { line: index + 1 });
      throw error;
    }
  }
  return reader.finish();
}

/** Names mean nothing outside the file; a group names only what stands above it, and nothing is a member twice. */
class Reader {
  /** @type {Policy} */
  #policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: "" };
  /** @type {Set<string>} */
  #members = new Set();

  /** @param {string[]} words */
  async take([keyword, ...rest]) {
    const policy = this.#policy;
    if (keyword === "log" && (rest.length === 1 || rest.length === 2)) {
      policy.logs.push(await this.#key(policy.logs, ED25519, rest[0]));
    } else if (keyword === "witness" && (rest.length === 2 || rest.length === 3)) {
      this.#name(rest[0]);
      policy.witnesses.set(rest[0], await this.#key([...policy.witnesses.values()], COSIGNATURE, rest[1]));
    } else if (keyword === "group" && rest.length > 2) {
      this.#group(rest[0], rest[1], rest.slice(2));
    } else if (keyword === "quorum" && rest.length === 1 && !policy.quorum && (rest[0] === NONE || this.#isNamed(rest[0]))) {
      policy.quorum = rest[0];
    } else {
      throw new FormatError("witness_policy.form");
    }
  }

  finish() {
    if (!this.#policy.quorum) throw new FormatError("witness_policy.quorum");
    return this.#policy;
  }

  /** @param {string} name @param {string} threshold @param {string[]} members */
  #group(name, threshold, members) {
    const sound = members.every((member) => this.#isNamed(member) && !this.#members.has(member)) && new Set(members).size === members.length;
    const needed = COUNT.test(threshold) ? Number(threshold) : threshold === "all" ? members.length : Number(threshold === "any");
    this.#name(name);
    if (!sound || needed < 1 || needed > members.length) throw new FormatError("witness_policy.form");
    for (const member of members) this.#members.add(member);
    this.#policy.groups.set(name, { needed, members });
  }

  /** @param {string} name */
  #isNamed(name) {
    return this.#policy.witnesses.has(name) || this.#policy.groups.has(name);
  }

  /** @param {string} name */
  #name(name) {
    const count = this.#policy.witnesses.size + this.#policy.groups.size;
    if (name === NONE || this.#isNamed(name) || count >= MAX_NAMED) throw new FormatError("witness_policy.form");
  }

  /** @param {VerifierKey[]} known @param {number} type @param {string} vkey */
  async #key(known, type, vkey) {
    const key = await parseVkey(vkey, type);
    if (known.some((other) => equal(other.public, key.public))) throw new FormatError("witness_policy.form");
    return key;
  }
}
