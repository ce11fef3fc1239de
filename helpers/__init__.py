"""The code behind the course.

Imports run one way only, from top to bottom of this map::

    language                                          what is said in English, or in another language
    _checks                                           what an error says: what was expected, and what came
    activations  losses  schedules  initialisers      the numeric core: NumPy alone
    descent  complexity  datasets
    claims                                            a sentence, a value and bounds: a tick or a cross
    own_files                                         where what a learner has done is kept
    outputs  samples  network                         a network as its equations are written
    fast_network  training                            the same computed fast; how it is trained
    exercises/                                        what is asked, and what answers back
    grading/                                          a class's submissions, judged in a sandbox
    experiments/                                      what chapters compute
    figures/                                          numbers to described pictures
    live/                                             pictures moved by sliders
    ledger  installation                              all statements and their verdicts; is everything in place?
    jupyter/                                          settings of JupyterLab
    locale/                                           what messages are in other languages

`import helpers` loads none of them: name the module that you want, as in
``from helpers.activations import ACTIVATIONS``. The numeric core never loads matplotlib.
"""

__version__ = "0.1.0"
