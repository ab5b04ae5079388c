"""What comes of a copy that meets a book: taken in, left, held back, or kept as evidence; never half."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Book, sealed
from tests.exchange.bodies import Body, Drawer, files_of, held, installation, met, met_file, packed
from tests.exchange.hazards import Fragile, Killed
from tinkuy.assembly.vote import Declared
from tinkuy.book import tiles
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.desk.desk import Desk
from tinkuy.desk.exchange import MAX_LINES, Exchange, bounded
from tinkuy.desk.exchange_places import ExchangeError, Offer
from tinkuy.federation.archive import BookCopy
from tinkuy.words import Spoken

LONG = 600  # acts: more than two bundles


@pytest.fixture(scope="module")
def body() -> Body:
    return Body("puno")


@pytest.fixture(scope="module")
def long() -> Body:
    return Body("melgar", (300, LONG))


class Counting(Drawer):
    """A drawer that notes what is read from it."""

    def __init__(self, files):
        super().__init__(files)
        self.asked: list[str] = []

    def read(self, path, most):
        self.asked.append(path)
        return super().read(path, most)


def test_what_is_new_is_taken_in_once_whatever_comes_first(body):
    exchange, attachments = installation(), body.book.attachments
    outcomes = [
        (came.outcome, came.acts, came.attachments)
        for copy in (body.stages[1], body.stages[1], body.stages[0], body.stages[2], body.stages[1])
        for came in [met(exchange, copy, attachments)]
    ]
    assert outcomes == [("new", 6, 1), ("same", 0, 0), ("signed", 0, 0), ("grown", 3, 0), ("same", 0, 0)]
    assert tuple(held(exchange, body.id)) == body.stages[2].bodies


@given(order=st.lists(st.integers(0, 2), min_size=1, max_size=6))
@settings(max_examples=25)
def test_any_order_of_copies_ends_with_the_longest(body, order):
    exchange = installation()
    for stage in order:
        met(exchange, body.stages[stage], body.book.attachments)
    assert tuple(held(exchange, body.id)) == body.stages[max(order)].bodies
    assert exchange.offered(body.id).copy.note == body.stages[max(order)].note


def test_the_same_signatures_in_another_order_are_nothing_new(body):
    exchange, copy = installation(), body.stages[1]
    met(exchange, copy, body.book.attachments)
    head, blank, lines = copy.note.rpartition(b"\n\n")
    turned = head + blank + b"".join(reversed(lines.splitlines(keepends=True)))
    assert turned != copy.note
    assert met(exchange, BookCopy(copy.bodies, turned), {}).outcome == "same"
    assert exchange.desk.store.checkpoints(body.id) == [copy.note]


def test_a_continuation_reads_only_the_bundles_that_are_not_here(long):
    exchange = installation()
    met(exchange, long.stages[0], long.book.attachments)
    drawer = Counting(files_of(long.stages[1], long.book.attachments))
    exchange.meet(Offer(drawer, "", "copy"))
    assert [path for path in drawer.asked if path.startswith("tile")] == [
        tiles.tile_path("entries", 1),
        tiles.tile_path("entries", 2, LONG - 512),
    ]


def test_an_older_copy_is_recognised_without_reading_its_acts(long):
    exchange = installation()
    met(exchange, long.stages[1], long.book.attachments)
    drawer = Counting(files_of(long.stages[0], {}))
    exchange.meet(Offer(drawer, "", "copy"))
    assert [path for path in drawer.asked if path.startswith("tile")] == []


@pytest.mark.parametrize("since", ["nothing", "a part"])
def test_a_byte_altered_anywhere_is_refused_and_nothing_is_written(body, since):
    files = files_of(body.stages[2], body.book.attachments)
    bundle = next(path for path in files if path.startswith("tile/entries"))
    for path, places in {
        bundle: range(0, len(files[bundle]), 97),
        "checkpoint": range(0, len(files["checkpoint"]), 23),
    }.items():
        for place in places:
            exchange = installation()
            if since == "a part":
                met(exchange, body.stages[0], body.book.attachments)
            before = held(exchange, body.id)
            data = files[path]
            damaged = {**files, path: data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]}
            # One letter of a signature may be the only thing that is wrong: then the other officer's still stands.
            with suppress(Spoken):
                assert exchange.meet(Offer(Drawer(damaged), "", "copy")).outcome == "waits"
            assert held(exchange, body.id) == before
            assert exchange.desk.store.checkpoints(body.id) == ([body.stages[0].note] if before else [])


def test_a_file_cut_off_anywhere_is_refused_and_nothing_is_written(body):
    data = packed(body.stages[1], body.book.attachments)
    for end in range(0, len(data), 101):
        exchange = installation()
        with pytest.raises(Spoken):
            met_file(exchange, data[:end])
        assert exchange.desk.store.books() == []


def test_statutes_that_are_lacking_or_altered_are_asked_for(body):
    (digest,) = body.book.attachments
    for attachments in ({}, {digest: b"name = 'another'"}):
        exchange = installation()
        with pytest.raises(ExchangeError, match="not attached"):
            met(exchange, body.stages[0], attachments)
        assert exchange.desk.store.books() == []
        assert met(exchange, body.stages[0], body.book.attachments).outcome == "new"


def test_an_attachment_comes_later_and_one_that_no_act_names_never(body):
    first, second = body.book.attachments, {}
    other = Book(body.book.statutes, "puno")
    extra = other.attach(b"a photograph")
    exchange = installation()
    came = met(exchange, body.stages[0], {**first, **other.attachments})
    assert came.attachments == 1
    assert exchange.desk.attachments.get(extra) is None
    assert met(exchange, body.stages[0], second).outcome == "same"


def test_an_attachment_that_was_lacking_is_taken_with_the_same_checkpoint():
    book = Book().founded()
    photograph = book.attach(b"a photograph of the paper sheet")
    book.force({"act": "note.made", "photo": photograph})
    copy = book.seal()
    statutes = {digest: data for digest, data in book.attachments.items() if digest != photograph}
    exchange = installation()
    assert met(exchange, copy, statutes).attachments == 1
    came = met(exchange, copy, book.attachments)
    assert (came.outcome, came.attachments) == ("same", 1)
    assert exchange.desk.attachments.get(photograph) == b"a photograph of the paper sheet"
    assert exchange.named(copy) == book.attachments


def test_a_damaged_attachment_is_left_and_the_acts_are_kept():
    book = Book().founded()
    photograph = book.attach(b"a photograph of the paper sheet")
    copy = book.force({"act": "note.made", "photo": photograph}).seal()
    exchange = installation()
    came = met(exchange, copy, {**book.attachments, photograph: b"another photograph"})
    assert (came.outcome, len(came.left)) == ("new", 1)
    assert exchange.desk.attachments.get(photograph) is None


def test_a_breach_is_told_and_the_book_is_kept_readable():
    book = Book().founded().enrolled(10)
    book.force(Declared(vote=1, outcome="carried"))
    exchange = installation()
    came = met(exchange, book.seal(), book.attachments)
    assert came.outcome == "new"
    assert [breach.n for breach in came.breaches] == [2]
    assert len(held(exchange, parse_checkpoint(book.seal().note).book_id)) == 3


def test_what_one_officer_signed_waits_until_the_whole_board_has(body):
    exchange = installation()
    for before in (None, body.stages[0]):
        if before is not None:
            met(exchange, before, body.book.attachments)
        came = met(exchange, body.provisional(1), body.book.attachments)
        assert (came.outcome, came.lacking) == ("waits", ("chair",))
        assert len(held(exchange, body.id)) == (0 if before is None else 3)
    assert met(exchange, body.stages[1], body.book.attachments).acts == 3


def test_signatures_of_two_officers_meet_where_the_acts_are_held(body):
    exchange = installation()
    desk = exchange.desk
    for data in body.book.attachments.values():
        desk.attach(data)
    desk.take(body.provisional(1))  # as `tinkuy desk import` does for the body's own laptops
    chair = sealed(body.stages[1].bodies, body.book.keys, roles=("chair",))
    assert met(exchange, chair, {}).outcome == "signed"
    assert exchange.offered(body.id).seal.whole


def test_a_key_of_nobody_seals_nothing(body):
    stranger = sealed(body.stages[1].bodies, Book(name="Otra").keys)
    exchange = installation()
    with pytest.raises(ExchangeError, match="no officer"):
        met(exchange, stranger, body.book.attachments)
    assert exchange.desk.store.books() == []


def test_a_fork_leaves_ours_as_it_is_and_keeps_the_other_once(body):
    exchange = installation()
    met(exchange, body.stages[2], body.book.attachments)
    other = body.other(0, (5, 11))
    for _ in range(2):
        for copy in other:
            came = met(exchange, copy, body.book.attachments)
            assert (came.outcome, came.first) == ("forked", 3)
    assert tuple(held(exchange, body.id)) == body.stages[2].bodies
    assert exchange.desk.store.checkpoints(body.id) == [body.stages[2].note]
    assert len(exchange.branches(body.id)) == 2


def test_evidence_is_a_book_that_shows_the_fork_to_whoever_gets_it(body):
    first, second = installation(), installation()
    other = body.other(0, (11,))[0]
    met(first, body.stages[2], body.book.attachments)
    met(first, other, body.book.attachments)
    met(second, body.stages[1], body.book.attachments)
    (path,) = first.branches(body.id)
    (came,) = met_file(second, first.shelf.read(path, 10**7))
    assert came.outcome == "forked"
    newcomer = installation()
    assert [one.outcome for one in met_file(newcomer, first.shelf.read(path, 10**7))] == ["new"]
    assert tuple(held(newcomer, body.id)) == other.bodies


def test_a_contradiction_that_the_board_did_not_seal_accuses_nobody(body):
    exchange = installation()
    met(exchange, body.stages[2], body.book.attachments)
    other = body.other(0, (11,))[0]
    alone = sealed(other.bodies, body.book.keys, roles=("secretary",))
    with pytest.raises(ExchangeError, match="not sealed by the board"):
        met(exchange, alone, body.book.attachments)
    assert exchange.branches(body.id) == []


def test_acts_that_were_never_sealed_here_are_no_fork(body):
    exchange = installation()
    met(exchange, body.stages[0], body.book.attachments)
    mine = body.other(0, (5,))[0]
    exchange.desk.store.append(body.id, 3, mine.bodies[3:], "recorded and not sealed")
    with pytest.raises(ExchangeError, match="act 3 is another one here, recorded and never sealed"):
        met(exchange, body.stages[1], body.book.attachments)
    assert exchange.branches(body.id) == []
    assert tuple(held(exchange, body.id)) == mine.bodies


def test_a_seal_over_acts_recorded_here_is_taken_though_more_follow(body):
    exchange = installation()
    met(exchange, body.stages[0], body.book.attachments)
    exchange.desk.store.append(body.id, 3, body.stages[2].bodies[3:], "recorded here")
    assert met(exchange, body.stages[1], {}).outcome == "signed"
    assert exchange.offered(body.id).copy == body.stages[1]


def test_what_travels_is_what_the_whole_board_sealed(body):
    exchange = installation()
    met(exchange, body.stages[0], body.book.attachments)
    exchange.desk.take(body.provisional(1))
    assert exchange.offered(body.id).copy == body.stages[0]


def test_lines_of_strangers_leave_room_for_the_officer_who_signs_last(body):
    copy = body.provisional(0)
    keys = {role: key.public for role, key in body.book.keys.signers().items()}
    noise = b"".join(f"\N{EM DASH} stranger-{n} {'A' * 8}\n".encode() for n in range(99))
    head, blank, lines = copy.note.rpartition(b"\n\n")
    note = bounded(head + blank + noise + lines, keys)
    assert note.count(b"stranger") == MAX_LINES
    assert note.endswith(lines)
    exchange = installation()
    exchange.desk.attach(*body.book.attachments.values())
    exchange.desk.take(copy)
    met(exchange, BookCopy(copy.bodies, head + blank + lines + noise), {})
    assert met(exchange, body.stages[0], {}).outcome == "signed"
    assert exchange.offered(body.id).seal.whole


def test_a_checkpoint_of_more_acts_than_are_read_is_refused_before_its_acts_are_asked_for(body):
    note = body.stages[0].note.replace(b"\n3\n", b"\n9000000000\n", 1)
    drawer = Counting({**files_of(body.stages[0], {}), "checkpoint": note})
    with pytest.raises(ExchangeError, match="9,000,000,000 acts"):
        installation().meet(Offer(drawer, "", "copy"))
    assert drawer.asked == ["checkpoint"]


def test_a_process_killed_between_any_two_writes_has_written_all_or_nothing(body):
    for first, second in ((None, 0), (0, 2)):
        for writes in range(12):
            exchange = installation()
            if first is not None:
                met(exchange, body.stages[first], body.book.attachments)
            before = (held(exchange, body.id), exchange.desk.store.checkpoints(body.id))
            store = exchange.desk.store
            fragile = Fragile(store)
            fragile.left = writes
            with suppress(Killed):
                met(Exchange(Desk(fragile), Drawer()), body.stages[second], body.book.attachments)
            after = (store.bodies(body.id), store.checkpoints(body.id))
            there = all(store.attachment(name) is not None for name in body.book.attachments)
            whole = body.stages[second]
            assert (*after, there) in (
                (*before, first is not None),
                (list(whole.bodies), [*before[1], whole.note], True),
            )


def test_a_folder_named_by_another_book_is_refused(body):
    other = Body("otra").id
    files = files_of(body.stages[0], body.book.attachments, f"{other}/")
    with pytest.raises(ExchangeError, match="another book"):
        installation().meet(Offer(Drawer(files), f"{other}/", "copy"))
