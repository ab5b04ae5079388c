"""What an act is: a kind, its fields and nothing else. Source: assembly.md; book.md, "Entry"."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.builders import Book
from tinkuy.assembly.act import Act, Refused, act, kinds, read, written
from tinkuy.assembly.register import Left, Suspended
from tinkuy.book.entry import parse
from tinkuy.federation import consultation, levels, returns, sheet

FIELDS = {"act": "member.suspended", "at": "2026-03-08T20:00:00Z", "by": "secretary", "n": 3}


def test_every_kind_is_a_topic_and_what_happened() -> None:
    assert {consultation, levels, returns, sheet}
    for kind, cls in kinds().items():
        topic, _, event = kind.partition(".")
        assert topic.isidentifier()
        assert event.isidentifier()
        assert cls.__doc__, kind


def test_what_is_written_is_what_is_read() -> None:
    recorded = Suspended(member="m1", reason="deuda", at="2026-03-08T20:00:00Z", by="secretary", n=3)
    assert read(parse(written(recorded))) == recorded


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"act": "member.banished"}, "unknown kind of act “member.banished”; a newer version of Tinkuy may know it"),
        ({"member": "m1"}, "member.suspended: Object missing required field `reason`"),
        ({"member": "m1", "reason": "x", "zapato": 1}, "Object contains unknown field `zapato`"),
        ({"member": 7, "reason": "x"}, "Expected `str`, got `int`"),
        ({"member": None, "reason": "x"}, "Expected `str`, got `null`"),
        ({"member": ["m1"], "reason": "x"}, "Expected `str`, got `array`"),
    ],
)
def test_fields_missing_superfluous_or_mistyped_are_refused_by_name(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as caught:
        read({**FIELDS, **fields})
    assert sentence in str(caught.value)


def test_a_refused_act_leaves_the_book_readable_and_the_state_as_it_was() -> None:
    book = Book().ready()
    before = book.state
    book.force({"act": "member.banished"}).force({"act": "member.left", "member": 7}).force(Left(member="m101"))
    state = book.state
    assert [n for n, _, _ in book.breaches] == [4, 5, 6]
    assert [kind for _, kind, _ in book.breaches] == ["member.banished", "member.left", "member.left"]
    assert state.size == 7
    assert {kind: str(room) for kind, room in state._rooms.items()} == {
        kind: str(room) for kind, room in before._rooms.items()
    }
    book.record(Left(member="m1"))


def test_two_acts_of_one_kind_are_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match="two acts of one kind"):

        @act
        class Otra(Act, tag="member.left", frozen=True, kw_only=True):
            """Not the one that the register knows."""


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_no_act_with_nonsense_in_every_field_breaks_the_replay(kind: str) -> None:
    """Whatever its officers write, a book is replayed to its end."""
    values: list[Any] = ["", "x" * 3000, 0, -1, 2**53 - 1, True, None, [], {}, [[]], ["x"], "2026-03-08T20:00:00Z"]
    names = [field.name for field in msgspec.structs.fields(kinds()[kind]) if field.name not in ("at", "by", "n")]
    book = Book().ready()
    for at, value in enumerate(values):
        book.force({"act": kind, **dict.fromkeys(names, value)})
        book.force({"act": kind, **{name: values[(at + step) % len(values)] for step, name in enumerate(names)}})
    assert len(book.breaches) == 2 * len(values)
