"""Consultations in the federation's own book: what is fixed stays fixed, and each step waits for the one before.

Source: federation.md, "Consultation", "Tally sheet".
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.builders import STATUTES, YES_NO, Book, refused
from tinkuy.assembly.act import kinds
from tinkuy.assembly.founding import AffiliationAccepted
from tinkuy.assembly.vote import Option
from tinkuy.demo.bases import Keys
from tinkuy.federation.consultation import (
    Archived,
    Certified,
    Closed,
    Consultations,
    Drafted,
    Opened,
    Ratified,
    UnitsFrozen,
)
from tinkuy.federation.levels import TreeDefined, TreeNodes
from tinkuy.federation.returns import (
    Annulled,
    DelegateVoted,
    Forked,
    NotHeld,
    Observed,
    Received,
    Resolved,
)

ROLL, OTHER = "ab" * 32, "cd" * 32
BOOKS = {"1": "1" * 32, "2": "2" * 32}


def federation() -> Book:
    """Two bases in one province, and nothing asked of them yet."""
    book = Book(name="Federacion").founded()
    book.record(TreeDefined(levels=("region", "province"), nodes=(("01", "Uno", ""), ("0101", "Uno uno", "01"))))
    for code, base in BOOKS.items():
        book.record(
            AffiliationAccepted(
                code=code, book=base, name=f"Base {code}", body="community", under="0101", board=Keys(1, code).board()
            )
        )
    return book


def drafted(**changes: Any) -> tuple[Book, str]:
    book = federation()
    act = Drafted(
        question="Paro?",
        options=YES_NO,
        rule="ordinary",
        opens="2026-03-01T12:00:00Z",
        closes="2026-03-08T23:59:59Z",
    )
    book.record(msgspec.structs.replace(act, **changes))
    return book, next(iter(book.state.room(Consultations).by_id))


def units(name: str) -> UnitsFrozen:
    return UnitsFrozen(consultation=name, units=tuple((code, base, 100, ROLL) for code, base in BOOKS.items()))


def open_() -> tuple[Book, str]:
    book, name = drafted()
    return book.record(units(name), Opened(consultation=name, units=2, eligible=200)), name


def received(name: str, unit: str = "1", **changes: Any) -> Received:
    act = Received(consultation=name, unit=unit, index=3, leaf=ROLL, size=5, root=OTHER, state="normal")
    return msgspec.structs.replace(act, **changes)


def closed() -> tuple[Book, str]:
    book, name = open_()
    book.record(received(name)).record(Closed(consultation=name), at="2026-03-09")
    return book, name


def state(book: Book, name: str, unit: str = "1") -> str:
    return book.state.room(Consultations).by_id[name].units[unit].state


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"question": ""}, "a question needs words"),
        ({"options": YES_NO[:1]}, "a question has between 2 and 64 options"),
        ({"rule": "nada"}, 'no majority for "nada"'),
        ({"closes": "2026-03-01T12:00:00Z"}, "a consultation opens before it closes"),
        ({"closes": "2026-02-01T12:00:00Z"}, "a consultation opens before it closes"),
        ({"closes": "mañana"}, "write both as 2026-03-08T20:00:00Z"),
        ({"opens": "2026-3-1T2:00:00Z"}, "write both as 2026-03-08T20:00:00Z"),
        ({"closes": "2026-03-08T23:59:59-05:00"}, "write both as 2026-03-08T20:00:00Z"),
        ({"closes": "٢٠٢٦-03-08T23:59:59Z"}, "write both as 2026-03-08T20:00:00Z"),
    ],
)
def test_a_question_is_fixed_with_its_options_its_rule_and_its_window(changes: dict[str, Any], sentence: str) -> None:
    with refused(sentence):
        drafted(**changes)


def test_a_rule_that_no_sheet_has_the_figures_for_is_refused_when_the_question_is_drafted() -> None:
    strata = b"""
[electorate]
strata = [{ name = "docentes", weight = "2/3" }, { name = "estudiantes", weight = "1/3" }]
[majority.claustro]
tests = [{ numerator = "for", denominator = "for+against", fraction = "1/2", op = ">", weighted = true }]
"""
    book = Book(STATUTES + strata).founded()
    act = Drafted(
        question="Paro?",
        options=YES_NO,
        rule="claustro",
        opens="2026-03-01T12:00:00Z",
        closes="2026-03-08T23:59:59Z",
    )
    with refused("the figures of", "docentes", "are missing"):
        book.record(act)


@pytest.mark.parametrize(
    ("nodes", "sentence"),
    [
        ([("02", "Dos", "")] * 2, "the node 02 is defined twice"),
        ([("01", "Otra vez", "")], "the node 01 is defined twice"),
        ([("02", "Dos", "99")], "the node 02 hangs under 99, which is not defined"),
        ([("02", "Dos", "02")], "the node 02 hangs under 02, which is not defined"),
        ([("02", "Dos", "0101")], "the node 02 lies below the lowest level"),
        ([("", "Dos", "")], "a node needs a code and a name"),
        ([("02", "", "")], "a node needs a code and a name"),
        ([("x" * 41, "Dos", "")], "a node needs a code and a name"),
    ],
)
def test_every_node_hangs_under_one_defined_before(nodes: list[tuple[str, str, str]], sentence: str) -> None:
    with refused(sentence):
        federation().record(TreeDefined(levels=("region", "province"), nodes=tuple(nodes)))


@pytest.mark.parametrize(
    ("levels", "sentence"),
    [
        ((), "a federation has between 1 and 12 levels above its bases"),
        (tuple(map(str, range(13))), "a federation has between 1 and 12 levels above its bases"),
        (("region", "region"), "every level needs a name of its own"),
        (("region", ""), "every level needs a name of its own"),
        (("region", "x" * 41), "every level needs a name of its own"),
    ],
)
def test_every_level_has_a_name_of_its_own(levels: tuple[str, ...], sentence: str) -> None:
    with refused(sentence):
        Book().founded().record(TreeDefined(levels=levels, nodes=()))


def test_the_levels_are_defined_once() -> None:
    book = federation()
    with refused("the levels of the tree were defined before and are others"):
        book.record(TreeDefined(levels=("region",), nodes=()))
    assert book.state.room(TreeNodes).path("0101") == ("01", "0101")


@pytest.mark.parametrize(
    ("unit", "sentence"),
    [
        (("9", BOOKS["1"], 100, ROLL), "9 is not a base of this federation with that book"),
        (("1", BOOKS["2"], 100, ROLL), "1 is not a base of this federation with that book"),
        (("1", BOOKS["1"], 0, ROLL), "1: a roll counts between 1 and 1,000,000,000 electors"),
        (("1", BOOKS["1"], 10**9 + 1, ROLL), "1: a roll counts between 1 and 1,000,000,000 electors"),
        (("1", BOOKS["1"], 100, "padron"), "1: the hash of the roll is not 64 hexadecimal digits"),
    ],
)
def test_a_unit_is_a_base_with_a_roll(unit: tuple[str, str, int, str], sentence: str) -> None:
    book, name = drafted()
    with refused(sentence):
        book.record(UnitsFrozen(consultation=name, units=(unit,)))


def test_a_unit_is_listed_once() -> None:
    book, name = drafted()
    first = units(name).units[0]
    with refused("1 is listed twice"):
        book.record(UnitsFrozen(consultation=name, units=(first, first)))
    book.record(UnitsFrozen(consultation=name, units=(first,)))
    with refused("1 is listed twice"):
        book.record(UnitsFrozen(consultation=name, units=(first,)))
    for batch in ((), (first,) * 501):
        with refused("a batch holds between 1 and 500 units"):
            book.record(UnitsFrozen(consultation=name, units=batch))


def test_a_base_whose_place_the_tree_has_not_is_no_unit() -> None:
    book = federation()
    book.record(
        AffiliationAccepted(
            code="3", book="3" * 32, name="Lejos", body="community", under="9999", board=Keys(1, "3").board()
        )
    )
    book.record(
        Drafted(
            question="?", options=YES_NO, rule="ordinary", opens="2026-03-01T12:00:00Z", closes="2026-03-08T00:00:00Z"
        )
    )
    name = next(iter(book.state.room(Consultations).by_id))
    with refused("3 stands under 9999, which the tree has not"):
        book.record(UnitsFrozen(consultation=name, units=(("3", "3" * 32, 1, ROLL),)))


@pytest.mark.parametrize(("count", "eligible"), [(1, 200), (2, 199), (0, 0), (3, 300)])
def test_what_is_opened_is_what_is_listed(count: int, eligible: int) -> None:
    book, name = drafted()
    book.record(units(name))
    with refused("2 units with 200 electors are listed, not what is declared"):
        book.record(Opened(consultation=name, units=count, eligible=eligible))


def test_nothing_is_opened_for_nobody() -> None:
    book, name = drafted()
    with refused("0 units with 0 electors are listed"):
        book.record(Opened(consultation=name, units=0, eligible=0))


def test_after_opening_no_unit_is_added() -> None:
    book, name = open_()
    with refused("the consultation is opened; this asks for drafted"):
        book.record(units(name))


def test_question_and_rule_never_change_a_change_is_a_new_consultation() -> None:
    """No act changes them; drafting again makes another consultation beside the first."""
    book, name = open_()
    book.record(
        Drafted(
            question="Otra?",
            options=YES_NO,
            rule="ordinary",
            opens="2026-03-01T12:00:00Z",
            closes="2026-03-08T00:00:00Z",
        )
    )
    both = book.state.room(Consultations).by_id
    assert (both[name].question, len(both)) == ("Paro?", 2)
    assert not {kind for kind in kinds() if kind.startswith("consultation.") and "changed" in kind}


def test_a_consultation_does_not_close_before_its_time() -> None:
    book, name = open_()
    with refused("the consultation closes at 2026-03-08T23:59:59Z"):
        book.record(Closed(consultation=name), at="2026-03-08")
    book.record(Closed(consultation=name), at="2026-03-08T23:59:59Z")


@pytest.mark.parametrize("act", [Closed, Archived])
def test_there_is_no_such_consultation(act: Any) -> None:
    with refused("there is no consultation nada"):
        federation().record(act(consultation="nada"))


def test_each_step_waits_for_the_one_before() -> None:
    book, name = drafted()
    claim = Certified(consultation=name, passed=True, units=1, cast=90, votes=(60, 30))
    for act in (Closed(consultation=name), claim, Ratified(consultation=name, vote=1), Archived(consultation=name)):
        with refused("the consultation is drafted; this asks for"):
            book.record(act, at="2026-03-09")
    book.record(units(name), Opened(consultation=name, units=2, eligible=200))
    with refused("the consultation is opened; this asks for closed"):
        book.record(claim)
    book.record(Closed(consultation=name), at="2026-03-09")
    with refused("every option has its votes"):
        book.record(msgspec.structs.replace(claim, votes=(60,)))
    book.record(claim)
    with refused("vote 1 did not carry"):
        book.record(Ratified(consultation=name, vote=1))
    book.record(Archived(consultation=name))
    with refused("the consultation is archived; this asks for"):
        book.record(received(name))


# Returns


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"unit": "9"}, "9 is not a unit of this consultation"),
        ({"index": 5}, "the sheet's act lies outside the checkpoint"),
        ({"index": -1}, "the sheet's act lies outside the checkpoint"),
        ({"leaf": "ab"}, "leaf and root are 64 hexadecimal digits each"),
        ({"root": "zz" * 32}, "leaf and root are 64 hexadecimal digits each"),
        ({"checks": (0,), "state": "observed"}, "checks are numbers from 1 to 20, in order"),
        ({"checks": (21,)}, "checks are numbers from 1 to 20, in order"),
        ({"checks": (2, 1), "state": "observed"}, "checks are numbers from 1 to 20, in order"),
        ({"checks": (1, 1), "state": "observed"}, "checks are numbers from 1 to 20, in order"),
        ({"checks": (1,)}, "a sheet is observed when a check holds it, and only then"),
        ({"state": "observed"}, "a sheet is observed when a check holds it, and only then"),
        ({"checks": (17,), "state": "observed"}, "a sheet is observed when a check holds it, and only then"),
        ({"state": "late"}, "a sheet is late when it comes after the close (2026-03-08T23:59:59Z), and only then"),
    ],
)
def test_a_receipt_says_where_the_sheet_is_and_what_the_checks_made_of_it(
    changes: dict[str, Any], sentence: str
) -> None:
    book, name = open_()
    with refused(sentence):
        book.record(received(name, **changes))


def test_a_unit_has_one_receipt() -> None:
    book, name = open_()
    book.record(received(name))
    with refused("a sheet of 1 was received before"):
        book.record(received(name, index=4))


def test_what_comes_after_the_close_is_late_and_counts_for_nothing() -> None:
    book, name = closed()
    with refused("a sheet is late when it comes after the close"):
        book.record(received(name, "2"), at="2026-03-09")
    book.record(received(name, "2", state="late"), at="2026-03-09")
    assert state(book, name, "2") == "late"


def test_every_change_of_state_has_a_reason() -> None:
    for act in (Observed, Annulled, NotHeld):
        book, name = open_()
        with refused("a change of state takes a reason"):
            book.record(act(consultation=name, unit="1", reason="  "))


def test_the_states_of_a_sheet_follow_one_another() -> None:
    """pending → normal → observed → resolved → observed → annulled; or not held."""
    book, name = open_()
    said = {"consultation": name, "unit": "1", "reason": "Cotejo"}
    for act in (Observed, Annulled, Resolved):
        with refused("the sheet of 1 is pending; this asks for"):
            book.record(act(**said))
    book.record(received(name))
    for act in (Resolved, NotHeld):
        with refused("the sheet of 1 is normal; this asks for"):
            book.record(act(**said))
    for act, reached in (
        (Observed, "observed"),
        (Resolved, "resolved"),
        (Observed, "observed"),
        (Annulled, "annulled"),
    ):
        book.record(act(**said))
        assert state(book, name) == reached
    for act in (Observed, Resolved, Annulled, NotHeld):
        with refused("the sheet of 1 is annulled; this asks for"):
            book.record(act(**said))
    book.record(NotHeld(consultation=name, unit="2", reason="Huaico"))
    with refused("the sheet of 2 is not_held; this asks for"):
        book.record(Annulled(consultation=name, unit="2", reason="x"))
    history = book.state.room(Consultations).by_id[name].units["1"].history
    assert [change.reason for change in history] == ["", "Cotejo", "Cotejo", "Cotejo", "Cotejo"]


@pytest.mark.parametrize(
    ("adopted", "sentence"),
    [
        ({"votes": (1,)}, "adopt every option's votes, or none"),
        ({"votes": (1, 2, 3)}, "adopt every option's votes, or none"),
        ({"votes": (-1, 2)}, "-1 is not a count of persons or papers"),
        ({"adopt": {"cast": 10**9 + 1}}, "1000000001 is not a count of persons or papers"),
        ({"adopt": {"eligible": 5}}, "“eligible” is not a figure that can be adopted"),
        ({"adopt": {"0": 5}}, "“0” is not a figure that can be adopted"),
        ({"adopt": {"state": 5}}, "“state” is not a figure that can be adopted"),
    ],
)
def test_people_adopt_figures_that_the_sheet_has(adopted: dict[str, Any], sentence: str) -> None:
    """A name that no figure has would be dropped without a word."""
    book, name = open_()
    book.record(received(name, checks=(1,), state="observed"))
    with refused(sentence):
        book.record(Resolved(consultation=name, unit="1", reason="Cotejo", **adopted))
    book.record(Resolved(consultation=name, unit="1", reason="Cotejo", adopt={"cast": 90}, votes=(60, 30)))
    unit = book.state.room(Consultations).by_id[name].units["1"]
    assert unit.adopted == {"cast": 90, "option:0": 60, "option:1": 30}


def fork(**changes: Any) -> Forked:
    act = Forked(book=BOOKS["1"], roots=(ROLL, OTHER), sizes=(5, 5), evidence="ee" * 32)
    return msgspec.structs.replace(act, **changes)


def test_a_fork_freezes_the_base_in_every_consultation() -> None:
    book, name = open_()
    book.record(received(name)).record(received(name, "2")).record(fork())
    assert (state(book, name), state(book, name, "2")) == ("observed", "normal")
    why = book.state.room(Consultations).by_id[name].units["1"].history[-1].reason
    assert str(why) == "two sealed histories of its book were seen: a fork"
    with refused("the fork of", "is recorded already"):
        book.record(fork())


def test_a_base_that_forked_before_is_observed_when_its_sheet_comes() -> None:
    book, name = open_()
    book.record(fork())
    with refused("a sheet is observed when a check holds it"):
        book.record(received(name))
    book.record(received(name, state="observed"))


def test_a_fork_is_of_a_bases_book_and_takes_two_checkpoints() -> None:
    book, _ = open_()
    with refused("a fork takes two checkpoints that disagree"):
        book.record(fork(roots=(ROLL, ROLL)))
    with refused("no base of this federation has the book 9999"):
        book.record(fork(book="9" * 32))


def test_a_delegate_votes_once_for_an_option_of_the_question() -> None:
    book, name = open_()
    act = DelegateVoted(consultation=name, unit="1", delegate="m3", option="Si")
    with refused("“Tal vez” is not an option of the question"):
        book.record(msgspec.structs.replace(act, option="Tal vez"))
    book.record(act)
    with refused("the delegate of 1 has voted already"):
        book.record(msgspec.structs.replace(act, option="No"))


def test_after_the_certificate_no_sheet_changes_its_state() -> None:
    book, name = closed()
    book.record(Certified(consultation=name, passed=True, units=1, cast=90, votes=(60, 30)))
    for act in (
        received(name, "2"),
        Observed(consultation=name, unit="1", reason="x"),
        Annulled(consultation=name, unit="1", reason="x"),
        NotHeld(consultation=name, unit="2", reason="x"),
    ):
        with refused("the consultation is certified; this asks for"):
            book.record(act)


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_no_act_with_nonsense_breaks_the_replay_of_an_open_consultation(kind: str) -> None:
    book, name = open_()
    book.record(received(name))
    before = len(book.breaches)
    values: list[Any] = ["", name, "1", 0, -1, 2**53 - 1, True, None, [], {}, [[]], ["x"], [1, 2], ROLL]
    names = [one.name for one in msgspec.structs.fields(kinds()[kind]) if one.name not in ("at", "by", "n")]
    for at in range(len(values)):
        fields = {one: values[(at + 3 * step) % len(values)] for step, one in enumerate(names)}
        book.force({"act": kind, **fields, **({"consultation": name} if "consultation" in names else {})})
    assert len(book.breaches) >= before
    assert book.state.size == len(book.bodies)


def test_choices_and_abstention_are_questions_too() -> None:
    drafted(options=tuple(Option(one, "choice") for one in "ABC"))
    drafted(options=(*YES_NO, Option("Abstencion", "abstain")))
