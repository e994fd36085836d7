// A combobox over everything: the page asks while one types, Python answers.

const TYPING = 120; // ms without a key until it is asked

export default {
  render({ model, el }) {
    const controller = new AbortController();
    const { signal } = controller;
    const alone = document.body.dataset.voila === "voila";
    const root = el.closest(".spasm") ?? el;
    const id = `sp-search-${model.model_id ?? Math.random().toString(36).slice(2)}`;
    el.classList.add("sp-search");
    el.innerHTML = `
      <label class="sp-hidden" for="${id}"></label>
      <input type="search" id="${id}" role="combobox" autocomplete="off" spellcheck="false"
        aria-autocomplete="list" aria-expanded="false" aria-controls="${id}-list" aria-keyshortcuts="Control+K">
      <kbd aria-hidden="true">Ctrl K</kbd>
      <ul id="${id}-list" role="listbox" class="sp-search-list" hidden></ul>
      <p class="sp-hidden" role="status"></p>`;
    const [label, field, list, status] = ["label", "input", "ul", "p"].map((name) => el.querySelector(name));
    label.textContent = model.get("label");
    list.setAttribute("aria-label", model.get("label"));
    field.placeholder = model.get("hint");
    let at = -1;
    let asked = "";
    let timer;

    const options = () => [...list.querySelectorAll("[role=option]")];
    const close = () => {
      list.hidden = true;
      at = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };
    const mark = (place) => {
      at = place;
      options().forEach((option, number) => {
        option.setAttribute("aria-selected", String(number === at));
        if (number === at) option.scrollIntoView({ block: "nearest" });
      });
      if (at < 0) field.removeAttribute("aria-activedescendant");
      else field.setAttribute("aria-activedescendant", options()[at].id);
    };
    const part = (name, text) => {
      const made = document.createElement("span");
      made.className = name;
      made.textContent = text;
      return made;
    };
    const show = (rows) => {
      list.replaceChildren(
        ...rows.map((row, number) => {
          const option = document.createElement("li");
          option.id = `${id}-${number}`;
          option.setAttribute("role", "option");
          option.setAttribute("aria-selected", "false");
          option.dataset.study = row.address;
          option.append(part("sp-search-label", row.label), part("sp-search-kind", row.kind), part("sp-search-note", row.note));
          return option;
        }),
      );
      const none = rows.length ? "" : "Nothing found. Try another word.";
      if (none) {
        const empty = document.createElement("li");
        empty.setAttribute("role", "option");
        empty.setAttribute("aria-disabled", "true");
        empty.setAttribute("aria-selected", "false");
        empty.textContent = none;
        list.append(empty);
      }
      status.textContent = none || `${rows.length} found`;
      list.hidden = false;
      field.setAttribute("aria-expanded", "true");
      mark(-1);
    };
    const ask = () => {
      clearTimeout(timer);
      asked = field.value.trim();
      if (asked.length < 2) {
        close();
        status.textContent = "";
        return;
      }
      model.send({ action: "search", value: asked });
    };
    const choose = (option) => {
      if (!option?.dataset.study) return;
      const detail = option.dataset.study;
      field.value = "";
      close();
      status.textContent = "";
      el.dispatchEvent(new CustomEvent("spasm:study", { detail, bubbles: true }));
    };
    const key = (event) => {
      const count = options().filter((option) => option.dataset.study).length;
      const open = !list.hidden && count > 0;
      if (event.key === "Escape") {
        if (list.hidden) field.value = "";
        close();
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (open) choose(options()[Math.max(0, at)]);
        else ask();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!open) ask();
        else mark((at + (event.key === "ArrowDown" ? 1 : count - (at < 0 ? 0 : 1))) % count);
      } else if (event.key === "Tab") close();
    };
    const shortcut = (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k" || event.altKey || event.shiftKey) return;
      if (!alone && !root.contains(document.activeElement)) return; // a notebook has keys of its own
      if (!field.offsetParent) return;
      event.preventDefault();
      field.focus();
      field.select();
    };
    const hear = (message) => {
      if (message.action === "found" && message.query === asked && field.value.trim() === asked) show(message.rows);
      else if (message.action === "failed") status.textContent = message.text;
    };

    const on = (target, type, handler) => target.addEventListener(type, handler, { signal });
    on(field, "input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, TYPING);
    });
    on(field, "keydown", key);
    on(list, "pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    on(list, "click", (event) => {
      event.stopPropagation();
      choose(event.target.closest("[role=option]"));
    });
    on(el, "focusout", (event) => el.contains(event.relatedTarget) || close());
    on(document, "keydown", shortcut);
    model.on("msg:custom", hear);
    return () => {
      controller.abort();
      clearTimeout(timer);
      model.off("msg:custom", hear);
    };
  },
};
