"""Stored notebooks as pages for readers: what JupyterLab shows by itself is said here in words that Sphinx knows.

The site has no text of its own about the course, so that the two can't say different things. What is changed on the
way: links to headings, alternative texts, predictions, live figures, and which code stands folded. The few words that
pages add are said in their language.
"""

import html
import itertools
import posixpath
import re
from pathlib import PurePosixPath

from helpers.language import _, languages
from tools.live_figures import figure_in, words_of
from tools.site.language import said

#: What runs a chapter, on the first page.
RUN = "index.html#run"


def anchor(fragment):
    """Return the name that MyST gives the heading that JupyterLab calls so: ``2.-Counting-layers``."""
    return re.sub(r"[^\w-]", "", fragment.lower())


def with_anchors(text):
    """Return Markdown whose links to headings, of this page or another, lead to MyST's."""
    return re.sub(r"\]\(([^)#\s:]*)#([^)\s]+)\)", lambda link: f"]({link[1]}#{anchor(link[2])})", text)


def across(text, name, there):
    """Return Markdown whose links to other editions lead to their pages, of which Sphinx does not know.

    Parameters
    ----------
    text : str
    name : str
        The notebook's place in its own edition, without its ending.
    there : bool
        Whether the other editions have pages; if not, such links become plain words.

    Returns
    -------
    str
    """

    def lead(link):
        place = posixpath.normpath(posixpath.join(posixpath.dirname(name), link[2]))
        if place.partition("/")[0] not in ("..", *languages()):
            return link[0]
        return f'<a href="{link[2]}.html">{link[1]}</a>' if there else link[1]

    return re.sub(r"\[([^\]]*)\]\(([^)\s:]*)\.ipynb\)", lead, text)


def page(notebook, name, questions, figures):
    """Turn a notebook into what a page shows of it.

    Parameters
    ----------
    notebook : dict
        A notebook, as JSON. It is changed.
    name : str
        Its place without its ending, such as ``appendix/frameworks``.
    questions : dict
        Name -> question, as `helpers.live.predict.questions` returns them.
    figures : dict
        Name -> what `live_figure` wants to know of each live figure.

    Returns
    -------
    dict
        The same notebook.
    """
    leave_out_own(notebook)
    top = "../" * (len(PurePosixPath(name).parts) - 1)
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            cell["source"] = with_anchors(across(source, name, there=True))
            continue
        cell["outputs"] = list(claims_apart(cell["outputs"]))
        for output in cell["outputs"]:
            describe(cell, output)
        if asked := asked_in(cell):
            _replace(cell, prediction(questions[asked]))
        elif shown := figure_in(cell, figures):
            _replace(cell, live_figure(shown, figures[shown], words_of(cell), top))
        elif cell.get("id") == "setup":
            tag(cell, "hide-input")
    return notebook


def leave_out_own(notebook):
    """Leave out of a notebook what only a running course knows: the list of what its reader has predicted."""
    notebook["cells"] = [cell for cell in notebook["cells"] if not cell["id"].startswith("predicted")]


def asked_in(cell):
    """Return the name of the prediction that a cell asks for at its end, None if it asks for none."""
    asked = re.search(r'^predict\("([\w-]+)"\)\s*\Z', "".join(cell["source"]), flags=re.MULTILINE)
    return asked[1] if asked else None


def is_one_call(cell):
    """Return whether a cell holds a single line: what it shows is worth reading, that line is not."""
    return "\n" not in "".join(cell["source"]).strip()


def claims_apart(outputs):
    """Yield the outputs of a cell, claims apart from other lines: sentences may wrap, columns of a table may not."""
    for output in outputs:
        if output["output_type"] != "stream":
            yield output
            continue
        lines = "".join(output["text"]).splitlines(keepends=True)
        for claimed, some in itertools.groupby(lines, key=lambda line: line.startswith(("✓", "✗"))):
            text = "".join(some)
            if claimed:
                yield {"output_type": "display_data", "metadata": {}, "data": {"text/plain": text}}
            else:
                yield output | {"text": text}


def describe(cell, output):
    """Give pictures in an output their words, and links their anchors, where Sphinx looks for them."""
    data, metadata = output.get("data", {}), output.get("metadata", {}).get("image/png", {})
    if "text/markdown" in data:
        data["text/markdown"] = with_anchors("".join(data["text/markdown"]))
    if "alt" in metadata:
        told = cell["metadata"].setdefault("mystnb", {}).setdefault("image", {})
        if told.get("alt", metadata["alt"]) != metadata["alt"]:
            raise ValueError(f"cell {cell.get('id')} has two pictures, of which Sphinx can describe one")
        told["alt"] = metadata["alt"]
        # The width decides; with a height beside it a picture would be squeezed on a narrow screen.
        metadata.pop("height", None)


def _replace(cell, shown):
    cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": shown}}]
    cell["metadata"].get("mystnb", {}).pop("image", None)
    if is_one_call(cell):
        tag(cell, "remove-input")


def tag(cell, name):
    """Give a cell a tag by which MyST-NB knows what to do with it."""
    cell["metadata"]["tags"] = [*cell["metadata"].get("tags", []), name]


def prediction(question):
    """Return a question as HTML; its answer stays hidden until it is asked for."""
    choices = "".join(f"<li>{html.escape(choice)}</li>" for choice in question["choices"])
    right, because = (html.escape(text) for text in (question["choices"][question["answer"]], question["because"]))
    asked = html.escape(question["question"])
    asks = _("{bold}Your prediction:{normal} {question}", bold="<b>", normal="</b>", question=asked)
    answer = _('The answer is "{right}": {because}', right=f"<b>{right}</b>", because=because)
    return (
        f'<div class="prediction"><p>{asks}</p><ul>{choices}</ul>'
        f"<details><summary>{_('Reveal')}</summary><p>{answer}</p></details></div>"
    )


def live_figure(name, figure, words, top=""):
    """Return a live figure as HTML: its still picture, in whose place the player puts what moves.

    Parameters
    ----------
    name : str
    figure : dict
        ``size`` in pixels; and ``states``, how many settings are recorded, and ``buttons``, whether it has some that a
        page has not, or ``reason``, why nothing is recorded.
    words : str
        What the still picture shows.
    top : str
        The way from the page to the top of the site.

    Returns
    -------
    str
    """
    width, height = figure["size"]
    place = f"{top}_static/live/{name}"
    picture = (
        f'<img src="{place}.png" alt="{html.escape(words)}" width="{width}" height="{height}" loading="lazy" '
        'class="live-still"/>'
    )
    run = f'<a href="{top}{RUN}">{said("Run the chapter")}</a>'
    if "reason" in figure:
        note = said("{reason} {run} to move it.", reason=html.escape(said(figure["reason"])), run=run)
        return f'{picture}<p class="live-note">{note}</p>'
    told = {"states": f"{figure['states']:,}", "run": run}
    note = said("Recorded: the controls stop at {states} settings. {run} for all.", **told)
    if figure["buttons"]:
        note = said(
            "Recorded: the controls stop at {states} settings. Buttons that measure or register are left out. "
            "{run} for all.",
            **told,
        )
    return (
        f'<div class="live-figure" data-name="{name}" data-source="{place}.js">{picture}</div>'
        f'<p class="live-note">{note}</p>'
    )
