// Shows HTML made in Python. Clicks on elements with data-action go back to Python;
// elements with data-slot hold other widgets.

export default {
  render({ model, el, host }) {
    const controller = new AbortController();
    el.classList.add("spasm-panel");

    const show = () => {
      const focused = el.contains(document.activeElement) ? document.activeElement.id : "";
      const open = new Set([...el.querySelectorAll("details[open][id]")].map((d) => d.id));
      el.innerHTML = model.get("html");
      for (const details of el.querySelectorAll("details[id]")) {
        if (open.has(details.id)) details.open = true;
      }
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
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

    const act = (event) => {
      const target = event.target.closest("[data-action]");
      if (!target || !el.contains(target)) return;
      if (target.closest(".spasm-panel") !== el) return; // a slot's own widget answers
      model.send({ action: target.dataset.action, value: target.dataset.value ?? "" });
    };

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
