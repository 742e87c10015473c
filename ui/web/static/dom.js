/* Small things every part of the page uses. Text goes in as text: nothing is ever read as HTML. */

// NUL and the controls that reorder text on screen are shown as what they are, so that nothing can hide behind them.
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
export const shown = (words) => String(words).replace(UNSEEN, "\ufffd");

export const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = shown(value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
};

/* One polite region of ours for what happens outside the conversation. */
const region = make("div", { class: "sr", role: "status", "aria-live": "polite" });
export const say = (words) => {
  if (!region.isConnected) document.body.append(region);
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = words; });
};

export const LONGEST = 4000; // characters of a question; as MAX_QUESTION of replay.py

export const input = () => document.querySelector("#box textarea");

/* Put words into one of Gradio's boxes: it listens to the event, and the value must be set past its own setter. */
export const type = (words, box = input()) => {
  if (!box) return null;
  const kind = box instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(box, words);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  return box;
};

export const ask = (question) => {
  const box = type(question);
  if (!box) return;
  box.focus();
  requestAnimationFrame(() => {
    for (const name of ["keydown", "keypress"]) box.dispatchEvent(new KeyboardEvent(name, { key: "Enter", code: "Enter", bubbles: true, cancelable: true }));
  });
};

/* A request to our own server. Raises an Error whose message is for the user. */
export const call = async (path, body) => {
  const asked = body === undefined ? { headers: { Accept: "application/json" } }
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let reply;
  try {
    reply = await fetch(path, asked);
  } catch {
    throw new Error("The server does not answer. Is `whichops ui` still running?");
  }
  const kind = reply.headers.get("content-type") || "";
  const found = kind.includes("json") ? await reply.json().catch(() => ({})) : await reply.text();
  if (!reply.ok) throw new Error(found.error || `The server said ${reply.status}.`);
  return found;
};

export const toClipboard = async (words) => {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return false;
  }
};

/* Say on a button what came of it, for a moment. */
export const answerOn = (button, words) => {
  const before = button.dataset.words || button.textContent;
  button.dataset.words = before;
  button.textContent = words;
  say(words);
  setTimeout(() => { button.textContent = before; }, 1600);
};

export const download = (name, words, kind) => {
  const link = make("a", { href: URL.createObjectURL(new Blob([words], { type: kind })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};

export const settings = {
  get: (name) => { try { return localStorage.getItem(`whichops:${name}`); } catch { return null; } },
  set: (name, value) => { try { localStorage.setItem(`whichops:${name}`, value); } catch { /* a private window; the choice lasts as long as the page */ } },
};
