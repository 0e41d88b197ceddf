import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { utf8 } from "../../app/static/js/bytes.js";
import { Sentences } from "../../app/static/js/sentence.js";
import { parse } from "../../app/static/js/template.js";
import { code, vectors } from "./vectors.js";

const { manners, rows } = vectors("sentences");
const catalogues = Object.fromEntries(
  ["ja", "en"].map((lang) => [lang, JSON.parse(readFileSync(new URL(`../../app/texts/sentences/${lang}.json`, import.meta.url), "utf8"))]),
);
const speak = (lang, manner) =>
  new Sentences(lang, catalogues[lang], { names: manner.names, utcOffset: manner.utc_offset, token: manner.token ?? undefined });

test("every sentence equals the Python half's, in both languages and manners", () => {
  for (const lang of ["ja", "en"]) {
    for (const [position, manner] of manners.entries()) {
      const speaker = speak(lang, manner);
      for (const row of rows) {
        const openings = Object.entries(row.privates).map(([path, value]) => ({ path, value, salt: "" }));
        assert.equal(speaker.of(utf8(row.statement), openings), row[lang][position]);
      }
    }
  }
});

test("a statement that has no sentence, or leaves a hole in one, is not said at all", () => {
  const speaker = speak("ja", manners[0]);
  const gift = JSON.parse(rows.find((row) => row.statement.includes('"token.gift/1"')).statement);
  const of = (change) => () => speaker.of(utf8(JSON.stringify({ ...gift, ...change })));
  assert.throws(of({ type: "token.gift/2" }), code("sentence.type"));
  assert.throws(of({ type: "word.token/1" }), code("sentence.type"));
  assert.throws(of({ body: { amount: 3 } }), code("sentence.path"));
  assert.throws(of({ body: { amount: null, to: gift.body.to } }), code("sentence.path"));
  assert.throws(() => speaker.of(utf8(`${JSON.stringify(gift)} `)), code("format.not_canonical"));
});

test("templates whose brackets do not match are no templates", () => {
  for (const bad of ["{?a}x", "{?a}x{:}y", "x{/}", "{*a}x", "{}", "{a|B}", "{?a}{:}{:}{/}"]) {
    assert.throws(() => parse(bad), code("sentence.template"), bad);
  }
});
