// The back view of a body: draws the regions that Python names, and marks the tapped ones.
// The picture answers at once by itself; Python hears what is marked.

const NEAR = 8; // units of the view box: a tap this far beside a region still means it
const ASKEW = 1.5; // how much worse a step sideways is than one ahead when an arrow key is pressed

let maps = 0; // patterns need a name of their own in the page

// The namespace as the browser knows it: nothing served names an address.
const SVG = new DOMParser().parseFromString("<svg></svg>", "text/html").body.firstChild.namespaceURI;

function drawn(name, attributes, ...inside) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

function made(name, properties, ...inside) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
}

const centre = ({ x, y, width, height }) => [x + width / 2, y + height / 2];
const beside = ({ x, y, width, height }, at) =>
  Math.hypot(Math.max(x - at.x, 0, at.x - x - width), Math.max(y - at.y, 0, at.y - y - height));

// The box that an arrow key leads to: ahead, and as little to the side as can be.
function ahead(from, boxes, [dx, dy]) {
  const [x, y] = centre(from);
  let best = -1;
  let least = Infinity;
  boxes.forEach((box, index) => {
    const [toX, toY] = centre(box);
    const along = (toX - x) * dx + (toY - y) * dy;
    const across = Math.abs((toX - x) * dy) + Math.abs((toY - y) * dx);
    if (along > 2 && across < ASKEW * along && along + ASKEW * across < least) {
      least = along + ASKEW * across;
      best = index;
    }
  });
  return best;
}

// The middle of what a region covers: the middle of its box may lie outside a bent one.
function heart(shape) {
  const length = shape.getTotalLength();
  const points = Array.from({ length: 48 }, (_, step) => shape.getPointAtLength((length * step) / 48));
  let area = 0;
  let x = 0;
  let y = 0;
  points.forEach((from, index) => {
    const to = points[(index + 1) % points.length];
    const turn = from.x * to.y - to.x * from.y;
    area += turn;
    x += (from.x + to.x) * turn;
    y += (from.y + to.y) * turn;
  });
  return [x / (3 * area), y / (3 * area)];
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function hatching(id) {
  return drawn(
    "pattern",
    { id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    drawn("rect", { width: 5, height: 5, class: "sp-body-ground" }),
    drawn("path", { d: "M2.5 0V5", class: "sp-body-hatch" }),
  );
}

// A region of the key below the picture: the same marks as in it.
function swatch(state, fill) {
  const box = drawn("rect", { x: 1, y: 1, width: 18, height: 18, rx: 3, "data-state": state, class: "sp-body-swatch" });
  if (fill) box.style.fill = fill;
  const parts = state === "marked" ? [drawn("path", { d: "M5.5 10.5l3 3 6-7", class: "sp-body-tick" })] : [];
  return drawn("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, box, ...parts);
}

export default {
  render({ model, el }) {
    const name = `sp-body-${(maps += 1)}`;
    const texts = model.get("texts");
    const controller = new AbortController();
    const { signal } = controller;
    const regions = model.get("regions");
    const places = regions.filter((region) => region.finding_id);
    el.classList.add("spasm-panel");
    if (!places.length) return undefined;

    const hatch = `url(#${name}-hatch)`;
    const [left, top, width] = model.get("view_box").split(/[\s,]+/).map(Number);
    const sides = Object.entries(model.get("sides")).filter(([side]) => side !== "middle");
    const shapes = [];
    const under = drawn("g", { "aria-hidden": "true" });
    const targets = drawn("g", {});
    const over = drawn("g", { "aria-hidden": "true", class: "sp-body-over" });
    const outlines = drawn("g", {});
    for (const region of regions) {
      const closed = region.shape.trim().endsWith("Z");
      if (!region.finding_id) {
        const kind = closed ? "sp-body-part" : "sp-body-line";
        (closed ? under : over).append(drawn("path", { d: region.shape, class: kind }));
        // Once more on top, so that marks don't eat into the outline.
        if (closed) outlines.append(drawn("path", { d: region.shape, class: "sp-body-outline" }));
        continue;
      }
      const shape = drawn("path", {
        d: region.shape, class: "sp-body-place", role: "checkbox", tabindex: "-1", "aria-label": region.label,
      });
      shapes.push(shape);
      targets.append(shape);
    }
    for (const [side, label] of sides) {
      const x = side === "left" ? left + 2 : left + width - 2;
      const anchor = side === "left" ? "start" : "end";
      over.append(drawn("text", { x, y: top + 56, "text-anchor": anchor, class: "sp-body-side" }, label));
    }
    const ticks = drawn("g", {});
    const halo = drawn("path", { class: "sp-body-halo" });
    const ring = drawn("path", { class: "sp-body-ring" });
    over.append(outlines, ticks, halo, ring);
    const picture = drawn(
      "svg",
      {
        viewBox: model.get("view_box"), role: "group", "aria-label": texts.label,
        "aria-describedby": `${name}-help`, class: "sp-body-picture",
      },
      drawn("defs", {}, hatching(`${name}-hatch`)), under, targets, over,
    );

    const line = made("p", { className: "sp-body-name" });
    line.setAttribute("aria-hidden", "true"); // each place says its name itself
    const said = made("p", { className: "sp-body-said" });
    said.setAttribute("role", "status");
    const failed = made("p", { className: "sp-progress" });
    failed.setAttribute("role", "alert");
    const key = (state, text, fill) => made("li", {}, swatch(state, fill), made("span", { textContent: text }));
    const keyImplied = key("implied", texts.key_implied, hatch);
    keyImplied.id = `${name}-implied`;
    const keys = made("ul", { className: "sp-body-key" }, key("marked", texts.key_marked), keyImplied);
    const button = (text) => made("button", { type: "button", className: "sp-button", textContent: text });
    const others = button(texts.nowhere_else);
    const clear = button(texts.clear);
    el.replaceChildren(
      made("div", { className: "sp-body" },
        made("div", { className: "sp-body-figure" }, picture, line),
        made("div", { className: "sp-body-beside" },
          made("p", { id: `${name}-help`, className: "sp-hidden", textContent: texts.help }),
          said, keys, made("div", { className: "sp-body-buttons" }, others, clear), failed,
        ),
      ),
    );

    // Boxes are known only once the picture is in sight.
    const boxes = () => shapes.map((shape) => shape.getBBox());
    let current = 0;
    let marked = new Set();
    let implied = new Set();
    let settled = false;

    const names = (ids) =>
      places
        .filter((place) => ids.has(place.region_id))
        .map((place) => place.label.slice(0, 1).toLowerCase() + place.label.slice(1))
        .join("; ");

    const tell = () => {
      const parts = [
        marked.size ? texts.marked.replace("{}", names(marked)) : "",
        implied.size ? texts.implied.replace("{}", names(implied)) : "",
      ].filter(Boolean);
      if (!parts.length) parts.push(texts.none);
      if (settled) parts.push(texts.settled);
      const text = parts.join(" ");
      if (said.textContent !== text) said.textContent = text;
    };

    const tick = (shape) => {
      const [x, y] = heart(shape);
      return drawn("path", { d: `M${x - 5} ${y + 0.5}l3.5 3.5 6.5-8`, class: "sp-body-tick" });
    };

    const show = () => {
      places.forEach(({ region_id: id }, index) => {
        const shape = shapes[index];
        const state = marked.has(id) ? "marked" : implied.has(id) ? "implied" : "open";
        shape.dataset.state = state;
        shape.style.fill = state === "implied" ? hatch : "";
        shape.setAttribute("aria-checked", { marked: "true", implied: "mixed", open: "false" }[state]);
        if (state === "implied") shape.setAttribute("aria-describedby", keyImplied.id);
        else shape.removeAttribute("aria-describedby");
      });
      const ticked = picture.clientWidth ? shapes.filter((shape) => shape.dataset.state === "marked") : [];
      ticks.replaceChildren(...ticked.map(tick));
      keyImplied.dataset.shown = String(implied.size > 0);
      const any = marked.size + implied.size > 0;
      others.setAttribute("aria-disabled", String(!any || settled));
      clear.setAttribute("aria-disabled", String(!any && !settled));
      tell();
    };

    const read = () => {
      marked = new Set(model.get("marked"));
      implied = new Set(model.get("implied").filter((id) => !marked.has(id)));
      settled = model.get("settled");
      show();
    };

    const toggle = (index) => {
      const id = places[index].region_id;
      if (!marked.delete(id)) marked.add(id);
      implied.delete(id);
      failed.textContent = "";
      show();
      model.set("marked", places.map((place) => place.region_id).filter((one) => marked.has(one)));
      model.save_changes();
    };

    const call = (index) => {
      line.textContent = index < 0 ? texts.hint : places[index].label;
      line.classList.toggle("sp-body-hint", index < 0);
    };

    const seat = (index) => {
      current = index;
      shapes.forEach((shape, at) => shape.setAttribute("tabindex", at === index ? "0" : "-1"));
    };

    const circle = (index) => {
      const seen = index >= 0 && shapes[index].matches(":focus-visible");
      for (const path of [halo, ring]) path.setAttribute("d", seen ? places[index].shape : "");
    };

    const go = (index) => {
      if (index < 0) return;
      seat(index);
      shapes[index].focus({ preventScroll: true });
      circle(index);
    };

    // What a finger means that lands beside a region, on an edge or between two.
    const meant = (event) => {
      const hit = shapes.indexOf(event.target);
      if (hit >= 0) return hit;
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
      const far = boxes().map((box) => beside(box, at));
      const least = Math.min(...far);
      return least <= NEAR ? far.indexOf(least) : -1;
    };

    const press = (event) => {
      const keyed = { Home: 0, End: places.length - 1 }[event.key];
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key in ARROWS) {
        const all = boxes();
        go(ahead(all[current], all, ARROWS[event.key]));
      } else if (keyed !== undefined) go(keyed);
      else if (event.key === " " || event.key === "Enter") toggle(current);
      else return;
      event.preventDefault();
    };

    const act = (action, before) => (event) => {
      if (event.currentTarget.getAttribute("aria-disabled") === "true") return;
      failed.textContent = "";
      before?.();
      model.send({ action });
    };
    // Only the picture: Python says the same to the model as soon as it has heard of it.
    const empty = () => {
      marked = new Set();
      implied = new Set();
      settled = false;
      show();
    };

    const hear = (message) => {
      if (message.action !== "failed") return;
      read();
      failed.textContent = message.text;
    };

    const on = (target, type, handler) => target.addEventListener(type, handler, { signal });
    on(picture, "click", (event) => {
      const index = meant(event);
      if (index < 0) return;
      seat(index);
      shapes[index].focus({ preventScroll: true });
      toggle(index);
      call(index);
    });
    on(picture, "keydown", press);
    on(picture, "focusin", (event) => {
      const index = shapes.indexOf(event.target);
      if (index < 0) return;
      seat(index);
      call(index);
      circle(index);
    });
    on(picture, "focusout", () => {
      circle(-1);
      call(-1);
    });
    on(picture, "pointermove", (event) => {
      if (event.pointerType === "touch") return;
      const index = meant(event);
      picture.classList.toggle("sp-body-pointed", index >= 0);
      shapes.forEach((shape, at) => shape.classList.toggle("sp-body-hover", at === index));
      call(index >= 0 ? index : shapes.indexOf(document.activeElement));
    });
    on(picture, "pointerleave", () => {
      shapes.forEach((shape) => shape.classList.remove("sp-body-hover"));
      call(shapes.indexOf(document.activeElement));
    });
    on(others, "click", act("nowhere_else"));
    on(clear, "click", act("clear", empty));

    const changes = "change:marked change:implied change:settled";
    // Out of sight the picture has no boxes, and so no places for the ticks.
    const sight = new ResizeObserver(show);
    sight.observe(picture);
    seat(0);
    call(-1);
    read();
    model.on(changes, read);
    model.on("msg:custom", hear);
    return () => {
      controller.abort();
      sight.disconnect();
      model.off(changes, read);
      model.off("msg:custom", hear);
    };
  },
};
