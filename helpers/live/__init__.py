"""Pictures that a reader moves: ipywidgets controls tied to figures drawn fast enough to follow the hand.

`live_figure` has the widget behind them all and `LIVE_FIGURES`, which finds them by name; `blit` draws. `controls` has
the sliders and menus, `board` what readers register, `predict` the questions before an experiment. Each chapter has a
module of its own live figures.
"""
