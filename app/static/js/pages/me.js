/** The receipts that this browser keeps for the reader: how many, the newest, and all of them as one file. */

import { openKeystore } from "../sign.js";

const SHOWN = 5;
const root = /** @type {HTMLElement} */ (document.querySelector("[data-receipts]"));
const { origin = "", author = "" } = document.body.dataset;
const keystore = await openKeystore();
const receipts = await keystore.receipts(origin, author);
const said = /** @type {HTMLElement} */ (root.querySelector("[data-receipt-count]"));
const list = /** @type {HTMLElement} */ (root.querySelector("[data-receipt-list]"));
const button = /** @type {HTMLElement} */ (root.querySelector("[data-export]"));

said.textContent = receipts.length ? (root.dataset.count ?? "").replace("{n}", String(receipts.length)) : root.dataset.none ?? "";
list.hidden = !receipts.length;
button.hidden = !receipts.length;
for (const { sentence } of receipts.slice(0, SHOWN)) {
  const item = Object.assign(document.createElement("li"), { className: "thing" });
  item.append(Object.assign(document.createElement("span"), { className: "thing-title", textContent: sentence }));
  list.append(item);
}
button.addEventListener("click", save);

/** One text file; each part of it is a receipt that proves by itself. */
async function save() {
  const files = await keystore.exportReceipts(origin, author);
  const text = files.map(({ name, text: content }) => `# ${name}\n${content}`).join("\n");
  const href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  Object.assign(document.createElement("a"), { href, download: `${root.dataset.file}-receipts.txt` }).click();
  URL.revokeObjectURL(href);
}
