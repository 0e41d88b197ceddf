// Small manners of every page: theme, language, menus, dialogs, copying, printing, short messages.
// Everything is delegated from the document, so parts that arrive later by htmx need no wiring.
// A page without this script still works: links, forms and <details> do the rest.

import { announce } from "./notice.js";

const YEAR = 31536000;

function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}

/** Opens a dialog by its id; focus returns to the opener when it closes. */
export function openDialog(id) {
  const dialog = document.getElementById(id);
  dialog.showModal();
  dialog.scrollTop = 0; // a long group of choices takes the focus as a whole, and would hide what is asked
}

async function copy(text) {
  const words = document.body.dataset;
  try {
    await navigator.clipboard.writeText(text);
    announce(words.copied);
  } catch {
    announce(words.copyFailed); // an insecure page has no clipboard, a reader may have refused it
  }
}

function chooseLanguage(language) {
  remember("yui_lang", language);
  location.reload();
}

const actions = {
  "[data-opens]": (element) => openDialog(element.dataset.opens),
  "[data-closes]": (element) => element.closest("dialog").close(),
  "[data-copy]": (element) => copy(element.dataset.copy),
  "[data-print]": () => print(),
  "[data-language]": (element) => chooseLanguage(element.dataset.language),
};

document.addEventListener("click", (event) => {
  for (const [selector, act] of Object.entries(actions)) {
    const element = event.target.closest(selector);
    if (!element) continue;
    event.preventDefault();
    act(element);
    return;
  }
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-theme-choice]")) return;
  remember("yui_theme", event.target.value);
  document.documentElement.dataset.theme = event.target.value;
});

// A menu closes when one goes elsewhere, and Escape gives the focus back to its button.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// Paper shows what a closed disclosure holds.
const openedForPaper = [];
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details.disclosure:not([open])")) {
    details.open = true;
    openedForPaper.push(details);
  }
});
addEventListener("afterprint", () => {
  for (const details of openedForPaper.splice(0)) details.open = false;
});

// Requests that change something carry the token that proves they come from our own page.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.body.dataset.csrf;
  if (token && event.detail.verb !== "get") event.detail.headers["x-csrftoken"] = token;
});

// A form that comes anew with every change is not put back to what it was before the latest one: on a slow line that
// would undo what has been filled in since. The latest change asks again.
const asked = new WeakMap();
const filledIn = (form) => new URLSearchParams(new FormData(form)).toString();
const comesAnew = (form) => form instanceof HTMLFormElement && form.getAttribute("hx-trigger")?.includes("change");
document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  if (comesAnew(elt)) asked.set(elt, filledIn(elt));
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = detail.requestConfig.elt;
  if (asked.has(form) && detail.target.contains(form) && asked.get(form) !== filledIn(form)) detail.shouldSwap = false;
});
