"""W6xx: widgets are moved to both their ends, as a reader would. What moves them is in `nbgate.widgets`."""

from nbgate.rules import Rule

RULES = [
    Rule(
        "W601",
        "moves-without-error",
        True,
        "Each control can be moved to both its ends, or to all its choices.",
        "A slider that begins at 0, and a function that divides by it.",
        "Mend the function, or the slider's ends.",
    ),
    Rule(
        "W602",
        "labels-differ",
        False,
        "Controls that are shown together have different labels.",
        "Two sliders called `x`.",
        "Give each its own `description`.",
    ),
    Rule(
        "W603",
        "control-moves-something",
        False,
        "A control changes something.",
        "A slider that nothing observes.",
        "Link it, or take it away.",
    ),
    Rule(
        "W604",
        "finite-numbers",
        False,
        "What is shown after a move is finite.",
        "A curve of NaN at the slider's end.",
        "Mend the function, or the slider's ends.",
    ),
    Rule(
        "W605",
        "same-value-same-picture",
        True,
        "A control at the same value shows the same, whatever came before.",
        "A function that draws the last but one value.",
        "Draw from the values of the controls alone.",
    ),
    Rule(
        "W606",
        "drawn-anew-the-same",
        True,
        "What moves quickly looks like what is drawn anew.",
        "An artist that moves, and is not declared as moving.",
        "Declare it.",
    ),
]
