"""Mandates: what a base tells its delegate (mandato), and that it can take the delegate back (revocatoria).

Guarantees that a credential and a mandate come from the base's own book, and that a recalled delegate holds neither.
A federation compares the delegate's vote with these (check 15).

Source: assembly.md, "Mandate"; statutes `delegates`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tinkuy.assembly.act import Act, Refused, Whole, act
from tinkuy.assembly.founding import Body, by_officer, carried
from tinkuy.assembly.register import Register
from tinkuy.assembly.state import Assembly
from tinkuy.words import say


@dataclass(slots=True)
class Mandates:
    """Delegates with a credential, those recalled, and the option each was told to vote for, by consultation."""

    credentialed: set[str] = field(default_factory=set)
    recalled: set[str] = field(default_factory=set)
    given: dict[tuple[str, str], str] = field(default_factory=dict)  # (consultation, delegate) → option

    def hold(self, delegate: str) -> bool:
        """Whether this member is a delegate with a credential that stands."""
        return delegate in self.credentialed and delegate not in self.recalled


@act
class Credentialed(Act, tag="delegate.credentialed", frozen=True, kw_only=True):
    """A member goes as delegate of this base (credencial)."""

    withdrawable = True

    delegate: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        assembly.room(Register).number(self.delegate)
        if assembly.room(Mandates).hold(self.delegate):
            raise Refused(say("{member} holds a credential already", member=self.delegate))

    def apply(self, assembly: Assembly) -> None:
        mandates = assembly.room(Mandates)
        mandates.credentialed.add(self.delegate)
        mandates.recalled.discard(self.delegate)


@act
class Given(Act, tag="mandate.given", frozen=True, kw_only=True):
    """The base tells its delegate which option to vote for in a consultation (mandato imperativo)."""

    withdrawable = True

    delegate: str
    consultation: str
    option: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        if not assembly.room(Mandates).hold(self.delegate):
            raise Refused(say("{member} holds no credential", member=self.delegate))

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Mandates).given[self.consultation, self.delegate] = self.option


@act
class Recalled(Act, tag="delegate.recalled", frozen=True, kw_only=True):
    """The base takes its delegate back by a vote (revocatoria); the credential ends here."""

    withdrawable = True

    delegate: str
    vote: Whole

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        if not assembly.room(Mandates).hold(self.delegate):
            raise Refused(say("{member} holds no credential", member=self.delegate))
        carried(assembly, self.vote, "recall")

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Mandates).recalled.add(self.delegate)
        assembly.room(Body).spent.add(self.vote)
