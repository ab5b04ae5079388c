"""ABIF: the election-methods list's way of writing papers, with declared candidates and ratings.

Source: electowiki.org/wiki/ABIF; the Tennessee example and the cases of the draft's own tests.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinkuy.count import CountError, read
from tinkuy.count.profile import Profile, Scores

TENNESSEE = """{"title": "Tennessee capitol example"}
{"description": "Hypothetical example of selecting a capitol"}
# Section 2 - candidate descriptions
=Memph:[Memphis, TN]
=Nash:[Nashville, TN]
=Chat:[Chattanooga, TN]
=Knox:[Knoxville, TN]
# Ratings are 400 miles minus the way to the city
42:Memph/400>Nash/200>Chat/133>Knox/45
26:Nash/400>Chat/290>Knox/240>Memph/200
15:Chat/400>Knox/296>Nash/290>Memph/133
17:Knox/400>Chat/296>Nash/240>Memph/45
"""
SCORED = """=DGM:[Doña García Márquez]
=SY:[Sue Ye (蘇業)]

27: DGM/5, SY/1
24: SY/5 , DGM/2   # the order means nothing
"""


def rankings(text: str) -> dict[tuple[tuple[int, ...], ...], int]:
    profile = read(text.encode(), "board.abif")
    assert isinstance(profile, Profile)
    return dict(profile.rankings())


def test_the_tennessee_example_is_read_as_rankings() -> None:
    profile = read(TENNESSEE.encode(), "tennessee")
    assert profile.names == ("Memphis, TN", "Nashville, TN", "Chattanooga, TN", "Knoxville, TN")
    assert dict(profile.rankings())[((0,), (1,), (2,), (3,))] == 42
    assert (profile.title, profile.papers) == ("Tennessee capitol example", 100)
    assert list(profile.facts) == ["description"]


def test_its_ratings_are_read_where_they_are_asked_for() -> None:
    papers = read(TENNESSEE.encode(), "tennessee", form="abif-scores")
    assert isinstance(papers, Scores)
    assert sorted(papers.scores[:, 0].tolist()) == [45, 133, 200, 400]
    assert (papers.least, papers.most) == (0, 400)


def test_ratings_divided_by_commas_are_scores() -> None:
    papers = read(SCORED.encode(), "scores.abif")
    assert isinstance(papers, Scores)
    held = zip(papers.scores.tolist(), papers.weights.tolist(), strict=True)
    assert sorted(held) == [([2, 5], 24), ([5, 1], 27)]


def test_a_file_without_declarations_calls_candidates_by_their_tokens_as_they_come() -> None:
    assert read(b"2: B > A\n1: [Cy Ng] = A\n", "x.abif").names == ("B", "A", "Cy Ng")


def test_equal_signs_and_commas_set_equal_and_a_line_may_name_nobody() -> None:
    assert rankings("3: A > B = C\n2: B, A\n4:\n") == {((0,), (1, 2)): 3, ((0, 1),): 2, (): 4}


def test_ratings_divided_by_commas_rank_by_themselves_beside_lines_that_prefer() -> None:
    assert rankings("1: A > B > C\n3: A/2, B/5, C/2\n")[((1,), (0, 2))] == 3


def test_comments_and_what_a_paper_says_besides_are_passed_over() -> None:
    assert rankings('2: [a#b] > B # three\n3*B: {"precinct": 51} # four\n') == {((0,), (1,)): 2, ((1,),): 3}


def test_seats_and_the_withdrawn_are_understood() -> None:
    profile = read(b'{"seats": 2}\n{"withdrawn": ["B"]} # she left\n1: A > B > C\n', "x.abif")
    assert (profile.seats, profile.withdrawn) == (2, frozenset({1}))


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("A > B\n", "x, line 1: how many papers there are"),
        ("0: A\n", "x, line 1: how many papers there are"),
        ("1: A\n2: A > > B\n", "x, line 2: a candidate expected in place 7"),
        ("1: A\n2: A >\n", "x, line 2: a candidate expected"),
        ("1: A B/2 C\n", "x, line 1: one of > = , expected in place 10"),
        ("1: A > A\n", "x, line 1: each candidate once"),
        ("1: A/1 > B/2\n", "x, line 1: ratings that fall"),
        ("1: A/1, B > C\n", "x, line 1: a rating for each candidate"),
        ("=A: [Ana\n1: A\n", "x, line 1: a candidate, as =A: [Ana], expected"),
        ("=A: [Ana]\n=B: [Ana]\n1: A\n", "x: two candidates are called Ana"),
        ('{"seats": }\n1: A\n', "x, line 1: a line of JSON"),
        ('{"seats": 1} 2\n1: A\n', "x, line 1: nothing but a comment"),
        ('{"seats": -1}\n1: A\n', "x: seats: a whole number"),
        ('{"withdrawn": ["Z"]}\n1: A\n', "x: withdrawn: a list of candidates' names"),
        ('{"max_rating": 1}\n1: A/5\n', "x: a max_rating that no rating is above"),
        ("# nothing\n", "x: at least one line of papers"),
        ("999999999999999999: A\n" * 5, "x: papers that add up to less than 2^62"),
    ],
)
def test_a_file_of_another_form_is_refused_with_the_line_and_what_was_expected(text: str, refusal: str) -> None:
    with pytest.raises(CountError, match=f"^{re.escape(refusal)}"):
        read(text.encode(), "x", form="abif")


@given(st.text('AB1>=,/:*#[]"{} \n5-', max_size=60))
@settings(max_examples=200)
def test_whatever_is_written_is_read_or_refused_in_one_line(text: str) -> None:
    for form in ("abif", "abif-scores"):
        try:
            said = str(read(text.encode(), "x", form=form).papers)
        except CountError as error:
            said = str(error)
        assert "\n" not in said
