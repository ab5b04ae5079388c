"""`tinkuy ballot`: an election by secret ballot, one command a role, with files that go from hand to hand.

    committee    credentials     a credential for each voter, secret; the public list, for the organiser
    committee    cards           the credentials on paper, after `setup`
    trustee      key             a private key, kept; a public key, for the organiser
    trustees     ceremony        instead, a key of which some of them are enough: `ballot_ceremony`
    organiser    setup           the election: one `.bel` archive, which is all that is public
    voter        questions       what is asked
    voter        vote, open      a ballot, from the credential; or opened, to see that it says what was chosen
    box          box, tally      ballots taken into the archive; the box closed and added up unopened
    trustee      decrypt         a share, after everything in the archive was verified
    trustee      shuffle         of rankings: in another order, so that nobody knows whose each is
    organiser    result          shuffles and shares taken, the result
    anybody      verify          everything checked, from the archive alone
    all of them  rollup          instead of decrypting small boxes, sums of many: `ballot_rollup`

Guarantees that no secret is printed: private keys, credentials and openings are in files of their owner alone.
Source: Belenios specification 2.0, 3. The archives are those of belenios-tool.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tinkuy.ballot import (
    BallotError,
    box,
    election,
    encoding,
    group,
    question,
    trustee,
    trustee_key,
    trustee_share,
)
from tinkuy.ballot import (
    shuffle as shuffles,
)
from tinkuy.ballot.rollup import record
from tinkuy.ballot.rollup.box import seen
from tinkuy.ballot.trustee_threshold import Parameters
from tinkuy.cli import ballot_ceremony, ballot_committee, ballot_roles, ballot_rollup, ballot_voter
from tinkuy.cli.ballot_here import (
    GROUP,
    Archive,
    GroupName,
    Out,
    append,
    append_each,
    mapped,
    now,
    processes,
    read,
    replace,
    source,
    spreading,
    write,
)
from tinkuy.cli.ballot_rollup import recorded
from tinkuy.cli.ballot_verify import judged, report
from tinkuy.cli.desk_here import tell
from tinkuy.cli.language import spoken
from tinkuy.words import say

UUID = say("The election's identifier, as the committee gave it.")
JOBS = say("Processes; by default one a core.")
RECORD = say("Your record of what you opened in roll-ups, so that this election shows none of them.")

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help=spoken(ballot_roles.BALLOT),
)
app.command("credentials", help=spoken(ballot_roles.CREDENTIALS))(ballot_committee.credentials)
app.add_typer(ballot_ceremony.app, name="ceremony")
app.add_typer(ballot_rollup.app, name="rollup")
Jobs = Annotated[int | None, typer.Option("--jobs", min=1, max=256, help=spoken(JOBS), show_default=False)]


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an organiser writes: name, description and questions, as belenios-tool's templates have them."""

    name: str
    description: str
    questions: list[object]


@app.command("key", help=spoken(ballot_roles.KEY))
def key(
    out: Annotated[Path, typer.Option("--out", help=spoken(say("The folder to write to.")), show_default=False)],
    group_name: Annotated[GroupName, typer.Option("--group", help=spoken(GROUP))] = "Ed25519",
    name: Annotated[
        str | None,
        typer.Option("--name", help=spoken(say("The trustee's name, which is published.")), show_default=False),
    ] = None,
) -> None:
    """`trustee.privkey`, private; `trustee.pubkey`."""
    chosen = group.by_name(group_name)
    secret = trustee_key.new_private(chosen, source)
    out.mkdir(parents=True, exist_ok=True)
    write(out / "trustee.privkey", trustee_key.write_private(secret), private=True)
    write(out / "trustee.pubkey", encoding.dumps(trustee_key.public(chosen, secret, source, name)))
    tell(say("Keep {file}: without it nobody opens the result.", file=str(out / "trustee.privkey")))


@app.command("setup", help=spoken(ballot_roles.SETUP))
def setup(
    template: Annotated[
        Path, typer.Argument(help=spoken(say("Name, description and questions (JSON).")), show_default=False)
    ],
    trustees: Annotated[
        list[Path],
        typer.Option(
            "--trustee",
            help=spoken(say("A trustee's public key, or a threshold's parameters; once for each.")),
            show_default=False,
        ),
    ],
    public: Annotated[
        Path, typer.Option("--credentials", help=spoken(say("The public credentials.")), show_default=False)
    ],
    uuid: Annotated[str, typer.Option("--uuid", help=spoken(UUID), show_default=False)],
    out: Out,
    group_name: Annotated[GroupName, typer.Option("--group", help=spoken(GROUP))] = "Ed25519",
) -> None:
    """One archive."""
    chosen = group.by_name(group_name)
    what = say("The template")
    written = encoding.convert(encoding.loads(read(template), what, election.MAX_ELECTION), Template, what)
    questions = [question.parse(value, number) for number, value in enumerate(written.questions, 1)]
    items = [_item(read(path), path) for path in trustees]
    listed = trustee.write_trustees(items)
    made = trustee.verify_setup(chosen, listed)
    new = election.write(uuid, written.name, written.description, chosen, made.election_key, questions)
    write(out, box.opened(now(), new, listed, read(public)))
    tell(
        say(
            "{file}: the election is open. Its fingerprint is {fingerprint}.",
            file=str(out),
            fingerprint=new.fingerprint,
        )
    )


app.command("cards", help=spoken(ballot_roles.CARDS))(ballot_committee.cards)
app.command("questions", help=spoken(ballot_roles.QUESTIONS))(ballot_voter.questions)
app.command("vote", help=spoken(ballot_roles.VOTE))(ballot_voter.vote)
app.command("open", help=spoken(ballot_roles.OPEN))(ballot_voter.opened)


@app.command("box", help=spoken(ballot_roles.BOX))
def cast(
    file: Archive,
    ballots: Annotated[list[Path], typer.Argument(help=spoken(say("Ballots.")), show_default=False)],
) -> None:
    """Appended one by one; the first that is refused ends the command, with those before it in the box."""
    for path, taken in append_each(file, lambda data: _cast(box.Box(data), ballots)):
        said = say("{file}: taken. Tracking number: {tracking}", file=str(path), tracking=taken.tracking)
        if taken.again:
            said = say("{file}: taken; it replaces an earlier one. Tracking number: {tracking}", **said.figures)
        tell(said)


@app.command("tally", help=spoken(ballot_roles.TALLY))
def tally(file: Archive, jobs: Jobs = None) -> None:
    """Two events: the end of ballots, and the encrypted tally."""
    append(file, box.close)
    with spreading(processes(jobs, file)) as spread:
        append(file, lambda data: box.add_up(data, spread))
    tell(say("The box is closed and added up. Now the trustees decrypt."))


@app.command("decrypt", help=spoken(ballot_roles.DECRYPT))
def decrypt(
    file: Archive,
    private: Annotated[
        Path, typer.Option("--key", help=spoken(say("The file of the private key.")), show_default=False)
    ],
    out: Out,
    record_file: Annotated[Path | None, typer.Option("--record", help=spoken(RECORD), show_default=False)] = None,
    jobs: Jobs = None,
) -> None:
    """A partial decryption with its proofs; with a record, only if what was opened before allows it."""
    with mapped(file) as data, spreading(processes(jobs, file)) as spread:
        at_hand, trustees, pairs = box.to_decrypt(data, spread)
        after = None if record_file is None else record.with_box(recorded(record_file), seen(data))
    secret = trustee_key.read_private(at_hand.group, read(private))
    public = at_hand.group.base(secret)
    if public not in trustees.keys:
        raise BallotError(say("This private key is not that of a trustee of this election."))
    made = trustee_share.decrypt(at_hand.group, at_hand.fingerprint, pairs, secret, source)
    if record_file is not None and after is not None:
        replace(record_file, record.write(after))
    write(out, made)
    tell(say("{file} is the share of trustee {number}.", file=str(out), number=str(trustees.keys.index(public) + 1)))


@app.command("shuffle", help=spoken(ballot_roles.SHUFFLE))
def shuffle(file: Archive, out: Out, jobs: Jobs = None) -> None:
    """A shuffle with its proofs, after everything was verified; the permutation is forgotten."""
    with mapped(file) as data, spreading(processes(jobs, file)) as spread:
        at_hand, rows = box.to_shuffle(data, spread)
    write(out, shuffles.make(at_hand.group, at_hand.fingerprint, at_hand.key, rows, source))
    tell(say("{file} is a shuffle of the rankings.", file=str(out)))


@app.command("result", help=spoken(ballot_roles.RESULT))
def result(
    file: Archive,
    shuffled: Annotated[
        list[str] | None,
        typer.Option("--shuffle", help=spoken(say("A trustee's number and shuffle, as 2=FILE.")), show_default=False),
    ] = None,
    more: Annotated[bool, typer.Option("--more", help=spoken(say("Another trustee shuffles after these.")))] = False,
    shares: Annotated[
        list[str] | None,
        typer.Option("--share", help=spoken(say("A trustee's number and share, as 2=FILE.")), show_default=False),
    ] = None,
) -> int:
    """Each is checked as it is taken; unless more are to come, the shuffles end with those taken here."""
    for number, body in map(_numbered, shuffled or []):
        append(file, partial(box.shuffled, number=number, body=body))
    if shuffled and not more:
        append(file, box.end_shuffles)
    for number, body in map(_numbered, shares or []):
        append(file, partial(box.share, number=number, body=body))
    if shares:
        append(file, box.conclude)
    return report(file, judged(file, 1), as_json=False)


@app.command("verify", help=spoken(ballot_roles.VERIFY))
def verify(
    file: Archive,
    as_json: Annotated[bool, typer.Option("--json", help=spoken(say("Everything that was found, as data.")))] = False,
    jobs: Jobs = None,
    since: Annotated[
        Path | None,
        typer.Option("--since", help=spoken(say("A copy seen before, which it must continue.")), show_default=False),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="ADDRESS",
            help=spoken(say("Use the Dask cluster whose scheduler is at this address, such as tcp://10.0.0.5:8786.")),
            show_default=False,
        ),
    ] = None,
) -> int:
    """Exit code 0, 1 or 2."""
    if cluster is not None and jobs is not None:
        raise BallotError(say("--jobs counts processes of this machine and --cluster uses others: give one of the two"))
    return report(file, judged(file, processes(jobs, file), since, cluster), as_json)


@app.command("demo", help=spoken(ballot_roles.DEMO))
def demo(
    out: Annotated[Path, typer.Option("--out", help=spoken(say("The new folder to write to.")), show_default=False)],
    voters: Annotated[int, typer.Option("--voters", help=spoken(say("How many voters.")))] = 200,
    trustees: Annotated[str, typer.Option("--trustees", help=spoken(say("How many of how many decrypt.")))] = "2of3",
    group_name: Annotated[GroupName, typer.Option("--group", help=spoken(GROUP))] = "Ed25519",
    jobs: Jobs = None,
) -> int:
    """Every role in one process."""
    from tinkuy.cli.ballot_demo import play

    return play(group.by_name(group_name), voters, trustees, out, jobs or os.cpu_count() or 1)


def _numbered(given: str) -> tuple[int, bytes]:
    """A trustee's number and her file, as "2=FILE"."""
    number, equals, path = given.partition("=")
    if not equals or not number.isdecimal():
        raise BallotError(say("It is given as 2=FILE: {given} is not.", given=given))
    return int(number), read(Path(path))


def _item(data: bytes, path: Path) -> trustee.Item:
    """A trustee's public key, or the parameters of a threshold, whichever the file holds."""
    what = say("{file}", file=str(path))
    value = encoding.loads(data, what)
    if isinstance(value, dict) and "threshold" in value:
        return trustee.Pedersen(encoding.convert(value, Parameters, what))
    return trustee.Single(encoding.convert(value, trustee_key.PublicKey, what))


def _cast(in_use: box.Box, ballots: list[Path]) -> Iterator[tuple[bytes, tuple[Path, box.Cast]]]:
    for path in ballots:
        taken = in_use.cast(read(path))
        yield taken.appended, (path, taken)
