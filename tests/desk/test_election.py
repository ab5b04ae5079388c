"""A secretary holds an election at the terminal: by hands and paper, from a file, from a secret ballot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ballot.played import set_up
from tests.desk.terminal import Terminal
from tinkuy.ballot.question import Question, RankedQuestion, Ranking
from tinkuy.ballot.verify import verify
from tinkuy.count.profile import Profile
from tinkuy.desk.desk import DeskError
from tinkuy.desk.election import MOST_IN_AN_ACT, batches, filed, opened, typed

STATUTES = """\
name = "base"
valid_from = 2020-01-01
source = "estatuto"
checked = "no"

[[quorum]]
call = 1
fraction = "1/2"
op = ">"

[majority.ordinary]
tests = [{ numerator = "for", denominator = "for+against", fraction = "1/2", op = ">" }]

[[elections]]
office = "board"
rule = "scotland"
seats = 2

[[elections]]
office = "delegates"
rule = "dhondt"
among = "lists"
alternation = true
"""
CALLED, FILED, AFTER = "2026-02-22T20:00:00Z", "2026-02-23T20:00:00Z", "2026-03-02T20:00:00Z"
UNTIL = ("--until", "2026-03-01T20:00:00Z")
TELLERS = ("--teller", "m1", "--teller", "m2")
NAMES = ("m3", "m4", "m5")


@pytest.fixture
def desk(terminal) -> Terminal:
    """A base of six in which an election of two officers is called and three stand."""
    Path("statutes.toml").write_text(STATUTES, encoding="utf-8")
    terminal.base("a", 6, statutes="statutes.toml")
    terminal.desk("a", "election", "call", "board", *UNTIL, "--at", CALLED)
    terminal.desk("a", "election", "file", *NAMES, "--at", FILED)
    return terminal


def count(desk: Terminal, *words: str, code: int = 0) -> str:
    return desk.desk("a", "election", "count", *words, *TELLERS, "--at", AFTER, code=code)


def shown(desk: Terminal) -> dict:
    return json.loads(desk.desk("a", "election", "show", "--json"))


def test_papers_typed_by_hand_are_counted_drawn_and_proclaimed(desk):
    papers = ("--paper", "3: m3 > m5", "--paper", "1: m5", "--paper", "1: m4 > m3")
    said = count(desk, *papers, "blank=1", "null=0", "cast=6", "signed_in=6")
    assert "5 papers, 1 blank, 0 null; 6 cast, 6 signed in" in said
    assert "By scotland: m3, m5. Now: tinkuy desk election proclaim" in said
    assert "proclaimed by scotland: m3, m5" in desk.desk("a", "election", "proclaim", "--at", AFTER)
    assert shown(desk)["elected"] == ["m3", "m5"]
    assert "Elected, in this order: m3, m5." in desk.desk("a", "election", "show")
    assert "election 1 is proclaimed: m3, m5" in desk.desk("a", "history")
    desk.sealed("a", "a.tinkuy")
    desk.run("book", "verify", "a.tinkuy")


def test_a_tie_is_told_drawn_and_stays(desk):
    papers = ("--paper", "2: m3", "--paper", "1: m5", "--paper", "1: m4")
    said = count(desk, *papers, "blank=0", "null=0", "cast=4", "signed_in=4")
    assert "m4, m5 are tied. Draw lots among all who stand: tinkuy desk election draw" in said
    assert "m4, m5 are tied: draw the lot" in desk.desk("a", "election", "proclaim", "--at", AFTER, code=2)
    said = desk.desk("a", "election", "draw", "m5", "m3", "m4", *TELLERS, "--at", AFTER)
    assert "By scotland: m3, m5." in said
    assert "nothing can be taken back" in desk.desk("a", "undo", "--yes", "--reason", "No gustó", code=2)


def test_a_file_of_papers_counts_as_what_it_says(desk):
    Path("papers.blt").write_text(
        '3 2\n3 1 3 0\n1 3 0\n1 2 1 0\n1 0\n0\n"m3 Rosa"\n"m4 Luz"\n"m5"\n"Mesa"\n', encoding="utf-8"
    )
    count(desk, "--papers", "papers.blt", "null=0", "cast=6", "signed_in=6")
    assert shown(desk)["papers"] == [
        {"papers": 3, "says": [[1], [3]]},
        {"papers": 1, "says": [[2], [1]]},
        {"papers": 1, "says": [[3]]},
    ]
    assert shown(desk)["figures"] == {"blank": 1, "null": 0, "cast": 6, "signed_in": 6}


def test_a_list_takes_its_seats_in_its_order(desk):
    desk.desk("a", "election", "call", "delegates", "--seats", "3", *UNTIL, "--at", CALLED)
    assert "of the same kind as the one before" in desk.desk(
        "a", "election", "file", "--list", "Unidad", "m1:M", "m2:M", "--at", FILED, code=2
    )
    desk.desk("a", "election", "file", "--list", "Unidad", "m1:M", "m2:V", "--at", FILED)
    desk.desk("a", "election", "file", "--list", "Lista 2", "m3:V", "m4:M", "--at", FILED)
    count(desk, "--paper", "4: Unidad", "--paper", "1: Lista 2", "blank=0", "null=1", "cast=6", "signed_in=6")
    said = desk.desk("a", "election", "proclaim", "--at", AFTER)
    assert "Unidad: 3 seats" in said
    assert shown(desk)["elected"] == ["m1", "m2"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("blank=0",), "give the papers once: with --paper, --papers or --bel"),
        (("--paper", "1: m3", "cast=1", "signed_in=1"), "the figures blank, null are missing"),
        (("--paper", "1: m9", "blank=0"), "“m9” does not stand; who stands: m3, m4, m5"),
        (("--paper", "m3", "blank=0"), "papers are written as “12: m3 > m4 = m5”; “m3” is not"),
        (("--paper", "1: m3 >", "blank=0"), "“” does not stand"),
        (("--paper", "1: m3", "blank=0", "spoilt=1"), "there is no box spoilt"),
        (("--paper", "1: m3 > m3", "blank=0", "null=0", "cast=1", "signed_in=1"), "nobody twice"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_recorded(desk, words, sentence):
    before = desk.state("a")["acts"]
    assert sentence in count(desk, *words, code=2)
    assert desk.state("a")["acts"] == before


def test_whoever_withdrew_in_the_file_withdraws_in_the_book_first(desk):
    Path("papers.blt").write_text('3 2\n-2\n3 1 3 0\n0\n"m3"\n"m4"\n"m5"\n"Mesa"\n', encoding="utf-8")
    figures = ("blank=0", "null=0", "cast=3", "signed_in=3")
    assert "m4 withdrew there and stands in the book" in count(desk, "--papers", "papers.blt", *figures, code=2)
    desk.desk("a", "election", "withdraw", "m4", "--reason", "renuncia", "--at", FILED)
    count(desk, "--papers", "papers.blt", *figures)


def test_the_rankings_of_a_secret_ballot_are_its_papers(desk):
    ranked = RankedQuestion("NonHomomorphic", Ranking(("m5", "m3", "m4"), "Mesa"))
    played = set_up("Ed25519", ranked, voters=5)
    ballots = [[(0, 1, 0)], [(2, 1, 0)], [(2, 1, 1)], [(1, 0, 0)], [(0, 0, 0)]]
    Path("mesa.bel").write_bytes(played.counted(played.with_ballots(ballots)))
    assert "the figures come from the secret ballot" in count(desk, "--bel", "mesa.bel", "blank=1", code=2)
    said = count(desk, "--bel", "mesa.bel")
    assert "4 papers, 1 blank, 0 null; 5 cast, 5 signed in" in said
    assert shown(desk)["papers"] == [
        {"papers": 1, "says": [[1]]},
        {"papers": 1, "says": [[1], [3]]},
        {"papers": 1, "says": [[1, 2], [3]]},
        {"papers": 1, "says": [[3]]},
    ]
    Path("open.bel").write_bytes(played.data)
    assert "not finished and sound" in count(desk, "--bel", "open.bel", "--reason", "x", code=2)


def test_the_sums_of_a_secret_ballot_for_one_list_are_its_papers():
    lists = Question(answers=("Lista 2", "Unidad"), blank=True, min=1, max=1, question="¿Quién?")
    played = set_up("Ed25519", lists, voters=4)
    votes = [[(0, 0, 1)], [(0, 0, 1)], [(0, 1, 0)], [(1, 0, 0)]]
    made = opened(verify(played.counted(played.with_ballots(votes))), 1, ("Unidad", "Lista 2"))
    assert made.rows == ((2, ((1,),)), (1, ((2,),)))
    assert (made.blank, made.null, made.cast) == (1, 0, 4)


def test_sums_of_several_marks_are_no_papers():
    several = Question(answers=("m3", "m4"), min=0, max=2, question="¿Quiénes?")
    played = set_up("Ed25519", several, voters=1)
    with pytest.raises(DeskError, match="only their sums are known"):
        opened(verify(played.counted(played.with_ballots([[(1, 1)]]))), 1, NAMES)


paper = st.lists(st.sampled_from([0, 1, 2]), max_size=3, unique=True)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(paper, st.integers(1, 9)), max_size=12))
def test_a_file_and_the_same_papers_typed_are_the_same_papers(papers):
    profile = Profile.of(NAMES, papers) if papers else Profile.of(NAMES, [([], 1)])
    lines = [f"{weight}: {' > '.join(NAMES[one] for one in says)}" for says, weight in papers if says]
    rows, blank = filed(profile, NAMES, (), "papers.blt")
    assert rows == typed(lines, NAMES)
    assert blank + sum(weight for weight, _ in rows) == profile.papers
    assert tuple(row for batch in batches(rows) for row in batch) == rows


def test_papers_of_a_large_election_come_in_acts_that_fit_into_an_entry():
    rows = tuple((1_000_000_000, tuple((one,) for one in range(number, number + 40))) for number in range(1, 211))
    parts = list(batches(rows))
    assert len(parts) > 1
    assert all(len(json.dumps(part)) < 60_000 for part in parts)
    assert MOST_IN_AN_ACT < 60_000
