import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { signBatchWith } from "../../app/static/js/batch.js";
import { utf8 } from "../../app/static/js/bytes.js";
import { vkeyText } from "../../app/static/js/checkpoint.js";
import { cosignWith } from "../../app/static/js/cosign.js";
import { verifySignature } from "../../app/static/js/crypto.js";
import { DeviceError } from "../../app/static/js/errors.js";
import { Keystore } from "../../app/static/js/keystore.js";
import { fromProofFile, verifyReceipt } from "../../app/static/js/receipt.js";
import { signAndSubmitWith } from "../../app/static/js/sign.js";
import { Signer } from "../../app/static/js/signer.js";
import { linkKey, generateLinkKey, signWith } from "../../app/static/js/signing_keys.js";
import { Texts } from "../../app/static/js/texts.js";
import { acceptKey, advance, keptCheckpoint } from "../../app/static/js/trust.js";
import { code } from "./vectors.js";
import { MemoryStore, ORIGIN, Service } from "./service.js";

const sentences = JSON.parse(readFileSync(new URL("../../app/texts/sentences/ja.json", import.meta.url), "utf8"));
const HANA = `mem_${"h".repeat(26)}`;
const TARO = `mem_${"t".repeat(26)}`;
const GIFT = { type: "token.gift/1", author: HANA, body: { to: TARO, amount: 12 } };

/** A service and one device of Hana's. */
async function setting(change = {}) {
  const service = await Service.open();
  return { service, ...(await device(service, HANA, change)) };
}

async function device(service, member, change = {}) {
  const keystore = new Keystore(new MemoryStore());
  await keystore.createDeviceKey(ORIGIN, member);
  const asked = [];
  const confirm = async (request) => asked.push(request) > 0;
  const signer = new Signer({ api: service, keystore, texts: new Texts({}), lang: "ja", sentences, confirm, ...change });
  return { keystore, signer, asked };
}

test("a gift: said in words, signed, recorded, receipt kept and verifiable alone", async () => {
  const { service, signer, keystore, asked } = await setting();
  const wish = { ...GIFT, privates: { note: "ありがとう" } };
  const outcome = await signAndSubmitWith(signer, wish);
  assert.equal(outcome.status, "recorded");
  assert.equal(outcome.index, 1);
  assert.equal(asked.length, 1);
  assert.match(asked[0].sentences[0], /12 結 を贈る。ひとこと「ありがとう」/);
  assert.equal(service.posted[0].includes("ありがとう"), true);
  assert.equal(new TextDecoder().decode(asked[0].statements[0]).includes("ありがとう"), false);
  assert.equal((await keptCheckpoint(signer.store, ORIGIN)).size, 2);
  const [file] = await keystore.exportReceipts(ORIGIN, HANA);
  await verifyReceipt(fromProofFile(file.text), (await service.context(0)).vkey, asked[0].statements[0]);
  assert.deepEqual(await signer.store.below("queue", [ORIGIN]), []);
  const { statement } = JSON.parse(service.posted[0]);
  assert.equal(statement.seen.size, 1);
});

test("who says no signs and sends nothing", async () => {
  const { service, signer } = await setting({ confirm: async () => false });
  await assert.rejects(signAndSubmitWith(signer, GIFT), code("signing.declined"));
  assert.deepEqual(service.posted, []);
});

test("a checkpoint that rewrites history is a contradiction, with both notes as evidence", async () => {
  const { service, signer } = await setting();
  await signAndSubmitWith(signer, GIFT);
  service.leaves[1] = utf8("another history");
  const error = await signAndSubmitWith(signer, GIFT).catch((caught) => caught);
  assert.equal(error.code, "checkpoint.contradiction");
  assert.equal(error.evidence.conclusive, true);
  assert.notEqual(error.evidence.kept, error.evidence.shown);
  assert.equal(service.posted.length, 1, "nothing more is signed");

  service.leaves.push(utf8("and it grew"));
  const grown = await signAndSubmitWith(signer, GIFT).catch((caught) => caught);
  assert.equal(grown.code, "checkpoint.not_extended");
  assert.equal(grown.evidence.conclusive, false);
  assert.equal((await keptCheckpoint(signer.store, ORIGIN)).size, 2, "what was verified stays kept");
});

test("a service that went back to an older tree can't show that it holds the kept one", async () => {
  const { service, signer } = await setting();
  await signAndSubmitWith(signer, GIFT);
  service.leaves.pop();
  const error = await signer.refresh().catch((caught) => caught);
  assert.equal(error.code, "checkpoint.not_extended");
});

test("another log key is a contradiction", async () => {
  const { service, signer } = await setting();
  await signer.refresh();
  const other = await Service.open();
  [service.pair, service.key] = [other.pair, other.key];
  await assert.rejects(signer.refresh(), code("checkpoint.key_changed"));
});

test("a key that the known one has named in an entry takes its place", async () => {
  const { service, signer } = await setting();
  await signer.refresh();
  const first = vkeyText(service.key);
  await service.rotate();
  assert.equal((await advance(signer.store, ORIGIN, { note: await service.note(), vkey: first }, (a, b) => service.consistency(a, b))).vkey, first, "both sign for a while");
  service.beside = undefined;
  await service.rotate();
  service.beside = undefined;
  assert.equal((await signer.refresh()).ledger, ORIGIN);
  const kept = await keptCheckpoint(signer.store, ORIGIN);
  assert.deepEqual([kept.vkey, kept.former, kept.size], [vkeyText(service.key), [first], 3]);
  await signAndSubmitWith(signer, GIFT);
});

test("a key that the members are said to have decided on waits for the owner's word", async () => {
  const { service, signer } = await setting();
  await signer.refresh();
  const first = vkeyText(service.key);
  await service.comeForward();
  const error = await signer.refresh().catch((caught) => caught);
  assert.deepEqual([error.code, error.params.vkey], ["checkpoint.key_decided", vkeyText(service.key)]);
  await acceptKey(signer.store, ORIGIN, vkeyText(await (await Service.open()).key));
  await assert.rejects(signer.refresh(), code("checkpoint.key_decided"));
  await acceptKey(signer.store, ORIGIN, vkeyText(service.key));
  assert.equal((await signer.refresh()).vkey, vkeyText(service.key));
  assert.deepEqual((await keptCheckpoint(signer.store, ORIGIN)).former, [first]);
  // From there on keys are followed as before, and what is accepted is that key alone.
  await service.rotate();
  service.beside = undefined;
  await signer.refresh();
  await service.comeForward();
  await assert.rejects(signer.refresh(), code("checkpoint.key_decided"));
});

test("a ledger that goes on from one that this device knows has its tree, and its keys", async () => {
  const { service, signer } = await setting();
  await signAndSubmitWith(signer, GIFT);
  await signer.refresh();
  const old = await keptCheckpoint(signer.store, ORIGIN);
  const [key] = await signer.store.below("keys", [ORIGIN]);
  await signer.store.put("checkpoints", { ...old, ledger: "coop.example/old" });
  await signer.store.put("keys", { ...key, ledger: "coop.example/old", public: "ed25519:old" });
  await signer.store.remove("checkpoints", [ORIGIN]);
  service.predecessors = [{ origin: "coop.example/old", entries: old.size }];
  await signer.refresh();
  assert.ok((await signer.store.below("keys", [ORIGIN])).some((kept) => kept.public === "ed25519:old"));
  // With other entries at its beginning it goes on from something else.
  await signer.store.remove("checkpoints", [ORIGIN]);
  service.leaves[1] = utf8("another history");
  await assert.rejects(signer.refresh(), code("checkpoint.not_extended"));
  // What this device has seen beyond what could be restored can't be compared.
  service.predecessors = [{ origin: "coop.example/old", entries: old.size - 1 }];
  await signer.refresh();
});

test("evidence across a change of keys brings the entries along that lead from one to the other", async () => {
  const { service, signer } = await setting();
  await signAndSubmitWith(signer, GIFT);
  await service.rotate();
  service.beside = undefined;
  service.leaves[1] = utf8("another history");
  const { evidence } = await signer.refresh().catch((caught) => caught);
  assert.deepEqual(evidence.changes.map(({ index }) => index), [2]);
});

test("a key that somebody else has named, or nobody, does not", async () => {
  const stranger = await Service.open();
  const hidden = async (service) => {
    await service.rotate();
    service.changes = [];
  };
  for (const commit of [(service) => service.rotate(stranger), hidden]) {
    const { service, signer } = await setting();
    await signer.refresh();
    await commit(service);
    service.beside = undefined;
    await assert.rejects(signer.refresh(), code("checkpoint.key_changed"));
  }
});

test("an entry that is not in the tree names no key", async () => {
  const { service, signer } = await setting();
  await signer.refresh();
  await service.rotate();
  const context = await service.context(1);
  const [{ leaf, ...rest }] = context.key_changes;
  const bent = btoa(atob(leaf).replace("09:00:01", "09:00:02"));
  service.context = async () => ({ ...context, key_changes: [{ ...rest, leaf: bent }] });
  await assert.rejects(signer.refresh(), code("proof.inclusion"));
});

test("an answer that proves someone else's entry is not believed", async () => {
  const { service, signer, keystore } = await setting();
  const submit = service.submit.bind(service);
  service.submit = async (envelope) => {
    await submit(envelope);
    await submit(envelope.replace('"amount":12', '"amount":99').replace(/"nonce":"./, '"nonce":"B'));
    return service.receipt(2, 1);
  };
  await assert.rejects(signAndSubmitWith(signer, GIFT), code("receipt.statement"));
  assert.deepEqual(await keystore.receipts(ORIGIN, HANA), []);
  assert.equal((await signer.store.below("queue", [ORIGIN])).length, 1, "it can still be asked for again");
});

test("without a network what was signed waits, and the same statement is sent once it is back", async () => {
  const { service, signer } = await setting();
  await signer.refresh();
  service.offline = true;
  const queued = await signAndSubmitWith(signer, GIFT);
  assert.equal(queued.status, "queued");
  service.offline = false;
  const [{ result }] = await signer.flush();
  assert.equal(result.status, "recorded");
  assert.equal(result.id, queued.id);
  assert.deepEqual(await signer.flush(), []);
});

test("a lost answer: sent again, recorded once", async () => {
  const { service, signer } = await setting();
  service.loseAnswers = 1;
  assert.equal((await signAndSubmitWith(signer, GIFT)).status, "queued");
  assert.equal((await signer.flush())[0].result.index, 1);
  assert.equal(service.leaves.length, 2);
  assert.equal(service.posted[0], service.posted[1]);
});

test("a signed refusal is kept as evidence, a forged one is not", async () => {
  const { service, signer, keystore } = await setting();
  service.refuse = "token.insufficient";
  await assert.rejects(signAndSubmitWith(signer, GIFT), code("token.insufficient"));
  const [kept] = await keystore.receipts(ORIGIN, HANA);
  assert.equal(kept.refusal.code, "token.insufficient");
  assert.equal((await keystore.exportReceipts(ORIGIN, HANA))[0].name.endsWith(".refusal.json"), true);
  assert.deepEqual(await signer.store.below("queue", [ORIGIN]), []);
});

test("a cosigner signs the same bytes after checking all that stands there", async () => {
  const { service, signer, asked } = await setting();
  const wish = { type: "member.suspend/1", author: HANA, cosigners: [TARO], body: { member: `mem_${"r".repeat(26)}` }, privates: { reason: "x" } };
  const left = await signAndSubmitWith(signer, wish);
  assert.deepEqual([left.status, left.missing], ["pending", [TARO]]);
  assert.equal(service.posted.length, 0);

  const taro = await device(service, TARO);
  await assert.rejects(cosignWith(taro.signer, left.id, HANA), code("cosign.already"));
  await assert.rejects(cosignWith(taro.signer, left.id, `mem_${"q".repeat(26)}`), code("cosign.not_asked"));
  const good = service.waiting.get(left.id);
  for (const [bad, expected] of [
    [good.replace('"value":"x"', '"value":"y"'), "private.commitment"],
    [good.replace('"type":"member.suspend/1"', '"type":"member.reinstate/1"'), "cosign.other_statement"],
    [good.replace(/"sig":"./, (found) => found.slice(0, -1) + (found.endsWith("A") ? "B" : "A")), "signature.invalid"],
  ]) {
    service.waiting.set(left.id, bad);
    await assert.rejects(cosignWith(taro.signer, left.id, TARO), code(expected));
  }
  service.waiting.set(left.id, good);
  const outcome = await cosignWith(taro.signer, left.id, TARO);
  assert.equal(outcome.status, "recorded");
  assert.deepEqual(taro.asked[0].sentences, asked[0].sentences);
  assert.deepEqual(taro.asked[0].statements, asked[0].statements);
  assert.equal(JSON.parse(service.posted[0]).signatures.length, 2);
  assert.equal(service.waiting.size, 0);
});

test("a cosigner does not witness another history", async () => {
  const { service, signer } = await setting();
  const left = await signAndSubmitWith(signer, { ...GIFT, cosigners: [TARO] });
  service.leaves[0] = utf8("another genesis");
  const taro = await device(service, TARO);
  await assert.rejects(cosignWith(taro.signer, left.id, TARO), code("proof.consistency"));
});

test("other signers' keys on the same device sign at once", async () => {
  const { signer, service } = await setting();
  const link = await generateLinkKey();
  const again = await linkKey(link.secret);
  assert.equal(again.public, link.public);
  assert.equal(again.privateKey.extractable, false);
  assert.equal(await verifySignature(await signWith(again, utf8("m")), utf8("m")), "ok");
  await assert.rejects(linkKey(link.secret.slice(4)), (error) => /^(link|format)\./.test(error.code));
  const outcome = await signAndSubmitWith(signer, { ...GIFT, cosigners: [`key_${"k".repeat(26)}`] }, undefined, { [`key_${"k".repeat(26)}`]: link });
  assert.equal(outcome.status, "recorded");
  assert.equal(JSON.parse(service.posted[0]).signatures[1].key, link.public);
});

test("a batch: one confirmation, a statement per line, resumed after a break, nothing twice", async () => {
  const { service, signer, asked } = await setting();
  const lines = Array.from({ length: 103 }, (_, position) => ({ type: "token.gift/1", body: { to: TARO, amount: position + 1 }, privates: { note: `行${position}` } }));
  const many = service.submitMany.bind(service);
  let groups = 0;
  service.submitMany = async (envelopes) => {
    if (++groups === 2) {
      await many(envelopes); // recorded, but the answer is lost
      throw new DeviceError("network.offline");
    }
    return many(envelopes);
  };
  const request = { author: HANA, lines, sums: [{ label: "計", value: "21,115" }] };
  const first = await signBatchWith(signer, request);
  assert.deepEqual(first, { recorded: 100, left: 0, refused: [], waiting: 3 });
  const progress = [];
  const second = await signBatchWith(signer, { ...request, onProgress: (done, total) => progress.push([done, total]) });
  assert.deepEqual(second, { recorded: 103, left: 0, refused: [], waiting: 0 });
  assert.deepEqual(progress.at(-1), [103, 103]);
  await signBatchWith(signer, request);
  assert.equal(asked.length, 1, "asked once");
  assert.equal(asked[0].sentences.length, 103);
  assert.equal(service.leaves.length, 104);
});

test("a batch names the lines that were refused", async () => {
  const { service, signer } = await setting();
  service.refuse = "token.insufficient";
  const lines = [{ type: "token.gift/1", body: { to: TARO, amount: 1 } }];
  assert.deepEqual(await signBatchWith(signer, { author: HANA, lines }), { recorded: 0, left: 0, refused: [{ line: 0, code: "token.insufficient" }], waiting: 0 });
});

test("text that the service would refuse is refused before it is signed", async () => {
  const { signer, asked } = await setting();
  const wish = { type: "contribution.report/1", author: HANA, body: { kind: "か\u3099", quantity: 1, on: "2026-04-01" } };
  await assert.rejects(signAndSubmitWith(signer, wish), code("format.not_nfc"));
  assert.deepEqual(asked, []);
});
