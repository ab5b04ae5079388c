"""The register and the roll.

Source: statutes `electorate`, `windows`; assembly.md, "the roll freezes before voting opens".
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import STATUTES, Book, refused
from tinkuy.assembly.days import between
from tinkuy.assembly.register import Enrolled, Left, Register, Reinstated, RollFrozen, RollPublished, Suspended


def register(book: Book) -> Register:
    return book.state.room(Register)


def test_members_are_numbered_in_the_order_of_enrolment() -> None:
    book = Book().founded().enrolled(10).enrolled(5)
    assert register(book).enrolled == 15
    for first in (1, 15, 17, 0, -1):
        with refused(f"the next member is m16, not m{first}"):
            book.record(Enrolled(first=first, count=1, root="00" * 32))


@pytest.mark.parametrize("count", [0, -1, 1_000_001])
def test_a_batch_enrols_somebody_and_not_everybody(count: int) -> None:
    with refused("a batch enrols between 1 and 1,000,000 members"):
        Book().founded().record(Enrolled(first=1, count=count, root="00" * 32))


def test_the_commitments_are_known_by_their_root() -> None:
    with refused("the root of the commitments is not 64 hexadecimal digits"):
        Book().founded().record(Enrolled(first=1, count=1, root="Justina Quispe"))


@pytest.mark.parametrize("member", ["m0", "m01", "17", "M1", "m", "m1 ", "mm1", "m٣", "Justina", "m9999999999"])
def test_a_member_is_a_pseudonym_and_never_a_name(member: str) -> None:
    with refused(f"“{member}” is not a member: write m and a number, e.g. m17"):
        Book().founded().enrolled(20).record(Left(member=member))


def test_nobody_is_suspended_who_is_not_there() -> None:
    book = Book().founded().enrolled(3)
    with refused("m4 is not enrolled: the register ends at m3"):
        book.record(Suspended(member="m4", reason="deuda"))
    with refused("a suspension takes a reason"):
        book.record(Suspended(member="m3", reason="  "))
    book.record(Left(member="m3"))
    with refused("m3 has left"):
        book.record(Suspended(member="m3", reason="deuda"))


def test_the_suspended_belong_and_do_not_decide() -> None:
    book = Book().founded().enrolled(10).record(Suspended(member="m1", reason="deuda"))
    assert (register(book).members, register(book).qualified) == (10, 9)
    with refused("m1 is suspended already"):
        book.record(Suspended(member="m1", reason="deuda"))
    book.record(Reinstated(member="m1"))
    assert (register(book).members, register(book).qualified) == (10, 10)
    with refused("m1 is not suspended"):
        book.record(Reinstated(member="m1"))


def test_a_number_is_never_given_again() -> None:
    book = Book().founded().enrolled(3).record(Left(member="m3")).enrolled(1)
    assert (register(book).enrolled, register(book).members) == (4, 3)
    with refused("m3 has left"):
        book.record(Left(member="m3"))


def test_a_suspended_member_who_leaves_is_counted_out_once() -> None:
    book = Book().founded().enrolled(10).record(Suspended(member="m1", reason="deuda"), Left(member="m1"))
    assert (register(book).members, register(book).qualified) == (9, 9)


def test_the_roll_is_published_before_it_is_frozen() -> None:
    with refused("the roll was not published before it was frozen"):
        Book().founded().enrolled().frozen()


@pytest.mark.parametrize(("day", "passed"), [("2026-02-01", 0), ("2026-02-05", 4), ("2026-01-20", -12)])
def test_the_roll_is_not_frozen_while_objections_are_open(day: str, passed: int) -> None:
    with refused(f"objections to the roll are open for 5 days; {passed} have passed since it was published"):
        Book().founded().enrolled().published("2026-02-01").frozen(day)
    Book().founded().enrolled().published("2026-02-01").frozen("2026-02-06")


def test_days_for_objections_may_be_business_days() -> None:
    """From Friday 6 to Friday 13 February 2026 five business days pass; to Thursday, four."""
    statutes = STATUTES.replace(b"[windows]", b'[windows]\ndays_are = "business"')
    with refused("4 have passed"):
        Book(statutes).founded().enrolled().published("2026-02-06").frozen("2026-02-12")
    Book(statutes).founded().enrolled().published("2026-02-06").frozen("2026-02-13")


@pytest.mark.parametrize("kind", [RollPublished, RollFrozen])
def test_a_roll_is_the_one_that_the_register_adds_up_to(kind: type[RollPublished]) -> None:
    book = Book().founded().enrolled(100).published()
    right = RollPublished(hash=register(book).hash(), count=100)
    with refused("the register counts 100 who may vote, the roll says 101"):
        book.record(kind(hash=right.hash, count=101), at="2026-02-10")
    with refused("the roll is not the one that the register adds up to"):
        book.record(kind(hash="00" * 32, count=100), at="2026-02-10")


def test_a_roll_has_somebody_on_it() -> None:
    with refused("nobody on the roll may vote"):
        Book().founded().published()


def test_who_counts_is_what_the_statutes_say() -> None:
    members = STATUTES + b'[electorate]\nbase = "members"\n'
    for statutes, expected in ((STATUTES, 9), (members, 10)):
        book = Book(statutes).founded().enrolled(10).record(Suspended(member="m1", reason="deuda"))
        roll = RollPublished(hash=register(book).hash(), count=expected)
        book.record(roll)
        with refused("who may vote, the roll says"):
            book.record(msgspec.structs.replace(roll, count=19 - expected))


def test_the_hash_of_the_register_tells_every_difference() -> None:
    book = Book().founded().enrolled(10)
    seen = {register(book).hash()}
    for act in (Suspended(member="m1", reason="x"), Left(member="m2"), Enrolled(first=11, count=1, root="11" * 32)):
        seen.add(register(book.record(act)).hash())
    assert len(seen) == 4
    book.record(Reinstated(member="m1"))
    assert register(book).hash() not in seen


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(-400, 400))
def test_business_days_are_those_from_monday_to_friday(first: date, days: int) -> None:
    """Counted here one by one."""
    last = first + timedelta(days)
    walked = sum((first + timedelta(step)).weekday() < 5 for step in range(1, days + 1))
    assert between(first.isoformat(), last.isoformat()) == days
    if days >= 0:
        assert between(first.isoformat(), last.isoformat(), business=True) == walked


@pytest.mark.parametrize("text", ["", "ayer", "2026-13-01", "2026-02-30", "\x00"])
def test_what_is_no_date_has_no_days(text: str) -> None:
    assert between(text, "2026-03-01") is None
    assert between("2026-03-01", text) is None
