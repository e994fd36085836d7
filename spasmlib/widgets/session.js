// Keeps what a visit holds: in the tab, in an address to share, and over a lost connection.

const KEPT = "spasm-kept";
const BEAT = 1000; // ms between signs of life
const LOOK = 250; // ms between looks whether one is overdue
const PATIENCE = 3200; // ms without one before the connection counts as lost
const IDLE = 5 * 60_000; // ms without a touch after which the page lets the kernel rest
const LISTS = { y: ".", n: "." };

// Where one is in the study part as text for an address; it says nothing of the person.
function encodeStudy({ mode, study }) {
  return mode === "study" && study ? `study=${encodeURIComponent(study).replaceAll("%2F", "/")}` : "";
}

// Answers as text for an address: finding ids with dots between, everything else by name.
function encode({ answers, person, cause, at, tab, mode }) {
  const fields = new URLSearchParams();
  const named = (answer) => Object.keys(answers).filter((name) => answers[name] === answer);
  const add = (name, value) => value !== "" && value != null && fields.append(name, value);
  add("y", named("yes").join(LISTS.y));
  add("n", named("no").join(LISTS.n));
  add("age", person.age);
  add("sex", person.sex);
  add("pregnant", { true: "yes", false: "no" }[person.pregnant]);
  for (const medicine of person.medicines ?? []) add("medicine", medicine);
  for (const condition of person.conditions ?? []) add("condition", condition);
  if (!fields.size) return "";
  add("cause", cause);
  add("at", at);
  add("tab", tab);
  if (mode !== "study") add("mode", mode);
  return fields.toString();
}

function decode(text) {
  const raw = Object.create(null); // an address may hold any name
  for (const [name, value] of new URLSearchParams(text)) {
    (raw[name] ??= []).push(...(LISTS[name] ? value.split(LISTS[name]) : [value]));
  }
  return raw;
}

function isPersonal(text) {
  return [...new URLSearchParams(text).keys()].some((name) => name !== "study");
}

function kept() {
  try {
    return sessionStorage.getItem(KEPT) ?? "";
  } catch {
    return ""; // storage is switched off
  }
}

function keep(text) {
  try {
    if (text) sessionStorage.setItem(KEPT, text);
    else sessionStorage.removeItem(KEPT);
  } catch {
    // storage is switched off: the address takes its place when the page is loaded anew
  }
}

export default {
  render({ model, el }) {
    const controller = new AbortController();
    const { signal } = controller;
    const root = el.closest(".spasm");
    const alone = document.body.dataset.voila === "voila";
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal });
    const state = { answers: {}, person: {}, cause: "", at: "", tab: "", mode: "", study: "" };

    el.innerHTML = `
      <div class="sp-lost" hidden>
        <p role="alert" data-said></p>
        <button type="button" data-reconnect>Reconnect</button>
      </div>
      <p class="sp-note" role="status" data-note></p>`;
    const banner = el.querySelector(".sp-lost");
    const said = el.querySelector("[data-said]");
    const note = el.querySelector("[data-note]");

    // --- the address and the tab
    const inAddress = () => (location.hash.includes("=") ? location.hash.slice(1) : "");
    let opened = !alone; // until the address was read, it must not be written over
    let shared = alone && isPersonal(inAddress());

    const personal = () => encode({ ...state, cause: model.get("cause") });
    const joined = (...parts) => parts.filter(Boolean).join("&");
    const text = () => joined(personal(), encodeStudy(state));
    const inView = () => joined(shared && personal(), encodeStudy(state));
    const write = () => {
      if (!opened || !alone) return;
      keep(text());
      shared &&= personal() !== ""; // who cleared everything asks anew for an address
      if (inAddress() === inView()) return;
      const address = location.pathname + location.search + (inView() && `#${inView()}`);
      history.replaceState(history.state, "", address);
    };
    const learn = (event) => {
      Object.assign(state, event.detail);
      write();
    };
    // An address without answers leads somewhere in the evidence: what was kept stays.
    const open = (found) => {
      if (found) model.send({ action: "open", value: JSON.stringify(decode(found)) });
      else opened = true;
    };
    const first = () => {
      const address = inAddress();
      if (isPersonal(address)) return address;
      const before = new URLSearchParams(kept());
      before.delete("study");
      return joined(before.toString(), address);
    };
    const say = () => (note.textContent = model.get("note"));

    // --- signs of life
    let asked = 0; // when the oldest sign of life without a reply was asked for
    let sent = 0;
    let beaten = Date.now();
    let used = Date.now();
    const lost = () => {
      if (!banner.hidden) return;
      banner.hidden = false;
      said.textContent =
        "Connection lost. Your answers are kept in this page. " +
        "If an emergency sign fits, do not wait for this page.";
    };
    const found = () => {
      asked = 0;
      if (banner.hidden) return;
      banner.hidden = true;
      said.textContent = "";
    };
    const beat = () => {
      const now = Date.now();
      // A machine that slept, a page out of sight or out of use says nothing of the server.
      if (now - beaten > 2 * PATIENCE || document.hidden || now - used > IDLE) asked = 0;
      beaten = now;
      if (document.hidden || now - used > IDLE) return;
      if (asked && now - asked > PATIENCE) lost();
      if (now - sent < BEAT) return;
      sent = now;
      asked ||= now;
      model.send({ action: "ping" });
    };
    const reconnect = async () => {
      said.textContent = "Connecting …";
      try {
        // Any answer will do, even that there is no such file: it starts no kernel.
        await fetch(`${document.body.dataset.baseUrl}static/sign-of-life`, {
          cache: "no-store",
          signal: AbortSignal.timeout(4000),
        });
      } catch {
        said.textContent =
          "There is no answer yet. Your answers are kept in this page. Wait a moment, then try again.";
        return;
      }
      if (text() && kept() !== text()) location.hash = text();
      location.reload();
    };

    // --- leaving with something in hand
    const share = async (button) => {
      shared = true;
      write();
      const place = root.querySelector("[data-share-said]");
      if (!place) return;
      try {
        await navigator.clipboard.writeText(location.href);
        place.textContent = "Copied. It is in the address bar too.";
      } catch {
        place.textContent = "Copy it from the address bar.";
      }
      button.focus();
    };
    const hear = (message) => {
      if (message.action === "pong") found();
      else if (message.action === "opened") {
        opened = true;
        write();
      } else if (message.action === "failed") {
        opened = true;
        note.textContent = message.text;
      }
      else if (message.action === "download") {
        root.dispatchEvent(new CustomEvent("spasm:save", { detail: message }));
      }
    };

    on(root, "spasm:state", learn);
    on(root, "spasm:answers", learn);
    on(root, "click", (event) => {
      used = Date.now();
      const button = event.target.closest("[data-share], [data-print], [data-reconnect]");
      if (!button) return;
      if ("share" in button.dataset) share(button);
      else if ("print" in button.dataset) window.print();
      else reconnect();
    });
    for (const type of ["keydown", "pointermove", "touchstart", "scroll"]) {
      window.addEventListener(type, () => (used = Date.now()), { signal, passive: true });
    }
    model.on("msg:custom", hear);
    model.on("change:note", say);
    model.on("change:cause", write);
    say();
    root.classList.toggle("sp-in-notebook", !alone); // a notebook has no address to share
    // Another address in the same tab brings its own answers.
    const turn = () => {
      if (!inAddress() || inAddress() === inView()) return;
      opened = false;
      shared ||= isPersonal(inAddress());
      open(inAddress());
    };
    if (alone) {
      open(first());
      on(window, "hashchange", turn);
    }
    // JupyterLab itself says when a kernel is gone, and a busy notebook is not a lost one.
    const timer = alone ? setInterval(beat, LOOK) : undefined;
    return () => {
      controller.abort();
      clearInterval(timer);
      model.off("msg:custom", hear);
      model.off("change:note", say);
      model.off("change:cause", write);
    };
  },
};
