"""`tinkuy ballot demo`: a whole election by secret ballot, played by every role in one process, each step said.

Guarantees that what is played is the real protocol on real keys, with the files that each role would have; in life no
two of these roles share a machine. What the voters chose is counted apart, and must be the result.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import typer

from tinkuy.ballot import BallotError, ballot, box, credential, election, pedersen, trustee, trustee_share
from tinkuy.ballot.credential import Credential, Voter
from tinkuy.ballot.election import Election
from tinkuy.ballot.group import Group
from tinkuy.ballot.question import Question
from tinkuy.ballot.trustee_threshold import Context
from tinkuy.cli.ballot_here import append, mapped, now, source, spreading, write
from tinkuy.cli.ballot_verify import judged, report
from tinkuy.cli.desk_here import tell
from tinkuy.cli.language import spoken
from tinkuy.words import Said, say

MOST_VOTERS, MOST_TRUSTEES = 100_000, 50

_TIMES = (1, 1, 1, 1, 2, 1, 1, 1, 1, 0)  # how often ten voters vote
_TRUSTEES = re.compile(r"([1-9]\d?)of([1-9]\d?)")


@dataclass(frozen=True)
class Played:
    """An election that is being played, and what its voters really chose."""

    file: Path
    election: Election
    chosen: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def sums(self) -> list[int]:
        """What the result must be."""
        return [sum(column) for column in zip(*self.chosen.values(), strict=True)]


def play(group: Group, voters: int, trustees: str, out: Path, jobs: int) -> int:
    """Play it in a new folder; the exit code is that of the verification at the end."""
    threshold, size = threshold_of(trustees)
    if not 1 <= voters <= MOST_VOTERS:
        raise BallotError(say("A demonstration has from 1 to {most} voters.", most=MOST_VOTERS))
    out.mkdir(parents=True)
    uuid = election.new_uuid(source)
    cards = _committee(group, uuid, voters, out)
    parameters, seeds, letters = _ceremony(group, threshold, size)
    played = _opened(group, uuid, parameters, {one.public(group, uuid): voter.weight for voter, one in cards}, out)
    _vote(played, cards)
    with _timed(say("The box is closed and added up; nobody opened a ballot.")), spreading(jobs) as spread:
        append(played.file, box.close)
        append(played.file, lambda data: box.add_up(data, spread))
    for place in range(size - threshold, size):
        _decrypt(played, place, pedersen.private_key(group, seeds[place], letters[place]))
    append(played.file, box.conclude)
    tell(say("The result is published. {file} holds all that is public; anyone verifies it:", file=str(played.file)))
    typer.echo()
    verdict = judged(played.file, jobs)
    code = report(played.file, verdict, as_json=False)
    if verdict.result is None or list(verdict.result[0]) != played.sums():
        raise BallotError(say("The result is not what the demonstration's voters chose."))
    tell(say("And it is what the demonstration's voters chose."))
    return code


def threshold_of(text: str) -> tuple[int, int]:
    """The threshold and the number of trustees in "2of3"; raises `BallotError` for anything else."""
    found = _TRUSTEES.fullmatch(text)
    threshold, size = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= threshold <= size <= MOST_TRUSTEES:
        raise BallotError(
            say("Trustees are given as 2of3, at most {most}: {given} is not.", most=MOST_TRUSTEES, given=text)
        )
    return threshold, size


def _committee(group: Group, uuid: str, voters: int, out: Path) -> list[tuple[Voter, Credential]]:
    with _timed(say("The committee makes {count} credentials; each voter gets hers on a card.", count=voters)):
        width = len(str(voters))
        cards = [(Voter(f"{number:0{width}}", 1), credential.generate(source)) for number in range(1, voters + 1)]
        write(out / "cards.csv", credential.write_cards(cards).encode(), private=True)
    return cards


def _ceremony(group: Group, threshold: int, size: int) -> tuple[trustee.Pedersen, list[str], list[str]]:
    """The trustees' six steps; what each keeps is her seed and her letter."""
    said = say("{size} trustees make a key that any {threshold} of them open.", size=size, threshold=threshold)
    with _timed(said):
        places = [Context(group.name, size, threshold, place + 1) for place in range(size)]
        seeds, certs = zip(*(pedersen.certificate(group, each, source) for each in places), strict=True)
        ceremony = pedersen.gather(group, certs, threshold)
        polynomials = [pedersen.deal(ceremony, seed, source) for seed in seeds]
        vinputs = pedersen.route(ceremony, polynomials)
        accepted = [pedersen.accept(ceremony, seed, each, source) for seed, each in zip(seeds, vinputs, strict=True)]
        parameters, letters = pedersen.conclude(ceremony, polynomials, accepted)
    return trustee.Pedersen(parameters), list(seeds), letters


def _opened(group: Group, uuid: str, parameters: trustee.Pedersen, public: dict[object, int], out: Path) -> Played:
    listed = trustee.write_trustees([parameters])
    key = trustee.verify_setup(group, listed).election_key
    answers = (spoken(say("Yes")), spoken(say("No")))
    asked = Question(answers=answers, blank=True, min=1, max=1, question=spoken(say("Shall we strike?")))
    name = spoken(say("Demonstration of a secret ballot"))
    at_hand = election.write(uuid, name, "", group, key, [asked])
    file = out / f"{uuid}.bel"
    write(file, box.opened(now(), at_hand, listed, credential.write_public(group, public)))
    tell(
        say("The election is open: {file}, fingerprint {fingerprint}", file=str(file), fingerprint=at_hand.fingerprint)
    )
    return Played(file, at_hand)


def _vote(played: Played, cards: list[tuple[Voter, Credential]]) -> None:
    asked = played.election.questions[0]
    if not isinstance(asked, Question):
        raise BallotError(say("The demonstration asks a plain question."))
    made: list[tuple[str, bytes, tuple[int, ...]]] = []
    with _timed(say("The voters make their ballots; the first opens one to audit it, and makes another.")):
        for number, (voter, secret) in enumerate(cards):
            for _ in range(_TIMES[number % 10]):
                choice = _anything(asked)
                prepared = ballot.prepare(played.election, secret, [choice], source)
                if number == 0:
                    ballot.opened(played.election, prepared.data, prepared.secrets)
                    prepared = ballot.prepare(played.election, secret, [choice], source)
                made.append((voter.name, prepared.data, choice))
    with _timed(say("The box checks each ballot and takes it.")):
        append(played.file, lambda data: _cast(box.Box(data), [body for _, body, _ in made]))
    played.chosen.update((name, choice) for name, _, choice in made)
    said = say(
        "{count} voters voted, {twice} of them twice.", count=len(played.chosen), twice=len(made) - len(played.chosen)
    )
    tell(said)


def _cast(into: box.Box, ballots: list[bytes]) -> bytes:
    return b"".join(into.cast(body).appended for body in ballots)


def _anything(asked: Question) -> tuple[int, ...]:
    """Blank one time in eight, else the first answer twice as often as the second."""
    digit = source(1)[0] % 8
    return asked.choice((), blank=True) if digit == 7 else asked.choice([digit // 5])


def _decrypt(played: Played, place: int, private: int) -> None:
    with _timed(say("Trustee {number} verifies everything and gives her share.", number=str(place + 1))):
        with mapped(played.file) as data:
            at_hand, _, pairs = box.to_decrypt(data)
        share = trustee_share.decrypt(at_hand.group, at_hand.fingerprint, pairs, private, source)
        append(played.file, lambda data: box.share(data, place + 1, share))


@contextmanager
def _timed(what: Said) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    tell(say("{seconds} s  {what}", seconds=f"{time.perf_counter() - begun:5.1f}", what=what))
