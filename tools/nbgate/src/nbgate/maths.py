r"""Which formulas JupyterLab's MathJax 3 sets, and which end in a red error or a command that it doesn't know.

MathJax reads a formula with a stack: an item such as "left" or an array waits on it for what closes it, and what comes
in between is gathered in it. `_Parser` does the same, but keeps of each thing only what errors depend on: may limits
stand on it, has it a subscript, a superscript. The commands, and how each reads its arguments, are in mathjax.json; its
names are those of MathJax's own methods, so that the two can be compared.

Macros and labels of a formula hold in later ones of the notebook, too: a `Formulas` remembers them.
"""

import functools
import json
import re
from dataclasses import dataclass, field
from importlib import resources

#: How the arguments of a method are read, if nothing else can go wrong: m maths, t text, a anything, o in brackets and
#: optional, d a length, D a delimiter, * an optional star, x maths in brackets, k options in brackets, c a colour.
SIGNATURES = {
    "Accent": "m",
    "Boldsymbol": "m",
    "Cancel": "km",
    "CenterColon": "",
    "CenterOver": "mm",
    "Class": "am",
    "ColorBox": "at",
    "Cramped": "om",
    "EmpheqDelim": "D",
    "EmpheqMO": "",
    "Enclose": "akm",
    "FBox": "t",
    "FCenter": "",
    "FColorBox": "aat",
    "FrameBox": "oot",
    "HBox": "t",
    "Href": "am",
    "Hskip": "d",
    "Id": "am",
    "Insert": "",
    "Lap": "m",
    "Machine": "a",
    "MathChoice": "mmmm",
    "MathFont": "m",
    "MathLap": "om",
    "MathMBox": "m",
    "MathMakeBox": "oom",
    "Mathtip": "mm",
    "MtLap": "t",
    "NArrow": "",
    "Phantom": "m",
    "Rule": "ddd",
    "Smash": "om",
    "Spacer": "",
    "SplitFrac": "mm",
    "Strut": "",
    "Style": "am",
    "Symbol": "",
    "Tilde": "",
    "rule": "odd",
    "xArrow": "xm",
}
#: What stays on the stack until something closes it.
OPEN = {"start", "open", "left", "begin", "array", "eqnarray", "multline", "multlined", "flalign", "equation", "braket"}
OPEN |= {"beginEnv", "cases-begin", "empheq-begin", "proofTree"}
CLOSE = {"stop", "close", "over", "middle", "right", "end", "cell"}
ARRAYS = {"array", "eqnarray", "multline", "multlined", "flalign"}
ALIGNED = {"equation", "align", "gather", "flalign", "alignat", "multline"}
NUMBER = r"([-+]?([.,]\d+|\d+([.,]\d*)?))"
LENGTH = re.compile(rf"\s*{NUMBER}\s*(pt|em|ex|mu|px|mm|cm|in|pc)")
DIGITS = re.compile(r"(?:[0-9]+(?:\{,\}[0-9]{3})*(?:\.[0-9]*)?|\.[0-9]+)")
COMMAND = re.compile(r"(?:([a-zA-Z]+) ?|(.))")
MOST_MACROS = 1000
#: What \mathtoolsset may set.
OPTIONS = {
    "multlinegap",
    "multlined-pos",
    "firstline-afterskip",
    "lastline-preskip",
    "smallmatrix-align",
    "use-unicode",
}
OPTIONS |= {"shortvdotsadjustabove", "shortvdotsadjustbelow", "centercolon", "centercolon-offset", "pairedDelimiters"}
OPTIONS |= {"thincolon-dx", "thincolon-dw", "prescript-sub-format", "prescript-sup-format", "prescript-arg-format"}


class TexError(ValueError):
    """A formula can't be set; the message says why."""


@functools.cache
def _known():
    """Return what MathJax knows: see mathjax.json."""
    known = json.loads(resources.files("nbgate").joinpath("mathjax.json").read_text(encoding="utf-8"))
    known["symbols"] = set(known["symbols"].split())
    known["operators"] = set(known["operators"].split())
    known["moving"] = set(known["moving"].split())
    known["packages"] = set(known["packages"].split())
    known["delimiters"] = set(known["delimiters"])
    return known


@dataclass
class _Node:
    """A part of a formula: what errors depend on."""

    kind: str = "atom"
    operator: bool = False  # whether limits may stand on it
    moves: bool | None = None  # whether its scripts are limits
    under: bool = False
    over: bool = False
    more_scripts: bool = False  # a brace over or under it may have scripts in spite of its own
    base: "_Node | None" = None

    @property
    def core(self):
        return self.base.core if self.base else self


@dataclass
class _Item:
    """Something that waits on the stack."""

    kind: str
    nodes: list = field(default_factory=list)
    name: str = ""
    env: dict | None = None
    line_break: bool = False
    entry: bool = False
    end: object = None  # of an environment: whether its end is a command of its own
    position: str = ""  # of a script
    primes: bool = False
    moves: bool | None = None
    needs_brace: bool = False  # of an array: \matrix{...}
    cases: str = ""
    rows: int = 0
    cells: int = 0
    columns: int = 0  # of xalignat: the most that a row may have
    tagged: bool = False  # of an array: whether it has started a tag
    bars: float = 0
    single: bool = False

    @property
    def is_open(self):
        return self.kind in OPEN

    @property
    def is_close(self):
        return self.kind in CLOSE

    @property
    def first(self):
        return self.nodes[-1] if self.nodes else None

    def whole(self):
        """Return all that it gathered, as one node."""
        return self.nodes[0] if len(self.nodes) == 1 else _Node("row")


@dataclass
class _Tag:
    """The number of an equation, as far as errors depend on it."""

    env: str = ""
    taggable: bool = False
    text: str | None = None
    none: bool = False
    label: str = ""


class Formulas:
    r"""The formulas of a notebook, in their order: which of them can't be set, and why.

    Examples
    --------
    >>> formulas = Formulas()
    >>> formulas.error(r"\newcommand{\\half}{\frac{1}{2}} \\half")
    >>> formulas.error(r"\\half^2^3")
    'Double exponent: use braces to clarify'
    """

    def __init__(self):
        self.macros = {}
        self.environments = {}
        self.delimiters = set()
        self.operators = {}
        self.pairs = {}
        self.colors = {}
        self.tag_forms = set()
        self.labels = set()
        self.loaded = set()
        self._start_formula()

    def _start_formula(self):
        self.tag, self.tags, self.own_labels = _Tag(), [], set()
        self.unknown, self.expansions = [], 0

    def error(self, formula, display=True):
        """Return why a formula can't be set, or None.

        Parameters
        ----------
        formula : str
            Without its dollars.
        display : bool, optional
            Whether it stands on a line of its own.
        """
        self._start_formula()
        try:
            parser = _Parser(formula, {}, self, inner=False)
            parser.parse_all()
            if display and not self.tag.env and self.tag.text is not None:
                self._make_tag()
        except TexError as error:
            return str(error)
        except RecursionError:
            return "it is nested too deeply"
        finally:
            self.labels |= self.own_labels
        if self.unknown:
            return "unknown command " + ", ".join(dict.fromkeys(f"\\{name}" for name in self.unknown))
        return None

    # -- numbers of equations

    def start_tag(self, env, taggable):
        """Begin an equation that may have a number."""
        self.tags.append(self.tag)
        self.tag = _Tag(env, bool(taggable))

    def end_tag(self):
        """Go back to the equation around it."""
        self.tag = self.tags.pop() if self.tags else _Tag()

    def clear_tag(self):
        """Begin the next row."""
        self.tag.label, self.tag.text, self.tag.none = "", None, False

    def show_tag(self):
        """Set its number, if it has one."""
        if self.tag.text and self.tag.taggable and not self.tag.none:
            self._make_tag()

    def _make_tag(self):
        if self.tag.label:
            self.own_labels.add(self.tag.label)
        _Parser(r"\text{" + self.tag.text + "}", {}, self).parse_all()

    # -- names

    def command(self, name):
        """Return the method and arguments of a command, or None."""
        known = _known()
        for own in (self.pairs, self.macros, self.operators):
            if name in own:
                return own[name]
        if "\\" + name in self.delimiters:
            return ["Symbol"]
        for package in self.loaded:
            if name in known["required"].get(package, {}).get("commands", ()):
                return ["Symbol"]
        if name in known["commands"]:
            return known["commands"][name]
        if name in known["symbols"]:
            return ["Symbol"]
        if name in known["operators"]:
            return ["Operator"]
        return ["Moving"] if name in known["moving"] else None

    def environment(self, name):
        """Return the method and arguments of an environment, or None."""
        known = _known()
        if name in self.environments:
            return self.environments[name]
        for package in self.loaded:
            if name in known["required"].get(package, {}).get("environments", ()):
                return ["Array", None, None, None, "c"]
        return known["environments"].get(name)

    def is_delimiter(self, text):
        r"""Return whether a character or a command may follow \left."""
        return text in self.delimiters or text in _known()["delimiters"]


class _Reader:
    """Reads arguments off a text."""

    def __init__(self, text, env, formulas):
        self.text, self.i, self.env, self.formulas = text, 0, env, formulas
        self.command_name = ""

    @property
    def rest(self):
        return self.text[self.i :]

    def skip(self):
        """Go to what is not a space, and return it."""
        while self.i < len(self.text) and self.text[self.i].isspace():
            self.i += 1
        return self.text[self.i] if self.i < len(self.text) else ""

    def command_after_backslash(self):
        match = COMMAND.match(self.text, self.i)
        if not match:
            self.i += 1
            return " "
        self.i = match.end()
        return match[1] or match[2]

    def argument(self, may_miss=False):
        first = self.skip()
        if not first:
            if may_miss:
                return None
            raise TexError(f"Missing argument for {self.command_name}")
        if first == "}":
            if may_miss:
                return None
            raise TexError("Extra close brace or missing open brace")
        self.i += 1
        if first == "\\":
            return "\\" + self.command_after_backslash()
        if first != "{":
            return first
        return self.closed_by("}", "Missing close brace")

    def closed_by(self, closing, missing):
        """Return what comes before a closing mark, which is passed; braces inside belong together."""
        start, depth = self.i, 0
        while self.i < len(self.text):
            character = self.text[self.i]
            self.i += 1
            if character == closing and not depth:
                return self.text[start : self.i - 1]
            if character == "\\":
                self.i += 1
            elif character == "{":
                depth += 1
            elif character == "}":
                depth -= 1
                if depth < 0:
                    raise TexError(f"Extra close brace while looking for '{closing}'")
        raise TexError(missing)

    def brackets(self, otherwise=None):
        if self.skip() != "[":
            return otherwise
        self.i += 1
        return self.closed_by("]", f"Could not find closing ']' for argument to {self.command_name}")

    def up_to(self, token):
        self.skip()
        start, depth = self.i, 0
        while self.i < len(self.text):
            before = self.i
            character = self.skip()
            self.i += len(character)
            if character == "\\":
                character += self.command_after_backslash()
            elif character == "{":
                depth += 1
            elif character == "}":
                if not depth:
                    raise TexError(f"Extra close brace while looking for {token}")
                depth -= 1
            if not depth and character == token:
                return self.text[start:before]
        raise TexError(f"Could not find {token} for {self.command_name}")

    def delimiter(self, braces=False):
        character = self.skip()
        self.i += 1
        if self.i <= len(self.text):
            if character == "\\":
                character += self.command_after_backslash()
            elif character == "{" and braces:
                self.i -= 1
                character = self.argument().strip()
            if self.formulas.is_delimiter(character):
                return character
        raise TexError(f"Missing or unrecognized delimiter for {self.command_name}")

    def delimiter_argument(self):
        character = self.argument().strip()
        if character and not self.formulas.is_delimiter(character):
            raise TexError(f"Missing or unrecognized delimiter for {self.command_name}")
        return character

    def length(self):
        if self.skip() == "{":
            match = LENGTH.match(argument := self.argument())
            if match and not argument[match.end() :].strip():
                return
        elif match := LENGTH.match(self.text, self.i):
            self.i = match.end() + self.text.startswith(" ", match.end())
            return
        raise TexError(f"Missing dimension or its units for {self.command_name}")

    def character(self):
        """Read the number of a character, and its sizes."""
        sizes = self.brackets()
        if sizes and re.fullmatch(r"(\d+(\.\d*)?|\.\d+),(\d+(\.\d*)?|\.\d+)", sizes.replace(" ", "")):
            self.brackets()
        if not re.fullmatch("x[0-9A-Fa-f]+|[0-9]+", re.sub("^0x", "x", self.argument().strip())):
            raise TexError(r"Argument to \unicode must be a number")

    def star(self):
        if self.skip() == "*":
            self.i += 1
            return True
        return False

    def insert(self, text):
        """Let `text` be read next."""
        self.text, self.i = _joined(text, self.rest), 0

    def count_expansion(self):
        self.formulas.expansions += 1
        if self.formulas.expansions > MOST_MACROS:
            raise TexError("maximum macro substitution count exceeded; is there a recursive macro call?")

    def expand(self, body, count=0, default=None):
        """Put a macro's text in its place."""
        if count:
            arguments = []
            if default is not None:
                arguments.append(self.brackets(default))
            while len(arguments) < int(count):
                arguments.append(self.argument())
            body = _substituted(arguments, body)
        self.insert(body)
        self.count_expansion()


def _joined(first, second):
    if re.match("[a-zA-Z]", second) and re.search(r"(?:^|[^\\])(?:\\\\)*\\[a-zA-Z]+$", first):
        first += " "
    if len(first) + len(second) > 5 * 1024:
        raise TexError("buffer size exceeded; is there a recursive macro call?")
    return first + second


def _substituted(arguments, body):
    """Return a macro's text with its arguments in it."""
    done, text, i = "", "", 0
    while i < len(body):
        character = body[i]
        i += 1
        if character == "\\":
            text += character + body[i : i + 1]
            i += 1
        elif character == "#":
            character = body[i : i + 1]
            i += 1
            if character == "#":
                text += character
            elif character in "123456789" and character and int(character) <= len(arguments):
                done, text = _joined(_joined(done, text), arguments[int(character) - 1]), ""
            else:
                raise TexError("Illegal macro parameter reference")
        else:
            text += character
    return _joined(done, text)


def _check_options(text):
    if text and text.count("{") > text.count("}"):
        raise TexError("Extra open brace or missing close brace")


class _Parser(_Reader):
    """Reads a formula, or a part of it."""

    def __init__(self, text, env, formulas, inner=True):
        super().__init__(text, dict(env), formulas)
        self.stack = [_Item("start", env=self.env)]
        self.inner, self.numbered, self.empheq = inner, False, ""
        self.roots = set()

    def parse_all(self):
        """Read it to its end, and return it as one node."""
        self.parse()
        self.push(_Item("stop"))
        return self.stack[-1].first

    def parse(self):
        while self.i < len(self.text):
            character = self.text[self.i]
            self.i += 1
            self.read(character)

    def inner_parse(self, text, **env):
        return _Parser(text, self.env | env, self.formulas).parse_all()

    def maths(self):
        return self.inner_parse(self.argument())

    def internal_text(self, text):
        _Text(text, {}, self.formulas, self).parse_all()
        return _Node()

    # -- characters

    def read(self, character):
        if character == "\\":
            self.read_command(self.command_after_backslash())
        elif character in " \t\r\n\xa0":
            pass
        elif character == "{":
            self.push(_Item("open"))
        elif character == "}":
            self.push(_Item("close"))
        elif character in "^_":
            self.read_script(character)
        elif character in "'’":
            self.read_prime()
        elif character == "%":
            end = self.text.find("\n", self.i)
            self.i = len(self.text) if end < 0 else end
        elif character == "&":
            self.read_entry(character)
        elif character == "#":
            raise TexError("You can't use 'macro parameter character #' in math mode")
        elif character in "0123456789.":
            if match := DIGITS.match(self.text, self.i - 1):
                self.i = match.end()
            self.push(_Node())
        elif character == "|":
            self.read_bar()
        elif character == "@" and self.text[self.i : self.i + 1] in tuple("><VA.|="):
            self.read_arrow()
        elif character.isascii() and not character.isprintable():
            self.fail_at(character)
        else:
            if not any(first <= ord(character) <= last for first, last in _known()["ranges"]):
                self.fail_at(character)
            self.push(_Node(operator=character in _known()["operator_characters"]))

    def fail_at(self, character):
        raise TexError(f"Math input error at the character {character!r}")

    def read_command(self, name):
        before, self.command_name = self.command_name, "\\" + name
        if (found := self.formulas.command(name)) is None:
            self.formulas.unknown.append(name)
            self.push(_Node())
        else:
            self.run(name, *found)
        self.command_name = before

    def run(self, name, method, *arguments):
        if method in SIGNATURES:
            self.push(self.take(SIGNATURES[method]))
        else:
            getattr(self, f"_{method}")(name, *arguments)

    def take(self, signature):
        """Read arguments, and return the node of a command that has no other effect."""
        for letter in signature:
            if letter == "m":
                self.maths()
            elif letter == "t":
                self.internal_text(self.argument())
            elif letter == "a":
                self.argument()
            elif letter == "o":
                self.brackets()
            elif letter == "k":
                _check_options(self.brackets())
            elif letter == "x":
                bottom = self.brackets()
                node = self.maths()
                if bottom:
                    self.inner_parse(bottom)
                return _Node("munderover", over=True, under=bool(bottom), more_scripts=True, base=node)
            elif letter == "d":
                self.length()
            elif letter == "D":
                self.delimiter()
        return _Node()

    def read_script(self, character):
        if self.skip().isdigit():
            self.text = self.text[: self.i + 1] + " " + self.text[self.i + 1 :]
        top, primes = self.stack[-1], False
        if top.kind == "prime":
            base, primes = top.nodes[0], True
            self.pop()
        else:
            base = top.nodes.pop() if top.nodes else _Node("mi")
        side = "over" if character == "^" else "under"
        full = base.kind in ("msubsup", "munderover", "munder") and getattr(base, side)
        if full and not (base.kind == "munderover" and base.more_scripts):
            double = "Double exponent" if side == "over" else "Double subscripts"
            raise TexError(f"{double}: use braces to clarify")
        moves = base.moves
        if base.kind != "msubsup":
            if moves:
                if base.kind not in ("munderover", "munder") or getattr(base, side):
                    base = _Node("munderover", moves=True, base=base)
            else:
                base = _Node("msubsup", base=base)
        self.push(_Item("subsup", [base], position=side, primes=primes, moves=moves))

    def read_prime(self):
        top = self.stack[-1]
        base = top.nodes.pop() if top.nodes else _Node("mi")
        if base.kind == "msubsup" and base.over:
            raise TexError("Prime causes double exponent: use braces to clarify")
        while (character := self.skip()) and character in "'’":
            self.i += 1
        self.push(_Item("prime", [base, _Node()]))

    def read_bar(self):
        top = self.stack[-1]
        if top.kind == "braket" and top.bars > 0:
            if self.skip() == "|":
                self.i += 1
            top.bars -= 1
        self.push(_Node())

    def read_arrow(self):
        """Read an arrow of a diagram (the environment CD)."""
        kind = self.text[self.i]
        self.i += 1
        top = self.stack[-1]
        if top.kind != "array" or top.nodes:
            self.push(_Item("cell", name="@", entry=True))
            top = self.stack[-1]
        if kind in "><VA":
            for text in (self.up_to(kind), self.up_to(kind)):
                self.inner_parse(text)
        self.push(_Node())
        self.push(_Item("cell", name="@", entry=True))

    def read_entry(self, name):
        self.push(_Item("cell", name=name, entry=True))
        top = self.stack[-1]
        if not top.cases:
            return
        ends = [r"\\cr(?![a-zA-Z])", r"\\\\"]
        ends += [r"\\end"] if top.cases != r"\cases" else []
        end, i, depth = re.compile("|".join(ends)), self.i, 0
        while i < len(self.text):
            character = self.text[i]
            if character == "{":
                depth += 1
            elif character == "}":
                if not depth:
                    break
                depth -= 1
            elif character == "&" and not depth:
                raise TexError(r"Extra alignment tab in \cases text")
            elif character == "\\":
                if end.match(self.text, i):
                    break
                i += 1
            i += 1
        text = self.text[self.i : i].strip()
        if not (re.match(r"\\text[^a-zA-Z]", text) and text.endswith("}") and _is_one_group(text[5:])):
            self.push(self.internal_text(text))
            self.i = i

    # -- the stack

    def push(self, thing):
        item = _Item("mml", [thing]) if isinstance(thing, _Node) else thing
        instead = self.check(self.stack[-1], item) if self.stack else None
        if instead is False:
            return
        if instead is not None:
            self.pop()
            for part in instead:
                self.push(part)
            return
        self.stack.append(item)
        if item.is_open:
            item.env = {} if item.kind in ARRAYS else dict(self.env)
            self.env = item.env
        else:
            item.env = self.env

    def pop(self):
        item = self.stack.pop()
        self.env = self.stack[-1].env if self.stack else {}
        return item

    def check(self, top, item):
        """Return what takes the place of the top of the stack, None if `item` comes on it, False if it is in it."""
        special = getattr(self, f"check_{top.kind.replace('-', '_')}", None)
        if top.kind in ARRAYS:
            special = self.check_arrays
        return special(top, item) if special else self.check_any(top, item)

    def check_any(self, top, item):
        if item.kind == "over" and top.is_open:
            top.nodes = []
        if item.kind == "cell" and top.is_open:
            if item.line_break:
                return False
            raise TexError(f"Misplaced {item.name}")
        if item.is_close:
            self.fail_to_close(top, item)
        if item.kind != "mml":
            return None
        top.nodes.append(item.first)
        return False

    def fail_to_close(self, top, item):
        if item.kind == "end":
            raise TexError(f"Missing \\begin{{{item.name}}} or extra \\end{{{item.name}}}")
        if item.kind == "close":
            raise TexError("Extra close brace or missing open brace")
        if item.kind == "right":
            raise TexError(r"Missing \left or extra \right")
        if item.kind == "middle":
            raise TexError(r"Extra \middle")
        if item.kind == "stop" and top.kind == "open":
            raise TexError("Extra open brace or missing close brace")
        if item.kind == "stop" and top.kind == "left":
            raise TexError(r"Extra \left or missing \right")
        if item.kind == "stop" and top.kind == "subsup":
            raise TexError("Missing superscript or subscript argument")

    def check_start(self, top, item):
        return [_Item("mml", [top.whole()])] if item.kind == "stop" else self.check_any(top, item)

    def check_open(self, top, item):
        return [_Node("atom", base=top.whole())] if item.kind == "close" else self.check_any(top, item)

    def check_prime(self, top, item):
        base = top.nodes[0]
        if base.kind != "msubsup":
            return [_Node("msup", over=True, base=base), item]
        base.over = True
        return [base, item]

    def check_subsup(self, top, item):
        if item.kind in ("open", "left"):
            return None
        node = top.first
        if item.kind == "mml":
            if top.primes:
                node.over = True
            setattr(node, top.position, True)
            if top.moves is not None:
                node.moves = top.moves
            return [node]
        if self.check_any(top, item) is None:
            script = "superscript" if top.position == "over" else "subscript"
            raise TexError(f"Missing open brace for {script}")
        return False

    def check_over(self, top, item):
        if item.kind == "over":
            raise TexError(f"Ambiguous use of {item.name}")
        return [_Node(), item] if item.is_close else self.check_any(top, item)

    def check_left(self, top, item):
        if item.kind == "right":
            return [_Node()]
        if item.kind == "middle":
            top.nodes.append(_Node())
            return [top]
        return self.check_any(top, item)

    def check_begin(self, top, item):
        if item.kind == "end":
            if item.name != top.name:
                raise TexError(f"\\begin{{{top.name}}} ended with \\end{{{item.name}}}")
            return False if top.end else [_Node("row", base=top.whole())]
        if item.kind == "stop":
            raise TexError(f"Missing \\end{{{top.name}}}")
        return self.check_any(top, item)

    check_beginEnv = check_begin

    def check_cases_begin(self, top, item):
        if item.kind == "end" and item.name == top.name and top.end:
            top.end = False
            return []
        return self.check_begin(top, item)

    def check_empheq_begin(self, top, item):
        if item.kind == "end" and item.name == top.name:
            top.end = False
        return self.check_begin(top, item)

    def check_equation(self, top, item):
        if item.kind == "end":
            self.formulas.show_tag()
            self.formulas.end_tag()
            return [top.whole(), item]
        if item.kind == "stop":
            raise TexError(f"Missing \\end{{{top.name}}}")
        return self.check_any(top, item)

    def check_proofTree(self, top, item):
        if item.kind == "end" and item.name == "prooftree":
            return [_Node(), item]
        if item.kind == "stop":
            raise TexError(r"Missing \end{prooftree}")
        if item.is_close and item.kind != "close":
            self.check_any(_Item("start"), item)
        return False

    def check_braket(self, top, item):
        if item.kind == "close":
            return [_Node()]
        if item.kind == "mml" and top.single:
            return [_Node()]
        return self.check_any(top, item)

    def check_style(self, top, item):
        return [_Node("row"), item] if item.is_close else self.check_any(top, item)

    def check_position(self, top, item):
        if item.is_close:
            raise TexError(f"Missing box for {top.name}")
        return [_Node()] if item.kind == "mml" else self.check_any(top, item)

    def check_fn(self, top, item):
        if not top.nodes:
            return self.check_any(top, item)
        return None if item.is_open else [top.first, item]

    def check_not(self, top, item):
        if item.kind in ("open", "left"):
            return None
        return [item] if item.kind == "mml" else [_Node(), item]

    def check_dots(self, top, item):
        return None if item.kind in ("open", "left") else [_Node(), item]

    def check_nonscript(self, top, item):
        return [item]

    def check_arrays(self, top, item):
        if not item.is_close or item.kind == "over":
            return self.check_any(top, item)
        if item.entry:
            self.end_entry(top)
            top.env.clear()
            return False
        if item.kind == "cell":
            self.end_entry(top)
            self.end_row(top)
            top.env.clear()
            return False
        if top.nodes or top.cells:
            self.end_entry(top)
            self.end_row(top)
        if top.tagged:
            if top.kind in ("multline", "multlined"):
                self.formulas.show_tag()
            self.formulas.end_tag()
        top.env.clear()
        if top.needs_brace:
            if item.kind == "close":
                return [_Node()]
            raise TexError("Missing close brace")
        return [_Node(), item]

    def end_entry(self, array):
        array.nodes = []
        array.cells += 1
        if array.columns and array.cells > array.columns:
            raise TexError(f"Extra & in row of {array.name}")

    def end_row(self, array):
        if array.kind in ("multline", "multlined") and array.cells != 1:
            raise TexError("The rows within the multline environment must have exactly one column")
        if array.kind in ("eqnarray", "flalign"):
            self.formulas.show_tag()
            self.formulas.clear_tag()
        array.cells = 0
        array.rows += 1

    # -- commands, by the names of MathJax's methods

    def _Operator(self, name):
        self.push(_Node(operator=True))

    def _Moving(self, name):
        self.push(_Node(operator=True, moves=True))

    _NamedOp = lambda self, name, *_: self._Moving(name)  # noqa: E731

    def _NamedFn(self, name, *_):
        self.push(_Item("fn", [_Node(operator=True)]))

    def _TeXAtom(self, name, kind):
        if kind != 1:
            self.push(_Node(base=self.maths()))
            return
        text = self.argument()
        if not re.match(r"\s*\\rm\s+[a-zA-Z0-9 ]+$", text):
            self.inner_parse(text)
        self.push(_Item("fn", [_Node(operator=True, moves=True)]))

    def _UnderOver(self, name, _, stack=None):
        base = self.maths()
        node = _Node("munderover", over=name.startswith("over"), under=name.startswith("under"), base=base)
        if stack:
            node = _Node(operator=True, moves=True, base=node)
        node.more_scripts = True
        self.push(node)

    def _UnderOverBracket(self, name):
        self.brackets()
        self.brackets()
        self.inner_parse(self.argument())
        self.push(_Node(operator=True, moves=True, more_scripts=True))

    def _Overset(self, name):
        self.take("m")
        self.push(_Node("mover", base=self.maths()))

    def _Underset(self, name):
        self.take("m")
        self.push(_Node("munder", under=True, base=self.maths()))

    def _Overunderset(self, name):
        self.take("mm")
        self.push(_Node("munderover", under=True, over=True, base=self.maths()))

    def _CancelTo(self, name):
        self.push(_Node("msup", over=True, base=self.take("kmm")))

    def _Limits(self, name, limits):
        node = self.stack[-1].first
        if not node or not (node.core.operator or node.operator or node.moves is not None):
            raise TexError(f"{self.command_name} is allowed only on operators")
        if node.kind in ("munderover", "munder") and not limits:
            node.kind = "msubsup"
        elif node.kind == "msubsup" and limits:
            node.kind = "munderover"
        node.moves = bool(limits)

    def _SetFont(self, name, *_):
        pass

    def _SetStyle(self, name, *_):
        self.push(_Item("style"))

    _SetSize = _SetStyle

    def _LeftRight(self, name):
        self.push(_Item(name, name=self.delimiter()))

    def _Over(self, name, *fences):
        if name.endswith("withdelims"):
            self.delimiter()
            self.delimiter()
        if name.startswith("above"):
            self.length()
        self.push(_Item("over", name=self.command_name))

    def _Genfrac(self, name, left=None, right=None, thick=None, style=None):
        if left is None:
            self.delimiter_argument()
        if right is None:
            self.delimiter_argument()
        if thick is None:
            self.argument()
        if style is None:
            style = self.argument().strip()
        self.take("mm")
        if style and not re.match("[0-3]", style):
            raise TexError(f"Bad math style for {self.command_name}")
        self.push(_Node("mfrac"))

    def _CFrac(self, name):
        side = (self.brackets("") or "").strip()
        for part in (self.argument(), self.argument()):
            self.inner_parse(r"\strut\textstyle{" + part + "}")
        if side not in ("", "l", "r"):
            raise TexError(f"Illegal alignment specified in {self.command_name}")
        self.push(_Node())

    def _Sqrt(self, name):
        index, text = self.brackets(), self.argument()
        if text == r"\frac":
            text += "{" + self.argument() + "}{" + self.argument() + "}"
        self.inner_parse(text)
        if index:
            self.inner_parse(index, root=set())
        self.push(_Node())

    def _Root(self, name):
        index = self.up_to(r"\of")
        self.maths()
        self.inner_parse(index, root=set())
        self.push(_Node())

    def _MoveRoot(self, name, which):
        if "root" not in self.env:
            raise TexError(f"{self.command_name} can appear only within a root")
        if which in self.roots:
            raise TexError(f"Multiple use of {self.command_name}")
        if not re.search("-?[0-9]+", self.argument()):
            raise TexError(f"The argument to {self.command_name} must be an integer")
        self.roots.add(which)

    def _BuildRel(self, name):
        self.inner_parse(self.up_to(r"\over"))
        self.push(self.take("m"))

    def _RaiseLower(self, name):
        self.length()
        self.push(_Item("position", name=self.command_name))

    _MoveLeftRight = _RaiseLower

    def _MakeBig(self, name, *_):
        self.delimiter(braces=True)
        self.push(_Node())

    def _Not(self, name):
        self.push(_Item("not"))

    def _Dots(self, name):
        self.push(_Item("dots"))

    def _Nonscript(self, name):
        self.push(_Item("nonscript"))

    def _MmlToken(self, name):
        kind = self.argument()
        attributes = (self.brackets("") or "").lstrip()
        self.argument()
        if kind not in ("mi", "mn", "mo", "mtext", "mspace", "ms"):
            raise TexError(f"{kind} is not a token element")
        while attributes:
            match = re.match(r"([a-z]+)\s*=\s*('[^']*'|\"[^\"]*\"|[^ ,]*)\s*,?\s*", attributes, re.IGNORECASE)
            if not match:
                raise TexError(f"Invalid MathML attribute: {attributes}")
            attributes = attributes[match.end() :]
        self.push(_Node())

    def _Verb(self, name):
        quote = self.skip()
        if not quote:
            raise TexError(f"Missing argument for {self.command_name}")
        end = self.text.find(quote, self.i + 1)
        if end < 0:
            raise TexError(f"Can't find closing delimiter for {self.command_name}")
        self.i = end + 1
        self.push(_Node())

    def _Unicode(self, name):
        self.character()
        self.push(_Node())

    def _BBox(self, name):
        properties = self.brackets("") or ""
        node = self.take("m")
        seen = set()
        for part in properties.split(","):
            if re.match(r"^\s*(\.\d+|\d+(\.\d*)?)\s*(pt|em|ex|mu|px|in|cm|mm)\s*$", part):
                kind = "Padding"
            elif re.match(r"^\s*([a-z0-9]+|\#[0-9a-f]{6}|\#[0-9a-f]{3})\s*$", part, re.IGNORECASE):
                kind = "Background"
            elif re.match(r"^\s*[-a-z]+:", part, re.IGNORECASE):
                kind = "Style"
            elif not part.strip():
                continue
            else:
                raise TexError(f'"{part}" doesn\'t look like a color, a padding dimension, or a style')
            if kind in seen:
                raise TexError(f"{kind} specified twice in {self.command_name}")
            seen.add(kind)
        self.push(node)

    def _Toggle(self, name):
        while (part := self.up_to_endtoggle()) is not None:
            self.inner_parse(part)
        self.push(_Node())

    def up_to_endtoggle(self):
        part = self.argument()
        return None if part == r"\endtoggle" else part

    def _XMathStrut(self, name):
        depth, height = self.brackets(), self.argument()
        for number in (height, depth or height):
            if not re.fullmatch(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)", number.strip()):
                raise TexError(f"Argument to {self.command_name} is not a number")
        self.push(_Node())

    def _Prescript(self, name):
        for _ in range(3):
            self.inner_parse(self.argument().strip())
        self.push(_Node())

    def _SideSet(self, name):
        self.take("mmm")
        self.push(_Node(operator=True, moves=True))

    def _MultiIntegral(self, name, integral):
        self.insert(integral + " ")

    def _Relation(self, name, *_):
        self.push(_Node())

    # -- macros

    def _Macro(self, name, body, count=0, default=None):
        self.expand(body, count or 0, default)

    def _MacroWithTemplate(self, name, body, count, *template):
        if int(count or 0):
            self.skip()
            if template and template[0] and not self.matches(template[0]):
                raise TexError(f"Use of {self.command_name} doesn't match its definition")
            arguments = [self.parameter(template[k + 1] if k + 1 < len(template) else None) for k in range(int(count))]
            body = _substituted(arguments, body)
        self.insert(body)
        self.count_expansion()

    def matches(self, template):
        if not self.text.startswith(template, self.i):
            return False
        after = self.text[self.i + len(template) : self.i + len(template) + 1]
        if re.search(r"\\[a-zA-Z]+$", template) and re.match("[a-zA-Z]", after):
            return False
        self.i += len(template)
        return True

    def parameter(self, template):
        if template is None:
            return self.argument()
        start, braces = self.i, False
        while self.i < len(self.text):
            before = self.i
            if self.text[self.i] == "{":
                braces = self.i == start
                self.argument()
            elif self.matches(template):
                return self.text[start + 1 : before - 1] if braces else self.text[start:before]
            elif self.text[self.i] == "\\":
                self.i += 1
                braces = False
                match = re.compile("[a-zA-Z]+|.").match(self.text, self.i)
                self.i = match.end() if match else self.i
            else:
                self.i += 1
                braces = False
        raise TexError(f"Runaway argument for {self.command_name}?")

    def new_name(self):
        name = self.argument().strip().removeprefix("\\")
        if not re.fullmatch("(?:.|[a-zA-Z]+)", name):
            raise TexError(f"Illegal control sequence name for {self.command_name}")
        return name

    def name_after(self):
        if self.skip() != "\\":
            raise TexError(f"{self.command_name} must be followed by a control sequence")
        return self.argument().strip()[1:]

    def argument_count(self):
        count = (self.brackets() or "").strip()
        if count and not count.isdigit():
            raise TexError(f"Illegal number of parameters specified in {self.command_name}")
        return int(count or 0)

    def _NewCommand(self, name):
        new, count, default = self.new_name(), self.argument_count(), self.brackets()
        self.formulas.macros[new] = ["Macro", self.argument(), count, default]

    def _NewEnvironment(self, name):
        new, count, default = self.argument().strip(), self.argument_count(), self.brackets()
        self.formulas.environments[new] = ["BeginEnv", True, self.argument(), self.argument(), count, default]

    def _MacroDef(self, name):
        new = self.name_after()
        count, template = self.template(new)
        body = self.argument()
        if template:
            self.formulas.macros[new] = ["MacroWithTemplate", body, count, *template]
        else:
            self.formulas.macros[new] = ["Macro", body, count]

    def template(self, new):
        r"""Read what stands between the name and the text of a \def."""
        self.skip()
        parts, count, start = {}, 0, self.i
        while self.i < len(self.text):
            character = self.skip()
            if character == "#":
                if start != self.i:
                    parts[count] = self.text[start : self.i]
                self.i += 1
                number = self.text[self.i : self.i + 1]
                if not re.fullmatch("[1-9]", number):
                    raise TexError(f"Illegal use of # in template for \\{new}")
                count += 1
                if int(number) != count:
                    raise TexError(f"Parameters for \\{new} must be numbered sequentially")
                start = self.i + 1
            elif character == "{":
                if start != self.i:
                    parts[count] = self.text[start : self.i]
                return count, [parts.get(k) for k in range(max(parts) + 1)] if parts else []
            self.i += 1
        raise TexError(f"Missing replacement string for definition of {self.command_name}")

    def _Let(self, name):
        new, formulas = self.name_after(), self.formulas
        character = self.skip()
        if character == "=":
            self.i += 1
            character = self.skip()
        if character == "\\":
            old = self.name_after()
            if formulas.is_delimiter("\\" + old):
                formulas.delimiters.add("\\" + new)
            elif found := formulas.command(old):
                formulas.macros[new] = found
            return
        self.i += 1
        if formulas.is_delimiter(character):
            formulas.delimiters.add("\\" + new)
        else:
            formulas.macros[new] = ["Macro", character]

    def _HandleDeclareOp(self, name):
        star = "*" if self.star() else ""
        new = self.argument().strip().removeprefix("\\")
        self.formulas.operators[new] = ["Macro", f"\\operatorname{star}{{{self.argument()}}}"]

    def _HandleOperatorName(self, name):
        star = self.star()
        self.inner_parse(self.argument().strip())
        if not star and self.skip() == "\\":
            before = self.i
            self.i += 1
            if self.command_after_backslash() != "limits":
                self.i = before
        self.push(_Node(operator=True, moves=star))

    def _DeclarePairedDelimiter(self, name):
        new = self.new_name()
        self.formulas.pairs[new] = ["PairedDelimiters", self.argument(), self.argument()]

    def _DeclarePairedDelimiterX(self, name):
        new, count = self.new_name(), self.argument_count()
        self.formulas.pairs[new] = ["PairedDelimiters", self.argument(), self.argument(), self.argument(), count]

    def _DeclarePairedDelimiterXPP(self, name):
        new, count = self.new_name(), self.argument_count()
        before, left, right, after, body = (self.argument() for _ in range(5))
        self.formulas.pairs[new] = ["PairedDelimiters", left, right, body, count, before, after]

    def _PairedDelimiters(self, name, left, right, body="#1", count=1, before="", after=""):
        star = self.star()
        size = "" if star else self.brackets()
        sides = ("\\left", "\\right") if star else ((f"{size}l", f"{size}r") if size else ("", ""))
        if count:
            arguments = [self.argument() for _ in range(int(count))]
            before, body, after = (_substituted(arguments, text) for text in (before, body, after))
        body = body.replace(r"\delimsize", r"\middle" if star else size or "")
        for part in (after, right, sides[1], body, left, sides[0], before):
            self.insert(part)
        self.count_expansion()

    def _NewExtArrow(self, name):
        new, space, character = self.argument(), self.argument(), self.argument()
        if not re.fullmatch(r"\\(?:[a-zA-Z]+|.)", new):
            raise TexError(f"First argument to {self.command_name} must be a control sequence name")
        if not re.fullmatch(r"\d+,\d+", space):
            raise TexError(f"Second argument to {self.command_name} must be two integers separated by a comma")
        if not re.fullmatch(r"\d+|0x[0-9A-Fa-f]+", character):
            raise TexError(f"Third argument to {self.command_name} must be a unicode character number")
        self.formulas.macros[new[1:]] = ["xArrow"]

    def _Require(self, name):
        package = self.argument()
        if not re.fullmatch("[_a-zA-Z0-9]+", package):
            raise TexError(f"Argument for {self.command_name} is not a valid package name")
        if package in ("base", "autoload", "configmacros", "tagformat", "setoptions"):
            raise TexError(f'Extension "{package}" is not allowed to be loaded')
        if package not in _known()["packages"]:
            raise TexError(f"JupyterLab has no package {package} of MathJax")
        self.formulas.loaded.add(package)

    # -- colours

    def color(self, model, value):
        if not model or model == "named":
            return
        if model in ("rgb", "RGB"):
            parts = value.strip().split(",")
            if len(parts) != 3:
                raise TexError(f"Color values for the {model} model require 3 numbers")
        elif model == "gray":
            parts = [value]
        else:
            raise TexError(f"Color model '{model}' not defined")
        for part in parts:
            pattern = r"\d+" if model == "RGB" else r"\d+(\.\d*)?|\.\d+"
            if not re.fullmatch(pattern, part.strip()):
                raise TexError("Invalid number" if model == "RGB" else "Invalid decimal number")
            if float(part) > (255 if model == "RGB" else 1):
                raise TexError(
                    f"Color values for the {model} model must be between 0 and {255 if model == 'RGB' else 1}"
                )

    def _Color(self, name):
        self.color(self.brackets(""), self.argument())
        self.push(_Item("style"))

    def _TextColor(self, name):
        self.color(self.brackets(""), self.argument())
        self.push(self.take("m"))

    def _DefineColor(self, name):
        self.argument()
        self.color(self.argument(), self.argument())

    def _TableColor(self, name, kind):
        self.color(self.brackets(""), self.argument())
        top = self.stack[-1]
        if top.kind != "array":
            raise TexError(f"Unsupported use of {self.command_name}")
        if kind == "col":
            if top.rows:
                raise TexError(f"{self.command_name} must be in the top row")
            if self.brackets(""):
                self.brackets("")
        elif kind == "row" and (top.nodes or top.cells):
            raise TexError(f"{self.command_name} must be at the beginning of a row")

    # -- numbers and labels

    def _HandleTag(self, name):
        tag = self.formulas.tag
        if not tag.taggable and tag.env:
            raise TexError(f"{self.command_name} not allowed in {tag.env} environment")
        if tag.text:
            raise TexError(f"Multiple {self.command_name}")
        star = self.star()
        text = self.argument().strip()
        tag.text, tag.none = text if star else f"({text})", False

    def _HandleNoTag(self, name):
        self.formulas.tag.text, self.formulas.tag.none = "", True

    def _HandleLabel(self, name):
        label, formulas = self.argument(), self.formulas
        if not label:
            return
        if formulas.tag.label:
            raise TexError(f"Multiple {self.command_name}")
        formulas.tag.label = label
        if label in formulas.labels or label in formulas.own_labels:
            raise TexError(f"Label '{label}' multiply defined")
        formulas.own_labels.add(label)

    def _HandleRef(self, name, *_):
        self.argument()
        self.push(_Node("row"))

    def _NewTagForm(self, name, renew=False):
        form = self.argument().strip()
        if not form:
            raise TexError("Tag form name can't be empty")
        self.brackets("")
        self.take("aa")
        if not renew and form in self.formulas.tag_forms:
            raise TexError(f"Duplicate tag form: {form}")
        self.formulas.tag_forms.add(form)

    def _UseTagForm(self, name):
        form = self.argument().strip()
        if form and form not in self.formulas.tag_forms:
            raise TexError(f"Undefined tag form: {form}")

    def _SetOptions(self, name):
        options = self.argument()
        _check_options(options)
        for option in filter(None, (part.partition("=")[0].strip() for part in options.split(","))):
            if option not in OPTIONS:
                raise TexError(f"Invalid option: {option}")

    # -- tables and environments

    def _Matrix(
        self, name, left=None, right=None, align=None, spacing=None, rows=None, style=None, cases=None, side=None
    ):
        character = self.skip()
        if not character:
            raise TexError(f"Missing argument for {self.command_name}")
        if character == "{":
            self.i += 1
        else:
            self.text, self.i = character + "}" + self.text[self.i + 1 :], 0
        self.push(_Item("array", needs_brace=True, cases=r"\cases" if cases else ""))

    def _Cr(self, name, *_):
        self.push(_Item("cell", name=self.command_name))

    def _CrLaTeX(self, name, plain=False):
        if not plain:
            if self.text.startswith("*", self.i):
                self.i += 1
            if self.text.startswith("[", self.i):
                length = self.brackets("")
                match = LENGTH.match(length)
                if length and not (match and not length[match.end() :].strip()):
                    raise TexError(f"Bracket argument to {self.command_name} must be a dimension")
        self.push(_Item("cell", name=self.command_name, line_break=True))
        if self.stack[-1].kind not in ARRAYS:
            self.push(_Node("row"))

    def _HLine(self, name, *_):
        if self.stack[-1].kind not in ARRAYS or self.stack[-1].nodes:
            raise TexError(f"Misplaced {self.command_name}")

    def _HFill(self, name):
        if self.stack[-1].kind not in ARRAYS:
            raise TexError(f"Unsupported use of {self.command_name}")

    def _HandleShove(self, name, *_):
        top = self.stack[-1]
        if top.kind not in ("multline", "multlined"):
            raise TexError(f"{self.command_name} can only appear within the multline or multlined environments")
        if top.nodes:
            raise TexError(f"{self.command_name} must come at the beginning of the line")
        self.brackets()
        self.push(self.take("m"))

    def aligned(self):
        if self.stack[-1].kind != "eqnarray":
            raise TexError(f"{self.command_name} can only be used in aligment environments")
        return self.stack[-1]

    def _Aboxed(self, name):
        top = self.aligned()
        if top.cells % 2:
            top.cells += 1
        text = self.argument()
        reader = _Reader(text + r"&&\endAboxed", {}, self.formulas)
        left, right = reader.up_to("&"), reader.up_to("&")
        reader.up_to(r"\endAboxed")
        self.insert(
            _substituted([left, right], r"\rlap{\boxed{#1{}#2}}\kern.267em\phantom{#1}&\phantom{{}#2}\kern.267em")
        )

    def _ArrowBetweenLines(self, name):
        top = self.aligned()
        if top.nodes or top.cells:
            raise TexError(f"{self.command_name} must be on a row by itself")
        self.star()
        self.inner_parse(self.brackets(r"\Updownarrow"))
        self.end_entry(top)
        self.end_row(top)

    def _VDotsWithin(self, name):
        if self.stack[-1].kind not in ARRAYS:
            raise TexError(f"{self.command_name} can only be used in a table")
        self.push(self.take("m"))

    def _ShortVDotsWithin(self, name):
        self.star()
        top = self.aligned()
        self.take("m")
        self.end_entry(top)
        self.end_row(top)

    def _FlushSpaceAbove(self, name):
        self.aligned()

    def _FlushSpaceBelow(self, name):
        self.end_row(self.aligned())

    def _Braket(self, name, left, right, stretchy, bars):
        character = self.skip()
        if not character:
            raise TexError(f"Missing argument for {self.command_name}")
        self.i += character == "{"
        self.push(_Item("braket", bars=float("inf") if bars is None else bars, single=character != "{"))

    def _Bar(self, name):
        self.push(_Node())

    def in_proof(self, signature):
        if self.stack[-1].kind != "proofTree":
            raise TexError("Proof commands only allowed in prooftree environment.")
        self.take(signature)

    def _Axiom(self, name):
        self.in_proof("a")

    def _Inference(self, name, *_):
        self.in_proof("a")

    def _Label(self, name, *_):
        self.in_proof("t")

    def _SetLine(self, name, *_):
        self.in_proof("")

    _RootAtTop = _SetLine
    _AxiomF = _SetLine

    def _InferenceF(self, name, *_):
        self.in_proof("")

    def _minCDarrowwidth(self, name):
        self.length()

    _minCDarrowheight = _minCDarrowwidth

    def _BeginEnd(self, name):
        env = self.argument()
        if "\\" in env:
            raise TexError(f"Invalid environment name '{env}'")
        found = self.formulas.environment(env)
        method, own_end, *arguments = [*(found or [""]), None][: max(len(found or [""]), 2)]
        if found and name == "end":
            if not own_end:
                self.push(_Item("end", name=env))
                return
            self.env["closing"] = env
        self.count_expansion()
        if not found:
            raise TexError(f"Unknown environment '{env}'")
        kind = {"Empheq": "empheq-begin", "NumCases": "cases-begin"}.get(method, "begin")
        begin = _Item(kind, name=env, end=own_end)
        if (item := getattr(self, f"_env_{method}")(begin, *arguments)) is not None:
            self.push(item)

    def closes(self, begin):
        return self.env.get("closing") == begin.name and self.env.pop("closing")

    def number(self):
        if self.numbered:
            raise TexError("Erroneous nesting of equation structures")
        self.numbered = True

    def _env_Array(self, begin, left=None, right=None, align=None, *_):
        if not align:
            self.command_name = f"\\begin{{{begin.name}}}"
            self.argument()
        self.push(begin)
        return _Item("array")

    def _env_AlignedArray(self, begin):
        self.brackets()
        return self._env_Array(begin)

    def _env_MtMatrix(self, begin, *_):
        self.brackets()
        return self._env_Array(begin, align="c")

    def _env_MtSmallMatrix(self, begin, left=None, right=None, align=None):
        if not align:
            self.brackets()
        return self._env_Array(begin, align="c")

    def _env_Cases(self, begin, *_):
        self.push(begin)
        return _Item("array", cases=begin.name)

    def _env_CD(self, begin):
        self.push(begin)
        return _Item("array")

    def _env_Equation(self, begin, *_):
        self.push(begin)
        self.number()
        self.formulas.start_tag("equation", True)
        return _Item("equation", name=begin.name)

    def _env_EqnArray(self, begin, numbered=None, taggable=None, *_):
        self.push(begin)
        if taggable:
            self.number()
        self.formulas.start_tag(begin.name, taggable)
        return _Item("eqnarray", name=begin.name, tagged=True)

    def _env_AmsEqnArray(self, begin, numbered=None, taggable=None, *_):
        self.brackets()
        return self._env_EqnArray(begin, numbered, taggable)

    def _env_AlignAt(self, begin, numbered=None, taggable=None):
        if not taggable:
            self.brackets()
        self.positive(begin)
        return self._env_EqnArray(begin, numbered, taggable)

    def positive(self, begin):
        self.command_name = f"\\begin{{{begin.name}}}"
        if re.search("[^0-9]", number := self.argument()):
            raise TexError(f"Argument to {self.command_name} must me a positive integer")
        return int(number or 0)

    def _env_XalignAt(self, begin, *_):
        count = self.positive(begin)
        item = self._env_FlalignArray(begin)
        item.columns = 2 * count
        return item

    def _env_FlalignArray(self, begin, *_):
        self.push(begin)
        self.number()
        self.formulas.start_tag(begin.name, True)
        return _Item("flalign", name=begin.name, tagged=True)

    def _env_Multline(self, begin, *_):
        self.push(begin)
        self.number()
        self.formulas.start_tag("multline", True)
        return _Item("multline", name=begin.name, tagged=True)

    def _env_MtMultlined(self, begin):
        if self.brackets("c"):
            self.brackets("")
        self.push(begin)
        self.formulas.start_tag("multline", True)
        return _Item("multlined", name=begin.name, tagged=True)

    def _env_SpreadLines(self, begin):
        if self.closes(begin):
            if self.stack[-1].name != begin.name:
                raise TexError(f"Missing \\begin{{{begin.name}}} or extra \\end{{{begin.name}}}")
            self.push(self.pop().whole())
            return None
        self.command_name = f"\\begin{{{begin.name}}}"
        self.length()
        return begin

    def _env_NumCases(self, begin):
        if self.closes(begin):
            self.push(_Item("end", name=begin.name))
            self.push(_Item("end", name=begin.name))
            return None
        self.inner_parse(self.argument())
        item = self._env_EqnArray(begin, True, True)
        item.cases = begin.name
        self.push(begin)
        return item

    def _env_Empheq(self, begin):
        if self.closes(begin):
            self.push(_Item("end", name=self.empheq))
            self.empheq = ""
            self.push(_Item("end", name="empheq"))
            return None
        self.number()
        self.numbered = False
        _check_options(self.brackets())
        env, _, count = self.argument().partition("=")
        if env.rstrip("*") not in ALIGNED:
            raise TexError(f'Unknown environment "{env}"')
        self.empheq = env
        self.text, self.i = f"\\begin{{{env}}}" + (f"{{{count}}}" if count else "") + self.rest, 0
        self.push(begin)
        return None

    def _env_Prooftree(self, begin, *_):
        self.push(begin)
        return _Item("proofTree", name=begin.name)

    def _env_BeginEnv(self, begin, before, after, count=0, default=None):
        if begin.end and self.closes(begin):
            rest = self.rest
            self.text, self.i = after, 0
            self.parse()
            self.text, self.i = rest, 0
            return _Item("end", name=begin.name)
        if count:
            arguments = [] if default is None else [self.brackets(default)]
            while len(arguments) < count:
                arguments.append(self.argument())
            before = _substituted(arguments, before)
        self.insert(before)
        return _Item("beginEnv", name=begin.name)


def _is_one_group(text):
    """Return whether a text is one group in braces and nothing else."""
    depth = 0
    text = text.strip()
    for i, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if not depth:
            return i == len(text) - 1
    return False


class _Text(_Reader):
    r"""Reads the words in a formula: what stands in \text{...}."""

    def __init__(self, text, env, formulas, parser):
        super().__init__(text, env, formulas)
        self.parser, self.depth = parser, 0
        self.command_name = parser.command_name

    def parse_all(self):
        while self.i < len(self.text):
            character = self.text[self.i]
            self.i += 1
            self.read(character)

    def inner(self, text):
        _Text(text, self.env, self.formulas, self.parser).parse_all()

    def read(self, character):
        if character == "$":
            self.read_maths("$")
        elif character == "%":
            end = self.text.find("\n", self.i)
            self.i = len(self.text) if end < 0 else end + 1
        elif character in "^_":
            raise TexError(f"'{character}' allowed only in math mode")
        elif character in "&#":
            raise TexError(f"'{character}' can not be used here")
        elif character == "{":
            self.depth += 1
        elif character == "}":
            if not self.depth:
                raise TexError("Extra close brace or missing open brace")
            self.depth -= 1
        elif character == "\\":
            self.read_command(self.command_after_backslash())

    def read_maths(self, opened):
        start, depth = self.i, 0
        while character := self.skip():
            before = self.i
            self.i += 1
            if character == "\\":
                character = "\\(" if self.command_after_backslash() == ")" else character
            if character == opened and not depth:
                _Parser(self.text[start:before], self.env, self.formulas).parse_all()
                return
            if character == "{":
                depth += 1
            elif character == "}":
                if not depth:
                    raise TexError("Extra close brace or missing open brace")
                depth -= 1
        raise TexError("Math-mode is not properly terminated")

    def read_command(self, name):
        before, self.command_name = self.command_name, "\\" + name
        method, *arguments = _known()["text_commands"].get(name, [None])
        if method is None:
            found = self.formulas.command(name)
            if found is None:
                self.formulas.unknown.append(name)
            elif found[0] != "Macro" and not self.formulas.is_delimiter("\\" + name):
                raise TexError(f"{self.command_name} is only supported in math mode")
            elif found[0] == "Macro":
                self.expand(*[argument or 0 if k == 1 else argument for k, argument in enumerate(found[1:])])
        elif method == "Math":
            self.read_maths("\\(")
        elif method == "Macro":
            self.expand(*arguments)
        elif method in ("Accent", "Emph"):
            self.inner(self.argument())
        elif method == "Hskip":
            self.length()
        elif method == "Rule":
            for _ in range(3):
                self.length()
        elif method == "rule":
            self.brackets()
            self.length()
            self.length()
        elif method == "HandleRef":
            self.argument()
        elif method == "CheckAutoload":
            self.read_outer(name)
        self.command_name = before

    def read_outer(self, name):
        """Read a command of maths that may stand in words, too."""
        if name == "unicode":
            self.character()
            return
        if name in ("color", "textcolor"):
            self.brackets()
        self.argument()
        if name == "fcolorbox":
            self.argument()
        if name not in ("color",):
            self.inner(self.argument())
