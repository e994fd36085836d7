// Markup that holds other widgets, and forms of filters whose fields are the trait "form".

const TYPING = 250; // ms without a key until what was typed counts

export default {
  render({ model, el, host }) {
    const controller = new AbortController();
    const { signal } = controller;
    el.classList.add("spasm-panel");
    el.innerHTML = model.get("html");
    // What happens in a widget on the board is that widget's own affair.
    const own = (target) => target.closest(".spasm-panel") === el;
    const fields = () => [...el.querySelectorAll("form [name]")].filter(own);

    const read = () => {
      const values = {};
      for (const field of fields()) {
        if (field.type === "checkbox") {
          values[field.name] ??= [];
          if (field.checked) values[field.name].push(field.value);
        } else if (field.type !== "radio" || field.checked) {
          values[field.name] = field.value;
        }
      }
      return values;
    };

    const write = () => {
      const values = model.get("form");
      for (const field of fields()) {
        const value = values[field.name];
        if (value === undefined) continue;
        if (field.type === "checkbox") field.checked = value.includes(field.value);
        else if (field.type === "radio") field.checked = field.value === value;
        else if (field !== document.activeElement || field.type !== "search") field.value = value;
      }
    };

    let timer;
    const send = () => {
      clearTimeout(timer);
      model.set("form", read());
      model.save_changes();
    };
    const edited = (event) => {
      if (!own(event.target)) return;
      clearTimeout(timer);
      if (event.type === "change") send();
      else if (event.target.type === "search") timer = setTimeout(send, TYPING);
    };
    const act = (event) => {
      const target = event.target.closest("[data-action]");
      if (!target || !own(target)) return;
      model.send({ action: target.dataset.action, value: target.dataset.value ?? "" });
    };
    const hear = (message) => {
      if (message.action !== "download") return;
      el.dispatchEvent(new CustomEvent("spasm:save", { detail: message, bubbles: true }));
    };
    const fill = async ([name, reference]) => {
      const place = el.querySelector(`[data-slot="${name}"]`);
      if (!place) return;
      const child = await host.getWidget(reference, { signal });
      await child.render({ el: place, signal });
    };

    for (const type of ["input", "change"]) el.addEventListener(type, edited, { signal });
    el.addEventListener("click", act, { signal });
    el.addEventListener("submit", (event) => event.preventDefault(), { signal });
    model.on("change:form", write);
    model.on("msg:custom", hear);
    write();
    Promise.all(Object.entries(model.get("slots")).map(fill)).catch((error) => {
      if (!signal.aborted) console.error(error);
    });
    return () => {
      controller.abort();
      clearTimeout(timer);
      model.off("change:form", write);
      model.off("msg:custom", hear);
    };
  },
};
