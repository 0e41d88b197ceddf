/** What a filled-in ballot comes to: the text that says it, what is left to give, and what is wrong with it. Knows no page. */

import { spellAmounts, spellApprovals, spellRanking } from "./text.js";

const LOWEST = "lowest"; // every option has been graded, or left, at the bottom

/**
 * @typedef {{text: string, fault: ""|"none"|"over"|"short"|"alike", left: number}} Judged
 *   fault: nothing is chosen; more than there is; less than has to be given; two options in one place
 *
 * @param {string} family as the form calls it
 * @param {Map<number, number>} marks what each option is given; for approvals and projects 1; for grades 0 is one, too
 * @param {number} limit most options, highest score or grade, points, credits, places
 * @param {boolean} [equal] whether options may share a place
 * @returns {Judged}
 */
export function judge(family, marks, limit, equal = false) {
  const named = new Map([...marks].filter(([, amount]) => amount > 0));
  switch (family) {
    case "approvals": case "projects": return judged(spellApprovals(named.keys()), limit - named.size, named.size);
    case "grades": if (marks.size > 0 && named.size === 0) return { text: LOWEST, fault: "", left: 0 }; // falls through
    case "scores": return judged(spellAmounts(named), Math.max(...named.values(), 0) > limit ? -1 : 0, named.size);
    case "credits": return judged(spellAmounts(named), limit - sum(named, (votes) => votes * votes), named.size);
    case "points": {
      const found = judged(spellAmounts(named), limit - sum(named, (points) => points), named.size);
      return found.fault === "" && found.left > 0 ? { ...found, fault: "short" } : found;
    }
    case "ranking": {
      const found = judged(spellRanking(named), limit - Math.max(...named.values(), 0), named.size);
      return found.fault === "" && !equal && found.text.includes("=") ? { ...found, fault: "alike" } : found;
    }
    default: throw new TypeError(family);
  }
}

/** @param {string} text @param {number} left @param {number} count @returns {Judged} */
const judged = (text, left, count) => ({ text, left, fault: count === 0 ? "none" : left < 0 ? "over" : "" });

/** @param {Map<number, number>} marks @param {(amount: number) => number} worth */
const sum = (marks, worth) => [...marks.values()].reduce((all, amount) => all + worth(amount), 0);
