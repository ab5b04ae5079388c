"""belenios-tool 2.0 judges trustees and shuffles: it takes ours, refuses damaged ones, and shares elections with ours.

All that is not a trustee's work (credentials, ballots, encrypted tally, result, verdict) is done by belenios-tool here.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.ballot.trustee_data import Finished, damaged, seeded
from tinkuy.ballot import shuffle
from tinkuy.ballot.encoding import dumps, read
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Group, by_name
from tinkuy.ballot.pedersen import accept, certificate, conclude, deal, gather, private_key, route
from tinkuy.ballot.trustee import Pedersen, Single, verify_setup, write_trustees
from tinkuy.ballot.trustee_key import PublicKey, new_private, public, read_private, write_private
from tinkuy.ballot.trustee_share import decrypt, verify_share
from tinkuy.ballot.trustee_threshold import Context, Parameters
from tinkuy.words import say

pytestmark = pytest.mark.skipif(shutil.which("belenios-tool") is None, reason="belenios-tool is not on this machine")

MARKS = {"answers": ["A", "B"], "min": 0, "max": 1, "question": "Strike?"}
RANKS = {"type": "NonHomomorphic", "value": {"answers": ["A", "B", "C"], "question": "Order?"}}
DAMAGE: dict[str, Callable[[Any], Any]] = {
    "response": lambda text: str(int(text) - 1),
    "key": lambda text: str(int(text) ** 2 % by_name("BELENIOS-2048").modulus),  # type: ignore[attr-defined]
}


@dataclass(frozen=True)
class Office:
    """The office that organises an election, with belenios-tool, in a folder."""

    folder: Path

    def tool(self, *arguments: str | Path, given: bytes = b"") -> bytes:
        """What the program prints; it must succeed."""
        done = self.asked(*arguments, given=given)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def asked(self, *arguments: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = ["belenios-tool", *map(str, arguments)]
        return subprocess.run(command, cwd=self.folder, input=given, capture_output=True, check=False)

    def write(self, name: str, data: bytes) -> Path:
        (self.folder / name).write_bytes(data)
        return self.folder / name

    def open(self, group: Group, questions: Sequence[Any], trustees: bytes) -> None:
        """The election's files, with these trustees."""
        uuid = self.tool("setup", "generate-token").decode().strip()
        self.tool("setup", "generate-credentials", "--uuid", uuid, "--group", group.name, "--count", "3")
        for ending, name in (("pubcreds", "public_creds.json"), ("privcreds", "private_creds.txt")):
            next(self.folder.glob(f"*.{ending}")).rename(self.folder / name)
        self.write("trustees.json", trustees)
        template = {"description": "", "name": "judged", "questions": list(questions)}
        path = self.write("template.json", json.dumps(template).encode())
        self.tool("setup", "make-election", "--uuid", uuid, "--group", group.name, "--template", path)

    def take_votes(self, votes: Sequence[Any]) -> None:
        """The archive, begun with the files that are there; one ballot a credential; the box closed and added up."""
        self.tool("archive", "init")
        voters = (self.folder / "private_creds.txt").read_text().splitlines()
        for voter, vote in zip(voters, votes, strict=True):
            paths = self.write("credential", voter.split()[1].encode()), self.write("vote", json.dumps(vote).encode())
            self.add("Ballot", self.tool("election", "generate-ballot", "--privcred", paths[0], "--ballot", paths[1]))
        self.add("EndBallots", b"")
        self.add("EncryptedTally", self.tool("election", "compute-encrypted-tally"))

    def add(self, kind: str, lines: bytes) -> None:
        self.tool("archive", "add-event", f"--type={kind}", given=lines)

    def add_ours(self, kind: str, number: int, data: bytes) -> None:
        """An event of trustee `number`, whose work was done by us."""
        owned = dumps({"owner": number, "payload": sha256(data).hexdigest()})
        self.add(kind, data + b"\n" + owned + b"\n")

    @property
    def seen(self) -> Finished:
        """The archive as it stands, read by us."""
        return Finished(next(self.folder.glob("*.bel")).read_bytes(), {})

    def share(self, number: int, x: int, seed: int = 1) -> bytes:
        seen = self.seen
        return decrypt(seen.group, seen.fingerprint, seen.opened_tally, x, seeded(seed))

    def result(self) -> Any:
        self.add("Result", self.tool("election", "compute-result"))
        self.tool("election", "verify")
        return self.seen.result

    def copy(self, name: str) -> Office:
        shutil.copytree(self.folder, self.folder.parent / name)
        return Office(self.folder.parent / name)


@pytest.fixture(scope="module")
def desk() -> Iterator[Path]:
    with TemporaryDirectory(prefix="tinkuy-belenios-") as folder:
        yield Path(folder)


def an_office(desk: Path, name: str) -> Office:
    (desk / name).mkdir()
    return Office(desk / name)


def our_key(group: Group, seed: int) -> tuple[int, PublicKey]:
    x = new_private(group, seeded(seed))
    return x, public(group, x, seeded(seed), "Rosa")


def their_key(office: Office, group: Group) -> tuple[Path, PublicKey]:
    office.tool("setup", "generate-trustee-key", "--group", group.name)
    written = next(office.folder.glob("*.pubkey")).read_bytes().strip()
    return next(office.folder.glob("*.privkey")), read(written, PublicKey, say("their key"))


@pytest.fixture(scope="module")
def shared(desk: Path) -> tuple[Office, int, Path]:
    """An election with two mandatory trustees, we the first and they the second, closed and added up."""
    group, office = by_name("BELENIOS-2048"), an_office(desk, "two")
    (x, ours), (path, theirs) = our_key(group, 1), their_key(office, group)
    trustees = write_trustees([Single(ours), Single(theirs)])
    office.write("public_keys.jsons", dumps(ours) + b"\n" + dumps(theirs) + b"\n")
    office.tool("setup", "make-trustees")
    assert (office.folder / "trustees.json").read_bytes().strip() == trustees
    office.open(group, [MARKS], trustees)
    office.take_votes([[[1, 0]], [[0, 1]], [[1, 0]]])
    return office, x, path


def test_their_trustee_and_ours_make_one_key_and_open_one_tally(shared: tuple[Office, int, Path]) -> None:
    office, x, path = shared
    office = office.copy("two-opened")
    trustees = verify_setup(office.seen.group, office.seen.trustees)
    assert [part.names for part in trustees.parts] == [("Rosa",), (None,)]
    office.add_ours("PartialDecryption", 1, office.share(1, x))
    theirs = office.tool("election", "decrypt", "--privkey", path, "--trustee-id", "2")
    office.add("PartialDecryption", theirs)
    verify_share(trustees, office.seen.fingerprint, office.seen.opened_tally, 2, theirs.splitlines()[0])
    assert office.result() == [[2, 1]]


def test_private_keys_pass_between_the_programs_in_one_file(shared: tuple[Office, int, Path]) -> None:
    office, x, path = shared
    office = office.copy("two-exchanged")
    group = office.seen.group
    kept = office.write("ours.privkey", write_private(x))
    office.add("PartialDecryption", office.tool("election", "decrypt", "--privkey", kept, "--trustee-id", "1"))
    office.add_ours("PartialDecryption", 2, office.share(2, read_private(group, path.read_bytes().strip())))
    assert office.result() == [[2, 1]]


@pytest.mark.parametrize("field", ["challenge", "response", "factor"])
def test_a_damaged_share_of_ours_is_refused_by_both(shared: tuple[Office, int, Path], field: str) -> None:
    office, x, path = shared
    office = office.copy(f"two-damaged-{field}")
    place = ("decryption_factors", 0, 1) if field == "factor" else ("decryption_proofs", 0, 1, field)
    share = damaged(office.share(1, x), place, DAMAGE["key" if field == "factor" else "response"])
    office.add_ours("PartialDecryption", 1, share)
    seen = office.seen
    with pytest.raises(BallotError, match=r"Trustee 1.*question 1, ciphertext 2"):
        verify_share(verify_setup(seen.group, seen.trustees), seen.fingerprint, seen.opened_tally, 1, share)
    theirs = office.tool("election", "decrypt", "--privkey", path, "--trustee-id", "2")
    office.add("PartialDecryption", theirs)
    assert office.asked("election", "compute-result").returncode != 0


def our_ceremony(group: Group, threshold: int, size: int) -> tuple[Parameters, list[str], list[str]]:
    source = seeded(5)
    contexts = (Context(group.name, size, threshold, index + 1) for index in range(size))
    seeds, certs = zip(*(certificate(group, of, source) for of in contexts), strict=True)
    ceremony = gather(group, certs, threshold)
    polynomials = [deal(ceremony, seed, source) for seed in seeds]
    vinputs = route(ceremony, polynomials)
    voutputs = [accept(ceremony, seed, each, source) for seed, each in zip(seeds, vinputs, strict=True)]
    return (*conclude(ceremony, polynomials, voutputs), list(seeds))


@pytest.fixture(scope="module")
def ceremony() -> tuple[Parameters, list[str], list[str]]:
    return our_ceremony(by_name("BELENIOS-2048"), 2, 3)


def test_a_threshold_key_of_ours_is_taken_and_their_program_uses_our_trustees_files(
    desk: Path, ceremony: tuple[Parameters, list[str], list[str]]
) -> None:
    """Two of three and one mandatory trustee of theirs; of ours one decrypts here, the other with belenios-tool."""
    group, office = by_name("BELENIOS-2048"), an_office(desk, "threshold")
    parameters, letters, seeds = ceremony
    path, theirs = their_key(office, group)
    office.open(group, [MARKS], write_trustees([Single(theirs), Pedersen(parameters)]))
    office.take_votes([[[0, 1]], [[0, 1]], [[0, 0]]])
    office.tool("election", "verify")
    office.add("PartialDecryption", office.tool("election", "decrypt", "--privkey", path, "--trustee-id", "1"))
    office.add_ours("PartialDecryption", 4, office.share(4, private_key(group, seeds[2], letters[2])))
    key, letter = office.write("ours.key", seeds[0].encode()), office.write("ours.dkey", letters[0].encode())
    command = ("election", "decrypt-threshold", "--key", key, "--decryption-key", letter, "--trustee-id", "2")
    office.add("PartialDecryption", office.tool(*command))
    assert office.result() == [[0, 2]]


@pytest.mark.parametrize(
    "place",
    [
        ("certs", 1, "signature", "response"),
        ("coefexps", 0, "signature", "response"),
        ("verification_keys", 2, "pok", "response"),
        ("verification_keys", 2, "public_key"),
    ],
)
def test_damaged_parameters_of_ours_are_refused(
    desk: Path, ceremony: tuple[Parameters, list[str], list[str]], place: tuple[str | int, ...]
) -> None:
    group, office = by_name("BELENIOS-2048"), an_office(desk, "damaged-" + "-".join(map(str, place)))
    trustees = write_trustees([Pedersen(ceremony[0])])
    office.open(group, [MARKS], trustees)
    change = DAMAGE["key" if place[-1] == "public_key" else "response"]
    office.write("trustees.json", damaged(trustees, (0, 1, *place), change))
    office.tool("archive", "init")
    assert office.asked("election", "verify").returncode != 0
    office.write("trustees.json", trustees)
    next(office.folder.glob("*.bel")).unlink()
    office.tool("archive", "init")
    office.tool("election", "verify")


def test_a_ceremony_is_held_by_their_program_and_ours_together(desk: Path) -> None:
    """Trustee 1 with belenios-tool, 2 and 3 with ours; both programs do the organiser's steps and agree."""
    group, office = by_name("BELENIOS-2048"), an_office(desk, "together")
    step = ("setup", "generate-trustee-key-threshold", "--group", group.name)
    office.tool(*step, "--step", "1")
    their_seed, name = next(office.folder.glob("*.key")), next(office.folder.glob("*.cert")).stem
    ours = [certificate(group, None, seeded(n)) for n in (1, 2)]
    certs = [(office.folder / f"{name}.cert").read_bytes().strip(), *(cert for _, cert in ours)]
    path = office.write("certs.jsons", b"".join(cert + b"\n" for cert in certs))
    office.tool(*step, "--certs", path, "--step", "2")
    ceremony = gather(group, certs, 2)
    theirs = office.tool(*step, "--certs", path, "--key", their_seed, "--step", "3", "--threshold", "2").strip()
    polynomials = [theirs, *(deal(ceremony, seed, seeded(3)) for seed, _ in ours)]
    dealt = office.write("polynomials.jsons", b"".join(each + b"\n" for each in polynomials))
    office.tool(*step, "--certs", path, "--step", "4", "--polynomials", dealt)
    vinputs = route(ceremony, polynomials)
    assert (office.folder / f"{name}.vinput").read_bytes().strip() == vinputs[0]
    given = office.tool(*step, "--certs", path, "--key", their_seed, "--step", "5", given=vinputs[0])
    voutputs = [
        given.strip(),
        *(accept(ceremony, seed, each, seeded(4)) for (seed, _), each in zip(ours, vinputs[1:], strict=True)),
    ]
    command = (*step, "--certs", path, "--step", "6", "--polynomials", dealt)
    concluded = office.tool(*command, given=b"".join(each + b"\n" for each in voutputs)).strip()
    parameters, letters = conclude(ceremony, polynomials, voutputs)
    assert dumps(parameters) == concluded
    office.open(group, [MARKS], write_trustees([Pedersen(parameters)]))
    office.take_votes([[[1, 0]], [[1, 0]], [[1, 0]]])
    letter = office.folder / f"{name}.dkey"
    their_private = private_key(group, their_seed.read_text().strip(), letter.read_text().strip())
    trustees = verify_setup(group, write_trustees([Pedersen(parameters)]))
    assert group.base(their_private) == trustees.key(1)
    keys = ("--key", their_seed, "--decryption-key", letter)
    office.add("PartialDecryption", office.tool("election", "decrypt-threshold", *keys, "--trustee-id", "1"))
    office.add_ours("PartialDecryption", 3, office.share(3, private_key(group, ours[1][0], letters[2])))
    assert office.result() == [[3, 0]]


@pytest.fixture(scope="module")
def ranked(desk: Path) -> tuple[Office, int]:
    """An election with a ranked question beside another one, closed and added up; the trustee is ours."""
    group, office = by_name("RFC-3526-2048"), an_office(desk, "ranked")
    x, key = our_key(group, 2)
    office.open(group, [MARKS, RANKS], write_trustees([Single(key)]))
    office.take_votes([[[1, 0], [1, 2, 3]], [[0, 1], [3, 1, 2]], [[0, 1], [2, 3, 1]]])
    return office, x


def our_shuffle(office: Office, seed: int) -> bytes:
    seen = office.seen
    key = seen.group.read(seen.election["public_key"])
    shuffles = seen.owned("Shuffle")
    rows = [seen.encrypted_tally[1]]
    for _, data in shuffles:
        rows = shuffle.verify(seen.group, seen.fingerprint, key, rows, data)
    return shuffle.make(seen.group, seen.fingerprint, key, rows, seeded(seed))


@pytest.mark.parametrize("order", ["theirs first", "ours first"])
def test_their_shuffle_and_ours_follow_one_another_and_the_rankings_come_out(
    ranked: tuple[Office, int], order: str
) -> None:
    office, x = ranked[0].copy(order.replace(" ", "-")), ranked[1]
    for turn in (order, "ours first" if order == "theirs first" else "theirs first"):
        if turn == "theirs first":
            office.add("Shuffle", office.tool("election", "shuffle", "--trustee-id", "1"))
        else:
            office.add_ours("Shuffle", 1, our_shuffle(office, 3))
    office.add("EndShuffles", b"")
    kept = office.write("ours.privkey", write_private(x))
    office.add("PartialDecryption", office.tool("election", "decrypt", "--privkey", kept, "--trustee-id", "1"))
    marks, rankings = office.result()
    assert (marks, sorted(rankings)) == ([1, 2], [[1, 2, 3], [2, 3, 1], [3, 1, 2]])


@pytest.mark.parametrize(
    "place",
    [
        ("proofs", 0, 1, 0),
        ("proofs", 0, 1, 3),
        ("proofs", 0, 1, 4, 1),
        ("proofs", 0, 2, 0),
        ("ciphertexts", 0, 0, "beta"),
    ],
)
def test_a_damaged_shuffle_of_ours_is_refused_by_both(ranked: tuple[Office, int], place: tuple[str | int, ...]) -> None:
    office = ranked[0].copy("damaged-" + "-".join(map(str, place)))
    squared = place[0] == "ciphertexts" or place[2] == 2
    group = office.seen.group
    changed = damaged(
        our_shuffle(office, 3),
        place,
        (lambda text: group.write(group.power(group.read(text), 2))) if squared else DAMAGE["response"],
    )
    office.add_ours("Shuffle", 1, changed)
    with pytest.raises(BallotError, match="The proof of the shuffle does not hold"):
        our_shuffle(office, 4)
    assert office.asked("election", "verify").returncode != 0
