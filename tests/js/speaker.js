/** For `test_sentences_agree.py`: one line of JSON in, one out: what the browser's half says about a statement, or the code of its refusal. */

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { utf8 } from "../../app/static/js/bytes.js";
import { Sentences } from "../../app/static/js/sentence.js";

/** @type {Record<string, any>} */
const catalogues = Object.fromEntries(
  ["ja", "en"].map((lang) => [lang, JSON.parse(readFileSync(new URL(`../../app/texts/sentences/${lang}.json`, import.meta.url), "utf8"))]),
);

for await (const line of createInterface({ input: process.stdin })) {
  const { lang, statement, privates } = JSON.parse(line);
  const openings = Object.entries(privates).map(([path, value]) => ({ path, value, salt: "" }));
  let said;
  try {
    said = new Sentences(lang, catalogues[lang]).of(utf8(statement), openings);
  } catch (error) {
    said = { code: error.code ?? String(error) };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
