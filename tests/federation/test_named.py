"""Who seals for a base is said by the base's own book, and the federation's word is compared with it (house rule 1)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Archive, Federation, audited, bases
from tinkuy.assembly.act import written
from tinkuy.assembly.founding import Body, Officer
from tinkuy.book.checkpoint import parse
from tinkuy.book.entry import leaf_hash
from tinkuy.book.merkle import root
from tinkuy.demo.bases import Keys
from tinkuy.federation.affiliation import AffiliationUpdated
from tinkuy.federation.named import BoardNamed, differences

STRANGERS = Keys(8, "otra base").board()


@pytest.fixture(scope="module")
def federation() -> Federation:
    """Of the second base the secretary has rotated keys since it was taken in; the third forked."""
    return Federation(bases(3, {1: "rotated", 2: "fork"})).played()


def breaches(archive: Archive) -> list[tuple[str | None, str]]:
    report = audited(archive.uncertified().files())
    return [(one.unit, str(one.said)) for one in report.findings if one.severity == "breach"]


def code(federation: Federation, place: int) -> str:
    return federation.writers[place].base.code


def strange(fields: dict[str, Any]) -> None:
    fields["board"] = [{"key": one.key, "next": one.next, "role": one.role} for one in STRANGERS]


def test_a_board_that_the_base_had_when_it_was_taken_in_is_no_difference(federation: Federation) -> None:
    assert breaches(Archive.of(federation)) == []


@pytest.mark.parametrize("place", [0, 1])
def test_a_board_that_the_base_never_had_is_found_and_the_archive_is_not_sound(
    federation: Federation, place: int
) -> None:
    unit = code(federation, place)
    found = breaches(Archive.of(federation).lied("affiliation.accepted", strange, code=unit))
    said = "the federation took this base in with a board that its own book never had: chair, secretary"
    assert found == [(unit, said)]


def test_a_key_beside_the_boards_own_next_one_is_found_too(federation: Federation) -> None:
    def next_key(fields: dict[str, Any]) -> None:
        fields["board"][0]["next"] = "ab" * 32

    unit = code(federation, 0)
    assert [one for one, _ in breaches(Archive.of(federation).lied("affiliation.accepted", next_key, code=unit))] == [
        unit
    ]


def test_of_a_book_that_forked_only_the_history_kept_is_compared(federation: Federation) -> None:
    unit = code(federation, 2)
    assert breaches(Archive.of(federation).lied("affiliation.accepted", strange, code=unit)) == []


def updated(federation: Federation, **changes: Any) -> Archive:
    """With the federation's note of the second base's new board, as of the base's sealed book."""
    archive, unit = Archive.of(federation), code(federation, 1)
    at = parse(archive.copy_of(unit).note)
    board = federation.writers[1].desk.assembly(at.book_id).room(Body).board
    given_ = {"code": unit, "board": board, "size": at.size, "root": at.root.hex()} | changes
    act = AffiliationUpdated(
        **given_, at="2026-03-12T20:00:00Z", by="secretary", n=len(archive.uncertified().federation.bodies)
    )
    return archive.rewritten((*archive.uncertified().federation.bodies, written(act)))


def test_an_update_says_what_the_base_says_at_the_checkpoint_that_it_names(federation: Federation) -> None:
    unit = code(federation, 1)
    assert breaches(updated(federation)) == []
    found = breaches(updated(federation, board=STRANGERS))
    assert len(found) == 1
    assert found[0][0] == unit
    assert "names chair, secretary; at 9 acts this book has another board or other keys" in found[0][1]


def test_the_board_is_the_one_of_the_checkpoint_that_is_named_and_not_of_a_later_one(federation: Federation) -> None:
    bodies = Archive.of(federation).copy_of(code(federation, 1)).bodies
    before = root([leaf_hash(body) for body in bodies[:1]]).hex()
    (found,) = breaches(updated(federation, size=1, root=before))
    assert "at 1 acts this book has another board or other keys" in found[1]


@pytest.mark.parametrize("wrong", [{"size": 99}, {"root": "ab" * 32}])
def test_a_checkpoint_that_the_base_does_not_have_is_found(federation: Federation, wrong: dict[str, Any]) -> None:
    (found,) = breaches(updated(federation, **wrong))
    assert "acts that this book has not" in found[1]


OFFICERS = tuple(Officer(role, key * 64, "0" * 64) for role in ("chair", "secretary") for key in "abc")


@given(st.lists(st.lists(st.sampled_from(OFFICERS), max_size=2, unique_by=lambda one: one.role), max_size=8), st.data())
def test_a_board_stood_at_some_time_when_it_stood_after_some_act(changes: list[list[Officer]], data: Any) -> None:
    """Against the plain definition: the officers who hold a seat after each act."""
    body = Body()
    stood = []
    for n, officers in enumerate(changes):
        for officer in officers:
            body.install(officer, n)
        stood.append(frozenset(body.board))
        if len(body.holding) == 2 and data.draw(st.booleans()):
            body.vacate("chair", n)
            stood[-1] = frozenset(body.board)
    named = frozenset(data.draw(st.lists(st.sampled_from(OFFICERS), min_size=1, max_size=2, unique=True)))
    found = list(differences([BoardNamed(tuple(named))], body, []))
    assert (not found) == (named in stood)
