// The demo's role switcher: takes a villager's key into this browser and signs in with it, as with any other key.

import { openKeystore, signIn } from "../sign.js";
import { linkKey } from "../signing_keys.js";
import { announce } from "../notice.js";

async function become(number) {
  const answer = await fetch(`/demo/keys/${number}`);
  if (!answer.ok) throw new Error((await answer.json()).title);
  const { slug, ledger, member, secret } = await answer.json();
  const { alg, public: publicText, privateKey } = await linkKey(secret);
  const keystore = await openKeystore();
  await keystore.add({ kind: "device", ledger, member, alg, public: publicText, privateKey });
  await signIn({ slug, member });
  location.assign(`/c/${slug}`);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-become]");
  if (!button) return;
  button.disabled = true;
  try {
    await become(button.dataset.become);
  } catch (error) {
    announce(error.message);
    button.disabled = false;
  }
});
