"""The course as pages: ``make site``. Stored notebooks become HTML, and live figures move without Python.

`recorder` writes down what matplotlib draws, `sampling` says at which settings, `recording` keeps it for each of them
in one small file, which ``static/player.js`` replays. `pages` turns notebooks into pages, `start_page` the README into
the first of them, `conf` tells Sphinx, and `__main__` runs it all. `book` makes an EPUB file of
the same notebooks, and prints them.
"""
