"""What an observer must notice in an archive, by class of damage; every archive here was made by the real program."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.ballot.conftest import ARCHIVES
from tests.ballot.taken_apart import Loose, altered, another, bound, leaves, places, taken_apart, with_leaf
from tinkuy.ballot import BallotError, archive, ballot, credential, election, proofs, verify
from tinkuy.ballot.ed25519 import ORDER
from tinkuy.ballot.verdict import Verdict

Real = Callable[[str], bytes]
SMALL = "ed25519-base-8"


@pytest.fixture(scope="session")
def events(real: Real) -> list[Loose]:
    return taken_apart(real(SMALL))


def checks(events: list[Loose]) -> set[str]:
    verdict = verify.verify(bound(events))
    assert verdict.state == "wrong"
    assert all(str(finding.sentence) for finding in verdict.findings)
    return {finding.check for finding in verdict.findings}


def said(verdict: Verdict) -> str:
    return " ".join(str(finding.sentence) for finding in verdict.findings)


@pytest.mark.parametrize("name", [name for name in ARCHIVES if "100" not in name])
def test_finished_elections_are_sound_and_give_their_result(name: str, real: Real, manifest: dict[str, Any]) -> None:
    verdict = verify.verify(real(name))
    known = manifest[name]
    assert verdict.findings == ()
    assert verdict.state == "sound"
    assert verdict.result is not None
    assert [list(row) for row in verdict.result] == known["result"]
    assert (verdict.ballots, verdict.tallied, verdict.weight) == (
        known["ballots"],
        known["num_tallied"],
        known["total_weight"],
    )


@pytest.mark.sweep
@pytest.mark.parametrize("name", [name for name in ARCHIVES if "100" in name])
def test_elections_of_a_hundred_voters_are_sound(
    name: str, real: Real, manifest: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    if name != "ed25519-threshold-2of3-100" and not request.config.getoption("--whole"):
        pytest.skip("part of the sweep")
    verdict = verify.verify(real(name))
    assert verdict.findings == ()
    assert verdict.result is not None
    assert [list(row) for row in verdict.result] == manifest[name]["result"]


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_written_again_is_the_same_byte_for_byte(name: str, real: Real) -> None:
    data = real(name)
    assert bound(taken_apart(data), int(archive.header(data).timestamp)) == data


@pytest.mark.parametrize("kind", ["EndBallots", "EncryptedTally", "PartialDecryption", "Result"])
def test_an_election_that_goes_on_is_unfinished_not_wrong(kind: archive.Kind, events: list[Loose]) -> None:
    verdict = verify.verify(bound(events[: places(events, kind)[0]]))
    assert (verdict.state, verdict.findings, verdict.result) == ("unfinished", (), None)
    assert bool(verdict.missing) == (kind == "PartialDecryption")


def test_every_leaf_of_a_ballot_is_under_a_check(events: list[Loose]) -> None:
    at_hand = election.read(events[0].data[0])
    written = json.loads(events[1].data[0])
    assert ballot.check(at_hand, events[1].data[0])
    for path in leaves(written):
        changed = ballot.encoding.dumps(with_leaf(written, path, another))
        with pytest.raises(BallotError):
            ballot.check(at_hand, changed)


@pytest.mark.parametrize("name", [SMALL, "ed25519-blank-100"])
def test_every_leaf_of_an_answer_is_under_a_check_of_its_own_even_signed_again(
    name: str, real: Real, private: dict[str, Any], sampled: Callable[[Sequence[Any], int], Sequence[Any]]
) -> None:
    """What a voter with a program of her own can do: any answer, under her own signature."""
    events = taken_apart(real(name))
    at_hand = election.read(events[0].data[0])
    written = json.loads(events[1].data[0])
    cards = map(credential.parse, private[name]["private_credentials"].values())
    secrets = [card.secret(at_hand.group, at_hand.uuid) for card in cards]
    secret = next(one for one in secrets if at_hand.group.write(at_hand.group.base(one)) == written["credential"])
    assert ballot.check(at_hand, signed(at_hand, written, secret))
    for path in sampled(list(leaves(written["answers"])), 40):
        changed = with_leaf(written, ("answers", *path), another)
        with pytest.raises(BallotError, match=r"^Question 1: "):
            ballot.check(at_hand, signed(at_hand, changed, secret))


def signed(at_hand: election.Election, written: dict[str, Any], secret: int) -> bytes:
    unsigned = {name: value for name, value in written.items() if name != "signature"}
    digest = ballot.encoding.sha256_b64(ballot.encoding.dumps(unsigned))
    proof = proofs.schnorr_prove(at_hand.group, f"sig|{digest}|", secret, os.urandom)
    return ballot.encoding.dumps({**unsigned, "signature": {"hash": digest, "proof": proof}})


@pytest.mark.parametrize(
    ("kind", "number", "found"),
    [
        ("EncryptedTally", 0, "tally"),
        ("EncryptedTally", 1, "tally"),
        ("PartialDecryption", 0, "decryption"),
        ("PartialDecryption", 1, "decryption"),
        ("Result", 0, "result"),
        ("Setup", 0, "election"),
        ("Setup", 1, "trustees"),
        ("Setup", 2, "credentials"),
    ],
)
def test_every_leaf_of_what_officers_publish_is_under_a_check(
    kind: archive.Kind,
    number: int,
    found: str,
    events: list[Loose],
    sampled: Callable[[Sequence[Any], int], Sequence[Any]],
) -> None:
    place = places(events, kind)[0]
    written = json.loads(events[place].data[number])
    for path in sampled(list(leaves(written)), 3):
        one = altered(events, place, number, lambda value, path=path: with_leaf(value, path, another))
        without_ballots = [event for event in one if event.kind != "Ballot"] if kind == "Setup" else one
        assert checks(without_ballots) & {found, "ballot", "tally"}


def test_a_setup_that_names_other_files_is_refused(events: list[Loose]) -> None:
    for name in ("election", "trustees", "credentials"):
        one = altered(events, 0, 3, lambda value, name=name: {**value, name: "0" * 64})
        assert name in checks(one)


def test_a_ballot_taken_away_from_a_log_bound_again_shows_in_the_tally(events: list[Loose]) -> None:
    assert "tally" in checks([*events[:1], *events[2:]])


def test_a_log_bound_again_is_told_from_the_one_seen_before(real: Real, events: list[Loose]) -> None:
    data = real(SMALL)
    box = bound(events[: places(events, "EndBallots")[0]], int(archive.header(data).timestamp))
    seen = archive.tip(box)
    assert verify.verify(data, seen).state == "sound"
    forged = bound([*events[:1], *events[2:6]])
    assert [finding.check for finding in verify.verify(forged, seen).findings] == ["since"]
    swapped = bound([*events[:1], events[2], events[1], *events[3:]])
    assert {finding.check for finding in verify.verify(swapped, seen).findings} == {"since"}


def test_a_ballot_cast_twice_is_a_replay(events: list[Loose]) -> None:
    close = places(events, "EndBallots")[0]
    verdict = verify.verify(bound([*events[:close], events[1], *events[close:]]))
    assert "replay" in said(verdict)
    assert verdict.findings[0].ballot == ballot.tracking(events[1].data[0])


def test_a_ballot_under_another_voters_credential_is_refused(events: list[Loose]) -> None:
    other = json.loads(events[2].data[0])["credential"]
    assert "ballot" in checks(altered(events, 1, 0, lambda value: {**value, "credential": other}))


def test_a_ballot_by_a_credential_that_is_not_on_the_list_is_named(events: list[Loose]) -> None:
    mine = json.loads(events[1].data[0])["credential"]
    one = altered(events, 0, 2, lambda value: [line for line in value if line != mine])
    verdict = verify.verify(bound(one))
    assert "not on the list" in said(verdict)


def test_a_credential_that_stands_twice_is_named(events: list[Loose]) -> None:
    assert "credentials" in checks(altered(events, 0, 2, lambda value: [*value, value[0]]))


def test_a_weight_that_was_altered_shows_in_the_tally(real: Real) -> None:
    weighted = taken_apart(real("small-weights-6"))
    one = altered(weighted, 0, 2, lambda value: [value[0].split(",")[0] + ",9", *value[1:]])
    assert "tally" in checks(one)


@pytest.mark.parametrize(
    ("kind", "after"),
    [("Ballot", "EndBallots"), ("Setup", "Ballot"), ("Result", "Result"), ("EndBallots", "EndBallots")],
)
def test_an_event_out_of_order_is_put_aside_and_named(
    kind: archive.Kind, after: archive.Kind, events: list[Loose]
) -> None:
    late = events[places(events, kind)[-1]]
    place = places(events, after)[-1] + 1
    verdict = verify.verify(bound([*events[:place], late, *events[place:]]))
    assert [(finding.check, finding.event) for finding in verdict.findings] == [("order", place)]


def test_a_trustee_who_gives_two_shares_is_named(events: list[Loose]) -> None:
    place = places(events, "PartialDecryption")[0]
    verdict = verify.verify(bound([*events[: place + 1], events[place], *events[place + 1 :]]))
    assert [finding.check for finding in verdict.findings] == ["decryption"]


def test_a_result_without_shares_is_not_believed(events: list[Loose]) -> None:
    assert checks([event for event in events if event.kind != "PartialDecryption"]) == {"order"}


@pytest.mark.parametrize(
    "change",
    [str.upper, lambda text: "0" + text, lambda text: text[:-2], lambda text: "f" * 64, lambda text: "0" * 63 + "2"],
    ids=["upper case", "longer", "shorter", "not below p", "not on the curve or torsion"],
)
def test_points_in_another_spelling_or_outside_the_group_are_refused(
    change: Callable[[str], str], events: list[Loose]
) -> None:
    at_hand = election.read(events[0].data[0])
    value = with_leaf(json.loads(events[1].data[0]), ("answers", 0, "choices", 0, "alpha"), change)
    with pytest.raises(BallotError):
        ballot.check(at_hand, ballot.encoding.dumps(value))


@pytest.mark.parametrize(
    "change",
    [lambda text: "0" + text, lambda text: str(int(text) + ORDER), lambda text: "-" + text, lambda text: text + " "],
    ids=["leading zero", "not below q", "sign", "space"],
)
def test_exponents_in_another_spelling_are_refused(change: Callable[[str], str], events: list[Loose]) -> None:
    at_hand = election.read(events[0].data[0])
    for path in (("answers", 0, "overall_proof", 0, "response"), ("signature", "proof", "challenge")):
        value = with_leaf(json.loads(events[1].data[0]), path, change)
        with pytest.raises(BallotError, match=r"is not an exponent|signature"):
            ballot.check(at_hand, ballot.encoding.dumps(value))


def test_a_ballot_in_another_spelling_is_refused(events: list[Loose]) -> None:
    at_hand, data = election.read(events[0].data[0]), events[1].data[0]
    value = json.loads(data)
    fields = list(value.items())
    for other in (
        json.dumps(value).encode(),
        ballot.encoding.dumps(dict([*fields[1:], fields[0]])),
        data[:-1] + b',"more":1}',
        data.replace(b'"election_uuid"', b'"election_uuid":"x","election_uuid"', 1),
        data + b"\n",
    ):
        with pytest.raises(BallotError):
            ballot.check(at_hand, other)


def test_bytes_that_are_no_archive_are_refused() -> None:
    for data in (b"", b"BELENIOS", bytes(2048), b"PK\x03\x04" + bytes(2000)):
        with pytest.raises(BallotError, match=r"no \.bel archive"):
            verify.verify(data)


def test_an_archive_cut_short_or_with_a_bit_turned_is_damaged_or_ends_between_events(
    real: Real, sampled: Callable[[Sequence[int], int], Sequence[int]]
) -> None:
    data = real(SMALL)
    ends = {event.end for event in archive.events(data)} | {1024}
    for cut in sampled(range(1024, len(data), 256), 12):
        verdict = list(_read(data[:cut]))
        assert bool(verdict) == (cut not in ends), cut
    for place in sampled(range(1024, len(data), 97), 60):
        turned = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert _read(turned), place


def _read(data: bytes) -> list[str]:
    from tinkuy.ballot import log

    return [finding.check for finding in log.read(data).findings]
