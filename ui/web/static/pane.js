/* The source pane: a cited place in its document. It hangs beside Gradio's page, not in it, so a new answer never disturbs
   what is being read. */
import { answerOn, call, input, make, say, settings, shown, toClipboard } from "./dom.js";
import { light, paperOf } from "./paper.js";

const icon = (name, words, handler, extra = {}) => make("button", { class: `icon ${name}`, type: "button", title: words, "aria-label": words, onclick: handler, ...extra });

const before = icon("back", "Previous source of this answer", () => step(-1));
const after = icon("on", "Next source of this answer", () => step(1));
const count = make("span", { class: "count" });
const title = make("h2", { tabindex: "-1" });
const path = make("p", { class: "path" });
const body = make("div", { class: "pane-body", tabindex: "0", role: "group", "aria-label": "Text of the source" });
const asText = make("button", { class: "mode", type: "button", text: "Document", onclick: () => setMode("paper") });
const asLines = make("button", { class: "mode", type: "button", text: "Lines", onclick: () => setMode("lines") });
const contents = make("button", { class: "mode outline-button", type: "button", text: "Contents", "aria-expanded": "false", onclick: () => toggleOutline() });
const linking = make("button", { class: "mode", type: "button", text: "Copy link", title: "Copy a link to this place", onclick: () => copyLink() });
const editing = make("a", { class: "mode", rel: "noopener noreferrer", target: "_blank", text: "Edit", title: "Edit this line on the web" });
const outlineBox = make("nav", { class: "outline", "aria-label": "Contents of this file", hidden: true });
const earlier = make("p", { class: "earlier", role: "status", hidden: true });
const root = make("aside", { id: "source", "aria-label": "Source", hidden: true },
  make("header", {},
    make("div", { class: "pane-title" }, title, path),
    make("div", { class: "pane-tools" }, before, count, after, icon("close", "Close the source (Esc)", () => shut()))),
  make("div", { class: "pane-bar" }, make("span", { class: "modes", role: "group", "aria-label": "How it is shown" }, asText, asLines), contents, linking, editing),
  earlier, outlineBox, body);

let opener = null; // the chip that was clicked: Esc goes back to it
let owner = ""; // id of the answer it stands in, "" where none was asked
let chips = []; // of the same answer, one per marker
let place = -1;
let asked = 0; // replies that come late are dropped
let mode = settings.get("pane") === "lines" ? "lines" : "paper";
let now = null; // {query, view, paper}: what is shown
const papers = new Map(); // document -> promise of its nodes; emptied when the files change

export const forget = () => papers.clear();

const show = (open) => {
  if (!root.isConnected) document.body.append(root);
  root.hidden = !open;
  document.documentElement.classList.toggle("with-source", open);
};

const mark = (chip) => {
  document.querySelectorAll("a.cite.on").forEach((c) => { c.classList.remove("on"); c.removeAttribute("aria-current"); });
  if (!chip) return;
  const href = chip.getAttribute("href");
  (chip.closest(".answer") || document).querySelectorAll("a.cite").forEach((c) => {
    if (c.getAttribute("href") !== href) return;
    c.classList.add("on");
    c.setAttribute("aria-current", "true");
  });
};

/* What is being read stays when the next answer comes, and says that it is of the one before; an emptied chat takes it along. */
export const follow = () => {
  if (root.hidden || !owner) return;
  const answers = [...document.querySelectorAll("#chat .answer")];
  if (!answers.length && !document.querySelector("#chat .typed")) {
    owner = "";
    show(false);
    return;
  }
  const newest = answers[answers.length - 1];
  const since = newest && newest.id !== owner ? newest.id : "";
  if (earlier.dataset.since === since) return;
  earlier.dataset.since = since;
  earlier.hidden = !since;
  if (!since) return;
  const chip = newest.querySelector(".body a.cite");
  earlier.replaceChildren("A source of an earlier answer. ",
    ...(chip ? [make("button", { type: "button", class: "act", text: "Show that of the new one", onclick: () => open(chip, { focus: false }) })] : []));
};

export const shut = () => {
  if (root.hidden) return false;
  if (!outlineBox.hidden) {
    toggleOutline(false);
    contents.focus();
    return true;
  }
  show(false);
  mark(null);
  asked += 1;
  const back = opener && opener.isConnected ? opener : input();
  if (back) back.focus({ preventScroll: false });
  return true;
};

/* ---- the file line by line ---- */

const tableOf = (view) => {
  const { columns, rows, row, column, first_row, total_rows } = view.table;
  const head = make("tr", {}, ...columns.map((c, i) => make("th", { scope: "col", class: i === column ? "label" : null, text: c })));
  const lines = rows.map((r, j) => make("tr", {}, ...r.cells.map((cell, i) => {
    const name = j === row && i === column ? "cell" : j === row && i === 0 ? "label" : null;
    return make(i === 0 ? "th" : "td", { class: name, scope: i === 0 ? "row" : null, text: cell });
  })));
  const parts = [make("table", {}, make("thead", {}, head), make("tbody", {}, ...lines))];
  if (rows.length < total_rows) {
    parts.push(make("p", { class: "note", text: `Rows ${first_row} to ${first_row + rows.length - 1} of ${total_rows.toLocaleString("en")}` }));
  }
  return make("div", { class: "pane-table", tabindex: "0", role: "group", "aria-label": "The cited table" }, ...parts);
};

const lineOf = (view, number, content) => {
  const cited = number >= view.lines[0] && number <= view.lines[1] && view.found !== "gone";
  const marked = view.marked.find((m) => m.line === number);
  const words = make("span", { class: "words" });
  if (marked) words.append(shown(marked.before), make("mark", { text: marked.quote }), shown(marked.after));
  else words.textContent = shown(content) || " ";
  return make("div", { class: cited ? "line hl" : "line", id: `line-${number}` }, make("span", { class: "number", "aria-hidden": "true", text: number }), words);
};

const linesOf = (view) => make("div", { class: "lines" }, ...view.text.map((content, i) => lineOf(view, view.first_line + i, content)));

/* Buttons above and below a part of a long file, each of which puts the next part in its own place. */
const more = (view, words, at, until, where) => {
  const button = make("button", { class: "more", type: "button", text: words });
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const part = await call(`/api/source?${new URLSearchParams({ document: view.document, at: String(at) })}`);
      part.lines = view.lines; part.found = view.found; part.marked = [];
      part.text = part.text.slice(0, until - at + 1);
      const anchor = button.nextElementSibling; // what is being read stays where it is on the screen
      const top = anchor ? anchor.getBoundingClientRect().top : 0;
      const nodes = [linesOf(part)];
      const end = part.first_line + part.text.length - 1;
      if (where === "after" && end < part.total_lines) nodes.push(more(view, "Later lines", end + 1, part.total_lines, "after"));
      if (where === "before" && at > 1) nodes.unshift(linesBefore(view, at));
      button.replaceWith(...nodes);
      if (where === "before" && anchor) body.scrollTop += anchor.getBoundingClientRect().top - top;
    } catch (error) {
      button.disabled = false;
      say(String(error.message || error));
    }
  });
  return button;
};
const linesBefore = (view, first) => more(view, "Earlier lines", Math.max(1, first - 2000), first - 1, "before");

/* ---- filling ---- */

const notes = (view) => {
  if (view.found === "gone") return [make("p", { class: "note warn", text: "This file has changed since the answer was given: the quoted words are not in it any more." })];
  if (view.found === "moved") return [make("p", { class: "note", text: "This file has changed since the answer was given: the quoted words now stand here." })];
  return [];
};

const toMiddle = (target, share = 3) => {
  const top = target.getBoundingClientRect().top - body.getBoundingClientRect().top + body.scrollTop;
  const sticky = body.querySelector(".pane-table");
  const above = sticky ? sticky.offsetHeight : 0;
  const room = body.clientHeight - above;
  body.scrollTop = Math.max(0, top - above - Math.max(24, (room - target.offsetHeight) / share));
};

const centreCell = (box, cell) => {
  const head = box.querySelector("thead").offsetHeight; // stays in sight above
  const room = box.clientHeight - head;
  box.scrollTop = Math.max(0, cell.offsetTop - head - Math.max(0, (room - cell.offsetHeight) / 2));
  const labels = cell.parentElement.firstElementChild.offsetWidth; // they stay in sight on the left
  box.scrollLeft = Math.max(0, cell.offsetLeft + cell.offsetWidth / 2 - (box.clientWidth + labels) / 2);
};

const fillPaper = () => {
  const { view, paper, query } = now;
  const target = light(paper, view, query.get("quote") || "");
  const held = !target && view.table ? [tableOf(view)] : [];
  body.replaceChildren(...notes(view), ...held, paper);
  const settle = () => {
    const cell = target && target.matches(".cell") ? target : null;
    if (cell) {
      const box = cell.closest(".paper-table");
      box.scrollLeft = Math.max(0, cell.offsetLeft + cell.offsetWidth / 2 - (box.clientWidth + cell.parentElement.firstElementChild.offsetWidth) / 2);
    }
    if (held.length) centreCell(held[0], held[0].querySelector(".cell"));
    if (target) toMiddle(target, 2.5);
    else if (view.found === "unasked" || held.length) toMiddle(nearLine(view.lines[0]) || paper);
    else body.scrollTop = 0;
  };
  settle();
  requestAnimationFrame(settle);
};

const nearLine = (line) => {
  let best = null;
  for (const block of now.paper.querySelectorAll("[data-first]")) {
    if (Number(block.dataset.first) > line) break;
    best = block;
  }
  return best;
};

const fillLines = () => {
  const { view } = now;
  const parts = [...notes(view)];
  if (view.table) parts.push(tableOf(view));
  if (view.first_line > 1) parts.push(linesBefore(view, view.first_line));
  parts.push(linesOf(view));
  const end = view.first_line + view.text.length - 1;
  if (end < view.total_lines) parts.push(more(view, "Later lines", end + 1, view.total_lines, "after"));
  body.replaceChildren(...parts);
  const table = body.querySelector(".pane-table");
  const lit = body.querySelector(".line.hl");
  body.classList.toggle("many", view.text.length > 500);
  const settle = () => {
    const cell = table && table.querySelector(".cell");
    if (cell) centreCell(table, cell);
    if (lit) toMiddle(lit);
    else body.scrollTop = 0;
  };
  settle();
  // Lines that were never on screen have guessed heights; once they are, the place is known.
  requestAnimationFrame(() => { settle(); requestAnimationFrame(settle); });
};

const fill = () => {
  const { view, paper, edit } = now;
  title.textContent = shown(view.document);
  const [first, last] = view.lines;
  const where = first === last ? `line ${first}` : `lines ${first}–${last}`;
  const steps = [...view.section, where];
  path.replaceChildren(...steps.map((step, i) => make("span", { text: i < steps.length - 1 ? `${step} › ` : step })));
  const set = mode === "paper" && paper;
  asText.setAttribute("aria-pressed", String(Boolean(set)));
  asLines.setAttribute("aria-pressed", String(!set));
  asText.disabled = !paper;
  asText.title = paper ? "Set out" : "This file is too large to be set out";
  asLines.title = "Line by line, as it is written";
  editing.hidden = !edit;
  if (edit) editing.href = edit.replace("{first}", first).replace("{last}", last);
  contents.hidden = view.outline.length < 2;
  body.setAttribute("aria-busy", "false");
  body.dataset.mode = set ? "paper" : "lines";
  if (set) fillPaper();
  else fillLines();
};

const setMode = (wanted) => {
  mode = wanted;
  settings.set("pane", mode);
  if (now) fill();
};

const goTo = async (line) => {
  toggleOutline(false);
  if (body.dataset.mode === "paper") {
    const target = nearLine(line);
    if (target) body.scrollTop += target.getBoundingClientRect().top - body.getBoundingClientRect().top - 12;
    return;
  }
  const target = body.querySelector(`#line-${line}`);
  if (target) target.scrollIntoView({ block: "start" });
  else await openAt(new URLSearchParams({ document: now.view.document, first: line, last: line }));
};

const toggleOutline = (open = outlineBox.hidden) => {
  outlineBox.hidden = !open;
  contents.setAttribute("aria-expanded", String(open));
  if (!open || !now) return;
  const items = now.view.outline.slice(0, 1000).map((o) => make("li", {},
    make("button", { type: "button", class: `level-${o.level}`, text: o.title, onclick: () => goTo(o.line) })));
  outlineBox.replaceChildren(make("ul", {}, ...items));
  outlineBox.querySelector("button")?.focus();
};

const copyLink = async () => {
  if (!now) return;
  const query = new URLSearchParams(now.query);
  const link = `${location.origin}/#src=1&${query}`;
  answerOn(linking, (await toClipboard(link)) ? "Copied" : "Cannot copy");
};

const nodesOf = (document) => {
  if (!papers.has(document)) {
    const coming = call(`/api/document?${new URLSearchParams({ document })}`);
    papers.set(document, coming);
    coming.catch(() => papers.delete(document));
    while (papers.size > 8) papers.delete(papers.keys().next().value);
  }
  return papers.get(document);
};

const openAt = async (query, { focus = false } = {}) => {
  const mine = ++asked;
  body.setAttribute("aria-busy", "true");
  try {
    const [view, held] = await Promise.all([call(`/api/source?${query}`), nodesOf(query.get("document") || "")]);
    if (mine !== asked) return;
    if (!held.paper && held.whole) held.paper = paperOf(held);
    now = { query, view, paper: held.whole ? held.paper : null, edit: held.edit };
    show(true);
    fill();
  } catch (error) {
    if (mine !== asked) return;
    now = null;
    show(true);
    title.textContent = shown(query.get("document") || "Source");
    path.textContent = "";
    contents.hidden = editing.hidden = true;
    body.setAttribute("aria-busy", "false");
    body.replaceChildren(make("p", { class: "note warn", text: `The source cannot be shown. ${error.message || error}` }));
  }
  if (focus) title.focus({ preventScroll: true });
};

export const open = async (chip, { focus = true, from = chip } = {}) => {
  const query = new URLSearchParams(chip.getAttribute("href").slice(1));
  const answer = chip.closest(".answer");
  const seen = new Set();
  chips = [...(answer ? answer.querySelectorAll("a.cite") : [chip])].filter((c) => {
    const href = c.getAttribute("href");
    return !seen.has(href) && seen.add(href);
  });
  place = chips.findIndex((c) => c.getAttribute("href") === chip.getAttribute("href"));
  opener = from;
  owner = answer ? answer.id : "";
  follow();
  query.delete("src");
  mark(chip);
  count.textContent = chips.length > 1 ? `${place + 1} of ${chips.length}` : "";
  before.hidden = after.hidden = chips.length < 2;
  toggleOutline(false);
  await openAt(query, { focus });
};

/* A place named in the page's address. */
export const openLinked = (hash) => {
  const query = new URLSearchParams(hash.slice(1));
  query.delete("src");
  chips = [];
  owner = earlier.dataset.since = "";
  earlier.hidden = true;
  count.textContent = "";
  before.hidden = after.hidden = true;
  return openAt(query, { focus: true });
};

const step = (by) => {
  if (!chips.length) return;
  const next = chips[(place + by + chips.length) % chips.length];
  if (next) open(next, { focus: false, from: next });
};
