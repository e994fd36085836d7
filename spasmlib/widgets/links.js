// Three columns of buttons with bands between them. The buttons carry everything that the
// bands show: signs beside what is linked, and for screen readers the same in words.

const STACKED_BELOW = 560; // px of room; below it the columns stand one below the other
const THINNEST = 1.5; // px
const THICKEST = 11; // px
const FILLED = 0.8; // of the side of a button that bands may take up
const NEXT_COLUMN = { ArrowLeft: -1, ArrowRight: 1 };
const NEXT_ROW = { ArrowUp: -1, ArrowDown: 1 };

function made(tag, className, ...children) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

function middle(button) {
  const { top, height } = button.getBoundingClientRect();
  return top + height / 2;
}

const width = (link) => THINNEST + (THICKEST - THINNEST) * link.width;

const PATIENCE = 1500; // ms for the reply to a choice

export default {
  render({ model, el }) {
    el.innerHTML = '<svg class="sp-links-bands" aria-hidden="true"></svg>';
    const bands = el.firstChild;
    const said = made("p", "sp-links-said");
    said.setAttribute("role", "status");
    const toDetail = made("button", "sp-links-go", "Read its links");
    const clear = made("button", "sp-links-clear", "Clear");
    for (const button of [toDetail, clear]) button.type = "button";
    const columns = made("div", "sp-links-columns");
    const warning = made("p", "sp-caution");
    const root = made("div", "sp-links", warning, made("div", "sp-links-bar", said, toDetail, clear), columns);
    el.replaceChildren(root);

    let chosen = model.get("chosen");
    let sent; // the last choice, that waits for its reply
    let pointed = ""; // by the mouse: shown while it stays there
    let links = [];
    let lists = [];
    let buttons = new Map();
    let paths = new Map();

    const focusKept = (change) => {
      const focused = root.contains(document.activeElement) ? document.activeElement : null;
      const id = focused?.dataset.node;
      change();
      const again = id === undefined ? focused : buttons.get(id);
      if (again && again !== document.activeElement) again.focus({ preventScroll: true });
    };

    const linkedTo = (id) => {
      const found = new Map();
      for (const link of links) {
        const other = link.from === id ? link.to : link.to === id ? link.from : null;
        if (other) found.set(other, [...(found.get(other) ?? []), link]);
      }
      return found;
    };

    const button = (node) => {
      const sign = made("span", "sp-links-sign");
      const item = made("button", "sp-links-item", made("span", "sp-links-label", node.label), sign);
      if (node.note) item.append(made("span", "sp-links-note", node.note));
      item.type = "button";
      item.dataset.node = node.id;
      item.dataset.column = node.column;
      return item;
    };

    const build = () => {
      const nodes = model.get("nodes");
      buttons = new Map(nodes.map((node) => [node.id, button(node)]));
      links = model.get("links").filter((link) => buttons.has(link.from) && buttons.has(link.to));
      lists = model.get("headings").map((_, column) => {
        const own = nodes.filter((node) => node.column === column);
        const list = made("ul", "", ...own.map((node) => made("li", "", buttons.get(node.id))));
        list.setAttribute("role", "list");
        return list;
      });
      const groups = model.get("headings").map((heading, column) => {
        const group = made("div", "sp-links-column", made("h3", "", heading), lists[column]);
        group.setAttribute("role", "group");
        group.setAttribute("aria-label", heading);
        return group;
      });
      paths = new Map(links.map((link) => [link, document.createElementNS(bands.namespaceURI, "path")]));
      bands.replaceChildren(...paths.values());
      columns.replaceChildren(bands, ...groups);
      root.hidden = !nodes.length;
      warning.textContent = model.get("warning");
      warning.hidden = !model.get("warning");
    };

    const showSigns = (sign, found) => {
      const kinds = new Map((found ?? []).map((link) => [link.sign, link]));
      sign.replaceChildren();
      for (const link of kinds.values()) {
        const glyph = made("span", `sp-links-${link.look}`, link.sign);
        glyph.setAttribute("aria-hidden", "true");
        sign.append(glyph, made("span", "sp-hidden", ` (${link.words})`));
      }
    };

    const paint = () => {
      const active = buttons.has(pointed) ? pointed : buttons.has(chosen) ? chosen : "";
      const linked = linkedTo(active);
      for (const [id, item] of buttons) {
        const state = id === active ? "chosen" : linked.has(id) ? "linked" : "other";
        item.dataset.state = active ? state : "rest";
        item.setAttribute("aria-pressed", String(id === chosen));
        showSigns(item.querySelector(".sp-links-sign"), linked.get(id));
      }
      for (const [link, path] of paths) {
        const on = link.from === active || link.to === active;
        const state = active ? (on ? "linked" : "other") : "rest";
        path.setAttribute("class", `sp-links-band sp-links-${link.look} sp-band-${state}`);
        if (on) bands.append(path); // above the others
      }
    };

    const tell = () => {
      const item = buttons.get(chosen);
      const count = item ? linkedTo(chosen).size : 0;
      said.textContent = item
        ? `${item.querySelector(".sp-links-label").textContent}: linked to ${count} ${count === 1 ? "item" : "items"}.`
        : "Choose an item to see what it links to.";
      toDetail.hidden = !item || !model.get("detail");
      clear.hidden = !item;
    };

    // Below one another there are no bands: what is linked stands first instead.
    const order = () => {
      const stacked = root.classList.contains("sp-links-stacked");
      const linked = linkedTo(chosen);
      const own = buttons.get(chosen)?.dataset.column;
      for (const [column, list] of lists.entries()) {
        const all = [...buttons.values()].filter((item) => Number(item.dataset.column) === column);
        const first = stacked && String(column) !== own ? all.filter((item) => linked.has(item.dataset.node)) : [];
        const rest = all.filter((item) => !first.includes(item));
        const wanted = [...first, ...rest].map((item) => item.parentElement);
        for (const item of wanted) item.classList.toggle("sp-links-break", first.length > 0 && item.firstChild === rest[0]);
        if (wanted.some((item, place) => item !== list.children[place])) list.replaceChildren(...wanted);
      }
    };

    // Bands that meet one side of a button lie below one another along it, in the order of
    // their other ends, so that they do not cross there.
    const ends = (side, other, scale) => {
      const found = new Map();
      for (const [id, item] of buttons) {
        const own = links.filter((link) => link[side] === id);
        own.sort((a, b) => middle(buttons.get(a[other])) - middle(buttons.get(b[other])));
        const gap = 1;
        const total = own.reduce((sum, link) => sum + width(link) * scale + gap, -gap);
        let at = middle(item) - total / 2;
        for (const link of own) {
          found.set(link, at + (width(link) * scale) / 2);
          at += width(link) * scale + gap;
        }
      }
      return found;
    };

    const fitting = (side) => {
      const parts = [...buttons].map(([id, item]) => {
        const own = links.filter((link) => link[side] === id);
        const total = own.reduce((sum, link) => sum + width(link) + 1, 0);
        return total ? (FILLED * item.offsetHeight) / total : 1;
      });
      return Math.min(1, ...parts);
    };

    const draw = () => {
      if (root.classList.contains("sp-links-stacked") || !columns.offsetWidth) return;
      const frame = columns.getBoundingClientRect();
      bands.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
      const scale = Math.min(fitting("from"), fitting("to"));
      const starts = ends("from", "to", scale);
      const stops = ends("to", "from", scale);
      for (const [link, path] of paths) {
        const x1 = buttons.get(link.from).getBoundingClientRect().right - frame.left;
        const x2 = buttons.get(link.to).getBoundingClientRect().left - frame.left;
        const [y1, y2] = [starts.get(link) - frame.top, stops.get(link) - frame.top];
        const half = (x1 + x2) / 2;
        path.setAttribute("d", `M${x1} ${y1} C${half} ${y1} ${half} ${y2} ${x2} ${y2}`);
        path.style.strokeWidth = `${Math.max(THINNEST, width(link) * scale)}px`;
      }
    };

    const fit = () => {
      const room = el.clientWidth;
      if (!room) return; // out of sight
      root.classList.toggle("sp-links-stacked", room < STACKED_BELOW);
      focusKept(order);
      draw();
    };

    const show = () => {
      focusKept(build);
      tell();
      paint();
      fit();
    };

    let waiting = false;
    const showOnce = () => {
      if (waiting) return; // nodes and links change together
      waiting = true;
      queueMicrotask(() => {
        waiting = false;
        show();
      });
    };

    const shift = (id) => {
      chosen = id;
      tell();
      paint();
      focusKept(order);
      draw();
    };

    const choose = (id) => {
      pointed = "";
      shift(id);
      sent = { id, at: performance.now() };
      model.send({ action: "choose", value: id });
    };

    // What was chosen meanwhile must not flick back when the reply to an earlier choice comes.
    const follow = () => {
      const told = model.get("chosen");
      if (sent && told !== sent.id && performance.now() - sent.at < PATIENCE) return;
      sent = undefined;
      if (told !== chosen) shift(told);
    };

    const nearest = (item, column) => {
      const linked = [...linkedTo(item.dataset.node).keys()].map((id) => buttons.get(id));
      const there = linked.filter((other) => Number(other.dataset.column) === column);
      const away = (other) => Math.abs(middle(other) - middle(item));
      return there.sort((a, b) => away(a) - away(b))[0];
    };

    const move = (event) => {
      if (event.key === "Escape" && chosen) {
        event.preventDefault();
        choose("");
        return;
      }
      const item = event.target.closest("[data-node]");
      if (!item) return;
      const column = Number(item.dataset.column);
      const own = [...lists[column].querySelectorAll("[data-node]")];
      const next =
        event.key in NEXT_COLUMN
          ? nearest(item, column + NEXT_COLUMN[event.key])
          : event.key in NEXT_ROW
            ? own[own.indexOf(item) + NEXT_ROW[event.key]]
            : undefined;
      if (event.key in NEXT_COLUMN || event.key in NEXT_ROW) event.preventDefault();
      next?.focus();
    };

    const point = (id) => {
      if (id === pointed) return;
      pointed = id;
      paint();
    };

    const goToDetail = () => {
      const place = el.closest(".spasm")?.querySelector(model.get("detail"));
      place?.scrollIntoView();
      place?.focus({ preventScroll: true });
    };

    const controller = new AbortController();
    const on = (target, type, handler) =>
      target.addEventListener(type, handler, { signal: controller.signal });
    on(columns, "click", (event) => {
      const id = event.target.closest("[data-node]")?.dataset.node;
      if (id) choose(id === chosen ? "" : id);
    });
    on(root, "keydown", move);
    on(columns, "pointerover", (event) => {
      // A finger that scrolls past is no wish to see.
      if (event.pointerType === "mouse") point(event.target.closest("[data-node]")?.dataset.node ?? "");
    });
    on(columns, "pointerleave", () => point(""));
    on(toDetail, "click", goToDetail);
    on(clear, "click", () => {
      const last = buttons.get(chosen);
      choose("");
      last?.focus({ preventScroll: true });
    });
    model.on("change:nodes", showOnce);
    model.on("change:links", showOnce);
    model.on("change:headings", showOnce);
    model.on("change:warning", showOnce);
    model.on("change:chosen", follow);
    show();
    const resized = new ResizeObserver(fit);
    resized.observe(el);
    resized.observe(columns); // labels wrap otherwise once a font is there
    return () => {
      controller.abort();
      resized.disconnect();
      model.off("change:nodes", showOnce);
      model.off("change:links", showOnce);
      model.off("change:headings", showOnce);
      model.off("change:warning", showOnce);
      model.off("change:chosen", follow);
    };
  },
};
