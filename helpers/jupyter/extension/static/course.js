// What JupyterLab and Jupyter Notebook do differently for this course. It is written in the form into which JupyterLab
// builds extensions, so nothing has to be built.

(() => {
  const NAME = "course";
  let shared;

  // Of the versions that JupyterLab shares there is one only.
  const load = async name => (await Object.values(shared[name])[0].get())();

  // -- a picture in an output has the words that its metadata carry (`alt`) -----------------------------------------

  // The same renderer, but for the words.
  const described = factory => ({
    ...factory,
    createRenderer: options => {
      const renderer = factory.createRenderer(options);
      const render = renderer.renderModel.bind(renderer);
      renderer.renderModel = async model => {
        await render(model);
        const words = model.metadata[options.mimeType]?.alt;
        if (words) renderer.node.querySelector("img")?.setAttribute("alt", words);
      };
      return renderer;
    },
  });

  const describePictures = registry => {
    for (const type of ["image/png", "image/jpeg"]) {
      registry.addFactory({ ...described(registry.getFactory(type)), mimeTypes: [type] });
    }
  };

  // -- a cell that was just run shows its live figure, although JupyterLab scrolls to the next cell ------------------

  const MARGIN = 8; // pixels
  const PATIENCE = 5000; // milliseconds until a live figure must have its picture

  const nextFrame = () => new Promise(requestAnimationFrame);

  // The controls and the picture, once both are laid out; what stands below them may be out of view.
  const liveFigure = async cell => {
    for (const end = Date.now() + PATIENCE; Date.now() < end; await nextFrame()) {
      const figure = cell.node.querySelector(".live-figure");
      const picture = figure?.querySelector("img");
      if (picture?.complete && picture.offsetHeight > 50) return [figure, picture];
    }
    return [];
  };

  const bringIntoView = async (notebook, cell) => {
    const [figure, picture] = await liveFigure(cell);
    const box = cell.node.closest(".jp-WindowedPanel-outer");
    if (!figure || !box) return;
    const { top, height } = box.getBoundingClientRect();
    const above = figure.getBoundingClientRect().top - top - MARGIN;
    const below = picture.getBoundingClientRect().bottom - top - height + MARGIN;
    if (above < 0) box.scrollBy(0, above);
    else if (below > 0) box.scrollBy(0, Math.min(above, below));
  };

  const keepInView = actions => actions.executed.connect((_, { notebook, cell }) => {
    const holdsFigure = cell.model.outputs?.toJSON().some(output => output.metadata?.["image/png"] && output.data[WIDGET]);
    const ahead = notebook.activeCellIndex - notebook.widgets.indexOf(cell);
    if (holdsFigure && (ahead === 0 || ahead === 1)) bringIntoView(notebook, cell);
  });

  const WIDGET = "application/vnd.jupyter.widget-view+json";

  // -- a notebook that was just opened is not "unsaved", only because the kernel has told its version ----------------

  const leaveClean = (_, { context }) => context.ready.then(() => {
    context.model.metadataChanged.connect((model, { key }) => {
      if (key === "language_info" && !model.dirty) queueMicrotask(() => { model.dirty = false; });
    });
  });

  (window._JUPYTERLAB ??= {})[NAME] = {
    init: scope => { shared = scope; },
    get: async () => {
      const { IRenderMimeRegistry } = await load("@jupyterlab/rendermime");
      const { INotebookTracker, NotebookActions } = await load("@jupyterlab/notebook");
      const activate = (app, registry, notebooks) => {
        describePictures(registry);
        keepInView(NotebookActions);
        notebooks.widgetAdded.connect(leaveClean);
      };
      const requires = [IRenderMimeRegistry, INotebookTracker];
      return () => ({ id: `${NAME}:plugin`, autoStart: true, requires, activate });
    },
  };
})();
