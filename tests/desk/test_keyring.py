"""Officers' keys at rest (book.md, "Keys"): sealed, private, committed to before they are needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.utils import random

from tests.book.builders import OFFICERS, book_of
from tinkuy.assembly.founding import Officer
from tinkuy.book import checkpoint
from tinkuy.book.keys import Cost, commitment
from tinkuy.desk.desk import joined
from tinkuy.desk.keyring import Keyring, KeyringError, open_file

CHEAP = Cost(passes=1, memory=8_192)
WORDS = "cuatro vientos al sur"


@pytest.fixture
def ring(tmp_path) -> Keyring:
    return Keyring(tmp_path / "keys")


def succeeded(ring: Keyring, seat: Officer) -> Officer:
    """The seat after a rotation to the key that lies in the folder."""
    return ring.succeed(seat, ring.following(seat, WORDS), WORDS, random, CHEAP)


def test_a_key_opens_with_its_passphrase_and_no_other(ring):
    seat = ring.create("chair", WORDS, random, CHEAP)
    assert ring.unseal(seat, WORDS).public.hex() == seat.key
    with pytest.raises(KeyringError, match="passphrase"):
        ring.unseal(seat, WORDS + " ")


def test_a_passphrase_typed_on_another_keyboard_is_the_same(ring):
    seat = ring.create("chair", "pa\u0301ramo y vin\u0303a", random, CHEAP)
    assert ring.unseal(seat, "páramo y viña").public.hex() == seat.key


def test_a_key_is_never_written_over(ring):
    ring.create("chair", WORDS, random, CHEAP)
    before = sorted((file.name, file.read_bytes()) for file in ring.folder.iterdir())
    with pytest.raises(KeyringError, match="never written over"):
        ring.create("chair", WORDS, random, CHEAP)
    assert sorted((file.name, file.read_bytes()) for file in ring.folder.iterdir()) == before


def test_a_role_is_no_path(ring):
    for role in ("../chair", "chair/x", "", "Chair", "a b"):
        with pytest.raises(KeyringError, match="is not a role"):
            ring.create(role, WORDS, random, CHEAP)


def test_the_next_key_is_the_one_committed_to(ring):
    seat = ring.create("chair", WORDS, random, CHEAP)
    after = succeeded(ring, seat)
    assert commitment(bytes.fromhex(after.key)).hex() == seat.next
    ring.settle(after)
    assert sorted(file.name for file in ring.folder.iterdir()) == ["chair.json", "chair.next.json"]
    again = succeeded(ring, after)
    assert commitment(bytes.fromhex(again.key)).hex() == after.next


def test_a_rotation_cut_short_before_the_book_recorded_it_is_done_again(ring):
    seat = ring.create("chair", WORDS, random, CHEAP)
    succeeded(ring, seat)
    assert ring.unseal(seat, WORDS).public.hex() == seat.key
    after = succeeded(ring, seat)
    ring.settle(after)
    assert ring.unseal(after, WORDS).public.hex() == after.key


@pytest.mark.parametrize("renamed", [False, True], ids=["before the names", "between the names"])
def test_a_rotation_cut_short_after_the_book_recorded_it_is_finished_by_the_next(ring, renamed):
    after = succeeded(ring, ring.create("chair", WORDS, random, CHEAP))
    if renamed:
        (ring.folder / "chair.next.json").replace(ring.folder / "chair.json")
    assert ring.unseal(after, WORDS).public.hex() == after.key
    again = succeeded(ring, after)
    assert commitment(bytes.fromhex(again.key)).hex() == after.next
    ring.settle(again)
    assert ring.unseal(again, WORDS).public.hex() == again.key


@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"public":"zz"}', b'{"public":7}', b"9" * 9_000])
def test_a_file_that_is_no_key_is_passed_over_or_refused_by_name(ring, text):
    seat = ring.create("chair", WORDS, random, CHEAP)
    Path(ring.folder, "chair.json").write_bytes(text)
    with pytest.raises(KeyringError, match="the key that chair needs is not in"):
        ring.unseal(seat, WORDS)


@given(st.permutations(sorted(OFFICERS)), st.integers(min_value=0, max_value=2))
def test_signatures_join_in_any_order_and_a_false_one_is_left_out(roles, false):
    book = book_of(3)
    keys = {role: key.public for role, key in OFFICERS.items()}
    note = book.checkpoint().note
    alone = [_signed_by(note, role) for role in roles]
    if false < len(alone):
        line = alone[false].rindex(b" ") + 20
        alone.insert(0, alone[false][:line] + bytes([alone[false][line] ^ 1]) + alone[false][line + 1 :])
    held = alone[0]
    for come in alone[1:]:
        held = joined(held, come, keys)
    assert checkpoint.signed_by(checkpoint.parse(held), keys) == set(keys)


def _signed_by(note: bytes, role: str) -> bytes:
    text, _, lines = note.rpartition(b"\n\n")
    return text + b"\n\n" + next(line for line in lines.splitlines(keepends=True) if f"/{role} ".encode() in line)


def test_signatures_on_another_checkpoint_do_not_join():
    keys = {role: key.public for role, key in OFFICERS.items()}
    older, newer = book_of(2).checkpoint().note, book_of(3).checkpoint().note
    assert joined(older, newer, keys) == newer


def test_the_next_key_moves_to_a_file_elsewhere_and_opens_there(ring, tmp_path):
    seat = ring.create("chair", WORDS, random, CHEAP)
    stick = tmp_path / "chair.next.json"
    ring.keep_apart(seat, WORDS, stick)
    assert sorted(file.name for file in ring.folder.iterdir()) == ["chair.json"]
    assert stick.stat().st_mode & 0o777 == 0o600
    assert commitment(open_file(stick, WORDS).public).hex() == seat.next
    assert (ring.at_hand(seat), ring.holds_following(seat)) == ("here", False)
    with pytest.raises(KeyringError, match="the next key of chair is not in"):
        ring.following(seat, WORDS)


def test_a_next_key_is_not_moved_over_a_file_nor_before_it_opens(ring, tmp_path):
    seat = ring.create("chair", WORDS, random, CHEAP)
    before = sorted(file.name for file in ring.folder.iterdir())
    taken = tmp_path / "taken.json"
    taken.write_text("otra cosa", encoding="utf-8")
    with pytest.raises(KeyringError, match="never written over"):
        ring.keep_apart(seat, WORDS, taken)
    with pytest.raises(KeyringError, match="passphrase"):
        ring.keep_apart(seat, WORDS + " ", tmp_path / "new.json")
    assert sorted(file.name for file in ring.folder.iterdir()) == before
    assert taken.read_text(encoding="utf-8") == "otra cosa"


def test_a_rotation_takes_the_next_key_from_where_it_is_kept(ring, tmp_path):
    seat = ring.create("chair", WORDS, random, CHEAP)
    stick = tmp_path / "chair.next.json"
    ring.keep_apart(seat, WORDS, stick)
    after = ring.succeed(seat, open_file(stick, WORDS), WORDS, random, CHEAP)
    assert ring.at_hand(seat) == "here"  # until the book has recorded it
    ring.settle(after)
    assert ring.unseal(after, WORDS).public.hex() == after.key
    assert ring.at_hand(seat) == "other"
    assert commitment(ring.following(after, WORDS).public).hex() == after.next


def test_a_recovery_begins_in_a_folder_without_any_key(ring, tmp_path):
    seat = ring.create("chair", WORDS, random, CHEAP)
    stick = tmp_path / "chair.next.json"
    ring.keep_apart(seat, WORDS, stick)
    new = Keyring(tmp_path / "new" / "keys")
    assert new.at_hand(seat) == "none"
    after = new.succeed(seat, open_file(stick, WORDS), "otra contraseña larga", random, CHEAP)
    new.settle(after)
    assert new.unseal(after, "otra contraseña larga").public.hex() == after.key
    assert sorted(file.name for file in new.folder.iterdir()) == ["chair.json", "chair.next.json"]


def test_only_the_key_that_was_committed_to_comes_next(ring):
    seat = ring.create("chair", WORDS, random, CHEAP)
    with pytest.raises(KeyringError, match="not the key that the book has committed to"):
        ring.succeed(seat, ring.unseal(seat, WORDS), WORDS, random, CHEAP)


def test_a_folder_that_came_back_from_a_backup_says_so(ring, tmp_path):
    """The copy was made before a rotation; what is in it is not what the book names now."""
    seat = ring.create("chair", WORDS, random, CHEAP)
    backup = (ring.folder / "chair.json").read_bytes()
    after = succeeded(ring, seat)
    ring.settle(after)
    restored = Keyring(tmp_path / "restored")
    restored.folder.mkdir()
    (restored.folder / "chair.json").write_bytes(backup)
    assert restored.at_hand(after) == "other"
    with pytest.raises(KeyringError, match="is not the one that the book names now"):
        restored.unseal(after, WORDS)
