// The page: which step and which tab are in sight. It fills its places with other widgets
// and tells them, by the event "spasm:state", where the visitor is.

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

    const fill = () =>
      Promise.all(
        Object.entries(model.get("slots")).map(async ([name, reference]) => {
          const place = find(`[data-slot="${name}"]`);
          if (!place) return;
          const child = await host.getWidget(reference, { signal });
          await child.render({ el: place, signal });
        }),
      );

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
      const detail = { at: model.get("at"), mode: model.get("mode"), tab: model.get("tab") };
      root.dispatchEvent(new CustomEvent("spasm:state", { detail }));
    };

    const show = () => {
      const at = model.get("at");
      const everything = model.get("mode") === "all";
      root.dataset.at = at;
      root.dataset.mode = model.get("mode");
      const signs = find("[data-signs]");
      const place = `${at} ${everything}`;
      if (signs && place !== shown) signs.open = everything || at === order[0];
      shown = place;
      const last = at === order.at(-1);
      if (back) back.hidden = at === order[0];
      if (next) next.hidden = last;
      find("[data-everything][aria-pressed]")?.setAttribute("aria-pressed", String(everything));
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

    const arrive = () => {
      const everything = model.get("mode") === "all";
      const title = find(everything ? "h1" : `[data-title="${model.get("at")}"]`);
      window.scrollTo?.(0, 0);
      root.scrollIntoView({ block: "start" });
      title?.focus({ preventScroll: true });
    };

    const go = (step) => {
      if (step === model.get("at")) return arrive();
      change({ at: step });
      arrive();
      if (alone) history.pushState({ at: step }, "");
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

    const goTo = (selector) => {
      const place = find(selector);
      if (!place) return;
      const tab = place.closest("[role=tabpanel]");
      if (tab?.hidden) change({ tab: find(`[aria-controls="${tab.id}"]`).dataset.tab });
      const steps = place.closest("[data-step]")?.dataset.step.split(" ");
      if (model.get("mode") === "path" && steps && !steps.includes(model.get("at"))) {
        change({ at: steps[0] });
        if (alone) history.pushState({ at: steps[0] }, "");
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
      const target = event.target.closest("[data-go], [data-goto], [data-tab], [data-everything]");
      if (!target) return;
      const { go: where, goto: selector, tab } = target.dataset;
      if (selector) goTo(selector);
      else if (tab) change({ tab });
      else if (where === "next") step(1);
      else if (where === "back") step(-1);
      else if (where) go(where);
      else {
        change({ mode: model.get("mode") === "all" ? "path" : "all" });
        arrive();
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
    if (alone) {
      history.replaceState({ at: model.get("at") }, "");
      on(window, "popstate", (event) => {
        // Without a state it is another address, which the session opens.
        if (!event.state?.at || model.get("mode") === "all") return;
        change({ at: event.state.at });
        arrive();
      });
    }

    const filled = fill().catch((error) => {
      if (!signal.aborted) console.error(error);
    });
    const told = () => {
      if (own) return;
      if (alone) history.replaceState({ at: model.get("at") }, "");
      show();
    };
    for (const name of ["at", "mode", "tab"]) model.on(`change:${name}`, told);
    show();
    filled.then(() => signal.aborted || show());
    return () => {
      controller.abort();
      for (const name of ["at", "mode", "tab"]) model.off(`change:${name}`, told);
    };
  },
};
