"""One line of the table of results: a piece of work, what it is compared with, the goal and what was measured."""

from typing import NamedTuple


class Row(NamedTuple):
    """A result; `goal` is such as ">= 10", or empty where there is none."""

    work: str
    measure: str
    value: float | None
    goal: str = ""

    def reached(self):
        """Return whether the goal is reached; None without a goal or without a value."""
        if not self.goal or self.value is None:
            return None
        sense, bound = self.goal.split()
        return self.value >= float(bound) if sense == ">=" else self.value <= float(bound)

    def __str__(self):
        goal = self.goal.replace(">=", "at least").replace("<=", "at most")
        value = "not measured" if self.value is None else f"{self.value:.3g}"
        mark = {True: "✓", False: "✗", None: ""}[self.reached()]
        return f"| {self.work} | {self.measure} | {goal} | {value} | {mark} |"


HEAD = "| work | ratio of times | goal | measured | |\n|---|---|---|---:|---|"
