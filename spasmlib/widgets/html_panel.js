// Shows HTML made in Python. Clicks on elements with data-action go back to Python, with
// their data-value or, where they have data-form, the fields of the form around them;
// one with data-goto leads to another part of the page. An element with data-focus takes the
// focus when what it says is new; elements with data-slot hold other widgets.

export default {
  render({ model, el, host }) {
    const controller = new AbortController();
    el.classList.add("spasm-panel");
    let arrived; // what stood in the part that takes the focus when it is new

    const show = () => {
      const focused = el.contains(document.activeElement) ? document.activeElement.id : "";
      const open = new Set([...el.querySelectorAll("details[open][id]")].map((d) => d.id));
      el.innerHTML = model.get("html");
      for (const details of el.querySelectorAll("details[id]")) {
        if (open.has(details.id)) details.open = true;
      }
      const arrival = el.querySelector("[data-focus]");
      const title = arrival?.textContent;
      if (title !== undefined && title !== arrived) arrival.focus();
      else if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
      arrived = title;
    };

    const fill = () => {
      const slots = model.get("slots");
      return Promise.all(
        Object.entries(slots).map(async ([name, reference]) => {
          const place = el.querySelector(`[data-slot="${name}"]`);
          if (!place) return;
          const child = await host.getWidget(reference, { signal: controller.signal });
          await child.render({ el: place, signal: controller.signal });
        }),
      );
    };

    const go = (selector) => {
      const place = el.closest(".spasm")?.querySelector(selector);
      place?.scrollIntoView();
      place?.focus({ preventScroll: true });
    };

    const act = (event) => {
      const link = event.target.closest("[data-goto]");
      if (link && link.closest(".spasm-panel") === el) go(link.dataset.goto);
      const target = event.target.closest("[data-action]");
      if (!target || !el.contains(target)) return;
      if (target.closest(".spasm-panel") !== el) return; // a slot's own widget answers
      const form = "form" in target.dataset ? new FormData(target.closest("form")) : null;
      const value = form ? JSON.stringify([...form]) : (target.dataset.value ?? "");
      model.send({ action: target.dataset.action, value });
    };

    el.addEventListener("submit", (event) => event.preventDefault(), { signal: controller.signal });
    el.addEventListener("click", act, { signal: controller.signal });
    const update = () => {
      show();
      fill().catch((error) => {
        if (!controller.signal.aborted) console.error(error);
      });
    };
    update();
    model.on("change:html", update);
    return () => {
      controller.abort();
      model.off("change:html", update);
    };
  },
};
