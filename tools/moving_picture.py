"""The picture that moves in the README, a live figure at one rate after another: ``python -m tools.moving_picture``.

GitHub shows no widgets, but it does show an animated picture. Above each frame stands the slider that moves it.
"""

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from helpers.figures.style import BLACK, BLUE, DPI, house_style
from helpers.live.learning_rate import descent_on_a_bowl
from tools.places import ROOT
from tools.site.sampling import samples

FILE = ROOT / "docs" / "pictures" / "moving.gif"
#: The slider walks over these and back. 1 is the edge: from there on descent does not arrive.
RATES = samples()["descent_on_a_bowl"]["learning_rate"][1:-1]
#: Seconds of a frame, and of those at which it turns.
FRAME, TURN = 0.25, 1.2
#: So many pixels high is the slider, and so many colours has a frame.
HEIGHT, COLOURS = 44, 48


@house_style
def slider(rate, width):
    """Return the slider at a rate, as a picture so many pixels wide."""
    figure = Figure(figsize=(width / DPI, HEIGHT / DPI))
    axes = figure.add_axes((0.2, 0, 0.6, 1), xlim=(0, len(RATES) - 1), ylim=(-1, 1))
    axes.axis("off")
    axes.plot([0, len(RATES) - 1], [0, 0], color="#bbbbbb", linewidth=3)
    axes.plot([RATES.index(rate)], [0], "o", color=BLUE, markersize=11, clip_on=False)
    figure.text(0.17, 0.5, "learning rate", ha="right", va="center", color=BLACK)
    figure.text(0.83, 0.5, f"{rate:g}", ha="left", va="center", color=BLACK)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def frames():
    """Return all frames."""
    live, made = descent_on_a_bowl(), []
    for rate in [*RATES, *RATES[-2:0:-1]]:
        live.set(learning_rate=rate)
        picture = Image.open(io.BytesIO(live.png())).convert("RGB")
        frame = Image.new("RGB", (picture.width, HEIGHT + picture.height), "white")
        frame.paste(slider(rate, picture.width), (0, 0))
        frame.paste(picture, (0, HEIGHT))
        made.append(frame.quantize(COLOURS, dither=Image.Dither.NONE))
    return made


def main():
    """Make the picture."""
    first, *rest = frames()
    times = [1000 * (TURN if i in (0, len(RATES) - 1) else FRAME) for i in range(1 + len(rest))]
    first.save(FILE, save_all=True, append_images=rest, duration=times, loop=0, optimize=True)
    print(f"{FILE}; {FILE.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
