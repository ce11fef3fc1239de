"""The course in other languages: English is the one source, and a catalogue a notebook says the rest.

* `blocks` cuts what a reader reads into messages, and puts translations in their place;
* `sources` lists the messages of notebooks, pages and the package; `catalogues` keeps what they are in a language;
* `faults` finds what a translation lost: a number, a formula, a link, a term of the glossary;
* `formulas` translates the words in formulas;
* `editions` generates notebooks and pages; `font` cuts a font that has all the characters that pictures need.

``python -m tools.translate zh`` brings the catalogues up to date, checks them, and generates the Chinese edition.
"""
