"""Statutes are read strictly: every kind of damage is one clear line with its place."""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinkuy.statutes import Statutes, StatutesError, presets
from tinkuy.statutes.places import line_of, lines_of
from tinkuy.statutes.reading import MAX_BYTES

GOOD = """\
name = "base"
valid_from = 2026-03-02
source = "estatuto"
checked = "no"

[[quorum]]
call = 1
of = "qualified"
fraction = "1/2"
op = ">"

[majority.ordinary]
tests = [
  { numerator = "for", denominator = "for+against", fraction = "1/2", op = ">" },
]
tie = "fails"

[notice]
days = 3
channels = ["mural"]

[delegates]
bands = [{ up_to = 199, per = 50 }, { per = 200 }]
cap = "1/5"

[thresholds]
small_cell = 10
"""


def replaced(old: str, new: str) -> bytes:
    assert old in GOOD
    return GOOD.replace(old, new, 1).encode()


def added(text: str) -> bytes:
    return (GOOD + text).encode()


# what is wrong, the bytes, and what the one line must say
DAMAGE = {
    "empty": (b"", "line 1, name: missing"),
    "only a comment": (b"# nada\n", "line 1, name: missing"),
    "not UTF-8": (GOOD.replace("mural", "mur\xe1l").encode("latin-1"), "line 20, column 17: this byte is not UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), "line 1, column 1: this byte is not UTF-8"),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD.encode(), "line 1, column 1: this is not TOML"),
    "NUL": (replaced("mural", "mu\0ral"), "line 20, column 16: this is not TOML"),
    "too large": (added("#" * MAX_BYTES), "at most 65,536 are read"),
    "no equals sign": (replaced("days = 3", "days 3"), "line 19, column 6: this is not TOML"),
    "no closing quote": (replaced('"mural"', '"mural'), "this is not TOML"),
    "no closing bracket": (replaced("[notice]", "[notice"), "line 18, column 8: this is not TOML"),
    "a text that never ends": (added('title = """'), "line 28, end of the text: this is not TOML: Unterminated string"),
    "key twice": (replaced("days = 3", "days = 3\ndays = 4"), "this is not TOML"),
    "table twice": (added("[notice]\n"), "this is not TOML"),
    "nested without end": (added("x = " + "[" * 20000), "nested too deeply"),
    "nested too deeply": (added("x = " + "[" * 30 + "]" * 30), "nested too deeply"),
    "a key of 30,000 dots": (
        added("a." * 30_000 + "a = 1"),
        "line 28, statutes: lists and tables are nested too deeply",
    ),
    "a table of 30,000 dots": (added("[" + "'a' . " * 9_000 + "a]"), "line 28, statutes: lists and tables are nested"),
    "a number of 5,000 digits": (replaced("days = 3", "days = " + "9" * 5000), "too many digits"),
    "a date that is none": (replaced("2026-03-02", "2026-02-30"), "line 2, column 14: this is not TOML"),
    "unknown key at the top": (b'nombre = "x"\n' + GOOD.encode(), 'line 1, nombre: unknown key "nombre"'),
    "unknown key with a near one": (
        replaced("days = 3", "dayz = 3"),
        'line 19, notice.dayz: unknown key "dayz"; did you mean "days"?',
    ),
    "unknown table": (
        added("[quorums]\ncall = 1\n"),
        'line 28, quorums: unknown key "quorums"; did you mean "quorum"?',
    ),
    "unknown key in a list of tables": (
        replaced("call = 1", "cal = 1"),
        'line 7, quorum[1].cal: unknown key "cal"; did you mean "call"?',
    ),
    "unknown key in an inline table": (replaced("up_to = 199,", "upto = 199,"), 'bands[1].upto: unknown key "upto"'),
    "name missing": (replaced('name = "base"\n', ""), "line 1, name: missing"),
    "name with a space": (replaced('"base"', '"mi base"'), "line 1, name: a name is small letters"),
    "name too long": (replaced('"base"', f'"{"a" * 61}"'), "line 1, name: a name is small letters"),
    "name a number": (replaced('"base"', "7"), "line 1, name: this should be a text in quotes"),
    "date in quotes": (replaced("2026-03-02", '"2026-03-02"'), "line 2, valid_from: this should be a date without"),
    "date with a time": (replaced("2026-03-02", "2026-03-02T10:00:00Z"), "line 2, valid_from: this should be a date"),
    "date missing": (replaced("valid_from = 2026-03-02\n", ""), "line 1, valid_from: missing"),
    "source empty": (replaced('"estatuto"', '" "'), "line 3, source: the text is empty"),
    "checked as a flag": (replaced('checked = "no"', "checked = false"), "line 4, checked: this should be a text"),
    "a text too long": (replaced('"estatuto"', f'"{"x" * 5000}"'), "line 3, source: a text of 5,000 characters"),
    "fraction as a decimal": (
        replaced('fraction = "1/2"', "fraction = 0.5"),
        'line 9, quorum[1].fraction: 0.5 is not an exact fraction; write it as text, for instance "1/2"',
    ),
    "fraction as two thirds in decimals": (replaced('cap = "1/5"', "cap = 0.6667"), 'for instance "2/3"'),
    "fraction as a percentage": (replaced('"1/5"', '"75 %"'), "line 24, delegates.cap: 75 % is not an exact"),
    "fraction as a whole number": (replaced('"1/5"', "1"), "line 24, delegates.cap: 1 is not an exact fraction"),
    "fraction over zero": (replaced('"1/5"', '"1/0"'), "line 24, delegates.cap: a fraction over zero"),
    "fraction below zero": (replaced('"1/5"', '"-1/5"'), "line 24, delegates.cap: -1/5 is not an exact fraction"),
    "fraction in words": (replaced('"1/5"', '"un quinto"'), "un quinto is not an exact fraction"),
    "fraction infinite": (replaced('"1/5"', "inf"), "inf is not an exact fraction"),
    "fraction in other digits": (replaced('"1/5"', '"١/٥"'), "is not an exact fraction"),
    "fraction missing": (replaced('fraction = "1/2"\n', ""), "line 6, quorum[1].fraction: missing"),
    "op missing": (replaced('op = ">"\n', ""), "line 6, quorum[1].op: missing"),
    "op unknown": (replaced('op = ">"\n', 'op = "=>"\n'), "line 10, quorum[1].op: unknown word"),
    "op with half plus one": (
        replaced('fraction = "1/2"\nop', 'fraction = "half+1"\nop'),
        'line 10, quorum[1].op: "half+1" says by itself how it compares',
    ),
    "call zero": (replaced("call = 1", "call = 0"), "line 7, quorum[1].call: calls count from 1"),
    "call as a flag": (replaced("call = 1", "call = true"), "line 7, quorum[1].call: this should be a whole number"),
    "quorum as one table": (replaced("[[quorum]]", "[quorum]"), "line 6, quorum: this should be a list of tables"),
    "quorum of nobody known": (replaced('"qualified"', '"cualified"'), 'did you mean "qualified"?'),
    "majority without tests": (
        replaced("tests =", "test ="),
        'line 13, majority.ordinary.test: unknown key "test"; did you mean "tests"?',
    ),
    "majority as a text": (added("[majority]\nrecall = 'x'\n"), "line 29, majority.recall: this should be a table"),
    "tests empty": (added("[majority.recall]\ntests = []\n"), "line 29, majority.recall.tests: a majority needs"),
    "tests of texts": (
        added('[majority.recall]\ntests = ["1/2"]\n'),
        "majority.recall.tests[1]: this should be a list",
    ),
    "tie unknown": (replaced('tie = "fails"', 'tie = "fail"'), 'line 16, majority.ordinary.tie: unknown word "fail"'),
    "kind with capitals": (added("[majority.Recall]\ntests = []\n"), "majority.Recall: a kind of decision is"),
    "kind twice": (
        added(
            '[majority."strike.accept"]\ntests = [{denominator="cast", fraction="half+1"}]\n'
            '[majority.strike.accept]\ntests = [{denominator="cast", fraction="half+1"}]\n'
        ),
        "is written twice",
    ),
    "denominator unknown": (replaced('"for+against"', '"for and against"'), 'did you mean "for+against"?'),
    "turnout of the valid": (
        replaced('"for", denominator = "for+against"', '"votes", denominator = "valid"'),
        "line 14, majority.ordinary.tests[1].denominator: turnout",
    ),
    "stratum that is not there": (replaced('numerator = "for"', 'stratum = "x"'), "tests[1].stratum: unknown word"),
    "weights without strata": (replaced('numerator = "for"', "weighted = true"), "tests[1].weighted: a weighted test"),
    "strata beyond the whole": (
        added('[electorate]\nstrata = [{name="a", weight="1/2"}, {name="b", weight="2/3"}]\n'),
        "line 29, electorate.strata: the weights of the strata must add up to 1",
    ),
    "stratum name on two lines": (
        added('[electorate]\nstrata = [{name="a\\nb", weight="1"}]\n'),
        "electorate.strata[1].name: this should be one line",
    ),
    "days below zero": (replaced("days = 3", "days = -3"), "line 19, notice.days: -3 is out of bounds"),
    "days beyond ten years": (replaced("days = 3", "days = 99999"), "line 19, notice.days: 99999 is out of bounds"),
    "days with a point": (replaced("days = 3", "days = 3.0"), "line 19, notice.days: this should be a whole number"),
    "days in hexadecimal beyond belief": (replaced("days = 3", "days = 0x" + "f" * 5000), "is out of bounds"),
    "channels as a text": (replaced('["mural"]', '"mural"'), "line 20, notice.channels: this should be a list"),
    "channels twice": (replaced('["mural"]', '["mural", "mural"]'), 'channels[2]: "mural" is written twice'),
    "channels of numbers": (replaced('["mural"]', "[1]"), "line 20, notice.channels[1]: this should be a text"),
    "channels without end": (replaced('["mural"]', str([str(n) for n in range(300)])), "a list of 300; at most 200"),
    "notice kind not a table": (replaced("days = 3", "days = 3\nstrike = 5"), "notice.strike: unknown key"),
    "band with per and seats": (replaced("{ per = 200 }", "{ per = 200, seats = 1 }"), "bands[2]: a band has either"),
    "band with neither": (replaced("{ per = 200 }", "{ up_to = 300 }"), "delegates.bands[2]: a band has either"),
    "band of zero": (replaced("{ per = 200 }", "{ per = 0 }"), "delegates.bands[2]: a band of zero members"),
    "double of one": (added('[roll_up]\ndouble = ["member"]\n'), "line 29, roll_up.double: a double majority names"),
    "mode unknown": (added('[roll_up]\nbinding = "members"\n'), 'did you mean "member"?'),
    "embargo in quotes": (replaced("small_cell = 10", 'embargo = "yes"'), "thresholds.embargo: this should be true"),
    "ballot unknown": (added('[ballot]\nstrike = "secreto"\n'), 'ballot.strike: unknown word "secreto"'),
    "election method unknown": (added('[election]\nmethod = "d\'hondt"\n'), "election.method: unknown word"),
    "key with a line break": (added('"a\\nb" = 1\n'), "unknown key"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_one_clear_line_with_its_place(kind):
    data, expected = DAMAGE[kind]
    with pytest.raises(StatutesError) as caught:
        Statutes.from_toml(data)
    line = str(caught.value)
    assert expected in line
    assert caught.value.place
    assert "\n" not in line
    assert len(line) < 600


def test_at_least_forty_kinds_of_damage_are_tried():
    assert len(DAMAGE) >= 40


def test_the_undamaged_text_is_read():
    statutes = Statutes.from_toml(GOOD.encode())
    assert statutes.digest == hashlib.sha256(GOOD.encode()).hexdigest()
    assert statutes.version == "base, 2026-03-02"
    assert (statutes.valid_to, statutes.in_force(statutes.valid_from)) == (None, True)


@given(st.integers(0, len(GOOD) - 1), st.characters(codec="utf-8"))
def test_any_single_slip_of_the_pen_is_read_or_refused(place, letter):
    with contextlib.suppress(StatutesError):  # anything else would be a defect
        Statutes.from_toml((GOOD[:place] + letter + GOOD[place + 1 :]).encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    with pytest.raises(StatutesError):
        Statutes.from_toml(data)


def test_windows_line_ends_are_read():
    assert Statutes.from_toml(GOOD.replace("\n", "\r\n").encode()).name == "base"


def test_nested_and_quoted_kinds_are_one_kind():
    test = 'tests = [{ denominator = "cast", fraction = "half+1" }]\n'
    nested = Statutes.from_toml(added(f"[majority.strike.accept]\n{test}"))
    quoted = Statutes.from_toml(added(f'[majority."strike.accept"]\n{test}'))
    assert nested.majority("strike.accept") == quoted.majority("strike.accept")
    assert nested.majority("strike").tests == nested.majority("ordinary").tests


def test_a_kind_without_its_own_majority_is_ordinary():
    recall = Statutes.from_toml(GOOD.encode()).majority("recall")
    assert (recall.kind, len(recall.tests)) == ("recall", 1)


def test_a_mistyped_kind_is_never_decided_as_ordinary():
    with pytest.raises(StatutesError, match='did you mean "recall"'):
        Statutes.from_toml(GOOD.encode()).majority("recal")


def test_an_unknown_kind_is_refused_with_the_known_ones():
    with pytest.raises(StatutesError, match=r"known: .*ordinary.*strike"):
        Statutes.from_toml(GOOD.encode()).majority("zzz")


def test_a_call_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(StatutesError, match="there is no call 2 in base, 2026-03-02; calls: 1"):
        Statutes.from_toml(GOOD.encode()).quorum(2)


def test_statutes_without_a_quorum_say_so():
    with pytest.raises(StatutesError, match="base, 2026-03-02 has no quorum"):
        Statutes.from_toml(GOOD.partition("[[quorum]]")[0].encode()).quorum(1)


def test_notice_of_a_kind_says_only_what_differs():
    notice = Statutes.from_toml(added("[notice.strike]\ndays = 5\n")).notice
    assert (notice.of("strike").days, notice.of("strike").channels) == (5, ("mural",))
    assert notice.of("recall").days == 3


# The lines that errors name


def test_every_key_has_the_line_on_which_it_stands():
    lines = lines_of(GOOD)
    written = GOOD.splitlines()
    for path, line in lines.items():
        key = re.sub(r"\[\d+\]$", "", path).split(".")[-1]
        assert key in written[line - 1] or path.startswith("majority.ordinary.tests")


def test_lines_are_found_past_strings_brackets_and_comments():
    text = """\
a = '''
[b]
c = 1
'''
# [d]
e = ["[", '#', '''
''']
[[f]]
"g.h" = [
  {i = 1},

  {i = 2},
]
[f.j]
k=1
"""
    assert lines_of(text) == {
        "a": 1,
        "e": 6,
        "f": 8,
        "f[1]": 8,
        "f[1].g.h": 9,
        "f[1].g.h[1]": 10,
        "f[1].g.h[2]": 12,
        "f[1].j": 14,
        "f[1].j.k": 15,
    }


def test_what_has_no_line_has_that_of_the_table_around_it():
    lines = {"quorum": 4, "quorum[2]": 9}
    assert line_of("quorum[2].fraction", lines) == 9
    assert line_of("quorum[3].fraction", lines) == 4
    assert line_of("nothing.of.this", lines) == 1


@pytest.mark.parametrize("name", presets.names())
def test_statutes_travel_between_processes(name):
    statutes = Statutes.from_toml(presets.read(name))
    assert pickle.loads(pickle.dumps(statutes)) == statutes
