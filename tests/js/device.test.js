import assert from "node:assert/strict";
import test from "node:test";

import { concat, hex, unb64, unhex } from "../../app/static/js/bytes.js";
import { decode } from "../../app/static/js/cbor.js";
import { verifySignature } from "../../app/static/js/crypto.js";
import { judge, outsideAddress } from "../../app/static/js/environment.js";
import { assertionSignature, readRegistration } from "../../app/static/js/passkey.js";
import { sessionMessage, signSession } from "../../app/static/js/signing_keys.js";
import { Texts } from "../../app/static/js/texts.js";
import { code, vectors } from "./vectors.js";

const GOOD = { userAgent: "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", isSecure: true, hostname: "coop.example", hasCrypto: true, hasStorage: true, hasWebAuthn: true };
const iPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";

test("what stands in the way is told before any key is made", () => {
  const cases = [
    [{}, "ok", true, true],
    [{ userAgent: `${iPhone} Safari Line/14.5.0` }, "in_app", false, false],
    [{ userAgent: `${iPhone} Mobile/15E148 Instagram 300.0` }, "in_app", false, false],
    [{ userAgent: `${iPhone} [FBAN/FBIOS;FBAV/400.0]` }, "in_app", false, false],
    [{ userAgent: `${iPhone} Twitter for iPhone/10.0` }, "in_app", false, false],
    [{ userAgent: "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile TwitterAndroid" }, "in_app", false, false],
    [{ userAgent: `${iPhone} Mobile/15E148 YJApp-IOS jp.co.yahoo.ipn.appli/4.0` }, "in_app", false, false],
    [{ isSecure: false, hasCrypto: false }, "insecure", false, false],
    [{ hasCrypto: false }, "no_crypto", false, false],
    [{ hasStorage: false }, "no_storage", false, false],
    [{ hostname: "192.168.1.20" }, "ip_host", false, true],
    [{ hostname: "[::1]" }, "ip_host", false, true],
    [{ hasWebAuthn: false }, "no_passkey", false, true],
    [{ hostname: "localhost" }, "ok", true, true],
    [{ userAgent: "Mozilla/5.0 Online/1" }, "ok", true, true],
  ];
  for (const [change, expected, canPasskey, canDeviceKey] of cases) {
    const found = judge({ ...GOOD, ...change });
    assert.deepEqual([found.code, found.canPasskey, found.canDeviceKey], [expected, canPasskey, canDeviceKey], JSON.stringify(change));
    assert.equal(found.advice, `signing.environment.${expected}`);
  }
  assert.equal(judge({ ...GOOD, userAgent: `${iPhone} Line/14` }).app, "line");
  assert.equal(outsideAddress("https://coop.example/join?x=1#k"), "https://coop.example/join?x=1&openExternalBrowser=1#k");
});

const point = unhex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
const es256 = concat(unhex("a5010203262001215820"), point.subarray(0, 32), unhex("225820"), point.subarray(32));
const okp = concat(unhex("a4010103272006215820"), point.subarray(0, 32));
const registration = (cose, flags = 0x45) => concat(new Uint8Array(32), new Uint8Array([flags]), new Uint8Array(4 + 16), new Uint8Array([0, 3, 7, 8, 9]), cose);

test("registration data gives the credential's id and the key in our form", () => {
  const found = readRegistration(registration(es256));
  assert.equal(hex(found.id), "070809");
  assert.equal(found.key, `es256:${btoa(String.fromCharCode(3, ...point.subarray(0, 32)))}`);
  assert.equal(found.userVerified, true);
  assert.match(readRegistration(registration(okp)).key, /^ed25519:/);
  for (const bad of [registration(es256, 0x05), registration(es256).subarray(0, 60), registration(unhex("a0")), registration(unhex("01")), new Uint8Array(10)]) {
    assert.throws(() => readRegistration(bad), (error) => /^(passkey|cbor)\./.test(error.code));
  }
});

test("CBOR as authenticators write it, and nothing else", () => {
  const { value, end } = decode(unhex("a261610120f5ffff"));
  assert.deepEqual([[...value], end], [[["a", 1], [-1, true]], 6]);
  assert.deepEqual(decode(unhex("83011864f6")).value, [1, 100, null]);
  assert.deepEqual(decode(unhex("3903e7")).value, -1000);
  assert.deepEqual(decode(unhex("1a00010000")).value, 65536);
  for (const bad of ["", "5f", "1b0000000000000001", "42 01", "c0", "fb", "9a7fffffff", "81".repeat(20), "61ff"]) {
    assert.throws(() => decode(unhex(bad.replaceAll(" ", ""))), (error) => error.code === "cbor.form", bad);
  }
});

test("an assertion becomes the signature that Python accepts", async () => {
  const { message, accept } = vectors("signatures");
  const [, , passkey] = accept;
  const raw = unb64(passkey.sig);
  const integer = (part) => (part[0] & 0x80 ? concat(new Uint8Array([2, 33, 0]), part) : concat(new Uint8Array([2, 32]), part));
  const parts = concat(integer(raw.subarray(0, 32)), integer(raw.subarray(32)));
  const der = concat(new Uint8Array([0x30, parts.length]), parts);
  const made = assertionSignature(passkey.key, { authenticatorData: unb64(passkey.authenticator_data), clientData: unb64(passkey.client_data), signature: der });
  assert.deepEqual(made, passkey);
  assert.equal(await verifySignature(made, unb64(message)), "ok");
});

test("log-in challenges are signed in their own domain and for this site only", async () => {
  const { session } = vectors("signatures");
  assert.deepEqual(sessionMessage(session.fields), unb64(session.message));
  assert.throws(() => signSession({}, "coop.example/other", session.fields), code("session.origin"));
});

test("texts: the three rules", () => {
  const texts = new Texts({ a: "{n} {n:vote|votes} {{x}} {who}", "errors.token.cap": "limit {limit}" });
  assert.equal(texts.t("a", { n: 1, who: "$&" }), "1 vote {x} $&");
  assert.equal(texts.t("a", { n: 2, who: "b" }), "2 votes {x} b");
  assert.equal(texts.t("missing"), "missing");
  assert.equal(texts.error({ code: "x" }), "signing.error.other");
});
