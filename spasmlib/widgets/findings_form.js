// The questions: plain HTML made in Python; this only reads answers, searches and syncs.

const SLOW_AFTER = 400; // ms without a reply before "updating" is said

const fold = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");

export default {
  render({ model, el }) {
    el.classList.add("spasm-panel");
    el.innerHTML = model.get("html");
    const find = (selector) => el.querySelector(selector);
    const findings = [...el.querySelectorAll("[data-finding]")];
    const form = find("form");
    const search = find("[data-search]");
    const hits = find("[data-hits]");
    const answered = find("[data-answered]");
    const progress = find("[data-progress]");
    let asked = model.get("replied");
    let pending = { answers: {}, person: {} }; // what was changed here and has no reply yet
    let timer;

    const readAnswers = () => {
      const answers = {};
      for (const radio of el.querySelectorAll("[data-finding] input:checked")) {
        if (radio.value) answers[radio.name] = radio.value;
      }
      return answers;
    };

    const readPerson = () => {
      const data = new FormData(form);
      const age = String(data.get("person-age")).trim();
      return {
        age: age === "" ? null : Number(age),
        sex: data.get("person-sex") || null,
        pregnant: { yes: true, no: false }[data.get("person-pregnant")] ?? null,
        medicines: String(data.get("person-medicines")).split(/[,;\n]/).map((name) => name.trim()).filter(Boolean),
        conditions: data.getAll("person-condition"),
      };
    };

    const count = () => {
      const number = Object.keys(readAnswers()).length;
      answered.textContent = number === 1 ? "1 question answered" : `${number} questions answered`;
    };

    const waiting = () => {
      clearTimeout(timer);
      timer = setTimeout(() => (progress.textContent = "Updating …"), SLOW_AFTER);
    };

    // What is left out of the address when the connection is lost is lost: tell at once.
    const tell = () => {
      const detail = { answers: readAnswers(), person: readPerson() };
      el.dispatchEvent(new CustomEvent("spasm:answers", { detail, bubbles: true }));
    };

    // Only what changed is sent: the other answers may be newer in Python than here.
    const ask = ({ answers = {}, person = {} }) => {
      asked += 1;
      Object.assign(pending.answers, answers);
      Object.assign(pending.person, person);
      model.set("change", structuredClone(pending));
      model.set("asked", asked);
      model.save_changes();
      count();
      tell();
      form.dataset.state = "waiting";
      waiting();
    };

    const sayProblem = () => {
      progress.textContent = model.get("message");
      form.querySelector("[name='person-age']").setAttribute(
        "aria-invalid", String(Boolean(model.get("message"))),
      );
    };

    const replied = () => {
      if (model.get("replied") < asked) return;
      clearTimeout(timer);
      pending = { answers: {}, person: {} };
      form.dataset.state = "answered";
      sayProblem();
    };

    const changed = (field) => {
      const finding = field.closest("[data-finding]");
      if (finding) return { answers: { ...onlyOne(field), [field.name]: field.value } };
      const person = readPerson();
      const name = field.name.replace("person-", "").replace(/^condition$/, "conditions");
      return { person: { [name]: person[name] } };
    };

    const onlyOne = (radio) => {
      const set = radio.closest("[data-finding]").dataset.exclusive;
      const gone = {};
      if (!set || radio.value !== "yes") return gone;
      for (const other of el.querySelectorAll(`[data-exclusive="${set}"] input[value="yes"]`)) {
        if (other !== radio && other.checked) {
          other.closest("[data-finding]").querySelector('input[value=""]').checked = true;
          gone[other.name] = "";
        }
      }
      return gone;
    };

    const filter = () => {
      const words = fold(search.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const finding of findings) {
        const text = (finding.foldedWords ??= fold(finding.dataset.words));
        finding.hidden = !words.every((word) => text.includes(word));
        shown += !finding.hidden;
      }
      for (const group of el.querySelectorAll("[data-group]")) {
        group.hidden = words.length > 0 && !group.querySelector("[data-finding]:not([hidden])");
        if (words.length > 0 && !group.hidden) group.open = true;
        group.classList.toggle("sp-searched", words.length > 0);
      }
      hits.textContent = !words.length
        ? ""
        : shown
          ? `${shown} of ${findings.length} questions match`
          : "Nothing matches. Try a simpler word.";
    };

    const showAnswers = () => {
      const answers = model.get("answers");
      for (const finding of findings) {
        const name = finding.dataset.finding;
        const value = pending.answers[name] ?? answers[name] ?? "";
        finding.querySelector(`input[value="${value}"]`).checked = true;
      }
      count();
      tell();
    };

    const showPerson = () => {
      const person = { ...model.get("person"), ...pending.person };
      const set = (name, value) => {
        const field = form.elements[`person-${name}`];
        // What is being typed is newer than any reply.
        if (field !== document.activeElement) field.value = value ?? "";
      };
      set("age", person.age);
      set("sex", person.sex);
      set("pregnant", { true: "yes", false: "no" }[person.pregnant]);
      set("medicines", person.medicines?.join(", "));
      for (const box of el.querySelectorAll("[name='person-condition']")) {
        box.checked = Boolean(person.conditions?.includes(box.value));
      }
      tell();
    };

    const searchFor = (words) => {
      search.value = words;
      filter();
    };

    const reset = () => {
      const answers = Object.fromEntries(Object.keys(readAnswers()).map((name) => [name, ""]));
      form.reset();
      searchFor("");
      ask({ answers, person: readPerson() });
      find("h2").focus();
    };

    const unfold = (group, open) => {
      group.classList.toggle("sp-unfolded", open);
      group.querySelector("[data-more]")?.setAttribute("aria-expanded", String(open));
    };
    // A question that is led to must be in sight, even if it is one of the later ones.
    const reveal = (event) => {
      if (event.target.closest("[data-finding][hidden]")) searchFor("");
      if (event.target.closest("[data-rest]")) unfold(event.target.closest("[data-group]"), true);
    };

    const controller = new AbortController();
    const on = (target, type, handler) =>
      target.addEventListener(type, handler, { signal: controller.signal });
    on(form, "submit", (event) => event.preventDefault());
    on(form, "change", (event) => {
      if (event.target === search) return;
      ask(changed(event.target));
    });
    on(search, "input", filter);
    on(find("[data-reset]"), "click", reset);
    on(el, "spasm:reveal", reveal);
    const root = el.closest(".spasm");
    // The field to search in is not there in the path: nothing may stay hidden because of it.
    if (root) on(root, "spasm:state", ({ detail }) => detail.mode === "path" && searchFor(""));
    on(form, "click", (event) => {
      const more = event.target.closest("[data-more]");
      if (more) unfold(more.closest("[data-group]"), more.getAttribute("aria-expanded") !== "true");
    });
    model.on("change:replied", replied);
    model.on("change:message", sayProblem);
    model.on("change:answers", showAnswers);
    model.on("change:person", showPerson);
    showAnswers();
    showPerson();
    sayProblem();
    return () => {
      controller.abort();
      clearTimeout(timer);
      model.off("change:replied", replied);
      model.off("change:message", sayProblem);
      model.off("change:answers", showAnswers);
      model.off("change:person", showPerson);
    };
  },
};
