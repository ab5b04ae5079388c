"""Whole elections of any form: what is announced is what was voted, and whatever is changed afterwards is noticed."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.ballot.played import TIME, Played
from tests.ballot.taken_apart import Loose, altered, another, bound, leaves, taken_apart, with_leaf
from tests.ballot.test_pedersen import hold
from tinkuy.ballot import (
    box,
    credential,
    election,
    group,
    pedersen,
    shuffle,
    trustee,
    trustee_key,
    trustee_share,
    verify,
)
from tinkuy.ballot.question import AnyQuestion, Question, RankedQuestion, Ranking

ONLY = [Phase.generate]  # an example is a whole election: shrinking one takes minutes
SETUP_BOUND = 2  # of a setup's data, those that every proof is bound to: the election and its trustees
UNBOUND = {("Shuffle", ("owner",))}  # who shuffled is said, and proven by nothing (docs/ballot-threats.md)


@dataclass(frozen=True)
class Form:
    """An election before it is played: who decrypts (None mandatory, else a threshold of so many), weights, ballots."""

    questions: tuple[AnyQuestion, ...]
    weights: tuple[int, ...]
    trustees: tuple[tuple[int, int] | None, ...]
    ballots: tuple[tuple[int, tuple[tuple[int, ...], ...]], ...]


@st.composite
def marked(draw: st.DrawFn) -> Question:
    answers = draw(st.integers(1, 3))
    least = draw(st.integers(0, answers))
    most = draw(st.integers(least, answers))
    names = tuple(f"respuesta {number}" for number in range(answers))
    if draw(st.booleans()):
        return Question(answers=names, blank=True, min=least, max=most, question="¿Quién?")
    return Question(answers=names, min=least, max=most, question="¿Quién?")


@st.composite
def chosen(draw: st.DrawFn, asked: AnyQuestion) -> tuple[int, ...]:
    if isinstance(asked, RankedQuestion):
        return tuple(draw(st.lists(st.integers(0, 3), min_size=len(asked.answers), max_size=len(asked.answers))))
    if asked.offers_blank and draw(st.booleans()):
        return asked.choice((), blank=True)
    numbers = st.integers(0, len(asked.answers) - 1)
    return asked.choice(draw(st.lists(numbers, min_size=asked.min, max_size=asked.max, unique=True)))


@st.composite
def forms(draw: st.DrawFn) -> Form:
    ranked = st.builds(
        lambda count: RankedQuestion("NonHomomorphic", Ranking(("a", "b", "c")[:count], "Orden")), st.integers(1, 3)
    )
    questions = tuple(draw(st.lists(marked() | ranked if draw(st.booleans()) else marked(), min_size=1, max_size=2)))
    plain = any(isinstance(asked, RankedQuestion) for asked in questions)
    weights = tuple(draw(st.lists(st.just(1) if plain else st.integers(0, 9), min_size=1, max_size=4)))
    threshold = st.sampled_from([(1, 2), (2, 2), (2, 3)])
    trustees = tuple(draw(st.lists(st.none() | threshold, min_size=1, max_size=2)))
    ballot = st.tuples(st.integers(0, len(weights) - 1), st.tuples(*map(chosen, questions)))
    return Form(questions, weights, trustees, tuple(draw(st.lists(ballot, min_size=1 if plain else 0, max_size=5))))


def played(form: Form, name: str) -> tuple[Played, dict[int, int]]:
    """The election set up, and the private key of each trustee who decrypts, by number."""
    at_hand, uuid = group.by_name(name), election.new_uuid(os.urandom)
    items, keys, first = [], {}, 1
    for number, shape in enumerate(form.trustees):
        if shape is None:
            keys[first] = trustee_key.new_private(at_hand, os.urandom)
            items.append(trustee.Single(trustee_key.public(at_hand, keys[first], os.urandom)))
            first += 1
        else:
            threshold, size = shape
            held = hold(threshold, size, name, seed=number)
            items.append(trustee.Pedersen(held.parameters))
            for place in range(size - threshold, size):  # the last of them, so that coefficients are not all 1
                keys[first + place] = pedersen.private_key(at_hand, held.seeds[place], held.letters[place])
            first += size
    listed = trustee.write_trustees(items)
    key = trustee.verify_setup(at_hand, listed).election_key
    made = election.write(uuid, "Prueba", "", at_hand, key, form.questions)
    cards = tuple(credential.generate(os.urandom) for _ in form.weights)
    public = {one.public(at_hand, uuid): weight for one, weight in zip(cards, form.weights, strict=True)}
    data = box.opened(TIME, made, listed, credential.write_public(at_hand, public))
    return Played(at_hand, made, data, cards, ()), keys


def finished(form: Form, name: str) -> bytes:
    """The archive of the election, played to its result."""
    one, keys = played(form, name)
    data = one.with_ballots_of(form.ballots)
    data += box.close(data)
    data += box.add_up(data)
    if one.election.ranked:
        at_hand, rows = box.to_shuffle(data)
        data += box.shuffled(data, 1, shuffle.make(one.group, at_hand.fingerprint, at_hand.key, rows, os.urandom))
        data += box.end_shuffles(data)
    for number, key in keys.items():
        at_hand, _, pairs = box.to_decrypt(data)
        share = trustee_share.decrypt(one.group, at_hand.fingerprint, pairs, key, os.urandom)
        data += box.share(data, number, share)
    return data + box.conclude(data)


def counted(form: Form) -> list[Any]:
    """The result by plain arithmetic: the last ballot of each voter, by her weight; rankings in no order."""
    last = dict(form.ballots)
    rows: list[Any] = []
    for number, asked in enumerate(form.questions):
        if isinstance(asked, Question):
            sums = [0] * asked.size
            for voter, choices in last.items():
                sums = [total + form.weights[voter] * mark for total, mark in zip(sums, choices[number], strict=True)]
            rows.append(sums)
        else:
            rows.append(Counter(choices[number] for choices in last.values()))
    return rows


def announced(verdict: verify.Verdict) -> list[Any]:
    assert verdict.result is not None
    assert verdict.election is not None
    return [
        list(row) if isinstance(asked, Question) else Counter(tuple(one) for one in row if isinstance(one, list))
        for asked, row in zip(verdict.election.questions, verdict.result, strict=True)
    ]


def changes(events: list[Loose]) -> list[tuple[int, int]]:
    """Every data of every event that proofs are bound to: place of the event and number of the data."""
    return [
        (place, number)
        for place, event in enumerate(events)
        for number in range(SETUP_BOUND if event.kind == "Setup" else len(event.data))
    ]


def check(form: Form, name: str, data: st.DataObject, times: int) -> None:
    archive = finished(form, name)
    verdict = verify.verify(archive)
    assert (verdict.state, verdict.findings) == ("sound", ())
    assert announced(verdict) == counted(form)
    events = taken_apart(archive)
    for _ in range(times):
        place, number = data.draw(st.sampled_from(changes(events)))
        paths = leaves(json.loads(events[place].data[number]))
        path = data.draw(st.sampled_from([each for each in paths if (events[place].kind, each) not in UNBOUND]))
        changed = altered(events, place, number, lambda value, path=path: with_leaf(value, path, another))
        found = verify.verify(bound(changed))
        assert found.state == "wrong", (events[place].kind, number, path)
        assert all(str(finding.sentence) for finding in found.findings)


@pytest.mark.sweep
@pytest.mark.parametrize("name", group.NAMES)
def test_any_election_gives_the_plain_count_and_any_changed_field_is_noticed(
    name: str, request: pytest.FixtureRequest
) -> None:
    whole = request.config.getoption("--whole")
    if name != "Ed25519" and not whole:
        pytest.skip("part of the sweep")

    @settings(
        max_examples=(60 if name == "Ed25519" else 10) if whole else 12,
        phases=ONLY,
        suppress_health_check=[*HealthCheck],
    )
    @given(forms(), st.data())
    def any_election(form: Form, data: st.DataObject) -> None:
        check(form, name, data, times=20 if whole else 4)

    any_election()
