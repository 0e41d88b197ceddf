/** The last page of a founding: the founder's key, fixing the text, signing it, and the first way in. */

import { unhex, b64 } from "../bytes.js";
import { keyId, objectId } from "../ids.js";
import { Refusal } from "../errors.js";
import { busy, call, checkBrowser, makeKey, publicHalf, say } from "../newcomer.js";
import { openKeystore, openSigner, openTexts, signExact, signIn } from "../sign.js";

/** Where keys stand in this device's store until the co-op has a ledger. */
const BEFORE = "founding";
const LOOK = 4000; // milliseconds between two looks whether others have signed

const root = /** @type {HTMLElement} */ (document.querySelector("[data-founding]"));
const { own, joining, name, slug, origin, rpId, me } = /** @type {Record<string, string>} */ (root.dataset);
const person = /** @type {HTMLFormElement|null} */ (document.querySelector("[data-person]"));
const texts = await openTexts();
const keystore = await openKeystore();
const environment = await checkBrowser(root, texts);

/** @type {any} the founder's own key, once it is known */
let key = (await keystore.keys(BEFORE, joining)).find((kept) => root.dataset.keys?.split(" ").includes(kept.public));
/** @type {string} */
let member = "";

if (environment.canDeviceKey) await begin();

async function begin() {
  for (const button of root.querySelectorAll("[data-make]")) {
    button.addEventListener("click", () => busy(root, texts, () => make(/** @type {HTMLElement} */ (button).dataset.make)));
  }
  root.querySelector("[data-sign]")?.addEventListener("click", () => busy(root, texts, sign));
  root.querySelector("[data-seal]")?.addEventListener("click", () => busy(root, texts, seal));
  root.querySelector("[data-enter]")?.addEventListener("click", () => busy(root, texts, enter));
  const fixed = root.dataset.sealed === "yes";
  if (fixed && !key) return say(root, root.dataset.lost ?? "", "warning");
  if (!key) return askForKey();
  if (!fixed && !own) return waitForText();
  if (!fixed) return show(root.dataset.alone === "yes" ? "sign" : "seal");
  const { signed, statement } = await call(`${joining}/sealed`);
  await become(statement);
  return signed[statement.cosigners.indexOf(await keyId(key.public))] ? waitForOthers() : show("sign");
}

function askForKey() {
  if (person) person.hidden = false;
  show("key");
}

/** @param {string|undefined} kind */
async function make(kind) {
  const who = person ? Object.fromEntries(new FormData(person)) : {};
  if (person && !person.reportValidity()) return;
  const made = await makeKey(/** @type {"device"|"passkey"} */ (kind), { rpId, rpName: name, userName: person ? String(who.person_name) : me });
  // Kept before it is told to anybody: a founder whose key is lost could never sign.
  key = { ...made, name: person ? String(who.person_name) : me };
  await keystore.add({ ...key, ledger: BEFORE, member: joining });
  if (own) {
    await call(`${own}/key`, publicHalf(made));
  } else {
    await call(`${joining}/founders`, { ...who, key: publicHalf(made) });
  }
  location.reload(); // the founders' list says that the key is there
}

async function seal() {
  await call(`${own}/seal`, {});
  location.reload();
}

async function sign() {
  const fixed = own ? await call(`${own}/seal`, {}) : await call(`${joining}/sealed`);
  const { statement, openings } = fixed;
  if (statement.ledger !== origin) throw new Refusal("ledger.other", { expected: origin, found: statement.ledger });
  const { id, signatures, envelope } = await signExact({ slug, statement, openings, token: [root.dataset.token ?? "", 0], keys: { [await keyId(key.public)]: key } });
  const signature = signatures.find((one) => one !== null);
  const answer = await call(`${joining}/signature`, { signature });
  await become(statement, id);
  if (!answer.receipt) return waitForOthers();
  await keepReceipt(statement, envelope, id, answer.receipt);
  await founded();
}

/** The key now belongs to a member of that ledger. @param {any} statement @param {string} [id] hex */
async function become(statement, id) {
  const ordinal = statement.cosigners.indexOf(await keyId(key.public));
  const { statementId, encodeStatement } = await import("../statement.js");
  const digest = id ? unhex(id) : await statementId(encodeStatement(statement));
  member = await objectId("mem", digest, ordinal);
  await keystore.add({ ...key, ledger: statement.ledger, member });
}

/** @param {any} statement @param {string} envelope @param {string} id hex @param {any} receipt */
async function keepReceipt(statement, envelope, id, receipt) {
  const signer = await openSigner({ slug });
  const kept = await signer.refresh();
  if (kept.vkey !== statement.body.log_key) throw new Refusal("genesis.operator_keys", {});
  const sentence = root.dataset.founded ?? "";
  await signer.accept({ ledger: statement.ledger, statement: b64(unhex(id)), member, sentence, envelope }, receipt);
}

async function founded() {
  show("enter");
  say(root, root.dataset.founded ?? "", "success");
  if (key.privateKey) await enter(); // a device key asks nothing of anybody
}

async function enter() {
  await signIn({ slug, member, key });
  location.assign(`/c/${slug}/founded`);
}

function waitForText() {
  const joined = /** @type {HTMLElement|null} */ (document.querySelector("[data-joined]"));
  if (joined) joined.hidden = false;
  look(() => location.reload(), () => {});
}

function waitForOthers() {
  show("");
  say(root, root.dataset.waiting ?? "");
  look(() => {}, founded);
}

/** Look until the text is fixed, or the draft is gone because the co-op stands. @param {() => void} fixed @param {() => unknown} gone */
function look(fixed, gone) {
  const timer = setInterval(async () => {
    try {
      await call(`${joining}/sealed`);
      fixed();
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "founding.unknown") return;
      clearInterval(timer);
      gone();
    }
  }, LOOK);
}

/** @param {string} part */
function show(part) {
  for (const box of root.querySelectorAll("[data-part]")) /** @type {HTMLElement} */ (box).hidden = /** @type {HTMLElement} */ (box).dataset.part !== part;
  if (person && part !== "key") person.hidden = true;
}
