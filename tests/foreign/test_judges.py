"""Programs that we did not write accept our books and refuse damaged ones, save where they are known to differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import pytest
from hypothesis import given, settings

from tests.book.test_entry import entries
from tests.builders import Federation, bases
from tests.foreign import differences
from tinkuy.book import entry, note, proof, tiles
from tinkuy.cli.conformance import ask
from tinkuy.cli.conformance_book import Case, Given, b64

ALL = {"entry", "checkpoint", "cosignature", "inclusion", "consistency", "proof", "tiles"}


def judged(program: Sequence[str], cases: Sequence[Case], known: Mapping[str, str], passed_over: set[str]) -> None:
    """Everything is as it should be, and every known difference is one."""
    answers = ask(program, cases)
    assert {case.check for case, said in zip(cases, answers, strict=True) if said.accept is None} == passed_over
    asked = [(case, said) for case, said in zip(cases, answers, strict=True) if case.check not in passed_over]
    other = {case.case for case, said in asked if said.accept is not case.accept}
    expected = {pattern: [case.case for case, _ in asked if re.fullmatch(pattern, case.case)] for pattern in known}
    assert [pattern for pattern, names in expected.items() if not names] == []
    assert other == {name for names in expected.values() for name in names}


@pytest.mark.sweep
def test_the_go_teams_note_and_tlog_judge_as_we_do(go_judge, cases):
    judged(go_judge, cases, differences.GO, passed_over={"entry"})


@pytest.mark.sweep
def test_sigstores_verifier_and_canonicalize_judge_as_we_do(node_judge, cases):
    judged(node_judge, cases, differences.NODE, passed_over={"consistency", "cosignature", "tiles"})


def test_the_go_teams_note_takes_our_cosignatures_and_no_others(go_judge, cases):
    """Fast enough for every run; the sweeps put every other case too."""
    judged(go_judge, [case for case in cases if case.check == "cosignature"], {}, passed_over=set())


@pytest.fixture(scope="module")
def a_consultation() -> list[Case]:
    """The books of a small federation's consultation, as questions: nothing in them was made for this test."""
    files = dict(Federation(bases(6)).played().returns.members())
    folders = sorted({name.removesuffix("checkpoint") for name in files if name.endswith("/checkpoint")})
    asked = [question for folder in folders for question in questions(files, folder)]
    return [Case(n, check, check, True, "", given) for n, (check, given) in enumerate(asked)]


def questions(files: Mapping[str, bytes], folder: str) -> Iterator[tuple[str, Given]]:
    """Everything that can be asked about the book in a folder of an archive."""
    at, bodies = tiles.read_book(lambda path: files.get(folder + path))
    board = {officer["role"]: bytes.fromhex(officer["key"]) for officer in entry.parse(bodies[0])["board"]}
    vkeys = [note.Verifier(f"{at.origin}/{role}", key).vkey for role, key in board.items()]
    asked = {"origin": at.origin, "keys": vkeys}
    yield "checkpoint", {"note": b64(at.note), **asked}
    # An archive leaves out the tiles of hashes, which follow from the entries; a log's own directory has them.
    yield "tiles", {"files": {path: b64(data) for path, data in tiles.write(bodies, at)}, **asked}
    leaves = [entry.leaf_hash(body) for body in bodies]
    for index, body in enumerate(bodies):
        yield "entry", {"entry": b64(body)}
        yield "proof", {"proof": b64(proof.make(leaves, index, at).encode()), "entry": b64(body), **asked}


def test_the_books_of_a_consultation_are_accepted_by_go(go_judge, a_consultation):
    judged(go_judge, a_consultation, {}, passed_over={"entry"})


def test_the_books_of_a_consultation_are_accepted_on_node(node_judge, a_consultation):
    judged(node_judge, a_consultation, {}, passed_over={"tiles"})


def test_our_one_form_of_an_object_is_that_of_rfc_8785_as_others_write_it(node_judge):
    bodies: list[bytes] = []

    @settings(max_examples=150)
    @given(entries.map(entry.encode))
    def gather(body: bytes) -> None:
        bodies.append(body)

    gather()
    made = [Case(n, "", "entry", True, "", {"entry": b64(body)}) for n, body in enumerate(bodies)]
    assert [bodies[said.id] for said in ask(node_judge, made) if not said.accept] == []
