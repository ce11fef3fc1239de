"""The first page of the site: the README, with a figure that moves."""

import posixpath
import re


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
    return f"{before}{figure}{after}"


def rewired(markdown, folder, pages, repository):
    """Return Markdown whose links lead to pages of the site, or to the repository.

    Parameters
    ----------
    markdown : str
    folder : str
        Where it stands, in the repository and in the site alike: "" or "docs".
    pages : dict
        Path in the repository -> path in the site, of whatever has a place there.
    repository : str or None
        Address of the repository, for links to anything else; without it these become plain words.

    Returns
    -------
    str
    """

    def lead(link):
        mark, words, target = link[1], link[2], link[3]
        if ":" in target or target.startswith("#"):
            return link[0]
        path, _, fragment = target.partition("#")
        path = posixpath.normpath(posixpath.join(folder, path))
        fragment = f"#{fragment}" if fragment else ""
        if path in pages:
            return f"{mark}[{words}]({posixpath.relpath(pages[path], folder or '.')}{fragment})"
        return f"[{words}]({repository}/tree/main/{path}{fragment})" if repository else words

    return re.sub(r"(!?)\[((?:`[^`]*`|[^\]`])*)\]\(([^)\s]+)\)", lead, markdown)
