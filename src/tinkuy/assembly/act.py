"""What an act is, and the one registry of kinds.

Guarantees that the bytes of an entry become a typed value or a refusal that says which field is wrong, and that a
kind has one meaning. The act is the entry: `act`, `at`, `by` and `n` (see `book.entry`) are its base fields, filled
in by the desk when it records.

>>> @act
... class Greeted(Act, tag="example.greeted"):
...     name: str
>>> read({"act": "example.greeted", "at": "2026-03-08T20:00:00Z", "by": "chair", "n": 0, "name": "Ayllu"}).name
'Ayllu'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from tinkuy.book.entry import encode
from tinkuy.statutes.errors import shown
from tinkuy.words import Said, Spoken, say

if TYPE_CHECKING:
    from tinkuy.assembly.state import Assembly
    from tinkuy.statutes.verdict import Verdict


class Refused(Spoken):
    """An act that the statutes, or the order of things, do not allow.

    What was asked, what is lacking, what would help.
    """


class Act(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    gc=False,
    tag_field="act",
):
    """The base of all acts: when it was recorded (a claim), by which role, and its index in the book."""

    at: str = ""
    by: str = ""
    n: int = -1

    @property
    def kind(self) -> str:
        """The entry kind, e.g. `vote.counted`."""
        return str(self.__struct_config__.tag)

    def check(self, assembly: Assembly) -> None:
        """Raise `Refused` unless the assembly, as it stands, allows this act."""

    def apply(self, assembly: Assembly) -> None:
        """Change the state; called only after `check`."""


_KINDS: dict[str, type[Act]] = {}
A = TypeVar("A", bound=type[Act])
T = TypeVar("T")


def act(cls: A) -> A:
    """Register a class of acts under its tag; a kind is registered once."""
    kind = str(cls.__struct_config__.tag)
    if kind in _KINDS and _KINDS[kind].__qualname__ != cls.__qualname__:
        raise TypeError(f"two acts of one kind: {kind}")
    _KINDS[kind] = cls
    return cls


def kinds() -> Mapping[str, type[Act]]:
    """All known kinds, by name."""
    return dict(sorted(_KINDS.items()))


def read(fields: Mapping[str, Any]) -> Act:
    """The act that an entry's parsed fields describe.

    Raises `Refused` when the kind is unknown or a field is missing, superfluous or of the wrong type.
    """
    cls = _KINDS.get(fields["act"])
    if cls is None:
        raise Refused(
            say("unknown kind of act “{kind}”; a newer version of Tinkuy may know it", kind=shown(str(fields["act"])))
        )
    try:
        return msgspec.convert(fields, cls)
    except msgspec.ValidationError as error:
        raise Refused(say("{kind}: {fault}", kind=fields["act"], fault=shown(str(error), 200))) from None


def written(recorded: Act) -> bytes:
    """The entry's canonical bytes (see `book.entry.encode`)."""
    fields: dict[str, object] = msgspec.to_builtins(recorded)
    # Zero is the index of the founding act and an empty `by` is refused on reading: neither may be left out as a
    # default.
    fields.update(at=recorded.at, by=recorded.by, n=recorded.n)
    return encode(fields)


def require(verdict: Verdict) -> None:
    """Refuse with the verdict's own sentence unless it passed."""
    if not verdict.passed:
        raise Refused(verdict.sentence())


def insist(condition: bool, said: Said) -> None:
    """Refuse with `said` unless the condition holds; a guard reads as one line."""
    if not condition:
        raise Refused(said)


def found(value: T | None, said: Said) -> T:
    """The value, or a refusal with `said` when there is none."""
    if value is None:
        raise Refused(said)
    return value
