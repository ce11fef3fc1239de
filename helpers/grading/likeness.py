"""Tells which submissions share more than chance explains.

Two measures, both in bits: how surprising it is that two people who never met wrote the same.

* In one exercise: an answer is cut into short runs of words and signs. A run that many honest students write, or the
  course itself, says nothing; one that hardly anybody else has says much.
* In a chapter: of each answer that two have in common, how rare it is. All together are compared with the number of
  pairs in the class: among 40 students there are 780, so something that happens to one pair in 1000 happens.

Names may be changed: both are also counted for what is left without names, and without comments.
"""

import functools
import hashlib
import itertools
import json
import keyword
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.exercises.judge import NOT_ATTEMPTED
from helpers.language import N_, _

HONEST = Path(__file__).with_name("honest.json")
"""How often honest students write each run, and how many bits two of them share at most, by exercise; made by
``python -m tools.honest_answers``."""

HONEST_STUDENTS = 400
MARGIN = 1.5
"""How far above all that two honest students ever shared in one exercise something has to be."""

LEAST = 50
"""Bits below which one exercise alone says nothing: a letter and a remark are soon the same."""

CHANCE = 1 / 1000
"""In how many honest classes a pair may be named for what it shares in the chapter, if students do not agree."""

LARGEST_CLASS = 1000
"""All pairs are compared, so a hundred times as many students would take ten thousand times as long."""

LONGEST = 5000
WORDS, SHAPES = 4, 7
NEARLY_THE_SAME = 0.8

TOKEN = re.compile(r"\w+|[^\w\s]")
COMMENT = re.compile(r"#[^\n]*|\"\"\".*?\"\"\"", re.DOTALL)
USUAL = {*keyword.kwlist, "np", "range", "len", "sum", "zip", "enumerate", "abs", "max", "min", "int", "float", "array"}


@dataclass(frozen=True)
class Pair:
    """Two submissions that are more alike than chance explains.

    Parameters
    ----------
    one, other : str
        Keys of the results.
    alike : dict
        Exercise -> bits, where an exercise by itself is above what honest students share.
    same : dict
        Exercise -> bits, where the whole answer is the same.
    same_file : bool
        Whether the two files are the same to the last byte.
    """

    one: str
    other: str
    alike: dict
    same: dict
    same_file: bool = False

    @functools.cached_property
    def total(self):
        """How surprising it is; the same file is beyond all chance."""
        return math.inf if self.same_file else max(sum(self.alike.values()), sum(self.same.values()))


def features(code):
    """Return the runs of an answer, and all of it, as short fingerprints: with its names, and without them.

    Parameters
    ----------
    code : str
        The answer; what is beyond 5000 characters does not count.

    Returns
    -------
    set of str
    """
    code = code[:LONGEST]
    words = TOKEN.findall(code)
    bare = TOKEN.findall(COMMENT.sub(" ", code))
    shape = [word if _is_usual(word, before) else "." for before, word in itertools.pairwise(["", *bare])]
    whole_answer = _runs(bare, len(bare) or 1, "W") | _runs(shape, len(shape) or 1, "S")
    return _runs(words, WORDS, "w") | _runs(shape, SHAPES, "s") | whole_answer


def _is_usual(word, before):
    return before == "." or word in USUAL or not (word[0].isalpha() or word[0] == "_")


def _runs(words, length, kind):
    runs = (" ".join(words[i : i + length]) for i in range(len(words) - length + 1))
    return {kind + hashlib.blake2b(run.encode("utf-8", "replace"), digest_size=4).hexdigest() for run in runs}


@functools.cache
def _honest():
    return json.loads(HONEST.read_text(encoding="utf-8"))


def likeness(answers, course=()):
    """Return the pairs of submissions that are more alike than chance explains.

    Parameters
    ----------
    answers : dict
        Key of a result -> (exercise -> code).
    course : iterable of str
        Code that everyone has seen: what was handed out, and the chapters.

    Returns
    -------
    list of Pair
        The most surprising first.
    """
    most = {name: MARGIN * max(bits, LEAST) for name, bits in _honest()["most"].items()}
    least = math.log2(max(math.comb(len(answers), 2), 1) / CHANCE)
    alike, same = shared(answers, course, most, least)
    pairs = [Pair(*pair, alike.get(pair, {}), same.get(pair, {})) for pair in {*alike, *same}]
    return sorted(pairs, key=lambda pair: (-pair.total, pair.one, pair.other))


def likeness_of(results, course=()):
    """Return `likeness` of what was graded, with those whose files are the same.

    Parameters
    ----------
    results : list of dict
        As `helpers.grading.batch.grade_class` returns them.
    course : iterable of str
        As for `likeness`.

    Returns
    -------
    pairs : list of Pair
        The most surprising first.
    remarks : list of str
        Why there are none, if they were not looked for.
    """
    tried = [one for one in results if any(v["outcome"] != NOT_ATTEMPTED for v in one["verdicts"].values())]
    files = defaultdict(list)
    for result in tried:
        files[result["content"] or result["key"]].append(result["key"])
    same = [Pair(one, other, {}, {}, True) for keys in files.values() for one, other in itertools.combinations(keys, 2)]
    if len(tried) > LARGEST_CLASS:
        words = N_("Likeness is looked for among up to {most} students; there are {number}.")
        return same, [_(words, most=LARGEST_CLASS, number=len(tried))]
    known = {frozenset((pair.one, pair.other)) for pair in same}
    pairs = likeness({one["key"]: one["answers"] for one in tried}, course)
    return same + [pair for pair in pairs if frozenset((pair.one, pair.other)) not in known], []


def course_code(chapter, releases):
    """Return the code that everyone has seen: the chapter, and its exercises as they are handed out.

    Parameters
    ----------
    chapter : int
        1 to 5.
    releases : Path
        Where the exercises are; the chapters are one folder up.

    Returns
    -------
    list of str
    """
    code = []
    for path in [*releases.glob(f"{chapter:02}_*.ipynb"), *releases.parent.glob(f"{chapter:02}_*.ipynb")]:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return code


def shared(answers, course=(), least=None, together=-1):
    """Return what each pair shares, in bits.

    Parameters
    ----------
    answers, course
        As for `likeness`.
    least : dict, optional
        Exercise -> how many bits what two answers have in common must exceed; by default more than none is enough.
    together : float
        How many bits whole answers that are the same must exceed together; by default all are returned.

    Returns
    -------
    alike, same : dict
        Pair of keys -> (exercise -> bits), see `Pair`.
    """
    known = set().union(*map(features, course)) if course else set()
    own_runs = functools.cache(lambda code: frozenset(features(code) - known))
    alike = defaultdict(dict)
    cut = defaultdict(dict)
    for key, answer in sorted(answers.items()):
        for name, code in answer.items():
            if runs := own_runs(code):
                cut[name][key] = runs
    for name, runs in cut.items():
        for pair, bits in _alike(name, runs, 0 if least is None else least.get(name, math.inf)).items():
            alike[pair][name] = bits
    return alike, _same(cut, together)


def _same(cut, least):
    """Return the surprise of whole answers that are the same, if more than `least`: pair -> (exercise -> bits)."""
    keys = sorted({key for runs in cut.values() for key in runs})
    row = {key: i for i, key in enumerate(keys)}
    nobody = np.zeros((len(keys), len(keys)), bool)
    groups, common = {}, nobody.astype(int)
    for name, runs in sorted(cut.items()):
        owners = defaultdict(list)
        for key, own in runs.items():
            for run in own:
                if run[0] in "WS":
                    owners[run].append(row[key])
        groups[name] = [(run, np.ix_(rows, rows)) for run, rows in sorted(owners.items()) if len(rows) > 1]
        alike = nobody.copy()
        for _run, pairs in groups[name]:
            alike[pairs] = True
        common += alike
    np.fill_diagonal(common, 0)
    apart = (_friends(common) | np.eye(len(keys), dtype=bool)).astype(np.float32)
    worth = {}
    for name in groups:
        worth[name] = np.full(common.shape, -1.0)
        for run, pairs in groups[name]:  # "W", which says more, is after "S"
            friends = apart[pairs]
            each = friends.sum(1)
            others = len(each) - (each[:, None] + each - friends @ friends.T)
            rarity = [_rarity(name, run, number, len(cut[name])) for number in range(len(each))]
            worth[name][pairs] = np.array(rarity)[others.astype(int)]
    total = sum((np.maximum(bits, 0) for bits in worth.values()), np.zeros(common.shape))
    one, other = np.nonzero(np.triu((common > 1) & (total > least), 1))
    by_name = zip(*(bits[one, other].tolist() for bits in worth.values()), strict=True)
    return {
        (keys[i], keys[j]): {name: number for name, number in zip(worth, bits, strict=True) if number >= 0}
        for i, j, bits in zip(one, other, by_name, strict=True)
    }


def _friends(common):
    """Tell who has nearly all answers in common with whom, so that a large group does not excuse itself."""
    most = common.max(1, initial=0)
    return common >= np.maximum(NEARLY_THE_SAME * np.minimum(most[:, None], most), 3)


def _rarity(name, run, others, answers):
    """Return how rare an answer is, in bits, among honest students and in the rest of the class."""
    usual = _honest()["usual"].get(name, {}).get(run, 0) * HONEST_STUDENTS
    return -math.log2((others + usual + 1) / (answers + HONEST_STUDENTS + 1))


def _alike(name, cut, least):
    """Return how surprising what each pair shares is, if more than `least`: what is shared with names, or without."""
    usual = _honest()["usual"].get(name, {})
    writers = defaultdict(list)  # an answer -> who wrote it
    for key, runs in sorted(cut.items()):
        writers[frozenset(run for run in runs if run[0] in "ws")].append(key)
    counts = Counter()
    for answer, keys in writers.items():
        counts.update(dict.fromkeys(answer, len(keys)))
    answers = list(writers)
    above = np.zeros((len(answers), len(answers)), bool)
    for kind in "ws":
        runs = [run for run, count in counts.items() if run[0] == kind and count > 1]
        column = {run: i for i, run in enumerate(runs)}
        has = np.zeros((len(answers), len(runs)), np.float32)
        for row, answer in enumerate(answers):
            has[row, [column[run] for run in answer if run in column]] = 1
        rare = [math.log2((len(cut) + HONEST_STUDENTS) / (usual.get(run, 0) * HONEST_STUDENTS + 2)) for run in runs]
        most = (has * np.maximum(np.array(rare, np.float32), 0)) @ has.T  # what it comes to if nobody else has it
        above |= np.triu(most) > least
    surprise = functools.cache(functools.partial(_surprise, writers, counts, usual))  # many share what others share
    bits = {}
    for i, j in np.argwhere(above).tolist():
        one, other = writers[answers[i]], writers[answers[j]]
        pairs = itertools.combinations(one, 2) if i == j else itertools.product(one, other)
        number = surprise(answers[i] & answers[j])
        if number > least:
            bits |= {(min(pair), max(pair)): number for pair in pairs}
    return bits


def _surprise(writers, counts, usual, shared):
    within, people = Counter(), HONEST_STUDENTS
    for answer, keys in writers.items():
        common = answer & shared
        if len(common) >= NEARLY_THE_SAME * len(shared):
            within.update(dict.fromkeys(common, len(keys)))
        else:
            people += len(keys)
    bits = {"w": 0.0, "s": 0.0}
    for run in sorted(shared):  # so that sums are the same, to the last digit
        others = counts[run] - within[run] + usual.get(run, 0) * HONEST_STUDENTS
        bits[run[0]] += max(0.0, math.log2(people / (others + 2)))
    return max(bits.values())
