"""What every store keeps to, in a file and in a database alike: each rule is tried on both."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.book.builders import OFFICERS, SECRETARY, Book, act, book_of
from tests.store.conftest import Place, kept
from tinkuy.book import checkpoint, merkle
from tinkuy.store import Store, StoreError

ZERO = f"{{{'00' * 32}}}"


def test_a_book_is_kept_and_given_back(store: Store, book: Book):
    assert store.append(book.id, 0, book.bodies[:3], "a") == 3
    assert store.append(book.id, 3, book.bodies[3:], "b") == 7
    assert store.books() == [book.id]
    assert store.size(book.id) == 7
    assert store.bodies(book.id) == book.bodies
    assert store.bodies(book.id, start=5) == book.bodies[5:]


def test_what_was_kept_is_there_when_the_file_is_opened_again(place: Place, book: Book):
    kept(place.open(), book).close()
    again = place.open()
    assert again.bodies(book.id) == book.bodies
    assert again.latest_checkpoint(book.id) == book.checkpoint().note
    again.verify()
    again.close()


def test_a_book_that_is_not_here_is_empty(store: Store, book: Book):
    assert store.books() == []
    assert store.size(book.id) == 0
    assert store.bodies(book.id) == []
    assert store.latest_checkpoint(book.id) is None
    assert store.attachment("00") is None


def test_an_append_at_the_wrong_place_says_both_numbers(store: Store, book: Book):
    store.append(book.id, 0, book.bodies[:3], "a")
    with pytest.raises(StoreError, match="it has 3 entries; entry 5 cannot come next"):
        store.append(book.id, 5, book.bodies[5:], "b")
    with pytest.raises(StoreError, match="it has 3 entries; entry 2 cannot come next"):
        store.append(book.id, 2, [act(2, text="otra")], "c")
    assert store.bodies(book.id) == book.bodies[:3]


def test_a_retried_append_writes_nothing_twice(store: Store, book: Book):
    for _ in range(3):
        assert store.append(book.id, 0, book.bodies[:3], "a") == 3
    store.append(book.id, 3, book.bodies[3:], "b")
    assert store.append(book.id, 0, book.bodies[:3], "a") == 3
    assert store.bodies(book.id) == book.bodies


def test_the_name_of_an_append_is_used_once(store: Store, book: Book):
    store.append(book.id, 0, book.bodies[:3], "a")
    with pytest.raises(StoreError, match="name a was given to another append"):
        store.append(book.id, 3, book.bodies[3:], "a")
    assert store.size(book.id) == 3
    with pytest.raises(StoreError, match="1 to 200"):
        store.append(book.id, 3, book.bodies[3:], "")


def test_an_append_that_fails_may_be_repeated_under_its_name(store: Store, book: Book):
    with pytest.raises(StoreError):
        store.append(book.id, 3, book.bodies[3:], "late")
    store.append(book.id, 0, book.bodies[:3], "early")
    assert store.append(book.id, 3, book.bodies[3:], "late") == 7


def test_only_entries_that_stand_in_this_book_at_this_place_are_kept(store: Store, book: Book):
    for bodies, message in (
        ([b"{}"], "entry 0 is malformed: The entry has no field"),
        ([book.bodies[1]], "entry 0 says that it is number 1"),
        ([act(0, text="otra asamblea")], "founds book"),
        ([*book.bodies[:2], b"\xff"], "entry 2 is malformed"),
    ):
        with pytest.raises(StoreError, match=message):
            store.append(book.id, 0, bodies, "a")
    assert store.books() == []


def test_an_append_of_nothing_at_the_end_is_nothing(store: Store, book: Book):
    store.append(book.id, 0, book.bodies, "a")
    assert store.append(book.id, 7, [], "b") == 7
    with pytest.raises(StoreError, match="it has 7 entries"):
        store.append(book.id, 3, [], "c")


@pytest.mark.parametrize("count", [49, 50, 51, 100, 233])
def test_an_append_of_any_length_is_kept_in_its_order(store: Store, count: int):
    long = book_of(count)
    assert store.append(long.id, 0, long.bodies, "a") == count
    assert store.append(long.id, count, [act(count)], "b") == count + 1
    assert store.bodies(long.id) == [*long.bodies, act(count)]


def test_books_are_listed_in_order(store: Store):
    books = [Book([act(0, text=str(n))]) for n in range(20)]
    for book in books:
        kept(store, book)
    assert store.books() == sorted(book.id for book in books)


def test_all_checkpoints_are_kept_and_the_last_of_the_largest_is_the_latest(store: Store, book: Book):
    store.append(book.id, 0, book.bodies, "a")
    provisional = checkpoint.sign(book.id, 7, merkle.root(book.leaves), {"secretary": SECRETARY})
    sealed, older = book.checkpoint().note, book.checkpoint(size=3).note
    for note in (provisional, sealed, older, sealed):
        store.put_checkpoint(book.id, note)
    assert store.latest_checkpoint(book.id) == sealed
    assert store.checkpoints(book.id) == [older, provisional, sealed]


def test_a_checkpoint_of_other_entries_is_refused(store: Store, book: Book):
    store.append(book.id, 0, book.bodies[:5], "a")
    with pytest.raises(StoreError, match="checkpoint of 7 entries is not one"):
        store.put_checkpoint(book.id, book.checkpoint().note)
    with pytest.raises(StoreError, match="checkpoint of 5 entries is not one"):
        store.put_checkpoint(book.id, checkpoint.sign(book.id, 5, bytes(32), OFFICERS))
    with pytest.raises(StoreError, match="is of book 000"):
        store.put_checkpoint(book.id, checkpoint.sign("0" * 32, 5, bytes(32), OFFICERS))
    with pytest.raises(StoreError, match="malformed"):
        store.put_checkpoint(book.id, b"")
    assert store.checkpoints(book.id) == []


def test_writes_together_are_all_there_or_none(place: Place, store: Store, book: Book):
    with store.together():
        name = store.put_attachment(b"foto")
        kept(store, book)

    def one_too_far() -> None:
        with store.together():
            store.append(book.id, 7, [act(7)], "b")
            store.put_attachment(b"otra foto")
            store.append(book.id, 9, [act(9)], "c")

    with pytest.raises(StoreError, match="cannot come next"):
        one_too_far()
    other = place.open()
    for each in (store, other):
        assert each.size(book.id) == 7
        assert each.latest_checkpoint(book.id) == book.checkpoint().note
        assert each.attachment(name) == b"foto"
        assert each.attachment(hashlib.sha256(b"otra foto").hexdigest()) is None
    other.close()


def test_a_refusal_inside_a_block_undoes_only_itself_when_it_is_handled(store: Store, book: Book):
    with store.together():
        store.append(book.id, 0, book.bodies[:3], "a")
        with pytest.raises(StoreError):
            store.append(book.id, 5, book.bodies[5:], "b")
        store.append(book.id, 3, book.bodies[3:], "c")
    assert store.bodies(book.id) == book.bodies


def test_attachments_are_named_by_their_bytes(store: Store):
    name = store.put_attachment(b"foto del acta")
    assert name == hashlib.sha256(b"foto del acta").hexdigest()
    assert store.put_attachment(b"foto del acta") == name
    assert store.attachment(name) == b"foto del acta"
    with pytest.raises(StoreError, match="67,108,865 bytes"):
        store.put_attachment(bytes(64 * 2**20 + 1))


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("DELETE FROM entry WHERE n = 6", "6 entries, fewer than the 7 of a checkpoint"),
        ("DELETE FROM entry WHERE n = 3", "entry 3 is missing"),
        ("DELETE FROM entry WHERE n = 0", "entry 0 is missing"),
        ("DELETE FROM entry", "a checkpoint and no entries"),
        (f"UPDATE entry SET leaf = {ZERO} WHERE n = 4", "not those of the checkpoint of 7"),
        (f"UPDATE entry SET leaf = {ZERO} WHERE n = 0", "not the one that founds it"),
        (f"UPDATE checkpoint SET root = {ZERO}", "not those of the checkpoint of 7"),
    ],
)
def test_a_book_that_lost_or_changed_entries_is_named_on_opening(place: Place, book: Book, statement, message):
    kept(place.open(), book).close()
    place.edit(statement)
    with pytest.raises(StoreError, match=f"Book {book.id}: .*{message}"):
        place.open()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "UPDATE entry SET body = {00} WHERE n = 4",
            "entry 4 was altered",
        ),
        ("UPDATE checkpoint SET note = {00}", "checkpoint of 7 entries was altered"),
        ("UPDATE attachment SET body = {00}", "attachment .* was altered"),
    ],
)
def test_a_byte_changed_anywhere_is_found_by_a_whole_verification(place: Place, book: Book, statement, message):
    first = kept(place.open(), book)
    first.put_attachment(b"foto")
    first.verify()
    first.close()
    place.edit(statement)
    again = place.open()
    with pytest.raises(StoreError, match=message):
        again.verify()
    again.close()


def test_a_closed_store_refuses_everything(store: Store, book: Book):
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.append(book.id, 0, book.bodies, "a")
    with pytest.raises(StoreError, match="closed"):
        store.books()


def test_threads_share_a_store(store: Store):
    books = [book_of(n + 1) for n in range(1)] + [Book([act(0, text=f"base {n}")]) for n in range(40)]
    threads = [threading.Thread(target=kept, args=(store, book)) for book in books]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.books() == sorted(book.id for book in books)
    store.verify()


def test_a_block_that_is_interrupted_did_not_happen_and_the_store_goes_on(store: Store, book: Book):
    def interrupted() -> None:
        with store.together():
            store.append(book.id, 0, book.bodies[:3], "a")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert store.books() == []
    assert store.append(book.id, 0, book.bodies[:3], "a") == 3


def test_a_block_inside_a_block_is_part_of_it(store: Store, book: Book):
    def failing() -> None:
        with store.together():
            with store.together():
                store.append(book.id, 0, book.bodies, "a")
            assert store.size(book.id) == 7
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert store.size(book.id) == 0


def test_no_text_that_a_database_would_not_keep_is_a_name_or_a_book(store: Store, book: Book):
    for name in ("a\0b", "\ud800", "a\n", "x" * 201):
        with pytest.raises(StoreError, match="1 to 200 printable"):
            store.append(book.id, 0, book.bodies, name)
    for other in ("", "\0", "A" * 32, book.id + "0"):
        with pytest.raises(StoreError, match="is not the id of a book"):
            store.append(other, 0, [], "a")
        assert (store.size(other), store.bodies(other), store.attachment(other)) == (0, [], None)
    assert store.append(book.id, 0, book.bodies, "número 1") == 7


PATIENT = """
import sys
from tests.book.builders import act, Book
from tinkuy.store import StoreError, open_store
where = sys.argv[1]
store, mine, done = open_store(where), sys.argv[2], 0
book = Book([act(0, text="base")])
while done < 50:
    n = store.size(book.id)
    try:
        store.append(book.id, n, [act(n, text=mine) if n else book.bodies[0]], f"{mine} {n}")
        done += 1
    except StoreError as error:
        assert "cannot come next" in str(error), error
store.close()
"""


def together_from_two_programs(place: Place, program: str) -> None:
    root = Path(__file__).parents[2]
    environment = {"PYTHONPATH": f"{root}:{root / 'src'}"}
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(place.address), start], env=environment, cwd=root)
        for start in ("0", "50")
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]


def test_two_programs_that_write_to_one_book_never_take_the_same_place(place: Place):
    together_from_two_programs(place, PATIENT)
    store = place.open()
    assert store.size(store.books()[0]) == 100
    store.verify()
    store.close()


WRITER = """
import sys
from tests.book.builders import act, Book
from tinkuy.store import open_store
store = open_store(sys.argv[1])
for n in range(int(sys.argv[2]), int(sys.argv[2]) + 50):
    book = Book([act(0, text=f"base {n}")])
    store.append(book.id, 0, book.bodies, str(n))
store.close()
"""


def test_two_programs_write_to_one_store(place: Place):
    together_from_two_programs(place, WRITER)
    store = place.open()
    assert len(store.books()) == 100
    store.verify()
    store.close()
