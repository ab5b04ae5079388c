"""`tinkuy ballot credentials` and `cards`: what the committee makes for the voters, and never shows on a screen.

Guarantees that what lets somebody vote is only in files that their owner alone can read, which are never written over;
and that a card is printed only of a credential that is on the election's list with the weight that the card says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tinkuy.ballot import BallotError, archive, box, credential, election, group
from tinkuy.cli.ballot_here import GROUP, GroupName, mapped, read, source, write
from tinkuy.cli.desk_here import tell
from tinkuy.cli.language import Language, current, spoken
from tinkuy.words import say

UUID = say("The election's identifier, where the organiser fixed it already; made new otherwise.")


def credentials(
    voters: Annotated[
        Path, typer.Argument(help=spoken(say("Voters (CSV): a name, and a weight if any.")), show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", help=spoken(say("The folder to write to.")), show_default=False)],
    uuid: Annotated[str | None, typer.Option("--uuid", help=spoken(UUID), show_default=False)] = None,
    group_name: Annotated[GroupName, typer.Option("--group", help=spoken(GROUP))] = "Ed25519",
) -> None:
    """`cards.csv`, private: a card a voter. `public_creds.json`: for the organiser."""
    chosen, uuid = group.by_name(group_name), uuid or election.new_uuid(source)
    listed = credential.read_voters(read(voters).decode("utf-8-sig", "replace"))
    cards = [(voter, credential.generate(source)) for voter in listed]
    out.mkdir(parents=True, exist_ok=True)
    public = {one.public(chosen, uuid): voter.weight for voter, one in cards}
    write(out / "cards.csv", credential.write_cards(cards).encode(), private=True)
    write(out / "public_creds.json", credential.write_public(chosen, public))
    tell(
        say(
            "{count} credentials for election {uuid}, of weight {weight}.",
            count=len(cards),
            uuid=uuid,
            weight=sum(public.values()),
        )
    )
    tell(
        say(
            "Keep {file}: no server may see it. When the election is set up, print it with {command}.",
            file=str(out / "cards.csv"),
            command="tinkuy ballot cards",
        )
    )


def cards(
    file: Annotated[Path, typer.Argument(help=spoken(say("The election's archive (.bel).")), show_default=False)],
    listed: Annotated[
        Path,
        typer.Argument(help=spoken(say("The committee's cards.csv, as credentials wrote it.")), show_default=False),
    ],
    out: Annotated[Path, typer.Option("--out", help=spoken(say("The PDF to write.")), show_default=False)],
    lang: Annotated[
        Language | None,
        typer.Option("--lang", help=spoken(say("Language of the paper: es or en.")), show_default=False),
    ] = None,
) -> None:
    """A PDF, private, after each card was found on the election's list."""
    from tinkuy.paper import cards as paper
    from tinkuy.paper import press

    held = credential.read_cards(read(listed).decode("utf-8", "replace"))
    with mapped(file) as data:
        at_hand = box.Box(data)
        began = int(archive.header(data).timestamp)
    for voter, one in held:
        public = at_hand.election.group.write(one.public(at_hand.election.group, at_hand.election.uuid))
        if at_hand.weights.get(public) != voter.weight:
            raise BallotError(
                say("The card of {voter} is not of this election, or of another weight.", voter=voter.name)
            )
    printed = paper.pages(
        paper.Election(at_hand.election.name, at_hand.election.uuid, began),
        [paper.Card(voter.name, voter.weight, one.text) for voter, one in held],
        lang or current(),
    )
    write(out, press.pdf(*printed), private=True)
    tell(say("{file}: cards: {cards}; pages: {pages}.", file=str(out), cards=len(held), pages=len(printed)))
    tell(
        say(
            "Print it on a printer that keeps no copy, then destroy {file} and {listed}.",
            file=str(out),
            listed=str(listed),
        )
    )
