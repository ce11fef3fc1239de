"""The course's pictures: numbers in, a described matplotlib figure out.

`style` holds the house style, `words` puts a figure into words, `described` ties picture and words together, and each
chapter has a module of its own figures. Nothing here knows pyplot: no figure is ever left open, and none is mixed up
with another.
"""

import logging

# Otherwise the first figure of all may show that matplotlib looks through the fonts: an output that is stored nowhere.
logging.getLogger("matplotlib.font_manager").addFilter(lambda record: "building the font cache" not in record.msg)
