/**
 * The Merkle tree of RFC 9162: hashes, a growing frontier, and proofs checked (`ledger/merkle.py`).
 *
 * Positions are halved by division, not by shifts: JavaScript's bit operators stop at 32 bits.
 */

import { concat, equal, sha256 } from "./bytes.js";
import { ProofError } from "./errors.js";

const HASH_SIZE = 32;
const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);

/** RFC 9162 section 2.1.1: the hash of an entry's exact bytes. @param {Uint8Array} leaf */
export const leafHash = (leaf) => sha256(concat(LEAF, leaf));

/** RFC 9162 section 2.1.1: the hash of two subtrees. @param {Uint8Array} left @param {Uint8Array} right */
export const nodeHash = (left, right) => sha256(concat(NODE, left, right));

/** The right edge of a growing tree: one hash per set bit of its size. */
export class Frontier {
  size = 0;
  /** @type {Uint8Array[]} roots of the full subtrees, largest first */
  hashes = [];

  /** @param {Uint8Array} leaf a leaf hash */
  async append(leaf) {
    let node = leaf;
    for (let carry = this.size; odd(carry); carry = half(carry)) {
      node = await nodeHash(/** @type {Uint8Array} */ (this.hashes.pop()), node);
    }
    this.hashes.push(node);
    this.size += 1;
  }

  /** The tree's root; SHA-256 of nothing while it is empty. @returns {Promise<Uint8Array>} */
  async root() {
    if (!this.hashes.length) return sha256(new Uint8Array());
    let node = /** @type {Uint8Array} */ (this.hashes.at(-1));
    for (const left of this.hashes.slice(0, -1).reverse()) node = await nodeHash(left, node);
    return node;
  }
}

/**
 * RFC 9162 section 2.1.3.2; ProofError when the leaf hash is not shown to be in that tree.
 * @param {Uint8Array} leaf
 * @param {number} index
 * @param {number} size
 * @param {Uint8Array[]} path
 * @param {Uint8Array} root
 */
export async function checkInclusion(leaf, index, size, path, root) {
  checkRange(index, size, index >= 0 && index < size);
  checkHashes([leaf, root, ...path]);
  let [node, position, last] = [leaf, index, size - 1];
  for (const sibling of path) {
    if (last === 0) throw new ProofError("proof.length");
    if (odd(position) || position === last) {
      node = await nodeHash(sibling, node);
      [position, last] = skip(position, last);
    } else {
      node = await nodeHash(node, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  if (last !== 0) throw new ProofError("proof.length");
  if (!equal(node, root)) throw new ProofError("proof.inclusion", { index, size });
}

/**
 * RFC 9162 section 2.1.4.2; ProofError when the older tree is not shown to be a prefix of the newer.
 * @param {number} older
 * @param {number} newer
 * @param {Uint8Array[]} path
 * @param {Uint8Array} oldRoot
 * @param {Uint8Array} newRoot
 */
export async function checkConsistency(older, newer, path, oldRoot, newRoot) {
  // From an empty tree nothing follows: a proof from size 0 would be accepted for any tree at all.
  checkRange(older, newer, older > 0 && older <= newer);
  checkHashes([oldRoot, newRoot, ...path]);
  const fault = new ProofError("proof.consistency", { old: older, new: newer });
  if (older === newer) {
    if (path.length || !equal(oldRoot, newRoot)) throw fault;
    return;
  }
  if (!path.length) throw new ProofError("proof.length");
  let [first, second] = [older - 1, newer - 1];
  while (odd(first)) [first, second] = [half(first), half(second)];
  // first is 0 exactly when the older size is a power of two: its root is then itself a node of the newer tree.
  const rest = first === 0 ? [oldRoot, ...path] : path;
  let [left, right] = [rest[0], rest[0]];
  for (const sibling of rest.slice(1)) {
    if (second === 0) throw new ProofError("proof.length");
    if (odd(first) || first === second) {
      left = await nodeHash(sibling, left);
      right = await nodeHash(sibling, right);
      [first, second] = skip(first, second);
    } else {
      right = await nodeHash(right, sibling);
    }
    [first, second] = [half(first), half(second)];
  }
  if (second !== 0 || !equal(left, oldRoot) || !equal(right, newRoot)) throw fault;
}

/** Climb past the levels where this node is an only child. @param {number} position @param {number} last */
function skip(position, last) {
  while (!odd(position) && position !== 0) [position, last] = [half(position), half(last)];
  return [position, last];
}

/** @param {number} number */
const odd = (number) => number % 2 === 1;

/** @param {number} number */
const half = (number) => Math.floor(number / 2);

/** @param {number} index @param {number} size @param {boolean} holds */
function checkRange(index, size, holds) {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || !holds) throw new ProofError("proof.range", { index, size });
}

/** @param {Uint8Array[]} hashes */
function checkHashes(hashes) {
  if (hashes.some((hash) => hash.length !== HASH_SIZE)) throw new ProofError("proof.hash_size");
}
