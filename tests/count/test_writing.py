"""Whatever papers are written down as, they are read back as the same papers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tinkuy.cli.count import app
from tinkuy.count import CountError, read
from tinkuy.count.formats.writing import abif, blt, preflib, preflib_kind, written
from tinkuy.count.profile import Lists, Profile, Scores

NAMES = ["Ana Ruiz", 'Beto "B" Sáenz', "C\\aro, D.", "#4 [Dina]", "蘇業", "0"]
EXAMPLES = settings(max_examples=40)


@st.composite
def rankings(draw: st.DrawFn) -> list[tuple[list[list[int]], int]]:
    """Papers of up to six candidates, with ties, gaps at the end and papers that rank nobody."""
    papers = []
    for _ in range(draw(st.integers(1, 6))):
        order = draw(st.permutations(range(len(NAMES))))[: draw(st.integers(0, len(NAMES)))]
        places: list[list[int]] = []
        for candidate in order:
            if places and draw(st.booleans()):
                places[-1].append(candidate)
            else:
                places.append([candidate])
        papers.append((places, draw(st.integers(1, 10**12))))
    return papers


def same(read_back: Any, written: Profile, *, seats: bool = True) -> None:
    assert isinstance(read_back, Profile)
    assert dict(read_back.rankings()) == dict(written.rankings())
    assert (read_back.names, read_back.title, read_back.withdrawn) == (written.names, written.title, written.withdrawn)
    assert not seats or read_back.seats == written.seats


@given(rankings(), st.sets(st.integers(0, 5)), st.sampled_from(["", "Junta 2026"]), st.integers(1, 9))
@EXAMPLES
def test_blt_and_abif_are_read_back_with_seats_title_and_the_withdrawn(
    papers: list[tuple[list[list[int]], int]], withdrawn: set[int], title: str, seats: int
) -> None:
    profile = Profile.of(NAMES, papers, seats=seats, title=title, withdrawn=frozenset(withdrawn))
    same(read(blt(profile), "x.blt"), profile)
    same(read(abif(profile), "x.abif"), profile)


@given(rankings(), st.sampled_from(["", "Junta 2026"]))
@EXAMPLES
def test_preflib_is_read_back_with_its_title(papers: list[tuple[list[list[int]], int]], title: str) -> None:
    profile = Profile.of(NAMES, papers, title=title)
    same(read(preflib(profile), f"x.{preflib_kind(profile)}"), profile, seats=False)


@given(
    st.lists(
        st.tuples(st.lists(st.none() | st.integers(-3, 9), min_size=6, max_size=6), st.integers(1, 99)), min_size=1
    )
)
@EXAMPLES
def test_scores_are_read_back_with_what_was_not_scored(papers: list[tuple[list[int | None], int]]) -> None:
    rows = [[score if score is not None else 0 for score in scores] for scores, _ in papers]
    given_ = np.array([[score is not None for score in scores] for scores, _ in papers])
    weights = np.array([weight for _, weight in papers], dtype=np.int64)
    scores = Scores(tuple(NAMES), np.array(rows, dtype=np.int64), given_, weights, -3, 9)
    back = read(abif(scores), "x.abif", form="abif-scores")

    def held(of: Scores) -> dict[str, int]:
        found: dict[str, int] = {}
        for row, marks, weight in zip(of.scores.tolist(), of.given.tolist(), of.weights.tolist(), strict=True):
            key = str([score if mark else None for score, mark in zip(row, marks, strict=True)])
            found[key] = found.get(key, 0) + weight
        return found

    assert held(back) == held(scores)
    assert back.most == 9


def test_a_real_ward_is_the_same_in_every_format(shared_data: Path) -> None:
    file = shared_data / "count" / "scot2017" / "glasgow_2017_ward7.blt"
    ward = read(file.read_bytes(), file.name)
    same(read(blt(ward), "ward.blt"), ward)
    same(read(abif(ward), "ward.abif"), ward)
    same(read(preflib(ward), "ward.soi"), ward, seats=False)


@pytest.mark.parametrize(
    ("rankings_", "kind"),
    [
        ([([0, 1], 1)], "soc"),
        ([([0], 1)], "soi"),
        ([([[0, 1]], 1)], "toc"),
        ([([[0, 1]], 1), ([], 2)], "toi"),
    ],
)
def test_which_of_preflibs_kinds_rankings_are(rankings_: list[tuple[list[Any], int]], kind: str) -> None:
    assert preflib_kind(Profile.of(["Ana", "Beto"], rankings_)) == kind


def test_papers_of_a_kind_that_a_format_does_not_hold_are_refused() -> None:
    with pytest.raises(CountError, match="preflib holds rankings"):
        written(Lists(("Uno",), (1,)), "preflib")
    with pytest.raises(CountError, match="blt, preflib or abif, not as xml"):
        written(Profile.of(["Ana"], [([0], 1)]), "xml")


def test_a_ward_is_converted_on_the_command_line(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "count" / "scot2017" / "orkney_2017_ward1.blt"
    out = tmp_path / "ward.abif"
    outcome = CliRunner().invoke(app, ["convert", str(file), str(out), "--to", "abif"])
    assert outcome.exit_code == 0, outcome.output
    same(read(out.read_bytes(), out.name), read(file.read_bytes(), file.name))


def test_what_a_format_has_no_place_for_is_refused_and_not_lost() -> None:
    papers = Profile.of(["Ana", "Beto"], [([0], 1)], withdrawn=frozenset({1}))
    with pytest.raises(CountError, match="BLT says how many are elected"):
        blt(papers)
    with pytest.raises(CountError, match="no place for candidates who have withdrawn: Beto"):
        preflib(papers)
    with pytest.raises(CountError, match="a bracket and a quotation mark"):
        abif(Profile.of(['"A]'], [([0], 1)]))
