"""Figures in words beside the digits (check 6): every honest way of writing is read, and no other figure is.

Source: federation.md, check 6; Real Academia Española, Diccionario panhispánico de dudas, "cardinales" (treintiuno,
veintiún, un mil and the feminine before papeletas).
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinkuy.federation.numerals import MOST, in_words, says


@pytest.mark.parametrize(
    ("words", "figure"),
    [
        ("cero", 0),
        ("Veintiún", 21),
        ("veintiuna", 21),
        ("VEINTE Y UNO", 21),
        ("diez y seis", 16),
        ("dieciseis", 16),
        ("treinta y un votos", 31),
        ("treintiuno", 31),
        ("Treintaiuno", 31),
        ("noventinueve", 99),
        ("cien", 100),
        ("ciento uno.", 101),
        ("doscientas cuarenta", 240),
        ("quinientas una", 501),
        ("mil", 1000),
        ("Un mil doscientos", 1200),
        ("mil veintiún votos", 1021),
        ("veintiún mil", 21_000),
        ("treinta y un mil cien", 31_100),
        ("one hundred and eighteen", 118),
        ("One Hundred Eighteen votes", 118),
        ("twenty-one", 21),
    ],
)
def test_the_words_that_tellers_write(words: str, figure: int) -> None:
    assert says(words, figure)
    assert not says(words, figure + 1)


@pytest.mark.parametrize("words", ["", "votos", "un", "118", "ciento", "ciento dieciocho cinco", "cien dieciocho", "x"])
def test_other_words_are_not_that_figure(words: str) -> None:
    assert not says(words, 118)


@given(st.integers(0, MOST), st.integers(0, MOST), st.sampled_from(["es", "en"]))
def test_words_say_their_own_figure_and_no_other(figure: int, other: int, language: str) -> None:
    assert says(in_words(figure, language), figure)
    assert says(in_words(figure, language), other) == (figure == other)


def test_no_two_figures_up_to_thirty_thousand_have_the_same_words() -> None:
    for language in ("es", "en"):
        assert len({in_words(figure, language) for figure in range(30_000)}) == 30_000
    near = [(figure, figure + step) for figure in range(0, 3000) for step in (1, 10, 100, 1000)]
    assert not [pair for pair in near if says(in_words(pair[0], "es"), pair[1])]


@pytest.mark.parametrize("figure", [-1, MOST + 1, 2**53])
def test_beyond_a_million_no_words_are_read(figure: int) -> None:
    assert not says("un millón", figure)
