"""Is what the course says true beyond its one setting? ``make vary`` asks each claim again when one thing is changed.

`variations` says what can be changed; `asking` runs a notebook with one change and records its claims; `written` reads
them as they are written; `table` keeps what came out in ``data/variations.csv`` and holds it to the rules;
``python -m tools.vary`` is the command line.
"""
