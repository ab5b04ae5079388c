"""What is asked, and what a voter may answer.

Guarantees that a question can be answered, and that a choice written by a person is one that the question allows before
anything is encrypted.

Source: Belenios specification 2.0, 4.9. A homomorphic question (`Question`) is answered by marks that only their sums
show; a non-homomorphic one (`RankedQuestion`) by numbers, of which the mixed list is published.

>>> Question(answers=("Yes", "No"), min=1, max=1, question="Strike?").choice([0])
(1, 0)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from tinkuy.ballot.encoding import convert
from tinkuy.ballot.errors import BallotError
from tinkuy.words import Said, say

MAX_ANSWERS = 250
MAX_QUESTIONS = 100


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `min` to `max` of the answers may be marked; or none and "blank", where that is offered."""

    answers: tuple[str, ...]
    blank: bool | UnsetType = UNSET
    min: int
    max: int
    question: str

    @property
    def offers_blank(self) -> bool:
        """Whether a blank vote is told apart."""
        return self.blank is True

    @property
    def size(self) -> int:
        """How many ciphertexts an answer has: one a possible answer, after one for "blank" where it is offered."""
        return len(self.answers) + self.offers_blank

    def choice(self, marked: Sequence[int], blank: bool = False) -> tuple[int, ...]:
        """The plaintext, a 0 or 1 a ciphertext, of the answers marked (numbers from 0).

        Raises `BallotError` unless the question allows it.
        """
        if blank and (marked or not self.offers_blank):
            raise self._refused(say("a blank vote is not offered, or stands beside other marks"))
        if any(not 0 <= number < len(self.answers) for number in marked) or len(set(marked)) != len(marked):
            raise self._refused(
                say("its answers are numbered from 1 to {count}, and each is marked once", count=len(self.answers))
            )
        if not blank and not self.min <= len(marked) <= self.max:
            raise self._refused(
                say("{count} marked, from {min} to {max} allowed", count=len(marked), min=self.min, max=self.max)
            )
        marks = tuple(int(number in marked) for number in range(len(self.answers)))
        return (int(blank), *marks) if self.offers_blank else marks

    def _refused(self, why: Said) -> BallotError:
        return BallotError(say("“{question}”: {why}.", question=self.question, why=why))


class Ranking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a ranked question asks."""

    answers: tuple[str, ...]
    question: str


class RankedQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every answer is given a number, and the numbers of one voter stay together."""

    type: Literal["NonHomomorphic"]
    value: Ranking

    @property
    def answers(self) -> tuple[str, ...]:
        """What is ranked."""
        return self.value.answers

    @property
    def question(self) -> str:
        """The question itself."""
        return self.value.question


AnyQuestion: TypeAlias = Question | RankedQuestion


def parse(value: Any, number: int) -> AnyQuestion:
    """Question `number` (from 1) of an election. Raises `BallotError` if it is malformed or cannot be answered."""
    what = say("Question {number}", number=number)
    ranked = isinstance(value, dict) and "type" in value
    question: AnyQuestion = convert(value, RankedQuestion, what) if ranked else convert(value, Question, what)
    if not 1 <= len(question.answers) <= MAX_ANSWERS:
        raise BallotError(say("{what} has no answers, or more than {limit}.", what=what, limit=MAX_ANSWERS))
    if isinstance(question, Question) and not 0 <= question.min <= question.max <= len(question.answers):
        raise BallotError(
            say(
                "{what} asks for {min} to {max} marks among {count} answers.",
                what=what,
                min=question.min,
                max=question.max,
                count=len(question.answers),
            )
        )
    return question
