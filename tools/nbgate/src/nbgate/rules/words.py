"""P501 to P511: the words of a notebook: links, formulas, marks of Markdown, HTML, pictures, headings.

All are judged by what JupyterLab shows (`nbgate.markdown`, `nbgate.maths`), in Markdown cells and in outputs that are
Markdown. Addresses on the web are not visited.
"""

import difflib
import functools
import re
import warnings
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import nbformat

from nbgate.markdown import FORMULA, SHOWN, read
from nbgate.maths import Formulas
from nbgate.rules import Notebook, Rule

SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
OWN_COMPUTER = re.compile(r"[A-Za-z]:[\\/]|file:|/(?:home|Users|tmp|root|mnt|content)/")
#: How much of a text a message quotes.
QUOTED = 70
#: The number of a heading: "2.", "2.1", "2)", "1. to 7.", "二、"
NUMBERED = re.compile(
    r"\s*(?P<number>\d{1,3}(?:\.\d{1,3})*)(?P<dot>[.)、]?)"
    r"(?:\s*(?:to|-|–|—|bis|through|until|至|到|~)\s*(?P<to>\d{1,3})\.?)?(?:(?<=[、.)])(?=[^\W\d_])|\s+\S|$)"
)
CHINESE = "一二三四五六七八九十"
CHINESE_NUMBERED = re.compile(rf"\s*第?([{CHINESE}]+)(?:、|[章节]|(?=\s))")
ALPHABETS = r"A-Za-z\u00c0-\u024f\u0370-\u04ff\u4e00-\u9fff"
TAGS = """
    a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote body br
    button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em
    embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr
    html i iframe img input ins kbd label legend li link main map mark marquee menu meta meter nav nobr noframes
    noscript object ol optgroup option output p param picture pre progress q rp rt ruby s samp script search
    section select slot small source span strike strong style sub summary sup svg table tbody td template
    textarea tfoot th thead time title tr track tt u ul var video wbr xmp
"""
HTML = frozenset(TAGS.split())
#: What an alternative text that says nothing is made of.
FILLERS = re.compile(
    r"(?:\b(?:alt|text|image|img|picture|figure|fig|photo|plot|graph|chart|diagram|drawing|title|png|jpe?g|svg)\b\s*)*"
)


def sources(notebook):
    """Yield each text in Markdown of a notebook, with its cell."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield cell, cell.source
        for output in cell.get("outputs", ()):
            if text := output.get("data", {}).get("text/markdown"):
                yield cell, "".join(text)


def pages(notebook):
    """Yield what is shown for each text in Markdown, with its cell."""
    for cell, source in sources(notebook):
        yield cell, read(source)


def quoted(text, near=0):
    """Return a part of a text for a message, around a place of it."""
    start = max(0, near - QUOTED // 2)
    piece = " ".join(text[start : start + QUOTED].replace(FORMULA, "(formula)").split())
    piece = piece.translate(SHOWN)
    return f"{'...' if start else ''}{piece}{'...' if start + QUOTED < len(text) else ''}"


def of_page(path, codes=()):
    """Return what is wrong with a page in Markdown that is no notebook: messages of the rules below.

    Parameters
    ----------
    path : pathlib.Path
    codes : iterable of str, optional
        Of which rules; by default of all that are on by default.

    Returns
    -------
    list of str
    """
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(path.read_text(encoding="utf-8"))])
    notebook = Notebook(path, path.parent, page, None)
    asked = [rule for rule in RULES if (rule.code in codes if codes else rule.default)]
    return [f"{rule.code} {message}" for rule in asked for _, message in rule.check(notebook)]


# -- links ---------------------------------------------------------------------------------------------------------


def links(notebook):
    """Yield links and pictures that lead nowhere, and references that are defined nowhere."""
    own = None
    for cell, page in pages(notebook):
        for link in page.links:
            target = link.target.strip()
            if target.startswith("attachment:"):
                name = unquote(target.removeprefix("attachment:"))
                if name not in (there := cell.get("attachments", {})):
                    yield cell, f"the picture {target}: expected one of the cell's attachments, {names(there)}"
            elif target.startswith("#"):
                if own is None:
                    own = anchors(notebook.path) if notebook.path.suffix == ".md" else anchors_of(notebook.content)
                if not leads_to(target[1:], own):
                    yield cell, f"the link {target} leads to no heading: expected {nearest(target[1:], own)}"
            elif problem := broken(notebook.path, target):
                yield cell, problem
        for text in page.strings:
            for match in re.finditer(r"(?<![\w\])])\[([^\[\]]+)\]\[([^\[\]]*)\]", text):
                label = match[2] or match[1]
                if re.search(rf"[{ALPHABETS}]{{2}}", label) and re.search(rf"[{ALPHABETS}]{{2}}", match[1]):
                    yield (
                        cell,
                        f"the link {match[0]}: expected a line [{label}]: address in the same cell, there is none",
                    )


def broken(path, target):
    """Return why a link from the file at `path` to another file leads nowhere, or None."""
    if OWN_COMPUTER.match(unquote(target)):
        return f"the link {target} leads to a file of one computer: expected a path from the notebook's folder"
    if not target or target.startswith("/") or SCHEME.match(target):
        return None
    name, _, fragment = target.partition("#")
    plain = name.partition("?")[0]
    file = next(
        (path.parent / form for form in (unquote(plain), plain, unquote(name)) if exists(path.parent / form)), None
    )
    if file is None:
        return f"the link {target} leads to no file: expected one at {unquote(plain)}"
    if fragment and file.suffix in (".ipynb", ".md"):
        known = anchors(file)
        if known is not None and not leads_to(fragment, known):
            return f"the link {target} leads to no heading of {file.name}: expected {nearest(fragment, known)}"
    return None


def exists(file):
    """Return whether there is a file."""
    try:
        return file.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def names(some):
    """Return a list of names in words."""
    return ", ".join(sorted(some)[:5]) or "of which there are none"


def nearest(fragment, known):
    """Return in words what a link could have led to."""
    near = difflib.get_close_matches(unquote(fragment), [name for name in known if isinstance(name, str)], 1, 0.5)
    return f"for example #{near[0]}" if near else "the text of one, with hyphens for spaces"


def leads_to(fragment, known):
    """Return whether the part of an address after the # is one of the places of a page."""
    fragment = unquote(fragment)
    return not fragment or fragment in known or any(not isinstance(k, str) and k.fullmatch(fragment) for k in known)


def anchors_of(content):
    """Return the places of a notebook that a link can lead to: names, and patterns of headings with formulas."""
    known = set()
    for cell in content.cells:
        texts = [cell.source] if cell.cell_type == "markdown" else []
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            texts += [
                "".join(data[kind]) for kind in ("text/markdown", "text/html") if isinstance(data.get(kind), str | list)
            ]
        for text in texts:
            known |= places(read(text))
    return known


def places(page):
    """Return what a link to a page can end with."""
    known = set(page.anchors)
    for heading in page.headings:
        if heading.has_formula:
            known.add(re.compile(re.sub(r"(\\\$|\\\\\().*(\\\$|\\\\\))", ".*", re.escape(heading.anchor))))
        else:
            known |= {heading.anchor, heading.anchor.strip("-")}
    return known


@functools.lru_cache(maxsize=512)
def anchors(file):
    """Return the places of a file that a link can lead to, or None if it can't be read."""
    try:
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".ipynb":
            with warnings.catch_warnings(action="ignore"):
                return anchors_of(nbformat.reads(text, as_version=4))
    except Exception:  # another file's faults are told where it is tested
        return None
    page = read(text)
    slugs = {re.sub(r"[^\w -]", "", heading.text.strip().lower()).replace(" ", "-") for heading in page.headings}
    return places(page) | slugs


def named_otherwise(notebook):
    """Yield links whose words name another chapter or file than they lead to."""
    for cell, page in pages(notebook):
        for link in page.links:
            target = PurePosixPath(unquote(link.target.partition("#")[0].partition("?")[0]))
            if link.tag != "a" or not target.name or SCHEME.match(link.target):
                continue
            words = (link.text or "").strip()
            named = re.search(
                r"(?:chapter|notebook|lesson|lecture|part|unit|week|module)\s+(\d+)\b|第\s*(\d+)\s*[章节课]",
                words,
                re.I,
            )
            number = re.match(r"\D{0,12}?(\d+)", target.name)
            if named and number and int(named[1] or named[2]) != int(number[1]):
                yield cell, f"the link {words!r} leads to {link.target}: expected number {int(named[1] or named[2])}"
            elif (
                re.fullmatch(r"[\w./-]+\.(?:ipynb|md|py|csv|html|pdf|txt)", words)
                and PurePosixPath(words).stem != target.stem
            ):
                yield cell, f"the link {words!r} leads to another file: {link.target}"


# -- formulas and marks --------------------------------------------------------------------------------------------


def formulas(notebook):
    """Yield formulas that can't be set."""
    state = Formulas()
    for cell, page in pages(notebook):
        for part in page.formulas:
            if why := state.error(part.text, part.display):
                yield cell, f"the formula {quoted(part.text)} can't be set: {why}"
        for text in page.strings:
            for start, end in unbalanced(text):
                yield cell, f"the formula {quoted(text[start:end])} can't be set: its braces don't balance"
            for match in re.finditer(r"\\begin\s*\{([a-zA-Z]+\*?)\}", text):
                end = f"\\end{{{match[1]}}}"
                yield cell, f"the formula {quoted(text[match.start() :])} can't be set: expected {end} in its paragraph"


def unbalanced(text):
    """Return the places of what would be formulas if their braces did balance."""
    places = [match.span() for match in re.finditer(r"\$\$[^$]+\$\$|\$[^$\s](?:[^$]*[^$\s])?\$", text)]
    return [(start, end) for start, end in places if depth(text[start:end])]


def depth(text):
    """Return how many braces stay open in a text."""
    plain = re.sub(r"\\.", "", text, flags=re.DOTALL)
    return plain.count("{") - plain.count("}")


def stray_marks(notebook):
    """Yield marks of Markdown that show in the text."""
    for cell, page in pages(notebook):
        for text in page.strings:
            for mark, place, why in marks(text, bool(page.formulas)):
                yield cell, f"{mark} shows in the text, {why}: {quoted(text, place)!r}"
        for paragraph in page.paragraphs:
            if re.match(rf"#{{2,6}}[{ALPHABETS}\d]|#(?:[A-Z\u4e00-\u9fff])[^\s#]*\s+[^\s#]", paragraph):
                yield cell, f"# shows in the text, for a heading needs a space after it: {quoted(paragraph)!r}"
        for formula in page.swallowed:
            remedy = "expected <span>$</span> for a dollar that is none of a formula"
            yield cell, f"these dollars make a formula in JupyterLab: {quoted(formula)!r}; {remedy}"


def marks(text, has_formulas):
    """Yield each mark that shows in a text: the mark, its place, and why."""
    untrue = unbalanced(text)
    for match in re.finditer(r"\$+", text):
        if any(start <= match.start() < end for start, end in untrue):
            continue
        if is_stray_dollar(text, match.start(), match.end(), has_formulas):
            yield match[0], match.start(), "without its twin"
            break
    for match in re.finditer(r"(?<![*\\/])\*\*(\*?)(?![*/])", text):
        if is_stray_star(text, match.start(), match.end()):
            yield match[0], match.start(), "for it opens or closes nothing"
            break
    for match in re.finditer(rf"(?<![^\s(\"'“‘])(?<!\*)[*](?=[{ALPHABETS}])", text):
        rest = text[match.end() :]
        if (
            "*" not in rest
            and not re.match(r"(?:kw\w*|\w*args|\w)\b|\w+[.,)]?$|\.", rest)
            and not re.search(r"\w\*(?!\w)", text)
        ):
            yield "*", match.start(), "without its twin"
            break
    for match in re.finditer(r"(?<![~\w])~~(?=[^\s~])|(?<=[^\s~])~~(?![~\w])", text):
        yield "~~", match.start(), "without its twin"
        break
    for match in re.finditer(r"\([^()]+\)\[(?:$|https?:|#[A-Za-z]|[\w./%-]+\.(?:ipynb|md|html?|pdf|png)\b)", text):
        yield ")[", match.start(), "for a link is written [text](address)"
        break
    for match in re.finditer("`+", text):
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        quotation = re.match(r"`{1,2}[^`'’]+['’]{1,2}", text[match.start() :])
        if not quotation and not (
            before.strip(" \"'()[]{},\n") == "" and after.strip(" \"'()[]{},.\n") == "" and before and after
        ):
            yield match[0], match.start(), "without its twin"
            break
    for match in re.finditer(r"\[[^\[\]]*\](\s?)\(([^()]*)(\)?)", text):
        target = match[2].strip()
        if re.match(r"https?://|www\.|#[A-Za-z]|\S*\.(?:ipynb|md|html?|py|png|jpe?g|gif|svg|pdf|csv)\b", target) or (
            not match[1] and re.search(r"https?://|/|\.(?:ipynb|md|html?|png|jpe?g|svg|pdf)\b", target)
        ):
            why = "for it is no link: below HTML, Markdown begins after an empty line"
            if match[1] or " " in target:
                why = "for a space stands in it"
            yield "](", match.start(), why
            break


def is_stray_dollar(text, start, end, has_formulas):
    """Return whether dollars in a text are what is left of a formula, not a currency or the name of a variable."""
    before, after = text[:start], text[end:]
    if end - start > 1:
        return True
    if re.match(r"\s?\d|[A-Z_]{2,}|\{[A-Za-z_]+\}|[(]", after) and not re.match(r"\s?\d+[^\s$]*\\", after):
        return False
    near = re.split(r"[$\n]", after)[0][:200]
    if re.search(r"\\[a-zA-Z]{2,}|[A-Za-z0-9)}][_^](?:[{\\]|[A-Za-z0-9](?![A-Za-z]))", near):
        return True
    if re.match(r"\s?[a-zA-Z](?![a-zA-Z])\s*(?:[=<>+\-*/^_,;:.)]|\w|$)", after) and not after.startswith("_"):
        return True
    if re.search(r"(?:^|[^A-Za-z$])[a-z]$|[})\]]$", before) and not re.match(r"\s?\d", after):
        return True
    return has_formulas and not re.search(r"(?:US|[A-Z]|Rs?)$", before) and bool(after.strip() or before.strip())


def is_stray_star(text, start, end):
    """Return whether ** in a text is what is left of bold words, not an operator."""
    before, after = text[:start], text[end:]
    left, right = before[-1:], after[:1]
    if (not left or left.isspace()) and (not right or right.isspace()):
        return False
    if re.search(r"[\w)\]}]$", before, re.ASCII) and re.match(r"[\w(\[+\-.]", after, re.ASCII):
        return False
    if re.match(r"(?:kw\w*|\w*args|\w*options|\w*params|\w*dict)\b", after):
        return False
    if re.search(r"\([^()]*$", before) and re.match(r"\w+\s*[,)]", after):
        return False
    if re.search(r"\b(?:int|char|float|double|void|const)\s*$", before):
        return False
    return not (left and right and left in "'\"" and right in "'\"")  # the mark itself, in quotes


def unclosed_blocks(notebook):
    """Yield blocks of code that are not closed."""
    for cell, page in pages(notebook):
        if page.unfenced:
            yield cell, "a block of code is not closed: expected ``` (or ~~~, as it was opened) on a line of its own"


def ragged_rows(notebook):
    """Yield rows of tables that have more or fewer cells than the first, and tables that are not shown as such."""
    for cell, page in pages(notebook):
        for row in page.rows:
            if row.cells != row.expected:
                lost = "; the rest is not shown" if row.cells > row.expected else ""
                yield cell, f"the row {quoted(row.text)} has {row.cells} cells, expected {row.expected}{lost}"
        for text in page.strings:
            if match := re.search(r"^[ \t]*\|?[ \t]*:?-{3,}:?[ \t]*\|[ \t:|-]*$", text, re.MULTILINE):
                where = quoted(text, match.start())
                yield cell, f"this is not shown as a table, expected as many cells in its first row: {where}"


def html(notebook):
    """Yield HTML tags that are not closed, or are none."""
    for cell, page in pages(notebook):
        if page.comment:
            yield (
                cell,
                f"a comment is not closed, nothing after it is shown: expected --> after {quoted(page.comment)!r}",
            )
        for text in page.strings:
            if "<!--" in text and not page.comment:
                yield cell, f"a comment is not closed, and shows: {quoted(text, text.index('<!--'))!r}"
        told = set()
        for tag, given in page.unclosed:
            if tag in told or (tag == "a" and "href" not in given):
                continue
            told.add(tag)
            if tag in HTML:
                yield cell, f"<{tag}> is not closed: expected </{tag}>"
            elif re.fullmatch("[a-z][a-z0-9_.]*", tag) and not given:
                yield cell, f"<{tag}> is not shown, for it is no tag of HTML: expected `<{tag}>`, as code"


# -- characters, pictures, headings --------------------------------------------------------------------------------

LATIN = "looks like UTF-8 read as Latin-1"
SUSPICIOUS = {
    r"[\u00c2\u00c3\u00c5\u00ce\u00cf\u00d0\u00d1][\u0080-\u00bf]": LATIN,
    r"\u00e2[\u0080\u20ac].": LATIN,
    r"\u00f0\u0178|\u00ef\u00bb\u00bf|\u00ef\u00bf\u00bd": LATIN,
    r"\u00c2(?![^\W\d_])(?=\s|[^\w\s])": LATIN,
    "\u200b": "is a space of no width",
    "\u00ad": "is a hyphen that is not shown",
    "\ufeff": "is a mark of byte order",
    "\ufffd": "stands for a character that could not be read",
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]": "is a control character",
    "[\u202a-\u202e\u2066-\u2069]": "turns the direction of writing",
}


def characters(notebook):
    """Yield characters that nobody writes on purpose."""
    for cell, source in sources(notebook):
        told = set()
        for pattern, why in SUSPICIOUS.items():
            match = re.search(pattern, source)
            if match and why not in told:
                told.add(why)
                codes = " ".join(f"U+{ord(c):04X}" for c in match[0])
                yield cell, f"{codes} {why}: {quoted(source, match.start())!r}"


def without_alternative(notebook):
    """Yield pictures in Markdown or HTML without alternative text."""
    for cell, page in pages(notebook):
        for link in page.links:
            if link.tag == "img" and not (link.text or "").strip():
                yield (
                    cell,
                    f"the picture {quoted(link.target)} has no alternative text: expected what it shows, in words",
                )


def empty_alternative(notebook):
    """Yield pictures whose alternative text says nothing."""
    for cell, page in pages(notebook):
        for link in page.links:
            text = (link.text or "").strip()
            if link.tag != "img" or not text:
                continue
            name = Path(unquote(link.target.partition("?")[0])).name
            plain = re.sub(r"[\W_\d]+", " ", text.lower()).strip()
            named = text in (name, Path(name).stem)
            short = len(plain) < 3 and not re.search("[\u4e00-\u9fff]{2}", text)
            if named or short or FILLERS.fullmatch(plain):
                yield cell, f"the alternative text {text!r} says nothing: expected what the picture shows, in words"


def number_of(heading):
    """Return the kind of a heading's number, its parts, and where it ends ("1. to 7." is 1, 7), or None."""
    if match := NUMBERED.match(heading):
        if match["dot"] or "." in match["number"]:
            parts = [int(part) for part in match["number"].split(".")]
            return "1", *parts, int(match["to"] or parts[-1])
    elif match := CHINESE_NUMBERED.match(heading):
        tens, ten, ones = match[1].partition("十")
        if len(tens) <= 1 and len(ones) <= 1:
            number = (CHINESE.index(tens) + 1 if tens else 1) * 10 if ten else CHINESE.index(tens) + 1
            number += CHINESE.index(ones) + 1 if ones else 0
            return "一", number, number
    return None


def section_numbers(notebook):
    """Yield headings whose numbers skip or repeat."""
    above = []  # the headings that this one stands below: level, which heading it is
    last = {}  # (heading above, level, all numbers but the last) -> the last number
    place = 0
    for cell, page in pages(notebook):
        for heading in page.headings:
            place += 1
            while above and above[-1][0] >= heading.level:
                above.pop()
            if found := number_of(heading.text):
                kind, *parts, came, to = found
                key = (above[-1][1] if above else 0, heading.level, kind, *parts)
                anew = came <= 1 < last.get(key, 0)  # a table of contents, or the next list
                if key in last and came != last[key] + 1 and not anew:
                    expected, got = (".".join(map(str, (*parts, number))) for number in (last[key] + 1, came))
                    yield cell, f"the heading {quoted(heading.text)!r}: expected number {expected}, got {got}"
                last[key] = to
            above.append((heading.level, place))


RULES = [
    Rule(
        "P501",
        "links",
        True,
        "Each link and picture leads to a file, a heading or an attachment that is there.",
        "`[next](03_Nxt.ipynb)`, `[above](#No-such-heading)`, `[text][label]` without a line `[label]: address`.",
        "Mend the address; a heading's is its text with hyphens for spaces.",
        "stored",
        links,
    ),
    Rule(
        "P502",
        "formulas",
        True,
        "Each formula is set by JupyterLab's MathJax without a red error or an unknown command.",
        "`$\\frac{1}{2$`, `$x^2^3$`, `$\\alhpa$`, `$\\text{a_b}$`.",
        "Mend the formula; a macro must be defined in a cell above.",
        "stored",
        formulas,
    ),
    Rule(
        "P503",
        "marks",
        True,
        "No mark of Markdown shows in the text.",
        "`$x` without a second dollar, `**bold **`, `` `code ``, `[text] (address)`, `##Heading`.",
        "Close or escape it (`\\$`), or write it as code.",
        "stored",
        stray_marks,
    ),
    Rule(
        "P504",
        "code-blocks",
        True,
        "Each block of code is closed.",
        "Three backticks, and no more to the end of the cell.",
        "Close it with a line of three backticks.",
        "stored",
        unclosed_blocks,
    ),
    Rule(
        "P505",
        "alternative-text",
        False,
        "Each picture in Markdown or HTML has an alternative text.",
        "`![](curve.png)`, `<img src='curve.png'>`.",
        "Say in words what it shows: `![Loss falls from 2.3 to 0.1 in 20 epochs](curve.png)`.",
        "stored",
        without_alternative,
    ),
    Rule(
        "P506",
        "table-rows",
        True,
        "Each row of a table has as many cells as the first.",
        "A row with a cell too many: it is not shown.",
        "Add or take away a `|`; one that belongs to a cell is written `\\|`.",
        "stored",
        ragged_rows,
    ),
    Rule(
        "P507",
        "html-tags",
        True,
        "Each HTML tag is closed, and is one.",
        "`<b>bold`, and all that follows is bold, too; `List<int>` outside code shows as List.",
        "Close the tag, or write it as code.",
        "stored",
        html,
    ),
    Rule(
        "P508",
        "characters",
        True,
        "No character is there that nobody writes on purpose.",
        "Two odd letters for an é, after a text was read in the wrong encoding; a space of no width, a soft hyphen.",
        "Write it anew.",
        "stored",
        characters,
    ),
    Rule(
        "P509",
        "empty-alternative-text",
        False,
        "An alternative text says what the picture shows.",
        "`![image](curve.png)`, `![curve.png](curve.png)`.",
        "Say in words what it shows.",
        "stored",
        empty_alternative,
    ),
    Rule(
        "P510",
        "section-numbers",
        True,
        "Numbers of headings below the same heading follow each other.",
        "`## 1. Data`, `## 2. Model`, `## 4. Results`.",
        "Number them anew.",
        "stored",
        section_numbers,
    ),
    Rule(
        "P511",
        "named-links",
        False,
        "A link that names a chapter or a file leads there.",
        "`[chapter 3](04_losses.ipynb)`.",
        "Mend the words or the address.",
        "stored",
        named_otherwise,
    ),
]
