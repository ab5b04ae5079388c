"""Every role plays its part by commands, well and badly; no secret that was made is on a screen or in a public file."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.ballot.conftest import Type
from tinkuy.ballot import credential, group
from tinkuy.cli import main

TEMPLATE = {
    "name": "Base",
    "description": "",
    "questions": [{"answers": ["Sí", "No"], "blank": True, "min": 1, "max": 1, "question": "¿Paro?"}],
}
TRUSTEES = (1, 2)
PRIVATE = re.compile(r".*/cards\.csv|.*\.(pdf|seed|privkey|opening|card)")


@dataclass
class Played:
    """What was shown on the way, and the election of each base."""

    typed: Type
    shown: str = ""
    bases: dict[str, str] = field(default_factory=dict)

    def type(self, line: str, code: int = 0) -> str:
        said = self.typed(line, code=code)
        self.shown += said
        return said


@pytest.fixture
def played(
    typed: Type,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    sampled: Callable[[Sequence[str], int], Sequence[str]],
) -> Played:
    """Two bases under one threshold key: cards, ballots, audits, boxes; one base alone and both in a roll-up."""
    caplog.set_level(logging.DEBUG)
    one = Played(typed)
    Path("template.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    ceremony(one)
    for name in ("lampa", "juli"):
        one.bases[name] = base(one, name)
    Path("tree.csv").write_text("all,,\n" + "".join(f"{name},all,{uuid}\n" for name, uuid in one.bases.items()))
    rolled_up(one)
    decrypted(one, one.bases["lampa"])
    for line in sampled(list(badly(one)), 30):
        assert main.main(["--traceback", "ballot", *line.split()]) in (0, 1, 2), line
        for made in ("no.json", "no.pdf", "no.bel", "no.privkey", "no"):
            Path(made).unlink(missing_ok=True)
    one.shown += caplog.text + "".join(capsys.readouterr())
    return one


def ceremony(one: Played) -> None:
    for step in ("certificate stick --key {n}.seed --place {n} --trustees 2of2", "deal stick --key {n}.seed"):
        for number in TRUSTEES:
            one.type("ceremony " + step.format(n=number))
    one.type("ceremony route stick")
    for number in TRUSTEES:
        one.type(f"ceremony accept stick --key {number}.seed")
    one.type("ceremony conclude stick")
    for number in TRUSTEES:
        one.type(f"ceremony private stick --key {number}.seed --out {number}.privkey")
    one.type("key --out spare --name Rosa")


def base(one: Played, name: str) -> str:
    Path(f"{name}.csv").write_text("Ana\nRosa,2\n")
    found = re.search(r"election (\w+)", one.type(f"credentials {name}.csv --out {name}"))
    assert found is not None
    file = f"boxes/{found[1]}.bel"
    Path("boxes").mkdir(exist_ok=True)
    keys = f"--trustee stick/threshold.json --credentials {name}/public_creds.json --uuid {found[1]}"
    one.type(f"setup template.json {keys} --out {file}")
    one.type(f"cards {file} {name}/cards.csv --out {name}/cards.pdf")
    for voter, line in enumerate(Path(f"{name}/cards.csv").read_text().splitlines()):
        at = f"{name}/{voter}"
        Path(f"{at}.card").write_text(line.split(",")[2])
        one.type(f"vote {file} --credential-file {at}.card --answer 1 --out {at}.json --opening {at}.opening")
        one.type(f"open {file} {at}.json {at}.opening")
        one.type(f"box {file} {at}.json")
    one.type(f"tally {file} --jobs 1")
    return found[1]


def rolled_up(one: Played) -> None:
    one.type("rollup plan tree.csv --boxes boxes --small-cell 2 --name Paro --out sum --jobs 1")
    for number in TRUSTEES:
        own = f"--key {number}.privkey --record {number}.record --out {number}.shares"
        one.type(f"rollup decrypt sum --boxes boxes --small-cell 2 --jobs 1 {own}")
        one.type(f"rollup result sum --share {number}.shares")
    assert "is sound" in one.type("rollup verify sum --boxes boxes --jobs 1")
    one.type("rollup verify sum --boxes boxes --jobs 1 --json")


def decrypted(one: Played, uuid: str) -> None:
    file = f"boxes/{uuid}.bel"
    for number in TRUSTEES:
        one.type(f"decrypt {file} --key {number}.privkey --record {number}.record --out {number}.share --jobs 1")
    one.type(f"result {file} --share 1=1.share --share 2=2.share")
    one.type(f"verify {file} --jobs 1 --json")


def badly(one: Played) -> Iterator[str]:
    """Commands with a file that holds a secret, whole or damaged, where another file is due."""
    uuid = one.bases["juli"]
    file = f"boxes/{uuid}.bel"
    secrets = ["1.privkey", "1.seed", "juli/cards.csv", "juli/0.card", "juli/0.opening"]
    for place, name in enumerate(list(secrets)):
        damaged = f"damaged{place}.card"
        Path(damaged).write_bytes(Path(name).read_bytes().replace(b"a", b"0").rstrip() + b"x")
        secrets.append(damaged)
    for name in secrets:
        yield from (
            f"vote {file} --credential-file {name} --answer 1 --out no.json",
            f"open {file} juli/0.json {name}",
            f"open {file} {name} juli/0.opening",
            f"box {file} {name}",
            f"decrypt boxes/{one.bases['lampa']}.bel --key {name} --out no.json --jobs 1",
            f"rollup decrypt sum --boxes boxes --small-cell 2 --jobs 1 --key {name} --record no --out no.json",
            f"rollup decrypt sum --boxes boxes --small-cell 2 --jobs 1 --key 1.privkey --record {name} --out no.json",
            f"rollup result sum --share {name}",
            f"rollup plan {name} --boxes boxes --small-cell 2 --name x --out no",
            f"cards {file} {name} --out no.pdf",
            f"result {file} --share 1={name}",
            f"setup {name} --trustee {name} --credentials {name} --uuid {uuid} --out no.bel",
            f"setup template.json --trustee {name} --credentials {name} --uuid {uuid} --out no.bel",
            f"ceremony private stick --key {name} --out no.privkey",
            f"verify {name} --jobs 1",
        )


def secrets_of(one: Played) -> Iterator[str]:
    """Every secret in the private files, as it is written and as the number that it stands for."""
    at_hand = group.by_name("Ed25519")
    for name, uuid in one.bases.items():
        for line in Path(f"{name}/cards.csv").read_text().splitlines():
            card = credential.parse(line.split(",")[2])
            yield from (card.text, card.text.replace("-", ""), str(card.secret(at_hand, uuid)))
        for voter in (0, 1):
            yield from (r for row in json.loads(Path(f"{name}/{voter}.opening").read_text()) for _, r in row)
    for number in TRUSTEES:
        yield Path(f"{number}.seed").read_text().strip()
        yield json.loads(Path(f"{number}.privkey").read_text())
    yield json.loads(Path("spare/trustee.privkey").read_text())


def test_no_secret_is_shown_logged_or_in_a_public_file_and_private_files_are_their_owners(played: Played) -> None:
    secrets = set(secrets_of(played))
    assert len(secrets) == 2 * 2 * 3 + 2 * 2 * 3 + 2 * 2 + 1
    assert "Traceback" in played.shown
    assert not [secret for secret in secrets if secret in played.shown]
    files = [path for path in Path().rglob("*") if path.is_file()]
    public = [path for path in files if not PRIVATE.fullmatch(f"/{path}")]
    assert {"plan.json", "tree.csv", "1.record", "result.json", "threshold.json"} <= {path.name for path in public}
    assert not [(path, secret) for path in public for secret in secrets if secret.encode() in path.read_bytes()]
    made = [path for path in files if PRIVATE.fullmatch(f"/{path}") and path.suffix != ".card"]
    assert [path for path in made if path.stat().st_mode & 0o077] == []
    assert len(made) == 2 * (1 + 1 + 2) + 2 + 2 + 1
