"""The Senate papers of 2016 and the distributions as the Commission printed them, for the tests."""

from __future__ import annotations

import csv
import gzip
import io
import re
import subprocess
from collections import Counter
from itertools import count as numbers
from itertools import takewhile

from tinkuy.count import read

MARKS = {"*": "1", "/": "1"}


def squares(shared_data, state):
    """The candidates of a state in ballot order, and the groups' squares above the line, each its candidates."""
    with (shared_data / "count" / "aec2016" / "candidates.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["state_ab"] == state]
    names = [f"{row['surname']} {row['ballot_given_nm']}" for row in rows]
    groups: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        if row["ticket"] != "UG":
            groups.setdefault(row["ticket"], []).append(number)
    return names, list(groups.values())


def in_order(marks):
    """Squares by consecutive numbers, up to the first that is missing or stands twice (Act s 268A, s 269)."""
    places: dict[str, list[int]] = {}
    for place, mark in enumerate(marks):
        if mark:
            places.setdefault(MARKS.get(mark, mark), []).append(place)
    ranked = takewhile(lambda found: len(found) == 1, (places.get(str(number), []) for number in numbers(1)))
    return [place for (place,) in ranked]


def ranking(field, groups):
    """What a paper ranks: the candidates below the line when six are numbered there, else the groups above it."""
    marks = field.split(",")
    below = in_order(marks[len(groups) :])
    if len(below) >= 6:
        return below
    return [candidate for square in in_order(marks[: len(groups)]) for candidate in groups[square]]


def papers_file(shared_data, state):
    """The bytes of a State's papers, unpacked."""
    path = shared_data / "count" / "aec2016" / f"aec-senate-formalpreferences-20499-{state}.csv.gz"
    return gzip.decompress(path.read_bytes())


def senate(shared_data, state):
    """The formal papers of a State as a profile."""
    candidates = (shared_data / "count" / "aec2016" / "candidates.csv").read_bytes()
    return read(papers_file(shared_data, state), f"{state}.csv", candidates=candidates)


def plainly(shared_data, state):
    """The same, read paper by paper, with no help of the program."""
    names, groups = squares(shared_data, state)
    rows = csv.DictReader(io.StringIO(papers_file(shared_data, state).decode("utf-8-sig"), newline=""))
    fields = Counter(row["Preferences"] for row in rows if not row["Preferences"].startswith("-"))
    papers: Counter[tuple[int, ...]] = Counter()
    for field, number in fields.items():
        papers[tuple(ranking(field, groups))] += number
    return names, {tuple((candidate,) for candidate in paper): number for paper, number in papers.items()}


ROW = re.compile(
    r"^ (?:[A-Z]{1,2} (?P<name>\S.*?\.)  +[A-Z]+|(?P<pile>Exhausted Votes|Loss By Fraction)) (?P<figures>.*)$"
)


def printed(name):
    """A candidate's name as the distributions print it: SURNAME I."""
    surname, given = name.split(" ", 1)
    return f"{surname} {given[0]}."


def distribution(shared_data, state):
    """The printed distribution: by row and column, what moved and the total; None where nothing could move.

    A column is called by the last count in it ("Count 3 - 4" is 4), and 1 is the first preferences. Rows are candidates
    as printed, "Exhausted Votes" and "Loss By Fraction".
    """
    pdf = shared_data / "count" / "aec2016" / f"SenateStateDop-20499-{state}.pdf"
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True).stdout.decode()
    cells: dict[tuple[str, int], tuple[int | None, int]] = {}
    columns: list[int] = []
    for line in text.splitlines():
        if "Result of the Transfer" in line:
            columns = []
        columns = [int(last) for last in re.findall(r"Count (?:\d+ - )?(\d+)", line)] or columns
        row = ROW.match(line)
        if row is None:
            continue
        name = row["pile"] or row["name"].replace(",", "")
        figures = [
            int(re.sub(r"[(),]", "", word)) * (-1 if "(" in word else 1)
            for word in row["figures"].split()
            if word[-1] in "0123456789)"
        ]
        if len(figures) % 2:
            cells[name, 1] = None, figures.pop(0)
        for column, moved, total in zip(columns, figures[::2], figures[1::2], strict=True):
            cells[name, column] = moved, total
    return cells
