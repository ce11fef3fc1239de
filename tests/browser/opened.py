"""What a notebook shows when it has been opened, without a kernel."""

import re
from dataclasses import dataclass

from tests.browser import lab

ASK = r'predict\("([^"]+)"\)'
PICTURES = """() => [...document.querySelectorAll(".jp-RenderedImage img")]
  .map(image => [image.alt, image.checkVisibility() ? image.naturalWidth : 0])"""
# All texts on the screen below a cell, once that cell stands at its top.
BELOW = """async number => {
  const cell = course.cells()[number].node, box = cell.closest(".jp-WindowedPanel-outer");
  for (let right = 0, tries = 0; right < 3 && tries < 30; tries++) {  // what is above may still get its height
    const off = cell.getBoundingClientRect().top - box.getBoundingClientRect().top;
    right = Math.abs(off) < 1 ? right + 1 : 0;
    box.scrollBy(0, off);
    await new Promise(done => setTimeout(done, 50));
  }
  const end = box.getBoundingClientRect().bottom, start = cell.getBoundingClientRect().bottom;
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT), seen = [];
  while (walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const shows = [...range.getClientRects()].some(({ top, bottom, width }) => width && bottom > start && top < end);
    if (shows && walker.currentNode.parentElement.checkVisibility()) seen.push(walker.currentNode.textContent);
  }
  return seen.join(" ");
}"""


@dataclass(frozen=True)
class Opened:
    """What was seen.

    Parameters
    ----------
    is_dirty : bool
        Whether the notebook counted as changed.
    pictures : list
        Of each picture in an output its alternative text and its width in pixels, 0 where it is not visible.
    below_questions : dict
        Id of a question -> all text that is on the screen with it.
    """

    is_dirty: bool
    pictures: list
    below_questions: dict


def look(page, cells):
    """Look at a notebook that was opened just now, while it has no kernel.

    Parameters
    ----------
    page : playwright.sync_api.Page
    cells : list
        Of its file.

    Returns
    -------
    Opened
    """
    lab.wait(page, "course.rendered()", "pictures to appear")
    is_dirty, below = lab.is_dirty(page), {}
    lab.stop_kernel(page)
    pictures = lab.ask(page, PICTURES)
    for number, cell in enumerate(cells):
        for asked in re.findall(ASK, cell.source):
            below[asked] = lab.ask(page, BELOW, number)
    lab.start_kernel(page)
    return Opened(is_dirty, pictures, below)
