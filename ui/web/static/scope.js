/* What is asked where several folders are one knowledge base: all of them, or some. Kept with each question of a chat, and as
   the choice for the next one. Documents may come in a link; they are shown, and can be left again. */
import { make, say, settings, type } from "./dom.js";

let kb = "";
let folders = [];
let chosen = []; // [] is everything
let onChange = () => {};

const same = (a, b) => a.length === b.length && a.every((name) => b.includes(name));

export const scope = () => chosen;

/* The scope of a question on the page, as the server wrote it beside it. */
export const scopeOf = (typed) => [...(typed.parentElement?.querySelectorAll(".within b") || [])].map((n) => n.textContent);

const words = () => (chosen.length ? chosen.join(", ") : `all ${folders.length} folders`);

const label = make("span", { class: "what" });
const button = make("button", { type: "button", class: "act", "aria-haspopup": "dialog", onclick: () => open() }, label);
const bar = make("div", { id: "scope" }, make("span", { class: "lead", text: "Ask in" }), button);

const place = () => {
  if (!folders.length) { bar.remove(); return; }
  const box = document.querySelector("#box");
  if (box && !bar.isConnected) box.before(bar);
  label.textContent = words();
  bar.classList.toggle("some", chosen.length > 0);
  button.setAttribute("aria-label", `Ask in ${words()}. Change.`);
};

/* Gradio may draw its boxes again; what is asked has to stand in them whenever a question goes. */
const hand = () => {
  const box = document.querySelector("#within textarea, #within input");
  const wanted = chosen.length ? JSON.stringify(chosen) : "";
  if (box && box.value !== wanted) type(wanted, box);
};
export const settle = () => { place(); hand(); };

export const choose = (names, { quietly = false } = {}) => {
  const next = folders.length && folders.every((f) => names.includes(f)) ? [] : [...names];
  if (same(next, chosen)) { settle(); return; }
  chosen = next;
  settings.set(`scope:${kb}`, JSON.stringify(chosen));
  settle();
  if (!quietly) say(`Asking in ${words()}.`);
  onChange();
};

/* ---- the choice ---- */

const list = make("ul", { class: "scope-list" });
const dialog = make("dialog", { id: "scopes", "aria-label": "What to ask" },
  make("h2", { text: "Ask in" }), make("p", { class: "hint", text: "Answers come from the folders chosen, as if there were no others." }), list,
  make("div", { class: "row" },
    make("button", { type: "button", class: "choice quiet", text: "All folders", onclick: () => { choose([]); fill(); } }),
    make("button", { type: "button", class: "choice go", text: "Done", onclick: () => dialog.close() })));
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener("close", () => document.querySelector("#box textarea")?.focus());

const fill = () => {
  const others = chosen.filter((name) => !folders.includes(name));
  list.replaceChildren(...[...folders, ...others].map((name) => make("li", {}, make("label", {},
    make("input", { type: "checkbox", value: name, checked: !chosen.length || chosen.includes(name), onchange: (event) => {
      const on = [...list.querySelectorAll("input:checked")].map((n) => n.value);
      if (!on.length) { event.target.checked = true; return; } // nothing cannot be asked
      choose(on);
    } }), make("span", { text: name })))));
};

const open = () => {
  if (!dialog.isConnected) document.body.append(dialog);
  fill();
  dialog.showModal();
  dialog.querySelector("input")?.focus();
};

/* ---- once the folders are known ---- */

export const start = (folder, names, whenChanged) => {
  const first = !kb;
  kb = folder;
  folders = names;
  onChange = whenChanged;
  if (first && !chosen.length) {
    let kept = [];
    try { kept = JSON.parse(settings.get(`scope:${kb}`) || "[]"); } catch { /* then everything is asked */ }
    if (folders.length && Array.isArray(kept) && kept.every((name) => typeof name === "string")) choose(kept, { quietly: true });
  }
  settle();
};
