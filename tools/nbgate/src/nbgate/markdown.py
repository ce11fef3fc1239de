r"""Markdown as JupyterLab shows it: texts, formulas, links, pictures, headings, anchors and tables of a cell.

JupyterLab takes the formulas out of the source, turns the rest to HTML, puts them back, and lets MathJax look for its
marks in what the browser then has as text. `read` does the same, step by step: `_without_maths`, a parser of
CommonMark with tables, a parser of HTML, and `_formulas`.
"""

import functools
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

#: Formulas are not looked for in these.
NO_MATHS = {"script", "noscript", "style", "textarea", "pre", "code", "annotation", "annotation-xml"}
#: These do not end a text that may hold a formula.
INSIDE_TEXT = {"br": "\n", "wbr": ""}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
#: HTML lets their end be left out.
MAY_STAY_OPEN = {
    "p",
    "li",
    "dt",
    "dd",
    "tr",
    "td",
    "th",
    "thead",
    "tbody",
    "tfoot",
    "option",
    "colgroup",
    "html",
    "body",
}
HEADING = re.compile("h[1-6]")
#: Stands for a formula in a text.
FORMULA = "\ue000"
#: Stand for marks that are escaped in the source: they are meant to be shown.
ESCAPED = {mark: chr(0xE100 + ord(mark)) for mark in "$*`[]#|_"}
SHOWN = str.maketrans({escaped: mark for mark, escaped in ESCAPED.items()})

SPLIT = re.compile(r"(\$\$?|\\(?:begin|end)\{[a-z]*\*?\}|\\[{}$]|[{}]|(?:\n\s*)+|@@\d+@@|\\\\[()\[\]])", re.IGNORECASE)
FENCED = re.compile(r"^(?P<fence>`{3,}|(?:~T){3,})[^`\n]*\n([\s\S]*?)^(?P=fence)`*$", re.MULTILINE)
CODE_SPAN = re.compile(r"(^|[^\\])(`+)([^\n]*?[^`\n])\2(?!`)", re.MULTILINE)
PLACE = re.compile(r"@@(\d+)@@")
MATHS_START = re.compile(r"\$\$|\\\(|\\\[|\$|\\begin\s*\{([^}]*)\}|(\\([\\$])|(\\(?:eq)?ref\s*\{[^}]*\}))")
CLOSING = {"$$": "$$", "$": "$", r"\(": r"\)", r"\[": r"\]"}
STRUCK = re.compile(r"~(?=[^\s~])(?:\\.|[^\\])*?(?:\\.|[^\s~\\])~(?=[^~]|$)")
#: The end of an address in a text, as marked finds it.
ADDRESS = re.compile(r"(?:ftp|https?)://(?:[a-zA-Z0-9-]+\.?)+[^\s<]*")
ADDRESS_END = re.compile(r"(?:[^?!.,:;*_'\"~()&]+|\([^)]*\)|&(?![a-zA-Z0-9]+;$)|[?!.,:;*_'\"~)]+(?!$))+")


#: Blocks that end with the cell of a table they are in.
CELLS, CONTAINED = {"td", "th"}, {"center", "div"}


@dataclass(frozen=True)
class Part:
    """A piece of what is shown, in its order.

    Parameters
    ----------
    kind : str
        "text", "formula" or "code".
    text : str
    heading : int
        The level of the heading that it stands in, or 0.
    display : bool
        Of a formula: whether it stands on a line of its own.
    """

    kind: str
    text: str
    heading: int = 0
    display: bool = False


@dataclass
class Link:
    """A link or a picture.

    Parameters
    ----------
    tag : str
        "a", "img" or another tag with an address.
    target : str
        The address as it is written.
    text : str
        What is shown for it: of a picture, its alternative text, or None if there is none.
    """

    tag: str
    target: str
    text: str | None = ""


@dataclass
class Heading:
    """A heading: its level, its text, and whether a formula stands in it."""

    level: int
    text: str = ""
    has_formula: bool = False

    @property
    def anchor(self):
        """What a link to it ends with, after the #."""
        return self.text.replace(" ", "-")


@dataclass
class Row:
    """A row of a table in Markdown: how many cells it has, and how many the first has."""

    cells: int
    expected: int
    text: str


@dataclass
class Page:
    """What is shown for one source in Markdown.

    Parameters
    ----------
    parts : list of Part
        Texts, formulas and code in their order.
    links : list of Link
    headings : list of Heading
    anchors : set of str
        What HTML names as a place that links can lead to.
    rows : list of Row
    unclosed : list of (str, dict)
        HTML tags that are not closed: their names and attributes.
    unfenced : bool
        Whether a block of code is not closed.
    comment : str
        What stands in a comment of HTML that is not closed.
    strings : list of str
        What stands between two tags, with `FORMULA` for each formula, and `ESCAPED` for marks that are meant to show.
    paragraphs : list of str
        Those of `strings` that a paragraph starts with.
    swallowed : list of str
        Formulas between two dollars that are not meant as such: one is escaped, or both are those of prices.
    """

    parts: list = field(default_factory=list)
    links: list = field(default_factory=list)
    headings: list = field(default_factory=list)
    anchors: set = field(default_factory=set)
    rows: list = field(default_factory=list)
    unclosed: list = field(default_factory=list)
    unfenced: bool = False
    comment: str = ""
    strings: list = field(default_factory=list)
    paragraphs: list = field(default_factory=list)
    swallowed: list = field(default_factory=list)

    @property
    def formulas(self):
        """All formulas."""
        return [part for part in self.parts if part.kind == "formula"]

    @property
    def texts(self):
        """All texts between tags, without formulas and code."""
        return [part.text for part in self.parts if part.kind == "text"]


@functools.lru_cache(maxsize=4096)
def read(source):
    """Return what JupyterLab shows for a source in Markdown.

    Parameters
    ----------
    source : str

    Returns
    -------
    Page
    """
    text, formulas = _without_maths(source)
    tokens = _parser().parse(text)
    reader = _Reader()
    reader.feed(_with_maths(_parser().renderer.render(tokens, _parser().options, {}), formulas))
    reader.close()
    reader.finish()
    page = reader.page
    lines = text.split("\n")
    page.rows = list(_rows(tokens, lines, formulas))
    html = "".join(part.content for token in tokens for part in (token, *(token.children or ())) if "html" in part.type)
    if html.count("<!--") > html.count("-->"):
        page.comment = html[html.rindex("<!--") :]
    page.unfenced = any(_is_unfenced(token, lines) for token in tokens)
    return page


# -- formulas ------------------------------------------------------------------------------------------------------


def _without_maths(text):
    """Return the source with places for its formulas, and these (JupyterLab's `removeMath`)."""
    code = "`" in text or "~~~" in text
    if code:
        text = text.replace("~", "~T")
        text = FENCED.sub(lambda match: match[0].replace("$", "~D"), text)
        text = CODE_SPAN.sub(lambda match: match[0].replace("$", "~D"), text)

    def restored(text):
        return re.sub("~([TD])", lambda match: "~" if match[1] == "T" else "$", text) if code else text

    blocks = SPLIT.split(text.replace("\r\n", "\n").replace("\r", "\n"))
    formulas, start, end, last, depth = [], None, None, None, 0

    def take(first, last):
        formula = "".join(blocks[first : last + 1])
        formula = formula.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks[first : last + 1] = [f"@@{len(formulas)}@@"] + [""] * (last - first)
        formulas.append(restored(formula))

    i = 1
    while i < len(blocks):
        block = blocks[i]
        if block.startswith("@"):
            blocks[i] = f"@@{len(formulas)}@@"
            formulas.append(block)
        elif start is not None:
            if block == end:
                if depth:
                    last = i
                else:
                    take(start, i)
                    start = end = last = None
            elif re.search(r"\n.*\n", block):
                if last is not None:
                    i = last
                    take(start, i)
                start, end, last, depth = None, None, None, 0
            elif block == "{":
                depth += 1
            elif block == "}" and depth:
                depth -= 1
        elif block in ("$", "$$"):
            start, end, depth = i, block, 0
        elif block in (r"\\(", r"\\["):
            start, end, depth = i, r"\\)" if block.endswith("(") else r"\\]", 0
        elif block[1:6] == "begin":
            start, end, depth = i, r"\end" + block[6:], 0
        i += 2
    if start is not None and last is not None:
        take(start, last)
    return restored("".join(blocks)), formulas


def _with_maths(html, formulas):
    """Put the formulas back (JupyterLab's `replaceMath`)."""

    def formula(match):
        text = formulas[int(match[1])] if int(match[1]) < len(formulas) else "undefined"
        for left, right in (("(", ")"), ("[", "]")):
            if text.startswith(r"\\" + left) and text.endswith(r"\\" + right):
                return "\\" + left + text[3:-3] + "\\" + right
        return text

    return PLACE.sub(formula, html)


def _formulas(text):
    """Yield the places of formulas and of the texts between them, as MathJax finds them.

    Each is start, end, and of a formula what is in it and whether it stands on a line of its own.
    """
    done, i = 0, 0
    while match := MATHS_START.search(text, i):
        i = match.end()
        if match[1] is not None:
            pattern = re.compile(r"\\end\s*(\{" + re.escape(match[1]) + r"\})|\\(?:[a-zA-Z]|.)|[{}]")
            found = _end(text, i, "{" + match[1] + "}", pattern)
            formula = found and (text[match.start() : found[1]], True)
        elif match[3]:  # an escaped dollar or backslash
            yield done, match.start(), None
            done = i - 1
            continue
        elif match[2]:
            found, formula = (match.start(), i), (match[2], False)
        else:
            close = CLOSING[match[0]]
            found = _end(text, i, close, re.compile(re.escape(close) + r"|\\(?:[a-zA-Z]|.)|[{}]"))
            formula = found and (text[i : found[0]], match[0] in ("$$", r"\["))
        if found:
            yield done, match.start(), None
            yield match.start(), found[1], formula
            done = i = found[1]
    yield done, len(text), None


def _end(text, i, close, pattern):
    """Return where a formula ends, and what follows starts, or None."""
    depth = 0
    for match in pattern.finditer(text, i):
        found = (match.lastindex and match[1]) or match[0]
        if found == close and not depth:
            return match.start(), match.end()
        if match[0] == "{":
            depth += 1
        elif match[0] == "}" and depth:
            depth -= 1
    return None


# -- Markdown ------------------------------------------------------------------------------------------------------


@functools.cache
def _parser():
    # A notebook without a text is spared the load.
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.inline.ruler.before("escape", "address", _address)
    parser.inline.ruler.before("strikethrough", "struck", _struck)
    parser.core.ruler.before("text_join", "escaped", _mark_escaped)
    parser.validateLink = lambda address: True  # JupyterLab's takes any
    return parser


def _mark_escaped(state):
    """Let marks that are escaped in the source be known as such."""
    for token in state.tokens:
        for part in token.children or ():
            if part.type == "text_special" and part.info == "escape":
                part.content = ESCAPED.get(part.content, part.content)


def _struck(state, silent):
    """Strike through what stands between single tildes, too."""
    match = STRUCK.match(state.src, state.pos, state.posMax)
    if not match or state.src[state.pos - 1 : state.pos] == "~":
        return False
    if not silent:
        end, state.pos, state.posMax = state.posMax, state.pos + 1, match.end() - 1
        state.push("s_open", "s", 1)
        state.md.inline.tokenize(state)
        state.push("s_close", "s", -1)
        state.posMax = end
    state.pos = match.end()
    return True


def _address(state, silent):
    """Take an address in a text as a whole, so that its marks mean nothing."""
    if not state.src.startswith("://", state.pos) or state.linkLevel:
        return False
    start = re.search(r"(?<![a-zA-Z])(?:ftp|https?)$", state.pending)
    if not start:
        return False
    begin = state.pos - len(start[0])
    match = ADDRESS.match(state.src, begin)
    if not match:
        return False
    address = ADDRESS_END.match(match[0])[0]
    if not silent:
        state.pending = state.pending[: -len(start[0])]
        token = state.push("link_open", "a", 1)
        token.attrs = {"href": address}
        state.push("text", "", 0).content = address
        state.push("link_close", "a", -1)
    state.pos = begin + len(address)
    return True


def _rows(tokens, lines, formulas):
    """Yield the rows of all tables."""
    expected = 0
    for token in tokens:
        if token.type == "tr_open":
            line = lines[token.map[0]].strip() if token.map else ""
            cells = _cells(line)
            expected = expected or cells
            yield Row(cells, expected, _with_maths(line, formulas))
        elif token.type == "table_close":
            expected = 0


def _cells(line):
    """Return how many cells a line of a table has."""
    while line.startswith(">"):
        line = line[1:].lstrip()
    line = re.sub(r"\\.", "", line).removeprefix("|")
    return line.rstrip().removesuffix("|").count("|") + 1


def _is_unfenced(token, lines):
    """Return whether a token is a block of code in fences of which the last is missing."""
    if token.type != "fence":
        return False
    last = lines[token.map[1] - 1].strip().lstrip("> ") if token.map[1] - 1 > token.map[0] else ""
    return not re.fullmatch(re.escape(token.markup[0]) + "{" + str(len(token.markup)) + ",}", last)


# -- HTML ----------------------------------------------------------------------------------------------------------


def _are_prices(formula, after):
    """Return whether a formula is what stands between two prices: "$5 and $" in "$5 and $6"."""
    return bool(re.fullmatch(r"\$\d[\d.,]*\s[^$\\_^{}]*\$", formula) and after.isdigit())


class _Reader(HTMLParser):
    """Reads the HTML that is shown."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.page, self.text, self.open = Page(), "", []
        self.heading, self.link, self.starts_paragraph = None, None, False

    def handle_starttag(self, tag, attributes):
        if tag in INSIDE_TEXT:
            self.text += INSIDE_TEXT[tag]
            return
        self.end_text()
        given = {name: value or "" for name, value in reversed(attributes)}
        if tag == "a" and "href" in given:
            self.link = Link("a", given["href"])
            self.page.links.append(self.link)
        elif tag == "img":
            self.page.links.append(Link("img", given.get("src", ""), given.get("alt")))
        elif "src" in given:
            self.page.links.append(Link(tag, given["src"]))
        self.page.anchors.update(given[key] for key in ("id", "name") if given.get(key))
        if HEADING.fullmatch(tag):
            self.heading = Heading(int(tag[1]))
            self.page.headings.append(self.heading)
        self.starts_paragraph = tag == "p"
        if tag not in VOID:
            self.open.append((tag, given, self.getpos()))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        if tag in INSIDE_TEXT:
            return
        self.end_text()
        self.starts_paragraph = False
        if tag in (name for name, *_ in self.open):
            while (last := self.open.pop())[0] != tag:
                if tag not in CELLS or last[0] not in CONTAINED:  # what ends with its cell looks as if it were closed
                    self.page.unclosed.append(last)
            if HEADING.fullmatch(tag):
                self.heading = None
            elif tag == "a":
                self.link = None
        elif crossed := [place for place in self.page.unclosed if place[0] == tag]:  # <b><i>...</b></i>
            self.page.unclosed.remove(crossed[-1])

    def handle_data(self, data):
        self.text += data

    def finish(self):
        self.end_text()
        self.page.unclosed += self.open
        self.page.unclosed = [
            (tag, given)
            for tag, given, _ in sorted(self.page.unclosed, key=lambda found: found[2])
            if tag not in MAY_STAY_OPEN
        ]

    def end_text(self):
        """Look for formulas in the text that a tag ends."""
        marked, self.text = self.text, ""
        text = marked.translate(SHOWN)
        if not text:
            return
        if self.heading:
            self.heading.text += text
        if self.link:
            self.link.text += text
        level = self.heading.level if self.heading else 0
        names = {name for name, *_ in self.open}
        if names & NO_MATHS:
            if not names & {"script", "style"}:
                self.page.parts.append(Part("code", text, level))
            return
        words = shown = ""
        for start, end, formula in _formulas(text):
            if not formula:
                words += text[start:end]
                shown += marked[start:end]
                continue
            if words:
                self.page.parts.append(Part("text", words, level))
            words, shown = "", shown + FORMULA
            self.page.parts.append(Part("formula", formula[0], level, formula[1]))
            escaped = ESCAPED["$"] in marked[start] + marked[end - 1] and not text.startswith("$$", start)
            if escaped or _are_prices(text[start:end], text[end : end + 1]):
                self.page.swallowed.append(text[start : end + 10])
            if self.heading:
                self.heading.has_formula = True
        if words:
            self.page.parts.append(Part("text", words, level))
        self.page.strings.append(shown)
        if self.starts_paragraph:
            self.page.paragraphs.append(shown)
