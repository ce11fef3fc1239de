// Moves recorded live figures: draws them on a canvas, at the settings of their controls. No Python, no library.
// What a recording holds is told in tools/site/recorder.py and recording.py.
"use strict";

const liveFigures = (() => {
  const SHARP = Math.min(3, Math.max(1, Math.ceil(window.devicePixelRatio || 1)));
  const PLAY_EVERY = 150; // milliseconds, as in JupyterLab
  const waiting = new Map(); // name of a recording -> who waits for it
  const known = new Map();

  // -- reading a recording -------------------------------------------------------------------------------------------

  // Numbers of things, a row a state: 0 is a new thing, others are counted back from the newest.
  function rows(written) {
    const told = [];
    let newest = -1;
    for (let at = 0; at < written.length; ) {
      const row = [];
      for (let left = written[at++]; left > 0; left--) {
        const back = written[at++];
        row.push(back === 0 ? ++newest : newest + 1 - back);
      }
      told.push(row);
    }
    return told;
  }

  function take(name, recording) {
    recording.states = rows(recording.states);
    recording.readouts = rows(recording.readouts);
    known.set(name, recording);
    (waiting.get(name) || []).forEach((ready) => ready(recording));
    waiting.delete(name);
  }

  // A program and not data: pages that are opened from a disk may not read data.
  function fetchRecording(name, source) {
    return new Promise((ready, failed) => {
      if (known.has(name)) return ready(known.get(name));
      const first = !waiting.has(name);
      waiting.set(name, [...(waiting.get(name) || []), ready]);
      if (!first) return undefined;
      const script = document.createElement("script");
      script.src = source;
      script.onerror = () => failed(new Error(`${source} can't be fetched`));
      document.head.append(script);
      return undefined;
    });
  }

  // -- drawing -------------------------------------------------------------------------------------------------------

  class Picture {
    constructor(recording, canvas) {
      this.recording = recording;
      this.canvas = canvas;
      [canvas.width, canvas.height] = recording.size.map((pixels) => pixels * SHARP);
      this.context = canvas.getContext("2d");
      this.paths = new Map();
    }

    draw(state) {
      const { context, recording } = this;
      const scale = SHARP / recording.units;
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.fillStyle = "white";
      context.fillRect(0, 0, ...recording.size.map((pixels) => pixels * recording.units));
      recording.states[state].forEach((number) => this.put(recording.ops[number]));
    }

    put([kind, ...told]) {
      this.context.save();
      this[kind](...told);
      this.context.restore();
    }

    frame(number) {
      this.recording.frames[number].forEach((op) => this.put(this.recording.still[op]));
    }

    again(number, box) {
      this.clip(box);
      this.context.fillStyle = "white";
      this.context.fillRect(...box);
      this.frame(number);
    }

    path(style, letters) {
      this.paint(this.outline(letters), this.recording.styles[style]);
    }

    marks(style, shape, steps) {
      const outline = this.outline(this.recording.shapes[shape]);
      const looks = this.recording.styles[style];
      const { context, recording: { units } } = this;
      this.clip(looks[4]);
      for (let i = 0; i < steps.length; i += 2) {
        context.translate(steps[i] * units, steps[i + 1] * units);
        this.paint(outline, [...looks.slice(0, 4), null, ...looks.slice(5)]);
      }
    }

    text(colour, size, x, y, width, angle, words) {
      const { context } = this;
      context.translate(x, y);
      context.rotate((-angle * Math.PI) / 180);
      context.fillStyle = colour;
      context.font = `${size}px "Course Sans"`;
      // Matplotlib puts letters on whole pixels, the browser does not: as a whole they shall be equally long.
      const measured = context.measureText(words).width;
      if (measured > 0) context.scale(width / measured, 1);
      context.fillText(words, 0, 0);
    }

    pixels(box, xs, ys, colours) {
      const { context, recording: { units } } = this;
      this.clip(box);
      colours.forEach((row, i) => {
        let from = 0;
        for (let k = 0; k < row.length; k += 2) {
          if (row[k] !== null) {
            context.fillStyle = row[k];
            const [left, right, top, bottom] = [xs[from], xs[row[k + 1]], ys[i], ys[i + 1]];
            context.fillRect(left * units, top * units, (right - left) * units, (bottom - top) * units);
          }
          from = row[k + 1];
        }
      });
    }

    outline(letters) {
      if (!this.paths.has(letters)) this.paths.set(letters, new Path2D(letters));
      return this.paths.get(letters);
    }

    clip(box) {
      if (box === null) return;
      this.context.beginPath();
      this.context.rect(...box);
      this.context.clip();
    }

    paint(outline, [stroke, width, dashes, fill, box, cap, join]) {
      const { context } = this;
      this.clip(box);
      if (fill !== null) {
        context.fillStyle = fill;
        context.fill(outline);
      }
      if (stroke !== null) {
        context.strokeStyle = stroke;
        context.lineWidth = width;
        context.lineCap = cap;
        context.lineJoin = join;
        context.setLineDash(dashes || []);
        context.stroke(outline);
      }
    }
  }

  // -- controls ------------------------------------------------------------------------------------------------------

  function element(tag, properties, ...inside) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...inside);
    return made;
  }

  // A text with its holes filled, as Python does it.
  function filled(text, values) {
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  // A control's parts, and `go(place)`, which moves it there.
  function control(told, moved) {
    const input = told.menu
      ? element("select", {}, ...told.values.map((text, place) => new Option(text, place)))
      : element("input", { type: "range", min: 0, max: told.values.length - 1, step: 1 });
    const shown = element("output", {});
    const go = (place) => {
      input.value = place;
      if (!told.menu) {
        shown.textContent = told.values[place];
        input.setAttribute("aria-valuetext", told.values[place]);
      }
    };
    input.addEventListener("input", () => {
      go(Number(input.value));
      moved();
    });
    go(told.start);
    const label = element("label", {}, element("span", {}, told.label), input, ...(told.menu ? [] : [shown]));
    return { told, label, go, place: () => Number(input.value) };
  }

  class Figure {
    constructor(root, recording) {
      this.recording = recording;
      this.controls = recording.controls.map((told) => control(told, () => this.stop()));
      this.canvas = element("canvas", {});
      this.canvas.setAttribute("role", "img");
      this.picture = new Picture(recording, this.canvas);
      this.readout = element("div", { className: "live-readout" });
      this.readout.setAttribute("role", "status");
      const panel = element("div", { className: "live-panel" }, ...this.controls.map(({ label }) => label));
      panel.append(this.buttons());
      root.replaceChildren(panel, this.canvas, this.readout);
      this.draw();
    }

    buttons() {
      const reset = element("button", { type: "button", textContent: this.recording.said.reset });
      reset.addEventListener("click", () => this.reset());
      const buttons = element("div", { className: "live-buttons" }, reset);
      if (this.recording.play !== null) {
        this.player = element("button", { type: "button" });
        this.player.addEventListener("click", () => (this.playing ? this.stop() : this.play()));
        buttons.prepend(this.player);
        this.showPlayer();
      }
      return buttons;
    }

    showPlayer() {
      if (this.player) this.player.textContent = this.recording.said[this.playing ? "stop" : "play"];
    }

    reset() {
      this.controls.forEach(({ go, told }) => go(told.start));
      this.stop();
    }

    play() {
      const time = this.controls[this.recording.play];
      const last = time.told.values.length - 1;
      if (time.place() === last) time.go(0);
      this.playing = setInterval(() => {
        time.go(Math.min(last, time.place() + 1));
        if (time.place() === last) this.stop();
        else this.draw();
      }, PLAY_EVERY);
      this.showPlayer();
      this.draw();
    }

    stop() {
      clearInterval(this.playing);
      this.playing = undefined;
      this.showPlayer();
      this.draw();
    }

    draw() {
      const { recording, controls } = this;
      const { said } = recording;
      const state = controls.reduce((sum, { told, place }) => sum + place() * told.stride, 0);
      this.picture.draw(state);
      const words = recording.readouts[state].map((number) => recording.words[number]);
      const pairs = words.flatMap((word, i) => (i % 2 ? [] : [[word, words[i + 1]]]));
      this.readout.replaceChildren(
        ...pairs.map(([label, value]) => element("span", {}, filled(said.number, { label, value: "" }), element("b", {}, value))),
      );
      const values = controls.map(({ told, place }) => `${told.label} = ${told.values[place()]}`).join(said.comma);
      const numbers = pairs.map(([label, value]) => `${label} = ${value}`).join(said.comma);
      this.canvas.setAttribute("aria-label", filled(said.whole, { what: recording.what, values, numbers }));
    }
  }

  // -- the page ------------------------------------------------------------------------------------------------------

  // Until its recording is there, a figure is the stored picture; so it stays where no recording can be had.
  async function open(root) {
    const recording = await fetchRecording(root.dataset.name, root.dataset.source);
    const texts = [...recording.still, ...recording.ops].filter(([kind]) => kind === "text").map((op) => op[op.length - 1]);
    await document.fonts.load('10px "Course Sans"', texts.join(""));
    root.figure = new Figure(root, recording);
  }

  function watch() {
    const seen = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        open(target).catch((error) => console.error(error));
      }
    }, { rootMargin: "300px" });
    document.querySelectorAll(".live-figure").forEach((root) => seen.observe(root));
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch);
  else watch();

  return { take };
})();
