/**
 * Ballots that say more than one word, read, told and spelt: `1,4`, `1:5,3:2`, `3>1=2`. `app/texts/ballot_text.py` reads and
 * tells them alike. Everything that can be said has one spelling (`governance/modules/method/marks.py`, `ranking.py`).
 */

const NUMBER = "[1-9][0-9]{0,5}";
const APPROVED = new RegExp(`^${NUMBER}(?:,${NUMBER})*$`);
const GIVEN = new RegExp(`^${NUMBER}:${NUMBER}(?:,${NUMBER}:${NUMBER})*$`);
const RANKED = new RegExp(`^${NUMBER}(?:[>=]${NUMBER})+$`);
const TEENS = [11, 12, 13];

/**
 * @typedef {{approved: number[]}|{given: Map<number, number>}|{ranked: number[][]}} Said
 *   approved: options that are named, and no more is said of them; given: what each is given; ranked: levels, in order
 */

/** What a ballot says; null for a single word and for no ballot at all. @param {string} text @returns {Said|null} */
export function readBallot(text) {
  if (APPROVED.test(text)) return { approved: text.split(",").map(Number) };
  if (GIVEN.test(text)) {
    const pairs = text.split(",").map((mark) => /** @type {[number, number]} */ (mark.split(":").map(Number)));
    const given = new Map(pairs);
    return given.size === pairs.length ? { given } : null; // said twice is not said at all: a word of it would be lost
  }
  if (RANKED.test(text)) return { ranked: text.split(">").map((level) => level.split("=").map(Number)) };
  return null;
}

/**
 * In words.
 * @param {Said} said
 * @param {(number: number) => string} option what an option is called
 * @param {(key: string, text: string) => string} fill a way of writing of the catalogue with a text in it
 * @param {(number: number) => string} integer
 */
export function tellBallot(said, option, fill, integer) {
  if ("approved" in said) return said.approved.map(option).join(fill("format.join", ""));
  const row = "given" in said
    ? [...said.given].map(([number, amount]) => fill("format.ballot.given", option(number)) + integer(amount))
    : said.ranked.map((level, at) => fill(placeKey(at + 1), String(at + 1)) + level.map(option).join(fill("format.ballot.level", "")));
  return row.join(fill("format.ballot.join", ""));
}

/** The key of the way in which a place is written: `1st`, `2nd`, `11th`. @param {number} number */
export function placeKey(number) {
  const last = number % 10;
  return [1, 2, 3].includes(last) && !TEENS.includes(number % 100) ? `format.place.${last}` : "format.place";
}

/** @param {Iterable<number>} options */
export const spellApprovals = (options) => [...options].sort(ascending).join(",");

/** What is given nothing is not named. @param {Map<number, number>} amounts */
export const spellAmounts = (amounts) =>
  [...amounts].filter(([, amount]) => amount > 0).sort(([one], [other]) => one - other).map(([option, amount]) => `${option}:${amount}`).join(",");

/** Places in order, whatever their numbers; options of one place are equal. @param {Map<number, number>} places */
export function spellRanking(places) {
  /** @type {Map<number, number[]>} */
  const levels = new Map();
  for (const [option, place] of places) levels.set(place, [...(levels.get(place) ?? []), option]);
  return [...levels].sort(([one], [other]) => one - other).map(([, level]) => level.sort(ascending).join("=")).join(">");
}

/** @param {number} one @param {number} other */
const ascending = (one, other) => one - other;
