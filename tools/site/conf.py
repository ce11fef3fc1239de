"""What Sphinx is told. Its source is a folder made by `tools.site.__main__`; notebooks are changed as they are read."""

import html
import json
import os
import re
import sys
from pathlib import Path

import jieba
from docutils import nodes
from math_core import LatexToMathML
from sphinx.search.zh import SearchChinese

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from helpers.language import FONT, LOCALE, spoken
from tools.site.__main__ import TERMS
from tools.site.book import book_page
from tools.site.language import BOOK_STYLES, FOLDER, SPHINX, TAGS, said, said_questions, twins
from tools.site.pages import page

project = said("First steps in neural networks")
author = said("the authors of the course")
language = SPHINX[spoken()]
html_title = project
extensions = ["myst_nb"]
exclude_patterns = []

nb_execution_mode = "off"
nb_code_prompt_show, nb_code_prompt_hide = said("Show code"), said("Hide code")
nb_render_markdown_format = "myst"
nb_ipywidgets_js = {}
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
suppress_warnings = ["mystnb.unknown_mime_type"]

html_theme = "sphinx_book_theme"
templates_path = ["templates"]
html_favicon = "static/icon.svg"
html_css_files = ["course.css"]
html_js_files = [("player.js", {"defer": "defer"})]
jieba.setLogLevel("WARNING")
# By this name the search looks for what stems Latin words, and none comes with Sphinx that is called Chinese.
SearchChinese.language_name = "English"
html_search_options = {"dict": str(TERMS)}
html_math_renderer = "mathml"
html_copy_source = True
html_show_copyright = False
html_last_updated_fmt = None
html_theme_options = {
    "home_page_in_toc": True,
    "navbar_persistent": [],
    "show_toc_level": 2,
    "use_download_button": True,
    "use_fullscreen_button": False,
    "path_to_docs": f"notebooks/{FOLDER}".rstrip("/"),
    "article_header_end": ["language.html", "article-header-buttons.html"],
}
if repository := os.environ.get("COURSE_REPOSITORY"):
    html_theme_options |= {
        "repository_url": repository,
        "repository_branch": "main",
        "use_repository_button": True,
        "use_issues_button": True,
        "launch_buttons": {
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
            "jupyterlite_url": os.environ.get("COURSE_LITE", ""),
            "notebook_interface": "jupyterlab",
        },
    }

if tags.has("book"):  # noqa: F821 -- Sphinx's own
    page = book_page
    html_css_files, html_js_files = [f"{style}.css" for style in BOOK_STYLES], []
    html_static_path = [f"static/{file}" for file in (*html_css_files, "course-math.woff")]
    html_static_path += map(str, (LOCALE / spoken()).glob(FONT))
    html_favicon = None
    version = "0.1"
    epub_copyright = said("Text and pictures: CC BY 4.0. Code: BSD 3-Clause.")
    epub_language = TAGS[spoken()]
    epub_tocscope, epub_use_index, epub_show_urls = "includehidden", False, "no"

_mathml = LatexToMathML(xml_namespace=tags.has("book"))  # noqa: F821


def read(app, name, source):
    """Change a notebook on its way in; what readers download stays as it is stored."""
    if Path(app.srcdir, f"{name}.ipynb").exists():
        figures = json.loads(Path(app.srcdir, "figures.json").read_text(encoding="utf-8"))
        source[0] = json.dumps(page(json.loads(source[0]), name, said_questions(), figures))


def with_twins(app, name, template, context, tree):
    """Tell a page and its readers where it stands in other languages."""
    context["twins"] = twins(name)
    links = [f'<link rel="alternate" hreflang="{t["tag"]}" href="{t["page"]}"/>' for t in context["twins"] if t["same"]]
    context["metatags"] = "\n".join([context.get("metatags", ""), *links])


def without_strangers(app, name, template, context, tree):
    """Leave out of a book the style sheet of MyST-NB, which comes only when the book is bound."""
    context["css_files"] = [style for style in context["css_files"] if "mystnb" not in str(style.filename)]


def formula_of(node, displaystyle):
    """Return a formula in MathML, in which a book, being XML, has no entities of HTML, and sizes only as styles."""
    formula = _mathml.convert_with_local_state(node.astext(), displaystyle=displaystyle)
    if tags.has("book"):  # noqa: F821
        formula = formula.replace('<mfrac displaystyle="true"', '<mfrac style="math-style: normal"')
        formula = formula.replace(' scriptlevel="0"', "")
    return re.sub(r"&(?!amp;|lt;|gt;|quot;)\w+;", lambda entity: html.unescape(entity[0]), formula)


def inline(writer, node):
    """Write a formula among words."""
    formula = formula_of(node, displaystyle=False)
    writer.body.append(f'<span class="formula">{formula}</span>')
    raise nodes.SkipNode


def display(writer, node):
    """Write a formula that stands alone; a wide one is moved sideways on a narrow screen, like code."""
    formula = formula_of(node, displaystyle=True)
    writer.body.append(f'<div class="formula" tabindex="0">{formula}</div>')
    raise nodes.SkipNode


def setup(app):
    """Put all that into Sphinx."""
    app.connect("source-read", read)
    app.connect("html-page-context", without_strangers if tags.has("book") else with_twins)  # noqa: F821
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
