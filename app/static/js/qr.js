/**
 * QR codes (ISO/IEC 18004) made on the device: what an invitation's code says must not pass through any server. Byte mode,
 * error correction M, versions 1 to 20 (666 bytes), which is more than any link of ours needs.
 */

import { utf8 } from "./bytes.js";
import { FormatError } from "./errors.js";

/** Error correction bytes of each block, and number of blocks, by version. */
const CORRECTION = [0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const BLOCKS = [0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
const QUIET = 4; // light modules around the code

/** @type {((x: number, y: number) => boolean)[]} */
const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/**
 * The code's modules, rows of dark (true) and light.
 * @param {string} text
 * @param {number} [mask] 0 to 7; the best one where it is not given
 * @returns {boolean[][]}
 */
export function modules(text, mask) {
  const data = utf8(text);
  const version = CORRECTION.findIndex((_, candidate) => candidate > 0 && capacity(candidate) >= bitsOf(data, candidate));
  if (version < 0) throw new FormatError("qr.size", { bytes: data.length });
  const frame = drawFunctions(version);
  placeBytes(frame, interleave(encodeData(data, version), version));
  const tries = (mask === undefined ? [...MASKS.keys()] : [mask]).map((number) => masked(frame, number));
  const best = tries.reduce((one, other) => (penalty(other) < penalty(one) ? other : one));
  return best;
}

/**
 * The code as an SVG element, dark on light whatever the theme: cameras expect it.
 * @param {string} text
 * @param {string} label for those who can't see it
 */
export function qrSvg(text, label) {
  const rows = modules(text);
  const size = rows.length + 2 * QUIET;
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  for (const [name, value] of Object.entries({ viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, class: "qr" })) svg.setAttribute(name, value);
  const ground = document.createElementNS(space, "rect");
  for (const [name, value] of Object.entries({ width: size, height: size, fill: "#fff" })) ground.setAttribute(name, String(value));
  const path = document.createElementNS(space, "path");
  const steps = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + QUIET} ${y + QUIET}h1v1h-1z`] : [])));
  path.setAttribute("d", steps.join(""));
  path.setAttribute("fill", "#000");
  svg.append(ground, path);
  return svg;
}

/** @typedef {{size: number, dark: boolean[][], fixed: boolean[][], version: number}} Frame fixed: no data may stand there */

/** Bytes that a version holds in all. @param {number} version */
function totalBytes(version) {
  const aligned = version < 2 ? 0 : alignment(version).length;
  const patterns = version < 2 ? 0 : 25 * aligned * aligned - 10 * aligned - 55;
  return Math.floor(((16 * version + 128) * version + 64 - patterns - (version < 7 ? 0 : 36)) / 8);
}

/** Bits that are left for data. @param {number} version */
const capacity = (version) => 8 * (totalBytes(version) - CORRECTION[version] * BLOCKS[version]);

/** @param {number} version */
const countBits = (version) => (version < 10 ? 8 : 16);

/** @param {Uint8Array} data @param {number} version */
const bitsOf = (data, version) => 4 + countBits(version) + 8 * data.length;

/** @param {Uint8Array} data @param {number} version @returns {number[]} data bytes with mode, length and padding */
function encodeData(data, version) {
  /** @type {number[]} */
  const bits = [];
  const push = (/** @type {number} */ value, /** @type {number} */ length) => {
    for (let shift = length - 1; shift >= 0; shift--) bits.push((value >> shift) & 1);
  };
  push(0b0100, 4);
  push(data.length, countBits(version));
  for (const byte of data) push(byte, 8);
  push(0, Math.min(4, capacity(version) - bits.length));
  while (bits.length % 8) bits.push(0);
  const bytes = [];
  for (let start = 0; start < bits.length; start += 8) bytes.push(Number.parseInt(bits.slice(start, start + 8).join(""), 2));
  for (let pad = 0xec; bytes.length < capacity(version) / 8; pad ^= 0xec ^ 0x11) bytes.push(pad);
  return bytes;
}

/** Blocks with their error correction, one byte of each after the other. @param {number[]} data @param {number} version */
function interleave(data, version) {
  const [blocks, correction] = [BLOCKS[version], CORRECTION[version]];
  const short = Math.floor(totalBytes(version) / blocks) - correction;
  const longs = totalBytes(version) % blocks;
  const divisor = generator(correction);
  const parts = [];
  for (let block = 0, start = 0; block < blocks; block++) {
    const length = short + (block >= blocks - longs ? 1 : 0);
    const part = data.slice(start, start + length);
    parts.push({ part, check: remainder(part, divisor) });
    start += length;
  }
  const mixed = [];
  for (let place = 0; place <= short; place++) for (const { part } of parts) if (place < part.length) mixed.push(part[place]);
  for (let place = 0; place < correction; place++) for (const { check } of parts) mixed.push(check[place]);
  return mixed;
}

/** Product in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1. @param {number} left @param {number} right */
function multiply(left, right) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((right >> bit) & 1) * left;
  }
  return product;
}

/** @param {number} degree @returns {number[]} coefficients, the leading 1 left out */
function generator(degree) {
  const result = [...Array(degree - 1).fill(0), 1];
  let root = 1;
  for (let step = 0; step < degree; step++) {
    for (let place = 0; place < degree; place++) result[place] = multiply(result[place], root) ^ (result[place + 1] ?? 0);
    root = multiply(root, 2);
  }
  return result;
}

/** @param {number[]} data @param {number[]} divisor */
function remainder(data, divisor) {
  const rest = divisor.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ /** @type {number} */ (rest.shift());
    rest.push(0);
    divisor.forEach((coefficient, place) => (rest[place] ^= multiply(coefficient, factor)));
  }
  return rest;
}

/** Centres of the alignment patterns. @param {number} version */
function alignment(version) {
  const count = Math.floor(version / 7) + 2;
  const step = Math.floor((version * 8 + count * 3 + 5) / (count * 4 - 4)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, place) => version * 4 + 10 - (count - 2 - place) * step)];
}

/** Everything but the data. @param {number} version @returns {Frame} */
function drawFunctions(version) {
  const size = version * 4 + 17;
  const grid = () => Array.from({ length: size }, () => Array(size).fill(false));
  /** @type {Frame} */
  const frame = { size, dark: grid(), fixed: grid(), version };
  for (let place = 0; place < size; place++) {
    fix(frame, 6, place, place % 2 === 0);
    fix(frame, place, 6, place % 2 === 0);
  }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) rings(frame, x, y, 4, (ring) => ring !== 2 && ring !== 4);
  const centres = version < 2 ? [] : alignment(version);
  const last = centres.length - 1;
  for (const [i, x] of centres.entries()) {
    for (const [j, y] of centres.entries()) {
      const corner = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
      if (!corner) rings(frame, x, y, 2, (ring) => ring !== 1);
    }
  }
  drawFormat(frame, 0);
  if (version >= 7) drawVersion(frame);
  return frame;
}

/** @param {Frame} frame @param {number} x @param {number} y @param {boolean} dark */
function fix(frame, x, y, dark) {
  frame.dark[y][x] = dark;
  frame.fixed[y][x] = true;
}

/** Squares around a centre. @param {Frame} frame @param {number} x @param {number} y @param {number} radius @param {(ring: number) => boolean} isDark */
function rings(frame, x, y, radius, isDark) {
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) {
      const inside = x + dx >= 0 && x + dx < frame.size && y + dy >= 0 && y + dy < frame.size;
      if (inside) fix(frame, x + dx, y + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
    }
  }
}

/** Error correction level M (00) and the mask, twice. @param {Frame} frame @param {number} mask */
function drawFormat(frame, mask) {
  let rest = mask;
  for (let step = 0; step < 10; step++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  const bits = ((mask << 10) | rest) ^ 0x5412;
  const bit = (/** @type {number} */ place) => ((bits >> place) & 1) === 1;
  const { size } = frame;
  for (let place = 0; place < 6; place++) fix(frame, 8, place, bit(place));
  fix(frame, 8, 7, bit(6));
  fix(frame, 8, 8, bit(7));
  fix(frame, 7, 8, bit(8));
  for (let place = 9; place < 15; place++) fix(frame, 14 - place, 8, bit(place));
  for (let place = 0; place < 8; place++) fix(frame, size - 1 - place, 8, bit(place));
  for (let place = 8; place < 15; place++) fix(frame, 8, size - 15 + place, bit(place));
  fix(frame, 8, size - 8, true);
}

/** @param {Frame} frame */
function drawVersion(frame) {
  let rest = frame.version;
  for (let step = 0; step < 12; step++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
  const bits = (frame.version << 12) | rest;
  for (let place = 0; place < 18; place++) {
    const [near, far] = [Math.floor(place / 3), frame.size - 11 + (place % 3)];
    fix(frame, far, near, ((bits >> place) & 1) === 1);
    fix(frame, near, far, ((bits >> place) & 1) === 1);
  }
}

/** In pairs of columns from the right, up and down. @param {Frame} frame @param {number[]} bytes */
function placeBytes(frame, bytes) {
  const { size } = frame;
  let place = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5; // the vertical timing line
    for (let step = 0; step < size; step++) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (frame.fixed[y][x] || place >= bytes.length * 8) continue;
        frame.dark[y][x] = ((bytes[place >> 3] >> (7 - (place & 7))) & 1) === 1;
        place++;
      }
    }
  }
}

/** @param {Frame} frame @param {number} mask @returns {boolean[][]} */
function masked(frame, mask) {
  const copy = { ...frame, dark: frame.dark.map((row) => [...row]), fixed: frame.fixed.map((row) => [...row]) };
  for (let y = 0; y < frame.size; y++) {
    for (let x = 0; x < frame.size; x++) if (!frame.fixed[y][x] && MASKS[mask](x, y)) copy.dark[y][x] = !copy.dark[y][x];
  }
  drawFormat(copy, mask);
  return copy.dark;
}

/** How hard a code is to read: long runs, blocks, look-alikes of the corners, imbalance. @param {boolean[][]} rows */
function penalty(rows) {
  const columns = rows.map((_, x) => rows.map((row) => row[x]));
  let sum = 0;
  for (const line of [...rows, ...columns]) {
    const text = line.map(Number).join("");
    for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2;
    for (const look of ["10111010000", "00001011101"]) for (let at = text.indexOf(look); at >= 0; at = text.indexOf(look, at + 1)) sum += 40;
  }
  for (let y = 1; y < rows.length; y++) {
    for (let x = 1; x < rows.length; x++) {
      if (rows[y][x] === rows[y][x - 1] && rows[y][x] === rows[y - 1][x] && rows[y][x] === rows[y - 1][x - 1]) sum += 3;
    }
  }
  const dark = rows.flat().filter(Boolean).length;
  return sum + 10 * Math.floor(Math.abs(20 * dark - 10 * rows.length ** 2) / rows.length ** 2);
}
