from __future__ import annotations

import json
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinkuy.book import crockford, entry
from tinkuy.book.errors import BookError

GOOD = {"act": "motion.moved", "at": "2026-03-08T20:00:00Z", "by": "chair", "n": 3}


def with_fields(**fields: object) -> bytes:
    return entry.encode({**GOOD, **fields})


# RFC 8785 §3.2.2 and appendix A-like: the parts of its sample that the profile admits.
def test_strings_are_escaped_as_in_rfc_8785():
    value = {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", "literals": [None, True, False]}
    assert entry.canonical(value) == (
        '{"literals":[null,true,false],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode()
    )


def test_keys_are_sorted_at_every_level_as_in_rfc_8785():
    value = {"peach": "x", "a": {"z": 1, "B": 2, "1": 3}, "1": {"f": {"f": "hi", "F": 5}, "\n": 56}, "10": {}, "": "e"}
    assert entry.canonical(value) == (
        b'{"":"e","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},"a":{"1":3,"B":2,"z":1},"peach":"x"}'
    )


@pytest.mark.parametrize(
    ("char", "escaped"), [("\b", r"\b"), ("\t", r"\t"), ("\n", r"\n"), ("\f", r"\f"), ("\r", r"\r")]
)
def test_five_controls_have_short_escapes(char, escaped):
    assert entry.canonical({"a": char}) == b'{"a":"' + escaped.encode() + b'"}'


def test_other_controls_are_written_in_lower_case_hex_and_delete_as_itself():
    assert entry.canonical({"a": "\x1f\x7f\u2028"}) == b'{"a":"\\u001f\x7f\xe2\x80\xa8"}'


figures = st.integers(-entry.MAX_INTEGER, entry.MAX_INTEGER)
texts = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: unicodedata.normalize("NFC", text))
keys = st.text(st.characters(max_codepoint=127), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | figures | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
entries = st.dictionaries(keys, values, max_size=6).map(lambda fields: {**fields, **GOOD})


@given(entries)
def test_what_is_encoded_is_read_back(fields):
    assert entry.parse(entry.encode(fields)) == fields


@given(entries)
def test_the_encoding_is_the_one_that_pythons_json_module_writes_with_sorted_keys(fields):
    written = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert entry.encode(fields) == written.encode()


@given(entries, st.data())
def test_no_byte_can_change_without_changing_the_leaf(fields, data):
    body = bytearray(entry.encode(fields))
    place = data.draw(st.integers(0, len(body) - 1))
    body[place] ^= data.draw(st.integers(1, 255))
    changed = bytes(body)
    try:
        read = entry.parse(changed)
    except BookError:
        return
    assert entry.leaf_hash(changed) != entry.leaf_hash(entry.encode(fields))
    assert read != fields
    assert entry.encode(read) == changed


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_an_entry_or_one_clear_error(body):
    with suppress(BookError):
        assert entry.encode(entry.parse(body)) == body


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not JSON"),
        (b"[]", "a list"),
        (b"7", "a number"),
        (b'{"act":"x"', "not JSON"),
        (b'{"act":"a","at":"2026-03-08T20:00:00Z","by":"c","n":0} ', "byte 54"),
        (b'{"at":"2026-03-08T20:00:00Z","act":"a","by":"c","n":0}', "one form"),
        (b'{"act":"a","act":"b","at":"2026-03-08T20:00:00Z","by":"c","n":0}', "one form"),
        (b'{"act":"a","at":"2026-03-08T20:00:00Z","by":"c","n":-0}', "one form"),
        (b'{"act":"a","at":"2026-03-08T20:00:00Z","by":"c","n":1.0}', "1.0 is written with a fraction"),
        (b'{"act":"a","at":"2026-03-08T20:00:00Z","by":"c","n":1e2}', "1e2 is written with a fraction"),
        (b'{"act":"a","at":"2026-03-08T20:00:00Z","by":"c","n":9007199254740992}', "number at /n"),
        (b'{"act":"a","at":"2026-03-08T20:00:00Z","by":"c","n":0,"x":[1,-9007199254740992]}', "number at /x/1"),
        (b'{"act":"a","at":"2026-03-08T20:00:00Z","by":"c","n":' + b"9" * 5000 + b"}", "out of range"),
        (b'{"act":"\\u0061","at":"2026-03-08T20:00:00Z","by":"c","n":0}', "one form"),
        (b'{"act":"\\/","at":"2026-03-08T20:00:00Z","by":"c","n":0}', "one form"),
        (b'{"act":"\\ud800","at":"2026-03-08T20:00:00Z","by":"c","n":0}', "not JSON"),
        (b'{"act":"\xed\xa0\x80","at":"2026-03-08T20:00:00Z","by":"c","n":0}', "UTF-8"),
        (b'{"act":"\xff","at":"2026-03-08T20:00:00Z","by":"c","n":0}', "UTF-8"),
        (b'\xef\xbb\xbf{"act":"a","at":"2026-03-08T20:00:00Z","by":"c","n":0}', "not JSON"),
        ('{"act":"n\u0303","at":"2026-03-08T20:00:00Z","by":"c","n":0}'.encode(), "text at /act"),
        ('{"act":"a","at":"2026-03-08T20:00:00Z","by":"c","n":0,"\u00f1":1}'.encode(), "key"),
        (b'{"act":"a","at":"2026-03-08T20:00:00Z","by":"c","n":0,"x":{"y":{"\xc3\xb1":1}}}', "key"),
        (b'{"act":"a","at":"2026-03-08T20:00:00Z","by":"c"}', '"n"'),
        (b'{"act":"a","at":"2026-03-08T20:00:00Z","by":"c","n":true}', "index"),
        (b'{"act":"a","at":"2026-03-08T20:00:00Z","by":"c","n":-1}', "index"),
        (b'{"act":"","at":"2026-03-08T20:00:00Z","by":"c","n":1}', "kind of an act"),
        (b'{"act":"a","at":"2026-03-08T20:00:00Z","by":null,"n":1}', "role"),
        (b'{"act":"a","at":1,"by":"c","n":1}', "UTC time"),
        (b'{"x":' + b"[" * 40 + b"]" * 40 + b"}", "deep"),
        (b"[" * 60_000, "deep"),
        (b'{"act":"' + b"a" * 65_535 + b'"}', "65,535"),
    ],
)
def test_bytes_outside_the_profile_are_refused_by_name(body, message):
    with pytest.raises(BookError, match=message.replace("/", "\\/")):
        entry.parse(body)


@pytest.mark.parametrize(
    "at",
    [
        "2026-02-29T20:00:00Z",
        "2026-03-08T24:00:00Z",
        "2026-03-08T20:00:60Z",
        "2026-03-08t20:00:00Z",
        "2026-03-08T20:00:00z",
        "2026-03-08T20:00:00.5Z"[:20],
        "2026-03-08T20:00:00+00:00",
        "2026-W10-1T20:00:00Z",
        "2026-03-08 20:00:00Z",
        "20260308T20:00:00.0Z",
        "0000-03-08T20:00:00Z",
        "\u0662026-03-08T20:00:00Z",
        "",
    ],
)
def test_a_time_is_an_existing_second_in_utc(at):
    with pytest.raises(BookError, match='"at"'):
        with_fields(at=at)


def test_a_leap_day_exists_in_a_leap_year():
    assert entry.parse(with_fields(at="2028-02-29T23:59:59Z"))["at"] == "2028-02-29T23:59:59Z"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1.0, "float"),
        (b"x", "bytes"),
        (2**53, "2\\^53"),
        (-(2**53), "2\\^53"),
        ("n\u0303", "NFC"),
        ("\ud800", "surrogate"),
        ({1: 2}, "key"),
        ({"ñ": 2}, "key"),
        ([[1.5]], "/x/0/0"),
        ({1, 2}, "set"),
    ],
)
def test_a_value_outside_the_profile_cannot_be_written(value, message):
    with pytest.raises(BookError, match=message):
        with_fields(x=value)


def test_a_missing_figure_is_null():
    assert entry.parse(with_fields(cast=None))["cast"] is None


def test_a_combining_mark_after_an_escape_is_judged_with_its_own_string():
    # "\n" ends in the letter n on the wire; the tilde that follows belongs to no letter.
    assert entry.parse(with_fields(text="\n\u0303"))["text"] == "\n\u0303"


def test_an_entry_holds_65535_bytes_and_no_more():
    room = entry.MAX_ENTRY - len(with_fields(text=""))
    assert len(with_fields(text="a" * room)) == 65_535
    with pytest.raises(BookError, match="65,536"):
        with_fields(text="a" * (room + 1))


def test_lists_and_objects_nest_eight_deep():
    deep: object = 1
    for _ in range(entry.MAX_DEPTH - 1):
        deep = [deep]
    assert entry.parse(with_fields(x=deep))["x"] == deep
    with pytest.raises(BookError, match="8 deep"):
        with_fields(x=[deep])


def test_many_lists_side_by_side_are_not_deep():
    assert entry.parse(with_fields(x=[[]] * 40))["x"] == [[]] * 40


def test_a_long_run_of_digits_in_a_text_is_only_text():
    assert entry.parse(with_fields(x="99999999999999999999"))["x"] == "9" * 20


def test_a_book_is_named_by_its_first_entry():
    name = entry.book_id(with_fields())
    assert len(name) == 32
    assert set(name) <= set(crockford.ALPHABET.lower())
    assert int.from_bytes(entry.leaf_hash(with_fields())[:20]) == _crockford_value(name)
    assert entry.book_id(with_fields(n=4)) != name


def _crockford_value(text: str) -> int:
    return sum(crockford.ALPHABET.index(char.upper()) * 32**place for place, char in enumerate(reversed(text)))
