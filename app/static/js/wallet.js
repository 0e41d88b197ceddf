/**
 * The wallets in this browser (EIP-1193, found by EIP-6963, else `window.ethereum`): whose keys they hold, and having one
 * sign. Every wallet is a program of its own; what it answers is verified like anybody's.
 */

import { b64, unhex } from "./bytes.js";
import { DeviceError } from "./errors.js";

/**
 * @typedef {{request: (asked: {method: string, params?: unknown[]}) => Promise<any>}} Provider EIP-1193
 * @typedef {{id: string, name: string, provider: Provider}} Wallet id: its reverse domain name, or "" for `window.ethereum`
 */

const DECLINED = 4001; // EIP-1193: the person said no

/** The wallets that this browser brings along. @returns {Wallet[]} */
export function wallets() {
  /** @type {Wallet[]} */
  const found = [];
  const announced = (/** @type {any} */ { detail }) => {
    const { info, provider } = detail ?? {};
    if (typeof provider?.request === "function" && !found.some((one) => one.provider === provider)) {
      found.push({ id: String(info?.rdns ?? ""), name: String(info?.name ?? ""), provider });
    }
  };
  // Wallets answer within the call: EIP-6963 has them listen for it.
  addEventListener("eip6963:announceProvider", announced);
  dispatchEvent(new Event("eip6963:requestProvider"));
  removeEventListener("eip6963:announceProvider", announced);
  const { ethereum } = /** @type {any} */ (globalThis);
  if (!found.length && typeof ethereum?.request === "function") found.push({ id: "", name: "", provider: ethereum });
  return found;
}

/** Have the person choose an account of that wallet. @param {string} id @returns {Promise<{kind: "wallet", alg: "eip712", public: string}>} */
export async function connect(id) {
  const wallet = wallets().find((one) => one.id === id);
  if (!wallet) throw new DeviceError("wallet.none");
  const [account] = await ask(wallet.provider, "eth_requestAccounts");
  return { kind: "wallet", alg: "eip712", public: `eip712:${await spelled(account)}` };
}

/**
 * Have the wallet that holds the key sign `message` (domain included).
 * @param {{public: string}} key
 * @param {Uint8Array} message
 * @returns {Promise<import("./statement.js").Signature>}
 */
export async function signWithWallet(key, message) {
  const address = key.public.slice("eip712:".length);
  const provider = await holderOf(address);
  const { normalised, typedData } = await import("./eip712.js");
  const answer = await ask(provider, "eth_signTypedData_v4", [address, JSON.stringify(await typedData(message))]);
  // A contract's wallet answers in another length: what it accepts can change, and a ledger verifies for ever.
  if (!/^0x[0-9a-fA-F]{130}$/.test(answer)) throw new DeviceError("wallet.contract");
  return { alg: "eip712", key: key.public, sig: b64(normalised(unhex(answer.slice(2).toLowerCase()))) };
}

/** The wallet that holds this account; asks to be connected where none shows it unasked. @param {string} address */
async function holderOf(address) {
  const found = wallets();
  if (!found.length) throw new DeviceError("wallet.none");
  for (const method of ["eth_accounts", "eth_requestAccounts"]) {
    for (const { provider } of found) {
      const accounts = await ask(provider, method);
      if (accounts.some((/** @type {unknown} */ one) => String(one).toLowerCase() === address.toLowerCase())) return provider;
    }
  }
  throw new DeviceError("wallet.account", { address });
}

/** @param {unknown} account as the wallet writes it */
async function spelled(account) {
  if (!/^0x[0-9a-fA-F]{40}$/.test(String(account))) throw new DeviceError("wallet.failed");
  const { spellAddress } = await import("./eip712.js");
  return spellAddress(unhex(String(account).slice(2).toLowerCase()));
}

/** @param {Provider} provider @param {string} method @param {unknown[]} [params] */
async function ask(provider, method, params = []) {
  try {
    return await provider.request({ method, params });
  } catch (error) {
    throw new DeviceError(/** @type {any} */ (error)?.code === DECLINED ? "wallet.declined" : "wallet.failed");
  }
}
