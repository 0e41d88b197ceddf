import assert from "node:assert/strict";
import test from "node:test";

import { placeKey, readBallot, spellAmounts, spellApprovals, spellRanking } from "../../app/static/js/ballot/text.js";

test("what is spelt is read again as it was meant", () => {
  assert.equal(spellApprovals(new Set([10, 2, 1])), "1,2,10");
  assert.deepEqual(readBallot("1,2,10"), { approved: [1, 2, 10] });
  assert.equal(spellAmounts(new Map([[10, 3], [2, 5], [7, 0]])), "2:5,10:3");
  assert.deepEqual(readBallot("2:5,10:3"), { given: new Map([[2, 5], [10, 3]]) });
  assert.equal(spellRanking(new Map([[10, 1], [2, 4], [7, 1], [3, 9]])), "7=10>2>3");
  assert.deepEqual(readBallot("7=10>2>3"), { ranked: [[7, 10], [2], [3]] });
});

test("nothing chosen spells nothing", () => {
  assert.equal(spellApprovals([]), "");
  assert.equal(spellAmounts(new Map([[1, 0]])), "");
  assert.equal(spellRanking(new Map()), "");
});

test("a word is no such ballot, nor is anything malformed", () => {
  for (const text of ["", "yes", "abstain", "option_2", "0", "01", "1,", "1:0", "1:2:3", "1>", ">1", "1,2>3", "1:2,1:3", "1 ,2", "1234567"]) {
    assert.equal(readBallot(text), null, text);
  }
});

test("places have the endings that people give them", () => {
  const endings = [1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111, 112, 113].map((number) => placeKey(number).split(".")[2] ?? "");
  assert.deepEqual(endings, ["1", "2", "3", "", "", "", "", "1", "2", "3", "", "", ""]);
});
