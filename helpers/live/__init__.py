"""Pictures that a reader moves: ipywidgets controls tied to figures drawn fast enough to follow the hand.

`core` has the one class behind them all, `controls` its sliders and switches, and each chapter has a module of its
own live figures. `LIVE_FIGURES` in `core` finds them by name.
"""
