/**
 * QR codes made on the device: what an invitation's code says must not pass through any server.
 */

import qrcode from "../vendor/qrcode-generator/qrcode.mjs";
import { utf8 } from "./bytes.js";

const QUIET = 4; // light modules around the code
const ANY_VERSION = 0;

// The library's own way takes the low byte of each character.
qrcode.stringToBytes = (/** @type {string} */ text) => [...utf8(text)];

/**
 * The code's modules, rows of dark (true) and light, with error correction M.
 * @param {string} text up to 2,331 bytes as UTF-8
 * @returns {boolean[][]}
 */
export function modules(text) {
  const code = qrcode(ANY_VERSION, "M");
  code.addData(text, "Byte");
  code.make();
  const places = [...Array(code.getModuleCount()).keys()];
  return places.map((row) => places.map((column) => code.isDark(row, column)));
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
