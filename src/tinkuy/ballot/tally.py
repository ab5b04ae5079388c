"""The tally: the ballots that count are added up unopened, the sum is decrypted, and the figures are found in it.

Guarantees that the sum is of each credential's last ballot times its weight, and that a figure which is found is at
most the weight that voted: what exceeds it is an error, not a long search.

Source: Belenios specification 2.0, 4.15, 4.16 and 4.19. Discrete logarithms: D. Shanks, baby steps and giant steps; the
square root of the bound in steps for each figure, five thousand for 25 million votes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isqrt
from typing import TypeAlias

import msgspec

from tinkuy.ballot import elgamal, encoding, ranked
from tinkuy.ballot.election import Election
from tinkuy.ballot.elgamal import Ciphertext, Pair
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Element, Group
from tinkuy.ballot.question import AnyQuestion, Question
from tinkuy.words import say

Pairs: TypeAlias = list[list[Pair]]  # a row a question
Figure: TypeAlias = int | list[int]  # of a mark its sum; of a ranked question one voter's numbers

JSON_MAX = 2**30 - 1  # a larger figure is a string, as 32-bit programs must read it too


class Sized(msgspec.Struct, frozen=True):
    """Payload of `EncryptedTally`: how many ballots count, their weight, and the hash of the tally itself."""

    num_tallied: int
    total_weight: int
    encrypted_tally: str


class Result(msgspec.Struct, frozen=True):
    """Payload of `Result`: a row a question."""

    result: list[list[int | str | list[int]]]


class Sum:
    """The running sum of ballots. Sums of parts, taken apart, are merged with `merge`."""

    def __init__(self, group: Group, questions: Sequence[AnyQuestion]) -> None:
        self.group = group
        self.count = 0
        self.weight = 0
        self.rows: Pairs = [
            [Pair(group.one, group.one)] * each.size if isinstance(each, Question) else [] for each in questions
        ]
        self._summed = [isinstance(each, Question) for each in questions]

    def add(self, pairs: Pairs, weight: int) -> None:
        """One more ballot that counts."""
        self.count += 1
        self.weight += weight
        for number, row in enumerate(pairs):
            if self._summed[number]:
                weighted = [elgamal.times(self.group, pair, weight) for pair in row]
                self._join(number, weighted)
            else:
                self.rows[number] += row

    def merge(self, other: Sum) -> None:
        """All that another sum of the same election holds."""
        self.count += other.count
        self.weight += other.weight
        for number, row in enumerate(other.rows):
            if self._summed[number]:
                self._join(number, row)
            else:
                self.rows[number] += row

    def tally(self) -> Pairs:
        """The encrypted tally; ciphertexts of ranked questions in the order of their elements, not of the ballots."""
        return [row if self._summed[number] else sorted(row) for number, row in enumerate(self.rows)]

    def _join(self, number: int, row: list[Pair]) -> None:
        self.rows[number] = [elgamal.total(self.group, both) for both in zip(self.rows[number], row, strict=True)]


def write(group: Group, tally: Pairs) -> bytes:
    """The encrypted tally as it is published."""
    return encoding.dumps([[elgamal.write(group, pair) for pair in row] for row in tally])


def read(group: Group, data: bytes) -> Pairs:
    """A published tally; raises `BallotError` if it is malformed or an element is not of the group."""
    rows = encoding.read(data, list[list[Ciphertext]], say("The encrypted tally"))
    return [[elgamal.read(group, written) for written in row] for row in rows]


class Logarithms:
    """Discrete logarithms to g from 0 to a bound, by one table for all of them."""

    def __init__(self, group: Group, bound: int) -> None:
        self.group, self.bound = group, bound
        self.step = isqrt(bound) + 1
        self.table: dict[Element, int] = {}
        element = group.one
        for number in range(self.step):
            self.table[element] = number
            element = group.multiply(element, group.generator)
        self._giant = element

    def of(self, element: Element) -> int:
        """n with g^n = element; raises `BallotError` if there is none from 0 to the bound."""
        for giant in range(self.step + 1):
            number = self.table.get(element)
            if number is not None and giant * self.step + number <= self.bound:
                return giant * self.step + number
            element = self.group.divide(element, self._giant)
        raise BallotError(say("A figure is not from 0 to {bound}, the weight that voted.", bound=self.bound))


def opened(group: Group, row: Sequence[Pair], factors: Sequence[Element]) -> list[Element]:
    """What each ciphertext of a row hides, g^m or an encoded ranking, by the trustees' combined factors."""
    return [group.divide(pair.beta, factor) for pair, factor in zip(row, factors, strict=True)]


def write_result(rows: Iterable[Iterable[Figure]]) -> bytes:
    """The result as it is published."""
    return encoding.dumps(
        Result([[str(one) if isinstance(one, int) and one > JSON_MAX else one for one in row] for row in rows])
    )


def read_result(data: bytes) -> list[list[Figure]]:
    """A published result; raises `BallotError` if it is malformed."""
    what = say("The result")
    result = encoding.read(data, Result, what)
    rows = [[_figure(one) for one in row] for row in result.result]
    if write_result(rows) != data:
        raise encoding.malformed(what, say("a figure is not written as the specification writes it"))
    return rows


def _figure(one: int | str | list[int]) -> Figure:
    return encoding.read_natural(one, 10**18) if isinstance(one, str) else one


def check_result(
    election: Election,
    tally: Pairs,
    factors: Sequence[Sequence[Element]],
    result: Sequence[Sequence[Figure]],
    weight: int,
) -> None:
    """Raise `BallotError` naming question and figure unless `result` is what the tally hides and at most `weight`."""
    if [len(row) for row in result] != [len(row) for row in tally]:
        raise BallotError(say("The result has not the shape of the tally."))
    for number, (row, figures) in enumerate(zip(tally, result, strict=True)):
        hidden, question = opened(election.group, row, factors[number]), election.questions[number]
        for place, (element, figure) in enumerate(zip(hidden, figures, strict=True), 1):
            if not _is_hidden(election.group, question, element, figure, weight):
                raise BallotError(
                    say(
                        "Question {question}, figure {place}: {figure} is not what the decrypted tally says.",
                        question=str(number + 1),
                        place=str(place),
                        figure=str(figure),
                    )
                )


def decrypted(
    election: Election, tally: Pairs, factors: Sequence[Sequence[Element]], weight: int
) -> list[list[Figure]]:
    """The result that the tally hides, by the trustees' combined factors; no figure exceeds `weight`."""
    group, rows = election.group, []
    logarithms = Logarithms(group, weight)
    for question, row, factor in zip(election.questions, tally, factors, strict=True):
        hidden = opened(group, row, factor)
        if isinstance(question, Question):
            found: list[Figure] = [logarithms.of(element) for element in hidden]
        else:
            found = [list(ranked.decode(group, element, len(question.answers))) for element in hidden]
        rows.append(found)
    return rows


def _is_hidden(group: Group, question: AnyQuestion, element: Element, figure: Figure, weight: int) -> bool:
    if isinstance(question, Question):
        return isinstance(figure, int) and 0 <= figure <= weight and group.base(figure) == element
    return isinstance(figure, list) and tuple(figure) == ranked.decode(group, element, len(question.answers))
