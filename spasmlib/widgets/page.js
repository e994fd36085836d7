// The page: which step, tab or part of the study are in sight. It fills its places with other
// widgets and tells them, by the event "spasm:state", where the visitor is.

// Hands the visitor a file: a text, or what stands at an address.
function save({ name, kind, text, address }) {
  const link = document.createElement("a");
  // Spreadsheets take text for UTF-8 only if it begins with this mark.
  const mark = kind === "text/csv" ? "\ufeff" : "";
  link.href = address ?? URL.createObjectURL(new Blob([mark, text], { type: `${kind};charset=utf-8` }));
  link.download = name;
  link.click();
  if (!address) setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// A word's meaning, popped up beside the word and gone with Escape or a click elsewhere.
function popUp(model, root, signal) {
  const pop = document.createElement("div");
  pop.className = "sp-term-pop";
  pop.popover = "auto";
  pop.tabIndex = -1;
  pop.setAttribute("role", "dialog");
  pop.setAttribute("aria-label", "What this word means");
  root.append(pop);
  let word;

  const place = () => {
    const { left, bottom, top } = word.getBoundingClientRect();
    const { width, height } = pop.getBoundingClientRect();
    const below = bottom + height + 8 < innerHeight || top < height;
    pop.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    pop.style.top = `${below ? bottom + 4 : top - height - 4}px`;
  };
  const ask = (event) => {
    const button = event.target.closest("[data-term]");
    if (button) {
      word = button;
      model.send({ action: "term", value: button.dataset.term });
    } else if (event.target.closest("[data-study]")) pop.hidePopover();
  };
  const hear = (message) => {
    if (message.action !== "term" || !word?.isConnected) return;
    pop.innerHTML = message.html;
    pop.showPopover();
    place();
    pop.focus({ preventScroll: true });
    word.setAttribute("aria-expanded", "true");
  };
  const gone = (event) => {
    if (event.newState === "closed") word?.setAttribute("aria-expanded", "false");
  };
  pop.addEventListener("toggle", gone, { signal });
  root.addEventListener("click", ask, { signal });
  model.on("msg:custom", hear);
  return () => model.off("msg:custom", hear);
}

export default {
  render({ model, el, host }) {
    const controller = new AbortController();
    const { signal } = controller;
    el.classList.add("spasm-panel");
    el.innerHTML = model.get("html");
    const root = el.querySelector(".spasm");
    const find = (selector) => root.querySelector(selector);
    const all = (selector) => [...root.querySelectorAll(selector)];
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal });
    // JupyterLab has uses of its own for the address and for going back.
    const alone = document.body.dataset.voila === "voila";

    const full = new Set(); // places that hold their widget
    const fillOne = async ([name, reference]) => {
      const place = find(`[data-slot="${name}"]`);
      if (!place || full.has(name)) return;
      full.add(name);
      const child = await host.getWidget(reference, { signal });
      await child.render({ el: place, signal });
    };
    const fill = () => Promise.all(Object.entries(model.get("slots")).map(fillOne));

    let shown; // where the visitor was last, so that nothing else folds what they opened
    let own = false; // whether a change of place is made here and not by Python
    const order = all("[data-steps] [data-go]").map((button) => button.dataset.go);
    const back = find("[data-back]");
    const next = find("[data-next]");

    const answered = (step) =>
      all(`[data-step="${step}"] :is(input, select)`).some((field) =>
        ["radio", "checkbox"].includes(field.type)
          ? field.checked && field.value !== ""
          : field.type !== "search" && field.value !== "",
      );

    const label = () => {
      const at = model.get("at");
      if (at === order[0]) return next.dataset.first;
      const place = order.indexOf(at);
      if (place < 0 || place === order.length - 2) return next.dataset.last;
      return answered(at) ? next.dataset.on : next.dataset.skip;
    };

    const mark = () => {
      for (const button of all("[data-steps] [data-go]")) {
        const here = button.dataset.go === model.get("at");
        if (here) button.setAttribute("aria-current", "step");
        else button.removeAttribute("aria-current");
        const done = button.querySelector("[data-done]");
        if (done) done.hidden = !answered(button.dataset.go);
      }
      if (next) next.textContent = label();
    };

    const tell = () => {
      const detail = Object.fromEntries(
        ["at", "mode", "tab", "study"].map((name) => [name, model.get(name)]),
      );
      root.dispatchEvent(new CustomEvent("spasm:state", { detail }));
    };

    const showStudy = () => {
      const [name] = model.get("study").split("/");
      for (const part of all("[data-study-tab]")) part.hidden = part.dataset.studyTab !== name;
      for (const link of all("[data-study-nav] [data-study]")) {
        if (link.dataset.study !== name) {
          link.removeAttribute("aria-current");
          continue;
        }
        link.setAttribute("aria-current", "page");
        const bar = find("[data-study-nav]"); // on a phone it holds more than fits
        bar.scrollLeft = link.offsetLeft - (bar.clientWidth - link.offsetWidth) / 2;
      }
    };

    const show = () => {
      const at = model.get("at");
      const everything = model.get("mode") === "all";
      root.dataset.at = at;
      root.dataset.mode = model.get("mode");
      const signs = find("[data-signs]");
      const study = model.get("mode") === "study";
      const place = study ? model.get("study") : `${at} ${everything}`;
      // Who comes straight to the evidence sees the list unfolded once, before anything else.
      if (signs && place !== shown) signs.open = study ? !shown : everything || at === order[0];
      shown = place;
      showStudy();
      const last = at === order.at(-1);
      if (back) back.hidden = at === order[0];
      if (next) next.hidden = last;
      find("[data-everything][aria-pressed]")?.setAttribute("aria-pressed", String(everything));
      find("[data-study][aria-pressed]")?.setAttribute("aria-pressed", String(study));
      for (const tab of all("[role=tab]")) {
        const here = tab.dataset.tab === model.get("tab");
        tab.setAttribute("aria-selected", String(here));
        tab.tabIndex = here ? 0 : -1;
        find(`#${tab.getAttribute("aria-controls")}`).hidden = !here;
      }
      mark();
      tell();
    };

    const change = (values) => {
      own = true;
      for (const [name, value] of Object.entries(values)) model.set(name, value);
      own = false;
      model.save_changes();
      show();
    };

    const here = () => ({ at: model.get("at"), mode: model.get("mode"), study: model.get("study") });
    // A page that stands alone has an address and a way back; a notebook keeps its own.
    const note = () => alone && history.pushState(here(), "");

    const arrive = () => {
      const { mode, study } = here();
      const titles = { all: "h1", study: `[data-study-tab="${study.split("/")[0]}"]` };
      const title = find(titles[mode] ?? `[data-title="${model.get("at")}"]`);
      window.scrollTo?.(0, 0);
      root.scrollIntoView({ block: "start" });
      title?.focus({ preventScroll: true });
    };

    const go = (step) => {
      if (step === model.get("at")) return arrive();
      change({ at: step });
      arrive();
      note();
    };

    const openStudy = (address) => {
      if (address === model.get("study") && model.get("mode") === "study") return;
      const tab = model.get("study").split("/")[0];
      const stays = model.get("mode") === "study" && address.split("/")[0] === tab;
      change({ mode: "study", study: address });
      note();
      // Within a tab the tab itself says what comes into sight.
      if (!stays) arrive();
    };

    // What was written and not read yet would be lost without a word.
    let tried = "";
    const readsFirst = () => {
      const button = find(`[data-step~="${model.get("at")}"] [data-before-going]`);
      const text = button?.closest("form").querySelector("textarea").value.trim();
      if (!text || text === tried) return false;
      tried = text; // who goes on a second time means it
      button.click();
      return true;
    };

    const step = (by) => {
      if (by > 0 && readsFirst()) return;
      const place = order.indexOf(model.get("at"));
      if (place < 0) return go(by > 0 ? order.at(-1) : order[0]); // a way beside the path
      go(order[Math.min(order.length - 1, Math.max(0, place + by))]);
    };

    const leaveStudy = () => {
      change({ mode: "path" });
      arrive();
      note();
    };

    const goTo = (selector) => {
      const place = find(selector);
      if (!place) return;
      const tab = place.closest("[role=tabpanel]");
      if (tab?.hidden) change({ tab: find(`[aria-controls="${tab.id}"]`).dataset.tab });
      const steps = place.closest("[data-step]")?.dataset.step.split(" ");
      if (model.get("mode") === "path" && steps && !steps.includes(model.get("at"))) {
        change({ at: steps[0] });
        note();
      }
      place.dispatchEvent(new CustomEvent("spasm:reveal", { bubbles: true }));
      for (let part = place; part && part !== root; part = part.parentElement) {
        if (part.tagName === "DETAILS") part.open = true;
      }
      place.scrollIntoView({ block: place.matches("[tabindex]") ? "start" : "center" });
      const inner = place.querySelector("input:checked") ?? place.querySelector(":scope > summary");
      (inner ?? place).focus({ preventScroll: true });
    };

    on(root, "click", (event) => {
      const target = event.target.closest(
        "[data-go], [data-goto], [data-tab], [data-everything], [data-study]",
      );
      if (!target) return;
      const { go: where, goto: selector, tab, study } = target.dataset;
      if (study !== undefined) {
        // With these keys a browser opens the link in a tab or window of its own.
        if (target.href && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
        event.preventDefault();
        if (target.hasAttribute("aria-pressed") && model.get("mode") === "study") leaveStudy();
        else openStudy(study || model.get("study") || target.dataset.first);
      } else if (selector) goTo(selector);
      else if (tab) change({ tab });
      else if (where === "next") step(1);
      else if (where === "back") step(-1);
      else if (where) go(where);
      else {
        change({ mode: model.get("mode") === "all" ? "path" : "all" });
        arrive();
        note();
      }
    });
    on(root, "keydown", (event) => {
      const tab = event.target.closest("[role=tab]");
      if (!tab) return;
      const tabs = all("[role=tab]");
      const place = tabs.indexOf(tab);
      const to = {
        ArrowRight: (place + 1) % tabs.length,
        ArrowLeft: (place + tabs.length - 1) % tabs.length,
        Home: 0,
        End: tabs.length - 1,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      change({ tab: tabs[to].dataset.tab });
      tabs[to].focus();
    });
    on(root, "spasm:answers", mark);
    on(root, "spasm:goto", (event) => goTo(event.detail));
    on(root, "spasm:study", (event) => openStudy(event.detail));
    on(root, "spasm:save", (event) => save(event.detail));
    if (alone) {
      history.replaceState(here(), "");
      on(window, "popstate", (event) => {
        // Without a state it is another address, which the session opens.
        if (!event.state?.at) return;
        change(event.state);
        arrive();
      });
    }

    const filled = fill().catch((error) => {
      if (!signal.aborted) console.error(error);
    });
    const told = () => {
      if (own) return;
      if (alone) history.replaceState(here(), "");
      show();
    };
    const added = () => fill().catch((error) => signal.aborted || console.error(error));
    for (const name of ["at", "mode", "tab"]) model.on(`change:${name}`, told);
    // What is chosen inside a tab of the study is a place of its own to come back to.
    const moved = () => {
      if (own) return;
      const from = history.state?.study?.split("/")[0];
      if (alone && model.get("mode") === "study" && from === model.get("study").split("/")[0]) note();
      else if (alone) history.replaceState(here(), "");
      show();
    };
    model.on("change:study", moved);
    model.on("change:slots", added);
    const forget = popUp(model, root, signal);
    show();
    filled.then(() => signal.aborted || show());
    return () => {
      controller.abort();
      for (const name of ["at", "mode", "tab"]) model.off(`change:${name}`, told);
      model.off("change:study", moved);
      model.off("change:slots", added);
      forget();
    };
  },
};
