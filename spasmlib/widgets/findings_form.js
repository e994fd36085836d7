// The questions: plain HTML made in Python; this only reads answers, searches and syncs.

const SLOW_AFTER = 400; // ms without a reply before "updating" is said
const LOST_AFTER = 5000; // ms without a reply before the person is told what to do

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
    let timers = [];

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
      const number = Object.keys(model.get("answers")).length;
      answered.textContent = number === 1 ? "1 question answered" : `${number} questions answered`;
    };

    const waiting = () => {
      timers.forEach(clearTimeout);
      timers = [
        setTimeout(() => (progress.textContent = "Updating …"), SLOW_AFTER),
        setTimeout(() => {
          progress.textContent =
            "No reply from the explorer. Check your connection, then reload this page. " +
            "If you have an emergency sign, do not wait for this page.";
        }, LOST_AFTER),
      ];
    };

    const ask = () => {
      asked += 1;
      model.set("answers", readAnswers());
      model.set("person", readPerson());
      model.set("asked", asked);
      model.save_changes();
      count();
      form.dataset.state = "waiting";
      waiting();
    };

    const replied = () => {
      if (model.get("replied") < asked) return;
      timers.forEach(clearTimeout);
      form.dataset.state = "answered";
      progress.textContent = model.get("message");
      form.querySelector("[name='person-age']").setAttribute(
        "aria-invalid", String(Boolean(model.get("message"))),
      );
    };

    const onlyOne = (radio) => {
      const set = radio.closest("[data-finding]")?.dataset.exclusive;
      if (!set || radio.value !== "yes") return;
      for (const other of el.querySelectorAll(`[data-exclusive="${set}"] input[value="yes"]`)) {
        if (other !== radio && other.checked) {
          other.closest("[data-finding]").querySelector('input[value=""]').checked = true;
        }
      }
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
        const value = answers[finding.dataset.finding] ?? "";
        finding.querySelector(`input[value="${value}"]`).checked = true;
      }
      count();
    };

    const showPerson = () => {
      const person = model.get("person");
      const set = (name, value) => (form.elements[`person-${name}`].value = value ?? "");
      set("age", person.age);
      set("sex", person.sex);
      set("pregnant", { true: "yes", false: "no" }[person.pregnant]);
      set("medicines", person.medicines?.join(", "));
      for (const box of el.querySelectorAll("[name='person-condition']")) {
        box.checked = Boolean(person.conditions?.includes(box.value));
      }
    };

    const reset = () => {
      form.reset();
      search.value = "";
      filter();
      ask();
      find("h2").focus();
    };

    const toResult = find("[data-to-result]");
    const calm = toResult.textContent;
    const showAlarm = () => {
      toResult.textContent = model.get("alarm") || calm;
      toResult.classList.toggle("sp-alarm", Boolean(model.get("alarm")));
    };
    const goToResult = (event) => {
      event.preventDefault(); // JupyterLab has uses of its own for the address
      const result = el.closest(".spasm").querySelector(".sp-result");
      result.scrollIntoView();
      result.focus({ preventScroll: true });
    };

    const controller = new AbortController();
    const on = (target, type, handler) =>
      target.addEventListener(type, handler, { signal: controller.signal });
    on(form, "submit", (event) => event.preventDefault());
    on(form, "change", (event) => {
      if (event.target === search) return;
      onlyOne(event.target);
      ask();
    });
    on(search, "input", filter);
    on(find("[data-reset]"), "click", reset);
    on(toResult, "click", goToResult);
    model.on("change:replied", replied);
    model.on("change:answers", showAnswers);
    model.on("change:person", showPerson);
    model.on("change:alarm", showAlarm);
    showAnswers();
    showPerson();
    showAlarm();
    return () => {
      controller.abort();
      timers.forEach(clearTimeout);
      model.off("change:replied", replied);
      model.off("change:answers", showAnswers);
      model.off("change:person", showPerson);
      model.off("change:alarm", showAlarm);
    };
  },
};
