"""BLT: real wards against sums taken another way, every extension, and what is refused."""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinkuy.count.errors import CountError, Unreadable
from tinkuy.count.formats import read
from tinkuy.count.profile import Profile

NAMES = b'"Adam"\n"Basil"\n"Charlotte"\n"Donald"\n"Title"\n'
PAPERS = {((0,), (2,), (3,)): 3, ((3,), (0,), (2,)): 4, ((1,),): 1, (): 2}


def rankings(data: bytes, **more: str) -> dict[tuple[tuple[int, ...], ...], int]:
    return dict(read(data, "x.blt", **more).rankings())


@pytest.fixture(scope="module")
def wards(shared_data):
    return sorted((shared_data / "count" / "scot2017").glob("*.blt"))


def test_all_hundred_wards_add_up_to_what_their_lines_say(wards):
    assert len(wards) == 100
    for ward in wards:
        lines = ward.read_text(encoding="utf-8").splitlines()
        end = lines.index("0")
        candidates, seats = map(int, lines[0].split())
        profile = read(ward.read_bytes(), ward.name)
        assert profile.papers == sum(int(line.split()[0]) for line in lines[1:end])
        assert (len(profile.names), profile.seats) == (candidates, seats)
        assert list(profile.names) == lines[end + 1 : end + 1 + candidates]
        assert profile.title == lines[end + 1 + candidates].strip().strip('"')
        papers = Counter()
        for line in lines[1:end]:
            weight, *ranked, _ = map(int, line.split())
            papers[tuple((number - 1,) for number in ranked)] += weight
        assert dict(profile.rankings()) == papers


def test_the_wards_first_preferences_are_those_that_the_councils_published(shared_data, wards):
    published = defaultdict(list)
    with (shared_data / "count" / "scot2017" / "official_stages_2017.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if row["first_prefs"]:
                published[row["council_id"], row["map_ward_id"], row["ward_name"]].append(Decimal(row["first_prefs"]))
    sheets = {tuple(sorted(figures)) for figures in published.values()}
    for ward in wards:
        first = Counter(dict.fromkeys(range(20), 0))
        profile = read(ward.read_bytes(), ward.name)
        for ranking, weight in profile.rankings():
            if ranking:
                first[ranking[0][0]] += weight
        assert tuple(sorted(first[number] for number in range(len(profile.names)))) in sheets, ward.name


@pytest.mark.parametrize(
    "data",
    [
        b"4 2\n3 1 3 4 0\n4 4 1 3 0\n1 2 0\n2 0\n0\n" + NAMES,
        b"\xef\xbb\xbf4 2\r\n3 1 3 4 0\r\n4 4 1 3 0\r\n1 2 0\r\n2 0\r\n0\r\n" + NAMES.replace(b"\n", b"\r\n"),
        b"4\t2\n3  1 3\t4 0 \n4 4 1 3 0\n\n1 2 0\n 2 0\n 0 \n" + NAMES,
        b"4 2 3 1 3 4 0 4 4 1 3 0 1 2 0 2 0 0 " + NAMES.replace(b"\n", b" "),
        b"4 2\n3 1 3\n4 0 4 4 1\n3 0\n1 2 0 2 0\n0\n" + NAMES,
        b"4 2\n3 1 3 4\n4 4 1 3\n1 2\n2\n0\n" + NAMES,
        b'4 2 # seats\n3 1 3 4 0\n# a note: 9 1 0\n4 4 1 3 0 # and "one"\n/* 5 2 0\n5 1 0 */\n1 2 0\n2 0\n0\n' + NAMES,
        b"4 2\n(A1) 1 3 4 0\n(A2) 1 3 4 0\n(A 3) 1 3 4 0\n4 4 1 3 0\n1 2 0\n2 0\n0\n" + NAMES,
        b"4 2\n[nick a b c d]\n3 a c d 0\n4 d a c 0\n1 b 0\n2 0\n0\n" + NAMES,
        b"4 2\n3 1 3 4 0\n4 4 1 3 0\n1 2 0\n2 0\n0\nAdam\nBasil\nCharlotte\nDonald\n Title\n",
        b"4 2\n1 1 3 4 0\n4 4 1 3 0\n2 1 3 4 0\n1 2 0\n1 0\n1 0\n0\n" + NAMES,
    ],
    ids="plain crlf spaces one-line running-on no-nought comments ids nicknames bare-names repeated".split(),
)
def test_the_same_papers_in_every_way_of_writing_them(data):
    profile = read(data, "x.blt")
    assert dict(profile.rankings()) == PAPERS
    assert (profile.names, profile.seats) == (("Adam", "Basil", "Charlotte", "Donald"), 2)
    assert profile.title == "Title"


@pytest.mark.parametrize("form", [b"-2 -4\n", b"[withdrawn 2 4]\n", b"-2\n-4\n", b"[nick a b c d]\n[withdrawn b d]\n"])
def test_withdrawn_candidates_stay_in_the_numbering(form):
    profile = read(b"4 2\n" + form + b"3 1 3 0\n0\n" + NAMES, "x.blt")
    assert profile.withdrawn == {1, 3}
    assert [profile.names[number] for number in profile.standing] == ["Adam", "Charlotte"]


@pytest.mark.parametrize("form", [b"3 2 4=1 3 0", b"3 2 (4 1) 3 0", b"3 2 1 = 4 3 0", b"3 2 (1 4) 3"])
def test_equal_places_are_joined_with_a_sign_or_held_in_parentheses(form):
    assert rankings(b"4 2\n" + form + b"\n0\n" + NAMES) == {((1,), (0, 3), (2,)): 3}


def test_the_order_for_ties_is_kept_as_a_tie_file_has_it_and_the_options_of_a_program_too():
    profile = read(b"4 2\n[tie 3 1 2 4]\n[droop rule=meek precision=8]\n3 1 3 0\n0\n" + NAMES, "x.blt")
    assert profile.facts == {"tie": "Charlotte\nAdam\nBasil\nDonald", "droop": "rule=meek precision=8"}


def test_source_and_comment_behind_the_title_are_kept():
    profile = read(b"4 2\n3 1 0\n0\n" + NAMES + b'"the source"\n"a comment"\n', "x.blt")
    assert profile.facts == {"source": "the source", "comment": "a comment"}


def test_names_may_hold_quotation_marks_numbers_signs_and_any_script():
    names = '"Doña \\"Chola\\" Q." "Unit #7"\n"Sue Ye (蘇業)"\n7 de Junio\n"Ward 5 - Stepps, Chryston"\n'.encode()
    profile = read(b"4 2\n3 1 3 0\n0\n" + names, "x.blt")
    assert profile.names == ('Doña "Chola" Q.', "Unit #7", "Sue Ye (蘇業)", "7 de Junio")
    assert profile.title == "Ward 5 - Stepps, Chryston"


@pytest.mark.parametrize("form", [b"2 1 - 3 0\n1 4 - - 2 0\n", b"2 1 - 3\n1 4 - - 2\n", b"2 1 0 3 0\n1 4 0 0 2 0\n"])
def test_empty_ranks_are_marks_that_an_interpretation_reads(form):
    data = b"4 2\n" + form + b"0\n" + NAMES
    assert rankings(data) == {((0,), (2,)): 2, ((3,), (1,)): 1}
    assert rankings(data, marks="scotland") == {((0,),): 2, ((3,),): 1}
    assert rankings(data, marks="maine") == {((0,), (2,)): 2, ((3,),): 1}
    touched = read(data, "x.blt", marks="scotland").reading.touched
    assert [(each.clause, each.papers) for each in touched] == [("skipped", 3)]


def test_a_candidate_ranked_twice_is_refused_unless_an_interpretation_is_declared():
    data = b"4 2\n2 1 3 1 0\n0\n" + NAMES
    with pytest.raises(Unreadable, match=r"x\.blt, line 2: each candidate once on a paper expected"):
        read(data, "x.blt")
    assert rankings(data, marks="generic") == {((0,), (2,)): 2}


def test_weights_of_any_size_add_up_exactly():
    data = b"2 1\n4000000000 1 0\n3999999999999999 2 0\n1 2 0\n0\nA\nB\n"
    assert read(data, "x.blt").papers == 4_000_000_000 + 4 * 10**15


def test_more_than_255_candidates_are_counted_and_named():
    names = "".join(f'"c{number}"\n' for number in range(1, 301)).encode()
    profile = read(b"300 2\n3 300 257 1 0\n0\n" + names, "x.blt")
    assert dict(profile.rankings()) == {((299,), (256,), (0,)): 3}


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", "x.blt, line 1: the number of candidates and the number of seats expected"),
        (b"\n\nfour two\n", "x.blt, line 3: the number of candidates and the number of seats expected"),
        (b"0 1\n0\n", "x.blt, line 1: from 1 to 65,000 candidates expected"),
        (b"4 2\n3 1 3 0\n2 5 0\n0\n" + NAMES, "line 3: a candidate's number from 1 to 4 expected, not 5"),
        (b"4 2\n3 1 3 0\n2 3 1 3 0\n0\n" + NAMES, "line 3: each candidate once on a paper expected"),
        (b"4 2\n3 1 3 0\n2 x 0\n0\n" + NAMES, "line 3: candidates' numbers expected, not 'x'"),
        (b"4 2\n3 1 2.5 0\n0\n" + NAMES, "line 2: candidates' numbers expected, not '.'"),
        (b"4 2\n3 1 0\n-2\n3 1 0\n0\n" + NAMES, "line 3: candidates' numbers expected, not '-2'"),
        (b"4 2\n3 1 = = 2 0\n0\n" + NAMES, "line 2: candidates' numbers expected"),
        (b"4 2\n3 1 =0\n0\n" + NAMES, "line 2: candidates' numbers expected"),
        (b"4 2\n0 1 0\n0\n" + NAMES, "line 2: how many papers there are of it expected, at least 1"),
        (b"4 2\n3 1 0\n" + NAMES, "line 2: a 0 that ends the paper expected, and one that ends the papers"),
        (b"4 2\n3 1\n" + NAMES, "line 2: a 0 on a line of its own expected, to end the papers"),
        (b"4 2\n3 1 0\n0\nAdam\nBasil\n", "line 5: the name of candidate 3 expected"),
        (b"4 2\n3 1 0\n0\nAdam\nBasil\nAdam\nDonald\n", "two candidates are called Adam"),
        (b"4 2\n3 1 0\n0\n" + NAMES * 2, "4 names and a title expected, and nothing after them"),
        (b"4 2\n3 1 0\n0\nAdam\nJos\xe9\nC\nD\n", "line 5: text in UTF-8 expected"),
        (b"4 2\n3 1 0\n0\nAdam\nBa\x07sil\nC\nD\n", "line 5: a name in characters that can be printed expected"),
        (b"4 2\n3 1 0\n0\n" + b"A" * 1001 + b"\nB\nC\nD\n", "line 4: a name of at most 1,000 characters expected"),
        (b"4 2\n[tie 1 1 2 3]\n3 1 0\n0\n" + NAMES, "line 2: each candidate once in the order expected"),
        (b"4 2\n[nick a b]\n3 1 0\n0\n" + NAMES, "line 2: a nickname of its own for each candidate expected"),
        (
            b"4 2\n[elected 2]\n3 1 0\n0\n" + NAMES,
            "line 2: one of [nick …], [tie …], [withdrawn …] or [droop …] expected",
        ),
        (b"4 2\n-5\n3 1 0\n0\n" + NAMES, "line 2: a candidate's number from 1 to 4 expected"),
        (b"4 2\n3 1 0\n1234567890123456789 2 0\n0\n" + NAMES, "line 3: numbers of at most 18 digits expected"),
        (b"4 2\n3 1 0 2 4 0\n2 3 0\n0\n" + NAMES, "line 2: a paper a line, with - for an empty rank, expected"),
        (b"4 2\n3 1 2 0\n2 1 2 3 4 1 0\n0\n" + NAMES, "line 3: at most 4 candidates on a paper expected"),
        (b"4 2\n999999999999999999 1 0\n" * 1 + b"999999999999999999 2 0\n" * 5 + b"0\n" + NAMES, "at most 2^62"),
    ],
)
def test_a_bad_file_ends_in_one_line_that_names_file_line_and_what_was_expected(data, refusal):
    with pytest.raises(CountError) as refused:
        read(data, "x.blt", form="blt")
    assert refusal in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_refusal_among_a_hundred_thousand_alike_lines_names_the_right_one():
    lines = [b"1 1 2 0\n", b"1 2 1 0\n"] * 50_000
    lines[77_776] = b"1 2 2 0\n"
    with pytest.raises(Unreadable, match="line 77778: each candidate once"):
        read(b"2 1\n" + b"".join(lines) + b"0\nA\nB\n", "x.blt")


def test_many_alike_lines_are_read_as_few():
    random_ = random.Random(7)
    kinds = [random_.sample(range(1, 8), random_.randrange(8)) for _ in range(500)]
    picked = [random_.choice(kinds) for _ in range(60_000)]
    lines = "".join(" ".join(map(str, [1, *kind, 0])) + "\n" for kind in picked)
    profile = read(f"7 1\n{lines}0\nA\nB\nC\nD\nE\nF\nG\n".encode(), "x.blt")
    assert dict(profile.rankings()) == Counter(tuple((number - 1,) for number in kind) for kind in picked)


@st.composite
def written(draw: st.DrawFn) -> tuple[bytes, Profile]:
    """A BLT file with its lines in any layout, and the profile that it holds."""
    candidates = draw(st.integers(1, 6))
    names = [f"c{number}" for number in range(candidates)]
    papers = draw(
        st.lists(
            st.tuples(
                st.permutations(range(candidates)).flatmap(
                    lambda order: st.integers(0, candidates).map(lambda cut: order[:cut])
                ),
                st.lists(st.booleans(), min_size=candidates, max_size=candidates),
                st.integers(1, 10**12),
            ),
            max_size=8,
        )
    )
    lines, held = [], []
    for order, equal, weight in papers:
        places: list[list[int]] = []
        for candidate, joined in zip(order, equal, strict=False):
            if joined and places:
                places[-1].append(candidate)
            else:
                places.append([candidate])
        held.append((places, weight))
        lines.append(" ".join([str(weight), *("=".join(str(c + 1) for c in place) for place in places), "0"]))
    text = draw(st.sampled_from(["\n", "\r\n", " \n", "\n\n", "\n# 9 9\n"])).join(["", *lines, ""])
    withdrawn = draw(st.sets(st.integers(0, candidates - 1)))
    head = f"{candidates} 1\n" + "".join(f"-{number + 1} " for number in sorted(withdrawn)) + "\n"
    data = head + text + "\n0\n" + "".join(f'"{name}"\n' for name in names)
    return data.encode(), Profile.of(names, held, seats=1, withdrawn=frozenset(withdrawn))


@settings(max_examples=50)
@given(written())
def test_whatever_is_written_is_read_back(case):
    data, profile = case
    found = read(data, "x.blt")
    assert dict(found.rankings()) == dict(profile.rankings())
    assert (found.names, found.seats, found.withdrawn) == (profile.names, 1, profile.withdrawn)
