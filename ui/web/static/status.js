/* How the server stands: opening, gone and back, files changed. One banner, and only when there is something to say. */
import { call, make, say } from "./dom.js";
import { again, turnsOnPage } from "./chats.js";
import { forget } from "./pane.js";

const SECONDS = { well: 4000, opening: 400, gone: 1500 };

const banner = make("div", { id: "banner", role: "status", hidden: true });
let told = "";
const show = (kind, words, ...actions) => {
  if (told === kind + words) return;
  told = kind + words;
  if (!banner.isConnected) document.body.append(banner);
  banner.className = kind;
  banner.hidden = !words;
  document.documentElement.classList.toggle("with-banner", Boolean(words));
  banner.replaceChildren(make("span", { text: words }), ...actions);
};
const hide = () => show("", "");
const button = (words, handler) => make("button", { type: "button", class: "act", text: words, onclick: handler });

let instance = "";
let generation = "";
let failures = 0;
let state = "";
let ready = () => {};

export const isGone = () => failures > 1;

const readAgain = async () => {
  show("busy", "Reading the changed files …");
  try {
    await call("/api/refresh", {});
  } catch (error) {
    show("warn", String(error.message || error));
  }
  look();
};

const opening = (health) => {
  const known = health.total > 0;
  const words = known ? `${health.stage} (${health.done.toLocaleString("en")} of ${health.total.toLocaleString("en")}) …` : `${health.stage} …`;
  document.querySelectorAll("#chat .stage").forEach((node) => { if (node.textContent !== words) node.textContent = words; });
  const line = document.querySelector("#chat .bar span");
  if (line && known) {
    line.classList.remove("unknown");
    line.style.width = `${Math.min(100, 100 * health.done / health.total)}%`;
  }
};

const back = (health) => {
  const wasGone = failures > 1;
  failures = 0;
  if (wasGone) {
    show("well", "Connected again.");
    setTimeout(() => { if (told.startsWith("well")) hide(); }, 2500);
  }
  if (instance && instance !== health.instance && turnsOnPage().length) again(); // the server that knew this chat is gone
  instance = health.instance;
};

let readAt = 0; // when files were last read again: what was looked at before is told for a moment longer

const fresh = (health) => {
  const changed = generation && generation !== health.generation;
  generation = health.generation;
  if (changed) {
    readAt = Date.now();
    forget();
    document.querySelector("#refresh")?.click();
    if (turnsOnPage().length) show("note", "The files have changed and were read again. The answers above are from before.", button("Ask them again", () => { hide(); again(); }), button("Dismiss", hide));
    else hide();
  } else if (health.trouble) {
    show("warn", `The files have changed and cannot be read again: ${health.trouble} Answers are from before.`, button("Try again", readAgain));
  } else if (health.stale && Date.now() - readAt > 5000) {
    show("note", "The files have changed. The next question reads them again.", button("Read them now", readAgain));
  } else if (!health.stale && /^(noteThe files have changed\. |warn|busy)/.test(told)) hide();
};

let timer = 0;
export const look = async () => {
  clearTimeout(timer);
  let wait = SECONDS.well;
  try {
    const reply = await fetch("/api/health");
    if (!reply.ok) throw new Error(String(reply.status));
    const health = await reply.json();
    back(health);
    if (health.state === "opening") {
      opening(health);
      wait = SECONDS.opening;
    } else if (state !== health.state) {
      document.querySelector("#refresh")?.click();
    }
    state = health.state;
    if (health.state === "ready") {
      fresh(health);
      ready(health);
    }
  } catch {
    failures += 1;
    wait = failures > 1 ? SECONDS.gone : 500;
    if (failures > 1) {
      show("bad", "The server does not answer. Start it again with “whichops ui”; this chat and what you type stay here.");
      if (failures === 2) say("The server does not answer.");
    }
  }
  timer = setTimeout(look, document.hidden ? 10 * wait : wait);
};

export const watch = (whenReady) => {
  ready = whenReady;
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  look();
};
