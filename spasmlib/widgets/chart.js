// Draws a plotly figure. plotly.js is loaded once per page, from a file that the server
// has beside the app; where no server has it (VS Code, say) the kernel sends it.

const NARROW = 420; // px; below it fewer numbers fit under the axis
const FILE = "spasmlib/plotly-cartesian.min.js";

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

export default {
  async render({ model, el }) {
    el.classList.add("spasm-chart");
    const picture = document.createElement("div");
    picture.setAttribute("role", "img");
    el.replaceChildren(picture);
    let library;
    let gone = false;

    const draw = async () => {
      const figure = model.get("figure");
      picture.setAttribute("aria-label", model.get("label"));
      el.hidden = !figure.data?.length;
      if (el.hidden || !el.clientWidth) return; // out of sight it has no width to go by
      try {
        library ??= await plotly(model);
      } catch {
        picture.textContent = "The chart could not be drawn here; the list says the same.";
        return;
      }
      if (gone) return;
      const { data, layout } = inColours(figure, el);
      const sized = { ...layout, width: el.clientWidth };
      if (el.clientWidth < NARROW && layout.xaxis.nticks) {
        sized.xaxis = { ...layout.xaxis, nticks: 3 };
      }
      await library.react(picture, data, sized, { displayModeBar: false });
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
    model.on("change:figure", draw);
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
      model.off("change:figure", draw);
      library?.purge(picture);
    };
  },
};
