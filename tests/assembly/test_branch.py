"""Choosing a branch: the assembly, and nobody else, gives up a second history of its book.

Source: book.md, "Checkpoint"; statutes `majority.ordinary`.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.builders import Book, count, refused
from tinkuy.assembly.branch import Branches, Chosen
from tinkuy.assembly.register import Left
from tinkuy.assembly.vote import Counted, Declared

OTHER = "cd" * 32


def voted(votes_for: int = 60, against: int = 30, outcome: str = "carried") -> Book:
    book = Book().ready().record(Left(member="m9"))
    book.record(book.question(question="Nos quedamos con esta historia?"))
    book.record(Counted(vote=1, call=1, count=count(votes_for, against), tellers=("m1", "m2")))
    return book.record(Declared(vote=1, outcome=outcome))


def chosen(**changes: Any) -> Chosen:
    act = Chosen(size=5, root=OTHER, vote=1, reason="La laptop restauró una copia vieja")
    return msgspec.structs.replace(act, **changes)


def test_the_assembly_gives_up_a_history_by_a_vote() -> None:
    book = voted().record(chosen())
    assert book.state.room(Branches).given_up == [(5, OTHER)]


def test_a_vote_that_was_lost_chooses_nothing() -> None:
    with refused("this takes a vote carried by the rule “ordinary”"):
        voted(30, 60, "lost").record(chosen())


def test_one_vote_gives_up_one_history() -> None:
    book = voted().record(chosen())
    with refused("vote 1 was carried out already"):
        book.record(chosen(size=6))


def test_a_history_is_given_up_once() -> None:
    book = voted().record(chosen())
    with refused("the checkpoint of 5 acts was given up already"):
        book.record(chosen(vote=2))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"root": "cd"}, "a checkpoint is named by its size and its root"),
        ({"root": OTHER.upper()}, "a checkpoint is named by its size and its root"),
        ({"size": 0}, "a checkpoint is named by its size and its root"),
        ({"reason": " "}, "choosing a branch takes a reason"),
        ({"reason": "x" * 2_001}, "choosing a branch takes a reason of at most 2,000 characters"),
        ({"by": "treasurer"}, "“treasurer” holds no seat"),
    ],
)
def test_a_choice_says_what_is_given_up_by_whom_and_why(changes: dict[str, Any], sentence: str) -> None:
    act = chosen(**{name: value for name, value in changes.items() if name != "by"})
    with refused(sentence):
        voted().record(act, by=changes.get("by", "secretary"))
