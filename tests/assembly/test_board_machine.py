"""Whatever happens to a board, in any order: at no act do two keys of one role seal, and a replaced key never again.

The model is a list of (role, key, first act), written by whoever takes a seat and read backwards; it knows nothing of
how the program keeps seats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.assembly.boards import BY_MEMBERS, MEMBERS, keyed, numbered
from tests.builders import Book, count, refused
from tinkuy.assembly import seal
from tinkuy.assembly.act import Act
from tinkuy.assembly.board import BoardInstalled, BoardRecovered, recovery_statement
from tinkuy.assembly.founding import Body, Officer
from tinkuy.assembly.recall import BoardRecalled, Signed, recall_statement
from tinkuy.assembly.register import Reinstated, Suspended
from tinkuy.assembly.vote import Counted, Declared
from tinkuy.book import checkpoint
from tinkuy.book.entry import leaf_hash
from tinkuy.book.keys import SigningKey
from tinkuy.book.merkle import root
from tinkuy.demo.bases import Keys

ROLES = ("chair", "secretary")
AT = "2026-03-01"


class Boards(RuleBasedStateMachine):
    """A book on which officers rotate, recover, are elected and recalled, and on which others try to."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book(BY_MEMBERS).founded().enrolled(3).published().frozen()
        for member in numbered(3):
            self.book.record(keyed(self.book, member))
        self.state = self.book.state
        self.lines = dict.fromkeys(ROLES, (self.book.keys, 0))  # whose keys a role draws on, and how far it came
        self.taken = [(role, self.book.keys.key(role), 0) for role in ROLES]
        self.boards = self.votes = 0
        self.stale: list[BoardRecalled] = []

    def record(self, act: Act, by: str = "secretary") -> None:
        """As the desk does, without replaying from the start."""
        body = self.book._written(act, AT, by)
        self.state.admit(body)
        self.book.bodies.append(body)

    def seated(self, role: str, keys: Keys, generation: int) -> None:
        self.lines[role] = (keys, generation)
        self.taken.append((role, keys.key(role, generation), len(self.book.bodies) - 1))

    def key(self, role: str, size: int) -> SigningKey:
        """The key that seals for a role under a checkpoint of this size: of the last who sat down before it."""
        return [key for who, key, since in self.taken if who == role and since < size][-1]

    def following(self, role: str) -> Officer:
        keys, generation = self.lines[role]
        return keys.officer(role, generation + 1)

    def root(self) -> str:
        return root([leaf_hash(body) for body in self.book.bodies]).hex()

    def fresh(self) -> Keys:
        self.boards += 1
        return Keys(100 + self.boards, "mesa")

    @rule()
    def something_else_is_recorded(self) -> None:
        self.record(Suspended(member="m1", reason="deuda"))
        self.record(Reinstated(member="m1"))

    @rule(role=st.sampled_from(ROLES))
    def an_officer_rotates(self, role: str) -> None:
        self.record(BoardInstalled(board=(self.following(role),), reason="rotation"))
        self.seated(role, self.lines[role][0], self.lines[role][1] + 1)

    @rule(roles=st.lists(st.sampled_from(ROLES), min_size=1, max_size=2, unique=True))
    def officers_recover(self, roles: list[str]) -> None:
        board, size = tuple(self.following(role) for role in roles), len(self.book.bodies)
        said = recovery_statement(self.state.id, size, self.root(), board)
        signatures = tuple(
            keys.key(role, generation + 1).sign(said).hex() for role in roles for keys, generation in [self.lines[role]]
        )
        self.record(BoardRecovered(board=board, size=size, root=self.root(), signatures=signatures, reason="robo"))
        for role in roles:
            self.seated(role, self.lines[role][0], self.lines[role][1] + 1)

    @rule(role=st.sampled_from(ROLES))
    def the_assembly_elects(self, role: str) -> None:
        self.votes += 1
        self.record(self.question())
        self.record(Counted(vote=self.votes, call=1, count=count(3, 0), tellers=("m2", "m3")))
        self.record(Declared(vote=self.votes, outcome="carried"))
        keys = self.fresh()
        self.record(BoardInstalled(board=(keys.officer(role),), reason="election", vote=self.votes))
        self.seated(role, keys, 0)

    def question(self) -> Act:
        return self.book.question(vote=self.votes, rule="election")

    def recall(self, board: tuple[Officer, ...]) -> BoardRecalled:
        size, named = len(self.book.bodies), self.root()
        said = recall_statement(self.state.id, size, named, board, "abandono")
        signed = (Signed("m2", MEMBERS.key("m2").sign(said).hex()),)
        return BoardRecalled(board=board, size=size, root=named, reason="abandono", members=signed)

    @rule()
    def members_recall_the_board(self) -> None:
        keys = self.fresh()
        act = self.recall(keys.board())
        self.record(act)
        self.stale.append(act)
        for role in ROLES:
            self.seated(role, keys, 0)

    @rule()
    def members_sign_a_recall_that_is_not_recorded(self) -> None:
        self.stale.append(self.recall(self.fresh().board()))
        self.something_else_is_recorded()

    @precondition(lambda self: self.stale)
    @rule(data=st.data())
    def a_recall_of_another_moment_is_tried(self, data: st.DataObject) -> None:
        act = data.draw(st.sampled_from(self.stale))
        if act.size < len(self.book.bodies):
            with refused("it goes on from a copy of"):
                self.record(act)

    @rule(role=st.sampled_from(ROLES), thief=st.sampled_from(["stranger", "former", "skipped"]))
    def a_thief_tries_to_sit_down(self, role: str, thief: str) -> None:
        keys, generation = self.lines[role]
        board = {
            "stranger": Keys(9, "ladrona").officer(role),
            "former": keys.officer(role, generation),
            "skipped": keys.officer(role, generation + 2),
        }[thief]
        with refused(f"the new key of {role} is not the one that was committed to before"):
            self.record(BoardInstalled(board=(board,), reason="rotation"))

    @invariant()
    def one_key_of_a_role_seals_at_every_size(self) -> None:
        body = self.state.room(Body)
        for size in range(1, len(self.book.bodies) + 1):
            assert body.keys(size) == {role: self.key(role, size).public for role in ROLES}

    @invariant()
    def only_the_keys_of_now_seal_what_stands_now(self) -> None:
        size = len(self.book.bodies)
        now = {role: self.key(role, size) for role in ROLES}
        assert self.inspected(now).whole
        for role, key, _ in self.taken:
            if key != now[role]:
                assert not self.inspected({**now, role: key}).whole

    def inspected(self, signers: dict[str, SigningKey]) -> seal.Seal:
        bodies = tuple(self.book.bodies)
        note = checkpoint.sign(self.state.id, len(bodies), bytes.fromhex(self.root()), signers)
        return seal.inspect(bodies, note, self.state)

    def teardown(self) -> None:
        assert self.book.breaches == []


@pytest.mark.sweep
def test_at_no_act_do_two_keys_of_one_role_seal_and_a_replaced_key_never_again(
    sampled: Callable[[Sequence[int], int], Sequence[int]],
) -> None:
    lives = len(sampled(range(400), 25))
    run_state_machine_as_test(
        Boards,
        settings=settings(max_examples=lives, stateful_step_count=12, deadline=None, derandomize=True, database=None),
    )
