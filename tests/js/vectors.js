/** Shared by the tests: the vectors that the Python half wrote. */

import { readFileSync } from "node:fs";

/** @param {string} name @returns {any} */
export const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));

/** For `assert.rejects` and `assert.throws`: an error of ours with that code. @param {string} code */
export const code = (code) => (error) => {
  if (error.code !== code) throw error;
  return true;
};
