import assert from "node:assert/strict";
import test from "node:test";

import { readForm } from "../../app/static/js/form_body.js";

const JAPAN = 540;
const control = (name, value, as, more = {}) => ({ name, value, type: "text", dataset: as ? { as } : {}, ...more });
const read = (...controls) => readForm(controls, JAPAN);
const value = (text, as, dataset = {}) => read({ name: "x", value: text, type: "text", dataset: { as, ...dataset } });

test("names are paths, and a gap in a list closes", () => {
  const { body } = read(
    control("terms/cost", "12", "integer"),
    control("effects/4/kind", "text"),
    control("effects/10/kind", "rule"),
    control("effects/4/until", ""),
  );
  assert.deepEqual(body, { terms: { cost: 12 }, effects: [{ kind: "text" }, { kind: "rule" }] });
});

test("lists: chosen boxes, repeated fields, and an empty list unless it may be left out", () => {
  const box = (text, checked, optional) => control("kinds[]", text, undefined, { type: "checkbox", checked, dataset: optional ? { optional: "" } : {} });
  assert.deepEqual(read(box("a", true), box("b", false), box("c", true)).body, { kinds: ["a", "c"] });
  assert.deepEqual(read(box("a", false)).body, { kinds: [] });
  assert.deepEqual(read(box("a", false, true)).body, {});
  const several = control("ids[]", "", undefined, { type: "select-multiple", selectedOptions: [{ value: "a" }, { value: "b" }] });
  assert.deepEqual(read(several).body, { ids: ["a", "b"] });
});

test("private values leave a place and stand beside the body", () => {
  const { body, privates, places } = read(
    control("profile/name", " 花子 ", "private"),
    control("profile/kana", "", "private"),
    control("options[]", "海", "private"),
    control("options[]", "", "private"),
    control("options[]", "山", "private"),
    { ...control("lines/3/count", "7", "integer"), dataset: { as: "integer", private: "" } },
  );
  assert.deepEqual(body, { profile: {}, options: [], lines: [{}] });
  assert.deepEqual(privates, { "profile/name": "花子", "options/0": "海", "options/1": "山", "lines/0/count": 7 });
  assert.equal(places.get("options/1").value, "山");
});

test("values as people type them", () => {
  assert.equal(value("１,２００", "integer").body.x, 1200);
  assert.equal(value("-0", "integer").body.x, 0);
  assert.equal(value("01.50", "decimal").body.x, "1.5");
  assert.equal(value("1.5", "decimal", { decimals: "3" }).body.x, 1500);
  assert.equal(value("1:30", "minutes").body.x, 90);
  assert.equal(value("90", "minutes").body.x, 90);
  assert.equal(value("1.25", "minutes", { unit: "hours" }).body.x, 75);
  assert.equal(value("2026-04-01T18:00", "time").body.x, "2026-04-01T09:00:00.000Z");
  assert.equal(value("2026-04-01", "time").body.x, "2026-03-31T15:00:00.000Z");
  assert.equal(value("2026-03-31", "through").body.x, "2026-03-31T15:00:00.000Z");
  assert.equal(value("2026-04-01T09:00:00.000Z", "time").body.x, "2026-04-01T09:00:00.000Z");
  assert.equal(value("2026-04-01", "date").body.x, "2026-04-01");
  assert.deepEqual(value('{"a":[1]}', "json").body.x, { a: [1] });
  assert.equal(value("cafe\u0301\r\nb").body.x, "caf\u00e9\nb");
  assert.equal(value(`mem_${"a".repeat(26)}`, "id").body.x, `mem_${"a".repeat(26)}`);
});

test("booleans say no as well", () => {
  const box = (checked) => ({ name: "x", value: "1", type: "checkbox", checked, dataset: { as: "boolean" } });
  assert.equal(read(box(true)).body.x, true);
  assert.equal(read(box(false)).body.x, false);
  assert.equal(value("yes", "boolean").body.x, true);
  assert.equal(value("no", "boolean").body.x, false);
});

test("what can't be read is a fault of its control", () => {
  const wrong = [["1.5", "integer"], ["9007199254740993", "integer"], ["x", "decimal"], ["1:75", "minutes"], ["tomorrow", "time"], ["2026-02-30", "date"], ["2026-04-01T10:00", "date"], ["{", "json"], ["Taro", "id"]];
  for (const [text, as] of wrong) {
    const { faults, body } = value(text, as);
    assert.deepEqual(faults.map((fault) => [fault.code, fault.control.value]), [[`form.${as}`, text]], text);
    assert.deepEqual(body, {});
  }
  assert.equal(value("1.2345", "decimal", { decimals: "3" }).faults[0].code, "form.decimal");
  assert.throws(() => value("1", "number"), TypeError);
});

test("what belongs to the statement, and what belongs to nobody", () => {
  const { body, said } = read(
    control("@for", "mem_a"),
    control("@cosigners[]", "mem_b"),
    control("_csrf_token", "t"),
    control("", "nameless"),
    control("off", "1", undefined, { disabled: true }),
    control("pick", "no", undefined, { type: "radio", checked: false }),
    control("pick", "yes", undefined, { type: "radio", checked: true }),
  );
  assert.deepEqual(body, { pick: "yes" });
  assert.deepEqual(said, { for: "mem_a", cosigners: ["mem_b"] });
});
