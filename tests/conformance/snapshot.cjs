// Counts with @snapshot-labs/snapshot.js: for each line of JSON on stdin {method, choices, votes}, where votes are
// {choice, balance}, one line with {scores, total, valid} on stdout. With "example" as method, the method's own
// example from the package.
//
// The package brings its counting along in one file with much that talks to chains. Counting needs none of what that
// file imports, so whatever it imports is nothing: an object that can be called and has every property.
'use strict';

const Module = require('node:module');
const readline = require('node:readline');

const load = Module._load;
const nothing = new Proxy(function () {}, {
  apply: () => nothing,
  construct: () => nothing,
  get: (_, name) => (name === Symbol.toPrimitive ? () => '' : nothing),
});
const snapshot = require.resolve('@snapshot-labs/snapshot.js');
Module._load = (name, parent, ...rest) => (parent?.filename === snapshot ? nothing : load(name, parent, ...rest));
const voting = require(snapshot).utils.voting;

const SCHEMA = { approval: 'approval', copeland: 'copeland', quadratic: 'quadratic', 'ranked-choice': 'rankedChoice',
  'single-choice': 'singleChoice', weighted: 'weighted' };

function answer({ method, example, choices, votes }) {
  if (example) return require(`@snapshot-labs/snapshot.js/src/voting/examples/${SCHEMA[method]}.json`);
  const counted = votes.map((vote) => ({ ...vote, scores: [vote.balance] }));
  const count = new voting[method]({ choices }, counted, [{ name: 'ticket', network: 1, params: {} }], null);
  return { scores: count.getScores(), total: count.getScoresTotal(), valid: count.getValidVotes().length };
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
});
