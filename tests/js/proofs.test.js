import assert from "node:assert/strict";
import test from "node:test";

import { b64, concat, hex, unb64, unhex, utf8 } from "../../app/static/js/bytes.js";
import { parseVkey, verify, vkeyText } from "../../app/static/js/checkpoint.js";
import { generateDeviceKey, publicText, signWithDevice, verifySignature } from "../../app/static/js/crypto.js";
import { Frontier, checkConsistency, checkInclusion, leafHash } from "../../app/static/js/merkle.js";
import { compress, decompress, fromDer, isLowS, lowS } from "../../app/static/js/p256.js";
import { fromProofFile, toProofFile, verifyReceipt } from "../../app/static/js/receipt.js";
import { verifyRefusal } from "../../app/static/js/refusal.js";
import { bundlesOf, decodeBundle, recompute, tilePath } from "../../app/static/js/tiles.js";
import { code, vectors } from "./vectors.js";

const merkle = vectors("merkle");
const roots = merkle.roots.map(unhex);
const leaf = (index) => leafHash(utf8(`leaf ${index}`));
const flip = (bytes, bit = 0) => bytes.map((byte, position) => (position === 3 ? byte ^ (1 << bit) : byte));

const flipAt = (hashes, position) => hashes.map((hash, here) => (here === position ? flip(hash) : hash));

test("the tree's roots at every size", async () => {
  const tree = new Frontier();
  assert.deepEqual(await tree.root(), roots[0]);
  for (let size = 1; size < roots.length; size++) {
    await tree.append(await leaf(size - 1));
    assert.equal(hex(await tree.root()), merkle.roots[size]);
  }
});

test("inclusion proofs hold, and no longer when anything in them changes", async () => {
  for (const { index, size, path } of merkle.inclusion) {
    const hashes = path.map(unhex);
    await checkInclusion(await leaf(index), index, size, hashes, roots[size]);
    const no = (...args) => assert.rejects(checkInclusion(...args), /^ProofError/);
    await no(flip(await leaf(index)), index, size, hashes, roots[size]);
    await no(await leaf(index), index, size, hashes, flip(roots[size]));
    await no(await leaf(index), index, size, [...hashes, roots[1]], roots[size]);
    await no(await leaf(index), size, size, hashes, roots[size]);
    for (const position of hashes.keys()) await no(await leaf(index), index, size, flipAt(hashes, position), roots[size]);
    if (hashes.length) await no(await leaf(index), index, size, hashes.slice(1), roots[size]);
  }
});

test("consistency proofs hold, and no longer when anything in them changes", async () => {
  for (const { old, new: newer, path } of merkle.consistency) {
    const hashes = path.map(unhex);
    await checkConsistency(old, newer, hashes, roots[old], roots[newer]);
    const no = (...args) => assert.rejects(checkConsistency(...args), /^ProofError/);
    await no(old, newer, hashes, flip(roots[old]), roots[newer]);
    await no(old, newer, hashes, roots[old], flip(roots[newer]));
    await no(old, newer, [...hashes, roots[1]], roots[old], roots[newer]);
    await no(0, newer, hashes, roots[0], roots[newer]);
    for (const position of hashes.keys()) await no(old, newer, flipAt(hashes, position), roots[old], roots[newer]);
  }
});

test("trees beyond 32 bits do not wrap around", async () => {
  await assert.rejects(checkInclusion(roots[1], 2 ** 40, 2 ** 40 + 1, [], roots[1]), code("proof.length"));
  await assert.rejects(checkInclusion(roots[1], 0, 2 ** 32 + 1, [], roots[1]), code("proof.length"));
});

test("signatures of every kind, accepted and refused as in Python", async () => {
  const signatures = vectors("signatures");
  const message = unb64(signatures.message);
  for (const signature of signatures.accept) assert.equal(await verifySignature(signature, message), "ok");
  for (const { signature, code: expected } of signatures.refuse) {
    await assert.rejects(verifySignature(signature, message), code(expected), JSON.stringify(signature));
  }
  for (const signature of signatures.session.accept) assert.equal(await verifySignature(signature, unb64(signatures.session.message)), "ok");
  for (const { der, raw } of signatures.der) assert.equal(hex(fromDer(unhex(der))), raw);
  for (const der of ["", "30", "3003020101", signatures.der[0].der.slice(0, -2), `${signatures.der[0].der}00`]) {
    assert.throws(() => fromDer(unhex(der)), code("signature.form"), der);
  }
});

test("device keys of both kinds sign what verifies, always with low s", async () => {
  const key = await generateDeviceKey();
  assert.equal(key.alg, "ed25519");
  assert.equal(key.privateKey.extractable, false);
  assert.equal(await verifySignature(await signWithDevice(key, utf8("m")), utf8("m")), "ok");
  await assert.rejects(verifySignature(await signWithDevice(key, utf8("m")), utf8("n")), code("signature.invalid"));

  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  assert.deepEqual(decompress(compress(point)), point);
  const es256 = { alg: "es256", public: publicText("es256", point), privateKey: pair.privateKey };
  for (let round = 0; round < 8; round++) {
    const signature = await signWithDevice(es256, utf8(`m${round}`));
    assert.equal(isLowS(unb64(signature.sig)), true);
    assert.equal(await verifySignature(signature, utf8(`m${round}`)), "ok");
  }
  assert.throws(() => decompress(concat(new Uint8Array([2]), new Uint8Array(32).fill(255))), code("key.form"));
  assert.equal(lowS(new Uint8Array(64)).length, 64);
});

test("checkpoints: the operator's signature first, nothing else bent", async () => {
  const { vkey, accept, refuse, refused_vkeys: badKeys } = vectors("checkpoints");
  const key = await parseVkey(vkey);
  assert.equal(vkeyText(key), vkey);
  for (const { note, size, root } of accept) {
    const { checkpoint, signature } = await verify(note, key);
    assert.deepEqual([checkpoint.size, b64(checkpoint.root), signature], [size, root, "ok"]);
  }
  for (const { note, code: expected } of refuse) await assert.rejects(verify(note, key), code(expected), note);
  for (const bad of badKeys) await assert.rejects(parseVkey(bad), /^FormatError/, bad);
});

test("receipts: ours, complete, and the same as a tlog-proof file", async () => {
  const { vkey, receipt, file, statement, forked } = vectors("receipts");
  const verified = await verifyReceipt(receipt, vkey, utf8(statement));
  assert.equal(verified.checkpoint.size, 7);
  assert.equal(toProofFile(receipt), file);
  assert.deepEqual(fromProofFile(file), receipt);
  await assert.rejects(verifyReceipt(receipt, vkey, utf8(statement.replace('"n":6', '"n":7'))), code("receipt.statement"));
  await assert.rejects(verifyReceipt({ ...receipt, index: 5 }, vkey), /^ProofError/);
  await assert.rejects(verifyReceipt({ ...receipt, checkpoint: forked }, vkey), code("proof.inclusion"));
  await assert.rejects(verifyReceipt({ ...receipt, proof: receipt.proof.slice(1) }, vkey), code("proof.length"));
  await assert.rejects(verifyReceipt({ ...receipt, proof: "x" }, vkey), code("receipt.form"));
  for (const bad of [file.slice(1), file.replace("index 6", "index 06"), file.replace(/extra .*\n/, ""), ""]) {
    assert.throws(() => fromProofFile(bad), /^FormatError/);
  }
});

test("signed refusals name this statement and no other", async () => {
  const { vkey, statement, refusal } = vectors("refusals");
  assert.equal(await verifyRefusal(refusal, vkey, utf8(statement)), "ok");
  await assert.rejects(verifyRefusal(refusal, vkey, utf8(`${statement} `)), code("refusal.statement"));
  await assert.rejects(verifyRefusal({ ...refusal, code: "token.cap" }, vkey, utf8(statement)), code("refusal.signature"));
  await assert.rejects(verifyRefusal({ ...refusal, extra: 1 }, vkey, utf8(statement)), code("refusal.form"));
});

test("tiles: paths and the recomputed root", async () => {
  const { paths, bundles } = vectors("tiles");
  for (const { path, ...tile } of paths) assert.equal(tilePath(tile), path);
  for (const [size, expected] of Object.entries(bundles)) assert.deepEqual([...bundlesOf(Number(size))].map(tilePath), expected);

  const { bundle, leaves, receipt, kept, forked_kept: forked, vkey } = vectors("receipts");
  const key = await parseVkey(vkey);
  const head = (await verify(receipt.checkpoint, key)).checkpoint;
  const hashes = concat(...(await Promise.all(leaves.map((text) => leafHash(unb64(text))))));
  const files = { "tile/entries/000.p/7": unb64(bundle), "tile/0/000.p/7": hashes };
  const read = async (path) => files[path];
  const seen = [];
  const also = [(await verify(kept, key)).checkpoint];
  await recompute(read, head, { onLeaf: async (entry, index) => void seen.push([index, b64(entry)]), also });
  assert.deepEqual(seen, [...leaves.entries()]);
  await assert.rejects(recompute(read, head, { also: [(await verify(forked, key)).checkpoint] }), code("tree.point"));
  await assert.rejects(recompute(read, { ...head, root: roots[1] }), code("tree.root"));
  const bent = { ...files, "tile/entries/000.p/7": flip(unb64(bundle)) };
  await assert.rejects(recompute(async (path) => bent[path], head), code("tile.leaf"));
  assert.throws(() => decodeBundle(unb64(bundle).subarray(0, -1), 7), code("tile.bundle"));
  assert.throws(() => decodeBundle(unb64(bundle), 6), code("tile.bundle"));
});
