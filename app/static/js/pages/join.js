/** Joining: look at the browser and at the ledger that the link names, make a key, apply (or claim) with it, go in. */

import { Api } from "../api.js";
import { equal, unb64, unb64url, unhex } from "../bytes.js";
import { parse } from "../checkpoint.js";
import { keyId, objectId } from "../ids.js";
import { checkConsistency } from "../merkle.js";
import { busy, call, checkBrowser, makeKey, publicHalf, say } from "../newcomer.js";
import { openKeystore, openTexts, signAndSubmit, signIn } from "../sign.js";
import { linkKey } from "../signing_keys.js";

const LOOK = 1500; // milliseconds between two looks at an application …
const LOOK_LATER = 15_000; // … and when it has waited for long
const EAGER = 1_800_000;

const root = /** @type {HTMLElement} */ (document.querySelector("[data-joining]"));
const { joining, slug, origin, name: coop, rpId, invitation, admits } = /** @type {Record<string, string>} */ (root.dataset);
const person = /** @type {HTMLFormElement|null} */ (root.querySelector("[data-person]"));
const texts = await openTexts();
const environment = await checkBrowser(root, texts);

/** @type {any} the key in the link, where there is one */
let link = null;
/** @type {any} */
let key = null;
let member = "";

if (environment.canDeviceKey && (await look())) {
  show("key");
  for (const button of root.querySelectorAll("[data-make]")) {
    button.addEventListener("click", () => busy(root, texts, () => join(/** @type {HTMLElement} */ (button).dataset.make)));
  }
  root.querySelector("[data-enter]")?.addEventListener("click", () => busy(root, texts, enter));
}

/** Whether the link is whole, and this ledger the one that it names. */
async function look() {
  const [secret, mark] = location.hash.slice(1).split(".");
  if (invitation) {
    link = mark ? await linkKey(secret).catch(() => null) : null;
    if (!link || (await keyId(link.public)) !== root.dataset.linkKey) return stop("broken");
  }
  const begun = mark ? unb64url(mark) : unhex(root.dataset.mark ?? "");
  return (await beganWith(begun).catch(() => false)) || stop("otherLedger");
}

/** Whether the ledger shown here grew from that first entry: what whoever invites has written into the link. @param {Uint8Array} mark */
async function beganWith(mark) {
  const context = await new Api(slug).context(1);
  const { checkpoint } = parse(context.checkpoint);
  if (checkpoint.origin !== origin) return false;
  if (checkpoint.size === 1) return equal(checkpoint.root, mark);
  await checkConsistency(1, checkpoint.size, context.consistency.map((hash) => unb64(hash, 32)), mark, checkpoint.root);
  return true;
}

/** @param {string} reason name of the data attribute that says it */
function stop(reason) {
  say(root, root.dataset[reason] ?? "", "error");
  return false;
}

/** @param {string|undefined} kind */
async function join(kind) {
  const said = person ? Object.fromEntries([...new FormData(person)].map(([name, value]) => [name, String(value).normalize("NFC").trim()])) : {};
  if (person && !said.name) {
    say(root, root.dataset.unnamed ?? "", "error");
    return /** @type {HTMLElement} */ (person.elements.namedItem("name")).focus();
  }
  const keystore = await openKeystore();
  if (!key || key.kind !== kind) key = { ...(await makeKey(/** @type {any} */ (kind), { rpId, rpName: coop, userName: said.name || coop })), name: said.name };
  const author = await keyId(key.public);
  // Kept before it is sent: nobody must be admitted with a key that is lost.
  await keystore.add({ ...key, ledger: origin, member: author });
  const outcome = await signAndSubmit({ slug, origin, author, key, ...wish(said), ...cosigned(await linkId()) });
  if (outcome.status !== "recorded") return say(root, root.dataset.waiting ?? "");
  const statement = unb64(outcome.id, 32);
  member = root.dataset.member || (await objectId("mem", statement));
  await keystore.assign({ ...key, ledger: origin, member: author }, member);
  if (person) person.hidden = true;
  if (admits === "yes") return welcome();
  show("");
  say(root, root.dataset.waiting ?? "", "success");
  follow(await objectId("app", statement), Date.now());
}

/**
 * Look again and again what became of the application, while somebody looks at this page: then on without a reload. Events
 * would not do, for whoever is no member yet may not follow every ledger.
 * @param {string} application @param {number} since
 */
function follow(application, since) {
  setTimeout(async () => {
    const found = document.hidden ? null : await call(`/c/${slug}/join/state/${application}`).catch(() => null);
    if (found?.status === "admitted") return busy(root, texts, welcome);
    if (found?.status === "declined") return say(root, root.dataset.declined ?? "", "warning");
    follow(application, since);
  }, Date.now() - since < EAGER ? LOOK : LOOK_LATER);
}

/** @param {Record<string, string>} said */
function wish(said) {
  const half = publicHalf(key);
  if (joining === "claim") return { type: "key.claim/1", body: { ...half, invitation } };
  const body = { ...half, cls: said.cls, type: said.type, profile: {}, ...(invitation && { invitation }) };
  const privates = Object.fromEntries(["name", "kana", "contact"].filter((field) => said[field]).map((field) => [`profile/${field}`, said[field]]));
  return { type: "member.apply/1", body, privates };
}

const linkId = async () => (link ? keyId(link.public) : "");

/** @param {string} id */
const cosigned = (id) => (id ? { cosigners: [id], keys: { [id]: link } } : {});

async function welcome() {
  show("enter");
  say(root, root.dataset.done ?? "", "success");
  if (key.privateKey) await enter();
}

async function enter() {
  await signIn({ slug, member, key });
  location.assign(`/c/${slug}/me`);
}

/** @param {string} part */
function show(part) {
  for (const box of root.querySelectorAll("[data-part]")) /** @type {HTMLElement} */ (box).hidden = /** @type {HTMLElement} */ (box).dataset.part !== part;
}
