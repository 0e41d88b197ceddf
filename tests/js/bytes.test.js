import assert from "node:assert/strict";
import test from "node:test";

import { b64, b64url, hex, unb64, unb64url, unhex, utf8 } from "../../app/static/js/bytes.js";
import { decode, encode, formatTime, isDecimal, parseTime } from "../../app/static/js/canonical.js";
import { keyId, objectId } from "../../app/static/js/ids.js";
import { checkOpenings, commitment, commitments, seal } from "../../app/static/js/private.js";
import { buildStatement, parseStatement, signersOf, statementId } from "../../app/static/js/statement.js";
import { code, vectors } from "./vectors.js";

const canonical = vectors("canonical");
const statements = vectors("statements");
const privates = vectors("private");

// JavaScript has one kind of number: what lies outside it Python calls by another name.
const SAME = { "1e2": "format.not_canonical", 9007199254740992: "format.integer" };

test("canonical bytes equal the Python half's", () => {
  for (const { hex: bytes, value } of canonical.accept) {
    assert.equal(hex(encode(value)), bytes);
    assert.deepEqual(decode(unhex(bytes)), value);
  }
});

test("what Python refuses is refused here", () => {
  for (const { hex: bytes } of canonical.refuse) {
    assert.throws(() => decode(unhex(bytes)), (error) => /^format\./.test(error.code), bytes);
  }
  for (const [text, expected] of Object.entries(SAME)) assert.throws(() => decode(utf8(text)), code(expected));
});

test("values that have no place in canonical JSON", () => {
  for (const value of [1.5, NaN, Infinity, 2 ** 53, undefined, () => 1, new Date(0), [, 1], { a: undefined }, { A: 1 }, "\ud800", 1n]) {
    assert.throws(() => encode(value), (error) => /^format\./.test(error.code));
  }
});

test("times, decimals and base64 have one spelling", () => {
  for (const { text, ms } of canonical.times) {
    assert.equal(parseTime(text), ms);
    assert.equal(formatTime(ms), text);
  }
  for (const text of canonical.refused_times) assert.throws(() => parseTime(text), code("format.time"), text);
  for (const [text, expected] of Object.entries(canonical.decimals)) assert.equal(isDecimal(text), expected, text);
  for (const text of canonical.refused_base64) assert.throws(() => unb64(text), code("format.base64"), text);
  const long = new Uint8Array(70_000).map((_, position) => position * 7);
  assert.deepEqual(unb64(b64(long)), long);
  assert.deepEqual(unb64url(b64url(long.subarray(0, 32))), long.slice(0, 32));
});

test("ids", async () => {
  const { objects, keys } = vectors("ids");
  for (const row of objects) assert.equal(await objectId(row.prefix, unhex(row.statement), row.ordinal), row.id);
  for (const row of keys) assert.equal(await keyId(row.public), row.id);
});

test("statements: ids, signers and every fault", async () => {
  for (const { text, id, signers } of statements.accept) {
    const data = utf8(text);
    assert.deepEqual(signersOf(parseStatement(data)), signers);
    assert.equal(hex(await statementId(data)), id);
  }
  for (const { text, code: expected } of statements.refuse) assert.throws(() => parseStatement(utf8(text)), code(expected), text.slice(0, 400));
});

test("a built statement parses, names its time in the nonce and leaves empty members out", () => {
  const { ledger, author, seen } = JSON.parse(statements.accept[0].text);
  const now = Date.UTC(2026, 3, 1, 9);
  const built = buildStatement({ ledger, author, seen, type: "token.gift/1", body: {}, cosigners: [] }, now);
  assert.deepEqual(parseStatement(encode(built)), built);
  assert.equal("cosigners" in built, false);
  assert.equal(hex(unb64(built.nonce)).slice(0, 12), now.toString(16).padStart(12, "0"));
  assert.notEqual(buildStatement({ ledger, author, seen, type: "token.gift/1", body: {} }, now).nonce, built.nonce);
});

test("commitments are bound to statement and place", async () => {
  for (const row of privates.commitments) {
    assert.equal(await commitment(privates.statement, row.path, unb64(row.salt), row.value), row.commit);
    assert.notEqual(await commitment(privates.statement, `${row.path}x`, unb64(row.salt), row.value), row.commit);
    const other = { ...privates.statement, nonce: b64(new Uint8Array(16)) };
    assert.notEqual(await commitment(other, row.path, unb64(row.salt), row.value), row.commit);
  }
});

test("sealing puts commitments in place and its openings open them", async () => {
  const open = { ...privates.statement, body: { lines: [{}], kind: "x" } };
  const { statement, openings } = await seal(open, { note: "草刈り", "lines/0/name": { kana: "たかはし" } });
  assert.deepEqual([...commitments(statement.body)].map(([path]) => path), ["lines/0/name", "note"]);
  assert.equal("note" in open.body, false);
  await checkOpenings(statement, openings);
  await assert.rejects(checkOpenings(statement, openings.slice(1)), code("private.openings"));
  await assert.rejects(checkOpenings(statement, [...openings, openings[0]]), code("private.openings"));
  await assert.rejects(checkOpenings(statement, [{ ...openings[0], value: "x" }, openings[1]]), code("private.commitment"));
  await assert.rejects(seal(open, { kind: "already there" }), code("private.path"));
  await assert.rejects(seal(open, { "lines/1/name": "no such line" }), code("private.path"));
});
