"""What is wrong with a file is said in the reader's language, with the place, and without what stands there."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinkuy.ballot import BallotError, encoding
from tinkuy.ballot.trustee_share import PartialDecryption
from tinkuy.words import say

WHAT = say("The archive's header")


class Inner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    texts: list[str]
    pair: tuple[int, int]
    either: int | str


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    inner: Inner


GOOD: dict[str, Any] = {"texts": ["a"], "pair": [1, 2], "either": 1}


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [
        ({}, "the field inner is missing", "falta el campo inner"),
        ({"inner": {"texts": []}}, "at inner the field pair is missing", "en inner falta el campo pair"),
        ({"inner": GOOD | {"texts": [7]}}, "at inner.texts.0 a text is due, not a whole number", None),
        ({"inner": GOOD | {"pair": [1]}}, "at inner.pair 2 items are due, not 1", None),
        ({"inner": GOOD | {"either": None}}, "a whole number, a text is due, not null", None),
        ({"inner": 5}, "a structure is due, not a whole number", "se espera una estructura, no un número entero"),
        ({"inner": GOOD, "más": 1}, "there is a field 'm\\xe1s', which does not belong there", None),
    ],
)
def test_a_field_at_fault_is_named_with_what_is_due(value: Any, english: str, spanish: str | None) -> None:
    with pytest.raises(BallotError) as caught:
        encoding.convert(value, Form, WHAT)
    assert english in str(caught.value)
    said = caught.value.said.in_language("es")
    assert said.startswith("La cabecera del archivo no tiene la forma debida: ")
    assert spanish is None or spanish in said


@pytest.mark.parametrize(
    ("data", "english", "spanish"),
    [
        (b"{", "it is no JSON from line 1, column 2 on", "no es JSON desde la línea 1, columna 2"),
        (b"\xff", "its text is not UTF-8", "su texto no es UTF-8"),
        (b"[" * 100_000, "it is nested too deep", "está anidado demasiado hondo"),
        (b'{"a":1,"a":2}', "the field 'a' appears twice", "el campo 'a' aparece dos veces"),
        (b"1.5", "it holds a number that is not a whole number", "contiene un número que no es entero"),
        (b"9" * 5_000, "it holds a number that is too large", "contiene un número demasiado grande"),
        (b'"\\ud800"', "its text is not UTF-8", "su texto no es UTF-8"),
    ],
)
def test_what_is_no_json_is_told_by_its_place(data: bytes, english: str, spanish: str) -> None:
    with pytest.raises(BallotError) as caught:
        encoding.loads(data, WHAT)
    assert str(caught.value) == f"The archive's header is malformed: {english}."
    assert caught.value.said.in_language("es") == f"La cabecera del archivo no tiene la forma debida: {spanish}."


@pytest.mark.parametrize(
    ("data", "english"), [(b'{"decryption', "it ends before it is whole"), (b"{]", "from byte 1 on")]
)
def test_a_structure_that_breaks_off_is_told_by_its_byte(data: bytes, english: str) -> None:
    with pytest.raises(BallotError, match=english):
        encoding.read(data, PartialDecryption, WHAT)


@given(st.binary(max_size=40) | st.text('{}[]:,"019eEtrufalsn.-\\ ', max_size=40).map(str.encode))
@settings(max_examples=200)
def test_whatever_the_bytes_are_the_reader_quotes_no_more_than_a_field_and_knows_its_own_words(data: bytes) -> None:
    """Nothing of the libraries' English is left in a Spanish sentence."""
    for read in (lambda: encoding.loads(data, WHAT), lambda: encoding.read(data, PartialDecryption, WHAT)):
        try:
            read()
        except BallotError as error:
            said = error.said.in_language("es")
            assert not [word for word in ("Expect", "JSON is", "Object", "invalid", "trunc", "codec") if word in said]
