"""Trust policies: which witnesses must have cosigned before an observer believes a checkpoint (política de confianza).

Guarantees that a policy file is read in one way only and that a checkpoint either satisfies it or the reader learns
which witnesses are lacking. A policy names keys, not persons: whom to trust is the observer's decision.

Source: C2SP tlog-policy (c2sp.org/tlog-policy): `log`, `witness`, `group` and `quorum` lines. A book's officers sign
under `tinkuy/<book id>/<role>`, so a `log` line may name any of them: a log key is one of a book when its name is the
origin or the origin and a role.

    witness sister tinkuy/…+a1b2c3d4+BA…
    witness observer observers.example/w1+0badf00d+BA…
    group both all sister observer
    quorum both
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tinkuy.book import cosignature, note
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.cosignature import Cosigner
from tinkuy.book.errors import BookError
from tinkuy.book.note import Verifier
from tinkuy.words import say

MAX_POLICY = 1_000_000  # bytes
MAX_LINES = 10_000
NONE = "none"

_FORMS = ("log VKEY [URL]", "witness NAME VKEY [URL]", "group NAME all|any|K NAME…", "quorum NAME")
_ALLOWED = re.compile(rb"[\t\n\x20-\x7e\x80-\xff]*")
_NUMBER = re.compile("[1-9][0-9]{0,5}")


@dataclass(frozen=True, slots=True)
class Group:
    """Members (names of witnesses and groups) of which `least` must have cosigned."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as read: log keys, witnesses and groups by their names in the file, and the name that decides."""

    logs: tuple[Verifier, ...]
    witnesses: dict[str, Cosigner]
    groups: dict[str, Group]
    quorum: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A checkpoint against a policy: who cosigned and when (seconds since 1970), who is lacking, and what follows.

    `logs` are the names of the log keys that signed; `known` says whether the policy's log lines speak of this book.
    """

    cosigned: dict[str, int]
    lacking: tuple[str, ...]
    quorum: bool
    logs: frozenset[str]
    known: bool

    @property
    def holds(self) -> bool:
        """The quorum cosigned, and a known log signed where the policy names any."""
        return self.quorum and (bool(self.logs) or self.known)


def parse(data: bytes) -> Policy:
    """The policy in a file. Raises `BookError` naming the line that is malformed and why."""
    if len(data) > MAX_POLICY:
        raise BookError(say("The policy has {size} bytes, and {limit} are allowed.", size=len(data), limit=MAX_POLICY))
    if not _ALLOWED.fullmatch(data):
        raise BookError(say("The policy holds a control character other than tab and newline."))
    if data and not data.endswith(b"\n"):
        raise BookError(say("The policy's last line does not end: it was cut off."))
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    if len(lines) > MAX_LINES:
        raise BookError(say("The policy has more than {limit} lines.", limit=MAX_LINES))
    reading = _Reading()
    for number, line in enumerate(lines, 1):
        words = [word for word in re.split(r"[ \t]+", line) if word]
        if not words or words[0].startswith("#"):
            continue
        try:
            reading.line(words)
        except BookError as error:
            raise BookError(say("line {number} of the policy: {why}", number=str(number), why=error.said)) from None
    return reading.policy()


def judge(policy: Policy, checkpoint: Checkpoint) -> Judged:
    """What the policy makes of a checkpoint.

    Raises `BookError` naming the key when a known log's signature or a known witness's cosignature is false.
    """
    found = cosignature.verify(checkpoint, policy.witnesses.values())
    signed = {name: found[key] for name, key in policy.witnesses.items() if key in found}
    logs = [key for key in policy.logs if key.name == checkpoint.origin or _of(key, checkpoint)]
    held = note.verify(note.parse(checkpoint.note), logs)
    lacking = tuple(name for name in policy.witnesses if name not in signed)
    return Judged(signed, lacking, _witnessed(policy, policy.quorum, frozenset(signed)), held, not policy.logs)


def _of(key: Verifier, checkpoint: Checkpoint) -> bool:
    return key.name.startswith(checkpoint.origin + "/")


def _witnessed(policy: Policy, name: str, signed: frozenset[str]) -> bool:
    """Whether this witness or group counts as having cosigned; groups refer only to lines before them."""
    # From the first group on, so that a chain of groups as long as the file needs no deep recursion.
    met = set(signed)
    for group, rule in policy.groups.items():
        if sum(member in met for member in rule.members) >= rule.least:
            met.add(group)
    return name == NONE or name in met


class _Reading:
    """The lines of a policy as they are taken in."""

    def __init__(self) -> None:
        self.logs: list[Verifier] = []
        self.witnesses: dict[str, Cosigner] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self.placed: set[str] = set()  # names that are members of a group

    def line(self, words: Sequence[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self.log(vkey)
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self.witness(name, vkey)
            case ["group", name, least, *members] if members:
                self.group(name, least, members)
            case ["quorum", name]:
                self.decides(name)
            case _:
                raise BookError(say("it is none of {forms}", forms=_FORMS))

    def log(self, vkey: str) -> None:
        key = note.verifier(vkey)
        _unlike((one.public for one in self.logs), key.public)
        self.logs.append(key)

    def witness(self, name: str, vkey: str) -> None:
        self.fresh(name)
        key = cosignature.cosigner(vkey)
        _unlike((one.public for one in self.witnesses.values()), key.public)
        self.witnesses[name] = key

    def group(self, name: str, least: str, members: Sequence[str]) -> None:
        self.fresh(name)
        for member in members:
            self.defined(member)
            if member in self.placed:
                raise BookError(say("{name} is a member already, and counts once", name=_shown(member)))
            self.placed.add(member)
        number = {"any": 1, "all": len(members)}.get(least) or (int(least) if _NUMBER.fullmatch(least) else 0)
        if not 1 <= number <= len(members):
            raise BookError(
                say("{least} is not all, any or a number from 1 to {most}", least=_shown(least), most=len(members))
            )
        self.groups[name] = Group(number, tuple(members))

    def decides(self, name: str) -> None:
        if self.quorum is not None:
            raise BookError(say("a policy has one quorum line, and this is the second"))
        if name != NONE:
            self.defined(name)
        self.quorum = name

    def fresh(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise BookError(say("the name {name} is taken", name=_shown(name)))

    def defined(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise BookError(say("no line before this one defines {name}", name=_shown(name)))

    def policy(self) -> Policy:
        if self.quorum is None:
            raise BookError(say("The policy has no quorum line; “quorum none” asks for no witness."))
        return Policy(tuple(self.logs), self.witnesses, self.groups, self.quorum)


def _unlike(before: Iterable[bytes], public: bytes) -> None:
    if public in before:
        raise BookError(say("this key stands on a line before"))


def _shown(name: str) -> str:
    return ascii(name)[:80]
