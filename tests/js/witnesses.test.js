import assert from "node:assert/strict";
import test from "node:test";

import { COSIGNATURE, parseVkey, vkeyText } from "../../app/static/js/checkpoint.js";
import { verifyCosignatures } from "../../app/static/js/cosignature.js";
import { isMet, parsePolicy } from "../../app/static/js/witness_policy.js";
import { code, vectors } from "./vectors.js";

const found = vectors("witnesses");
const known = [...(await parsePolicy(`${found.witnesses}quorum none\n`)).witnesses.values()];

test("a policy is met by exactly the witnesses that it means", async () => {
  for (const { text, cosigners, met } of found.met) {
    const keys = await Promise.all(cosigners.map((vkey) => parseVkey(vkey, COSIGNATURE)));
    assert.equal(isMet(await parsePolicy(text), keys), met, text);
  }
});

test("what a policy may not say is refused, with its line", async () => {
  for (const { text, code: expected } of found.refused_policies) {
    const [name, line] = expected.split(" ");
    await assert.rejects(parsePolicy(text), (error) => {
      assert.deepEqual([error.code, error.params.line], [name, line && Number(line)], text);
      return true;
    });
  }
});

test("who has cosigned, and when, is told as Python tells it", async () => {
  for (const { note, cosigned } of found.notes) {
    const told = await verifyCosignatures(note, known);
    assert.equal(told.unchecked, false);
    assert.deepEqual(Object.fromEntries(told.cosigned.map(({ key, time }) => [vkeyText(key), time])), cosigned);
  }
});

test("a false line of a known witness spoils the note; to those who don't know the witness it says nothing", async () => {
  for (const { note, code: expected } of found.refused_notes) {
    await assert.rejects(verifyCosignatures(note, known), code(expected));
    assert.deepEqual((await verifyCosignatures(note, known.slice(1))).cosigned, []);
  }
});

test("a flipped bit in what was signed, or in the line, is seen", async () => {
  const { note } = found.notes.at(-2);
  const other = note.replace("\n1234\n", "\n1235\n");
  await assert.rejects(verifyCosignatures(other, known), code("checkpoint.signature"));
});
