import assert from "node:assert/strict";
import test from "node:test";

import { judge } from "../../app/static/js/ballot/judge.js";
import { move, put } from "../../app/static/js/ballot/ranking.js";
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

test("a ballot that is filled in comes to its text, or to what is wrong with it", () => {
  const marks = (...given) => new Map(given);
  assert.deepEqual(judge("approvals", marks([3, 1], [1, 1], [2, 0]), 2), { text: "1,3", left: 0, fault: "" });
  assert.equal(judge("approvals", marks([1, 1], [2, 1], [3, 1]), 2).fault, "over");
  assert.equal(judge("approvals", marks([1, 0]), 2).fault, "none");
  assert.deepEqual(judge("points", marks([2, 3], [1, 2]), 5), { text: "1:2,2:3", left: 0, fault: "" });
  assert.equal(judge("points", marks([2, 3]), 5).fault, "short");
  assert.equal(judge("points", marks([2, 6]), 5).fault, "over");
  assert.deepEqual(judge("credits", marks([1, 3], [2, 1]), 10), { text: "1:3,2:1", left: 0, fault: "" });
  assert.equal(judge("credits", marks([1, 3], [2, 2]), 10).fault, "over");
  assert.equal(judge("credits", marks([1, 1]), 10).fault, "");
  assert.equal(judge("scores", marks([1, 6]), 5).fault, "over");
  assert.equal(judge("grades", marks([1, 4]), 4).text, "1:4");
  assert.deepEqual(judge("grades", marks([1, 0], [2, 0]), 4), { text: "lowest", fault: "", left: 0 });
  assert.equal(judge("grades", marks([1, 0], [2, 3]), 4).text, "2:3");
  assert.equal(judge("grades", marks(), 4).fault, "none");
  assert.equal(judge("scores", marks([1, 0]), 4).fault, "none");
  assert.equal(judge("ranking", marks([1, 1], [2, 1]), 3).fault, "alike");
  assert.deepEqual(judge("ranking", marks([1, 1], [2, 1], [3, 2]), 3, true), { text: "1=2>3", left: 1, fault: "" });
  assert.equal(judge("ranking", marks([1, 4]), 3, true).fault, "over");
});

test("who takes a place makes the one who had it move", () => {
  const places = new Map([[1, 1], [2, 2]]);
  assert.deepEqual(put(places, 3, 1, 3, false), new Map([[1, 2], [2, 3], [3, 1]])); // down, one after the other
  assert.deepEqual(put(places, 1, 2, 3, false), new Map([[2, 1], [1, 2]])); // or into the place that was left
  assert.deepEqual(put(places, 3, 2, 2, false), new Map([[1, 1], [3, 2]])); // or out, at the end
  assert.deepEqual(put(places, 3, 1, 3, true), new Map([[1, 1], [2, 2], [3, 1]])); // equals stand beside each other
  assert.deepEqual(put(places, 1, 0, 3, false), new Map([[2, 2]]));
  assert.deepEqual(places, new Map([[1, 1], [2, 2]])); // what was stays as it was
});

test("one step up, one step down, in at the end and out at the end", () => {
  const places = new Map([[1, 1], [2, 2]]);
  assert.deepEqual(move(places, 3, "up", 3, false), new Map([[1, 1], [2, 2], [3, 3]]));
  assert.deepEqual(move(places, 2, "up", 3, false), new Map([[1, 2], [2, 1]]));
  assert.deepEqual(move(places, 1, "up", 3, false), places);
  assert.deepEqual(move(places, 1, "down", 3, false), new Map([[2, 1], [1, 2]]));
  assert.deepEqual(move(places, 2, "down", 3, false), new Map([[1, 1]]));
  assert.deepEqual(move(places, 3, "down", 3, false), places);
  assert.deepEqual(move(new Map([[1, 2]]), 2, "up", 2, false), new Map([[1, 2], [2, 1]])); // the gap, where the end is taken
});
