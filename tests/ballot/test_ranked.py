"""Ranked questions: numbers in a ciphertext, their proof, and the lists that come out (specification, 4.11.2)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ballot.trustee_data import finished, seeded
from tinkuy.ballot import election as elections
from tinkuy.ballot import ranked, shuffle
from tinkuy.ballot.election import Election
from tinkuy.ballot.elgamal import Ciphertext, Pair
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import by_name
from tinkuy.ballot.question import RankedQuestion, Ranking
from tinkuy.ballot.trustee import Single, verify_setup, write_trustees
from tinkuy.ballot.trustee_key import public
from tinkuy.ballot.trustee_share import combine, decrypt, verify_share

QUESTION = RankedQuestion("NonHomomorphic", Ranking(("A", "B", "C"), "Order?"))


def an_election(name: str = "Ed25519", x: int = 77) -> Election:
    group = by_name(name)
    return elections.write("WwpyTj12q6JeFX", "ranked", "", group, group.base(x), [QUESTION])


@pytest.mark.parametrize("name", ["small-stv-6", "ed25519-stv-30"])
def test_the_rankings_of_every_finished_election_come_out_as_published(shared_data: Path, name: str) -> None:
    election = finished(shared_data, name)
    at_hand, group, tally = elections.read(election.setup[0]), election.group, election.opened_tally
    (question,) = at_hand.questions
    assert isinstance(question, RankedQuestion)
    for data in election.of("Ballot"):
        ballot = json.loads(data)
        answer = msgspec.convert(ballot["answers"][0], ranked.Answer)
        ranked.check(at_hand, question, answer, f"{at_hand.fingerprint}|{ballot['credential']}", at_hand.group)
    trustees = verify_setup(group, election.trustees)
    shares = [
        (number, verify_share(trustees, at_hand.fingerprint, tally, number, data))
        for number, data in election.owned("PartialDecryption")
    ]
    (factors,) = combine(trustees, shares)
    opened = [group.divide(pair.beta, factor) for pair, factor in zip(tally[0], factors, strict=True)]
    assert [list(ranked.decode(group, each, len(question.answers))) for each in opened] == election.result[0]


@pytest.mark.parametrize("name", ["Ed25519", "RFC-3526-2048"])
def test_votes_cast_shuffled_twice_and_opened_are_those_cast_in_another_order(name: str) -> None:
    election, x = an_election(name), 77
    group = election.group
    cast = [(1, 2, 3), (3, 1, 2), (1, 1, 0), (255, 0, 0), (0, 0, 0), (3, 1, 2)]
    answers = [ranked.make(election, QUESTION, numbers, f"S0-{n}", seeded(n))[0] for n, numbers in enumerate(cast)]
    rows = [
        [
            pair
            for n, each in enumerate(answers)
            for pair in ranked.check(election, QUESTION, each, f"S0-{n}", election.group)
        ],
    ]
    for turn in (1, 2):
        data = shuffle.make(group, election.fingerprint, election.key, rows, seeded(turn))
        rows = shuffle.verify(group, election.fingerprint, election.key, rows, data)
    trustees = verify_setup(group, write_trustees([Single(public(group, x, seeded(3)))]))
    share = decrypt(group, election.fingerprint, rows, x, seeded(4))
    (factors,) = combine(trustees, [(1, verify_share(trustees, election.fingerprint, rows, 1, share))])
    found = [
        ranked.decode(group, group.divide(pair.beta, each), 3) for pair, each in zip(rows[0], factors, strict=True)
    ]
    assert sorted(found) == sorted(cast)
    assert found != cast


def test_an_answer_cast_again_by_another_voter_or_changed_is_refused() -> None:
    election = an_election()
    group = election.group
    answer, _ = ranked.make(election, QUESTION, (2, 1, 3), "φ|ana", seeded(1))
    assert ranked.check(election, QUESTION, answer, "φ|ana", election.group) == [
        Pair(group.read(answer.choices.alpha), group.read(answer.choices.beta))
    ]

    def refused(changed: ranked.Answer, bound: str = "φ|ana", other: Election = election) -> None:
        with pytest.raises(BallotError, match="The proof that the voter knows"):
            ranked.check(other, QUESTION, changed, bound, other.group)

    refused(answer, "φ|bruno")
    refused(answer, other=an_election(x=78))
    alpha, beta = (group.read(text) for text in (answer.choices.alpha, answer.choices.beta))
    again = Ciphertext(
        group.write(group.multiply(alpha, group.base(3))), group.write(group.multiply(beta, election.key))
    )
    refused(ranked.Answer(again, answer.proof))
    refused(ranked.Answer(Ciphertext(answer.choices.alpha, again.beta), answer.proof))
    for field in ("challenge", "response"):
        number = str((int(getattr(answer.proof, field)) + 1) % group.order)
        refused(ranked.Answer(answer.choices, msgspec.structs.replace(answer.proof, **{field: number})))


@pytest.mark.parametrize("text", ["", "1", "f" * 64, "0" * 63 + "1 ", "AB" * 32, "0" * 64])
def test_an_answer_outside_the_group_is_refused(text: str) -> None:
    election = an_election()
    answer, _ = ranked.make(election, QUESTION, (2, 1, 3), "S0", seeded(1))
    for changed in (Ciphertext(text, answer.choices.beta), Ciphertext(answer.choices.alpha, text)):
        with pytest.raises(BallotError, match="not an element"):
            ranked.check(election, QUESTION, ranked.Answer(changed, answer.proof), "S0", election.group)


def test_what_opens_an_answer_does_not_show_itself() -> None:
    _, secret = ranked.make(an_election(), QUESTION, (2, 1, 3), "S0", seeded(1))
    assert repr(secret) == "Secret()"


def test_a_ballot_that_is_audited_opens_to_what_was_chosen_and_to_nothing_else() -> None:
    election = an_election()
    answer, secret = ranked.make(election, QUESTION, (2, 1, 3), "S0", seeded(1))
    assert ranked.opens(election, answer, secret)
    assert not ranked.opens(election, answer, replace(secret, numbers=(1, 2, 3)))
    assert not ranked.opens(election, answer, replace(secret, r=secret.r + 1))


@pytest.mark.parametrize(
    ("numbers", "why"), [((1, 2), "asks for 3 numbers"), ((1, 2, 256), "256 is no place"), ((1, -1, 2), "-1 is no")]
)
def test_a_ranking_has_one_number_an_answer_of_one_byte(numbers: tuple[int, ...], why: str) -> None:
    with pytest.raises(BallotError, match=why):
        ranked.make(an_election(), QUESTION, numbers, "S0", seeded(1))


@settings(max_examples=60)
@given(st.sampled_from(["Ed25519", "RFC-3526-2048"]), st.lists(st.integers(0, 255), max_size=30))
def test_numbers_come_back_from_the_element_that_stands_for_them(name: str, numbers: list[int]) -> None:
    group = by_name(name)
    assert ranked.decode(group, ranked.encode(group, numbers), len(numbers)) == tuple(numbers)


def test_a_group_holds_as_many_numbers_as_its_elements_have_room_for() -> None:
    assert [ranked.most_numbers(by_name(name)) for name in ("Ed25519", "RFC-3526-2048", "BELENIOS-2048")] == [
        30,
        255,
        0,
    ]
    with pytest.raises(BallotError, match="at most 30 answers"):
        ranked.encode(by_name("Ed25519"), [1] * 31)
    with pytest.raises(BallotError, match="Rankings cannot be encrypted in BELENIOS-2048; Ed25519, RFC-3526-2048 can"):
        ranked.encode(by_name("BELENIOS-2048"), [1])
    with pytest.raises(BallotError, match="No element of RFC-3526-2048"):
        ranked.encode(by_name("RFC-3526-2048"), [255] * 255)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((2, 1, 3), ((1,), (0,), (2,))),
        ((1, 1, 2), ((0, 1), (2,))),
        ((0, 9, 4), ((2,), (1,))),
        ((0, 0, 0), ()),
        ((), ()),
    ],
)
def test_numbers_are_places_and_nought_is_not_ranked(numbers: tuple[int, ...], expected: Any) -> None:
    assert ranked.ranking(numbers) == expected
