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
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar, Union

import msgspec

from tinkuy.book.entry import MAX_ENTRY, MAX_INTEGER, encode, is_nfc, is_time
from tinkuy.statutes.errors import shown
from tinkuy.words import Said, Spoken, say

if TYPE_CHECKING:
    from tinkuy.assembly.state import Assembly
    from tinkuy.statutes.verdict import Verdict


Whole = Annotated[int, msgspec.Meta(ge=-MAX_INTEGER, le=MAX_INTEGER)]  # an integer as the profile of entries bounds it


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

    withdrawable: ClassVar[bool] = False  # a slip in it may be taken back before it is sealed (see `withdrawal`)

    at: str = ""
    by: str = ""
    n: Whole = -1

    @property
    def kind(self) -> str:
        """The entry kind, e.g. `vote.counted`."""
        return str(self.__struct_config__.tag)

    def check(self, assembly: Assembly) -> None:
        """Raise `Refused` unless the assembly, as it stands, allows this act."""

    def apply(self, assembly: Assembly) -> None:
        """Change the state; called only after `check`."""


_KINDS: dict[str, type[Act]] = {}
_MALFORMED = (UnicodeDecodeError, RecursionError, msgspec.DecodeError)  # also a field of another type
_encoder = msgspec.json.Encoder(order="sorted")
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


def of_kind(kind: str) -> type[Act] | None:
    """The class of a kind; None when nobody here knows it."""
    return _KINDS.get(kind)


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


def recognised(body: bytes) -> Act | None:
    """The act in an entry's bytes, read at once; None where something in them asks for a closer look.

    An act is its bytes' only meaning when its one encoding is these bytes. So what is recognised is what `parse` and
    `read` would have found, at a quarter of their cost; what is not, they judge, and say what is wrong with it.
    """
    try:
        act = _narrow(len(_KINDS)).decode(body)
    except _MALFORMED:
        return None
    same = _encoder.encode(act) == body and len(body) <= MAX_ENTRY
    if not same or act.n < 0 or not act.by or not is_time(act.at):
        return None
    return act if body.isascii() or is_nfc(body.decode()) else None


@cache
def _narrow(registered: int) -> msgspec.json.Decoder[Act]:
    """A decoder for the kinds whose types allow nothing that the profile does not; made anew as kinds are added."""
    narrow = [kind for kind in _KINDS.values() if is_narrow(msgspec.inspect.type_info(kind))]
    return msgspec.json.Decoder(Union[tuple(narrow)])  # noqa: UP007 - of types that are known only now


def is_narrow(shape: msgspec.inspect.Type) -> bool:
    """Whether every value of a type is in the profile of entries: integers bounded, keys the names of fields."""
    inspect = msgspec.inspect
    match shape:
        case inspect.IntType():
            return shape.ge == -MAX_INTEGER and shape.le == MAX_INTEGER
        case inspect.StrType() | inspect.BoolType() | inspect.NoneType() | inspect.LiteralType():
            return True
        case inspect.UnionType():
            return all(is_narrow(each) for each in shape.types)
        case inspect.VarTupleType() | inspect.ListType():
            return is_narrow(shape.item_type)
        case inspect.TupleType():
            return all(is_narrow(each) for each in shape.item_types)
        case inspect.StructType():
            return all(is_narrow(each.type) for each in shape.fields)
        case _:
            return False


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


def found(value: T | None, said: Said) -> T:
    """The value, or a refusal with `said` when there is none."""
    if value is None:
        raise Refused(said)
    return value
