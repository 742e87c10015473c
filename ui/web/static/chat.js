/* The page's own script: the source pane, questions as buttons, keys.

   The pane is built from /api/source with textContent only: nothing from a file is ever read as HTML. It hangs beside
   Gradio's page, not in it, so a new answer never disturbs what is being read. */
(() => {
  "use strict";

  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "text") node.textContent = value;
      else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children);
    return node;
  };

  const say = (() => {
    // One polite region of ours for what happens outside the conversation.
    const region = make("div", { class: "sr", role: "status", "aria-live": "polite" });
    return (words) => {
      if (!region.isConnected) document.body.append(region);
      region.textContent = "";
      requestAnimationFrame(() => { region.textContent = words; });
    };
  })();

  /* ---- source pane ---- */

  const pane = (() => {
    const close = make("button", { class: "icon", type: "button", title: "Close (Esc)", "aria-label": "Close the source" , text: "✕" });
    const before = make("button", { class: "icon", type: "button", title: "Previous source of this answer", "aria-label": "Previous source", text: "‹" });
    const after = make("button", { class: "icon", type: "button", title: "Next source of this answer", "aria-label": "Next source", text: "›" });
    const count = make("span", { class: "count" });
    const title = make("h2", { tabindex: "-1" });
    const path = make("p", { class: "path" });
    const body = make("div", { class: "pane-body", tabindex: "0", role: "group", "aria-label": "Text of the source" });
    const root = make("aside", { id: "source", "aria-label": "Source", hidden: true },
      make("header", {}, make("div", { class: "pane-title" }, title, path), make("div", { class: "pane-tools" }, before, count, after, close)), body);

    let opener = null; // the chip that was clicked: Esc goes back to it
    let chips = []; // of the same answer, one per marker
    let place = -1;
    let asked = 0; // replies that come late are dropped

    const show = (open) => {
      if (!root.isConnected) document.body.append(root);
      root.hidden = !open;
      document.documentElement.classList.toggle("with-source", open);
    };

    const mark = (chip) => {
      document.querySelectorAll("a.cite.on").forEach((c) => c.classList.remove("on"));
      if (!chip) return;
      const answer = chip.closest(".answer");
      const href = chip.getAttribute("href");
      (answer || document).querySelectorAll("a.cite").forEach((c) => c.classList.toggle("on", c.getAttribute("href") === href));
    };

    const shut = () => {
      if (root.hidden) return false;
      show(false);
      mark(null);
      asked += 1;
      const back = opener && opener.isConnected ? opener : document.querySelector("#box textarea");
      if (back) back.focus({ preventScroll: false });
      return true;
    };

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
      return make("div", { class: "pane-table" }, ...parts);
    };

    const lineOf = (view, number, content) => {
      const cited = number >= view.lines[0] && number <= view.lines[1] && view.found !== "gone";
      const marked = view.marked.find((m) => m.line === number);
      const words = make("span", { class: "words" });
      if (marked) words.append(marked.before, make("mark", { text: marked.quote }), marked.after);
      else words.textContent = content || " ";
      return make("div", { class: cited ? "line hl" : "line", id: `line-${number}` }, make("span", { class: "number", "aria-hidden": "true", text: number }), words);
    };

    const linesOf = (view) => make("div", { class: "lines" }, ...view.text.map((content, i) => lineOf(view, view.first_line + i, content)));

    const fetchView = async (query) => {
      const reply = await fetch(`/api/source?${query}`, { headers: { Accept: "application/json" } });
      const found = await reply.json().catch(() => ({}));
      if (!reply.ok) throw new Error(found.error || `The server said ${reply.status}.`);
      return found;
    };

    /* Buttons above and below a part of a long file, each of which puts the next part in its own place. */
    const more = (view, words, at, until, where) => {
      const button = make("button", { class: "more", type: "button", text: words });
      button.addEventListener("click", async () => {
        button.disabled = true;
        try {
          const part = await fetchView(new URLSearchParams({ document: view.document, at: String(at) }));
          part.lines = view.lines; part.found = view.found; part.marked = [];
          part.text = part.text.slice(0, until - at + 1);
          const anchor = button.nextElementSibling; // what is being read stays where it is on the screen
          const top = anchor ? anchor.getBoundingClientRect().top : 0;
          const nodes = [linesOf(part)];
          const end = part.first_line + part.text.length - 1;
          if (where === "after" && end < part.total_lines) nodes.push(more(view, "Later lines", end + 1, part.total_lines, "after"));
          if (where === "before" && at > 1) nodes.unshift(earlier(view, at));
          button.replaceWith(...nodes);
          if (where === "before" && anchor) body.scrollTop += anchor.getBoundingClientRect().top - top;
        } catch (error) {
          button.disabled = false;
          say(String(error.message || error));
        }
      });
      return button;
    };
    const earlier = (view, first) => more(view, "Earlier lines", Math.max(1, first - 2000), first - 1, "before");

    const outlineOf = (view) => {
      if (view.outline.length < 2) return null;
      const inside = (line) => line >= view.first_line && line < view.first_line + view.text.length;
      const items = view.outline.filter((o) => inside(o.line)).slice(0, 500).map((o) => {
        const link = make("button", { type: "button", class: `level-${o.level}`, text: o.title });
        link.addEventListener("click", () => {
          const target = body.querySelector(`#line-${o.line}`);
          if (target) target.scrollIntoView({ block: "start" });
        });
        return make("li", {}, link);
      });
      return make("details", { class: "outline" }, make("summary", { text: "Contents of this file" }), make("ul", {}, ...items));
    };

    const fill = (view) => {
      title.textContent = view.document;
      const [first, last] = view.lines;
      const where = first === last ? `line ${first}` : `lines ${first}–${last}`;
      path.textContent = [...view.section, where].join(" › ");
      const parts = [];
      if (view.found === "gone") parts.push(make("p", { class: "note warn", text: "This file has changed since the answer was given: the quoted words are not in it any more." }));
      if (view.found === "moved") parts.push(make("p", { class: "note", text: "This file has changed since the answer was given: the quoted words now stand here." }));
      const outline = outlineOf(view);
      if (outline) parts.push(outline);
      if (view.table) parts.push(tableOf(view));
      if (view.first_line > 1) parts.push(earlier(view, view.first_line));
      parts.push(linesOf(view));
      const end = view.first_line + view.text.length - 1;
      if (end < view.total_lines) parts.push(more(view, "Later lines", end + 1, view.total_lines, "after"));
      body.replaceChildren(...parts);
      body.setAttribute("aria-busy", "false");
      const table = body.querySelector(".pane-table");
      const lit = body.querySelector(".line.hl");
      body.classList.toggle("many", view.text.length > 500);
      const settle = () => {
        const cell = table && table.querySelector(".cell");
        if (cell) {
          table.scrollTop = Math.max(0, cell.offsetTop + cell.offsetHeight / 2 - table.clientHeight / 2);
          const labels = cell.parentElement.firstElementChild.offsetWidth; // they stay in sight on the left
          table.scrollLeft = Math.max(0, cell.offsetLeft + cell.offsetWidth / 2 - (table.clientWidth + labels) / 2);
        }
        if (!lit) {
          body.scrollTop = 0;
          return;
        }
        // The table stays in sight above (it is sticky); the lines are shown in what is left below it.
        const above = table ? table.offsetHeight : 0;
        const room = body.clientHeight - above;
        const top = lit.getBoundingClientRect().top - body.getBoundingClientRect().top + body.scrollTop;
        body.scrollTop = Math.max(0, top - above - Math.max(24, (room - lit.offsetHeight) / 3));
      };
      settle();
      // Lines that were never on screen have guessed heights; once they are, the place is known.
      requestAnimationFrame(() => { settle(); requestAnimationFrame(settle); });
    };

    const open = async (chip, { focus = true, from = chip } = {}) => {
      const query = new URLSearchParams(chip.getAttribute("href").slice(1));
      const answer = chip.closest(".answer");
      const seen = new Set();
      chips = [...(answer ? answer.querySelectorAll("a.cite") : [chip])].filter((c) => {
        const href = c.getAttribute("href");
        return !seen.has(href) && seen.add(href);
      });
      place = chips.findIndex((c) => c.getAttribute("href") === chip.getAttribute("href"));
      opener = from;
      query.delete("src");
      const mine = ++asked;
      body.setAttribute("aria-busy", "true");
      mark(chip);
      count.textContent = chips.length > 1 ? `${place + 1} of ${chips.length}` : "";
      before.hidden = after.hidden = chips.length < 2;
      try {
        const view = await fetchView(query);
        if (mine !== asked) return;
        show(true);
        fill(view);
        if (focus) title.focus({ preventScroll: true });
      } catch (error) {
        if (mine !== asked) return;
        show(true);
        title.textContent = query.get("document") || "Source";
        path.textContent = "";
        body.setAttribute("aria-busy", "false");
        body.replaceChildren(make("p", { class: "note warn", text: `The source cannot be shown. ${error.message || error}` }));
        if (focus) title.focus({ preventScroll: true });
      }
    };

    const step = (by) => {
      if (!chips.length) return;
      const next = chips[(place + by + chips.length) % chips.length];
      if (next) open(next, { focus: false, from: next });
    };
    close.addEventListener("click", shut);
    before.addEventListener("click", () => step(-1));
    after.addEventListener("click", () => step(1));
    return { open, shut, holds: (node) => root.contains(node) };
  })();

  /* ---- asking ---- */

  const input = () => document.querySelector("#box textarea");

  const type = (words) => {
    const box = input();
    if (!box) return null;
    // Svelte listens to the event, and the value must be set past its own setter.
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, words);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    return box;
  };

  const ask = (question) => {
    const box = type(question);
    if (!box) return;
    box.focus();
    requestAnimationFrame(() => box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true, cancelable: true }))
      && box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", code: "Enter", bubbles: true, cancelable: true })));
  };

  const copy = async (button) => {
    const answer = button.closest(".answer");
    const body = answer.querySelector(".body").cloneNode(true);
    body.querySelectorAll("a.cite").forEach((c) => c.replaceWith(` [${c.lastChild.textContent}]`));
    body.querySelectorAll("td,th").forEach((c) => c.append("\t"));
    body.querySelectorAll("p,li,tr,pre,h4").forEach((c) => c.append("\n"));
    const lines = [body.textContent.replace(/\t\n/g, "\n").replace(/\n{2,}/g, "\n").trim()];
    answer.querySelectorAll(".cited li").forEach((li) => {
      const [number, label] = li.querySelector("a").children;
      lines.push(`[${number.textContent}] ${label.textContent} (${li.querySelector("small").textContent})`);
    });
    const words = lines.join("\n");
    try {
      await navigator.clipboard.writeText(words);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Cannot copy";
    }
    say(button.textContent);
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target || event.metaKey || event.ctrlKey) return;
    const chip = target.closest('a[href^="#src="]');
    if (chip) {
      event.preventDefault();
      pane.open(chip);
      return;
    }
    const asking = target.closest("button.ask");
    if (asking) {
      event.preventDefault();
      ask(asking.getAttribute("title") || asking.textContent);
      return;
    }
    const copying = target.closest("button.copy");
    if (copying && copying.closest(".answer")) {
      event.preventDefault();
      copy(copying);
    }
  });

  /* ---- keys ---- */

  const history = []; // what was asked in this tab
  let recalled = -1;

  document.addEventListener("keydown", (event) => {
    const box = input();
    const typing = event.target instanceof Element && event.target.matches("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && !event.isComposing) {
      if (pane.shut()) event.preventDefault();
    } else if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && box) {
      event.preventDefault();
      box.focus();
    } else if (event.target === box && event.key === "Enter" && !event.shiftKey && box.value.trim()) {
      history.push(box.value);
      recalled = -1;
    } else if (event.target === box && event.key === "ArrowUp" && history.length && (box.value === "" || recalled >= 0)) {
      event.preventDefault();
      recalled = recalled < 0 ? history.length - 1 : Math.max(0, recalled - 1);
      type(history[recalled]);
    } else if (event.target === box && event.key === "ArrowDown" && recalled >= 0) {
      event.preventDefault();
      recalled += 1;
      if (recalled >= history.length) recalled = -1;
      type(recalled < 0 ? "" : history[recalled]);
    }
  }, true);

  /* ---- while the folder is opened; a question in the page's address ---- */

  let watching = false;
  const watch = async () => {
    if (watching) return;
    watching = true;
    try {
      for (;;) {
        const reply = await fetch("/api/health").then((r) => r.json()).catch(() => null);
        if (reply && reply.state !== "opening") break;
        if (reply) {
          const known = reply.total > 0;
          const words = known ? `${reply.stage} (${reply.done.toLocaleString("en")} of ${reply.total.toLocaleString("en")}) …` : `${reply.stage} …`;
          document.querySelectorAll("#chat .stage").forEach((node) => { node.textContent = words; });
          const bar = document.querySelector("#chat .bar span");
          if (bar && known) {
            bar.classList.remove("unknown");
            bar.style.width = `${Math.min(100, 100 * reply.done / reply.total)}%`;
          }
        }
        await new Promise((wake) => setTimeout(wake, 400));
      }
      document.querySelector("#refresh")?.click();
    } finally {
      setTimeout(() => { watching = false; }, 1000);
    }
  };

  let linked = new URLSearchParams(location.search).get("q");

  /* ---- mending what Gradio draws ---- */

  const mend = (root) => {
    // Gradio labels every bubble with its raw HTML, which a screen reader would read out in place of the answer.
    root.querySelectorAll?.('[data-testid="bot"][aria-label], [data-testid="user"][aria-label], #chat .message[aria-label], #chat [aria-label*="<div"]').forEach((node) => {
      node.removeAttribute("aria-label");
    });
    const box = input();
    if (box && !box.getAttribute("aria-label")) box.setAttribute("aria-label", "Your question");
    document.querySelectorAll("#box button").forEach((button) => {
      if (!button.getAttribute("aria-label")) button.setAttribute("aria-label", "Ask");
    });
  };

  let newest = ""; // the last question on the page and how many are answered, to know when something has come
  const settle = () => {
    mend(document);
    if (document.querySelector("#chat .opening")) watch();
    if (linked && document.querySelector("#chat .welcome") && input()) {
      ask(linked.trim().slice(0, 4000));
      linked = null;
    }
    const asked = document.querySelectorAll("#chat .typed");
    const last = asked[asked.length - 1];
    const now = last ? `${asked.length} ${document.querySelectorAll("#chat .answer").length} ${last.textContent}` : "";
    if (now === newest) return;
    newest = now;
    const scroller = document.querySelector("#chat .bubble-wrap");
    if (!last || !scroller) return;
    // The newest question goes to the top, so that its answer is read from its first line.
    const top = last.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
    scroller.scrollTo({ top: Math.max(0, top - 24), behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };
  let due = 0;
  new MutationObserver(() => {
    if (!due) due = requestAnimationFrame(() => { due = 0; settle(); });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
