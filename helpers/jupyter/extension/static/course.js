// What JupyterLab and Jupyter Notebook do in addition for this course. It is written in the form into which JupyterLab
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

  const WIDGET = "application/vnd.jupyter.widget-view+json";
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

  const bringIntoView = (cell, figure, picture) => {
    const box = cell.node.closest(".jp-WindowedPanel-outer");
    const { top, height } = box.getBoundingClientRect();
    const above = figure.getBoundingClientRect().top - top - MARGIN;
    const below = picture.getBoundingClientRect().bottom - top - height + MARGIN;
    if (above < 0) box.scrollBy(0, above);
    else if (below > 0) box.scrollBy(0, Math.min(above, below));
  };

  // -- what is only drawn in it gets a name, for those who hear the page ----------------------------------------------

  const NAMES = {
    en: {
      first: "As it was at first: ", since: "What has changed since is told below the picture.",
      type: ": type a number", player: ["Play, or pause", "Stop, and go to the start"], repeat: "Repeat",
    },
    zh: {
      first: "最初的样子：", since: "此后的变化写在图的下方。",
      type: "：输入一个数", player: ["播放，或暂停", "停止，回到开头"], repeat: "重复",
    },
  };

  const label = (element, name) => {
    element.setAttribute("aria-label", name);
    element.title ||= name;
  };

  const nameParts = (figure, picture, words) => {
    const language = Object.keys(NAMES).find(code => figure.classList.contains(`live-figure-${code}`)) ?? "en";
    const names = NAMES[language];
    figure.lang = language;
    picture.alt = `${names.first}${words}\n${names.since}`;
    for (const slider of figure.querySelectorAll(".widget-slider")) {
      const handle = slider.querySelector(".noUi-handle");
      handle.setAttribute("aria-label", slider.querySelector(".widget-label")?.textContent ?? "");
      // Of a slider over a list the value is told, not its place in the list.
      const typed = slider.parentElement.querySelector(".widget-text input");
      const tell = () => {
        if (typed && handle.getAttribute("aria-valuetext") !== typed.value) {
          handle.setAttribute("aria-valuetext", typed.value);
        }
      };
      if (typed) {
        label(typed, handle.getAttribute("aria-label") + names.type);
        new MutationObserver(() => setTimeout(tell, 300)).observe(handle, { attributeFilter: ["aria-valuetext"] });
      }
      tell();
    }
    for (const player of figure.querySelectorAll(".widget-play")) {
      player.querySelectorAll("button").forEach((button, i) => label(button, names.player[i] ?? names.repeat));
    }
  };

  const attend = async (notebook, cell) => {
    const shown = cell.model.outputs?.toJSON().find(output => output.data?.[WIDGET] && output.data["image/png"]);
    const ahead = notebook.activeCellIndex - notebook.widgets.indexOf(cell);
    const [figure, picture] = shown ? await liveFigure(cell) : [];
    if (!figure) return;
    nameParts(figure, picture, [shown.data["text/plain"]].flat().join(""));
    if (ahead === 0 || ahead === 1) bringIntoView(cell, figure, picture);
  };

  // -- a notebook that was just opened is not "unsaved", only because the kernel has told its version ----------------

  const leaveClean = (_, { context }) => context.ready.then(() => {
    context.model.metadataChanged.connect((model, { key }) => {
      if (key === "language_info" && !model.dirty) queueMicrotask(() => { model.dirty = false; });
    });
  });

  // -- a notebook of another edition says which; in what it prints a Chinese character is as wide as two letters -----

  // Tables stand in columns then. Chinese characters are squares: which size makes them so wide is measured.
  const SQUARES = [
    "PingFang SC", "PingFangSC-Regular", "Hiragino Sans GB", "Microsoft YaHei", "SimHei", "Noto Sans CJK SC",
    "NotoSansCJKsc-Regular", "Noto Sans SC", "NotoSansSC-Regular", "Source Han Sans SC", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Droid Sans Fallback", "SimSun",
  ];
  const WIDE = "U+2E80-303F, U+3400-4DBF, U+4E00-9FFF, U+F900-FAFF, U+FF00-FF60";

  const widthOfTwoLetters = () => {
    const sample = document.body.appendChild(document.createElement("span"));
    sample.style.cssText = "position:absolute;visibility:hidden;font:100px var(--jp-code-font-family)";
    sample.textContent = "00";
    const { width } = sample.getBoundingClientRect();
    sample.remove();
    return width;
  };

  const evenColumns = () => {
    if (document.getElementById("course-columns")) return;
    const style = document.head.appendChild(document.createElement("style"));
    style.id = "course-columns";
    style.textContent = `
      @font-face {
        font-family: "course-columns"; unicode-range: ${WIDE}; size-adjust: ${widthOfTwoLetters()}%;
        src: ${SQUARES.map(name => `local("${name}")`).join(", ")};
      }
      .jp-NotebookPanel[lang=zh] .jp-RenderedText pre {
        font-family: "course-columns", var(--jp-code-font-family); line-height: 1.5;
      }`;
  };

  const tellLanguage = (_, panel) => panel.context.ready.then(() => {
    const top = [...panel.context.model.cells].slice(0, 5).map(cell => cell.sharedModel.getSource()).join("\n");
    const language = /^use\("(\w+)"\)/m.exec(top)?.[1];
    if (language) panel.node.lang = language;
    if (language === "zh") evenColumns();
  });

  (window._JUPYTERLAB ??= {})[NAME] = {
    init: scope => { shared = scope; },
    get: async () => {
      const { IRenderMimeRegistry } = await load("@jupyterlab/rendermime");
      const { INotebookTracker, NotebookActions } = await load("@jupyterlab/notebook");
      const activate = (app, registry, notebooks) => {
        describePictures(registry);
        NotebookActions.executed.connect((_, { notebook, cell }) => { attend(notebook, cell); });
        notebooks.widgetAdded.connect(leaveClean);
        notebooks.widgetAdded.connect(tellLanguage);
      };
      const requires = [IRenderMimeRegistry, INotebookTracker];
      return () => ({ id: `${NAME}:plugin`, autoStart: true, requires, activate });
    },
  };
})();
