"""A witness: it vouches for one history of a book, whoever asks, however many ask at once, and after a crash.

Source: C2SP tlog-witness (statuses, order of the checks, atomicity), tlog-cosignature; book.md, "Checkpoint".
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Book
from tinkuy.assembly import accused
from tinkuy.assembly.board import BoardInstalled
from tinkuy.assembly.register import Left
from tinkuy.book import checkpoint, cosignature, fork, merkle, note
from tinkuy.book.entry import leaf_hash
from tinkuy.book.keys import SigningKey
from tinkuy.desk import submission
from tinkuy.desk.submission import Submission, Turned
from tinkuy.desk.witness import ForkSeen, Witness, WitnessError, make
from tinkuy.federation.archive import BookCopy

KEY = SigningKey.from_seed(b"witness".ljust(32, b"."))
NAME = "observers.example/w1"
AT = 1_772_985_600
BASE = Book().ready()
SIZE = len(BASE.bodies)


def branch(*members: int, base: Book = BASE) -> BookCopy:
    """The base's book going on with these members leaving, sealed by its board."""
    book = Book(bodies=list(base.bodies), attachments=base.attachments)
    for member in members:
        book.record(Left(member=f"m{member}"), at="2026-03-05")
    return book.seal()


SEALED = branch()
ORIGIN = checkpoint.parse(SEALED.note).origin
OFFICERS = [note.Verifier(f"{ORIGIN}/{officer.role}", bytes.fromhex(officer.key)) for officer in BASE.keys.board()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "witness.sqlite"
    make(path, NAME, KEY.public)
    return path


@pytest.fixture
def witness(file: Path) -> Iterator[Witness]:
    open_ = Witness(file)
    open_.follow(ORIGIN, OFFICERS)
    yield open_
    open_.close()


def submitted(copy: BookCopy, old: int) -> Submission:
    leaves = [leaf_hash(body) for body in copy.bodies]
    return Submission(old, merkle.consistency_proof(leaves, old), copy.note)


def turned(witness: Witness, given: Submission) -> tuple[int, int | None]:
    """The status with which the witness refuses, and the size that it names."""
    before = witness.followed()
    with pytest.raises(Turned) as caught:
        witness.record(given, AT)
    assert witness.followed() == before, "a refusal leaves everything as it was"
    return caught.value.status, caught.value.size


def latest(witness: Witness) -> tuple[int, bytes]:
    (followed,) = witness.followed()
    assert followed.latest is not None
    return followed.latest.size, followed.latest.root


def test_a_book_that_goes_on_is_recorded_step_by_step(witness):
    for old, copy in ((0, SEALED), (SIZE, branch(9)), (SIZE + 1, branch(9, 8, 7)), (SIZE + 3, branch(9, 8, 7))):
        recorded = witness.record(submitted(copy, old), AT)
        assert latest(witness) == (recorded.size, recorded.root) == (len(copy.bodies), recorded.root)


def test_an_unknown_book_is_not_found(witness):
    other = Book(name="Otra").ready().seal()
    assert turned(witness, submitted(other, 0)) == (404, None)


def test_a_note_that_not_every_officer_signed_is_forbidden(witness):
    book = Book(bodies=list(BASE.bodies), attachments=BASE.attachments)
    assert turned(witness, submitted(book.seal("secretary"), 0)) == (403, None)
    unsigned = BookCopy(SEALED.bodies, SEALED.note.replace(b"/chair ", b"/other "))
    assert turned(witness, submitted(unsigned, 0)) == (403, None)


def test_a_false_signature_of_an_officer_is_forbidden(witness):
    head, _, lines = branch(9).note.rpartition(b"\n\n")
    assert turned(witness, Submission(0, (), SEALED.note.rpartition(b"\n\n")[0] + b"\n\n" + lines)) == (403, None)
    assert head != b""


def test_the_request_begins_where_the_witness_stands_or_learns_where(witness):
    witness.record(submitted(SEALED, 0), AT)
    assert turned(witness, submitted(branch(9), 0)) == (409, SIZE)
    assert turned(witness, submitted(branch(9), SIZE - 1)) == (409, SIZE)


def test_an_old_size_beyond_the_checkpoint_is_a_bad_request(witness):
    assert turned(witness, Submission(SIZE + 1, (), SEALED.note)) == (400, None)


def test_another_root_of_the_same_size_is_a_conflict(witness):
    witness.record(submitted(branch(9), 0), AT)
    assert turned(witness, Submission(SIZE + 1, (), branch(8).note)) == (409, SIZE + 1)


def test_a_proof_that_does_not_hold_is_unprocessable(witness):
    witness.record(submitted(branch(9), 0), AT)
    given = submitted(branch(8, 7), SIZE + 1)
    assert turned(witness, given) == (422, None)
    assert turned(witness, Submission(given.old, (), given.note)) == (422, None)
    assert turned(witness, Submission(given.old, (bytes(32),) * 63, given.note)) == (422, None)


def test_from_nothing_the_proof_is_empty(witness):
    assert turned(witness, Submission(0, (bytes(32),), SEALED.note)) == (422, None)


def test_what_is_no_checkpoint_is_a_bad_request(witness):
    assert turned(witness, Submission(0, (), b"anything\n")) == (400, None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old 0\nnote",
        b"old 00\n\nnote",
        b"old -1\n\nnote",
        b"new 0\n\nnote",
        b"old 1\nAAAA\n\nnote",
        b"old 1\n" + b"A" * 43 + b"=\n" * 64 + b"\nnote",
        b"old 1\n" + (b"A" * 43 + b"=\n") * 64 + b"\nnote",
        b"old 0\n\n" + b"x" * submission.MAX_BODY,
        b"\xff\n\nnote",
    ],
)
def test_a_request_that_is_malformed_is_refused_before_anything_is_asked(body):
    with pytest.raises(Turned) as caught:
        submission.parse(body)
    assert caught.value.status == 400


@given(old=st.integers(0, 2**60), hashes=st.lists(st.binary(min_size=32, max_size=32), max_size=63), text=st.binary())
def test_a_request_is_read_as_it_was_written(old, hashes, text):
    given_ = Submission(old, tuple(hashes), text)
    assert submission.parse(given_.encode()) == given_


def race(file: Path, copies: list[BookCopy], start: float) -> list[bytes]:
    """What a process gets cosigned that submits these copies at that moment, over and over."""
    witness = Witness(file)
    time.sleep(max(0.0, start - time.monotonic()))
    got = []
    for copy in copies:
        try:
            recorded = witness.record(submitted(copy, SIZE), AT)
        except Turned:
            continue
        got.append(cosignature.sign(recorded, NAME, KEY, AT))
    return got


RACERS = [branch(9), branch(8)]


def test_of_two_histories_submitted_by_many_processes_at_once_exactly_one_is_cosigned(file, witness):
    witness.record(submitted(SEALED, 0), AT)
    # Both branches are of one size, so that whoever comes second finds the first recorded.
    start = time.monotonic() + 1.5
    with multiprocessing.get_context("fork").Pool(6) as pool:
        got = pool.starmap(race, [(file, RACERS[n % 2 :] + RACERS[: n % 2], start) for n in range(6)])
    lines = {line for part in got for line in part}
    assert len(lines) == 1
    assert sum(map(len, got)) == 1, "each submission began at the size before, so only the first was in time"


def test_of_two_histories_submitted_by_many_threads_at_once_exactly_one_is_cosigned(witness):
    witness.record(submitted(SEALED, 0), AT)

    def submit(copy: BookCopy) -> bytes:
        try:
            return witness.record(submitted(copy, SIZE), AT).root
        except Turned:
            return b""

    with ThreadPoolExecutor(16) as pool:
        roots = set(pool.map(submit, RACERS * 40)) - {b""}
    assert len(roots) == 1
    assert latest(witness)[1] in roots


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 6), st.booleans()), max_size=12))
def test_whatever_is_submitted_in_whatever_order_what_is_cosigned_is_one_history(tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("witness") / "witness.sqlite"
    make(path, NAME, KEY.public)
    witness = Witness(path)
    witness.follow(ORIGIN, OFFICERS)
    cosigned: list[BookCopy] = []
    for side, more, whole in steps:
        copy = branch(*range(10 + 10 * side, 10 + 10 * side + more))
        try:
            if whole:
                witness.take(copy, BASE.attachments, AT)
            else:
                before = witness.followed()[0].latest
                witness.record(submitted(copy, min(before.size if before else 0, len(copy.bodies))), AT)
        except Turned:
            continue
        cosigned.append(copy)
    witness.close()
    for one in cosigned:
        for other in cosigned:
            common = min(len(one.bodies), len(other.bodies))
            assert one.bodies[:common] == other.bodies[:common]


KILLED = """
import sys
from pathlib import Path
from tests.desk.test_witness import AT, SEALED, Witness, submitted
witness = Witness(Path(sys.argv[1]))
witness.record(submitted(SEALED, 0), AT)
print("recorded", flush=True)
sys.stdin.read()
"""


def test_a_witness_killed_between_recording_and_answering_remembers(file, witness):
    repository = Path(__file__).parents[2]
    command = [sys.executable, "-c", KILLED, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=repository) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "recorded\n"
        os.kill(child.pid, signal.SIGKILL)
    assert latest(witness)[0] == SIZE
    again = witness.record(submitted(SEALED, SIZE), AT + 60)
    assert again.note == SEALED.note, "the same checkpoint is answered when it is asked for again"


def test_a_whole_copy_teaches_the_keys_of_its_board(witness):
    book = Book(bodies=list(BASE.bodies), attachments=BASE.attachments)
    second = book.keys.officer("secretary", 1)
    book.record(BoardInstalled(board=(second,), reason="rotation"), at="2026-03-06")
    rotated = book.seal(generation={"secretary": 1})
    witness.take(SEALED, BASE.attachments, AT)
    assert turned(witness, submitted(rotated, SIZE)) == (403, None)
    witness.take(rotated, BASE.attachments, AT)
    assert {key.public.hex() for key in witness.followed()[0].keys} >= {second.key}
    book.record(Left(member="m9"), at="2026-03-07")
    witness.record(submitted(book.seal(generation={"secretary": 1}), SIZE + 1), AT)


def evidence_of(refusal: pytest.ExceptionInfo[ForkSeen]) -> accused.Fork:
    """The fork, proven from the files of the evidence alone."""
    files = dict(fork.members(refusal.value.evidence))
    return accused.prove(fork.read(files, files.get))


def test_a_second_history_brought_as_a_copy_is_proven(witness):
    witness.take(branch(9), BASE.attachments, AT)
    with pytest.raises(ForkSeen) as caught:
        witness.take(branch(8, 7), BASE.attachments, AT)
    assert [side.checkpoint.size for side in evidence_of(caught).sides] == [SIZE + 1, SIZE + 2]


def test_a_second_history_submitted_as_a_note_is_proven_where_a_copy_came_before(witness):
    witness.take(branch(9), BASE.attachments, AT)
    with pytest.raises(ForkSeen) as caught:
        witness.record(Submission(SIZE + 1, (), branch(8).note), AT)
    assert evidence_of(caught).book == BASE.state.id


def test_a_second_history_shorter_than_what_was_seen_is_proven_too(witness):
    """The witness compares a copy with every checkpoint that it ever saw, not only with the last."""
    for copy in (branch(9), branch(9, 8, 7)):
        witness.take(copy, BASE.attachments, AT)
    with pytest.raises(ForkSeen) as caught:
        witness.take(branch(8), BASE.attachments, AT)
    assert evidence_of(caught).sides[0].checkpoint.size == SIZE + 1


def test_a_second_history_of_a_size_that_was_never_seen_is_proven_by_the_last_whole_copy(witness):
    """Whether it comes as a copy or as a note alone: the witness knows what its last copy was at any size."""
    witness.take(branch(9, 8, 7), BASE.attachments, AT)
    with pytest.raises(ForkSeen) as caught:
        witness.take(branch(8), BASE.attachments, AT)
    assert [side.checkpoint.size for side in evidence_of(caught).sides] == [SIZE + 1, SIZE + 3]
    with pytest.raises(ForkSeen) as caught:
        witness.record(Submission(0, (), branch(6).note), AT)
    assert caught.value.size == SIZE + 3


def test_an_older_copy_of_the_same_history_is_no_fork_and_is_not_cosigned_again(witness):
    witness.take(branch(9, 8), BASE.attachments, AT)
    with pytest.raises(Turned, match="older") as caught:
        witness.take(branch(9), BASE.attachments, AT)
    assert not isinstance(caught.value, ForkSeen)


def test_a_copy_that_the_board_did_not_seal_is_forbidden(witness):
    book = Book(bodies=list(BASE.bodies), attachments=BASE.attachments)
    with pytest.raises(Turned, match="chair did not sign"):
        witness.take(book.seal("secretary"), BASE.attachments, AT)


def test_a_book_is_followed_by_its_own_officers_keys(witness):
    with pytest.raises(WitnessError, match="keys of its officers"):
        witness.follow(ORIGIN, [note.Verifier("elsewhere/chair", KEY.public)])


def test_a_witness_is_never_made_over(file):
    with pytest.raises(WitnessError, match="is there already"):
        make(file, NAME, KEY.public)


def test_a_file_of_something_else_is_no_witness(tmp_path):
    with pytest.raises(WitnessError, match="is not there"):
        Witness(tmp_path / "none.sqlite")
    (tmp_path / "other.sqlite").write_bytes(b"")
    with pytest.raises(WitnessError, match="not the memory of a witness"):
        Witness(tmp_path / "other.sqlite")


def test_a_file_that_fails_is_not_used_again(witness):
    witness.close()
    with pytest.raises(WitnessError):
        witness.record(submitted(SEALED, 0), AT)
