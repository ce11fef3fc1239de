"""The course's pictures: numbers in, a described matplotlib figure out.

`style` holds the house style, `described` puts a figure into words, and each chapter has a module of its own
figures. Nothing here knows pyplot: no figure is ever left open, and none is mixed up with another.
"""
