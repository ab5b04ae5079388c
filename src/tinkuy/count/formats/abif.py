"""ABIF, the aggregated ballot information format: `42: Memph > Nash = Chat`, with ratings where there are any.

A line holds how many papers there are of it and what they say: `>` prefers, `=` and `,` set equal, `/` gives a rating.
Candidates may be declared (`=Memph: [Memphis, TN]`), and are called by their tokens where they are not; lines in braces
say something of the election (`{"title": "…"}`; `seats` and `withdrawn` are understood). Ratings alone, divided by
commas, make `Scores`; with `>` or `=` they make rankings, and the format `abif-scores` reads the ratings.

Source: electowiki.org/wiki/ABIF; github.com/electorama/abif, drafts 0.02 and 0.03 of the grammar.

>>> profile = read(Source(b"=A:[Ana Ruiz]\\n3: A > Beto = Caro # three\\n2: Caro\\n", "board.abif"))
>>> profile.names, list(profile.rankings())
(('Ana Ruiz', 'Beto', 'Caro'), [(((0,), (1, 2)), 3), (((2,),), 2)])
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from json import JSONDecodeError, JSONDecoder
from typing import Any

import numpy as np

from tinkuy.count.formats.source import MOST_CELLS, Source
from tinkuy.count.profile import MOST_CANDIDATES, Profile, Scores
from tinkuy.words import say

MOST_LINES = 5_000_000
_CALLED = r'(?:\[([^\]]*)\]|"([^"]*)"|([^\[\]">=,/#:*{}\s](?:[^\[\]">=,/#:*{}]*[^\[\]">=,/#:*{}\s])?))'
_DECLARED = re.compile(rf"\s*=\s*{_CALLED}\s*:\s*{_CALLED}\s*(?:#.*)?")
_COUNT = re.compile(r"\s*([0-9]{1,18})\s*[:*]")
_CHOICE = re.compile(rf"\s*{_CALLED}\s*(?:/\s*(-?[0-9]{{1,15}}))?\s*")
_COMMENT = re.compile(r"\s*(?:#.*)?")
_SIGN = re.compile(r"[>=,]")
_REST = re.compile(r"\s*(?::\s*\{.*\}\s*)?(?:#.*)?")
"""Behind the choices: what a paper says besides, in braces, and a comment. Neither is counted."""

Choice = tuple[str, int, int | None]
"""The sign before a candidate ("" at the beginning), the candidate's number, the rating."""


@dataclass
class _File:
    """What has been read of a file."""

    source: Source
    names: dict[str, str] = field(default_factory=dict)
    """Candidates' names by their tokens, in the order of their numbers."""
    facts: dict[str, Any] = field(default_factory=dict)
    lines: list[tuple[int, int, tuple[tuple[str, str, int | None], ...]]] = field(default_factory=list)
    """Of each line of papers its number, how many there are, and its choices by token."""

    def numbered(self) -> Iterator[tuple[int, int, tuple[Choice, ...]]]:
        """The lines of papers with candidates' numbers. Raises `Unreadable` for a candidate twice on a paper."""
        numbers = {token: number for number, token in enumerate(self.names)}
        for line, count, choices in self.lines:
            if len({token for _, token, _ in choices}) != len(choices):
                raise self.source.refuse(line, say("each candidate once on a paper expected"))
            yield line, count, tuple((sign, numbers[token], rating) for sign, token, rating in choices)


def read(source: Source) -> Profile | Scores:
    """The rankings in an ABIF file, or its scores where nothing but ratings is given.

    Raises `Unreadable`, naming file, line and what was expected.
    """
    file = _file(source)
    signs = {sign for _, _, choices in file.lines for sign, _, _ in choices}
    rated = all(rating is not None for _, _, choices in file.lines for _, _, rating in choices)
    if rated and file.names and signs <= {"", ","} and any(choices for _, _, choices in file.lines):
        return _scores(file)
    kinds: Counter[tuple[tuple[int, ...], ...]] = Counter()
    for line, count, choices in file.numbered():
        kinds[_ranking(source, line, choices)] += count
    return Profile.of(_names(file), sorted(kinds.items()), **_more(file))


def read_scores(source: Source) -> Scores:
    """The ratings in an ABIF file; the order of a line's candidates means nothing. Raises `Unreadable`."""
    return _scores(_file(source))


def _file(source: Source) -> _File:
    text = source.text()
    if text.count("\n") > MOST_LINES:
        raise source.refuse(None, say("at most {limit} lines expected", limit=MOST_LINES))
    file = _File(source)
    cells = papers = 0
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        if bare.startswith("{"):
            _fact(file, number, bare)
        elif bare.startswith("="):
            _declare(file, number, bare)
        else:
            file.lines.append((number, *_papers(file, number, bare)))
            cells += len(file.lines[-1][2])
            papers += file.lines[-1][1]
        if len(file.names) > MOST_CANDIDATES or cells > MOST_CELLS:
            raise source.refuse(number, say("at most {limit} candidates expected", limit=MOST_CANDIDATES))
    if papers >= 2**62:
        raise source.refuse(None, say("papers that add up to less than 2^62 expected"))
    if not file.lines:
        raise source.refuse(None, say("at least one line of papers, as {example}, expected", example="3: A > B"))
    return file


def _fact(file: _File, line: int, bare: str) -> None:
    try:
        facts, end = JSONDecoder().raw_decode(bare)
    except (JSONDecodeError, RecursionError) as error:
        raise file.source.refuse(line, say("a line of JSON in braces expected")) from error
    if not _COMMENT.fullmatch(bare, end):
        raise file.source.refuse(line, say("nothing but a comment behind the braces expected"))
    file.facts.update(facts)


def _declare(file: _File, line: int, bare: str) -> None:
    found = _DECLARED.fullmatch(bare)
    if found is None:
        raise file.source.refuse(line, say("a candidate, as {example}, expected", example="=A: [Ana]"))
    token = next((part for part in found.groups()[:3] if part is not None), "")
    name = next((part for part in found.groups()[3:] if part is not None), "")
    file.names[file.source.named(token, line)] = file.source.named(name, line)


def _papers(file: _File, line: int, bare: str) -> tuple[int, tuple[tuple[str, str, int | None], ...]]:
    """How many papers a line stands for, and their choices by token."""
    found = _COUNT.match(bare)
    if found is None or int(found[1]) == 0:
        raise file.source.refuse(line, say("how many papers there are, as {example}, expected", example="3: A > B"))
    choices: list[tuple[str, str, int | None]] = []
    place, sign = found.end(), ""
    while _REST.fullmatch(bare, place) is None or sign:
        choice = _CHOICE.match(bare, place)
        if choice is None:
            raise file.source.refuse(line, say("a candidate expected in place {place}", place=str(place + 1)))
        token = file.source.named(next(part for part in choice.groups()[:3] if part is not None), line)
        file.names.setdefault(token, token)
        choices.append((sign, token, None if choice[4] is None else int(choice[4])))
        place = choice.end()
        behind = _SIGN.match(bare, place)
        sign = behind[0] if behind else ""
        place += len(sign)
        if not sign and _REST.fullmatch(bare, place) is None:
            raise file.source.refuse(line, say("one of > = , expected in place {place}", place=str(place + 1)))
    return int(found[1]), tuple(choices)


def _ranking(source: Source, line: int, choices: tuple[Choice, ...]) -> tuple[tuple[int, ...], ...]:
    """The places of a paper. Ratings divided by commas rank by themselves; elsewhere they fall as places do."""
    ratings = [rating for _, _, rating in choices if rating is not None]
    if len(ratings) == len(choices) and all(sign in ("", ",") for sign, _, _ in choices):
        order = sorted(set(ratings), reverse=True)
        return tuple(tuple(number for _, number, given in choices if given == rating) for rating in order)
    places: list[tuple[int, ...]] = []
    for sign, number, _ in choices:
        if sign in ("=", ","):
            places[-1] += (number,)
        else:
            places.append((number,))
    if ratings != sorted(ratings, reverse=True):
        raise source.refuse(line, say("ratings that fall as the ranking does expected"))
    if 0 < len(ratings) < len(choices) and any(sign == "," for sign, _, _ in choices):
        raise source.refuse(line, say("a rating for each candidate, as {example}, expected", example="A/5"))
    return tuple(places)


def _scores(file: _File) -> Scores:
    papers: Counter[tuple[tuple[int, int], ...]] = Counter()
    for line, count, choices in file.numbered():
        given = tuple(sorted((number, rating) for _, number, rating in choices if rating is not None))
        if len(given) != len(choices):
            raise file.source.refuse(line, say("a rating for each candidate, as {example}, expected", example="A/5"))
        papers[given] += count
    kinds = sorted(papers)
    scores = np.zeros((len(kinds), len(file.names)), dtype=np.int64)
    given_ = np.zeros(scores.shape, dtype=np.bool_)
    for place, paper in enumerate(kinds):
        for number, rating in paper:
            scores[place, number], given_[place, number] = rating, True
    least, most = int(scores.min(initial=0)), int(scores.max(initial=0))
    highest = file.facts.pop("max_rating", None)
    if highest is not None and not (isinstance(highest, int) and highest >= most):
        raise file.source.refuse(None, say("a max_rating that no rating is above expected"))
    weights = np.array([papers[paper] for paper in kinds], dtype=np.int64)
    return Scores(_names(file), scores, given_, weights, least, highest or most, **_more(file))


def _names(file: _File) -> tuple[str, ...]:
    return file.source.apart(list(file.names.values()))


def _more(file: _File) -> Mapping[str, Any]:
    """What the file says besides its papers."""
    facts = dict(file.facts)
    seats, withdrawn = facts.pop("seats", None), facts.pop("withdrawn", [])
    names = list(file.names.values())
    if seats is not None and not (isinstance(seats, int) and 1 <= seats <= MOST_CANDIDATES):
        raise file.source.refuse(None, say("seats: a whole number from 1 expected"))
    if not (isinstance(withdrawn, list) and all(name in names for name in withdrawn)):
        raise file.source.refuse(None, say("withdrawn: a list of candidates' names expected"))
    return {
        "seats": seats,
        "title": file.source.named(str(facts.pop("title", "")), None),
        "withdrawn": frozenset(names.index(name) for name in withdrawn),
        "facts": {name: str(value) for name, value in facts.items()},
    }
