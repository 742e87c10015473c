/* Chats are kept in this browser, as questions and the ids of their answers; the server asks them again when one is opened. So
   what is shown is always what the files say now. Nothing is sent anywhere but to our own server. */
import { choose, scope, scopeOf } from "./scope.js";
import { answerOn, call, download, input, make, say, settings, shown, type } from "./dom.js";

const MAX_CHATS = 50;
const MAX_TURNS = 60;

const named = document.querySelector('meta[name="whichops-kb"]');
let kb = named ? named.content : ""; // stands for the folder that is asked; not known while it is being opened
let started = false;
let current = null; // {id, title, named, used, turns: [{question, answer_id}]}
let editing = null; // number of turns that stay when the question in the box is asked
let waiting = false; // a kept chat is on its way back

const key = () => `chats:${kb}`;
const load = () => { try { return JSON.parse(settings.get(key()) || "[]"); } catch { return []; } };
const store = (all) => settings.set(key(), JSON.stringify(all.sort((a, b) => b.used - a.used).slice(0, MAX_CHATS)));
const tab = {
  get: () => { try { return sessionStorage.getItem(`whichops:chat:${kb}`); } catch { return null; } },
  set: (id) => { try { if (id) sessionStorage.setItem(`whichops:chat:${kb}`, id); else sessionStorage.removeItem(`whichops:chat:${kb}`); } catch { /* a private window */ } },
};

/* ---- the chat on the page ---- */

export const turnsOnPage = () => {
  const turns = [];
  document.querySelectorAll("#chat .typed").forEach((n) => turns.push({ question: n.textContent, answer_id: "", scope: scopeOf(n) }));
  document.querySelectorAll("#chat .answer, #chat .pending").forEach((n, i) => {
    const found = /^turn-\d+-([0-9a-f]{8,64})$/.exec(n.id || "");
    if (turns[i]) {
      turns[i].answer_id = found ? found[1] : "";
      turns[i].done = !n.classList.contains("pending");
    }
  });
  return turns;
};

/* The turn an element of the page belongs to, 0-based. */
export const turnOf = (node) => {
  const row = node.closest(".answer") || node.closest(".message")?.querySelector(".typed") || node;
  const same = [...document.querySelectorAll(row.classList.contains("answer") ? "#chat .answer, #chat .pending" : "#chat .typed")];
  return same.indexOf(row);
};

const bare = (turns) => turns.map(({ question, answer_id, scope: asked }) => (asked && asked.length ? { question, answer_id, scope: asked } : { question, answer_id })).slice(-MAX_TURNS);

/* The questions up to a turn, as the server wants them. */
export const upTo = (number) => bare(turnsOnPage().slice(0, number + 1));

/* Keep what is on the page; called whenever it has changed. */
export const keep = () => {
  if (!kb) return;
  const turns = turnsOnPage();
  if (!turns.length) return;
  if (waiting && turns.length < sent.length && questions() !== shownBefore && turns[turns.length - 1].question !== sent[sent.length - 1].question) {
    send([...sent, ...bare(turns.slice(-1))]); // asked just before the chat was sent for, of a server that does not know it yet
    return;
  }
  if (!turns.every((t) => t.done)) return;
  if (!waiting && current && turns.length < current.turns.length) {
    send(whole()); // the server has lost the talk: it is told again
    return;
  }
  const was = waiting;
  document.documentElement.classList.remove("restoring");
  if (!current) current = { id: `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`, title: "", named: false, turns: [] };
  const same = JSON.stringify(current.turns) === JSON.stringify(bare(turns));
  current.turns = bare(turns);
  if (!current.named) current.title = turns[0].question.replace(/\s+/g, " ").slice(0, 80);
  if (!same || !current.used) current.used = Date.now();
  const others = load().filter((c) => c.id !== current.id);
  store([current, ...others]);
  tab.set(current.id);
  if (was) isBack();
};

/* Have turns asked again, in a fresh conversation. Gradio may have drawn its buttons and not hear them yet: until the questions
   are on the page, it is told again. */
let sending = 0;
let sent = [];
let shownBefore = ""; // the questions on the page when they were sent
const questions = () => JSON.stringify([...document.querySelectorAll("#chat .typed")].map((n) => n.textContent));

const send = (turns) => {
  if (!turns.length) return;
  waiting = true;
  sent = turns;
  shownBefore = questions();
  const mine = ++sending;
  const there = () => {
    const typed = document.querySelectorAll("#chat .typed");
    return typed.length === turns.length && typed[typed.length - 1].textContent.trim() === shown(turns[turns.length - 1].question).trim();
  };
  const stale = there() ? document.querySelector("#chat .typed") : null; // the same questions, asked once more
  const press = (tries) => {
    const box = document.querySelector("#kept textarea, #kept input");
    const button = document.querySelector("#restore");
    if (mine !== sending) return;
    if (tries === 0) { isBack(); return; }
    if (box && button) {
      type(JSON.stringify({ turns }), box);
      requestAnimationFrame(() => button.click());
    }
    setTimeout(() => { if (!stale && !there()) press(tries - 1); }, 1500);
  };
  press(20);
};

export const isWaiting = () => waiting;

/* What is asked while a chat is on its way back is asked when it is there. */
let held = null;
export const whenBack = (act) => { held = act; };
const isBack = () => {
  waiting = false;
  const act = held;
  held = null;
  if (act) setTimeout(act, 50);
};

/* The chat with what has been asked since it was kept, also where a server that does not know it shows only that. */
const whole = () => {
  const turns = bare(turnsOnPage());
  return current && turns.length < current.turns.length ? [...current.turns, ...turns.slice(-1)] : turns;
};

export const again = () => { if (!waiting) send(whole()); };

/* A chat goes on in what its last question was asked in. */
const goOn = (turns) => choose(turns[turns.length - 1]?.scope || [], { quietly: true });

const openChat = (chat) => {
  stopEditing();
  current = chat;
  tab.set(chat.id);
  goOn(chat.turns);
  send(chat.turns);
  closeDrawer();
  input()?.focus();
};

export const begin = () => {
  current = null;
  sending += 1; // what is on its way back is not wanted any more
  waiting = false;
  held = null;
  stopEditing();
  if (kb) tab.set(null);
};

export const folder = () => kb;

/* Once the folder is known: what was on this tab comes back, unless the address asks something. */
export const start = (folder, linked) => {
  if (started || !folder) return;
  started = true;
  kb = folder;
  const id = tab.get();
  const chat = linked.length ? null : load().find((c) => c.id === id);
  if (linked.length) {
    tab.set(null);
    goOn(linked);
    send(linked);
  } else if (chat) {
    current = chat;
    goOn(chat.turns);
    send(chat.turns);
  } else {
    document.documentElement.classList.remove("restoring");
    keep(); // asked while the folder was still being opened
    offerLast();
  }
};

/* On the empty page: a way back to the chat before. */
export const offerLast = () => {
  const page = document.querySelector("#chat .welcome:not(.opening, .failed)");
  if (!started || current || !page || page.querySelector(".continue")) return;
  const last = load()[0];
  if (!last) return;
  page.append(make("p", { class: "continue" }, "Go on with ", make("button", { type: "button", class: "act", text: last.title || "your last chat", onclick: () => openChat(last) })));
};

/* ---- asking again in other words ---- */

const bar = make("div", { id: "editing", role: "status" });

export const edit = (number, words) => {
  editing = number;
  const later = turnsOnPage().length - number - 1;
  const told = later > 0 ? `Asking question ${number + 1} again; the ${later === 1 ? "one" : later} after it will go.` : `Asking question ${number + 1} again.`;
  bar.replaceChildren(make("span", { text: told }), make("button", { type: "button", class: "act", text: "Cancel", onclick: () => { stopEditing(); type(""); input()?.focus(); } }));
  document.querySelector("#box")?.before(bar);
  const box = type(words);
  if (!box) return;
  box.focus();
  box.setSelectionRange(words.length, words.length);
};

export const stopEditing = () => {
  if (editing === null) return false;
  editing = null;
  bar.remove();
  return true;
};

/* Enter in the box while a question is edited; true if it was taken. */
export const askEdited = (words) => {
  if (editing === null) return false;
  const turns = [...bare(turnsOnPage().slice(0, editing)), { question: words, answer_id: "", scope: scope() }];
  stopEditing();
  type("");
  send(turns);
  return true;
};

/* ---- the list of chats ---- */

const list = make("ul", { class: "chat-list" });
const closing = make("button", { type: "button", class: "icon close", title: "Close (Esc)", "aria-label": "Close the list of chats", onclick: () => closeDrawer() });
const drawer = make("dialog", { id: "chats", "aria-label": "Chats" },
  make("header", {}, make("h2", { text: "Chats" }), closing),
  make("p", { class: "hint", text: "Kept in this browser only." }), list);
drawer.addEventListener("click", (event) => { if (event.target === drawer) closeDrawer(); });

const when = (time) => {
  const days = Math.floor((new Date().setHours(0, 0, 0, 0) - new Date(time).setHours(0, 0, 0, 0)) / 86400000);
  if (days <= 0) return new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return days === 1 ? "yesterday" : new Date(time).toLocaleDateString();
};

const rename = (chat, row) => {
  const box = make("input", { type: "text", value: chat.title, maxlength: "80", "aria-label": "New name of the chat" });
  const done = (take) => {
    if (take && box.value.trim()) {
      const named = { ...chat, title: box.value.trim(), named: true };
      store(load().map((c) => (c.id === chat.id ? named : c)));
      if (current && current.id === chat.id) current = { ...current, title: named.title, named: true };
    }
    fillDrawer();
    drawer.querySelector(`[data-id="${chat.id}"] .rename`)?.focus();
  };
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); done(true); } // or it would press the button that is focused next
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); done(false); }
  });
  row.replaceChildren(box, make("button", { type: "button", class: "act", text: "Keep", onclick: () => done(true) }));
  box.focus();
  box.select();
};

const remove = (chat) => {
  store(load().filter((c) => c.id !== chat.id));
  if (current && current.id === chat.id) {
    begin();
    document.querySelector("#new")?.click();
  }
  fillDrawer();
  const back = make("button", { type: "button", class: "act", text: "Undo", onclick: () => { store([chat, ...load()]); fillDrawer(); } });
  list.before(make("p", { class: "undo", role: "status" }, `Deleted “${shown(chat.title)}”. `, back));
  back.focus();
};

const fillDrawer = () => {
  drawer.querySelector(".undo")?.remove();
  const all = load();
  list.replaceChildren(...all.map((chat) => {
    const row = make("li", { "data-id": chat.id, class: current && current.id === chat.id ? "on" : null });
    row.append(
      make("button", { type: "button", class: "open", "aria-current": current && current.id === chat.id ? "true" : null, onclick: () => openChat(chat) },
        make("span", { class: "name", text: chat.title || "Chat" }),
        make("small", { text: `${chat.turns.length} ${chat.turns.length === 1 ? "question" : "questions"} · ${when(chat.used)}` })),
      make("button", { type: "button", class: "icon rename", title: "Rename", "aria-label": `Rename “${chat.title}”`, onclick: () => rename(chat, row) }),
      make("button", { type: "button", class: "icon delete", title: "Delete", "aria-label": `Delete “${chat.title}”`, onclick: () => remove(chat) }));
    return row;
  }));
  if (!all.length) list.replaceChildren(make("li", { class: "none", text: "No chats yet." }));
};

export const openDrawer = () => {
  if (!drawer.isConnected) document.body.append(drawer);
  fillDrawer();
  drawer.showModal();
  (drawer.querySelector(".chat-list .open") || closing).focus();
};
export const closeDrawer = () => { if (drawer.open) drawer.close(); };

/* ---- as a file ---- */

const menu = make("dialog", { id: "save", "aria-label": "Save this chat" });
menu.addEventListener("click", (event) => { if (event.target === menu) menu.close(); });

export const openSave = () => {
  if (!menu.isConnected) document.body.append(menu);
  const turns = bare(turnsOnPage());
  const title = (current && current.title) || (turns[0] && turns[0].question.slice(0, 80)) || "Chat";
  const name = title.normalize("NFKD").replace(/[^\w-]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "chat";
  const save = (form, ending, kind) => async (event) => {
    try {
      const told = await call("/api/export", { turns, title, form });
      download(`${name}.${ending}`, typeof told === "string" ? told : `${JSON.stringify(told, null, 2)}\n`, kind);
      menu.close();
      say("Saved");
    } catch (error) {
      answerOn(event.target, String(error.message || error));
    }
  };
  menu.replaceChildren(make("h2", { text: "Save this chat" }),
    ...(turns.length ? [
      make("p", { class: "hint", text: "With every citation, and the hash of the files it was asked of." }),
      make("button", { type: "button", class: "choice", text: "Markdown, to read", onclick: save("markdown", "md", "text/markdown") }),
      make("button", { type: "button", class: "choice", text: "JSON, with everything", onclick: save("json", "json", "application/json") }),
    ] : [make("p", { class: "hint", text: "Nothing has been asked yet." })]),
    make("button", { type: "button", class: "choice quiet", text: "Close", onclick: () => menu.close() }));
  menu.showModal();
  menu.querySelector("button")?.focus();
};
