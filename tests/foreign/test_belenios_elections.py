"""Debian's belenios-tool 2.0 judges elections of ours, and plays each role in the middle of one.

Each role is played by the other side once: setup, credentials, ballot, tally, decryption, result.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.ballot.played import BLANK, RANKED, TIME, YES_NO, Played, set_up
from tests.ballot.taken_apart import altered, another, bound, leaves, places, taken_apart, with_leaf
from tests.foreign import belenios
from tinkuy.ballot import archive, ballot, box, credential, election, group, trustee, trustee_key, trustee_share, verify
from tinkuy.ballot.question import AnyQuestion

GROUP = "BELENIOS-2048"


@pytest.fixture(autouse=True)
def tool() -> None:
    belenios.needed()


@pytest.mark.parametrize(
    ("name", "questions", "choices", "weights"),
    [
        (GROUP, (YES_NO, BLANK), [((1, 0), (0, 1, 1, 0)), ((0, 1), (1, 0, 0, 0)), ((0, 1), (0, 0, 0, 1))], (1,)),
        (GROUP, (YES_NO,), [((1, 0),), ((0, 1),), ((0, 1),), ((1, 0),), ((0, 1),)], (3, 1, 0, 10)),
        ("RFC-3526-2048", (RANKED,), [((1, 2, 3),), ((3, 2, 1),)], (1,)),
    ],
    ids=["blank", "weights and revotes", "ranked"],
)
def test_an_election_of_ours_is_accepted(
    name: str,
    questions: tuple[AnyQuestion, ...],
    choices: list[tuple[tuple[int, ...], ...]],
    weights: tuple[int, ...],
    tmp_path: Path,
) -> None:
    played = set_up(name, *questions, trustees=2, weights=weights)
    data = played.counted(played.with_ballots(choices))
    assert verify.verify(data).findings == ()
    assert belenios.accepts(tmp_path, played.election.uuid, data)


def test_an_election_of_ours_is_accepted_at_every_step(tmp_path: Path) -> None:
    played = set_up(GROUP)
    data = played.counted(played.with_ballots([((1, 0),)]))
    for number, event in enumerate(archive.events(data)):
        assert belenios.accepts(tmp_path / str(number), played.election.uuid, data[: event.end])


def test_what_it_refuses_we_refuse(tmp_path: Path) -> None:
    """A leaf changed in each kind of published data; where it says no, we say no and say why."""
    played = set_up(GROUP)
    events = taken_apart(played.counted(played.with_ballots([((1, 0),), ((0, 1),)])))
    refused = 0
    for kind, number in (("Ballot", 0), ("EncryptedTally", 0), ("PartialDecryption", 0), ("Result", 0), ("Setup", 1)):
        place = places(events, kind)[0]  # type: ignore[arg-type]
        written = json.loads(events[place].data[number])
        for path in list(leaves(written))[-2:]:
            damaged = bound(altered(events, place, number, lambda value, path=path: with_leaf(value, path, another)))
            if not belenios.accepts(tmp_path, played.election.uuid, damaged):
                refused += 1
                assert verify.verify(damaged).state == "wrong"
    assert refused >= 8


def test_its_credentials_and_ballots_enter_our_box_and_ours_its_archive(tmp_path: Path) -> None:
    chosen, uuid = group.by_name(GROUP), election.new_uuid(os.urandom)
    belenios.run(tmp_path, "setup", "generate-credentials", "--group", GROUP, "--uuid", uuid, "--count", "2")
    listed = next(tmp_path.glob("*.privcreds")).read_text().splitlines()
    cards = [credential.parse(line.split()[1]) for line in listed]
    public = credential.write_public(chosen, {one.public(chosen, uuid): 1 for one in cards})
    theirs = json.loads(next(tmp_path.glob("*.pubcreds")).read_text())
    assert json.loads(public) == [line.split(",")[0] for line in theirs]
    played = _with(cards, uuid, public)
    file = belenios.kept(tmp_path, uuid, played.data)
    (tmp_path / "choice").write_text("[[1,0]]")
    (tmp_path / "card").write_text(cards[0].text)
    made = belenios.run(tmp_path, "election", "generate-ballot", "--privcred", "card", "--ballot", "choice").strip()
    data = played.data + box.Box(played.data).cast(made.encode()).appended
    ours = ballot.prepare(played.election, cards[1], [(0, 1)], os.urandom).data
    file.write_bytes(data)
    belenios.run(tmp_path, "archive", "add-event", "--type", "Ballot", given=ours + b"\n")
    added = file.read_bytes()
    assert added == data + box.Box(data).cast(ours).appended
    assert belenios.accepts(tmp_path, uuid, played.counted(added))


def test_its_tally_shares_and_result_are_ours_and_ours_are_its(tmp_path: Path) -> None:
    played = set_up(GROUP, trustees=2)
    uuid, data = played.election.uuid, played.with_ballots([((1, 0),), ((0, 1),), ((0, 1),)])
    file = belenios.kept(tmp_path, uuid, data)
    belenios.run(tmp_path, "archive", "add-event", "--type", "EndBallots")
    data += box.close(data)
    assert file.read_bytes() == data
    theirs = belenios.run(tmp_path, "election", "compute-encrypted-tally").strip().split("\n")
    data += box.add_up(data)
    assert [one.decode() for one in taken_apart(data)[-1].data] == theirs
    file.write_bytes(data)
    (tmp_path / "key").write_bytes(trustee_key.write_private(played.keys[0]))
    share = belenios.run(tmp_path, "election", "decrypt", "--privkey", "key", "--trustee-id", "1").strip().split("\n")
    data += box.share(data, 1, share[0].encode())
    at_hand, _, pairs = box.to_decrypt(data)
    own = trustee_share.decrypt(played.group, at_hand.fingerprint, pairs, played.keys[1], os.urandom)
    data += box.share(data, 2, own)
    file.write_bytes(data)
    result = belenios.run(tmp_path, "election", "compute-result").strip()
    data += box.conclude(data)
    assert taken_apart(data)[-1].data[-1].decode() == result
    assert belenios.accepts(tmp_path, uuid, data)


def test_its_setup_is_ours_and_its_trustee_decrypts_with_ours(tmp_path: Path) -> None:
    chosen = group.by_name(GROUP)
    belenios.run(tmp_path, "setup", "generate-trustee-key", "--group", GROUP)
    their_key = trustee_key.read_private(chosen, next(tmp_path.glob("*.privkey")).read_bytes().strip())
    our_key = trustee_key.new_private(chosen, os.urandom)
    ours = ballot.encoding.dumps(trustee_key.public(chosen, our_key, os.urandom)).decode()
    theirs = next(tmp_path.glob("*.pubkey")).read_text().strip()
    (tmp_path / "public_keys.jsons").write_text(f"{theirs}\n{ours}\n")
    uuid = election.new_uuid(os.urandom)
    template = {"name": "Theirs", "description": "", "questions": [ballot.msgspec.to_builtins(YES_NO)]}
    (tmp_path / "template.json").write_text(json.dumps(template))
    belenios.run(tmp_path, "setup", "make-trustees")
    options = ("--group", GROUP, "--uuid", uuid, "--template", "template.json")
    belenios.run(tmp_path, "setup", "make-election", *options)
    cards = [credential.generate(os.urandom)]
    (tmp_path / "public_creds.json").write_bytes(
        credential.write_public(chosen, {one.public(chosen, uuid): 1 for one in cards})
    )
    belenios.run(tmp_path, "archive", "init")
    data = (tmp_path / f"{uuid}.bel").read_bytes()
    at_hand = box.Box(data).election
    played = Played(chosen, at_hand, data, tuple(cards), (their_key, our_key))
    whole = played.counted(played.with_ballots([((0, 1),)]))
    assert verify.verify(whole).state == "sound"
    assert belenios.accepts(tmp_path, uuid, whole)


def _with(cards: list[credential.Credential], uuid: str, public: bytes) -> Played:
    chosen = group.by_name(GROUP)
    key = trustee_key.new_private(chosen, os.urandom)
    listed = trustee.write_trustees([trustee.Single(trustee_key.public(chosen, key, os.urandom))])
    made = election.write(uuid, "Prueba", "", chosen, trustee.verify_setup(chosen, listed).election_key, (YES_NO,))
    return Played(chosen, made, box.opened(TIME, made, listed, public), tuple(cards), (key,))
