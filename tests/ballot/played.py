"""Elections of our own, whole or step by step, by the public functions alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from tinkuy.ballot import ballot, box, credential, election, group, shuffle, trustee, trustee_key, trustee_share
from tinkuy.ballot.credential import Credential
from tinkuy.ballot.election import Election
from tinkuy.ballot.group import Group
from tinkuy.ballot.question import AnyQuestion, Question, RankedQuestion, Ranking

TIME = 1_795_419_678
YES_NO = Question(answers=("Sí", "No"), min=1, max=1, question="¿Paro el 15 de marzo?")
BLANK = Question(answers=("A", "B", "C"), blank=True, min=1, max=2, question="¿Quién?")
RANKED = RankedQuestion("NonHomomorphic", Ranking(("Ana", "Rosa", "Luz"), "Orden"))


@dataclass(frozen=True)
class Played:
    """An election set up: its archive, the voters' credentials in order, the trustees' private keys."""

    group: Group
    election: Election
    data: bytes
    cards: tuple[Credential, ...]
    keys: tuple[int, ...]

    def with_ballots(self, choices: Sequence[Sequence[Sequence[int]]]) -> bytes:
        """The archive with a ballot of each voter in turn; more choices than voters are revotes."""
        return self.with_ballots_of([(number % len(self.cards), choice) for number, choice in enumerate(choices)])

    def with_ballots_of(self, choices: Sequence[tuple[int, Sequence[Sequence[int]]]]) -> bytes:
        """The archive with these ballots, each of a voter by her number."""
        data, open_box = self.data, box.Box(self.data)
        for number, choice in choices:
            made = ballot.prepare(self.election, self.cards[number], choice, os.urandom)
            data += open_box.cast(made.data).appended
        return data

    def counted(self, data: bytes) -> bytes:
        """The archive closed, added up, shuffled where rankings are, decrypted, with its result."""
        data += box.close(data)
        data += box.add_up(data)
        if self.election.ranked:
            for number in (1, 2):
                at_hand, rows = box.to_shuffle(data)
                made = shuffle.make(self.group, at_hand.fingerprint, at_hand.key, rows, os.urandom)
                data += box.shuffled(data, number, made)
            data += box.end_shuffles(data)
        for number, key in enumerate(self.keys, 1):
            at_hand, _, pairs = box.to_decrypt(data)
            data += box.share(
                data, number, trustee_share.decrypt(self.group, at_hand.fingerprint, pairs, key, os.urandom)
            )
        return data + box.conclude(data)


def set_up(
    name: str, *questions: AnyQuestion, voters: int = 4, trustees: int = 1, weights: Sequence[int] = (1,)
) -> Played:
    chosen, uuid = group.by_name(name), election.new_uuid(os.urandom)
    keys = tuple(trustee_key.new_private(chosen, os.urandom) for _ in range(trustees))
    listed = trustee.write_trustees([trustee.Single(trustee_key.public(chosen, key, os.urandom)) for key in keys])
    key = trustee.verify_setup(chosen, listed).election_key
    made = election.write(uuid, "Prueba ñ", "", chosen, key, questions or (YES_NO,))
    cards = tuple(credential.generate(os.urandom) for _ in range(voters))
    public = {one.public(chosen, uuid): weights[number % len(weights)] for number, one in enumerate(cards)}
    return Played(chosen, made, box.opened(TIME, made, listed, credential.write_public(chosen, public)), cards, keys)
