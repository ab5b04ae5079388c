"""An act in words: one sentence a kind, for who reads a book."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tinkuy.assembly import (
    board,
    branch,
    election,
    election_count,
    founding,
    mandate,
    recall,
    register,
    vote,
    withdrawal,
)
from tinkuy.assembly.act import Act, Refused, read
from tinkuy.book.entry import parse
from tinkuy.cli.desk_here import shown
from tinkuy.federation import affiliation, consultation, levels, reported, returns, sheet
from tinkuy.federation.acts import Assembly
from tinkuy.words import Said, say

Words = Callable[[Any], Said]


def in_words(act: Act) -> Said:
    """What the act says; its kind alone where a newer version of the program wrote it."""
    words = WORDS.get(type(act))
    return say("{kind}", kind=act.kind) if words is None else words(act)


def lines(bodies: Sequence[bytes], state: Assembly, first: int = 0) -> Iterator[str]:
    """One line an act from `first` on, for the terminal.

    `!!` marks an act that was not allowed, `--` one that was taken back. `state` is what the acts replay to.
    """
    wrong = {breach.n for breach in state.breaches}
    for n, body in enumerate(bodies[first:], first):
        fields = parse(body)
        mark = "!!" if n in wrong else "--" if n in state.slips.withdrawn else "  "
        at = fields["at"].replace("T", " ").replace("Z", " UTC")
        said = say("{by}: {words}", by=fields["by"], words=_words(fields))
        if n in state.slips.withdrawn:
            said = say("{said} (taken back by act {act})", said=said, act=str(state.slips.withdrawn[n].n))
        yield f"{mark} {n:>5}  {at}  {shown(said)}"


def _words(fields: Mapping[str, Any]) -> Said:
    try:
        return in_words(read(fields))
    except Refused as refused:
        return refused.said


def _roles(act: Any) -> tuple[str, ...]:
    return tuple(officer.role for officer in act.board)


def _figures(act: Any) -> tuple[Said, ...]:
    return tuple(say("missing") if figure is None else say("{number}", number=figure) for figure in act.count.votes)


def _installed(act: board.BoardInstalled) -> Said:
    if act.reason == "rotation":
        return say("{roles} seal with the key that was committed to before", roles=_roles(act))
    return say(
        "{roles} take their seats by vote {vote} ({reason})", roles=_roles(act), vote=act.vote, reason=act.reason
    )


def _received(act: returns.Received) -> Said:
    figures = {"unit": act.unit, "index": str(act.index), "size": act.size}
    if act.checks:
        return say(
            "the sheet of {unit} is received: {state}, checks {checks}; act {index} of {size}",
            state=act.state,
            checks=tuple(str(number) for number in act.checks),
            **figures,
        )
    return say("the sheet of {unit} is received: {state}; act {index} of {size}", state=act.state, **figures)


def _certified(act: consultation.Certified) -> Said:
    figures = {"units": act.units, "cast": act.cast, "votes": act.votes}
    if act.passed:
        return say("the result is certified: carried; {units} units, {cast} papers, votes {votes}", **figures)
    return say("the result is certified: not carried; {units} units, {cast} papers, votes {votes}", **figures)


WORDS: Mapping[type[Act], Words] = {
    founding.Founded: lambda act: say(
        "{name} ({kind}) is founded in {place}; board: {roles}",
        name=act.name,
        kind=act.body,
        place=act.place,
        roles=_roles(act),
    ),
    founding.StatutesAdopted: lambda act: say(
        "new statutes bind, by vote {vote}: {digest}", vote=act.vote, digest=act.statutes[:12]
    ),
    board.BoardInstalled: _installed,
    board.BoardRecovered: lambda act: say(
        "{roles} go on with the keys committed to before, from a copy of {size} acts: {reason}",
        roles=_roles(act),
        size=str(act.size),
        reason=act.reason,
    ),
    recall.BoardRecalled: lambda act: say(
        "the board is recalled by {members} members and {officers} officers of the parent; now: {roles}; {reason}",
        members=len(act.members),
        officers=len(act.parent),
        roles=_roles(act),
        reason=act.reason,
    ),
    recall.MemberKeyed: lambda act: say("{member} registers a key", member=act.member),
    recall.ParentNamed: lambda act: say(
        "{name} is the parent body that may countersign a recall; book {book}", name=act.name, book=act.book
    ),
    founding.AffiliationAccepted: lambda act: say(
        "{name} joins as {code}, under {node}; book {book}", name=act.name, code=act.code, node=act.under, book=act.book
    ),
    affiliation.AffiliationUpdated: lambda act: say(
        "{code} has another board: {roles}, by its own book of {size} acts",
        code=act.code,
        roles=_roles(act),
        size=act.size,
    ),
    founding.AffiliationEnded: lambda act: say("{code} no longer belongs: {reason}", code=act.code, reason=act.reason),
    register.Enrolled: lambda act: say(
        "{count} members enrolled: m{first} to m{last}",
        count=act.count,
        first=str(act.first),
        last=str(act.first + act.count - 1),
    ),
    register.Suspended: lambda act: say("{member} is suspended: {reason}", member=act.member, reason=act.reason),
    register.Reinstated: lambda act: say("{member} is reinstated", member=act.member),
    register.Left: lambda act: say("{member} leaves", member=act.member),
    register.RollPublished: lambda act: say("the roll is published: {count} may vote", count=act.count),
    register.RollFrozen: lambda act: say("the roll is frozen: {count} may vote", count=act.count),
    vote.Opened: lambda act: say(
        "vote {number} opens ({rule}, {method}): {question}",
        number=str(act.vote),
        rule=act.rule,
        method=act.method,
        question=act.question,
    ),
    vote.Counted: lambda act: say(
        "vote {number} is counted by {tellers}: {votes}",
        number=str(act.vote),
        tellers=act.tellers,
        votes=_figures(act),
    ),
    vote.Recounted: lambda act: say(
        "vote {number} is counted again by {tellers}: {votes}; {reason}",
        number=str(act.vote),
        tellers=act.tellers,
        votes=_figures(act),
        reason=act.reason,
    ),
    vote.Declared: lambda act: say("vote {number} is declared: {outcome}", number=str(act.vote), outcome=act.outcome),
    election.Called: lambda act: say(
        "election {number} is called: {office}, {seats} seats; candidacies until {until}",
        number=str(act.election),
        office=act.office,
        seats=act.seats,
        until=act.until,
    ),
    election.Filed: lambda act: say(
        "{member} stands in election {number}", member=act.member, number=str(act.election)
    ),
    election.ListFiled: lambda act: say(
        "the list “{name}” stands in election {number}: {members}",
        name=act.name,
        number=str(act.election),
        members=act.members,
    ),
    election.CandidacyWithdrawn: lambda act: say(
        "{name} no longer stands in election {number}: {reason}",
        name=act.candidate,
        number=str(act.election),
        reason=act.reason,
    ),
    election_count.PapersEntered: lambda act: say(
        "papers of election {number}: {papers}", number=str(act.election), papers=sum(papers for papers, _ in act.rows)
    ),
    election_count.Counted: lambda act: say(
        "election {number} is counted by {tellers}: {cast} papers cast",
        number=str(act.election),
        tellers=act.tellers,
        cast=act.cast,
    ),
    election_count.Drawn: lambda act: say(
        "the lot of election {number} is drawn by {tellers}: {names}",
        number=str(act.election),
        tellers=act.tellers,
        names=act.order,
    ),
    election_count.Proclaimed: lambda act: say(
        "election {number} is proclaimed: {names}",
        number=str(act.election),
        names=act.elected or say("nobody"),
    ),
    election_count.Sworn: lambda act: say(
        "{member} is sworn in after election {number}", member=act.member, number=str(act.election)
    ),
    sheet.Issued: lambda act: say(
        "sheet of {unit} for consultation {name}: {votes}",
        unit=act.unit,
        name=act.consultation,
        votes=_figures(act),
    ),
    mandate.Credentialed: lambda act: say("{member} goes as delegate", member=act.delegate),
    mandate.Given: lambda act: say(
        "{member} is told to vote “{option}” in consultation {name}",
        member=act.delegate,
        option=act.option,
        name=act.consultation,
    ),
    mandate.Recalled: lambda act: say(
        "{member} is recalled as delegate, by vote {vote}", member=act.delegate, vote=str(act.vote)
    ),
    levels.TreeDefined: lambda act: say(
        "the tree gains {count} nodes; levels: {levels}", count=len(act.nodes), levels=act.levels
    ),
    consultation.Drafted: lambda act: say(
        "consultation drafted, from {opens} to {closes}: {question}",
        opens=act.opens,
        closes=act.closes,
        question=act.question,
    ),
    consultation.UnitsFrozen: lambda act: say("{count} bases take part with their frozen rolls", count=len(act.units)),
    consultation.Opened: lambda act: say(
        "the consultation opens: {units} units, {eligible} persons", units=act.units, eligible=act.eligible
    ),
    consultation.Closed: lambda act: say("the consultation closes"),
    consultation.Certified: _certified,
    consultation.Ratified: lambda act: say("the result is ratified by vote {vote}", vote=str(act.vote)),
    consultation.Archived: lambda act: say("the consultation is archived"),
    returns.Received: _received,
    reported.SheetReported: lambda act: say(
        "a result of {unit} is told by {channel}, unsigned: {figures}",
        unit=act.unit,
        channel=act.channel,
        figures=_figures(act),
    ),
    returns.Observed: lambda act: say("the sheet of {unit} is held: {reason}", unit=act.unit, reason=act.reason),
    returns.Resolved: lambda act: say("the sheet of {unit} is resolved: {reason}", unit=act.unit, reason=act.reason),
    returns.Annulled: lambda act: say("the sheet of {unit} is annulled: {reason}", unit=act.unit, reason=act.reason),
    returns.NotHeld: lambda act: say("{unit} did not meet: {reason}", unit=act.unit, reason=act.reason),
    returns.Forked: lambda act: say("two sealed histories of book {book} were seen: a fork", book=act.book),
    returns.ForkResolved: lambda act: say(
        "book {book} goes on in the history of {size} acts that its assembly chose: {reason}",
        book=act.book,
        size=act.size,
        reason=act.reason,
    ),
    branch.Chosen: lambda act: say(
        "by vote {vote} the assembly gives up another history of this book, of {size} acts: {reason}",
        vote=str(act.vote),
        size=act.size,
        reason=act.reason,
    ),
    withdrawal.Withdrawn: lambda act: say("act {act} is taken back: {reason}", act=str(act.of), reason=act.reason),
    returns.DelegateVoted: lambda act: say(
        "{member}, delegate of {unit}, votes “{option}”", member=act.delegate, unit=act.unit, option=act.option
    ),
}
