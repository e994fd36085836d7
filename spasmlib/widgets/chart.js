// Draws a plotly figure. plotly.js is loaded once per page, from a file that the server
// has beside the app; where no server has it (VS Code, say) the kernel sends it.

const NARROW = 420; // px; below it fewer numbers fit under the axis
const FILE = "spasmlib/plotly-cartesian.min.js";
// plotly knows servers of its own for maps and for editing; whatever a figure holds, none is asked.
const CONFIG = { displayModeBar: false, topojsonURL: "", plotlyServerURL: "" };

function addScript(source) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => (globalThis.Plotly ? resolve(globalThis.Plotly) : reject(new Error("no Plotly")));
    script.onerror = () => reject(new Error(`cannot load ${source}`));
    document.head.append(script);
  });
}

async function fromServer() {
  const config = document.getElementById("jupyter-config-data");
  const base = config && JSON.parse(config.textContent).fullLabextensionsUrl;
  if (!base) throw new Error("this page names no folder of extensions");
  return addScript(`${base}/${FILE}`);
}

function fromKernel(model) {
  return new Promise((resolve, reject) => {
    const receive = (message, buffers) => {
      if (message.action !== "plotly") return;
      model.off("msg:custom", receive);
      const address = URL.createObjectURL(new Blob([buffers[0]], { type: "text/javascript" }));
      addScript(address).then(resolve, reject);
    };
    model.on("msg:custom", receive);
    model.send({ action: "plotly" });
  });
}

function plotly(model) {
  globalThis.spasmPlotly ??= fromServer().catch(() => fromKernel(model));
  return globalThis.spasmPlotly;
}

// plotly knows no CSS variables: ask the browser what they come to here.
function colour(el, name, otherwise) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name}, ${otherwise})`;
  el.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function inColours({ data, layout }, el) {
  const style = getComputedStyle(el);
  const text = colour(el, "--sp-text", "inherit");
  const grid = colour(el, "--sp-line", "rgba(128,128,128,.35)");
  const axis = { gridcolor: grid, zerolinecolor: grid, linecolor: grid };
  return {
    data: data.map((trace) =>
      trace.error_x ? { ...trace, error_x: { color: text, ...trace.error_x } } : trace,
    ),
    layout: {
      ...layout,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { ...layout.font, color: text, family: style.fontFamily },
      xaxis: { ...axis, ...layout.xaxis },
      yaxis: { ...axis, ...layout.yaxis },
    },
  };
}

// The figure as a file, on the page's own ground, as large as it stands here.
async function toFile(library, picture, kind, el) {
  const layout = { ...picture.layout, paper_bgcolor: colour(el, "--sp-card", "#fff") };
  const { width, height } = picture.getBoundingClientRect();
  const size = { width: Math.round(width), height: Math.round(height) };
  return library.toImage({ data: picture.data, layout, config: CONFIG }, { format: kind, scale: 2, ...size });
}

export default {
  async render({ model, el }) {
    const controller = new AbortController();
    el.classList.add("spasm-chart");
    const picture = document.createElement("div");
    picture.setAttribute("role", "img");
    const scroller = document.createElement("div");
    scroller.className = "sp-chart-scroll";
    scroller.append(picture);
    const tools = document.createElement("p");
    tools.className = "sp-chart-tools";
    el.replaceChildren(scroller, tools);
    let library;
    let gone = false;

    const offer = () => {
      const name = model.get("name");
      tools.hidden = !name;
      if (!name || tools.dataset.name === name) return;
      tools.dataset.name = name;
      tools.replaceChildren("Download: ");
      for (const kind of ["csv", "png", "svg"]) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "sp-link";
        button.dataset.file = kind;
        button.textContent = kind.toUpperCase();
        button.setAttribute("aria-label", `${kind.toUpperCase()}: ${model.get("label")}`);
        tools.append(button, " ");
      }
    };
    const save = (detail) =>
      el.dispatchEvent(new CustomEvent("spasm:save", { detail, bubbles: true }));
    const handOver = async (event) => {
      const kind = event.target.closest("[data-file]")?.dataset.file;
      if (!kind) return;
      if (kind === "csv") model.send({ action: "csv" });
      else if (library) {
        save({ name: `${model.get("name")}.${kind}`, address: await toFile(library, picture, kind, el) });
      }
    };
    const hear = (message) => message.action === "download" && save(message);

    const draw = async () => {
      const figure = model.get("figure");
      picture.setAttribute("aria-label", model.get("label"));
      el.hidden = !figure.data?.length;
      offer();
      if (el.hidden || !el.clientWidth) return; // out of sight it has no width to go by
      try {
        library ??= await plotly(model);
      } catch {
        picture.textContent = "The chart could not be drawn here; the list says the same.";
        return;
      }
      if (gone) return;
      const { data, layout } = inColours(figure, el);
      const width = Math.max(el.clientWidth, model.get("min_width"));
      const sized = { ...layout, width };
      const cut = width > el.clientWidth;
      scroller.classList.toggle("sp-scroll", cut);
      if (cut) scroller.tabIndex = 0;
      else scroller.removeAttribute("tabindex");
      if (cut) scroller.setAttribute("role", "region");
      else scroller.removeAttribute("role");
      if (cut) scroller.setAttribute("aria-label", `${model.get("label")} (scrolls sideways)`);
      else scroller.removeAttribute("aria-label");
      if (el.clientWidth < NARROW && layout.xaxis.nticks) {
        sized.xaxis = { ...layout.xaxis, nticks: 3 };
      }
      await library.react(picture, data, sized, CONFIG);
      if (picture.listening) return;
      picture.listening = true;
      picture.on("plotly_click", ({ points }) => {
        const chosen = points[0]?.customdata;
        if (chosen === undefined) return;
        model.send({ action: "click", value: String(chosen) });
        const detail = model.get("leads_to").replace("{}", CSS.escape(chosen));
        if (detail) picture.dispatchEvent(new CustomEvent("spasm:goto", { detail, bubbles: true }));
      });
    };

    const dark = matchMedia("(prefers-color-scheme: dark)");
    const theme = new MutationObserver(draw);
    theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
    dark.addEventListener("change", draw);
    for (const name of ["figure", "label", "name", "min_width"]) model.on(`change:${name}`, draw);
    model.on("msg:custom", hear);
    tools.addEventListener("click", handOver, { signal: controller.signal });
    // plotly's own resizing looks at the window only and forgets the height.
    let width = 0;
    const size = new ResizeObserver(() => {
      if (el.clientWidth === width) return;
      width = el.clientWidth;
      draw();
    });
    size.observe(el);
    await draw();
    return () => {
      gone = true;
      theme.disconnect();
      size.disconnect();
      dark.removeEventListener("change", draw);
      for (const name of ["figure", "label", "name", "min_width"]) model.off(`change:${name}`, draw);
      model.off("msg:custom", hear);
      controller.abort();
      library?.purge(picture);
    };
  },
};
