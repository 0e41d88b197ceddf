import assert from "node:assert/strict";
import test from "node:test";

import { b64, concat, hex, unb64, unhex, utf8 } from "../../app/static/js/bytes.js";
import { verifySignature } from "../../app/static/js/crypto.js";
import { normalised, spellAddress, typedData } from "../../app/static/js/eip712.js";
import { code, vectors } from "./vectors.js";

const { message, accept, session } = vectors("signatures");
const wallets = accept.find(({ alg }) => alg === "eip712");
const raw = unb64(wallets.sig);
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

test("whatever spelling a wallet answers in, the one permitted leaves", async () => {
  const mirrored = unhex((ORDER - BigInt(`0x${hex(raw.subarray(32, 64))}`)).toString(16).padStart(64, "0"));
  const spellings = [
    raw,
    concat(raw.subarray(0, 64), new Uint8Array([raw[64] - 27])),
    concat(raw.subarray(0, 32), mirrored, new Uint8Array([55 - raw[64]])),
    concat(raw.subarray(0, 32), mirrored, new Uint8Array([28 - raw[64]])),
  ];
  for (const spelling of spellings) {
    assert.deepEqual(normalised(spelling), raw);
    assert.equal(await verifySignature({ ...wallets, sig: b64(normalised(spelling)) }, unb64(message)), "ok");
  }
  for (const v of [2, 26, 29, 35, 37, 255]) {
    assert.throws(() => normalised(concat(raw.subarray(0, 64), new Uint8Array([v]))), code("signature.recovery"));
  }
});

test("what a wallet shows names the ledger and the type, and the log-in is of another kind", async () => {
  const said = await typedData(unb64(message));
  const entering = await typedData(unb64(session.message));
  const statement = JSON.parse(new TextDecoder().decode(unb64(message)).split("\n")[1]);
  assert.deepEqual([said.primaryType, said.message.ledger, said.message.type], ["Statement", statement.ledger, statement.type]);
  assert.deepEqual([entering.primaryType, entering.message.ledger, entering.message.expires], ["Session", session.fields.origin, session.fields.expires]);
  assert.deepEqual(Object.keys(said.types), ["EIP712Domain", "Statement"]);
  await assert.rejects(typedData(utf8("another domain\n{}")), code("signature.form"));
});

test("addresses are spelled as EIP-55 has them", () => {
  const published = ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "0x52908400098527886E0F7030069857D2E4169EE7"];
  for (const address of published) assert.equal(spellAddress(unhex(address.slice(2).toLowerCase())), address);
});
