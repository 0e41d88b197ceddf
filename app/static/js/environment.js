/**
 * What this browser can do, told before any key is made: a key made in the wrong place is lost.
 *
 * `code` says what stands in the way ("ok" where nothing does), `advice` is the key of one plain sentence and a way on.
 */

/**
 * @typedef {{userAgent: string, isSecure: boolean, hostname: string, hasCrypto: boolean, hasStorage: boolean, hasWebAuthn: boolean}} Facts
 * @typedef {{code: "ok"|"in_app"|"insecure"|"no_crypto"|"no_storage"|"ip_host"|"no_passkey", app?: string, canPasskey: boolean,
 *   canDeviceKey: boolean, advice: string}} Environment
 */

/** Browsers inside other apps: their storage is their own, and often gone tomorrow. */
const IN_APP = [
  ["line", /\bLine\//],
  ["instagram", /\bInstagram\b/],
  ["facebook", /\bFB(AN|AV|_IAB)\b/],
  ["x", /\bTwitter(?:Android| for i)|\bTwitter\b/],
  ["yahoo", /\bYJApp-(?:ANDROID|IOS)\b|\bYJApp\b/],
];
const IPV4 = /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/;

/** @param {Facts} facts @returns {Environment} */
export function judge(facts) {
  const app = IN_APP.find(([, pattern]) => /** @type {RegExp} */ (pattern).test(facts.userAgent))?.[0];
  const canDeviceKey = facts.isSecure && facts.hasCrypto && facts.hasStorage && !app;
  const canPasskey = canDeviceKey && facts.hasWebAuthn && !isAddress(facts.hostname);
  /** @param {Environment["code"]} code */
  const answer = (code) => ({ code, canPasskey, canDeviceKey, advice: `signing.environment.${code}` });
  if (app) return { ...answer("in_app"), app: /** @type {string} */ (app) };
  if (!facts.isSecure) return answer("insecure");
  if (!facts.hasCrypto) return answer("no_crypto");
  if (!facts.hasStorage) return answer("no_storage");
  if (isAddress(facts.hostname)) return answer("ip_host");
  return answer(facts.hasWebAuthn ? "ok" : "no_passkey");
}

/** Look at the browser this page runs in. @returns {Promise<Environment>} */
export async function inspect() {
  return judge({
    userAgent: navigator.userAgent,
    isSecure: globalThis.isSecureContext,
    hostname: location.hostname,
    hasCrypto: Boolean(globalThis.crypto?.subtle),
    hasStorage: await canStore(),
    hasWebAuthn: typeof PublicKeyCredential !== "undefined" && Boolean(navigator.credentials),
  });
}

/** The same page in the phone's own browser, where the app knows a way; LINE reads this parameter. @param {string} address */
export function outsideAddress(address) {
  const url = new URL(address);
  url.searchParams.set("openExternalBrowser", "1");
  return url.href;
}

/** RP ids are names: WebAuthn can't be had on a bare address. @param {string} hostname */
const isAddress = (hostname) => IPV4.test(hostname) || hostname.includes(":") || hostname.startsWith("[");

/** Some private modes have IndexedDB and refuse to use it. */
async function canStore() {
  if (typeof indexedDB === "undefined") return false;
  const name = "yui-probe";
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open(name);
      request.onsuccess = () => {
        request.result.close();
        indexedDB.deleteDatabase(name);
        resolve(true);
      };
      request.onerror = () => resolve(false);
    } catch {
      resolve(false);
    }
  });
}
