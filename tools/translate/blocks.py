"""Messages of a cell: paragraphs, items and table cells of Markdown; comments and texts of code.

Whatever a reader reads is a message. The rest of a cell, its code and formulas, is the same in all languages, but for
the words inside formulas, which `formulas` translates.
"""

import ast
import io
import re
import tokenize

#: What stands before the words of a heading, an item of a list, or a quotation.
LEAD = re.compile(r"(\s*(?:> ?)*(?:#{1,6} |[*+-] (?:\[[ x]\] )?|\d+\. )|(?:> ?)+)", re.ASCII)
WORD = re.compile(r"[^\W\d_]{2}")
#: Parts of a line of Markdown that are no words.
NOT_WORDS = re.compile(r"\$[^$]*\$|`[^`]*`|\]\([^)]*\)|<[^>]*>|https?://\S+")
CELL = re.compile(r"(\s*(?<!\\)\|\s*)")
LITERAL = re.compile(r"""([fFrRbBuU]{0,2})(\"{3}|'{3}|"|')((?:\\.|(?!\2)[^\\])*)\2""", re.DOTALL)
HOLE = re.compile(r"\{[^{}]*\}")
#: Calls that show their texts; of others only what has a space is words and no name, but for these.
SHOWN_BY = ("claim", "print")
SHOWN_NAMES = {
    *("absolute", "average", "bold", "careful", "constant", "cross-entropy", "deviations", "diverges", "exact"),
    *("halvings", "measured", "min-max", "momentum", "once", "over", "plain", "points", "squared", "standardised"),
    *("sigmoid(length)", "twice", "under"),
}
#: Arguments that are shown.
SHOWN_AS = ("title", "label", "xlabel", "ylabel", "caption", "subject", "what", "repetition")
#: Comments that machines read.
MARKS = re.compile(r"###|noqa|fmt:|type:|replace the dots")


def has_words(text):
    """Return whether there is something to translate in a piece of Markdown.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    return bool(WORD.search(NOT_WORDS.sub(" ", text)))


def pieces_of_markdown(source):
    """Cut Markdown into pieces that join to the source again.

    Parameters
    ----------
    source : str

    Returns
    -------
    list of tuple (str, str)
        Each piece with its kind: "" for what is no message, else "heading", "text" or "table".
    """
    pieces, lines, fence, formula = [], [], None, False

    def flush():
        if lines:
            text = "\n".join(lines)
            lead = LEAD.match(text)
            start = lead.end() if lead else 0
            kind = "heading" if "#" in text[:start] else "text"
            pieces.extend([(text[:start], ""), (text[start:], kind if has_words(text[start:]) else ""), ("\n", "")])
            lines.clear()

    for line in source.split("\n"):
        mark = line.strip()[:3]
        if fence or mark in ("```", "~~~"):
            flush()
            fence = (None if mark == fence else fence) if fence else mark
            pieces.append((line + "\n", ""))
        elif formula or line.lstrip("> ").startswith("$$"):
            flush()
            formula ^= line.count("$$") % 2 == 1
            pieces.append((line + "\n", ""))
        elif line.startswith("|"):
            flush()
            pieces += [(cell, "table" if has_words(cell) else "") for cell in CELL.split(line)] + [("\n", "")]
        elif not has_words(line):
            if lines and line.strip() and not LEAD.match(line):
                lines.append(line)
            else:
                flush()
                pieces.append((line + "\n", ""))
        else:
            if LEAD.match(line):
                flush()
            lines.append(line)
    flush()
    last, kind = pieces[-1]
    pieces[-1] = (last.removesuffix("\n"), kind)
    return [piece for piece in pieces if piece[0]]


def pieces_of_code(source):
    """Cut a code cell into pieces that join to the source again.

    Parameters
    ----------
    source : str

    Returns
    -------
    list of tuple (str, str)
        Each piece with its kind: "" for code, else "comment" or "string".
    """
    found = {**_comments(source), **_strings(source)}
    pieces, end = [], 0
    for (start, stop), kind in sorted(found.items()):
        pieces += [(source[end:start], ""), (source[start:stop], kind)]
        end = stop
    pieces.append((source[end:], ""))
    return [piece for piece in pieces if piece[0]]


def _offsets(source):
    """Return a function from a line and a column to an index; columns count characters."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return lambda line, column: starts[line - 1] + column


def _comments(source):
    at, found = _offsets(source), {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and WORD.search(token.string) and not MARKS.search(token.string):
            lead = len(token.string) - len(token.string.lstrip("# "))
            start = at(*token.start)
            found[start + lead, start + len(token.string)] = "comment"
    return found


def _strings(source):
    at, lines, found = _offsets(source), source.splitlines(keepends=True), {}

    def index(line, column):  # ast counts bytes
        return at(line, len(lines[line - 1].encode()[:column].decode()))

    tree = ast.parse(source)
    shown = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            arguments = [
                *(node.args if name in SHOWN_BY else []),
                *(k.value for k in node.keywords if k.arg in SHOWN_AS),
            ]
            shown.update(id(inner) for argument in arguments for inner in ast.walk(argument))
        elif isinstance(node, ast.Subscript | ast.FormattedValue):  # a name that is looked up, even to be printed
            shown.difference_update(id(inner) for inner in ast.walk(node))
    inside = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        joined = isinstance(node, ast.JoinedStr)
        if not joined and not (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside
        ):
            continue
        start, stop = index(node.lineno, node.col_offset), index(node.end_lineno, node.end_col_offset)
        for literal in LITERAL.finditer(source, start, stop):
            words = HOLE.sub("", literal[3])
            has_space = " " in HOLE.sub("x", literal[3]).strip()
            if WORD.search(words) and (id(node) in shown or has_space or words in SHOWN_NAMES):
                found[literal.span(3)] = "string"
    return found


def pieces(cell):
    """Cut a cell into pieces.

    Parameters
    ----------
    cell : notebook cell

    Returns
    -------
    list of tuple (str, str)
        As `pieces_of_markdown` and `pieces_of_code`; of cells of other kinds a single piece that is no message.
    """
    if cell.cell_type == "markdown":
        return pieces_of_markdown(cell.source) if cell.source else []
    return pieces_of_code(cell.source) if cell.cell_type == "code" else [(cell.source, "")]


def put(cut, translate):
    """Join pieces, each message in translation.

    Parameters
    ----------
    cut : list of tuple (str, str)
    translate : function
        Takes a message and returns its translation.

    Returns
    -------
    str
    """
    return "".join(translate(text) if kind else text for text, kind in cut)
