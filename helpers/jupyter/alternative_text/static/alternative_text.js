// JupyterLab shows a picture in an output without the words that its metadata carry (`alt`): this extension adds them.
// It is written in the form into which JupyterLab builds extensions, so nothing has to be built.

(() => {
  const NAME = "course-alternative-text";
  let shared;

  // Of the versions that JupyterLab shares there is one only.
  const load = async name => (await Object.values(shared[name])[0].get())();

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

  (window._JUPYTERLAB ??= {})[NAME] = {
    init: scope => { shared = scope; },
    get: async () => {
      const { IRenderMimeRegistry } = await load("@jupyterlab/rendermime");
      const activate = (app, registry) => {
        for (const type of ["image/png", "image/jpeg"]) {
          registry.addFactory({ ...described(registry.getFactory(type)), mimeTypes: [type] });
        }
      };
      return () => ({ id: `${NAME}:plugin`, autoStart: true, requires: [IRenderMimeRegistry], activate });
    },
  };
})();
