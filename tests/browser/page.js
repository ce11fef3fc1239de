// Put into each page before JupyterLab starts, so that the tests can ask it short questions.
// Lumino is JupyterLab's tree of widgets; ipywidgets hang their views into it.
window.course = {
  panel: () => window.jupyterapp?.shell.currentWidget,
  kernel: () => course.panel().context.sessionContext.session?.kernel,
  cells: () => course.panel().content.widgets,
  outputs: () => course.cells().map(cell => cell.model.outputs?.toJSON() ?? []),
  ready: () => Boolean(course.panel()?.context?.isReady && course.kernel()?.status === "idle"),
  running: () => course.cells().filter(cell => cell.model.executionState === "running").length
    + (course.kernel().status === "idle" ? 0 : 1),

  *views(widget) {
    if (widget._view?.model) yield widget._view;
    for (const child of widget.children()) yield* course.views(child);
  },
  view: id => [...course.views(course.panel())].find(view => view.model.model_id === id),
  element: ([id, selector]) => course.view(id).el.querySelector(selector),
  value: id => course.view(id).model.get("index") ?? course.view(id).model.get("value"),
  liveFigures: () => [...course.views(course.panel())]
    .filter(view => view.el.classList.contains("live-figure")).map(view => view.model.model_id),
  rendered: () => course.outputs().flat().map(output => output.data?.["application/vnd.jupyter.widget-view+json"])
    .every(widget => !widget || course.view(widget.model_id))
    && [...document.querySelectorAll(".jp-OutputArea img")].every(image => image.complete),

  // What a live figure shows now.
  async shown(id) {
    const { el } = course.view(id);
    const alert = el.querySelector("[role=alert]");
    const bytes = new Uint8Array(await (await fetch(el.querySelector("img").src)).arrayBuffer());
    return {
      picture: btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), "")),
      words: el.querySelector("[role=status]").innerText,
      error: alert?.checkVisibility({ visibilityProperty: true }) ? alert.innerText : "",
    };
  },

  // Run code in the notebook's kernel and return what it prints.
  async execute(code) {
    const future = course.kernel().requestExecute({ code, store_history: false, allow_stdin: false });
    let said = "";
    future.onIOPub = ({ header, content }) => {
      if (header.msg_type === "stream" && content.name === "stdout") said += content.text;
      if (header.msg_type === "error") said += content.traceback.join("\n");
    };
    await future.done;
    return said;
  },

  // Note each height that an element has in a frame, until `watched` is asked for.
  watch(element) {
    course.heights = new Set();
    course.observer = new ResizeObserver(() => course.heights.add(element.offsetHeight));
    course.observer.observe(element);
  },
  watched() {
    course.observer.disconnect();
    return [...course.heights];
  },
};
