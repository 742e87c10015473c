/* What can be done with an answer: copy it, link to it, look behind it, say what is wrong with it. */
import { answerOn, call, make, say, settings, shown, toClipboard } from "./dom.js";
import { turnOf, turnsOnPage, upTo } from "./chats.js";

export const copy = async (button) => {
  const answer = button.closest(".answer");
  const body = answer.querySelector(".body").cloneNode(true);
  body.querySelectorAll(".nb > .sign").forEach((sign) => sign.parentElement.append(sign)); // in plain text a full stop ends the line
  body.querySelectorAll("a.cite").forEach((c) => c.replaceWith(` [${c.lastChild.textContent}]`));
  body.querySelectorAll("td,th").forEach((c) => c.append("\t"));
  body.querySelectorAll("p,li,tr,pre,h4").forEach((c) => c.append("\n"));
  const lines = [body.textContent.replace(/\t\n/g, "\n").replace(/\n{2,}/g, "\n").trim()];
  answer.querySelectorAll(".cited li").forEach((li) => {
    lines.push(`[${li.querySelector("b").textContent}] ${li.querySelector(".label").textContent} (${li.querySelector("small").textContent})`);
  });
  answerOn(button, (await toClipboard(lines.join("\n"))) ? "Copied" : "Cannot copy");
};

/* An answer that rests on the talk before it needs that talk in its link. */
const linkTo = (number) => {
  const rows = [...document.querySelectorAll("#chat .answer, #chat .pending")];
  let first = number;
  while (first > 0 && rows[first] && rows[first].querySelector(".reading")) first -= 1;
  const turns = turnsOnPage().slice(first, number + 1);
  const query = new URLSearchParams();
  turns.forEach((t) => query.append("q", t.question));
  const id = turns[turns.length - 1].answer_id;
  if (id) query.set("a", id);
  (turns[turns.length - 1].scope || []).forEach((name) => query.append("in", name));
  return `${location.origin}/?${query}`;
};

export const link = async (button) => {
  answerOn(button, (await toClipboard(linkTo(turnOf(button)))) ? "Link copied" : "Cannot copy");
};

/* ---- opinions ---- */

const send = (number, kind, note) => call("/api/feedback", { turns: upTo(number), kind, note });

const WRONG = [["down", "Not the answer"], ["wrong_source", "Wrong source"], ["outdated", "Outdated"]];

export const rate = async (button, kind) => {
  const answer = button.closest(".answer");
  const number = turnOf(button);
  answer.querySelector(".opinion")?.remove();
  answer.querySelectorAll(".rate .act").forEach((b) => b.classList.remove("on"));
  if (kind === "up") {
    try {
      await send(number, "up", "");
      button.classList.add("on");
      say("Thank you; kept on this machine.");
    } catch (error) {
      tell(answer, String(error.message || error));
    }
    return;
  }
  let chosen = "down";
  const note = make("input", { type: "text", maxlength: "300", placeholder: "What would be right? (optional)", "aria-label": "What would be right? Optional." });
  const kinds = WRONG.map(([name, words]) => make("button", { type: "button", class: "choice", text: words, "aria-pressed": String(name === chosen), onclick: (event) => {
    chosen = name;
    kinds.forEach((k) => k.setAttribute("aria-pressed", String(k === event.target)));
    note.focus();
  } }));
  const keep = make("button", { type: "button", class: "choice go", text: "Save", onclick: async () => {
    try {
      await send(number, chosen, note.value);
      button.classList.add("on");
      tell(answer, "Thank you. Kept on this machine; to see it:", make("code", { text: "whichops gaps" }));
    } catch (error) {
      tell(answer, String(error.message || error));
    }
  } });
  const box = make("div", { class: "opinion", role: "group", "aria-label": "What is wrong with this answer" },
    make("div", { class: "kinds" }, ...kinds), make("div", { class: "row" }, note, keep));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === note) keep.click();
    if (event.key === "Escape") { event.stopPropagation(); box.remove(); button.focus(); }
  });
  answer.querySelector(".meta").after(box);
  kinds[0].focus();
};

const tell = (answer, words, ...more) => {
  answer.querySelector(".opinion")?.remove();
  answer.querySelector(".meta").after(make("p", { class: "opinion said", role: "status" }, shown(words), " ", ...more));
};

/* Refusals are kept unasked only where the user has said so, and only those that come afterwards. */
const seen = new WeakSet();
const seeAll = () => document.querySelectorAll("#chat .answer button.gap").forEach((button) => seen.add(button));

/* Whether refusals are kept unasked is changed in the same place it was last changed in. */
const alwaysOr = (answer) => {
  const [words, chosen, said] = settings.get("gaps") === "always"
    ? ["Keep only what I report", "", "From now on only what you report is kept."]
    : ["Keep every refused question from now on", "always", "From now on every refused question is kept on this machine."];
  return make("button", { type: "button", class: "act", text: words, onclick: () => {
    settings.set("gaps", chosen);
    if (chosen) seeAll();
    tell(answer, said, alwaysOr(answer));
    answer.querySelector(".opinion .act").focus();
  } });
};

export const reportGap = async (button, { quietly = false } = {}) => {
  seen.add(button);
  const answer = button.closest(".answer");
  try {
    await send(turnOf(button), "gap", "");
    button.textContent = "Reported";
    button.disabled = true;
    if (quietly) return;
    tell(answer, "Kept on this machine for whoever maintains the files.", alwaysOr(answer));
  } catch (error) {
    if (!quietly) tell(answer, String(error.message || error));
  }
};

export const reportNew = (restored) => {
  if (settings.get("gaps") !== "always") return;
  document.querySelectorAll("#chat .answer button.gap").forEach((button) => {
    if (seen.has(button)) return;
    seen.add(button);
    if (!restored) reportGap(button, { quietly: true });
  });
};

/* ---- how it was answered ---- */

const row = (...cells) => make("tr", {}, ...cells.map((c, i) => (typeof c === "object" ? c : make(i ? "td" : "th", { text: c, scope: i ? null : "row" }))));

export const explain = async (details) => {
  if (details.querySelector(".behind")) return;
  const box = make("div", { class: "behind", "aria-busy": "true" }, make("p", { class: "hint", text: "Looking …" }));
  const inside = details.querySelector("details.developers");
  inside.before(box);
  try {
    const told = await call("/api/explain", { turns: upTo(turnOf(details)) });
    const parts = [];
    const numbers = []; // for those who know the program from within
    if (told.why) parts.push(make("p", { class: "hint", text: told.why }));
    if (told.rests.length) {
      parts.push(make("p", { class: "sub", text: "It rests on" }), make("ul", { class: "rests" }, ...told.rests.map((r) =>
        make("li", {}, make("code", { text: r.text }), make("small", { title: `Characters ${r.characters[0]} to ${r.characters[1]} of the file`, text: ` ${r.place}` })))));
    }
    if (told.measured.length) {
      numbers.push(make("p", { class: "sub", text: "Measured" }), make("table", { class: "numbers" }, make("tbody", {}, ...told.measured.map((m) =>
        row(make("td", { text: m.words }), make("td", { text: `${m.value}, ${m.needs} needed`, class: m.met ? "met" : "unmet" }))))));
    }
    if (told.weighed.length) {
      const head = make("thead", {}, make("tr", {}, ...["Fact", "Found", "Near", "Points"].map((h) => make("th", { scope: "col", text: h }))));
      numbers.push(make("p", { class: "sub", text: "What was weighed" }), make("table", { class: "numbers" }, head, make("tbody", {}, ...told.weighed.map((w) =>
        make("tr", { class: w.used ? "used" : null }, make("td", {}, make("span", { text: w.value }), make("small", { text: `${w.used ? "used · " : ""}${w.place}` })),
          make("td", { text: `${Math.round(100 * w.found)} %` }), make("td", { text: w.near.toFixed(2) }), make("td", { text: w.points.toFixed(2) }))))),
      make("p", { class: "hint", text: "Found: share of the question that stands at the fact. Near: cosine of the two. Points: what facts are ranked by." }));
    }
    inside.append(make("div", { class: "numbers-behind" }, ...numbers));
    box.replaceChildren(...(parts.length ? parts : [make("p", { class: "hint", text: "It rests on no text of the files." })]));
  } catch (error) {
    box.replaceChildren(make("p", { class: "hint", text: String(error.message || error) }));
  }
  box.setAttribute("aria-busy", "false");
};
