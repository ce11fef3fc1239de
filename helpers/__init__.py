"""The code behind the course: each module has one job, and imports run one way only.

Numeric core (NumPy alone)
    `activations`, `losses`, `schedules`, `initialisers`, `descent`, `complexity`, `datasets`
Networks, built on the core
    `network`, `training`, `timing`
Pictures, built on both
    `figures` (numbers to described pictures), `live` (the same, moved by sliders)
Around them
    `claims` (sentences put to the test), `ledger` (all statements and their verdicts), `environment` (is everything
    installed?), `exercises` (what is asked, and what answers back), `grading` (a class's submissions, in a sandbox)

`import helpers` loads none of them: name the module that you want, as in
``from helpers.activations import ACTIVATIONS``. The numeric core never loads matplotlib.
"""

__version__ = "0.1.0"

#: Tells this package from others that are named helpers, too.
COURSE = "First steps in neural networks"
