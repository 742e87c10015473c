/* A document set out as its author meant it, built from the nodes of /api/document, with the cited place lit. */
import { make, shown } from "./dom.js";

const BLOCKS = new Set(["h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "pre", "hr", "dl", "dt", "dd"]);
const INLINE = new Set(["code", "strong", "em", "s", "br", "sup", "sub"]);

const build = (node) => {
  if (typeof node === "string") return document.createTextNode(shown(node));
  let made;
  if (BLOCKS.has(node.t) || INLINE.has(node.t)) made = document.createElement(node.t);
  else if (node.t === "a" && /^(https?:|mailto:)/i.test(node.href || "")) {
    made = make("a", { href: node.href, rel: "noopener noreferrer nofollow", target: "_blank", title: node.href });
  } else made = document.createElement(node.t === "div" ? "div" : "span");
  if (node.l) {
    made.dataset.first = node.l[0];
    made.dataset.last = node.l[1];
  }
  if (node.t === "ol" && node.start) made.start = node.start;
  if (node.html) made.className = "html-words";
  if (node.more) { made.colSpan = 99; made.className = "more-rows"; }
  for (const child of node.c) made.append(build(child));
  if (node.t === "table") return make("div", { class: "paper-table", tabindex: "0", role: "group", "aria-label": "Table" }, made);
  return made;
};

export const paperOf = (view) => make("article", { class: "paper" }, ...view.nodes.map(build));

const squeeze = (words) => words.replace(/[\s*_`~\\[\]()#>|]+/g, "").toLowerCase();

const unlight = (paper) => {
  paper.querySelectorAll(".hl, .cell, .label").forEach((n) => n.classList.remove("hl", "cell", "label"));
  paper.querySelectorAll("mark").forEach((m) => { const p = m.parentNode; m.replaceWith(...m.childNodes); p.normalize(); });
};

/* Put <mark> around the stretch of text that reads like the quote, markup aside. */
const markQuote = (block, quote) => {
  const wanted = squeeze(quote);
  if (!wanted) return;
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const at = []; // for each character that counts: its text node and place there
  let flat = "";
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    for (let i = 0; i < text.data.length; i += 1) {
      const letter = squeeze(text.data[i]);
      if (!letter) continue;
      for (const one of letter) { flat += one; at.push([text, i]); }
    }
  }
  const start = flat.indexOf(wanted);
  if (start < 0) return;
  const pieces = new Map();
  for (const [text, i] of at.slice(start, start + wanted.length)) {
    const piece = pieces.get(text) || [i, i];
    pieces.set(text, [Math.min(piece[0], i), Math.max(piece[1], i)]);
  }
  for (const [text, [from, to]] of pieces) {
    const middle = text.splitText(from);
    middle.splitText(to - from + 1);
    const mark = document.createElement("mark");
    middle.replaceWith(mark);
    mark.append(middle);
  }
};

/* What a cell says, with the marks of its footnotes and without. */
const saidIn = (cell) => {
  const bare = cell.cloneNode(true);
  bare.querySelectorAll("sup").forEach((mark) => mark.remove());
  return [squeeze(cell.textContent), squeeze(bare.textContent)];
};

const lightCell = (paper, view) => {
  const { row: at, column, columns, rows } = view.table;
  const wanted = squeeze(rows[at].cells[column]);
  for (const row of paper.querySelectorAll(`tr[data-first="${rows[at].line}"]`)) {
    const cells = [...row.children];
    const says = (cell) => saidIn(cell).includes(wanted);
    let place = cells[column] && says(cells[column]) ? column : cells.findIndex(says);
    if (place < 0 && cells.length === columns.length) place = column; // set with markup that reads otherwise
    if (place < 0) continue;
    cells[place].classList.add("cell");
    if (place > 0) cells[0].classList.add("label");
    const head = row.closest("table").querySelector("thead tr");
    if (head && head.children[place]) head.children[place].classList.add("label");
    return cells[place];
  }
  return null;
};

/* Light what is cited; the element to scroll to, or null if it is not to be found in this form. */
export const light = (paper, view, quote) => {
  unlight(paper);
  if (view.found === "gone") return null;
  if (view.table) return lightCell(paper, view);
  const [first, last] = view.lines;
  let blocks = [...paper.querySelectorAll("[data-first]")].filter((n) => Number(n.dataset.first) <= last && Number(n.dataset.last) >= first);
  // The smallest ones: a list item rather than its list.
  blocks = blocks.filter((n) => !blocks.some((m) => m !== n && n.contains(m)));
  if (!blocks.length) return null;
  for (const block of blocks) {
    block.classList.add("hl");
    if (quote && view.found !== "unasked") markQuote(block, quote);
  }
  return blocks[0].querySelector("mark") || blocks[0];
};
