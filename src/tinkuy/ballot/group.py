"""The groups in which votes are encrypted: what a group offers, and the three that have a name.

Guarantees that an element read is an element of the group: in its one spelling and in the subgroup of prime order, so
that nothing computed from it leaves the group. Elements are opaque: only their group looks inside. Equal elements
compare and hash equal, and elements sort as belenios-tool sorts them. Exponents are integers 0 … q-1.

Source: Belenios specification 2.0, 1 and 5; Ed25519 as in version 3.0.

>>> g = by_name("Ed25519")
>>> g.multiply(g.base(2), g.base(3)) == g.base(5)
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Protocol, TypeAlias

from tinkuy.ballot.ed25519 import Ed25519
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.field import BELENIOS_2048, RFC_3526_2048, Field
from tinkuy.words import say

Element: TypeAlias = Any
Source: TypeAlias = Callable[[int], bytes]  # so many random bytes, such as os.urandom

NAMES = ("Ed25519", "BELENIOS-2048", "RFC-3526-2048")


class Reader(Protocol):
    """What makes an element of text: a group, or `Deferred` for whoever asks for membership later."""

    def read(self, text: str) -> Element:
        """The element spelt by `text`; raises `BallotError` unless it is one."""


class Powers(Protocol):
    """What raises one element to many exponents, by a table where that pays."""

    def __call__(self, exponent: int) -> Element:
        """element^exponent."""

    def commitment(self, response: int, other: Element, challenge: int) -> Element:
        """element^response · other^challenge: what a verifier computes of a proof, from numbers 0 … q-1.

        The time taken depends on the numbers, which must be public. `other` may be yet to be tested; where it turns out
        not to be a member, `BallotError` is raised or what follows is no member either.
        """


class Group(Protocol):
    """A cyclic group of prime order q in which discrete logarithms are hard, written as multiplication."""

    @property
    def name(self) -> str:
        """As the election's `group` field says it."""

    @property
    def order(self) -> int:
        """The prime q."""

    @property
    def generator(self) -> Element:
        """g."""

    @property
    def one(self) -> Element:
        """The identity."""

    def read(self, text: str) -> Element:
        """The element spelt by `text`; raises `BallotError` unless it is canonical and in the subgroup."""

    def spelt(self, text: str) -> Element:
        """The element spelt by `text`, which `are_members` is yet to be asked of; raises `BallotError` as `read`."""

    def are_members(self, elements: Sequence[Element]) -> bool:
        """Whether all that `spelt` gave are of the subgroup; a stranger is missed with a probability of 2^-128 at most.

        Together this costs less than to `read` each. Until then an element may only be computed with.
        """

    def write(self, element: Element) -> str:
        """The element's one spelling."""

    def power(self, element: Element, exponent: int) -> Element:
        """element^exponent."""

    @property
    def base(self) -> Powers:
        """Powers of g."""

    def fixed(self, element: Element) -> Powers:
        """Powers of `element`: a table pays for itself from about a hundred on."""

    def multiply(self, a: Element, b: Element) -> Element:
        """a · b."""

    def divide(self, a: Element, b: Element) -> Element:
        """a / b."""

    def product(self, elements: Iterable[Element]) -> Element:
        """The product of all; the identity of none."""

    def random(self, source: Source) -> int:
        """A uniform exponent (to within 2^-128)."""

    def read_exponent(self, text: str) -> int:
        """The exponent spelt by `text`; raises `BallotError` unless it is decimal, canonical and less than q."""


class Deferred:
    """A reader of elements whose membership is asked together, at the end: nothing that is read counts before that."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.untested: list[Element] = []

    def read(self, text: str) -> Element:
        """The element spelt by `text`, in the subgroup or not; raises `BallotError` unless it is canonical."""
        element = self.group.spelt(text)
        self.untested.append(element)
        return element

    def settle(self) -> bool:
        """Whether everything that was read is in the subgroup."""
        return self.group.are_members(self.untested)


@cache
def by_name(name: str) -> Group:
    """The group of this name; raises `BallotError` for any other. One object a process: it holds tables."""
    if name == "Ed25519":
        return Ed25519()
    for parameters in (BELENIOS_2048, RFC_3526_2048):
        if parameters.name == name:
            return Field(parameters)
    raise BallotError(say("The group {name} is not known; known are {names}.", name=ascii(name[:60]), names=NAMES))
