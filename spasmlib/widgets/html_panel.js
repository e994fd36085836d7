// Shows HTML made in Python. Clicks on elements with data-action go back to Python, with
// their data-value or, where they have data-form, the fields of the form around them. An
// element with data-focus takes the focus when what it says is new; what stands in one with
// data-say is read out when it is new. Under data-calm a click counts only once the markup
// has stood for a moment, so that a double click does not answer what comes next.

const CALM = 400; // ms

export default {
  render({ model, el }) {
    const controller = new AbortController();
    const { signal } = controller;
    el.classList.add("spasm-panel");
    const content = document.createElement("div");
    const live = document.createElement("p"); // stays, as new markup would be read by few
    live.className = "sp-hidden";
    live.setAttribute("role", "status");
    el.replaceChildren(content, live);
    let stood = -CALM; // since when the markup is as it is; the first was not clicked before
    let said = "";
    let arrived; // what stood in the part that takes the focus when it is new

    // Where the focus is, in words that hold for new markup too: the nearest id, and the
    // how manieth element of its kind within.
    const placeOf = (active) => {
      const anchor = active.closest("[id]");
      if (!anchor || !el.contains(anchor)) return { id: "" };
      const kind = active.tagName.toLowerCase();
      return { id: anchor.id, kind, number: [...anchor.querySelectorAll(kind)].indexOf(active) };
    };

    const refocus = ({ id, kind, number }) => {
      const anchor = id && document.getElementById(id);
      const place = anchor && (number < 0 ? anchor : anchor.querySelectorAll(kind)[number]);
      if (place) return place.focus({ preventScroll: true });
      // What had the focus is gone: stay in the panel rather than start the page anew.
      const heading = el.querySelector("h2, h3, p") ?? el;
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    };

    const show = () => {
      const active = document.activeElement;
      const focused = el.contains(active) && active !== el ? placeOf(active) : null;
      const open = new Set([...el.querySelectorAll("details[open][id]")].map((d) => d.id));
      const shut = new Set([...el.querySelectorAll("details:not([open])[id]")].map((d) => d.id));
      if (content.childElementCount) stood = performance.now();
      content.innerHTML = model.get("html");
      for (const details of el.querySelectorAll("details[id]")) {
        if (open.has(details.id)) details.open = true;
        if (shut.has(details.id)) details.open = false;
      }
      const arrival = el.querySelector("[data-focus]");
      const title = arrival?.textContent;
      if (title !== undefined && title !== arrived) arrival.focus();
      else if (focused) refocus(focused);
      arrived = title;
      const saying = content.querySelector("[data-say]")?.textContent.trim() ?? "";
      if (saying !== said) live.textContent = said = saying;
    };

    const act = (event) => {
      const target = event.target.closest("[data-action]");
      if (!target || !el.contains(target)) return;
      if (target.closest("[data-calm]") && performance.now() - stood < CALM) return;
      const form = "form" in target.dataset ? new FormData(target.closest("form")) : null;
      const value = form ? JSON.stringify([...form]) : (target.dataset.value ?? "");
      el.querySelector(":scope > [data-failed]")?.remove();
      model.send({ action: target.dataset.action, value });
    };

    const hear = (message) => {
      if (message.action !== "failed") return;
      const failed = document.createElement("p");
      failed.dataset.failed = "";
      failed.className = "sp-progress";
      failed.setAttribute("role", "alert");
      el.prepend(failed);
      failed.textContent = message.text;
    };

    el.addEventListener("submit", (event) => event.preventDefault(), { signal });
    el.addEventListener("click", act, { signal });
    show();
    model.on("change:html", show);
    model.on("msg:custom", hear);
    return () => {
      controller.abort();
      model.off("change:html", show);
      model.off("msg:custom", hear);
    };
  },
};
