/* The page's own script: what a click and a key do, and what is mended of what Gradio draws. */
import * as answers from "./answers.js";
import * as chats from "./chats.js";
import { LONGEST, ask, input, make, settings, type } from "./dom.js";
import * as scope from "./scope.js";
import * as pane from "./pane.js";
import * as status from "./status.js";

/* ---- what the address asks ---- */

const address = new URLSearchParams(location.search);
const within = address.getAll("in").map((name) => name.slice(0, 4096)).filter(Boolean).slice(0, 100);
const linked = address.getAll("q").map((q) => q.trim().slice(0, 2 * LONGEST)).filter(Boolean).slice(-20).map((question) => ({ question, answer_id: "", scope: within }));
const answerId = address.get("a") || "";
if (linked.length && /^[0-9a-f]{8,64}$/.test(answerId)) linked[linked.length - 1].answer_id = answerId;
let place = location.hash.startsWith("#src=") ? location.hash : "";
if (linked.length || place) history.replaceState(null, "", "/"); // a reload shows the chat, and does not ask again

/* ---- light and dark ---- */

const system = matchMedia("(prefers-color-scheme: dark)");
const dark = () => { const chosen = settings.get("theme"); return chosen ? chosen === "dark" : system.matches; };
const paint = () => {
  for (const node of [document.documentElement, document.body]) {
    if (node && node.classList.contains("dark") !== dark()) node.classList.toggle("dark", dark());
  }
};
system.addEventListener("change", paint);

/* ---- clicks ---- */

const ACTIONS = [
  ['a[href^="#src="]', (chip) => pane.open(chip)],
  ["button.ask", (button) => { if (!status.isGone()) { chats.stopEditing(); ask(button.getAttribute("title") || button.textContent); } }],
  ["button.everywhere", (button) => { if (!status.isGone()) { chats.stopEditing(); scope.choose([]); ask(button.getAttribute("title")); } }],
  ["button.edit", (button) => chats.edit(chats.turnOf(button), button.closest(".message").querySelector(".typed").textContent)],
  ["button.reread", (button) => chats.edit(chats.turnOf(button), button.getAttribute("title"))],
  [".answer button.copy", answers.copy],
  [".answer button.link", answers.link],
  [".answer button.up", (button) => answers.rate(button, "up")],
  [".answer button.down", (button) => answers.rate(button, "down")],
  [".answer button.gap", (button) => answers.reportGap(button)],
  ["button.chats", chats.openDrawer],
  ["button.export", chats.openSave],
  ["button.scheme", () => { settings.set("theme", dark() ? "light" : "dark"); paint(); }],
];

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target || event.metaKey || event.ctrlKey) return;
  if (target.closest("#new")) chats.begin();
  for (const [which, act] of ACTIONS) {
    const found = target.closest(which);
    if (!found) continue;
    event.preventDefault();
    if (event.detail < 2 || !found.matches("button.ask, button.everywhere")) act(found); // a double click asks once
    return;
  }
}, true);

document.addEventListener("toggle", (event) => {
  if (event.target instanceof Element && event.target.matches(".answer details.how") && event.target.open) answers.explain(event.target);
}, true);

/* ---- keys ---- */

let recalled = -1;

/* A text too long to be a question stays in the box, to be shortened; cut off without a word it would ask something else. */
const limit = make("div", { id: "limit", role: "status" });
const isTooLong = (words) => [...words].length > LONGEST;
const measure = (words) => {
  if (!isTooLong(words)) limit.remove();
  else {
    limit.textContent = `The question is ${[...words].length} characters long; at most ${LONGEST} are read. Ask in a sentence or two.`;
    if (!limit.isConnected) document.querySelector("#box")?.before(limit);
  }
  return limit.isConnected;
};

/* A question that is not for Gradio to send: it is too long, there is no server, a chat is on its way back, or an earlier question is edited. */
const takes = (words) => {
  if (measure(words) || status.isGone()) return true;
  if (chats.isWaiting()) {
    chats.whenBack(() => ask(words));
    return true;
  }
  return chats.askEdited(words);
};

document.addEventListener("keydown", (event) => {
  const box = input();
  const typing = event.target instanceof Element && event.target.matches("input, textarea, select, [contenteditable]");
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && !event.isComposing) {
    if (event.target instanceof Element && event.target.closest(".opinion")) return;
    if (chats.stopEditing()) { type(""); event.preventDefault(); } else if (pane.shut()) event.preventDefault();
  } else if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && box) {
    event.preventDefault();
    box.focus();
  } else if (event.target === box && event.key === "Enter" && !event.shiftKey && !event.isComposing && box.value.trim()) {
    recalled = -1;
    if (takes(box.value)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  } else if (event.target === box && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    const asked = chats.turnsOnPage().map((t) => t.question);
    if (event.key === "ArrowUp" && asked.length && (box.value === "" || recalled >= 0)) {
      event.preventDefault();
      recalled = recalled < 0 ? asked.length - 1 : Math.max(0, recalled - 1);
      type(asked[recalled]);
    } else if (event.key === "ArrowDown" && recalled >= 0) {
      event.preventDefault();
      recalled += 1;
      if (recalled >= asked.length) recalled = -1;
      type(recalled < 0 ? "" : asked[recalled]);
    }
  }
}, true);
document.addEventListener("input", (event) => {
  if (event.target !== input()) return;
  if (event.isTrusted) recalled = -1;
  if (limit.isConnected) measure(event.target.value);
}, true);
document.addEventListener("keypress", (event) => {
  if (event.target === input() && event.key === "Enter" && !event.shiftKey && (status.isGone() || chats.isWaiting() || isTooLong(event.target.value))) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);
document.addEventListener("click", (event) => {
  const box = input();
  const sending = event.target instanceof Element && event.target.closest("#box button");
  if (!sending || !box || !box.value.trim()) return;
  if (takes(box.value)) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);

/* ---- mending what Gradio draws ---- */

/* On a phone a table is set by what it holds: two that are compared, with or without a word on whether they are the same, or more. */
const nameCells = (box) => {
  const heads = [...(box.querySelector("thead tr")?.cells || [])].map((cell) => cell.textContent.trim());
  const marked = heads.length === 4 && !heads[3];
  if (heads.length > 2) box.classList.add(heads.length === 3 || marked ? "pair" : "many");
  box.classList.toggle("marked", marked);
  box.querySelectorAll("tbody tr").forEach((row) => [...row.cells].forEach((cell, i) => { if (i && heads[i]) cell.dataset.head = heads[i]; }));
};

const mend = () => {
  // Gradio labels every bubble with its raw HTML, which a screen reader would read out in place of the answer.
  document.querySelectorAll('#chat [data-testid="bot"][aria-label], #chat [data-testid="user"][aria-label], #chat .message[aria-label], #chat [aria-label*="<div"]').forEach((node) => {
    node.removeAttribute("aria-label");
  });
  const box = input();
  if (box && !box.getAttribute("aria-label")) box.setAttribute("aria-label", "Your question");
  document.querySelectorAll("#box button:not([aria-label])").forEach((button) => button.setAttribute("aria-label", "Ask"));
  document.querySelectorAll("#chat .wide:not([tabindex])").forEach((table) => {
    table.setAttribute("tabindex", "0"); // a table that is wider than the screen can be scrolled by keyboard
    table.setAttribute("role", "group");
    table.setAttribute("aria-label", "Table");
    nameCells(table);
  });
  document.querySelector("#new:not([title])")?.setAttribute("title", "New chat"); // on a phone it is a sign
};

/* Gradio draws its boxes before it hears what is typed into them; what an empty page says comes when it does. */
const listening = () => Boolean(input() && document.querySelector("#chat :is(.welcome, .typed)"));
setTimeout(() => document.querySelector("#boot")?.remove(), 15000); // whatever went wrong, Gradio has its own words for it

let newest = ""; // the last question on the page and how many are answered, to know when something has come
const settle = () => {
  mend();
  scope.settle();
  paint();
  const boot = document.querySelector("#boot");
  if (boot && listening()) {
    boot.remove();
    input().focus(); // once: Gradio's own autofocus comes back whenever the box grows, and takes the focus from where the user went
  }
  chats.offerLast();
  pane.follow();
  const asked = document.querySelectorAll("#chat .typed");
  const last = asked[asked.length - 1];
  const now = last ? `${asked.length} ${document.querySelectorAll("#chat .answer").length} ${last.textContent}` : "";
  if (now === newest) return;
  newest = now;
  const restored = chats.isWaiting();
  chats.keep();
  if (last && !document.querySelector("#chat .pending")) answers.reportNew(restored);
  const scroller = document.querySelector("#chat .bubble-wrap");
  if (!last || !scroller) return;
  // The newest question goes to the top, so that its answer is read from its first line.
  const top = last.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
  const still = restored || matchMedia("(prefers-reduced-motion: reduce)").matches;
  scroller.scrollTo({ top: Math.max(0, top - 24), behavior: still ? "auto" : "smooth" });
};
let due = 0;
new MutationObserver(() => {
  if (!due) due = requestAnimationFrame(() => { due = 0; settle(); });
}).observe(document.documentElement, { childList: true, subtree: true });
settle();

/* ---- as soon as the page and the folder are there ---- */

const whenDrawn = (then) => {
  if (listening() && document.querySelector("#restore")) then();
  else setTimeout(() => whenDrawn(then), 30);
};

const start = (kb) => whenDrawn(() => {
  chats.start(kb, linked);
  if (place) pane.openLinked(place);
  place = "";
});
if (chats.folder()) start(chats.folder());
/* The head of the page, and the examples of an empty one, are those of what is asked: told once Gradio has taken what was chosen. */
const asksElse = () => requestAnimationFrame(() => document.querySelector("#refresh")?.click());
status.watch((health) => {
  scope.start(health.kb, health.folders || [], asksElse);
  start(health.kb);
});
