"""A digit changed by hand is seen, and a photograph of an untouched sheet raises no alarm."""

from __future__ import annotations

from random import Random

import pytest

from tests.paper import printed
from tests.paper.photographs import Taken, photograph
from tests.paper.tampering import covered, repainted, scribbled
from tinkuy.assembly.vote import Count
from tinkuy.paper import figures, layout
from tinkuy.paper.figures import Reading

SEEDS = range(300)
# Every digit, a missing figure, a leading dash, and figures of one to four digits.
FIGURES = Count(votes=(1583, 746), eligible=2999, signed_in=2410, cast=2410, blank=68, null=0, challenged=None)


@pytest.fixture(scope="module")
def page():
    made = printed.of(printed.book(FIGURES))
    return printed.pictured(made)


def read(picture, seed: int, taken: Taken | None = None) -> dict[str, Reading]:
    seen, codes = printed.codes_in(photograph(picture, taken or Taken.by(seed), seed))
    return {reading.key: reading for reading in figures.read(seen, codes, FIGURES)}


def place(seed: int) -> tuple[layout.Box, int]:
    box = Random(seed).choice(layout.boxes(FIGURES))
    return box, Random(seed + 1).randrange(len(box.glyphs))


@pytest.mark.sweep
def test_an_untouched_sheet_raises_no_alarm_however_it_was_photographed(page, sampled):
    for seed in sampled(SEEDS, 4):
        assert {one.verdict for one in read(page, seed).values()} == {"agrees"}, seed


@pytest.mark.sweep
def test_another_digit_painted_over_one_is_seen_and_named(page, sampled):
    for seed in sampled(SEEDS, 4):
        box, at = place(seed)
        sign = Random(seed).choice([one for one in "0123456789" if one != box.glyphs[at]])
        readings = read(repainted(page, box, at, sign), seed)
        assert readings.pop(box.key) == Reading(box.key, "differs", box.glyphs[:at] + sign + box.glyphs[at + 1 :]), seed
        assert {one.verdict for one in readings.values()} == {"agrees"}, seed


@pytest.mark.sweep
def test_strokes_over_a_digit_or_before_it_are_seen(page, sampled):
    for seed in sampled(SEEDS, 4):
        box, at = place(seed)
        readings = read(scribbled(page, box, at, seed), seed)
        assert readings.pop(box.key).verdict in ("marked", "differs"), seed
        assert {one.verdict for one in readings.values()} == {"agrees"}, seed


@pytest.mark.parametrize("digit", "0123456789")
def test_no_digit_passes_for_another(page, digit):
    """Cell by cell over one flat page: what looks most like a digit is that digit."""
    box = layout.boxes(FIGURES)[0]
    changed = page
    for at in range(4):
        changed = repainted(changed, box, at, digit)
    reading = read(changed, 0, Taken(quality=90))[box.key]
    assert (reading.verdict, reading.printed) == ("differs", digit * 4)


def test_a_figure_out_of_sight_is_unreadable_and_not_guessed(page):
    box = layout.boxes(FIGURES)[1]
    readings = read(covered(page, box), 3)
    assert readings.pop(box.key) == Reading(box.key, "unreadable", "????")
    assert {one.verdict for one in readings.values()} == {"agrees"}


@pytest.mark.sweep
def test_a_photograph_too_poor_to_tell_never_makes_an_honest_sheet_a_forged_one(page, sampled):
    for seed in sampled(range(100), 3):
        chance = Random(seed)
        poor = Taken(chance.uniform(-8, 8), chance.uniform(0, 0.03), chance.uniform(0.8, 1.6), 0.7, 30)
        seen, codes = printed.codes_in(photograph(page, poor, seed))
        if len(codes) == 2:
            verdicts = {reading.verdict for reading in figures.read(seen, codes, FIGURES)}
            assert verdicts <= {"agrees", "unreadable"}, seed
