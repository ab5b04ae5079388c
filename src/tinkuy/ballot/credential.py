"""Credentials: the secret by which one voter votes once, and the list of what everybody may know of them.

Guarantees that a credential as a person types it is the one that was printed or an error, that the list of public
credentials names each once with its weight, and that nothing here shows a secret: it has no place in messages or reprs.

Source: Belenios specification 2.0, 4.8 (15 characters, with a check); 2.4 and later have 22 characters, `5-6-5-6`, from
which the exponent is SHA256("derive_credential|uuid|0|c") ‖ the same with 1, modulo q. Dashes are hashed too.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import pbkdf2_hmac, sha256
from io import StringIO
from itertools import islice
from typing import NamedTuple

from tinkuy.ballot import encoding
from tinkuy.ballot.election import BASE58, letters
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Element, Group, Source
from tinkuy.words import Said, say

MAX_WEIGHT = 10**9  # as every figure of a roll: more is not a count of persons
MAX_TOTAL = 10**12  # so that a figure is found in a million steps
_LONG, _SHORT = (5, 6, 5, 6), (3, 3, 3, 3, 3)
_ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Credential:
    """A private credential in its printed form. Who reads it votes with it."""

    text: str = field(repr=False)

    def secret(self, group: Group, uuid: str) -> int:
        """The exponent by which ballots of the election `uuid` are signed."""
        if len(self.text) == sum(_LONG) + len(_LONG) - 1:
            parts = (sha256(f"derive_credential|{uuid}|{number}|{self.text}".encode()).digest() for number in (0, 1))
            return int.from_bytes(b"".join(parts)) % group.order
        return int.from_bytes(pbkdf2_hmac("sha256", self.text.encode(), uuid.encode(), _ROUNDS)) % group.order

    def public(self, group: Group, uuid: str) -> Element:
        """The public credential that belongs to it in this election."""
        return group.base(self.secret(group, uuid))


def generate(source: Source) -> Credential:
    """A new credential of 22 characters, 128 bits."""
    return Credential(_dashed(letters(source, sum(_LONG)), _LONG))


def parse(text: str) -> Credential:
    """The credential that a person typed, with or without dashes and spaces.

    Raises `BallotError` saying what is amiss, never what was typed.
    """
    typed = "".join(text.split()).replace("-", "")
    if any(letter not in BASE58 for letter in typed):
        raise BallotError(
            say("The credential has a character that none has: there is no 0 (zero), O, I or l (el) in credentials.")
        )
    if len(typed) == sum(_LONG):
        return Credential(_dashed(typed, _LONG))
    if len(typed) != sum(_SHORT):
        raise BallotError(
            say(
                "The credential has {count} characters; {long} or {short} are expected.",
                count=len(typed),
                long=sum(_LONG),
                short=sum(_SHORT),
            )
        )
    value = 0
    for letter in typed[:-1]:
        value = value * len(BASE58) + BASE58.index(letter)
    if (value + BASE58.index(typed[-1])) % 53:
        raise BallotError(say("The credential has a slip of the pen: its last character does not check."))
    return Credential(_dashed(typed, _SHORT))


class Voter(NamedTuple):
    """A voter as the list has her: whatever identifies her to the committee, and the weight of her ballot."""

    name: str
    weight: int


def read_voters(text: str) -> list[Voter]:
    """The voters of a CSV without headings: a name a line, then a weight where it is not 1.

    Raises `BallotError` naming the line at fault.
    """
    voters: dict[str, Voter] = {}
    reader = csv.reader(StringIO(text), strict=True)
    try:
        for row in reader:
            if not row:
                continue
            number = reader.line_num
            name, weight = row[0].strip(), encoding.read_natural(row[1].strip(), MAX_WEIGHT + 1) if row[1:] else 1
            if not name or len(row) > 2 or weight < 0:
                raise BallotError(say("Line {line}: a name and perhaps a whole weight are expected.", line=str(number)))
            if name in voters:
                raise BallotError(say("Line {line}: {name} is on the list twice.", line=str(number), name=name))
            voters[name] = Voter(name, weight)
    except csv.Error:
        raise BallotError(say("Line {line}: quotation marks are not closed.", line=str(reader.line_num))) from None
    if not voters:
        raise BallotError(say("The list of voters is empty."))
    return list(voters.values())


def write_cards(cards: Iterable[tuple[Voter, Credential]]) -> str:
    """The cards as CSV: name, weight, credential. Secret."""
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows((*voter, one.text) for voter, one in cards)
    return out.getvalue()


def read_cards(text: str) -> list[tuple[Voter, Credential]]:
    """The cards of a file that `write_cards` made. Raises `BallotError` naming the line, never what stands in it."""
    cards, reader = [], csv.reader(StringIO(text), strict=True)
    try:
        for row in reader:
            weight = encoding.read_natural(row[1], MAX_WEIGHT + 1) if len(row) == 3 else -1
            if weight < 0:
                raise BallotError(
                    say("Line {line}: a name, a weight and a credential are expected.", line=str(reader.line_num))
                )
            cards.append((Voter(row[0], weight), parse(row[2])))
    except csv.Error:
        raise BallotError(say("Line {line}: quotation marks are not closed.", line=str(reader.line_num))) from None
    if not cards:
        raise BallotError(say("There is no card in the file."))
    return cards


def write_public(group: Group, weights: Mapping[Element, int]) -> bytes:
    """The list of public credentials with their weights, sorted, so that its order says nothing of who has which."""
    plain = all(weight == 1 for weight in weights.values())
    written = ((group.write(one), weight) for one, weight in sorted(weights.items()))
    return encoding.dumps([text if plain else f"{text},{weight}" for text, weight in written])


def read_public(data: bytes) -> dict[str, int]:
    """Weight by public credential, which are yet to be checked (`check_members`).

    Raises `BallotError` naming the place in the list of what is malformed or stands twice.
    """
    lines = encoding.read(data, list[str], say("The list of public credentials"))
    weights: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        text, comma, written = line.partition(",")
        weight = encoding.read_natural(written, MAX_WEIGHT + 1) if comma else 1
        if weight < 0:
            raise _at(number, say("its weight is not a number up to {limit}.", limit=MAX_WEIGHT))
        if text in weights:
            raise _at(number, say("it stands twice."))
        weights[text] = weight
    if sum(weights.values()) > MAX_TOTAL:
        raise BallotError(say("The weights of the list add up to more than {limit}.", limit=MAX_TOTAL))
    return weights


def check_members(group: Group, public: Iterable[str], first: int = 1) -> None:
    """Raise `BallotError` unless each is an element of the group other than the identity; `first` numbers them."""
    for number, text in enumerate(public, first):
        try:
            element = group.read(text)
        except BallotError as error:
            raise _at(number, error.said) from None
        if element == group.one:
            raise _at(number, say("it is the identity, whose secret everybody knows."))


def _at(number: int, why: Said) -> BallotError:
    return BallotError(say("Public credential {number} of the list: {why}", number=number, why=why))


def _dashed(letters: str, sizes: tuple[int, ...]) -> str:
    rest = iter(letters)
    return "-".join("".join(islice(rest, size)) for size in sizes)
