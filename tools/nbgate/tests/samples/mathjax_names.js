// Write what JupyterLab's MathJax knows by name, as nbgate.maths reads it: commands with the method that reads their
// arguments, environments, delimiters. JupyterLab loads all packages of MathJax and "require". To make it anew:
//     npm install mathjax-full@3.2.2 && node mathjax_names.js > ../../src/nbgate/mathjax.json
require("mathjax-full/js/input/tex/require/RequireConfiguration.js");
const { AllPackages } = require("mathjax-full/js/input/tex/AllPackages.js");
const { TeX } = require("mathjax-full/js/input/tex.js");
const { ConfigurationHandler } = require("mathjax-full/js/input/tex/Configuration.js");
const { MapHandler } = require("mathjax-full/js/input/tex/MapHandler.js");
const { CHTML } = require("mathjax-full/js/output/chtml.js");
const { mathjax } = require("mathjax-full/js/mathjax.js");
const { STATE } = require("mathjax-full/js/core/MathItem.js");
const { liteAdaptor } = require("mathjax-full/js/adaptors/liteAdaptor.js");
const { RegisterHTMLHandler } = require("mathjax-full/js/handlers/html.js");
const { OPTABLE, RANGES } = require("mathjax-full/js/core/MmlTree/OperatorDictionary.js");
const { COLORS } = require("mathjax-full/js/input/tex/color/ColorConstants.js");

RegisterHTMLHandler(liteAdaptor());
const without = AllPackages.filter((name) => !["noerrors", "noundefined"].includes(name));
const tex = new TeX({ packages: without.concat("require"), formatError: (_, error) => { throw error; } });
const page = mathjax.document("", { InputJax: tex, OutputJax: new CHTML() });

// The methods have no names of their own: look for them in what the modules export.
const methods = new Map();
for (const { exports } of Object.values(require.cache)) {
  for (const group of exports && typeof exports === "object" ? [exports, ...Object.values(exports)] : []) {
    if (!group || typeof group !== "object") continue;
    for (const [name, value] of Object.entries(group)) {
      if (typeof value === "function" && !methods.has(value)) methods.set(value, name);
    }
  }
}
const unnamed = { mhchem: "Machine", colortbl: "TableColor", centernot: "CenterOver" };
const nameOf = (macro, map) => methods.get(macro.func) ?? unnamed[map.name];

function known(handlers, kind) {
  const found = {};
  for (const { item: map } of handlers.get(kind)._configuration) {
    for (const [key, entry] of map.map ?? []) {
      // A command for a delimiter is listed with its backslash; "(" and the like are no commands.
      const name = kind === "macro" && map.constructor.name === "DelimiterMap" ? key.slice(1) : key;
      if (name in found || !name) continue;
      const method = entry.func && nameOf(entry, map);
      found[name] = method ? [method, ...(entry.args ?? [])] : ["Symbol", entry.attributes?.movesupsub ?? null];
    }
  }
  return found;
}

function sets(formula) {
  try {
    page.convert(formula, { display: true, end: STATE.CONVERT });
    return true;
  } catch (error) {
    return false;
  }
}

const handlers = tex.parseOptions.handlers;
const text = tex.parseOptions.packageData.get("textmacros").parseOptions.handlers;
const macros = known(handlers, "macro");
const symbols = Object.keys(macros).filter((name) => macros[name][0] === "Symbol");
const moving = symbols.filter((name) => macros[name][1]);
const operators = symbols.filter((name) => !moving.includes(name) && sets(`\\${name}\\limits`));
const rest = (entries) => Object.fromEntries(Object.entries(entries).filter(([, [method]]) => method !== "Symbol"));
const required = (name) => {
  const handler = ConfigurationHandler.get(name).handler;
  const keys = (kind) => (handler[kind] ?? []).flatMap((map) => [...(MapHandler.getMap(map).map?.keys() ?? [])]);
  return { commands: keys("macro"), environments: keys("environment") };
};
const operatorCharacters = [...new Set(Object.values(OPTABLE).flatMap((form) => Object.keys(form)))]
  .filter((c) => [...c].length === 1 && !/[\\{}^_&%#$~'\s]/.test(c) && sets(`${c}\\limits`));

const lines = {
  version: "3.2.2",
  symbols: symbols.filter((name) => !moving.includes(name) && !operators.includes(name)).join(" "),
  operators: operators.join(" "),
  moving: moving.join(" "),
  operator_characters: operatorCharacters.join(""),
  ranges: RANGES.map(([first, last]) => [first, last]),
  colors: [...COLORS.keys()].join(" "),
  packages: [...AllPackages, "physics", "colorv2", "setoptions", "require"].join(" "),
  delimiters: Object.keys(known(handlers, "delimiter")),
  commands: rest(macros),
  environments: known(handlers, "environment"),
  text_commands: known(text, "macro"),
  required: { physics: required("physics"), colorv2: required("colorv2") },
};
const inner = (value) => typeof value === "object" && !Array.isArray(value)
  ? "{\n" + Object.entries(value).map(([key, item]) => ` ${JSON.stringify(key)}: ${JSON.stringify(item)}`).join(",\n") + "\n}"
  : JSON.stringify(value);
const joined = Object.entries(lines).map(([key, value]) => `${JSON.stringify(key)}: ${inner(value)}`).join(",\n");
process.stdout.write(`{\n${joined}\n}\n`);
