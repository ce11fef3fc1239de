"""The first page of the site: the README, with a figure that moves."""

import posixpath
import re

#: What the README calls the place of the course on GitHub.
SOMEWHERE = "OWNER/REPOSITORY"


def start_page(readme, figure):
    """Return the first page in Markdown.

    Parameters
    ----------
    readme : str
        The README in Markdown.
    figure : str
        What moves on the page, as HTML; it takes the place of the animated picture.

    Returns
    -------
    str
    """
    before, _, after = re.split(r"^(!\[[^\]]*\]\(\S+\.gif\))$", readme, flags=re.MULTILINE)
    # The heading above the first command has a name that is the same in all languages.
    after = re.sub(r"^(## .*\n\n```)", r"(run)=\n\1", after, count=1, flags=re.MULTILINE)
    return f"{before}{figure}{after}"


def addressed(markdown, repository):
    """Return Markdown whose badges lead to a repository.

    Parameters
    ----------
    markdown : str
    repository : str or None
        Its address on GitHub; without it there are no badges.

    Returns
    -------
    str
    """
    if repository:
        return markdown.replace(SOMEWHERE, repository.removeprefix("https://github.com/"))
    return re.sub(rf" \[!\[[^\]]*\]\(\S+\)\]\(\S*{SOMEWHERE}\S*\)", "", markdown)


def rewired(markdown, place, pages, others, repository):
    """Return Markdown whose links lead to pages of the site, or to the repository.

    Parameters
    ----------
    markdown : str
    place : str
        Its path in the repository.
    pages : dict
        Path in the repository -> path in the site, of whatever has a place there.
    others : dict
        The same of pages in other languages, of which Sphinx does not know: from the top of the site, in HTML.
    repository : str or None
        Address of the repository, for links to anything else; without it these become plain words.

    Returns
    -------
    str
    """
    here = posixpath.dirname(pages[place]) or "."

    def lead(link):
        mark, words, target = link[1], link[2], link[3]
        if ":" in target or target.startswith("#"):
            return link[0]
        path, _, fragment = target.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(place), path))
        fragment = f"#{fragment}" if fragment else ""
        if path in pages:
            return f"{mark}[{words}]({posixpath.relpath(pages[path], here)}{fragment})"
        if path in others:
            return f'<a href="{posixpath.relpath(others[path], here)}">{words}</a>'
        return f"[{words}]({repository}/tree/main/{path}{fragment})" if repository else words

    return re.sub(r"(!?)\[((?:`[^`]*`|[^\]`])*)\]\(([^)\s]+)\)", lead, markdown)
