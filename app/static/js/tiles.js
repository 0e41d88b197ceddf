/** Tiles and entry bundles over HTTP: the C2SP `tlog-tiles` layout of a log as static files (`ledger/tiles.py`). */

import { equal } from "./bytes.js";
import { DeviceError, FormatError, ProofError } from "./errors.js";
import { Frontier, leafHash } from "./merkle.js";

export const WIDTH = 256;
const HASH_SIZE = 32;

/**
 * @typedef {{level: number|null, index: number, width: number}} Tile level null is an entry bundle
 * @typedef {(path: string) => Promise<Uint8Array>} Fetch of a path below the log's address
 */

/** The C2SP path of a tile, without a leading slash. @param {Tile} tile */
export function tilePath({ level, index, width }) {
  const partial = width === WIDTH ? "" : `.p/${width}`;
  return `tile/${level ?? "entries"}/${numbered(index)}${partial}`;
}

/** Every entry bundle of a tree of `size` leaves, the partial one included. @param {number} size @returns {Generator<Tile>} */
export function* bundlesOf(size) {
  for (let index = 0; index * WIDTH < size; index++) {
    yield { level: null, index, width: Math.min(WIDTH, size - index * WIDTH) };
  }
}

/** The leaves of a bundle that must hold exactly `width` of them. @param {Uint8Array} data @param {number} width */
export function decodeBundle(data, width) {
  const leaves = [];
  let position = 0;
  while (position < data.length) {
    if (position + 2 > data.length) throw new FormatError("tile.bundle");
    const end = position + 2 + data[position] * 256 + data[position + 1];
    if (end > data.length) throw new FormatError("tile.bundle");
    leaves.push(data.subarray(position + 2, end));
    position = end;
  }
  if (leaves.length !== width) throw new FormatError("tile.bundle");
  return leaves;
}

/** The hashes of a hash tile that must hold exactly `width` of them. @param {Uint8Array} data @param {number} width */
export function splitHashes(data, width) {
  if (data.length !== width * HASH_SIZE) throw new FormatError("tile.width");
  return Array.from({ length: width }, (_, position) => data.subarray(position * HASH_SIZE, (position + 1) * HASH_SIZE));
}

/** Reads below a log's address, such as `/log/owase`. @param {string} base @returns {Fetch} */
export function fetchFrom(base) {
  return async (path) => {
    const response = await fetch(`${base}/${path}`, { credentials: "same-origin" });
    if (!response.ok) throw new DeviceError("log.unavailable", { path, status: response.status });
    return new Uint8Array(await response.arrayBuffer());
  };
}

/**
 * Recompute the whole tree from its leaves and hold it against a checkpoint, and every hash tile of level 0 on the way.
 * @param {Fetch} read
 * @param {{size: number, root: Uint8Array}} checkpoint
 * @param {{onLeaf?: (leaf: Uint8Array, index: number) => Promise<void>, also?: {size: number, root: Uint8Array}[]}} [options]
 *   onLeaf: called for each in order; also: earlier points that this same tree must have passed through
 */
export async function recompute(read, checkpoint, options = {}) {
  const tree = new Frontier();
  const points = new Map((options.also ?? []).map((point) => [point.size, point.root]));
  for (const bundle of bundlesOf(checkpoint.size)) {
    const leaves = decodeBundle(await read(tilePath(bundle)), bundle.width);
    const hashes = splitHashes(await read(tilePath({ ...bundle, level: 0 })), bundle.width);
    for (const [position, leaf] of leaves.entries()) {
      const hash = await leafHash(leaf);
      if (!equal(hash, hashes[position])) throw new ProofError("tile.leaf", { index: tree.size });
      await options.onLeaf?.(leaf, tree.size);
      await tree.append(hash);
      const expected = points.get(tree.size);
      if (expected && !equal(expected, await tree.root())) throw new ProofError("tree.point", { size: tree.size });
    }
  }
  if (!equal(await tree.root(), checkpoint.root)) throw new ProofError("tree.root", { size: checkpoint.size });
}

/** 1234067 is `x001/x234/067`. @param {number} index */
function numbered(index) {
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  }
  return groups.join("/");
}
